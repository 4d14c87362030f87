"""Read the official record as JSON, all dialects: `{"question": {…}}`; and map its fields, in
whatever syntax, to a Question.

Field names are as in the JSON below `question`; readers of other syntaxes use the same names.
Only this module knows what a field means.
"""

from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from typing import Any, TypeVar

import orjson

from lod.base.errors import Remark, SourceError, Where
from lod.base.inputs import decode
from lod.base.json_lines import BOM, NIL, Lines, read_json
from lod.model.dates import read_date
from lod.model.identifiers import (
    acteur_ref,
    legislature,
    mandat_ref,
    number,
    organe_ref,
    shorten,
    split_uid,
    type_question,
    uid,
)
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
    filled,
)
from lod.model.text import CleanText, clean_text, joined_html, plain
from lod.sources.fields import Entry, Fields, Reading, Values, cloture, source, tete_analyse, whole

T = TypeVar("T")
FORMAT = "application/json"
DEPTH = 50  # levels of nesting that are read; a record has nine


def is_json(start: bytes) -> bool:
    return start.removeprefix(BOM).lstrip()[:1] in (b"{", b"[")


def parse(data: bytes, path: str) -> Reading:
    name, question = _question(read_json(data, path, "fetch the record again"), path)
    lines = cache(lambda: Lines(decode(data, path)))  # made only if there is a remark
    values = Values(path, leaves(question, name), lambda label: lines().line_of(label))
    return read_question(Fields(values).at(name), data, FORMAT)


def _question(root: Any, path: str) -> tuple[str, dict[str, Any]]:
    """Return the path of the question in a record, and its object; raise SourceError for none."""
    name, holder = "question", root
    if isinstance(root, dict) and len(root) == 1 and "question" not in root:
        [(envelope, holder)] = root.items()
        name = f"{envelope}.question"
    question = holder.get("question") if isinstance(holder, dict) else None
    if not isinstance(question, dict):
        keys = ", ".join(sorted(root)[:5]) if isinstance(root, dict) else "no object"
        raise SourceError(
            Where(path),
            f"no key 'question' with an object at the root, but: {shorten(keys) or 'nothing'}",
            'give records {"question": {…}}: one, an array of them, or one a line',
        )
    return name, question


def read_question(
    fields: Fields, data: bytes, media_type: str, page_de_section: bool = True
) -> Reading:
    """Return the question that a record states; raise SourceError if it cannot be one.

    `data` and `media_type` are of the record. `page_de_section` says that the JO page of an answer
    may be the page on which the whole section begins.
    """
    term, type_, numero = fields.take("uid", split_uid)
    _check_agreement(fields, "type", type_, type_question)
    _check_agreement(fields, "identifiant.numero", numero, number)
    _check_agreement(fields, "identifiant.legislature", term, legislature)
    # regime and type are in the uid; namespaces are no facts about the question
    fields.ignore("identifiant.regime", "@xsi:type", "@xmlns", "@xmlns:xsi")
    index = fields.at("indexationAN")
    # in legislature 15 it is `ANALYSE.ANA`
    analyses = (*index.texts("analyses.analyse"), *index.texts("ANALYSE.ANA"))
    subheading = fields.maybe("indexationAN.teteAnalyse", tete_analyse)
    rubrique = fields.text("indexationAN.rubrique")
    auteur = _auteur(fields.at("auteur.identite"))
    groupe = organe(fields.at("auteur.groupe"))
    ministere_interroge = organe(fields.at("minInt"))
    attributions = tuple(_attributions(fields))
    texts, parutions, errata = _question_parts(fields)
    closure = _cloture(fields.at("cloture"))
    closed = closure.reponse if closure else None
    reponses, errata_reponse = _reponses(fields, closed, page_de_section)
    errata += tuple(_errata(fields))
    signalements = tuple(
        Signalement(jo=jo, depot=part.maybe("dateDepotSignal", read_date))
        for part in fields.each("signalement")
        if (jo := info_jo(part.at("infoJO")))
    )
    renewed = fields.each("renouvellements.renouvellement")
    renouvellements = tuple(jo for part in renewed if (jo := info_jo(part.at("infoJO"))))
    circonscription = _circonscription(fields.at("circonscription"))
    region = fields.text("circonscription.region")
    restes, remarks = fields.rest()  # last: the fields that were not taken
    question = Question(
        uid=uid(term, type_, numero),
        legislature=term,
        type=type_,
        numero=numero,
        sources=(source(data, media_type),),
        auteur=auteur,
        chaine_complete=True,
        titre=". ".join(analyses) or None,
        analyses=analyses if len(analyses) > 1 else (),
        tete_analyse=subheading,
        texte="\n".join(t.plain for t in texts) or None,
        texte_html=joined_html(texts),
        rubrique=rubrique,
        groupe=groupe,
        circonscription=circonscription,
        lieux_election=(region,) if region else (),
        ministere_interroge=ministere_interroge,
        attributions=attributions,
        # a question au Gouvernement is asked and answered in one sitting: its JO is the answer's
        parutions=parutions or tuple(r.jo for r in reponses[:1] if type_ == "QG"),
        reponses=reponses,
        signalements=signalements,
        renouvellements=renouvellements,
        errata=errata + errata_reponse,
        cloture=closure,
        restes=restes,
    )
    if day := _closing_day(question):
        wrong = f"closed by an answer of {day}, and no answer bears that date"
        at = fields.at("cloture").where()
        remarks += (Remark(at, wrong, "compare the two dates in the source"),)
    return whole(Reading(question, remarks, repairs=fields.repairs), fields.where)


def _closing_day(q: Question) -> date | None:
    """Return the day on which an answer closed a question, as its closure says in one place or the
    other, if no answer is of that day.
    """
    if closed := q.cloture_autre_jour:
        return closed.jour
    is_answered = q.cloture and q.cloture.code == REPONSE_PUBLIEE and q.reponses
    stated = q.cloture.jour if q.cloture and is_answered else None
    return stated if stated not in {r.jo.jour for r in q.reponses} else None


def organe(fields: Fields) -> Organe | None:
    """Return the group or ministry that a part names; None, nothing taken, if it has no label."""
    short, long = fields.text("abrege"), fields.text("developpe")
    libelle = short or long
    if libelle is None:
        return None
    return Organe(
        libelle=libelle,
        libelle_long=long if long != libelle else None,
        ref=fields.maybe("organeRef", organe_ref),
    )


def info_jo(fields: Fields) -> JO | None:
    """Return the place in the JO that an `infoJO` states; None, nothing taken, without a date."""
    day = fields.maybe("dateJO", read_date)
    if day is None:
        return None
    return JO(
        jour=day,
        page=fields.maybe("pageJO", number),
        numero=fields.text("numJO"),
        type=fields.text("typeJO"),
    )


def _check_agreement(fields: Fields, name: str, expected: T, read: Callable[[str], T]) -> None:
    """Take a field; raise SourceError if it states another value than the uid."""
    stated = fields.maybe(name, read)
    if stated not in (None, expected):
        raise fields.refuse(
            name, f"'{stated}', but the uid says '{expected}'", "correct the one that is wrong"
        )


def _auteur(fields: Fields) -> Auteur:
    """Take the author; only the older XML has the name."""
    first_name, last_name = fields.text("prenom"), fields.text("nom")
    return Auteur(
        acteur_ref=fields.maybe("acteurRef", acteur_ref),
        mandat_ref=fields.maybe("mandatRef", mandat_ref),
        civilite=fields.text("civilite"),
        nom=" ".join(part for part in (first_name, last_name) if part) or None,
    )


def _circonscription(fields: Fields) -> Circonscription | None:
    """Take the constituency, which only the older XML states."""
    name, numero = fields.text("departement"), fields.maybe("numero", number)
    if not (name and numero):
        return None
    return Circonscription(nom=name, numero=numero, departement=fields.text("codeDepartement"))


def _attributions(fields: Fields) -> Iterator[Attribution]:
    for part in fields.each("minAttribs.minAttrib"):
        if ministere := organe(part.at("denomination")):
            yield Attribution(ministere=ministere, jo=info_jo(part.at("infoJO")))


def _question_parts(fields: Fields) -> tuple[list[CleanText], tuple[JO, ...], tuple[Erratum, ...]]:
    texts, parutions, errata = [], [], []
    for part in fields.each("textesQuestion.texteQuestion"):
        jo, text, erratum = info_jo(part.at("infoJO")), _clean_text(part), _erratum(part)
        texts += [text] if text else []
        parutions += [jo] if jo else []
        errata += [Erratum(corrige="question", texte=erratum)] if erratum else []
    return texts, tuple(parutions), tuple(errata)


def _reponses(
    fields: Fields, closed: JO | None, page_de_section: bool
) -> tuple[tuple[Reponse, ...], tuple[Erratum, ...]]:
    """Take the answers; `closed` is the place in the JO of the answer that closed the question.

    An answer without a date gets it; without any answer, there is one without a text. In
    legislatures 14 to 16 only this place has the page.
    """
    reponses: list[Reponse] = []
    errata = []
    for part in fields.each("textesReponse.texteReponse"):
        jo = info_jo(part.at("infoJO")) or closed
        if jo is None:
            continue  # without a date an answer has no IRI: its fields stay for `rest`
        if closed and jo.jour == closed.jour and jo.type in (closed.type, None):
            jo = filled(jo, closed)
        text, erratum = _clean_text(part) or CleanText(""), _erratum(part)
        reponses.append(
            Reponse(
                jo=jo,
                texte=text.plain or None,
                texte_html=text.html,
                page_de_section=page_de_section,
            )
        )
        if erratum:
            errata.append(Erratum(corrige="reponse", texte=erratum, rang=len(reponses)))
    if closed and not reponses:
        reponses = [Reponse(jo=closed, texte=None, page_de_section=page_de_section)]
    return tuple(reponses), tuple(errata)


def _errata(fields: Fields) -> Iterator[Erratum]:
    """Yield the corrections with a place in the JO, which only the older XML states."""
    for part in fields.each("erratumQuestion"):
        if jo := info_jo(part.at("infoJO")):
            yield Erratum(corrige="question", jo=jo)
    for part in fields.each("erratumReponse"):
        if jo := info_jo(part.at("infoJO")):
            yield Erratum(corrige="reponse", jo=jo)


def _clean_text(part: Fields) -> CleanText | None:
    text = part.maybe("texte", clean_text)
    return text if text and text.plain else None


def _erratum(part: Fields) -> str | None:
    return part.maybe("erratum", plain) or None


def _cloture(fields: Fields) -> Cloture | None:
    if fields.is_empty:
        return None
    jo = info_jo(fields.at("infoJO"))
    day: date | None = fields.maybe("dateCloture", read_date) or (jo.jour if jo else None)
    code, libelle = fields.text("codeCloture"), fields.text("libelleCloture")
    return cloture(day, code, libelle, jo)


def leaves(value: Any, name: str = "") -> list[tuple[str, Entry]]:
    """Return (path, entry) of each value in a JSON object; raise ValueError for more than DEPTH
    levels.

    `null`, `""`, `{}`, `[]` and `{"@xsi:nil": "true"}` are no values. The value of an object with
    the key `#text` is that text.
    """
    entries: list[tuple[str, Entry]] = []
    _gather(value, name, 0, entries)
    return entries


def _gather(value: Any, name: str, depth: int, entries: list[tuple[str, Entry]]) -> None:
    if type(value) is str:
        if value:
            entries.append((name, Entry(name, value)))
    elif type(value) is dict:
        if value.get(NIL) in ("true", True):
            return
        if "#text" in value:  # attributes beside a text are dropped
            _gather(value["#text"], name, _deeper(depth), entries)
            value = {key: v for key, v in value.items() if key != "#text" and key[:1] != "@"}
        dot, depth = f"{name}." if name else "", _deeper(depth)
        for key, item in value.items():
            if item is not None:
                _gather(item, dot + key, depth, entries)
    elif type(value) is list:
        many, depth = len(value) > 1, _deeper(depth)
        for number, item in enumerate(value):
            _gather(item, f"{name}[{number}]" if many else name, depth, entries)
    elif value is not None:
        entries.append((name, Entry(name, orjson.dumps(value).decode())))


def _deeper(depth: int) -> int:
    if depth == DEPTH:
        raise ValueError(f"nested more than {DEPTH} levels deep")
    return depth + 1
