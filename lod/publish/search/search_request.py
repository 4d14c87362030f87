"""A search request as values: the words, filters, order and page, and its address."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from urllib.parse import urlencode

from lod.publish.search.parameters import PER_PAGE, SearchRequestError, facet_names
from lod.publish.search.search_terms import SearchWords, search_words

MOST_WORDS = 16  # words of one request, at most
ORDERS = ("date", "delai")  # beside that by relevance


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """A search request; its fields are named as the parameters of an address."""

    q: str = ""  # words and « phrases » to find
    filters: tuple[tuple[str, str], ...] = ()  # (facet, code of its value), in the order of facets
    depuis: str = ""  # first day of publication in ISO form, or ""
    jusque: str = ""  # last day of publication in ISO form, or ""
    tri: str = ""  # "date" the newest first, "delai" the longest delay first, else by relevance
    page: int = 1
    taille: int = PER_PAGE  # questions on a page

    @property
    def words(self) -> SearchWords:
        """What the words in `q` ask for."""
        return search_words(self.q)

    @property
    def is_by_relevance(self) -> bool:
        """Whether the best come first; without words the newest do."""
        return bool(self.q) and self.tri not in ORDERS

    @property
    def day_bounds(self) -> tuple[int, int]:
        """The first and the last day of publication, as ordinals."""
        since = date.fromisoformat(self.depuis) if self.depuis else date.min
        until = date.fromisoformat(self.jusque) if self.jusque else date.max
        return since.toordinal(), until.toordinal()

    @property
    def page_slice(self) -> slice:
        """The place of the page among all results."""
        return slice((self.page - 1) * self.taille, self.page * self.taille)

    @property
    def whole(self) -> "SearchRequest":
        """The request without a page: for what has all that it finds."""
        return replace(self, page=1, taille=PER_PAGE)

    def filtered(self, facet: str, key: str | None) -> "SearchRequest":
        """Return the request with another value of a facet, or none, and its first page."""
        others = dict(self.filters) | {facet: key or ""}
        kept = tuple((name, others[name]) for name in facet_names() if others.get(name))
        return replace(self, filters=kept, page=1)

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Yield the parameters (name, value) of this request, without defaults."""
        defaults = {field.name: field.default for field in fields(self)}
        for name in ("q", "depuis", "jusque", "tri", "page", "taille"):
            if (value := getattr(self, name)) != defaults[name]:
                yield name, str(value)
        yield from self.filters

    def address(self, path: str, **others: str) -> str:
        """Return the address of this request at a path; `others` are more parameters."""
        pairs = [*self.pairs(), *others.items()]
        return f"{path}?{urlencode(pairs)}" if pairs else path


def read_request(values: dict[str, str]) -> SearchRequest:
    """Return the request of verified parameters; raise SearchRequestError for too many words."""
    asked = SearchRequest(
        q=values.get("q", ""),
        filters=tuple((facet, values[facet]) for facet in facet_names() if facet in values),
        depuis=values.get("depuis", ""),
        jusque=values.get("jusque", ""),
        tri=values.get("tri", ""),
        page=int(values.get("page", 1)),
        taille=int(values.get("taille", PER_PAGE)),
    )
    if asked.words.size > MOST_WORDS:
        raise SearchRequestError(f"q : au plus {MOST_WORDS} mots ; ôtez-en")
    return asked
