"""Invented questions with all that can happen to one: seeded; every text says it is synthetic.

Authors of legislatures 13 to 17 are deputies of that time, so that a name on a page can be
resolved; what they ask is invented, as are numbers, groups and ministries of the others.
"""

import html
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Literal

from msgspec.structs import replace

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
    TypeQuestion,
)
from lod.reference.tables import deputy_rows
from tests.support.synthetic.words import prose, transcript

Fate = Literal["open", "answered", "withdrawn", "caduque"]
REASONS = {"withdrawn": "Fin de mandat", "caduque": "Caducité (fin de la législature) d'essai"}
BEGIN = {8: 1986, 9: 1988, 10: 1993, 11: 1997, 12: 2002, 13: 2007, 14: 2012, 15: 2017, 16: 2022,
         17: 2024}  # fmt: skip
RUBRIQUES = ("agriculture", "énergie et carburants", "État", "logement : aides et prêts", "santé")
SUBJECTS = (
    "aide aux communes d'essai", "Avenir de l’énergie inventée", "pouvoir d'achat & prix",
    "Quel projet pour les « nuages » ?", "Lutte contre l'oubli : bilan",
    "taux < 5 % en cœur de ville",
)  # fmt: skip
MINISTERES = tuple(
    Organe(libelle=court, libelle_long=long, ref=f"PO99{number:04d}")
    for number, (court, long) in enumerate((
        ("Agriculture d'essai", "Ministère de l'agriculture d'essai"),
        ("Économie d’essai", "Ministère de l’économie d’essai"),
        ("Travail, santé et\u00a0solidarités", "Ministère\u00a0du travail, de\u00a0la\u00a0santé"),
        ("Intérieur - Outre-mer", "Ministère de l'intérieur - Outre-mer"),
        ("Mer", "Secrétariat d’État (auprès du Premier ministre), chargé de la mer"),
    ), start=1)
)  # fmt: skip
GROUPES = tuple(
    Organe(libelle=court, libelle_long=long, ref=f"PO98{number:04d}")
    for number, (court, long) in enumerate((
        ("ESSAI", "Groupe d’essai"),
        ("LR-UDI", "Les Républicains - UDI"),
        ("DEM", "Démocrate (MoDem et Indépendants)"),
        ("HOR", "Horizons & Indépendants"),
        ("NI", "Non inscrit"),
    ), start=1)
)  # fmt: skip
REGIONS = ("Ile-de-France", "Provence-Alpes-Côte d'Azur", "Outre-mer", "Nouvelle-Aquitaine")
ABROAD = "Français établis hors de France"
INVENTED = tuple(
    (Auteur(acteur_ref=f"PA99{n:04d}", civilite=civilite, nom=nom), Circonscription(
        nom=lieu, numero=n, departement=code))
    for n, (civilite, nom, lieu, code) in enumerate((
        ("Mme", "Muguette de la Fontaine-Dubois", "Seine-Saint-Denis", "93"),
        ("M.", "Jean-Paul L'Hospitalier", "Corse-du-Sud", "2A"),
        ("M.", "Pierre Essai", "Bouches-du-Rhône", "13"),
        ("Mlle", "Anne Inventée", "Réunion", "974"),
    ), start=1)
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    type: TypeQuestion = "QE"
    fate: Fate = "answered"
    ministeres: int = 1
    renewals: int = 0
    signalled: bool = False
    errata: tuple[Literal["question", "reponse"], ...] = ()
    texts: int = 1
    answers: int = 1
    titles: int = 1
    rubrique: bool = True
    tete: bool = False
    marked: bool = False


PLANS = {
    "answered": Plan(),
    "open": Plan(fate="open"),
    "withdrawn": Plan(fate="withdrawn"),
    "caduque": Plan(fate="caduque"),
    "question au Gouvernement": Plan(type="QG", marked=True),
    "question orale": Plan(type="QOSD", marked=True),
    "question orale open": Plan(type="QOSD", fate="open"),
    "question à un ministre": Plan(type="QM"),
    "re-attributed once": Plan(ministeres=2),
    "re-attributed four times": Plan(ministeres=5, fate="open"),
    "renewed": Plan(renewals=1),
    "renewed three times": Plan(renewals=3, fate="withdrawn"),
    "signalled": Plan(signalled=True),
    "erratum on the question": Plan(errata=("question",), fate="open"),
    "errata on both": Plan(errata=("question", "reponse")),
    "several texts": Plan(texts=2),
    "several texts with markup": Plan(texts=2, marked=True),
    "several answers": Plan(answers=2, errata=("reponse",)),
    "without text": Plan(texts=0, fate="open"),
    "without title": Plan(titles=0),
    "without rubric": Plan(rubrique=False),
    "several analyses": Plan(titles=3),
    "tête d'analyse": Plan(tete=True),
    "markup": Plan(marked=True),
    "everything": Plan(
        ministeres=2, renewals=2, signalled=True, errata=("question", "reponse"), tete=True,
        marked=True,
    ),
}  # fmt: skip
LIEUX = {
    "first constituency": Circonscription(nom="Paris", numero=1, departement="75"),
    "Corsica": Circonscription(nom="Corse-du-Sud", numero=2, departement="2A"),
    "overseas": Circonscription(nom="Nouvelle-Calédonie", numero=1, departement="988"),
    "abroad": Circonscription(nom=ABROAD, numero=11, departement="99"),
}


def cases(legislature: int = 15) -> dict[str, Question]:
    """Return one question for each thing that can happen to a question, by its name."""
    made = {
        name: live(plan, Random(name), legislature, number)
        for number, (name, plan) in enumerate(PLANS.items(), start=1)
    }
    number, plain = len(made), made["answered"]
    for name, lieu in LIEUX.items():
        number += 1
        made[name] = _from(_renumbered(plain, number), lieu)
    for groupe in GROUPES:
        number += 1
        made[f"group {groupe.libelle_long}"] = replace(_renumbered(plain, number), groupe=groupe)
    made["shared answer"] = replace(
        live(Plan(), Random(7), legislature, number + 1), reponses=plain.reponses,
        cloture=plain.cloture, parutions=plain.parutions, attributions=plain.attributions,
        ministere_repondant=plain.ministere_repondant,
    )  # fmt: skip
    return made


def questions(count: int, seed: int = 1, legislature: int = 17) -> Iterator[Question]:
    rng = Random(seed)
    recent: list[Question] = []
    for number in range(1, count + 1):
        question = live(plan(rng), rng, legislature, number)
        if question.type == "QE" and question.reponses:
            if recent and rng.random() < 0.2:
                question = _answered_as(question, rng.choice(recent))
            recent = [*recent[-19:], question]
        yield question


def plan(rng: Random) -> Plan:
    """Return a life as they are lived: most questions are answered, few are corrected."""
    type_: TypeQuestion = rng.choices(("QE", "QG", "QOSD"), (85, 10, 5))[0]
    if type_ == "QG":
        return Plan(type="QG", marked=True, rubrique=rng.random() < 0.95)
    fate: Fate = rng.choices(("answered", "open", "withdrawn", "caduque"), (70, 18, 9, 3))[0]
    errata: tuple[Literal["question", "reponse"], ...] = ("question",) * (rng.random() < 0.03)
    if fate == "answered":
        errata += ("reponse",) * (rng.random() < 0.03)
    return Plan(
        type=type_,
        fate=fate,
        ministeres=rng.choices((1, 2, 3, 4), (80, 14, 4, 2))[0],
        renewals=rng.choices((0, 1, 2, 3), (80, 14, 4, 2))[0],
        signalled=rng.random() < 0.06,
        errata=errata,
        texts=rng.choices((1, 2, 0), (96, 3, 1))[0],
        answers=rng.choices((1, 2), (97, 3))[0],
        titles=rng.choices((1, 0, 2, 3), (93, 2, 4, 1))[0],
        rubrique=rng.random() < 0.97,
        tete=rng.random() < 0.3,
        marked=rng.random() < 0.3,
    )  # fmt: skip


def live(plan: Plan, rng: Random, legislature: int, number: int) -> Question:
    auteur, lieu = rng.choice(authors(legislature))
    subjects = tuple(rng.sample(SUBJECTS, plan.titles))
    day = _tuesday(legislature, rng)
    seance = plan.type == "QG"
    kind = "JO_DEBAT" if seance else "JO_QUESTION"
    titre = ". ".join(subjects) or None
    attributions = tuple(
        Attribution(ministere=ministere, jo=JO(jour=_later(day, 2 * n), type=kind))
        for n, ministere in enumerate(rng.sample(MINISTERES, plan.ministeres))
    )
    reponses = tuple(_reponses(plan, rng, day, auteur, titre, number))
    asked = prose(rng, _opening(auteur, number), 16 * plan.texts, plan.marked)
    has_text = plan.texts > 0 and not seance
    made = Question(
        uid=f"QANR5L{legislature}{plan.type}{number}",
        legislature=legislature,
        type=plan.type,
        numero=number,
        sources=(),
        auteur=replace(auteur, mandat_ref=f"PM{800000 + number}"),
        chaine_complete=True,
        titre=titre,
        analyses=subjects if len(subjects) > 1 else (),
        tete_analyse="généralités d’essai" if plan.tete else None,
        texte=asked.plain if has_text else None,
        texte_html=asked.html if has_text else None,
        rubrique=rng.choice(RUBRIQUES) if plan.rubrique else None,
        groupe=rng.choice(GROUPES),
        ministere_interroge=attributions[0].ministere,
        ministere_repondant=attributions[-1].ministere if reponses else None,
        attributions=attributions,
        parutions=_parutions(plan, rng, day, reponses),
        reponses=reponses,
        signalements=(_signalement(rng, day),) if plan.signalled else (),
        renouvellements=tuple(jo(_later(day, 12 + 3 * n), rng) for n in range(plan.renewals)),
        errata=tuple(_errata(plan, rng, day, reponses)),
        cloture=_cloture(plan, rng, day, reponses),
    )
    return _from(made, lieu)


@cache
def authors(legislature: int) -> tuple[tuple[Auteur, Circonscription], ...]:
    known = tuple(
        (
            Auteur(acteur_ref=m.acteur_ref, civilite="Mme" if m.sexe == "F" else "M.",
                   nom=m.nom_complet),
            Circonscription(nom=m.nom_departement, numero=m.circonscription,
                            departement=m.departement),
        )
        for m in deputy_rows() if m.legislature == legislature
    )  # fmt: skip
    return known or INVENTED  # who never sat


def jo(day: date, rng: Random, kind: str = "JO_QUESTION") -> JO:
    """Return a place in the issue of a day: `20250012` is the twelfth issue of 2025."""
    week = day.isocalendar().week
    return JO(jour=day, page=rng.randrange(1, 9999), numero=f"{day.year}{week:04d}", type=kind)


def _tuesday(legislature: int, rng: Random) -> date:
    start = date(BEGIN[legislature], 7, 1)
    return _later(start - timedelta(days=start.weekday() - 1), rng.randrange(50))


def _later(day: date, weeks: int) -> date:
    return day + timedelta(weeks=weeks)


def _opening(auteur: Auteur, number: int) -> str:
    return (
        f"{auteur.civilite} {auteur.nom} interroge M. le ministre d’essai sur un sujet inventé, "
        f"texte synthétique n° {number}."
    )


def _from(question: Question, lieu: Circonscription) -> Question:
    """Return the question as asked by the deputy of that place."""
    region = ABROAD if lieu.nom == ABROAD else REGIONS[len(lieu.nom) % len(REGIONS)]
    places = tuple(dict.fromkeys((lieu.nom, region)))
    return replace(question, circonscription=lieu, lieux_election=places)


def _renumbered(question: Question, number: int) -> Question:
    uid = f"QANR5L{question.legislature}{question.type}{number}"
    return replace(question, numero=number, uid=uid)


def _answered_as(question: Question, other: Question) -> Question:
    """Return the question with the answer of another one, which may come on the same day only."""
    answers = other.reponses
    if any(r.jo.jour <= question.parutions[-1].jour for r in answers):
        return question
    errata = tuple(e for e in question.errata if e.corrige == "question")
    cloture = question.cloture and replace(question.cloture, jour=answers[0].jo.jour)
    return replace(question, reponses=answers, errata=errata, cloture=cloture)


def _parutions(plan: Plan, rng: Random, day: date, reponses: tuple[Reponse, ...]) -> tuple[JO, ...]:
    if plan.type == "QG":
        return (reponses[0].jo,)
    return tuple(jo(_later(day, n), rng) for n in range(max(1, plan.texts)))


def _reponses(
    plan: Plan, rng: Random, day: date, auteur: Auteur, titre: str | None, number: int
) -> Iterator[Reponse]:
    kind = "JO_DEBAT" if plan.type in ("QG", "QOSD") else "JO_QUESTION"
    for n in range(plan.answers if plan.fate == "answered" else 0):
        if kind == "JO_DEBAT":
            speaker = f"{auteur.civilite} {html.escape(auteur.nom or '', quote=False)}"
            told = transcript(rng, titre or "Débat d'essai", speaker, number)
        else:
            opening = f"Réponse synthétique n° {number}, inventée pour des essais."
            told = prose(rng, opening, 26, plan.marked)
        yield Reponse(
            jo=jo(_later(day, 0 if plan.type == "QG" else 8 + 3 * n), rng, kind),
            texte=told.plain,
            texte_html=told.html,
            page_de_section=True,
        )


def _signalement(rng: Random, day: date) -> Signalement:
    return Signalement(jo=jo(_later(day, 10), rng), depot=_later(day, 9))


def _errata(plan: Plan, rng: Random, day: date, reponses: tuple[Reponse, ...]) -> Iterator[Erratum]:
    for corrige in plan.errata:
        after = day if corrige == "question" else reponses[-1].jo.jour
        yield Erratum(
            corrige=corrige,
            jo=JO(jour=_later(after, 2), page=rng.randrange(1, 9999)),
            texte=f"Erratum synthétique : au lieu de « {rng.choice(SUBJECTS)} », lire « rien ».",
            rang=len(reponses) if corrige == "reponse" else 1,
        )


def _cloture(plan: Plan, rng: Random, day: date, reponses: tuple[Reponse, ...]) -> Cloture | None:
    if plan.fate in REASONS:
        return Cloture(jour=_later(day, 50), code="RET", libelle=REASONS[plan.fate])
    if not reponses:
        return None
    told = reponses[0].jo
    return Cloture(
        jour=told.jour,
        code=REPONSE_PUBLIEE,
        libelle="Réponse publiée",
        jo=replace(told, numero=None) if plan.type in ("QG", "QOSD") else None,
    )
