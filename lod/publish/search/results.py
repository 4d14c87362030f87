"""The results of a search: how many questions, one page of them with excerpts, facets, and how many
were published in each year, or in each month if they span few.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import quote

from lod.model.shown_title import shown_title
from lod.model.text import fold
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.quotation import Origin, texts_of
from lod.publish.search.excerpts import Excerpt, Passage, best_excerpt, marked
from lod.publish.search.parameters import SearchRequest, facet_names
from lod.publish.search.search_index import Hit, SearchIndex, picked
from lod.publish.search.search_terms import SearchWords
from lod.publish.search.things import PEOPLE, PLACES, Thing, numbered_questions
from lod.publish.search.words import STOP_WORDS, composed, stem_of

MOST_MONTHS = 24  # months that are shown; more are shown as years
MOST_VALUES = 10  # values of a facet that are listed
PAGES = 50  # pages of results, at most
MOST_WITHIN = 4  # words of a place or a person among others
MOST_MARKED = 8  # words that a browser is asked to mark on the page of a question


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
class FoundQuestion:
    """One question of a page of results."""

    hit: Hit
    titre: Passage  # its title, or else its name, with the words found
    shown: Passage  # the same, as the page shows it
    excerpt: Excerpt | None  # None if it has no text
    origin: Origin | None  # of the excerpt, if its question is at hand

    @property
    def fragment(self) -> str:
        """What follows the address of its page, so that a browser marks the words there; or ""."""
        passages = (self.shown, *([self.excerpt.passage] if self.excerpt else []))
        texts = [text for p in passages for text, is_marked in p.pieces if is_marked]
        words = {text.casefold(): text for text in reversed(texts)}
        shown = list(words.values())[::-1][:MOST_MARKED]
        # a hyphen, a comma and an ampersand would be syntax
        return "#:~:" + "&".join(f"text={_directive(text)}" for text in shown) if shown else ""


def _directive(text: str) -> str:
    return quote(text, safe="").replace("-", "%2D")


@dataclass(frozen=True, slots=True)
class FacetChoice:
    """One value of a facet that the results can be filtered by, or are."""

    key: str  # its code in an address
    iri: str
    name: str
    count: int  # questions found that have it
    is_taken: bool  # the request filters by it
    request: SearchRequest  # the request with this filter, or without it if it is taken
    detail: str = ""  # the legislature of a group, since groups of several have one name


@dataclass(frozen=True, slots=True)
class SearchResults:
    """The answer to a request."""

    request: SearchRequest
    total: int  # questions found, on all pages
    questions: tuple[FoundQuestion, ...]  # on the page
    things: tuple[Thing, ...]  # what the words name beside questions
    is_name: bool  # all words together are the name of one of them, rightly spelled
    correction: tuple[SearchRequest, int] | None  # without typing mistakes, and how many it finds
    timeline: tuple[Period, ...]
    facets: dict[str, tuple[FacetChoice, ...]]  # name of a facet → values, counted on all pages

    @property
    def later_things(self) -> tuple[Thing, ...]:
        """Those that stand below the questions: places without a page whose name is a word."""
        if not is_common(self.request.q, self.questions):
            return ()
        return tuple(thing for thing in self.things if thing.page and not thing.eli)

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
    hits, published = index.read_hits(numbers), PublishedQuestions(index.path.parent)
    stored = published.of_uids(hit.uid for hit, _ in hits) if published.path.is_file() else ()
    questions = {one.uid: one.question for one in stored}
    for hit, texts in hits:
        # an index may stand without its questions: then nobody is known to have said anything
        said: list[tuple[Origin | None, str]] = [(None, text) for text in texts]
        if hit.uid in questions:
            said = [(o, composed(text)) for o, text in texts_of(questions[hit.uid])]
        excerpt = best_excerpt([text for _, text in said], words)
        yield FoundQuestion(
            hit,
            marked(hit.titre or hit.name, words),
            marked(shown_title(hit.titre, texts) or hit.name, words),
            excerpt,
            said[excerpt.number][0] if excerpt else None,
        )


def search_results(index: SearchIndex, request: SearchRequest) -> SearchResults:
    """Return the results of a request; raise TooLongError."""
    hits = index.find(request)
    questions = shown_questions(index, hits[request.page_slice], request.words)
    choices = {facet: tuple(facet_choices(index, facet, hits, request)) for facet in facet_names()}
    things = index.things_named(request.q) if request.q else []
    is_name = bool(things) and is_name_in(index, request.q)
    return SearchResults(
        request,
        len(hits),
        tuple(questions),
        tuple(things or (() if hits else things_within(index, request.q))),
        is_name,
        None if hits or is_name else correction_of(index, request),
        tuple(timeline(index, hits, request)),
        choices,
    )


def is_name_in(index: SearchIndex, text: str) -> bool:
    """Say whether a text, rightly spelled, is a name, or the number of a question."""
    with index.connection() as connection:
        named = index.things.find(text, lambda _: True) or numbered_questions(connection, text)
        return bool(named or index.others_named(connection, text))


def is_common(text: str, questions: Iterable[FoundQuestion]) -> bool:
    """Say whether the words of a text stand in small letters in what was found: « la rue » is no
    town there.
    """
    stems = {stem_of(word) for word in fold(text).split() if word not in STOP_WORDS}
    passages = (p for q in questions for p in (q.shown, q.excerpt and q.excerpt.passage) if p)
    marked = (text for p in passages for text, is_marked in p.pieces if is_marked)
    return bool(stems) and stems <= {stem_of(text) for text in marked if text.islower()}


def things_within(index: SearchIndex, text: str) -> list[Thing]:
    """Return the places and people that the last or the first words of a text name, if the others
    say what about: « hôpital Saugues ». A word of titles alone names nobody.
    """
    words = [word for word in fold(text).split() if word not in STOP_WORDS]
    for size in range(min(len(words) - 1, MOST_WITHIN), 0, -1):
        for part in (words[-size:], words[:size]):
            if size == 1 and not part[0].isdecimal() and index.speller.is_word(part[0]):
                continue
            asked = " ".join(part)
            with index.connection() as connection:
                others = index.others_named(connection, asked)
            things = index.things.find(asked, lambda _: True)
            named = [thing for thing in things if thing.kind in (*PEOPLE, *PLACES)]
            if named or others:
                return [*named, *others]
    return []


def correction_of(index: SearchIndex, request: SearchRequest) -> tuple[SearchRequest, int] | None:
    """Return the request without typing mistakes, and how many questions it finds; None without
    mistakes or without hits.
    """
    corrected = index.corrected(request)
    total = len(index.find(corrected)) if corrected else 0
    return (corrected, total) if corrected and total else None


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
        toggled = request.filtered(facet, None if is_taken else value.key)
        detail = detail_of(index, facet, value.key)
        yield FacetChoice(
            value.key, value.iri, value.name, counted[number], is_taken, toggled, detail
        )


def detail_of(index: SearchIndex, facet: str, key: str) -> str:
    """Return the legislature of a group, in French; "" for any other value."""
    thing = index.things.by_path.get(f"{facet}/{key}") if facet == "groupe" else None
    return thing.detail.partition(",")[0] if thing else ""


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
    """Yield (facet, name of its value, request without it) for each filter of a request; a group
    has its legislature in brackets.
    """
    named = {(v.facet, v.key.casefold()): v for v in index.facet_values.values()}
    for facet, key in request.filters:
        value = named.get((facet, key.casefold()))
        detail = detail_of(index, facet, value.key) if value else ""
        name = value.name if value else key
        yield facet, f"{name} ({detail})" if detail else name, request.filtered(facet, None)
