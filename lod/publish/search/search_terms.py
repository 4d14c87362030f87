"""The words of a request as terms: phrases, beginnings, « ou », `-word`, and synonyms.

Only quotation marks, a final star, a first `-` and the word « ou » are syntax: `AND` and the like
are words. A search finds acronyms by what they stand for (`site/synonymes.csv`), and the reverse.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from typing import NamedTuple

from lod.base import packaged
from lod.base.tabular import group_by_key, rows
from lod.publish.search.words import STOP_STEMS, WORD, composed, fold_word, stems_of

SHORTEST_BEGINNING = 3  # letters of a beginning of a word (`rur*`), at least
_PIECE = re.compile(r'(?P<not>(?<!\S)-)?(?:"([^"]*)"?|“([^”]*)”?|«([^»]*)»?|(?P<loose>[^\s"“«]+))')
_HYPHENED = re.compile(r"[^\W_]+(?:[-\u2010\u2011][^\W_]+)*")
Stems = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchTerm:
    """Words in a row, or a word with a given beginning."""

    words: tuple[str, ...]  # stems, in a row
    beginning: str = ""  # folded; words that begin with it are found as well

    def expression(self, shorter_stems: Iterable[str] = ()) -> str:
        """Return the FTS5 expression of the term: quoted words of letters and digits only.

        `shorter_stems` are the stems, too short for the beginning, of words that begin with it.
        """
        phrase = f'"{" ".join(self.words)}"'
        if not self.beginning:
            return phrase
        stems = [phrase, *(f'"{stem}"' for stem in shorter_stems)]
        return f'("{self.beginning}" * OR {" OR ".join(stems)})'

    @property
    def is_telling(self) -> bool:
        """Whether it is more than one stop word."""
        return len(self.words) > 1 or bool(self.beginning) or self.words[0] not in STOP_STEMS


Alternative = tuple[SearchTerm, ...]  # a question must have all of these terms …
Group = tuple[Alternative, ...]  # … for one of these alternatives, the first as it was typed


@dataclass(frozen=True, slots=True)
class SearchWords:
    """What the words of a request ask of a question."""

    groups: tuple[Group, ...] = ()  # it must have one alternative of each
    excluded: tuple[SearchTerm, ...] = ()  # and none of these
    size: int = field(default=0, compare=False)  # words typed, but for stop words

    def __bool__(self) -> bool:
        return bool(self.groups or self.excluded)

    @property
    def marks(self) -> list[tuple[SearchTerm, int]]:
        """The terms to mark in a text, each with a number; a synonym has the number of the first
        word that it replaces.
        """
        marked, number = [], 0
        for first, *synonyms in self.groups:
            marked += [(term, n) for n, term in enumerate(first, number)]
            marked += [(term, number) for term in chain.from_iterable(synonyms)]
            number += len(first)
        return marked

    def expressions(self, of_term: Callable[[SearchTerm], str]) -> tuple[str, str]:
        """Return two FTS5 expressions: what a question must have, and must not; "" for nothing."""
        groups = (
            _joined(" OR ", (_joined(" AND ", map(of_term, all_of)) for all_of in group))
            for group in self.groups
        )
        return " AND ".join(groups), " OR ".join(map(of_term, self.excluded))


def _joined(word: str, parts: Iterable[str]) -> str:
    """Return expressions joined by a word, in brackets if there are several."""
    expressions = list(parts)
    return f"({word.join(expressions)})" if len(expressions) > 1 else expressions[0]


class _Token(NamedTuple):
    """A piece of a request: a term, or the word « ou »."""

    term: SearchTerm
    typed: str = ""  # a loose word in small letters, with its accents; "" for a phrase
    is_excluded: bool = False
    is_or: bool = False


def search_words(q: str) -> SearchWords:
    """Return what a request asks for, without stop words unless there are no others.

    >>> search_words('les Hôpitaux "de la Mer" rur* AND*').expressions(SearchTerm.expression)[0]
    '"hopital" AND "de la mer" AND ("rur" * OR "rur") AND ("and" * OR "and")'
    >>> search_words('nucléaire -EPR').expressions(SearchTerm.expression)
    ('"nucleair"', '"epr"')
    >>> search_words('train ou avion').expressions(SearchTerm.expression)[0]
    '("train" OR "avion")'
    """
    tokens = list(_tokens(composed(q)))
    wanted = [token for token in tokens if not token.is_excluded]
    telling = [token for token in wanted if token.is_or or token.term.is_telling]
    if all(token.is_or for token in telling):
        telling = wanted
    excluded = tuple(dict.fromkeys(token.term for token in tokens if token.is_excluded))
    groups: list[list[Alternative]] = []
    is_alternative = False
    for unit in _units(telling):
        if not unit:
            is_alternative = bool(groups)
        elif is_alternative:
            groups[-1] += unit
            is_alternative = False
        else:
            groups.append(list(unit))
    size = sum(len(t.term.words) for t in telling if not t.is_or)
    return SearchWords(
        tuple(dict.fromkeys(tuple(dict.fromkeys(group)) for group in groups)),
        excluded,
        size + sum(len(term.words) for term in excluded),
    )


def _units(tokens: list[_Token]) -> Iterator[list[Alternative]]:
    """Yield the alternatives of each token; tokens that an acronym abbreviates count as one. « ou »
    is an empty list.
    """
    place = 0
    while place < len(tokens):
        token, size, texts = tokens[place], 0, tuple[str, ...]()
        if token.typed:
            stems = tuple(t.term.words[0] if t.typed else "" for t in tokens[place:])
            sizes = range(len(stems), 0, -1)
            size = next((size for size in sizes if stems[:size] in by_expansion()), 0)
            if size:
                texts = by_expansion()[stems[:size]]
            elif not token.term.beginning:
                texts = by_acronym().get(token.typed, ())
        own = tuple(t.term for t in tokens[place : place + (size or 1)])
        synonyms = ((SearchTerm(tuple(stems_of(text))),) for text in texts)
        yield [] if token.is_or else [own, *synonyms]
        place += size or 1


def _tokens(q: str) -> Iterator[_Token]:
    """Yield the phrases and the loose words of a request, in order."""
    for piece in _PIECE.finditer(q):
        is_excluded, loose = bool(piece["not"]), piece["loose"]
        if loose is None:
            phrase = next(p for p in piece.groups()[1:] if p is not None)
            words = tuple(stems_of(phrase))
            yield from [_Token(SearchTerm(words), is_excluded=is_excluded)] if words else ()
        elif loose.casefold() == "ou" and not is_excluded:
            yield _Token(SearchTerm(("ou",)), is_or=True)
        else:
            yield from (token._replace(is_excluded=is_excluded) for token in _loose(loose))


def _loose(piece: str) -> Iterator[_Token]:
    """Yield the words of a piece without spaces; if a star ends it, the last is a beginning.

    Words with a hyphen between them are a phrase: « Haute-Loire » is not « hautement » … « Loire ».
    """
    pattern = WORD if piece.endswith("*") else _HYPHENED
    words = pattern.findall(piece)
    for number, word in enumerate(words, start=1):
        beginning = fold_word(word)
        is_beginning = (
            number == len(words) and piece.endswith("*") and len(beginning) >= SHORTEST_BEGINNING
        )
        stems = tuple(stems_of(word))
        typed = word.casefold() if len(stems) == 1 else ""
        yield _Token(SearchTerm(stems, beginning if is_beginning else ""), typed)


@cache
def by_acronym() -> dict[str, tuple[str, ...]]:
    """Return acronym, in small letters, of which accents count → its expansions."""
    return group_by_key(
        (composed(row["sigle"]).casefold(), composed(row["developpement"]))
        for row in rows(packaged.SYNONYMS)
    )


@cache
def by_expansion() -> dict[Stems, tuple[str, ...]]:
    """Return stems of an expansion, without stop words → its acronyms."""
    pairs = (
        (tuple(stem for stem in stems_of(text) if stem not in STOP_STEMS), acronym)
        for acronym, texts in by_acronym().items()
        for text in texts
    )
    return group_by_key(dict.fromkeys(pairs))
