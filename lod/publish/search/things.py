"""What a search names beside its results: things, by their names, even misspelled, or by the place
of a deputy; and questions by number: `QANR5L15QE43349`, « 15-43349 », « question écrite n° 12 ».
"""

import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from urllib.parse import urlencode

from pyoxigraph import NamedNode

from lod.model.question import Question
from lod.model.text import fold
from lod.pipeline.mapping.authorities import circonscription_name
from lod.pipeline.mapping.citations import eli_of
from lod.publish.search.parameters import kinds, named_kinds
from lod.publish.search.words import SHORTEST, STOP_WORDS, NameIndex, composed
from lod.rdf.iris import Iris
from lod.rdf.ontology import types
from lod.reference.tables import legislatures, names_by_person

_UID = re.compile(r"qanr\dl(\d{1,2})([a-z]{2,4})(\d{1,6})")
_LEGISLATURE = re.compile(r"(\d{1,2})e(?:me)?")
_NUMBER = re.compile(r"\d{1,6}")
# word → type
TYPE_WORDS = {"ecrite": "QE", "gouvernement": "QG", "orale": "QOSD", "ministre": "QM"}
IGNORED_WORDS = frozenset(
    ("question", "no", "n", "numero", "au", "a", "un", "de", "la", "legislature", "sans", "debat")
)
MOST, MOST_OF_KIND = 10, 4  # things that are shown, in all and of one kind
MOST_WORDS = 12  # words that a name may have; a longer request is a sentence
DEPUTIES, PLACES = ("depute", "auteur"), ("departement", "circonscription", "region")
KIND_WORDS = {  # folded word that says what is looked for → kinds
    **dict.fromkeys(("depute", "deputes", "deputee", "deputees", "elu", "elus"), DEPUTIES),
    **dict.fromkeys(("mme", "madame", "monsieur"), (*DEPUTIES, "personne")),
    **dict.fromkeys(("departement", "departements"), PLACES),
    **dict.fromkeys(("rubrique", "sujet"), ("rubrique",)),
    "groupe": ("groupe",),
    "portefeuille": ("portefeuille",),
}

ThingRow = tuple[str, str, str, str, str, str]  # the columns of `chose`, from the second on


@dataclass(frozen=True, slots=True)
class QuestionNumber:
    """The number of a question, which may stand for several questions."""

    numero: int
    legislature: int | None = None  # None: any
    type: str = ""  # QE, QG, QOSD or QM, "" for any

    def uids(self) -> Iterator[str]:
        """Yield the identifiers of the questions that it may stand for, existing or not."""
        numbers = [self.legislature] if self.legislature else legislatures()
        for number, kind in product(numbers, [self.type] if self.type else sorted(types())):
            yield f"QANR5L{number}{kind}{self.numero}"

    def may_be(self, uid: str) -> bool:
        return uid in self.uids()


def number_in(text: str) -> QuestionNumber | None:
    """Return the number that a text states, None if it states anything else.

    >>> number_in("QANR5L15QE43349") == number_in("15-QE-43349") == QuestionNumber(43349, 15, "QE")
    True
    >>> number_in("Question écrite n° 43349 (15e législature)") == QuestionNumber(43349, 15, "QE")
    True
    >>> number_in("QG 12"), number_in("Loi de 2005")
    (QuestionNumber(numero=12, legislature=None, type='QG'), None)
    """
    folded = fold(text[:100]).removeprefix("question ")  # as in « question/QANR5L15QE43349 »
    if (uid := _UID.fullmatch(folded)) and uid[2].upper() in types():
        return QuestionNumber(int(uid[3]), int(uid[1]), uid[2].upper())
    numbers: list[int] = []
    kind, legislature = "", None
    for word in folded.split():
        if word.upper() in types() or word in TYPE_WORDS:
            kind = TYPE_WORDS.get(word, word.upper())
        elif stated := _LEGISLATURE.fullmatch(word):
            legislature = int(stated[1])
        elif _NUMBER.fullmatch(word):
            numbers.append(int(word))
        elif word not in IGNORED_WORDS:
            return None
    if legislature is None and len(numbers) == 2:  # « 15-43349 »: the legislature comes first
        legislature = numbers.pop(0)
    return QuestionNumber(numbers[0], legislature, kind) if len(numbers) == 1 else None


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

    @property
    def path(self) -> str:
        """The path, without extension, of the page that it leads to."""
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
        self, connection: sqlite3.Connection, counts: Mapping[tuple[str, str], int]
    ) -> None:
        """Read them; `counts` is (facet, value) → questions."""
        self._things: list[Thing] = []
        self._names: list[list[str]] = []  # folded names of each
        self._places: list[str] = []  # where each is elected, or ""
        texts = []  # all that finds each
        select = "SELECT genre, cle, nom, noms, lieu, detail FROM chose ORDER BY id"
        for kind, key, name, others, place, detail in connection.execute(select):
            facet = kinds()[kind]["facette"]
            value = key.upper() if facet == "departement" else key
            count = counts.get((facet, value), 0) if facet else None
            if kind == "ministere" and not count:
                continue  # one that never had to answer
            thing = Thing(kind, key, name, detail, facet, value if facet else "", count)
            if kind == "texte":  # no page of ours: its questions are the page
                eli = eli_of(key)
                thing = replace(thing, page=f"recherche?{urlencode({facet: key})}", eli=eli)
            self._things.append(thing)
            names = [name, *others.split("\n")]
            self._names.append(list(map(fold, filter(None, names))))
            self._places.append(place)
            texts.append([*names, place])
        self._index = NameIndex(enumerate(texts))
        self._order = {kind: number for number, kind in enumerate(kinds())}

    def in_order(self) -> Iterator[tuple[Thing, list[str]]]:
        """Yield all things in the order of display, with the folded words of name and place."""
        order = sorted(range(len(self._things)), key=lambda n: self._rank(n, []))
        for number in order:
            thing = self._things[number]
            yield thing, list(dict.fromkeys(fold(f"{thing.name} {self._places[number]}").split()))

    def departements(self) -> dict[str, str]:
        """Return the end of the IRI of each department → its name."""
        return {thing.key: thing.name for thing in self._things if thing.kind == "departement"}

    def names(self) -> Iterable[str]:
        return (thing.name for thing in self._things)

    def find(
        self, text: str, is_word: Callable[[str], bool], *, is_typing: bool = False
    ) -> list[Thing]:
        """Return the things that have all words of a text in their names, the best first. While the
        text is being typed, a word may be the beginning of one of theirs.

        `is_word` says of a folded word whether it is an ordinary word, not a misspelled name.
        """
        words = fold(text).split()
        stated = [KIND_WORDS[word] for word in words if word in KIND_WORDS]
        said = [word for word in words if is_typing or word not in STOP_WORDS]
        telling = [w for w in said if w not in STOP_WORDS and w not in KIND_WORDS] or said
        if not telling or len(telling) > MOST_WORDS:
            return []
        matching: set[int] | None = None
        for word in telling:
            may_be_misspelled = not (word.isdecimal() or is_word(word))
            ids = self._with_word(word, is_typing, may_be_misspelled)
            matching = ids if matching is None else matching & ids
        wanted = set(stated[0]).intersection(*stated[1:]) if stated else set(kinds())
        shown = [n for n in matching or () if self._things[n].kind in wanted]
        shown.sort(key=lambda n: self._rank(n, telling))
        return list(_of_each_kind(self._things[n] for n in shown))[:MOST]

    def _with_word(self, word: str, is_beginning: bool, may_be_misspelled: bool) -> set[int]:
        """Return the numbers of the things with a word in their names; if none has it, of those
        with the most similar word.
        """
        if is_beginning and (begun := self._index.with_prefix(word)):
            return begun
        if word in self._index or len(word) < SHORTEST or not may_be_misspelled:
            return set(self._index.with_word(word))
        near = self._index.similar(word, MOST)
        best = max((likeness for _, likeness in near), default=0.0)
        return {n for other, like in near if like == best for n in self._index.with_word(other)}

    def _rank(self, number: int, words: list[str]) -> tuple[bool, bool, int, int, str, str]:
        """Return a key to sort things by: first those with exactly this name, then those with the
        words in their name and not only in their place, then by kind and number of questions.
        """
        thing, names = self._things[number], self._names[number]
        asked = " ".join(words)
        is_named = any(
            " ".join(w for w in name.split() if w not in STOP_WORDS) == asked for name in names
        )
        is_own = any(all(word in name for word in words) for name in names)
        order = self._order[thing.kind]
        return (not is_named, not is_own, order, -(thing.count or 0), thing.name, thing.key)


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


class ThingRows:
    """Collects what questions say of the things that they name."""

    def __init__(self, iris: Iris) -> None:
        self._iris = iris
        self._names: dict[str, dict[str, None]] = {}  # IRI → other names
        # IRI of an author → day, place and group of the newest question
        self._seats: dict[str, tuple[date, str, str]] = {}

    def add(self, q: Question) -> None:
        iris, auteur = self._iris, self._iris.auteur(q)
        if auteur:
            self._also(auteur, q.auteur.nom)
        for ministere in filter(None, (q.ministere_attributaire, q.ministere_interroge)):
            self._also(iris.ministere(ministere), *ministere.libelles)
        if q.groupe:
            self._also(iris.groupe(q, q.groupe), *q.groupe.libelles)
        place = circonscription_name(q.circonscription) if q.circonscription else ""
        group = (q.groupe.libelle_long or q.groupe.libelle) if q.groupe else ""
        day = q.parution.jour if q.parution else date.min
        if auteur and day >= self._seats.get(auteur.value, (date.min,))[0]:
            self._seats[auteur.value] = (day, place, group)

    def _also(self, iri: NamedNode, *names: str | None) -> None:
        self._names.setdefault(iri.value, {}).update((n, None) for n in names if n)

    def rows(self, names: Mapping[str, str], texts: Mapping[str, str]) -> Iterator[ThingRow]:
        """Yield the rows of all things; `names` is IRI → what it is called, and `texts` the same by
        codes of cited texts.
        """
        order = named_kinds()
        named = []
        for iri, name in names.items():
            kind, _, code = iri.removeprefix(self._iris.base).partition("/")
            if iri.startswith(self._iris.base) and kind in order and "#" not in code:
                named.append((order.index(kind), code, name, iri))
        number = order.index("texte")
        named += [(number, code, name, eli_of(code)) for code, name in texts.items()]
        for number, code, name, iri in sorted(named):
            kind = order[number]
            _, place, group = self._seats.get(iri, (date.min, "", ""))
            detail = ", ".join(filter(None, (place, group)))
            others = dict.fromkeys(map(composed, self._others(kind, code, iri)))
            others.pop(composed(name), None)
            yield kind, code, composed(name), "\n".join(others), composed(place), composed(detail)

    def _others(self, kind: str, code: str, iri: str) -> Iterable[str]:
        """Yield the other names of a thing, and its code if people know it."""
        yield from self._names.get(iri, ())
        if kind == "depute":
            yield from names_by_person().get(code, ())
            yield code
        elif kind in ("departement", "circonscription"):
            yield code.upper()
