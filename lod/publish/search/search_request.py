"""A search request as values: the words, filters, order and page, and its address."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from urllib.parse import urlencode

from lod.publish.search.parameters import PER_PAGE, SearchRequestError, facet_names
from lod.publish.search.words import STOP_STEMS, WORD, composed, fold_word, stems_of

MOST_WORDS = 16  # words of one request, at most
SHORTEST_BEGINNING = 3  # letters of a beginning of a word (`rur*`), at least
_PIECE = re.compile(r'"([^"]*)"?|“([^”]*)”?|«([^»]*)»?|([^\s"“«]+)')


@dataclass(frozen=True, slots=True)
class SearchTerm:
    """One term that a question must have: words in a row, or a word with a given beginning."""

    words: tuple[str, ...]  # stems, in a row
    beginning: str = ""  # folded; a word that begins so is found too

    def expression(self, shorter_stems: Iterable[str] = ()) -> str:
        """Return the FTS5 expression of the term: quoted words of letters and digits only.

        `shorter_stems` are stems that do not have the beginning, of words that do.
        """
        phrase = f'"{" ".join(self.words)}"'
        if not self.beginning:
            return phrase
        stems = [phrase, *(f'"{stem}"' for stem in shorter_stems)]
        return f'("{self.beginning}" * OR {" OR ".join(stems)})'


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """A search request; its fields are named as the parameters of an address."""

    q: str = ""  # words and « phrases » to find
    filters: tuple[tuple[str, str], ...] = ()  # (facet, code of its value), in the order of facets
    depuis: str = ""  # first day of publication in ISO form, or ""
    jusque: str = ""  # last day of publication in ISO form, or ""
    tri: str = ""  # order: "date" the newest first, else by relevance
    page: int = 1
    taille: int = PER_PAGE  # questions on a page

    @property
    def terms(self) -> tuple[SearchTerm, ...]:
        """The terms in `q`."""
        return terms_of(self.q)

    @property
    def is_by_relevance(self) -> bool:
        """Whether the best come first; without words the newest do."""
        return bool(self.q) and self.tri != "date"

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
    if sum(len(term.words) for term in asked.terms) > MOST_WORDS:
        raise SearchRequestError(f"q : au plus {MOST_WORDS} mots ; ôtez-en")
    return asked


def terms_of(q: str) -> tuple[SearchTerm, ...]:
    """Return the terms of a request, without stop words unless there are no others.

    Only quotation marks and a final star are syntax: `AND` and the like are words.

    >>> [term.expression() for term in terms_of('les Hôpitaux "de la Mer" rur* AND*')]
    ['"hopital"', '"de la mer"', '("rur" * OR "rur")', '("and" * OR "and")']
    """
    found = list(dict.fromkeys(_parse_terms(composed(q))))
    telling = (t for t in found if len(t.words) > 1 or t.beginning or t.words[0] not in STOP_STEMS)
    return tuple([*telling] or found)


def _parse_terms(q: str) -> Iterator[SearchTerm]:
    """Yield the phrases and the loose words of a request."""
    for piece in _PIECE.finditer(q):
        *phrases, loose = piece.groups()
        if loose is None:
            words = tuple(stems_of(next(phrase for phrase in phrases if phrase is not None)))
            yield from [SearchTerm(words)] if words else ()
        else:
            yield from _loose_terms(loose)


def _loose_terms(piece: str) -> Iterator[SearchTerm]:
    """Yield the words of a piece without spaces; if a star ends it, the last is a beginning."""
    words = WORD.findall(piece)
    for number, word in enumerate(words, start=1):
        beginning = fold_word(word)
        is_beginning = (
            number == len(words) and piece.endswith("*") and len(beginning) >= SHORTEST_BEGINNING
        )
        stem = tuple(stems_of(word))
        yield SearchTerm(stem, beginning if is_beginning else "")
