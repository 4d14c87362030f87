"""What two texts have in common word by word; and whether a sentence stands in a text exactly.

Spaces, forms of quotation marks, apostrophes and dashes, and ligatures do not count; all else does.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise, takewhile

from lod.model.text import fold
from lod.publish.search.words import WORD

LEAST = 8  # words of the shortest passage
ZERO_WIDTH = "\u200b\u2060\ufeff"
TYPOGRAPHY = {  # a character → what it is compared as
    **dict.fromkeys("‘’‚‛ʼ´`′", "'"),
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("‐‑‒–—―−\u00ad", "-"),
    "…": "...",
    "œ": "oe",
    "Œ": "OE",
    "æ": "ae",
    "Æ": "AE",
    "ﬁ": "fi",
    "ﬂ": "fl",
}
Span = tuple[int, int]  # start and end, in characters


@dataclass(frozen=True, slots=True)
class SharedPassage:
    """Words in a row that two texts share."""

    words: int
    here: Span  # in the first text
    there: Span  # in the second one


def shared_passages(text: str, other: str) -> list[SharedPassage]:
    """Return the passages of LEAST words or more that two texts share, the longest first."""
    (words, spans), (other_words, other_spans) = _words(text), _words(other)
    places: dict[tuple[str, ...], int] = {}
    for start in range(len(other_words) - LEAST + 1):
        places.setdefault(tuple(other_words[start : start + LEAST]), start)
    passages, start = [], 0
    while start <= len(words) - LEAST:
        there = places.get(tuple(words[start : start + LEAST]))
        if there is None:
            start += 1
            continue
        pairs = zip(words[start:], other_words[there:], strict=False)
        size = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        here = spans[start][0], spans[start + size - 1][1]
        other_span = other_spans[there][0], other_spans[there + size - 1][1]
        passages.append(SharedPassage(size, here, other_span))
        start += size
    return sorted(passages, key=lambda passage: (-passage.words, passage.here))


def _words(text: str) -> tuple[list[str], list[Span]]:
    """Return the words of a text, folded, and the span of each."""
    spans = [match.span() for match in WORD.finditer(text)]
    return [fold(text[start:end]) for start, end in spans], spans


def folded(text: str) -> tuple[str, list[int]]:
    """Return a text in the form in which sentences are compared, and for each character of it the
    place in the text.

    >>> folded("L’œuvre  «\u00a0dit-il\u00a0»")[0] == folded("L'oeuvre \\"dit‑il\\"")[0]
    True
    """
    characters: list[str] = []
    places: list[int] = []
    is_apart = False  # a space has come since the last character
    for place, character in enumerate(text):
        if character.isspace() or character in ZERO_WIDTH:
            is_apart = is_apart or character.isspace()
            continue
        for compared in TYPOGRAPHY.get(character, character):
            # a space counts only between two words: « dit-il ! » is « dit-il! »
            if is_apart and characters and characters[-1].isalnum() and compared.isalnum():
                characters.append(" ")
                places.append(place)
            is_apart = False
            characters.append(compared)
            places.append(place)
    return "".join(characters), places


def place_of(sentence: str, text: str) -> Span | None:
    """Return where a sentence stands in a text; None if it does not stand there exactly.

    It must begin and end where words do: « art » does not stand in « partir ».
    """
    sought, (folded_text, places) = folded(sentence)[0], folded(text)
    start = folded_text.find(sought) if sought else -1
    while start >= 0:
        first, last = places[start], places[start + len(sought) - 1]
        if _is_word_edge(text, first) and _is_word_edge(text, last + 1):
            return first, last + 1
        start = folded_text.find(sought, start + 1)
    return None


def _is_word_edge(text: str, place: int) -> bool:
    """Say whether a place in a text is not inside a word."""
    return not (0 < place < len(text) and text[place - 1].isalnum() and text[place].isalnum())


@dataclass(frozen=True, slots=True)
class NearestPassage:
    """The passage of a text that is most similar to a sentence, and what differs."""

    likeness: float  # 0 to 1: shared words, as a part of all words of both
    span: Span
    # (kind, text) of the pieces of both, in order; kind is `même` for what both have, `ici` for
    # what only the sentence has, `là` for what only the passage has
    pieces: tuple[tuple[str, str], ...]


def nearest_passage(sentence: str, text: str) -> NearestPassage | None:
    """Return the passage of a text that shares the most words with a sentence, in their order; None
    if they share none.
    """
    (asked, asked_spans), (words, spans) = _words(sentence), _words(text)
    window = _densest(asked, words)
    if not window:
        return None
    first, last = window
    matcher = SequenceMatcher(None, asked, words[first:last], autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    if not blocks:
        return None
    begin = max(0, first + blocks[0].b - blocks[0].a)
    end = first + blocks[-1].b + blocks[-1].size + len(asked) - blocks[-1].a - blocks[-1].size
    end = min(end, len(words))
    passage = words[begin:end]
    matcher = SequenceMatcher(None, asked, passage, autojunk=False)
    span = spans[begin][0], spans[end - 1][1]
    pieces = _pieces(matcher, sentence, asked_spans, text, spans[begin:end])
    return NearestPassage(matcher.ratio(), span, tuple(pieces))


def _densest(asked: list[str], words: list[str]) -> Span | None:
    """Return first and last word (exclusive) of the window, half as long again as the sentence,
    with the most words of it; None if no window has any.
    """
    size, distinct = len(asked) + len(asked) // 2 + 1, set(asked)
    hits = [word in distinct for word in words]
    if not any(hits):
        return None
    count = sum(hits[:size])
    best, best_start = count, 0
    for start in range(1, max(1, len(words) - size + 1)):
        count += hits[start + size - 1] - hits[start - 1]
        if count > best:
            best, best_start = count, start
    return best_start, min(best_start + size, len(words))


def _pieces(
    matcher: "SequenceMatcher[str]", sentence: str, asked: list[Span], text: str, spans: list[Span]
) -> Iterator[tuple[str, str]]:
    """Yield what the sentence and the passage share, and what only one of them has, in order."""
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            yield "même", text[spans[c][0] : spans[d - 1][1]]
            continue
        if b > a:
            yield "ici", sentence[asked[a][0] : asked[b - 1][1]]
        if d > c:
            yield "là", text[spans[c][0] : spans[d - 1][1]]


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, split by punctuation."""
    ends = [0, *(m.end() for m in re.finditer(r"(?<=[.!?…])\s+(?=[A-ZÀ-Þ«])", text)), len(text)]
    return [piece for a, b in pairwise(ends) if (piece := text[a:b].strip())]
