"""The official record, whatever its syntax: field names of the open data → Question.

The field names are those of the JSON below `question`; a reader of another syntax gives the
same names. Which field means what stands here and nowhere else.
"""

import html
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from lod.model.dates import read_date
from lod.model.identifiers import (
    acteur_ref,
    legislature,
    number,
    organe_ref,
    split_uid,
    type_question,
    uid,
)
from lod.model.question import (
    JO,
    Attribution,
    Auteur,
    Cloture,
    Erratum,
    Organe,
    Question,
    Reponse,
    Signalement,
)
from lod.model.text import CleanText, clean_text, plain
from lod.sources.fields import Fields
from lod.sources.reading import Reading, code_cloture, source, tete_analyse

T = TypeVar("T")


def read_question(
    fields: Fields, data: bytes, media_type: str, page_de_section: bool = True
) -> Reading:
    """Take every field of a record; raise SourceError if it cannot be a question.

    `page_de_section`: the JO page of an answer may be that of the whole section.
    """
    term, type_, numero = fields.take("uid", split_uid)
    _agree(fields, "type", type_, type_question)
    _agree(fields, "identifiant.numero", numero, number)
    _agree(fields, "identifiant.legislature", term, legislature)
    # the uid says the regime (R5) and the type; namespaces are no facts about the question
    fields.ignore("identifiant.regime", "@xsi:type", "@xmlns", "@xmlns:xsi")
    analyses = _analyses(fields.at("indexationAN"))
    subheading = fields.maybe("indexationAN.teteAnalyse", tete_analyse)
    rubrique = fields.text("indexationAN.rubrique")
    auteur = _auteur(fields.at("auteur.identite"))
    groupe = organe(fields.at("auteur.groupe"))
    ministere_interroge = organe(fields.at("minInt"))
    attributions = tuple(_attributions(fields))
    texts, parutions, errata = _question_parts(fields)
    reponses, errata_reponse = _reponses(fields, page_de_section)
    signalements = tuple(_signalements(fields))
    renouvellements = tuple(_renouvellements(fields))
    cloture = _cloture(fields.at("cloture"))
    restes, remarks = fields.rest()  # last: what nobody took is kept, and reported
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
        texte_html=_html(texts),
        rubrique=rubrique,
        groupe=groupe,
        ministere_interroge=ministere_interroge,
        attributions=attributions,
        # a question au Gouvernement is asked and answered in one sitting: its JO is the answer's
        parutions=parutions or tuple(r.jo for r in reponses[:1] if type_ == "QG"),
        reponses=reponses,
        signalements=signalements,
        renouvellements=renouvellements,
        errata=errata + errata_reponse,
        cloture=cloture,
        restes=restes,
    )
    return Reading(question, remarks, repairs=fields.repairs)


def organe(fields: Fields) -> Organe | None:
    """Return the group or ministry that a part names, or None; without a label it stays raw."""
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
    """Return the place in the JO that an `infoJO` states; without a date it stays raw."""
    day = fields.maybe("dateJO", read_date)
    if day is None:
        return None
    return JO(
        jour=day,
        page=fields.attempt("pageJO", number),
        numero=fields.text("numJO"),
        type=fields.text("typeJO"),
    )


def _agree(fields: Fields, name: str, expected: T, read: Callable[[str], T]) -> None:
    stated = fields.maybe(name, read)
    if stated not in (None, expected):
        raise fields.refuse(
            name,
            f"'{stated}', but the uid says '{expected}'",
            "correct the one that is wrong",
        )


def _auteur(fields: Fields) -> Auteur:
    """Take the reference; where the older XML has none, the name is all there is."""
    first_name, last_name = fields.text("prenom"), fields.text("nom")
    full_name = " ".join(part for part in (first_name, last_name) if part) or None
    read = fields.maybe if full_name else fields.take
    return Auteur(
        acteur_ref=read("acteurRef", acteur_ref),
        mandat_ref=fields.text("mandatRef"),
        civilite=fields.text("civilite"),
        nom=full_name,
    )


def _analyses(fields: Fields) -> tuple[str, ...]:
    """The title: `analyses.analyse` or, in legislature 15, `ANALYSE.ANA`; one or several."""
    found: list[str] = []
    for name in ("analyses.analyse", "ANALYSE.ANA"):
        found += fields.texts(name)
    return tuple(found)


def _attributions(fields: Fields) -> list[Attribution]:
    found = []
    for part in fields.each("minAttribs.minAttrib"):
        ministere = organe(part.at("denomination"))
        if ministere:
            found.append(Attribution(ministere=ministere, jo=info_jo(part.at("infoJO"))))
    return found


def _question_parts(fields: Fields) -> tuple[list[CleanText], tuple[JO, ...], tuple[Erratum, ...]]:
    texts, parutions, errata = [], [], []
    for part in fields.each("textesQuestion.texteQuestion"):
        jo, text, erratum = info_jo(part.at("infoJO")), _clean_text(part), _erratum(part)
        texts += [text] if text else []
        parutions += [jo] if jo else []
        errata += [Erratum(corrige="question", texte=erratum)] if erratum else []
    return texts, tuple(parutions), tuple(errata)


def _reponses(
    fields: Fields, page_de_section: bool
) -> tuple[tuple[Reponse, ...], tuple[Erratum, ...]]:
    reponses: list[Reponse] = []
    errata = []
    for part in fields.each("textesReponse.texteReponse"):
        jo = info_jo(part.at("infoJO"))
        if jo is None:
            continue  # an answer without a date has no identity: its fields stay raw
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
    return tuple(reponses), tuple(errata)


def _clean_text(part: Fields) -> CleanText | None:
    text = part.maybe("texte", clean_text)
    return text if text and text.plain else None


def _html(texts: list[CleanText]) -> str | None:
    """Return several texts as one; those that need no markup are put in as they are."""
    if not any(text.html for text in texts):
        return None
    return "<br>".join(text.html or html.escape(text.plain, quote=False) for text in texts)


def _erratum(part: Fields) -> str | None:
    return part.maybe("erratum", plain) or None


def _signalements(fields: Fields) -> list[Signalement]:
    found = []
    for part in fields.each("signalement"):
        jo = info_jo(part.at("infoJO"))
        if jo:
            found.append(Signalement(jo=jo, depot=part.maybe("dateDepotSignal", read_date)))
    return found


def _renouvellements(fields: Fields) -> list[JO]:
    found = (info_jo(part.at("infoJO")) for part in fields.each("renouvellements.renouvellement"))
    return [jo for jo in found if jo]


def _cloture(fields: Fields) -> Cloture | None:
    if fields.is_empty:
        return None
    jo = info_jo(fields.at("infoJO"))
    day: date | None = fields.maybe("dateCloture", read_date) or (jo.jour if jo else None)
    if day is None:
        return None
    code, libelle = fields.text("codeCloture"), fields.text("libelleCloture")
    return Cloture(jour=day, code=code_cloture(code, libelle), libelle=libelle, jo=jo)
