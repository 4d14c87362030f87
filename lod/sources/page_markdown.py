"""The newest page of the site, saved as text or Markdown: « Données clés », « Date(s) clé(s) »."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import zip_longest

from lod.dates import read_date
from lod.errors import SourceError
from lod.model import (
    JO,
    Attribution,
    Auteur,
    Circonscription,
    Cloture,
    Erratum,
    Organe,
    Question,
    Reponse,
    Signalement,
    Source,
    TypeQuestion,
)
from lod.sources.an_record import Reading
from lod.sources.fields import Entry, Fields, number
from lod.sources.inputs import decode
from lod.texts import fold, inline_markdown, plain_markdown

FORMAT = "text/markdown"
MARKS = tuple("Données clés".encode(encoding) for encoding in ("utf-8", "cp1252", "utf-16-le"))
HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*$")
LABELLED = re.compile(r"\*\*\s*(?P<label>[^*]+?)\s*:?\s*\*\*\s*:?\s*(?P<value>.*)$")
LEGISLATURE = re.compile(r"(\d{1,2})\s*(?:re|ère|e|ème)\s+législature", re.I)
NUMEROTEE = re.compile(r"Question\b.*?\bn\s*[°º]\s*(\d+)\s*$", re.I)
CIRCONSCRIPTION = re.compile(
    r"(?P<nom>.+?)\s*\(\s*(?P<numero>\d+)\s*(?:re|ère|er|e|ème)?\s*circonscription\s*\)"
    r"(?:\s+-\s+(?P<groupe>.+))?"
)
EVENEMENT = re.compile(
    r"(?P<jour>[^,(]+?)\s*(?:,?\s*page\s*:?\s*(?P<page>\d+))?\s*(?:\((?P<motif>.*)\))?"
)
CIVILITE = re.compile(r"(M\.|Mme|Mlle)\s+(.+)")
SITE = "assemblee nationale"
TEXTS = {"texte de la question": "texte question", "texte de la reponse": "texte reponse"}
DATA = frozenset({"donnees cles", "date cle", "dates cles", "date s cle s"})
UNLABELLED = "ligne sans libellé"
TYPES: dict[str, TypeQuestion] = {
    "question ecrite": "QE",
    "question au gouvernement": "QG",
    "question orale": "QOSD",  # so do pages of 2022–24 name a question orale sans débat
    "question orale sans debat": "QOSD",
}


def is_page(data: bytes) -> bool:
    """Whether a record is such a page, in whatever encoding: it has the heading, and is no HTML."""
    return any(mark in data for mark in MARKS) and data.lstrip()[:1] != b"<"


def parse(data: bytes, path: str) -> Reading:
    """Read one page; `path` only serves to say where a finding is. Raises SourceError."""
    entries = list(_entries(decode(data, path).splitlines()))
    lines = {name: entry.line for name, entry in reversed(entries)}
    fields = Fields(path, entries, lambda name: lines.get(name, 1))
    legislature, type_, numero = _identity(fields)
    auteur = _auteur(fields)
    lieu, groupe = fields.attempt("circonscription", _circonscription) or (None, None)
    reponses = tuple(_reponses(fields))
    attributaire = fields.maybe("ministere attributaire", _organe)
    # « répondant » names the ministry in charge while there is no answer, and no other one
    is_said = reponses or not attributaire
    repondant = fields.maybe("ministere repondant", _organe) if is_said else None
    en_charge = attributaire or repondant
    # the page names the last ministry only: to which one it went before, nobody says
    changed = fields.last("date de changement d attribution", _jo) if en_charge else None
    question = Question(
        uid=f"QANR5L{legislature}{type_}{numero}",
        legislature=legislature,
        type=type_,
        numero=numero,
        source=Source(sha256=hashlib.sha256(data).hexdigest(), format=FORMAT),
        auteur=auteur,
        chaine_complete=False,  # a page prints the last attribution only
        titre=fields.maybe("titre", _label),
        analyses=fields.several("analyse", _label),
        tete_analyse=fields.maybe("tete d analyse", _label),
        texte=fields.maybe("texte question", plain_markdown) or None,
        rubrique=fields.maybe("rubrique", _label),
        groupe=groupe,
        circonscription=lieu,
        ministere_interroge=fields.maybe("ministere interroge", _organe),
        ministere_repondant=repondant if reponses else None,
        attributions=(Attribution(ministere=en_charge, jo=changed),) if en_charge else (),
        parutions=_dated(
            fields, "question publiee au jo le", "question publiee le", "date de la seance"
        ),
        reponses=reponses,
        signalements=tuple(
            Signalement(jo=jo)
            for jo in _dated(fields, "date de signalement", "question signalee le")
        ),
        renouvellements=_dated(fields, "date de renouvellement", "question renouvelee le"),
        errata=tuple(_errata(fields)),
        cloture=fields.maybe("question retiree le", _retrait),
    )
    restes, remarks = fields.rest()  # last: what nobody took is kept, and reported
    return Reading(replace(question, restes=restes), remarks, lines)


def _entries(lines: Iterable[str]) -> Iterator[tuple[str, Entry]]:
    """Yield the lines of the header, the labelled lines, and each text as one value."""
    header: list[Entry] = []
    section = "header"
    block: list[str] = []
    start = 0
    for number_, line in enumerate(lines, start=1):
        heading = HEADING.match(line)
        title = fold(heading[2]) if heading else ""
        if title in TEXTS or title in DATA:
            yield from _block(section, block, start)
            section, block, start = title, [], number_
        elif section in TEXTS:
            block.append(line)
        elif labelled := LABELLED.match(line.strip()):
            if labelled["value"].strip():
                entry = Entry(labelled["label"].strip(), labelled["value"].strip(), number_)
                yield fold(labelled["label"]), entry
        elif line.strip():
            text = heading[2] if heading else line.strip()
            entry = Entry(UNLABELLED, text, number_)
            if section == "header":
                header.append(entry)
            else:
                yield UNLABELLED, entry
    yield from _block(section, block, start)
    yield from _header(header)


def _block(section: str, lines: list[str], start: int) -> Iterator[tuple[str, Entry]]:
    text = "\n".join(lines).strip()
    if section in TEXTS and text:
        yield TEXTS[section], Entry(section, text, start)


def _header(entries: list[Entry]) -> Iterator[tuple[str, Entry]]:
    """Tell the lines above the first section apart; the last of the others is the title."""
    others = []
    for entry in entries:
        if LEGISLATURE.search(entry.value):
            yield "legislature", entry
        elif NUMEROTEE.match(entry.value):
            yield "en-tete", entry
        elif fold(entry.value) != SITE:
            others.append(entry)
    for entry in others[:-1]:
        yield UNLABELLED, entry
    for entry in others[-1:]:
        yield "titre", entry


def _identity(fields: Fields) -> tuple[int, TypeQuestion, int]:
    legislature = fields.take("legislature", _legislature)
    header = fields.maybe("en-tete", _en_tete)
    numero = fields.maybe("numero de la question", lambda text: number(_label(text)))
    type_ = fields.maybe("type de question", _type)
    if header and numero and header[1] != numero:
        raise fields.refuse(
            "numero de la question",
            f"n° {numero}, but the title says n° {header[1]}",
            "save the page again, whole",
        )
    if header:
        type_, numero = type_ or header[0], header[1]
    if not numero:
        raise fields.refuse(
            "numero de la question",
            "no value",
            "save the page again, whole",
        )
    return legislature, type_ or _no_type(fields), numero


def _no_type(fields: Fields) -> TypeQuestion:
    raise fields.refuse("type de question", "no value", "save the page again, whole")


def _auteur(fields: Fields) -> Auteur:
    nom, liens = fields.take("auteur", inline_markdown)
    refs = [match[1] for lien in liens if (match := re.search(r"(?:/|_)(PA[1-9]\d*)", lien))]
    civilite = CIVILITE.fullmatch(nom)
    return Auteur(
        acteur_ref=refs[0] if refs else None,
        civilite=civilite[1] if civilite else None,
        nom=civilite[2] if civilite else nom,
    )


def _reponses(fields: Fields) -> Iterator[Reponse]:
    dates = _dated(fields, "reponse publiee au jo le", "reponse publiee le")
    textes = fields.several("texte reponse", plain_markdown) if dates else ()
    for jo, texte in zip_longest(dates, textes):
        if jo is None:
            raise SourceError(
                fields.where(), "two texts of answers, but one date", "save the page again, whole"
            )
        yield Reponse(jo=jo, texte=texte or None, page_de_section=False)


def _errata(fields: Fields) -> Iterator[Erratum]:
    for jo in fields.several("erratum de la question publie au jo le", _jo):
        yield Erratum(corrige="question", jo=jo)
    for jo in fields.several("erratum de la reponse publie au jo le", _jo):
        yield Erratum(corrige="reponse", jo=jo)


def _dated(fields: Fields, *labels: str) -> tuple[JO, ...]:
    return tuple(jo for label in labels for jo in fields.several(label, _jo))


def _label(value: str) -> str:
    return inline_markdown(value)[0]


def _organe(value: str) -> Organe:
    return Organe(libelle=_label(value))


def _legislature(value: str) -> int:
    match = LEGISLATURE.search(value)
    assert match, "only lines that match are entered under this name"
    return number(match[1])


def _en_tete(value: str) -> tuple[TypeQuestion | None, int]:
    """Return type and number of « Question écrite n° 43349 »; the type may be unknown."""
    match = NUMEROTEE.match(value)
    assert match, "only lines that match are entered under this name"
    return TYPES.get(fold(value[: value.rfind("n")])), number(match[1])


def _type(value: str) -> TypeQuestion:
    known = TYPES.get(fold(_label(value)))
    if known is None:
        raise ValueError(f"'{value}' is not a type of question")
    return known


def _circonscription(value: str) -> tuple[Circonscription, Organe | None]:
    match = CIRCONSCRIPTION.fullmatch(_label(value))
    if not match:
        raise ValueError(f"'{value}' is not a constituency")
    lieu = Circonscription(nom=match["nom"], numero=number(match["numero"]))
    return lieu, Organe(libelle=match["groupe"]) if match["groupe"] else None


def _evenement(value: str) -> tuple[JO, str | None]:
    match = EVENEMENT.fullmatch(_label(value))
    if not match:
        raise ValueError(f"'{value}' is not a date, with or without page and reason")
    page = number(match["page"]) if match["page"] else None
    return JO(jour=read_date(match["jour"]), page=page), match["motif"]


def _jo(value: str) -> JO:
    jo, motif = _evenement(value)
    if motif:
        raise ValueError(f"'({motif})' after the date is not understood")
    return jo


def _retrait(value: str) -> Cloture:
    jo, motif = _evenement(value)
    return Cloture(jour=jo.jour, libelle=motif or None, jo=jo if jo.page else None)
