"""Invented prose that says so of itself; and the name of a person as people write it."""

import html
import random
import re
from collections.abc import Callable
from functools import cache
from random import Random

from lod.model.text import CleanText, fold

WORDS = re.findall(
    r"\w+",
    "le la de et à un une pour dans sur avec par mesure ministère question santé école commune "
    "énergie agriculture logement transport emploi retraite impôt projet loi décret année effet "
    "situation difficulté entreprise service public territoire enfant famille moyen budget",
)
TYPOGRAPHY = (
    "cœur", "10 €", "l’État", "l'île", "–", "« essai »", "R&amp;D", "depuis le 1er mars 2022",
    "moins de 5 % (&lt; 6 %)", "etc.…", "[sic]", "n° 12", "2*3", "prix_moyen",
)  # fmt: skip
MARKED = (
    "<em>nuages</em>", "13<sup>e</sup> rapport", "H<sub>2</sub>O", "<strong>urgence</strong>",
    "« <em>nuages</em> »", "<i>team</i> d'essai", "<u>à noter</u>",
)  # fmt: skip
TABLE = CleanText(
    "Année Montant\n2021 12 €\n2022 < 15 €",
    "<table><tbody><tr><th>Année</th><th>Montant</th></tr><tr><td>2021</td><td>12 €</td></tr>"
    "<tr><td>2022</td><td>&lt; 15 €</td></tr></tbody></table>",
)
LIST = CleanText(
    "un premier point ;\nun deuxième point.",
    "<ul><li>un premier point ;</li><li>un <em>deuxième</em> point.</li></ul>",
)
LINE = "<br>"


def inline(markup: str) -> CleanText:
    """Return a piece of a line as markup, and as it reads."""
    return CleanText(html.unescape(re.sub(r"<[^>]*>", "", markup)), markup)


@cache
def sentences(marked: bool) -> tuple[CleanText, ...]:
    """Return a store of sentences; texts draw from it, which is quicker than to make each."""
    return tuple(_sentence(Random(number), marked) for number in range(400))


def _sentence(rng: Random, marked: bool) -> CleanText:
    words = rng.choices(WORDS, k=rng.randrange(10, 24))
    if rng.random() < 0.3:
        words.insert(rng.randrange(1, len(words)), rng.choice(TYPOGRAPHY))
    if marked and rng.random() < 0.3:
        words.insert(rng.randrange(1, len(words)), rng.choice(MARKED))
    words[0] = words[0].capitalize()
    return inline(" ".join(words) + ".")


def prose(rng: Random, opening: str, length: int, marked: bool) -> CleanText:
    """Return a text of about `length` sentences in paragraphs; `marked`: its markup matters."""
    store = sentences(marked)
    blocks = [_joined([inline(html.escape(opening, quote=False)), *rng.choices(store, k=3)])]
    while length > 4:
        blocks.append(_joined(rng.choices(store, k=min(length, rng.randrange(4, 9)))))
        length -= 8
    if marked:
        blocks += [rng.choice((TABLE, LIST, inline(f"{rng.choice(MARKED)} d'essai.")))]
    simple = "\n".join(block.plain for block in blocks)
    return CleanText(simple, LINE.join(block.html or "" for block in blocks) if marked else None)


def _joined(pieces: list[CleanText]) -> CleanText:
    return CleanText(
        " ".join(piece.plain for piece in pieces), " ".join(piece.html or "" for piece in pieces)
    )


def transcript(rng: Random, titre: str, auteur: str, number: int) -> CleanText:
    """Return a debate: its title, the chair, the speakers and what the room does."""
    speeches = [
        f"<strong>Mme\u00a0la présidente. </strong>La parole est à {auteur}.",
        f"<strong>{auteur}. </strong>Débat synthétique n° {number}, inventé. {_speech(rng)}",
        "<strong>M. un député d'essai.</strong> Très bien !",
        "<strong>Mme\u00a0la présidente. </strong>La parole est à Mme la ministre d’essai.",
        f"<strong>Mme Ada Essai,</strong> <i>ministre d’essai. </i>{_speech(rng)} "
        "<i>(Applaudissements sur quelques bancs.)</i>",
    ]
    lines = [inline(speech) for speech in speeches]
    title = html.escape(titre.upper(), quote=False)
    return CleanText(
        "\n".join([titre.upper(), *(line.plain for line in lines)]),
        f"<div>{title}</div>{LINE}" + (LINE * 2).join(line.html or "" for line in lines),
    )


def _speech(rng: Random) -> str:
    return " ".join(piece.html or "" for piece in rng.choices(sentences(False), k=6))


def surname_first(name: str, _: random.Random) -> str:
    first, _, rest = name.partition(" ")
    return f"{rest.upper()} {first}"


def shortened(name: str, _: random.Random) -> str:
    """Without the last part of a compound: « Petex-Levet » is « Petex », « Jean-Luc » stays."""
    head, dash, _ = name.rpartition("-")
    return head if dash and " " in head else name


def mistyped(name: str, chance: random.Random) -> str:
    """Without one letter of the surname, which is not its first."""
    start = name.index(" ") + 2
    at = chance.randrange(start, len(name)) if len(name) > start else start - 1
    return name[:at] + name[at + 1 :]


# variant → how it is made; the least share that is right in first place, and that is certain
VARIANTES: dict[str, tuple[Callable[[str, random.Random], str], float, float]] = {
    "exact": (lambda name, _: name, 1.0, 0.98),
    "folded": (lambda name, _: fold(name), 1.0, 0.98),
    "surname first": (surname_first, 1.0, 0.98),
    "shortened": (shortened, 0.99, 0.85),
    "mistyped": (mistyped, 0.95, 0.0),
}
