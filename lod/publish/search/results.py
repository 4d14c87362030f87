"""What is answered to a request: how many hits, one page of them with excerpts, facets."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lod.publish.search.corpus import Hit, SearchIndex
from lod.publish.search.excerpts import Excerpt, Passage, best_excerpt, marked
from lod.publish.search.parameters import facet_names
from lod.publish.search.search_request import SearchRequest

MOST_VALUES = 10  # values of a facet
PAGES = 50  # that can be turned, whatever the number of hits


@dataclass(frozen=True, slots=True)
class FoundQuestion:
    """One hit: the question, its title with the words found, and an excerpt if it has a text."""

    hit: Hit
    titre: Passage
    excerpt: Excerpt | None


@dataclass(frozen=True, slots=True)
class FacetChoice:
    """One value of a facet: how many hits have it, and the request that takes or leaves it."""

    key: str
    iri: str
    name: str
    count: int
    is_taken: bool
    request: SearchRequest


@dataclass(frozen=True, slots=True)
class SearchResults:
    """The answer to a request; `total` counts all hits, and so do the facets."""

    request: SearchRequest
    total: int
    questions: tuple[FoundQuestion, ...]
    facets: dict[str, tuple[FacetChoice, ...]]

    @property
    def pages(self) -> int:
        """How many pages can be turned."""
        return min(PAGES, -(-self.total // self.request.taille))

    @property
    def next_page(self) -> SearchRequest | None:
        """The request for the next page, if there is one."""
        page = self.request.page + 1
        return replace(self.request, page=page) if page <= self.pages else None

    @property
    def previous_page(self) -> SearchRequest | None:
        """The request for the page before, if there is one."""
        page = min(self.request.page - 1, self.pages)
        return replace(self.request, page=page) if page >= 1 else None


def search_results(index: SearchIndex, request: SearchRequest) -> SearchResults:
    """Return the answer to a request; raise TooLongError."""
    hits = index.find(request)
    page = index.read_hits(hits[request.page_slice])
    terms = request.terms
    questions = (
        FoundQuestion(hit, marked(hit.titre or hit.name, terms), best_excerpt(texts, terms))
        for hit, texts in page
    )
    found = {facet: tuple(facet_choices(index, facet, hits, request)) for facet in facet_names()}
    return SearchResults(request, len(hits), tuple(questions), found)


def facet_choices(
    index: SearchIndex, facet: str, hits: list[int], request: SearchRequest
) -> Iterator[FacetChoice]:
    """Yield the commonest values of a facet among the hits; what filters is always there."""
    counted = count_values(index, facet, hits)
    taken = dict(request.filters).get(facet)
    order = sorted(counted, key=lambda n: (-counted[n], index.facet_values[n].name, n))
    for rank, number in enumerate(order):
        value = index.facet_values[number]
        is_taken = value.key == taken
        if rank < MOST_VALUES or is_taken:
            other = request.filtered(facet, None if is_taken else value.key)
            yield FacetChoice(value.key, value.iri, value.name, counted[number], is_taken, other)


def count_values(index: SearchIndex, facet: str, hits: list[int]) -> dict[int, int]:
    """Return value → how many hits have it, or one that is narrower."""
    counted = Counter(map(index.columns[facet].__getitem__, hits))
    del counted[0]  # no value
    for number, count in list(counted.items()):
        broader = index.facet_values[number].broader
        if broader:
            counted[broader] += count
    return dict(counted)


def names_of_filters(
    index: SearchIndex, request: SearchRequest
) -> Iterator[tuple[str, str, SearchRequest]]:
    """Yield (facet, name of its value, the request without it) for each facet that filters."""
    names = {(v.facet, v.key): v.name for v in index.facet_values.values()}
    for facet, key in request.filters:
        yield facet, names.get((facet, key), key), request.filtered(facet, None)
