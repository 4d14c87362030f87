"""Page D, the newest, as HTML and saved as Markdown, which alone is known from a real page."""

import html
import re
from collections.abc import Iterator
from random import Random

from lod.model.question import JO, Question
from tests.support.synthetic import fragments as page

Facts = list[tuple[str, str]]  # label, value as HTML
SIGNS = re.compile(r"([\\`*_\[\]#<>&|~])")
# a tag, or text; `<em>` and `<strong>` have a Markdown of their own, and keep no space inside
MARKDOWN_TAG = {"em": "*", "i": "*", "strong": "**", "b": "**"}


def write(question: Question, rng: Random) -> bytes:
    q = question
    ref = q.auteur.acteur_ref
    author = f'<a href="https://www.assemblee-nationale.fr/dyn/deputes/{ref}">{page.who(q)}</a>'
    parts = [
        '<!DOCTYPE html>\n<html lang="fr">\n<head><meta charset="utf-8"/>',
        f"<title>Question n°{q.numero}</title></head>\n<body><nav><a>Recherche</a></nav>\n<main>",
        f"<p>{q.legislature}ème législature</p>",
        f"<h1>{page.escaped(q.titre)}</h1>" if q.titre else "",
        f"<p>{page.TYPES[q.type]} n° {q.numero}</p>",
        *(f"<h2>{name}</h2>\n<div>{text}</div>" for name, text in _html_texts(q, rng)),
        "<h2>Données clés</h2>",
        *_html_facts([("Auteur", author), *_facts(q)], rng),
        "<h2>Date(s) clé(s)</h2>",
        *_html_facts(_dates(q, rng, "{}"), rng),
        "</main>\n<footer><p>Mentions légales</p></footer></body></html>\n",
    ]
    return "\n".join(part for part in parts if part).encode()


def write_markdown(question: Question, rng: Random) -> bytes:
    q = question
    parts = [
        "\n\n# ASSEMBLÉE NATIONALE",
        f"{q.legislature}ème législature",
        markdown(page.escaped(q.titre)) if q.titre else "",
        f"{page.TYPES[q.type]} n° {q.numero}",
    ]
    for name, text in _texts(q):
        parts += [f"## {name}", *(markdown(line) for line in text)]
    facts = [f"**Auteur :** [{page.who(q)}](#)"]
    facts += [f"**{label} :** {markdown(value)}" for label, value in _facts(q)]
    dates = [f"**{label} :** {value}" for label, value in _dates(q, rng, "[{}](#)")]
    apart = rng.choice(("\n\n", "\n"))
    parts += ["## Données clés", apart.join(facts), "## Date(s) clé(s)", apart.join(dates)]
    return ("\n\n".join(part for part in parts if part) + "\n").encode()


def _facts(q: Question) -> Facts:
    found: Facts = []
    if lieu := q.circonscription:
        rank = "re" if lieu.numero == 1 else "e"
        place = f"{lieu.nom} ({lieu.numero}<sup>{rank}</sup> circonscription)"
        found.append(("Circonscription", f"{place} - {page.groupe(q)}"))
    found += [("Type de question", page.TYPES[q.type]), ("Numéro de la question", str(q.numero))]
    if q.rubrique:
        found.append(("Rubrique", page.capitalised(q.rubrique)))
    if q.ministere_interroge:
        found.append(("Ministère interrogé", page.escaped(q.ministere_interroge.libelle)))
    if q.attributions:
        found.append(("Ministère attributaire", page.escaped(q.attributions[-1].ministere.libelle)))
    return found


def _dates(q: Question, rng: Random, link: str) -> Facts:
    found: Facts = []
    for label, places, has_page in page.events(q):
        linked = link if label.endswith("publiée au JO le") else "{}"
        found += _dated(label, places, rng, linked, has_page)
    if q.retrait:
        reason = page.escaped(q.retrait.libelle or "")
        found.append(("Question retirée le", f"{page.in_words(q.retrait.jour, rng)} ({reason})"))
    return found


def _dated(label: str, places: list[JO], rng: Random, link: str, has_page: bool) -> Facts:
    """Return one line for all days, or one for each."""
    told = []
    for jo in places:
        day = page.slashed(jo.jour) if rng.random() < 0.1 else page.in_words(jo.jour, rng)
        told.append(link.format(day) + (f", page {jo.page}" if has_page and jo.page else ""))
    if told and rng.random() < 0.5:
        told = [rng.choice((", ", " et ", " ; ", "<br>")).join(told)]
    return [(label, value) for value in told]


def _texts(q: Question) -> Iterator[tuple[str, list[str]]]:
    if q.texte:
        yield "Texte de la question", page.blocks(q.texte, q.texte_html)
    for reponse in q.reponses:
        yield "Texte de la réponse", page.blocks(reponse.texte, reponse.texte_html)


def _html_texts(q: Question, rng: Random) -> Iterator[tuple[str, str]]:
    for name, lines in _texts(q):
        text = page.fragment(lines, rng, page.PAGE_TITLE)
        yield name, text if "question" in name else page.by_number(text)


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
