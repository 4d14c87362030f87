"""What a search names beside its results: things, by their names, even misspelled, or by the place
of a deputy; and questions by number.

A ministry of the last day of the data comes first; those that it follows are folded beneath it.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from urllib.parse import urlencode

from lod.model.text import fold
from lod.pipeline.mapping.citations import eli_of
from lod.publish.search.described import OFFICE_WORDS, offices_said
from lod.publish.search.nicknames import officially
from lod.publish.search.parameters import kinds
from lod.publish.search.question_numbers import body_in, number_in
from lod.publish.search.ranking import Rank, Tenure
from lod.publish.search.words import (
    SHORTEST,
    STOP_WORDS,
    NameIndex,
    mistyped,
    similar_words,
    stem_of,
)

MOST, MOST_OF_KIND = 10, 4  # things that are shown, in all and of one kind
MOST_BEFORE = 12  # ministries that are folded beneath one that follows them
MOST_WORDS = 12  # words that a name may have; a longer request is a sentence
STEMMED = ("rubrique", "groupe")  # kinds that are found in the singular and in the plural
MINISTER = "ministre"  # the kind that names a deputy who held office
DEPUTIES, PLACES = ("depute", "auteur"), ("departement", "circonscription", "region")
PEOPLE = (*DEPUTIES, "personne")
SMALL_WORDS = STOP_WORDS | {"of", "the", "for", "and"}  # they tell nothing in a name
KIND_WORDS = {  # folded word that says what is looked for → kinds
    **dict.fromkeys(("depute", "deputes", "deputee", "deputees", "elu", "elus"), DEPUTIES),
    **dict.fromkeys(("deputy", "deputies", "mp", "mps"), DEPUTIES),
    **dict.fromkeys(("mme", "madame", "monsieur"), PEOPLE),
    **dict.fromkeys(("departement", "departements", "department"), PLACES),
    **dict.fromkeys(("rubrique", "sujet", "heading"), ("rubrique",)),
    **dict.fromkeys(OFFICE_WORDS, ("ministere", "portefeuille", *PEOPLE)),
    "groupe": ("groupe",),
    "portefeuille": ("portefeuille",),
}
LEAST_LIKE_WHOLE = 0.8  # similarity of a misspelled name, as a whole, to one that is meant, 0 to 1
SHORTEST_WHOLE = 8  # letters of such a name


@dataclass(frozen=True, slots=True)
class Thing:
    """A deputy, a place, a ministry, a heading …, or a question that is named by its number."""

    kind: str  # the first part of the path of its IRI, if it has one here
    key: str  # the rest of that path
    name: str
    detail: str = ""  # distinguishes things of one name
    facet: str = ""  # the parameter that filters questions by it, if there is one
    value: str = ""  # its value
    count: int | None = None  # questions that this filter finds
    page: str = ""  # the path, without extension, that it leads to, if it has no page of its own
    eli: str = ""  # its IRI and address on Légifrance, of a cited text
    before: tuple["Thing", ...] = ()  # ministries of its portfolios before it, the newest first
    is_minister: bool = False  # who held office

    @property
    def label(self) -> str:
        """The row of `site/genres.csv` that says what it is called: a deputy may be a minister."""
        return MINISTER if self.is_minister and self.kind in DEPUTIES else self.kind

    @property
    def path(self) -> str:
        return self.page or f"{self.kind}/{self.key}"

    @property
    def document(self) -> str:
        """That path with its extension, which stands before the query of the address."""
        path, mark, asked = self.path.partition("?")
        return f"{path}.html{mark}{asked}"

    def iri(self, base: str) -> str | None:
        """Return its IRI; None if it has none here, as a commune."""
        return self.eli or (None if self.page else f"{base}{self.path}")


class ThingIndex:
    """All things of an index of questions; immutable."""

    def __init__(
        self, connection: sqlite3.Connection, counts: Mapping[tuple[str, str], int], day: str
    ) -> None:
        """Read them; `counts` is (facet, value) → questions, and `day` the last of the data."""
        self._things: list[Thing] = []
        self._names: list[list[str]] = []  # folded names of each
        self._bare: list[list[list[str]]] = []  # the same, as the words that tell something
        self._tenures: list[Tenure] = []
        self._places: list[str] = []  # where each is elected, or ""
        self._wholes: dict[str, list[int]] = {}  # letters of a whole name → numbers of things
        self._people: dict[str, str] = {}  # folded name of a person → as it is written
        self._stemmed: dict[str, set[int]] = {}  # stem → those of STEMMED that have it
        texts = []  # all that finds each
        select = "SELECT * FROM chose ORDER BY id"
        for _, kind, key, name, aliases, place, detail, *tenure, held in connection.execute(select):
            facet = kinds()[kind]["facette"]
            value = key.upper() if facet == "departement" else key
            count = counts.get((facet, value), 0) if facet else None
            start, end, portfolios, helps = tenure
            has_ended = bool(end and end < day)
            if kind == "ministere" and has_ended and not count:
                continue  # one that never had to answer
            thing = Thing(kind, key, name, detail or held, facet, value if facet else "", count)
            thing = replace(thing, is_minister=bool(held))
            if kind == "texte":  # no page of ours: its questions are the page
                eli = eli_of(key)
                thing = replace(thing, page=f"recherche?{urlencode({facet: key})}", eli=eli)
            number, names = len(self._things), [name, *filter(None, aliases.split("\n"))]
            self._things.append(thing)
            self._names.append(list(map(fold, names)))
            self._bare.append([_telling(alias.split()) for alias in self._names[-1] if alias])
            self._tenures.append(
                Tenure(start, has_ended, frozenset(portfolios.split()), bool(helps))
            )
            self._places.append(place)
            self._add_whole(number)
            if kind in STEMMED:
                for word in chain.from_iterable(map(str.split, self._names[-1])):
                    self._stemmed.setdefault(stem_of(word), set()).add(number)
            texts.append([*names, place, *self._joined(number)])
        self._index = NameIndex(enumerate(texts))
        self._letters = list(self._wholes)
        self.by_path = {thing.path: thing for thing in self._things}
        self._order = {kind: number for number, kind in enumerate(kinds())}

    def _add_whole(self, number: int) -> None:
        """Remember the names of a person or a place as a whole."""
        thing = self._things[number]
        for name in self._names[number]:
            first, *rest = name.split() or [""]
            if rest and thing.kind in (*PEOPLE, "departement", "region"):
                last = {"".join(rest)} if thing.kind in PEOPLE and rest[1:] else set()
                for letters in {"".join((first, *rest)), "".join((*rest, first))} | last:
                    self._wholes.setdefault(letters, []).append(number)
                if thing.kind in PEOPLE:
                    self._people.setdefault(name, thing.name)

    def _joined(self, number: int) -> Iterator[str]:
        """Yield what is often written as one word in the name of a person: « lepen »."""
        for name in self._names[number] if self._things[number].kind in PEOPLE else ():
            _, *last = name.split() or [""]
            yield from map("".join, (*pairwise(last), last))

    def in_order(self) -> Iterator[tuple[Thing, Tenure, list[str]]]:
        """Yield all things in the order of display, with the folded words that find them."""
        order = sorted(range(len(self._things)), key=lambda n: self._rank(n, []))
        for number in order:
            texts = (*self._names[number], fold(self._places[number]), *self._joined(number))
            words = list(dict.fromkeys(" ".join(texts).split()))
            yield self._things[number], self._tenures[number], words

    def departements(self) -> dict[str, str]:
        return {thing.key: thing.name for thing in self._things if thing.kind == "departement"}

    def names(self) -> Iterable[str]:
        return (thing.name for thing in self._things)

    def people(self) -> Mapping[str, str]:
        """Return folded whole name of a person → as it is written."""
        return self._people

    def person_called(self, text: str) -> str:
        """Return the name of a person whose whole name a text is; "" if it is none."""
        words = (word for word in fold(text).split() if word not in KIND_WORDS and word != "m")
        return self._people.get(" ".join(words), "")

    def find(
        self, text: str, is_word: Callable[[str], bool], *, is_typing: bool = False
    ) -> list[Thing]:
        """Return the things that have all words of a text in their names, the best first; if none
        has, those whose whole name is most similar. While the text is being typed, a word may be
        the beginning of one of theirs.

        `is_word` says of a folded word whether it is an ordinary word, not a misspelled name.
        """
        if body := body_in(text):
            return [t for path, t in self.by_path.items() if path.endswith(f"/{body}")]
        asked = offices_said(fold(officially(text))).split()
        stated = [KIND_WORDS[word] for word in asked if word in KIND_WORDS]
        wanted = set(stated[0]).intersection(*stated[1:]) if stated else set(kinds())
        words = [word for word in asked if word not in SMALL_WORDS and word not in KIND_WORDS]
        if not words:  # a kind alone may be a name too
            words, wanted = [w for w in asked if is_typing or w not in SMALL_WORDS], set(kinds())
        if not words or len(words) > MOST_WORDS:
            return []
        ids = self._of_kinds(self._having(words, is_word, is_typing), wanted)
        if not ids and OFFICE_WORDS.issuperset(words):
            in_office = (n for n, tenure in enumerate(self._tenures) if not tenure.has_ended)
            ids = self._of_kinds(in_office, ("ministere",))
        if not ids:
            letters = "".join(word for word in asked if word not in KIND_WORDS)
            ids = self._of_kinds(self._like(letters, words, is_word), wanted)
        if not OFFICE_WORDS.isdisjoint(asked):
            ids += self._successors(ids)
        ids.sort(key=lambda n: self._rank(n, words))
        return list(_of_each_kind(self._folded(ids)))[:MOST]

    def _of_kinds(self, ids: Iterable[int], wanted: Container[str]) -> list[int]:
        return [n for n in ids if self._things[n].kind in wanted]

    def _having(
        self, words: list[str], is_word: Callable[[str], bool], is_typing: bool
    ) -> set[int]:
        """Return the numbers of the things that have all words, or words similar to them."""
        first, *further = (
            self._with_word(word, is_typing, not (word.isdecimal() or is_word(word)))
            for word in words
        )
        return first.intersection(*further)

    def _with_word(self, word: str, is_beginning: bool, may_be_misspelled: bool) -> set[int]:
        """Return the numbers of the things with a word in their names; if there are none, of those
        with the most similar word.
        """
        if is_beginning and (begun := self._index.with_prefix(word)):
            return begun
        # « transport ferroviaire » is the heading « transports ferroviaires »
        of_stem = self._stemmed.get(stem_of(word), set[int]())
        if word in self._index or of_stem or len(word) < SHORTEST or not may_be_misspelled:
            return of_stem.union(self._index.with_word(word))
        near = mistyped(word, self._index.similar(word, MOST))
        best = max((likeness for _, likeness in near), default=0.0)
        return {n for known, like in near if like == best for n in self._index.with_word(known)}

    def _like(
        self, letters: str, words: list[str], is_word: Callable[[str], bool]
    ) -> Iterator[int]:
        """Yield the numbers of the things whose whole name has nearly these letters, in whatever
        words: the most similar; none if all words are ordinary ones.
        """
        if len(letters) >= SHORTEST_WHOLE and not all(map(is_word, words)):
            near = similar_words(letters, self._letters, LEAST_LIKE_WHOLE, MOST)
            best = max((likeness for _, likeness in near), default=0.0)
            for known, likeness in near:
                yield from self._wholes[known] if likeness == best else ()

    def _successors(self, ids: Iterable[int]) -> list[int]:
        """Return the number of the ministry that has the portfolios of the newest of some that have
        all ended; nothing if one has not, or nobody has them.
        """
        held = [self._tenures[n] for n in self._of_kinds(ids, ("ministere",))]
        if not held or not all(tenure.has_ended for tenure in held):
            return []
        wanted = max(held, key=lambda tenure: tenure.start).portfolios
        shared = {
            n: len(wanted & t.portfolios) - len(t.portfolios) / 100
            for n, t in enumerate(self._tenures)
            if not (t.has_ended or t.helps or wanted.isdisjoint(t.portfolios))
        }
        return [max(shared, key=shared.__getitem__)] if shared else []

    def _rank(self, number: int, words: list[str]) -> Rank:
        """Return the place of a thing among those that are found by these words."""
        thing, tenure = self._things[number], self._tenures[number]
        bare, share = self._bare[number], 0.0
        is_named = words in bare
        if thing.kind in STEMMED:  # « bois » begins « bois et forêts »
            stems = list(map(stem_of, words))
            names = (list(map(stem_of, name[: len(words)])) for name in bare)
            is_named = bool(words) and stems in names and not tenure.has_ended
        if thing.kind == "ministere" and tenure.has_ended:
            is_named = [words] == bare[:1]  # with its years
        elif thing.kind == "ministere":
            is_begun = bool(words) and any(name[: len(words)] == words for name in bare)
            is_named = is_begun and not tenure.helps
            sizes = [len(b) for b in bare if all(any(w in part for part in b) for w in words)]
            share = len(words) / min(sizes, default=MOST_WORDS)
        is_own = any(all(word in name for word in words) for name in self._names[number])
        newest = -int(tenure.start.replace("-", "") or 0) if tenure.has_ended else tenure.helps
        return Rank(
            is_unnamed=not is_named,
            has_ended=tenure.has_ended,
            is_by_place=not is_own,
            kind=self._order[thing.kind],
            missing=-share,
            age=newest,
            questions=-(thing.count or 0),
            name=thing.name,
            key=thing.key,
        )

    def _folded(self, ids: Iterable[int]) -> Iterator[Thing]:
        """Yield things in their order, with ended ministries folded beneath others.

        An ended ministry goes beneath the first ministry that shares a portfolio with it; without
        portfolios (an old one), beneath the first ministry of all.
        """
        beneath: dict[int, list[Thing]] = {}  # number → those that are folded beneath it
        firsts: list[int] = []  # ministries
        for number in ids:
            tenure, first = self._tenures[number], None
            if self._things[number].kind == "ministere":
                held = tenure.portfolios
                near = (
                    n for n in firsts if not (held and held.isdisjoint(self._tenures[n].portfolios))
                )
                first = next(near, None) if tenure.has_ended else None
                firsts += [number] if first is None else []
            if first is None:
                beneath[number] = []
            elif len(beneath[first]) < MOST_BEFORE:
                beneath[first].append(self._things[number])
        for number, before in beneath.items():
            yield replace(self._things[number], before=tuple(before))


def _telling(words: list[str]) -> list[str]:
    """Return the words of a folded name that tell something; all if none does."""
    return [w for w in words if w not in SMALL_WORDS and w not in KIND_WORDS] or words


def _of_each_kind(things: Iterable[Thing]) -> Iterator[Thing]:
    counts: Counter[str] = Counter()
    for thing in things:
        counts[thing.kind] += 1
        if counts[thing.kind] <= MOST_OF_KIND:
            yield thing


def numbered_questions(connection: sqlite3.Connection, text: str) -> list[Thing]:
    """Return the questions that a text names by number or uid, the newest first."""
    number = number_in(text)
    uids = list(number.uids()) if number else []
    select = (
        f"SELECT uid, nom, titre FROM question WHERE uid IN ({', '.join('?' * len(uids))}) "
        "ORDER BY jour DESC, uid LIMIT ?"
    )
    rows = connection.execute(select, (*uids, MOST)) if uids else ()
    return [Thing("question", uid, name, title) for uid, name, title in rows]
