"""Page D, the newest, as HTML and saved as Markdown: « Données clés », « Date(s) clé(s) ».

Only the Markdown is known from a real page; the HTML says the same under the same headings.
"""

import html
import re
from collections.abc import Iterator
from random import Random

from lod.model.question import JO, Question, Reponse
from tests.support.synthetic.fragments import (
    PAGE_TITLE,
    blocks,
    by_number,
    capitalised,
    changes,
    escaped,
    fragment,
    in_words,
    slashed,
)
from tests.support.synthetic.page_b import TYPES

Facts = list[tuple[str, str]]  # label, value as HTML
SIGNS = re.compile(r"([\\`*_\[\]#<>&|~])")
# a tag, or text; `<em>` and `<strong>` have a Markdown of their own, and keep no space inside
MARKDOWN_TAG = {"em": "*", "i": "*", "strong": "**", "b": "**"}


def write(question: Question, rng: Random) -> bytes:
    """Return the page of a question as HTML."""
    q = question
    ref = q.auteur.acteur_ref
    who = f'<a href="https://www.assemblee-nationale.fr/dyn/deputes/{ref}">{_who(q)}</a>'
    parts = [
        '<!DOCTYPE html>\n<html lang="fr">\n<head><meta charset="utf-8"/>',
        f"<title>Question n°{q.numero}</title></head>\n<body><nav><a>Recherche</a></nav>\n<main>",
        f"<p>{q.legislature}ème législature</p>",
        f"<h1>{escaped(q.titre)}</h1>" if q.titre else "",
        f"<p>{TYPES[q.type]} n° {q.numero}</p>",
        *(f"<h2>{name}</h2>\n<div>{text}</div>" for name, text in _html_texts(q, rng)),
        "<h2>Données clés</h2>",
        *_html_facts([("Auteur", who), *_facts(q)], rng),
        "<h2>Date(s) clé(s)</h2>",
        *_html_facts(_dates(q, rng, "{}"), rng),
        "</main>\n<footer><p>Mentions légales</p></footer></body></html>\n",
    ]
    return "\n".join(part for part in parts if part).encode()


def write_markdown(question: Question, rng: Random) -> bytes:
    """Return the page of a question as saved in Markdown."""
    q = question
    parts = [
        "\n\n# ASSEMBLÉE NATIONALE",
        f"{q.legislature}ème législature",
        markdown(escaped(q.titre)) if q.titre else "",
        f"{TYPES[q.type]} n° {q.numero}",
    ]
    for name, text in _texts(q):
        parts += [f"## {name}", *(markdown(line) for line in text)]
    facts = [f"**Auteur :** [{_who(q)}](#)"]
    facts += [f"**{label} :** {markdown(value)}" for label, value in _facts(q)]
    dates = [f"**{label} :** {value}" for label, value in _dates(q, rng, "[{}](#)")]
    apart = rng.choice(("\n\n", "\n"))
    parts += ["## Données clés", apart.join(facts), "## Date(s) clé(s)", apart.join(dates)]
    return ("\n\n".join(part for part in parts if part) + "\n").encode()


def _who(q: Question) -> str:
    return f"{q.auteur.civilite} {q.auteur.nom}"


def _facts(q: Question) -> Facts:
    found: Facts = []
    if lieu := q.circonscription:
        rank = "re" if lieu.numero == 1 else "e"
        groupe = escaped((q.groupe and q.groupe.libelle_long) or "")
        place = f"{lieu.nom} ({lieu.numero}<sup>{rank}</sup> circonscription)"
        found.append(("Circonscription", f"{place} - {groupe}"))
    found += [("Type de question", TYPES[q.type]), ("Numéro de la question", str(q.numero))]
    if q.rubrique:
        found.append(("Rubrique", capitalised(q.rubrique)))
    if q.ministere_interroge:
        found.append(("Ministère interrogé", escaped(q.ministere_interroge.libelle)))
    if q.attributions:
        found.append(("Ministère attributaire", escaped(q.attributions[-1].ministere.libelle)))
    return found


def _dates(q: Question, rng: Random, link: str) -> Facts:
    found = _dated("Question publiée au JO le", q.parutions, rng, link)
    found += _dated("Réponse publiée au JO le", [r.jo for r in q.reponses], rng, link)
    found += _dated("Date de changement d'attribution", changes(q), rng, "{}", page=False)
    found += _dated("Date de signalement", [s.jo for s in q.signalements], rng, "{}", page=False)
    found += _dated("Date de renouvellement", q.renouvellements, rng, "{}", page=False)
    for what, corrige in (("question", "question"), ("réponse", "reponse")):
        places = [e.jo for e in q.errata if e.corrige == corrige and e.jo]
        found += _dated(f"Erratum de la {what} publié au JO le", places, rng, "{}")
    if q.retrait:
        reason = escaped(q.retrait.libelle or "")
        found.append(("Question retirée le", f"{in_words(q.retrait.jour, rng)} ({reason})"))
    return found


def _dated(
    label: str, places: list[JO] | tuple[JO, ...], rng: Random, link: str, page: bool = True
) -> Facts:
    """Return one line for all days, or one for each."""
    told = []
    for jo in places:
        day = slashed(jo.jour) if rng.random() < 0.1 else in_words(jo.jour, rng)
        told.append(link.format(day) + (f", page {jo.page}" if page and jo.page else ""))
    if told and rng.random() < 0.5:
        told = [rng.choice((", ", " et ", " ; ", "<br>")).join(told)]
    return [(label, value) for value in told]


def _texts(q: Question) -> Iterator[tuple[str, list[str]]]:
    if q.texte:
        yield "Texte de la question", blocks(q.texte, q.texte_html)
    for reponse in q.reponses:
        yield "Texte de la réponse", _lines(reponse)


def _lines(reponse: Reponse) -> list[str]:
    return blocks(reponse.texte, reponse.texte_html)


def _html_texts(q: Question, rng: Random) -> Iterator[tuple[str, str]]:
    for name, lines in _texts(q):
        text = fragment(lines, rng, PAGE_TITLE)
        yield name, text if "question" in name else by_number(text)


def _html_facts(facts: Facts, rng: Random) -> Iterator[str]:
    way = rng.choice((
        "<p><strong>{} :</strong> {}</p>", "<p><span>{}</span> : {}</p>",
        "<div><b>{}\u00a0:</b> {}</div>",
    ))  # fmt: skip
    for label, value in facts:
        yield way.format(label, value)


def markdown(block: str) -> str:
    """Return a block of HTML as Markdown; what Markdown cannot say stays HTML.

    >>> markdown("<strong>M. X. </strong>Un <em>essai</em> 2*3, 13<sup>e</sup>")
    '**M. X.** Un *essai* 2\\\\*3, 13<sup>e</sup>'
    """
    if block.startswith(("<table", "<ul")):
        return block
    block = re.sub(r"<div>(.*)</div>", r"\1", block)
    block = re.sub(r" (</(?:strong|em|i|b)>)", r"\1 ", block)
    pieces = re.split(r"(<[^>]*>)", block)
    return "".join(_markdown_piece(piece) for piece in pieces)


def _markdown_piece(piece: str) -> str:
    if piece.startswith("<"):
        return MARKDOWN_TAG.get(piece.strip("</>"), piece)
    return SIGNS.sub(r"\\\1", html.unescape(piece))
