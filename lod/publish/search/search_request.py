"""A request understood: what is looked for, in which order, which page of it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from urllib.parse import urlencode

from lod.publish.search.parameters import PER_PAGE, SearchRequestError, facet_names
from lod.publish.search.words import STOP_STEMS, WORD, composed, fold_word, stems_of

MOST_WORDS = 16  # words in one request
SHORTEST_BEGINNING = 3  # letters that a beginning of a word has at least
_PIECE = re.compile(r'"([^"]*)"?|“([^”]*)”?|«([^»]*)»?|([^\s"“«]+)')


@dataclass(frozen=True, slots=True)
class SearchTerm:
    """What must be found: words in a row; or, if `beginning` is set, a word that begins so."""

    words: tuple[str, ...]
    beginning: str = ""

    def expression(self, shorter_stems: Iterable[str] = ()) -> str:
        """Return the term for FTS5; each word is quoted, and has letters and digits only.

        `shorter_stems` stand for words that begin as asked, but are shorter than that themselves.
        """
        phrase = f'"{" ".join(self.words)}"'
        if not self.beginning:
            return phrase
        stems = [phrase, *(f'"{stem}"' for stem in shorter_stems)]
        return f'("{self.beginning}" * OR {" OR ".join(stems)})'


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """What is asked of the index; a facet that filters has the code of its value."""

    q: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    depuis: str = ""
    jusque: str = ""
    tri: str = ""
    page: int = 1
    taille: int = PER_PAGE

    @property
    def terms(self) -> tuple[SearchTerm, ...]:
        """What the words ask for."""
        return terms_of(self.q)

    @property
    def is_by_relevance(self) -> bool:
        """Whether the best come first; without words there is no better."""
        return bool(self.q) and self.tri != "date"

    @property
    def day_bounds(self) -> tuple[int, int]:
        """The first and the last day, as ordinals."""
        since = date.fromisoformat(self.depuis) if self.depuis else date.min
        until = date.fromisoformat(self.jusque) if self.jusque else date.max
        return since.toordinal(), until.toordinal()

    @property
    def page_slice(self) -> slice:
        """Where the page stands among all hits."""
        return slice((self.page - 1) * self.taille, self.page * self.taille)

    def filtered(self, facet: str, key: str | None) -> "SearchRequest":
        """Return the request with another value of a facet, or none; from its first page."""
        others = dict(self.filters) | {facet: key or ""}
        kept = tuple((name, others[name]) for name in facet_names() if others.get(name))
        return replace(self, filters=kept, page=1)

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Yield the parameters that say this request again."""
        defaults = {field.name: field.default for field in fields(self)}
        for name in ("q", "depuis", "jusque", "tri", "page", "taille"):
            if (value := getattr(self, name)) != defaults[name]:
                yield name, str(value)
        yield from self.filters

    def address(self, path: str, **others: str) -> str:
        """Return the address that asks this below a path; `others` are added."""
        pairs = [*self.pairs(), *others.items()]
        return f"{path}?{urlencode(pairs)}" if pairs else path


def read_request(values: dict[str, str]) -> SearchRequest:
    """Return the request that verified parameters make; raise SearchRequestError."""
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
    """Return what the words of a request ask for; no word of its own is ever syntax.

    >>> [term.expression() for term in terms_of('les Hôpitaux "de la Mer" rur* AND*')]
    ['"hopital"', '"de la mer"', '("rur" * OR "rur")', '("and" * OR "and")']
    """
    found = list(dict.fromkeys(_parse_terms(composed(q))))
    telling = [term for term in found if not _is_stop_word(term)]
    return tuple(telling or found)


def _parse_terms(q: str) -> Iterator[SearchTerm]:
    for piece in _PIECE.finditer(q):
        *phrases, loose = piece.groups()
        if loose is None:
            words = tuple(stems_of(next(phrase for phrase in phrases if phrase is not None)))
            yield from [SearchTerm(words)] if words else ()
        else:
            yield from _loose_terms(loose)


def _loose_terms(piece: str) -> Iterator[SearchTerm]:
    """Yield the words of what stands between two spaces; a star ends a beginning of a word."""
    words = WORD.findall(piece)
    for number, word in enumerate(words, start=1):
        beginning = fold_word(word)
        is_beginning = (
            number == len(words) and piece.endswith("*") and len(beginning) >= SHORTEST_BEGINNING
        )
        stem = tuple(stems_of(word))
        yield SearchTerm(stem, beginning if is_beginning else "")


def _is_stop_word(term: SearchTerm) -> bool:
    return len(term.words) == 1 and not term.beginning and term.words[0] in STOP_STEMS
