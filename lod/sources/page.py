"""Map the labels of a page of the site, of any generation, to a Question.

Each generation of pages has a reader that finds labels and values. `NAMES` says what labels mean
that several generations share; those of one generation stand in its reader, as in `page_fiche.py`.
Labels are folded: « Ministère interrogé : » is `ministere interroge`.
"""

import re
from collections.abc import Iterator
from datetime import date
from itertools import chain, repeat

from msgspec.structs import replace

from lod.model.dates import MONTH_NAMES, read_date
from lod.model.identifiers import acteur_ref, legislature, number, type_question, uid
from lod.model.question import (
    JO,
    REPONSE_PUBLIEE,
    Attribution,
    Auteur,
    Circonscription,
    Cloture,
    Erratum,
    Organe,
    Question,
    Reponse,
    Signalement,
)
from lod.model.text import CleanText, clean_text, fold, with_plain_spaces
from lod.sources.fields import Fields, Reading, bounded_name, cloture, source, tete_analyse, whole
from lod.sources.markup import decode_page, page_format

CIRCONSCRIPTION = re.compile(
    r"(?P<nom>.*?\S)\s*\(\s*(?P<numero>\d+)(?:\s*(?:re|ère|er|e|ème))?\s*circonscription\s*\)"
    r"(?:\s+-\s+(?P<groupe>.+))?"
)
CIVILITE = re.compile(r"(M\.|Mme|Mlle)\s+(.+)")
# « M Bernard Bosson appelle l'attention … »: a name ends where a verb begins
OPENING = re.compile(
    r"(?P<civilite>M|Mme|Mlle)\.?\s+"
    r"(?P<nom>(?:(?:de|du|des|la|le)\s+|[dDlL]['’]|[^\W\d_a-zà-ÿ][\w'’-]{0,40}\s+){2,7})(?=[a-zà-ÿ])"
)
LEGISLATURE = re.compile(r"\d{1,2}\s*(?:re|ère|e|ème)\s+législature", re.I)
NUMBERED = re.compile(
    r"\A(?P<type>Question\b(?:.*?\S)?)\s*\bn\s*[°º]\s*(?P<numero>\d+)(?:\s*:)?\s*", re.I
)
UNLABELLED = "ligne sans libellé"
MAX_LINES, MAX_CHARACTERS = 20_000, 300_000  # of a page; the longest has 30,000 characters
MONTHS = "|".join([*MONTH_NAMES, *(fold(name) for name in MONTH_NAMES)])
DAY = (
    r"\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d\d-\d\d"
    rf"|(?:\w{{3,6}}di |dimanche )?\d{{1,2}}(?:er)?\s+(?:{MONTHS})\s+\d{{4}}"
)
# day, page, issue and reason: « 21 juin 2022, page 5, JO n° 20220025 (Fin de mandat) »
EVENEMENT = re.compile(
    rf"(?P<jour>{DAY})(?:\s*(?:,\s*)?page(?:\s*:)?\s*(?P<page>\d+))?"
    r"(?:\s*(?:,\s*)?JO n°\s*(?P<numero>\d+))?(?:\s*\((?P<motif>(?:[^()]|\([^()]*\))*)\))?",
    re.I,
)
MAX_NAME = 200  # characters of a name
BETWEEN = re.compile(r"[\s,;]*(?:et\s+)?")  # between two days
# folded label → name, where a label is printed in several ways; any other label is its own name
NAMES = {
    "question publiee au jo le": "question publiee",
    "question publiee le": "question publiee",
    "publication de la question au journal officiel du": "question publiee",
    "reponse publiee au jo le": "reponse publiee",
    "reponse publiee le": "reponse publiee",
    "publication de la reponse au journal officiel du": "reponse publiee",
    "reponse en seance et publiee le": "reponse publiee",
    "date de la seance": "seance",
    "question retiree le": "retrait",
    "date de cloture": "retrait",
    "date de signalement": "signalement",
    "question signalee le": "signalement",
    "question signalee au gouvernement le": "signalement",
    "date de renouvellement": "renouvellement",
    "question renouvelee le": "renouvellement",
    "date de changement d attribution": "changement d attribution",
    "erratum de la question publie au jo le": "erratum de la question",
    "erratum de la question publie le": "erratum de la question",
    "erratum de la reponse publie au jo le": "erratum de la reponse",
    "erratum de la reponse publie le": "erratum de la reponse",
    "question de": "auteur",
    "question n": "numero de la question",
    "texte de la question": "texte question",
    "texte de la reponse": "texte reponse",
    "debat": "texte reponse",
}


def name_of(label: str) -> str:
    """Return the name under which `read_page` takes the value of a label.

    >>> name_of("Question publiée au JO le\u00a0:"), name_of("Ministère interrogé >")
    ('question publiee', 'ministere interroge')
    """
    folded = fold(label)
    return NAMES.get(folded, folded)


def saved_text(data: bytes, path: str) -> str:
    """Return a page that was saved as text; raise SourceError, or ValueError if it is too long."""
    text = decode_page(data, path)
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"a page of more than {MAX_CHARACTERS} characters")
    return text


def lines_of(text: str) -> list[str]:
    """Return the lines of a page; raise ValueError if there are too many."""
    lines = text.splitlines()
    if len(lines) > MAX_LINES:
        raise ValueError(f"a page of more than {MAX_LINES} lines")
    return lines


def with_reason(day: str, reason: str) -> str:
    """Return the day of a withdrawal with its reason, as pages print both.

    >>> with_reason("13/05/2014", "Fin de mandat")
    '13/05/2014 (Fin de mandat)'
    """
    return f"{day} ({reason})" if reason else day


def read_page(fields: Fields, data: bytes, media_type: str) -> Reading:
    """Return the question that a page states; raise SourceError if it cannot be one."""
    term = fields.take("legislature", legislature)
    type_ = fields.take("type de question", type_question)
    numero = fields.take("numero de la question", number)
    circonscription, groupe = _circonscription_and_groupe(fields)
    # the sitting is the publication of a QG; other questions are only answered in it
    parutions = _dated(fields, "question publiee", *(["seance"] if type_ == "QG" else []))
    texte_question, reponses = _question_and_answers(fields, type_, parutions)
    attributions, repondant = _ministeres(fields, bool(reponses))
    titre, analyses = fields.maybe("titre", with_plain_spaces), _analyses(fields)
    question = Question(
        uid=uid(term, type_, numero),
        legislature=term,
        type=type_,
        numero=numero,
        sources=(source(data, page_format(data, media_type)),),
        auteur=_auteur(fields, texte_question.plain),
        chaine_complete=False,  # a page prints the last attribution only
        titre=titre or ". ".join(analyses) or None,
        analyses=analyses if titre or len(analyses) > 1 else (),  # a single one is the title
        tete_analyse=fields.maybe("tete d analyse", tete_analyse),
        texte=texte_question.plain or None,
        texte_html=texte_question.html,
        rubrique=fields.text("rubrique"),
        groupe=groupe,
        circonscription=circonscription,
        lieux_election=tuple(dict.fromkeys(fields.texts("lieu"))),
        ministere_interroge=fields.maybe("ministere interroge", _organe),
        ministere_repondant=repondant,
        attributions=attributions,
        parutions=parutions or tuple(r.jo for r in reponses[:1] if type_ == "QG"),
        reponses=reponses,
        signalements=tuple(Signalement(jo=jo) for jo in _dated(fields, "signalement")),
        renouvellements=_dated(fields, "renouvellement"),
        errata=tuple(_errata(fields)),
        cloture=_cloture(fields, reponses),
    )
    restes, remarks = fields.rest()  # last: the fields that were not taken
    reading = Reading(replace(question, restes=restes), remarks, fields.lines, fields.repairs)
    return whole(reading, fields.where)


def split_civility(text: str) -> tuple[str | None, str]:
    """Return civility and name of « Mme Marie-Pierre Rixain »; raise ValueError if too long."""
    if len(text) > MAX_NAME:
        raise ValueError(f"a label of more than {MAX_NAME} characters is no name")
    name = with_plain_spaces(text)
    match = CIVILITE.fullmatch(name)
    return (match[1], match[2]) if match else (None, name)


def _auteur(fields: Fields, texte: str) -> Auteur:
    """Take the author; if none is printed, the name with which the question begins."""
    acteur = fields.maybe("acteur", acteur_ref)
    civilite, nom = fields.maybe("auteur", split_civility) or (None, None)
    if not nom and (opening := OPENING.match(texte)):
        civilite, nom = f"{opening['civilite']}.".replace("e.", "e"), opening["nom"].strip()
    return Auteur(acteur_ref=acteur, civilite=civilite, nom=nom)


def _circonscription_and_groupe(fields: Fields) -> tuple[Circonscription | None, Organe | None]:
    """Take constituency and group, which the newest pages print in one value."""
    libelle = fields.text("groupe")
    short = fields.text("groupe abrege")
    circonscription = None
    if match := fields.maybe("circonscription", _circonscription):
        circonscription = Circonscription(nom=match["nom"], numero=number(match["numero"]))
        libelle = libelle or match["groupe"]
    if libelle is None:
        return circonscription, Organe(libelle=short) if short else None
    return circonscription, Organe(
        libelle=short or libelle, libelle_long=libelle if short else None
    )


def _question_and_answers(
    fields: Fields, type_: str, parutions: tuple[JO, ...]
) -> tuple[CleanText, tuple[Reponse, ...]]:
    """Take the texts of question and answers; the only text of a QG is the transcript."""
    question = fields.maybe("texte question", clean_text) or CleanText("")
    stated = _dated(fields, "reponse publiee", "seance")
    dates = stated or parutions[:1] if type_ == "QG" else stated
    texts: list[CleanText] = []

    def read(value: str) -> None:
        text = clean_text(value)
        if text.plain and len(texts) == len(dates):
            raise ValueError("a text of an answer without a day")
        texts.extend([text] if text.plain else [])

    fields.several("texte reponse", read)
    if type_ == "QG" and not texts and question.plain and dates:
        texts, question = [question], CleanText("")
    if not texts:
        dates = stated  # the sitting alone is no answer
    reponses = (
        Reponse(jo=jo, texte=t.plain or None, texte_html=t.html, page_de_section=False)
        for jo, t in zip(dates, chain(texts, repeat(CleanText(""))), strict=False)
    )
    return question, tuple(reponses)


def _ministeres(fields: Fields, answered: bool) -> tuple[tuple[Attribution, ...], Organe | None]:
    """Take the last ministry in charge (no page prints the former ones) and, if the question was
    answered, the ministry that answered; else « Ministère répondant » is the one in charge.
    """
    attributaire = fields.maybe("ministere attributaire", _organe)
    is_needed = answered or not attributaire
    repondant = fields.maybe("ministere repondant", _organe) if is_needed else None
    in_charge = attributaire or repondant
    if not in_charge:
        return (), None
    changed = fields.last("changement d attribution", _days, _jos)
    attribution = Attribution(ministere=in_charge, jo=changed[0] if changed else None)
    return (attribution,), repondant if answered else None


def _analyses(fields: Fields) -> tuple[str, ...]:
    """Take the analyses, which older pages join and end with « . »."""
    parts = (part for text in fields.texts("analyse") for part in text.rstrip(". ").split(". "))
    return tuple(part.strip() for part in parts if part.strip())


def _errata(fields: Fields) -> Iterator[Erratum]:
    for jo in _dated(fields, "erratum de la question"):
        yield Erratum(corrige="question", jo=jo)
    for jo in _dated(fields, "erratum de la reponse"):
        yield Erratum(corrige="reponse", jo=jo)


def _cloture(fields: Fields, reponses: tuple[Reponse, ...]) -> Cloture | None:
    """Take the closure: a withdrawal, perhaps without a day; or the code of a « fiche »."""

    def code_of(value: str) -> str:
        if value == REPONSE_PUBLIEE and not reponses:
            raise ValueError("an answer without a day")
        return value

    retraits = fields.maybe("retrait", _evenements)
    reason, code = fields.text("motif de retrait"), fields.maybe("code de cloture", code_of)
    if retraits:
        jo, printed = retraits[0]
        return cloture(jo.jour, code, printed or reason, jo if jo.page else None)
    day = reponses[0].jo.jour if code == REPONSE_PUBLIEE else None
    return cloture(day, code, reason)


def _organe(value: str) -> Organe:
    return Organe(libelle=bounded_name(value))


def _circonscription(value: str) -> re.Match[str]:
    match = CIRCONSCRIPTION.fullmatch(value)
    if not match:
        raise ValueError(f"'{value}' is not a constituency")
    return match


def _dated(fields: Fields, *names: str) -> tuple[JO, ...]:
    """Take the places in the JO under some labels: one a day, with page and issue if stated."""
    days: dict[date, JO] = {}
    values = (value for name in names for value in fields.several(name, _jos))
    for jo in chain.from_iterable(values):
        known = days.get(jo.jour, jo)
        days[jo.jour] = replace(known, page=known.page or jo.page, numero=known.numero or jo.numero)
    return tuple(days.values())


def _days(value: str) -> list[str]:
    """Return each day of a value, if there are several; else the value."""
    days = [match[0].strip() for match in EVENEMENT.finditer(value)]
    return days if len(days) > 1 else [value]


def _jos(value: str) -> list[JO]:
    """Return the places in the JO that a value names; raise ValueError if a reason follows one."""
    events = _evenements(value)
    for _, reason in events:
        if reason:
            raise ValueError(f"'({reason})' after the date is not understood")
    return [jo for jo, _ in events]


def _evenements(value: str) -> list[tuple[JO, str | None]]:
    """Return (place in the JO, reason) for each day that a value names.

    Raises ValueError if there is none, or anything else.
    """
    events, position = [], 0
    while position < len(value):
        match = EVENEMENT.match(value, position)
        if not match:
            rest = value[position:]
            raise ValueError(f"'{rest}' is not a date, with or without page and reason")
        jo = JO(
            jour=read_date(match["jour"]),
            page=number(match["page"]) if match["page"] else None,
            numero=match["numero"],
        )
        events.append((jo, match["motif"]))
        between = BETWEEN.match(value, match.end())
        position = between.end() if between else match.end()
    if not events:
        raise ValueError("no date")
    return events
