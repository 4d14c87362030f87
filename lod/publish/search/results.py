"""The results of a search: how many questions, one page of them with excerpts, facets, and how many
were published in each year, or in each month if they span few.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal
from urllib.parse import quote

from lod.model.shown_title import shown_title
from lod.publish.search.parameters import SearchRequest, facet_names
from lod.publish.search.search_index import Hit, SearchIndex, picked
from lod.publish.search.search_terms import SearchTerm, SearchWords
from lod.publish.search.things import Thing
from lod.publish.search.words import WORD, fold_word, stem_of

MOST_MONTHS = 24  # months that are shown; more are shown as years
MOST_VALUES = 10  # values of a facet that are listed
PAGES = 50  # pages of results, at most
MOST_MARKED = 8  # words that a browser is asked to mark on the page of a question
WIDTH = 200  # characters of an excerpt, about
LEAD = 50  # characters of an excerpt before the first word found
BLOCK = 1_000  # characters examined at once; the search ends at a block with all terms
TERM_SCORE = WIDTH  # of a term, more than the number of its places in an excerpt can be
LONGEST = 100_000  # characters of a text that are examined, at most
Span = tuple[int, int]  # start and end, in characters
Mark = tuple[SearchTerm, int]  # a term, and the number of what it stands for


@dataclass(frozen=True, slots=True)
class Period:
    """A year or a month, and the questions found that were published in it."""

    name: str  # ISO 8601: 2024, 2024-10
    count: int
    request: SearchRequest  # the request for these questions


def timeline(index: SearchIndex, hits: Sequence[int], request: SearchRequest) -> list[Period]:
    """Return the periods from the first to the last question found; [] for a single period."""
    months = Counter(picked(index.months, hits))
    del months[0]  # questions without a day
    if not months:
        return []
    size = 1 if max(months) - min(months) < MOST_MONTHS else 12  # months of a period
    counts: Counter[int] = Counter()
    for month, count in months.items():
        counts[month // size] += count
    numbers = range(min(counts), max(counts) + 1)
    return [_period(n, size, counts[n], request) for n in numbers] if len(numbers) > 1 else []


def _period(number: int, size: int, count: int, request: SearchRequest) -> Period:
    """Return a period of so many months."""
    first, after = (date(m // 12, m % 12 + 1, 1) for m in (number * size, (number + 1) * size))
    since = max(first.isoformat(), request.depuis)
    until = min((after - timedelta(days=1)).isoformat(), request.jusque or "9999")
    name = first.isoformat()[: 7 if size == 1 else 4]
    return Period(name, count, replace(request, depuis=since, jusque=until, page=1))


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
    """A passage of the question or of an answer."""

    part: Literal["question", "reponse"]  # which of them
    passage: Passage


@dataclass(frozen=True, slots=True)
class FoundQuestion:
    """One question of a page of results."""

    hit: Hit
    titre: Passage  # its title, or else its name, with the words found
    shown: Passage  # the same, as the page shows it
    excerpt: Excerpt | None  # None if it has no text

    @property
    def fragment(self) -> str:
        """What follows the address of its page, so that a browser marks the words there; or ""."""
        passages = (self.shown, *([self.excerpt.passage] if self.excerpt else []))
        found = [text for p in passages for text, is_marked in p.pieces if is_marked]
        words = {text.casefold(): text for text in reversed(found)}
        shown = list(words.values())[::-1][:MOST_MARKED]
        # a hyphen, a comma and an ampersand would be syntax
        texts = (quote(text, safe="").replace("-", "%2D") for text in shown)
        return "#:~:" + "&".join(f"text={text}" for text in texts) if shown else ""


@dataclass(frozen=True, slots=True)
class FacetChoice:
    """One value of a facet that the results can be filtered by, or are."""

    key: str  # its code in an address
    iri: str
    name: str
    count: int  # questions found that have it
    is_taken: bool  # the request filters by it
    request: SearchRequest  # the request with this filter, or without it if it is taken


@dataclass(frozen=True, slots=True)
class SearchResults:
    """The answer to a request."""

    request: SearchRequest
    total: int  # questions found, on all pages
    questions: tuple[FoundQuestion, ...]  # on the page
    things: tuple[Thing, ...]  # what the words name beside questions
    correction: tuple[SearchRequest, int] | None  # without typing mistakes, and how many it finds
    timeline: tuple[Period, ...]
    facets: dict[str, tuple[FacetChoice, ...]]  # name of a facet → values, counted on all pages

    @property
    def pages(self) -> int:
        return min(PAGES, -(-self.total // self.request.taille))

    @property
    def next_page(self) -> SearchRequest | None:
        page = self.request.page + 1
        return replace(self.request, page=page) if page <= self.pages else None

    @property
    def previous_page(self) -> SearchRequest | None:
        page = min(self.request.page - 1, self.pages)
        return replace(self.request, page=page) if page >= 1 else None


def shown_questions(
    index: SearchIndex, numbers: Iterable[int], words: SearchWords
) -> Iterator[FoundQuestion]:
    """Yield questions by their ids, with the words marked."""
    for hit, texts in index.read_hits(numbers):
        yield FoundQuestion(
            hit,
            marked(hit.titre or hit.name, words),
            marked(shown_title(hit.titre, texts) or hit.name, words),
            best_excerpt(texts, words),
        )


def search_results(index: SearchIndex, request: SearchRequest) -> SearchResults:
    """Return the results of a request; raise TooLongError."""
    hits = index.find(request)
    questions = shown_questions(index, hits[request.page_slice], request.words)
    choices = {facet: tuple(facet_choices(index, facet, hits, request)) for facet in facet_names()}
    return SearchResults(
        request,
        len(hits),
        tuple(questions),
        tuple(index.things_named(request.q)) if request.q else (),
        None if hits else correction_of(index, request),
        tuple(timeline(index, hits, request)),
        choices,
    )


def correction_of(index: SearchIndex, request: SearchRequest) -> tuple[SearchRequest, int] | None:
    """Return the request without typing mistakes, and how many questions it finds; None without
    mistakes or without hits.
    """
    other = index.corrected(request)
    total = len(index.find(other)) if other else 0
    return (other, total) if other and total else None


def facet_choices(
    index: SearchIndex, facet: str, hits: list[int], request: SearchRequest
) -> Iterator[FacetChoice]:
    """Yield the commonest values of a facet among the hits, and always the one that filters."""
    counted = count_values(index, facet, hits)
    taken = dict(request.filters).get(facet)
    values = index.facet_values
    shown = heapq.nsmallest(MOST_VALUES, counted, key=lambda n: (-counted[n], values[n].name, n))
    if taken:
        shown += [n for n in counted if values[n].key == taken and n not in shown]
    for number in shown:
        value = values[number]
        is_taken = value.key == taken
        other = request.filtered(facet, None if is_taken else value.key)
        yield FacetChoice(value.key, value.iri, value.name, counted[number], is_taken, other)


def count_values(index: SearchIndex, facet: str, hits: list[int]) -> dict[int, int]:
    """Return number of a facet value → hits that have it, or a narrower one."""
    counted = index.counted(facet, hits)
    for number, count in list(counted.items()):
        if broader := index.facet_values[number].broader:
            counted[broader] += count
    return counted


def names_of_filters(
    index: SearchIndex, request: SearchRequest
) -> Iterator[tuple[str, str, SearchRequest]]:
    """Yield (facet, name of its value, request without it) for each filter of a request."""
    names = {(v.facet, v.key): v.name for v in index.facet_values.values()}
    for facet, key in request.filters:
        yield facet, names.get((facet, key), key), request.filtered(facet, None)


# ---------------------------------------------------------------- excerpts


def marked(text: str, words: SearchWords) -> Passage:
    """Return a whole title with the places of the words."""
    places = _places_of(text, Sought(words))
    return Passage(text, tuple((start, end) for start, end, _ in places))


def best_excerpt(texts: Sequence[str], words: SearchWords) -> Excerpt | None:
    """Return the passage with the most terms, or else the beginning; None if there is no text.

    The first text is the question, the others its answers.
    """
    sought, score, number, spans = Sought(words), 0, -1, []
    best = TERM_SCORE * sought.number
    for here, block in _blocks(texts):
        places = _places_of(texts[here][block], sought)
        better, first = _best(places)
        if better > score:
            score, number = better, here
            spans = [(s + block.start, e + block.start) for s, e, _ in places[first:]]
        if score >= best:
            break
    if number < 0:
        number = next((n for n, text in enumerate(texts) if text), -1)
    if number < 0:
        return None
    return Excerpt("reponse" if number else "question", _cut(texts[number], spans))


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
        here = TERM_SCORE * len({which for _, _, which in inside}) + len(inside)
        if here > score:
            score, first = here, number
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
