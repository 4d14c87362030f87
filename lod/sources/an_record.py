"""The official record, whatever its syntax: field names of the open data → Question.

The field names are those of the JSON below `question`; a reader of another syntax gives the
same names. Which field means what stands here and nowhere else.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import cast, get_args

from lod.dates import read_date
from lod.errors import Finding
from lod.model import (
    JO,
    Attribution,
    Auteur,
    Cloture,
    Erratum,
    Organe,
    Question,
    Reponse,
    Signalement,
    Source,
    TypeQuestion,
)
from lod.sources.fields import Fields, number
from lod.texts import plain

UID = re.compile(rf"QANR5L([1-9]\d?)({'|'.join(get_args(TypeQuestion))})([1-9]\d{{0,8}})")


@dataclass(frozen=True, slots=True)
class Reading:
    """A question as read, the remarks about what was not understood, and on which line stands
    what can only be judged later: field → line.
    """

    question: Question
    remarks: tuple[Finding, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)


def read_question(fields: Fields, data: bytes, media_type: str) -> Reading:
    """Take every field of a record; raise SourceError if it cannot be a question."""
    legislature, type_, numero = fields.take("uid", split_uid)
    uid = f"QANR5L{legislature}{type_}{numero}"
    _agree(fields, "type", type_)
    _agree(fields, "identifiant.numero", str(numero))
    _agree(fields, "identifiant.legislature", str(legislature))
    # the uid says the regime (R5) and the type; namespaces are no facts about the question
    fields.ignore("identifiant.regime", "@xsi:type", "@xmlns", "@xmlns:xsi")
    analyses = _analyses(fields.at("indexationAN"))
    tete_analyse = fields.text("indexationAN.teteAnalyse")
    rubrique = fields.text("indexationAN.rubrique")
    auteur = Auteur(
        acteur_ref=fields.take("auteur.identite.acteurRef", acteur_ref),
        mandat_ref=fields.text("auteur.identite.mandatRef"),
    )
    groupe = organe(fields.at("auteur.groupe"))
    ministere_interroge = organe(fields.at("minInt"))
    attributions = tuple(_attributions(fields))
    textes, parutions, errata = _textes_question(fields)
    reponses, errata_reponse = _reponses(fields)
    signalements = tuple(_signalements(fields))
    renouvellements = tuple(_renouvellements(fields))
    cloture = _cloture(fields.at("cloture"))
    restes, remarks = fields.rest()  # last: what nobody took is kept, and reported
    question = Question(
        uid=uid,
        legislature=legislature,
        type=type_,
        numero=numero,
        source=Source(sha256=hashlib.sha256(data).hexdigest(), format=media_type),
        auteur=auteur,
        chaine_complete=True,
        titre=". ".join(analyses) or None,
        analyses=analyses if len(analyses) > 1 else (),
        tete_analyse=tete_analyse,
        texte="\n".join(textes) or None,
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
    return Reading(question, remarks)


def split_uid(uid: str) -> tuple[int, TypeQuestion, int]:
    """Return legislature, type and number of a uid; only a reader may cut one up.

    >>> split_uid("QANR5L15QE43349")
    (15, 'QE', 43349)
    """
    match = UID.fullmatch(uid)
    if not match:
        raise ValueError(f"'{uid}' is not the uid of a question (QANR5L…)")
    return int(match[1]), cast(TypeQuestion, match[2]), int(match[3])


def acteur_ref(text: str) -> str:
    """Return the reference of a person; raise ValueError unless it is `PA…`."""
    if not re.fullmatch(r"PA[1-9]\d{0,8}", text):
        raise ValueError(f"'{text}' is not the reference of a person (PA…)")
    return text


def organe_ref(text: str) -> str:
    """Return the reference of a body; raise ValueError unless it is `PO…`."""
    if not re.fullmatch(r"PO[1-9]\d{0,8}", text):
        raise ValueError(f"'{text}' is not the reference of a body (PO…)")
    return text


def organe(fields: Fields) -> Organe | None:
    """Return the group or ministry that a part names, or None; without a label it stays raw."""
    court, long = fields.text("abrege"), fields.text("developpe")
    libelle = court or long
    if libelle is None:
        return None
    return Organe(
        libelle=libelle,
        libelle_long=long if long != libelle else None,
        ref=fields.maybe("organeRef", organe_ref),
    )


def info_jo(fields: Fields) -> JO | None:
    """Return the place in the JO that an `infoJO` states; without a date it stays raw."""
    jour = fields.maybe("dateJO", read_date)
    if jour is None:
        return None
    return JO(
        jour=jour,
        page=fields.attempt("pageJO", number),
        numero=fields.text("numJO"),
        type=fields.text("typeJO"),
    )


def _agree(fields: Fields, name: str, expected: str) -> None:
    stated = fields.text(name)
    if stated not in (None, expected):
        raise fields.refuse(
            name,
            f"'{stated}', but the uid says '{expected}'",
            "correct the one that is wrong",
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


def _textes_question(fields: Fields) -> tuple[list[str], tuple[JO, ...], tuple[Erratum, ...]]:
    textes, parutions, errata = [], [], []
    for part in fields.each("textesQuestion.texteQuestion"):
        jo, texte, erratum = info_jo(part.at("infoJO")), _texte(part), _erratum(part)
        textes += [texte] if texte else []
        parutions += [jo] if jo else []
        errata += [Erratum(corrige="question", texte=erratum)] if erratum else []
    return textes, tuple(parutions), tuple(errata)


def _reponses(fields: Fields) -> tuple[tuple[Reponse, ...], tuple[Erratum, ...]]:
    reponses, errata = [], []
    for part in fields.each("textesReponse.texteReponse"):
        jo = info_jo(part.at("infoJO"))
        if jo is None:
            continue  # an answer without a date has no identity: its fields stay raw
        reponses.append(Reponse(jo=jo, texte=_texte(part), page_de_section=True))
        erratum = _erratum(part)
        errata += [Erratum(corrige="reponse", texte=erratum)] if erratum else []
    return tuple(reponses), tuple(errata)


def _texte(part: Fields) -> str | None:
    return part.maybe("texte", plain) or None


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
    jour: date | None = fields.maybe("dateCloture", read_date) or (jo.jour if jo else None)
    if jour is None:
        return None
    return Cloture(
        jour=jour, code=fields.text("codeCloture"), libelle=fields.text("libelleCloture"), jo=jo
    )
