"""Excerpts: the passage of a text with most of the words searched for, and where they stand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lod.publish.search.search_terms import SearchTerm, SearchWords
from lod.publish.search.words import WORD, fold_word, stem_of

WIDTH = 200  # characters of an excerpt, about
LEAD = 50  # characters of an excerpt before the first word found
BLOCK = 1_000  # characters examined at once; the search ends at a block with all terms
TERM_SCORE = WIDTH  # of a term, more than the number of its places in an excerpt can be
LONGEST = 100_000  # characters of a text that are examined, at most
Span = tuple[int, int]  # start and end, in characters
Mark = tuple[SearchTerm, int]  # a term, and the number of the word that it stands for


@dataclass(frozen=True, slots=True)
class Passage:
    """A text with the places of the words found."""

    text: str
    marks: tuple[Span, ...] = ()  # in order, without overlaps

    @property
    def pieces(self) -> list[tuple[str, bool]]:
        """The text in pieces, each with whether it was searched for."""
        pieces, after = [], 0
        for start, end in self.marks:
            pieces += [(self.text[after:start], False), (self.text[start:end], True)]
            after = end
        return [piece for piece in [*pieces, (self.text[after:], False)] if piece[0]]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A passage of one of some texts."""

    number: int  # of the text, from 0 on
    passage: Passage


def marked(text: str, words: SearchWords) -> Passage:
    """Return a whole title with the places of the words."""
    places = _places_of(text, Sought(words))
    return Passage(text, tuple((start, end) for start, end, _ in places))


def best_excerpt(texts: Sequence[str], words: SearchWords) -> Excerpt | None:
    """Return the passage with the most terms, or else the beginning; None if there is no text."""
    sought, score, number, spans = Sought(words), 0, -1, []
    best = TERM_SCORE * sought.number
    for index, block in _blocks(texts):
        places = _places_of(texts[index][block], sought)
        own_score, first = _best(places)
        if own_score > score:
            score, number = own_score, index
            spans = [(s + block.start, e + block.start) for s, e, _ in places[first:]]
        if score >= best:
            break
    if number < 0:
        number = next((n for n, text in enumerate(texts) if text), -1)
    if number < 0:
        return None
    return Excerpt(number, _cut(texts[number], spans))


def _blocks(texts: Sequence[str]) -> Iterator[tuple[int, slice]]:
    """Yield (number of a text, block of it), in order; blocks end at spaces."""
    for number, text in enumerate(texts):
        start = 0
        while start < min(len(text), LONGEST):
            end = text.find(" ", start + BLOCK)
            end = len(text) if end < 0 else end
            yield number, slice(start, end)
            start = end


class Sought:
    """The terms that are looked for in a text, by their first stems."""

    def __init__(self, words: SearchWords) -> None:
        terms = sorted(words.marks, key=lambda term: -len(term[0].words))
        self.first: dict[str, list[Mark]] = {}  # stem → terms that begin with it, the longest first
        for term in terms:
            self.first.setdefault(term[0].words[0], []).append(term)
        self.beginnings = [(term.beginning, which) for term, which in terms if term.beginning]
        self.number = len({which for _, which in terms})  # of different things looked for


def _places_of(text: str, sought: Sought) -> list[tuple[int, int, int]]:
    """Return (start, end, number of the term) for each place of a term, in order, not nested."""
    words = WORD.findall(text)
    stems, first = [*map(stem_of, words)], sought.first
    begun = {number: first[stem] for number, stem in enumerate(stems) if stem in first}
    for beginning, which in sought.beginnings:
        for number, word in enumerate(words):
            if fold_word(word).startswith(beginning):
                begun[number] = [(SearchTerm((stems[number],)), which)]
    return list(_placed(text, stems, begun)) if begun else []


def _placed(
    text: str, stems: list[str], begun: dict[int, list[Mark]]
) -> Iterator[tuple[int, int, int]]:
    """Yield the places of terms; `begun` is number of a word → terms that it may be the first of,
    the longest first.
    """
    spans = [word.span() for word in WORD.finditer(text)]
    after = 0
    for number, terms in sorted(begun.items()):
        for term, which in terms if number >= after else ():
            size = len(term.words)
            if tuple(stems[number : number + size]) == term.words:
                after = number + size
                yield spans[number][0], spans[after - 1][1], which
                break


def _best(places: list[tuple[int, int, int]]) -> tuple[int, int]:
    """Return the score of the best excerpt, and the number of its first place.

    Each different term counts TERM_SCORE, each place 1.
    """
    score, first = 0, 0
    end = 0
    for number, (start, _, _) in enumerate(places):
        while end < len(places) and places[end][1] <= start + WIDTH - LEAD:
            end += 1
        inside = places[number : max(end, number + 1)]
        own_score = TERM_SCORE * len({which for _, _, which in inside}) + len(inside)
        if own_score > score:
            score, first = own_score, number
    return score, first


def _cut(text: str, spans: list[Span]) -> Passage:
    """Return about WIDTH characters from LEAD before the first mark on, cut between words."""
    start = max(0, spans[0][0] - LEAD) if spans else 0
    if start:
        start = text.find(" ", start, spans[0][0]) + 1 or spans[0][0]
    end = min(len(text), max(start + WIDTH, spans[0][1] if spans else 0))
    if end < len(text):
        last = spans[0][1] if spans else start
        end = max(text.rfind(" ", last, end), last) if text.rfind(" ", last, end) > 0 else end
    head, tail = "… " if start else "", " …" if end < len(text) else ""
    shift = len(head) - start
    body = text[start:end].replace("\n", " ")
    marks = tuple((s + shift, e + shift) for s, e in spans if e <= end)
    return Passage(head + body + tail, marks)
