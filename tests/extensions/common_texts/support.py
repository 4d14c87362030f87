"""Invented questions that share passages, with one another and with texts elsewhere."""

import re
from datetime import date, timedelta
from random import Random
from typing import Any

from lod.base.tabular import csv_line
from lod.extensions.common_texts.outside import COLUMNS, OUTSIDE_TEXTS
from lod.extensions.common_texts.words import spans_of
from lod.model.question import JO, Auteur, Organe, Question, Reponse

WORDS = re.findall(
    r"\w+",
    "accueil aide apprentissage artisan atelier avenir bois canal carrière chantier cheptel classe "
    "collège commerce cotisation crèche culture déchet diplôme eau éleveur énergie essai étang "
    "ferme filière fleuve forêt formation fruit gare grêle haie hameau hôpital internat jardin "
    "laine libraire littoral lycée maire marché métier moulin navette noyer pain patrimoine pêche "
    "pharmacie pluie pont port prairie quai récolte refuge rivière route ruche saison semence "
    "sentier soin source stage tarif théâtre train tuile usine vallée verger vigne village zone",
)
LINKS = ("de la", "pour les", "dans chaque", "avec un", "sans", "et", "malgré", "selon", "près du")
AUTHORS = {"Anne Essai": "PA999001", "Léa Modèle": "PA999002", "Zoé Exemple": "PA999003",
           "Ida Cas": "PA999004"}  # fmt: skip
FIRST_DAY = date(2024, 10, 1)
ROW = {
    "adresse": "https://association.example.org/lettre-inventee",
    "titre": "Lettre inventée aux élus d’essai",
    "editeur": "Association d’essai",
    "date": "2017-09-01",
    "constat": "2026-03-02",
    "par": "Camille Exemple",
    "motif": "les deux textes lus en entier",
}


def prose(seed: str, words: int) -> str:
    rng, found = Random(seed), list[str]()
    while len(found) < words:
        found += [rng.choice(WORDS), *rng.choice(LINKS).split()]
        if rng.random() < 0.12:
            found[-1] += "."
    return " ".join(found[:words]).capitalize() + "."


def opening(name: str, subject: str) -> str:
    begin = f"{name} attire l’attention de M. le ministre d’essai, chargé d’inventions"
    return f"{begin}, sur {subject}. "


ENDING = " Il lui demande donc quelles mesures le Gouvernement entend prendre en la matière."


def question(
    numero: int, author: str, texte: str, week: int = 0, answers: tuple[str, ...] = (), **more: Any
) -> Question:
    day = FIRST_DAY + timedelta(weeks=week)
    ministere = Organe(libelle="Inventions", libelle_long="Ministère d’essai", ref="PO990001")
    values: dict[str, object] = {
        "uid": f"QANR5L17QE{numero}", "legislature": 17, "type": "QE", "numero": numero,
        "sources": (), "chaine_complete": True, "texte": texte, "titre": f"Essai n° {numero}",
        "auteur": Auteur(acteur_ref=AUTHORS[author], nom=author, civilite="Mme"),
        "parutions": (JO(jour=day),),
        "ministere_interroge": ministere, "rubrique": "culture",
        "reponses": tuple(
            Reponse(jo=JO(jour=day + timedelta(weeks=8)), texte=text, page_de_section=False)
            for text in answers
        ),
        "donnees_au": date(2025, 6, 3),
    }  # fmt: skip
    return Question(**values | more)  # type: ignore[arg-type]


def asked(author: str, *parts: str) -> str:
    return opening(f"Mme {author}", prose(author, 6)) + " ".join(parts) + ENDING


PLEA, OTHER, ANSWER = prose("plea", 120), prose("other", 110), prose("answer", 150)
ANSWERED = f"L’attention de {{}} a été appelée sur ce point. {ANSWER} Ainsi {{}} sera informé."


def sharing() -> list[Question]:
    """Return questions: 1, 2, 3 share a text, 4 and 5 another, 2 and 6 an answer; others none."""
    return [
        question(1, "Anne Essai", asked("Anne Essai", PLEA, prose("a", 30)), 0),
        question(2, "Léa Modèle", asked("Léa Modèle", prose("b", 20), PLEA), 1,
                 (ANSWERED.format("Mme la députée Modèle", "l’élue"),)),
        question(3, "Zoé Exemple", asked("Zoé Exemple", PLEA.upper().replace("É", "E")), 2),
        question(4, "Léa Modèle", asked("Léa Modèle", OTHER), 3),
        question(5, "Anne Essai", asked("Anne Essai", OTHER, prose("c", 90)), 4),
        question(6, "Zoé Exemple", asked("Zoé Exemple", prose("d", 100)), 5,
                 (ANSWERED.format("M. le sénateur", "le parlementaire"),)),
        question(7, "Anne Essai", asked("Anne Essai", prose("own", 120)), 6),
        question(8, "Anne Essai", asked("Anne Essai", prose("own", 120)), 9),
        question(9, "Léa Modèle", asked("Léa Modèle", prose("e", 12)), 7),
        question(10, "Zoé Exemple", asked("Zoé Exemple", prose("f", 12)), 7),
    ]  # fmt: skip


def passage_of(text: str, first: int = 20, words: int = 25) -> str:
    spans = spans_of(text)[first : first + words]
    return text[spans[0][0] : spans[-1][1]]


def outside_row(uid: str, passage: str, **more: str) -> dict[str, str]:
    return ROW | {"uid": uid, "passage": passage} | more


def outside_table(*rows: dict[str, str]) -> bytes:
    names = COLUMNS[OUTSIDE_TEXTS]
    lines = (csv_line(row.get(name, "") for name in names) for row in rows)
    return b"".join([csv_line(names), *lines])
