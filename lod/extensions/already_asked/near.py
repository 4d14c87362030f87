"""The questions near to a text that has not found what it looks for: those that have its rarest
words, those near in meaning, and both in one order.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lod.extensions.already_asked.encoder import encoder
from lod.extensions.already_asked.vectors import vectors_of
from lod.publish.search.full_text import WEIGHTS
from lod.publish.search.search_index import SearchIndex, bounded
from lod.publish.search.words import STOP_STEMS, WORD, composed, stem_of

RARE = 8  # words of a text that are looked for
COMMON = 0.1  # share of the questions above which a word says little
LOOKED_AT = 50  # questions that words find, and meaning
SMOOTHING = 60  # of places in two lists, as reciprocal rank fusion has it (Cormack et al. 2009)
LEAST_COSINE = 0.3  # of what is near in meaning: below it, two titles chosen at random are as near
Reason = Literal["passage", "mots", "sens"]


@dataclass(frozen=True, slots=True)
class NearQuestion:
    """A question near to a text, and why it is."""

    uid: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class NearQuestions:
    """What is near to a text, the nearest first, and how it was looked for."""

    questions: tuple[NearQuestion, ...]
    words: tuple[str, ...]  # those of which one was enough, as they were typed
    by_meaning: bool  # whether meaning was looked at


def near_questions(release: Path, index: SearchIndex, text: str) -> NearQuestions:
    """Return the questions near to a text; raise TooLongError."""
    words = rare_words(index, text)
    by_words, by_meaning = with_words(index, [*words]), near_in_meaning(release, text)
    reasons: dict[str, tuple[Reason, ...]] = dict.fromkeys(by_words, ("mots",))
    for uid in by_meaning or ():
        reasons[uid] = (*reasons.get(uid, ()), "sens")
    ranked = fused([by_words, by_meaning or []])
    questions = (NearQuestion(uid, reasons[uid]) for uid in ranked)
    return NearQuestions((*questions,), (*words.values(),), by_meaning is not None)


def fused(lists: Iterable[Sequence[str]]) -> list[str]:
    """Return what some lists rank, each ranked by the sum of 1 / (SMOOTHING + its places)."""
    scores: dict[str, float] = {}
    for ranked in lists:
        for place, uid in enumerate(ranked, start=1):
            scores[uid] = scores.get(uid, 0) + 1 / (SMOOTHING + place)
    return sorted(scores, key=lambda uid: -scores[uid])


def rare_words(index: SearchIndex, text: str) -> dict[str, str]:
    """Return stem → word of the words of a text that the fewest questions have, RARE at most, in
    the order of the text; common words only if there are no others.
    """
    typed = {stem_of(word): word for word in WORD.findall(composed(text))}
    with index.connection() as connection, bounded(connection):
        known = {stem: _having(connection, stem) for stem in typed if stem not in STOP_STEMS}
    had = [stem for stem, count in known.items() if count]
    telling = [stem for stem in had if known[stem] <= COMMON * len(index)] or had
    rare = set(sorted(telling, key=lambda stem: (known[stem], stem))[:RARE])
    return {stem: word for stem, word in typed.items() if stem in rare}


def _having(connection: sqlite3.Connection, stem: str) -> int:
    """Return how many questions have a stem."""
    connection.execute(
        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulaire USING fts5vocab('main', 'mots', 'row')"
    )
    [number] = connection.execute(
        "SELECT doc FROM temp.vocabulaire WHERE term = ?", (stem,)
    ).fetchone() or [0]
    return int(number)


def with_words(index: SearchIndex, stems: Sequence[str]) -> list[str]:
    """Return the uids of the questions that have one of some stems, the best by BM25 first."""
    if not stems:
        return []
    expression = " OR ".join(f'"{stem}"' for stem in stems)
    select = (
        "SELECT uid FROM mots JOIN question ON id = rowid WHERE mots MATCH ?"
        f" ORDER BY bm25(mots, {', '.join(map(str, WEIGHTS))}), uid LIMIT ?"
    )
    with index.connection() as connection, bounded(connection):
        return [uid for (uid,) in connection.execute(select, (expression, LOOKED_AT))]


def near_in_meaning(release: Path, text: str) -> list[str] | None:
    """Return the uids of the questions near to a text in meaning; None without encoder, or without
    vectors in the release.
    """
    made_by, vectors = encoder(), vectors_of(release)
    if not made_by or not vectors:
        return None
    [vector] = made_by.encode([text])
    near = vectors.nearest(vector, LOOKED_AT)
    return [uid for uid, cosine in near if cosine >= LEAST_COSINE]
