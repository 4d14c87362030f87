"""A text as the Assemblée's systems write it: HTML fragments, seldom balanced; dates and places."""

import html
import re
from collections.abc import Iterator
from datetime import date
from random import Random

from lod.model.dates import french_date
from lod.model.question import JO, Question, Reponse

SEPARATORS = ("<br>", "<br><br>", "</p><p>", " <p>", "</p>\n<p>")
ENDINGS = ("<br> <p>", "", "<br>")  # of a debate
# the letters that answers, and never questions, hold as references by number
BY_NUMBER = {ord(letter): f"&#{ord(letter)};" for letter in "œ€…–•‘"}
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
TITLE = re.compile(r"<div>(.*)</div>")
RECORD_TITLE = '</p><p align="CENTER"> {} <a name=PG19></a> </p>'
PAGE_TITLE = '<br/><span class="bold"> {}  </span><br/>'
SANS_TETE = "aucune tête d'analyse"
TYPES = {
    "QE": "Question écrite",
    "QG": "Question au Gouvernement",
    "QOSD": "Question orale sans débat",
    "QM": "Question à un ministre",
}


def escaped(text: str) -> str:
    return html.escape(text, quote=False)


def blocks(texte: str | None, texte_html: str | None) -> list[str]:
    """Return the paragraphs, lists and tables of a text, each as balanced markup."""
    lines = texte_html.split("<br>") if texte_html else escaped(texte or "").split("\n")
    return [line for line in lines if line]


def texts_of(question: Question) -> list[list[str]]:
    """Return the texts of a question as blocks: as many as it has publications."""
    lines = blocks(question.texte, question.texte_html)
    count = len(question.parutions)
    if not lines or count == 1:
        return [lines] if lines else []
    cut = max(1, len(lines) // count)
    return [lines[:cut], lines[cut:]]


def fragment(lines: list[str], rng: Random, title: str = RECORD_TITLE) -> str:
    """Return blocks as one fragment; a title in its `<div>` is written as `title` has it."""
    separator = rng.choice(SEPARATORS)
    if lines and (found := TITLE.fullmatch(lines[0])):
        return title.format(found[1]) + "<br>" + "<br><br>".join(lines[1:]) + rng.choice(ENDINGS)
    text = separator.join(lines)
    return text.replace("&amp; ", "& ") if rng.random() < 0.3 else text


def printed(of: Question | Reponse, rng: Random) -> str:
    """Return the text of a question or of an answer as a page has it."""
    return fragment(blocks(of.texte, of.texte_html), rng, PAGE_TITLE)


def by_number(text: str) -> str:
    """Return a text with the references by number that answers have."""
    return text.translate(BY_NUMBER)


def slashed(day: date) -> str:
    return f"{day.day:02d}/{day.month:02d}/{day.year}"


def in_words(day: date, rng: Random) -> str:
    """Return a day as « mardi 1er mars 2022 », with the weekday or without."""
    weekday = f"{WEEKDAYS[day.weekday()]} " if rng.random() < 0.2 else ""
    return weekday + french_date(day)


def capitalised(rubrique: str) -> str:
    """Return a heading as the site prints it: « Numérique »."""
    return rubrique[:1].upper() + rubrique[1:]


def changes(question: Question) -> list[JO]:
    """Return where the JO said that the question went to another ministry."""
    return [step.jo for step in question.attributions[1:] if step.jo]


def who(question: Question) -> str:
    return f"{question.auteur.civilite} {question.auteur.nom}"


def groupe(question: Question) -> str:
    return escaped((question.groupe and question.groupe.libelle_long) or "")


def asked(question: Question) -> str:
    """Return the name of the ministry that was asked."""
    ministere = question.ministere_interroge
    return escaped(ministere.libelle) if ministere else ""


def in_charge(question: Question) -> str:
    """Return the name of the ministry that had the question last."""
    steps = question.attributions
    return escaped(steps[-1].ministere.libelle) if steps else ""


def events(question: Question) -> Iterator[tuple[str, list[JO], bool]]:
    """Yield what pages of two layouts print of each event: label, places, whether paged."""
    q = question
    yield "Question publiée au JO le", [*q.parutions], True
    yield "Réponse publiée au JO le", [r.jo for r in q.reponses], True
    yield "Date de changement d'attribution", changes(q), False
    yield "Date de signalement", [s.jo for s in q.signalements], False
    yield "Date de renouvellement", [*q.renouvellements], False
    for what, corrige in (("question", "question"), ("réponse", "reponse")):
        places = [e.jo for e in q.errata if e.corrige == corrige and e.jo]
        yield f"Erratum de la {what} publié au JO le", places, True
