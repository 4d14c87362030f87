"""The open search index: finds questions and reads them, for many threads at once."""

import heapq
import sqlite3
import time
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import chain
from operator import itemgetter
from pathlib import Path
from queue import Empty, SimpleQueue
from weakref import finalize

import orjson

from lod.base.errors import LodError
from lod.base.packing import unpack
from lod.publish.search.full_text import INDEX_FILE, is_index, opened, scores
from lod.publish.search.indexing import SEPARATOR
from lod.publish.search.more_things import MoreThings
from lod.publish.search.parameters import SearchRequest, facet_columns, facet_names
from lod.publish.search.question_numbers import number_in
from lod.publish.search.search_terms import search_words
from lod.publish.search.things import MOST as MOST_THINGS
from lod.publish.search.things import Thing, ThingIndex, numbered_questions
from lod.publish.search.words import WORD, Speller, composed, stem_of

SECONDS = 1.0  # of one search, at most
STEPS = 2_000  # instructions of SQLite between two looks at the clock
NEVER = date.max.toordinal()  # when an answer is due that nobody waits for
RARE = 4  # words of a title by which similar questions are looked for


class TooLongError(Exception):
    """A search took longer than SECONDS."""


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet, such as a ministry."""

    facet: str  # name of the parameter
    key: str  # its code in an address
    iri: str
    name: str
    broader: int | None  # number of the broader value, which finds its questions too


@dataclass(frozen=True, slots=True)
class Hit:
    """A question that was found, without its texts."""

    uid: str
    titre: str  # "" if it has none
    name: str  # what it is called: its type and number
    day: date | None  # of its publication
    delay: int | None  # days until its answer
    due: date | None  # last day for an answer that is awaited
    values: dict[str, FacetValue]  # name of a facet → its value, where it has at most one


def open_index(folder: Path) -> "SearchIndex | None":
    """Open the index of a release; None if it has none, LodError if it cannot be read."""
    path = folder / INDEX_FILE
    try:
        return SearchIndex(path) if is_index(path) else None
    except sqlite3.Error as error:
        raise LodError(f"{path}: {error}; build the release again") from error


class SearchIndex:
    """The index of one release: days and facets in memory, words and texts on disk."""

    more: Sequence[MoreThings] = ()  # set when it is opened

    def __init__(self, path: Path) -> None:
        self.path = path
        self._idle: SimpleQueue[sqlite3.Connection] = SimpleQueue()  # open, and not in use
        # closes every connection; none may be in use. An export keeps it for as long as it runs
        self.close = finalize(self, _close_all, self._idle)
        # lists by question id, which begins with 1; arrays would make an object at each look-up
        self.columns: dict[str, list[int]] = {name: [0] for name in facet_columns()}  # value, or 0
        # facet of which a question may have several values → id of each that has any → its values
        several = [name for name in facet_names() if name not in self.columns]
        self._several: dict[str, dict[int, tuple[int, ...]]] = {name: {} for name in several}
        self.days, self._events = [0], [0]  # ordinals of publication and newest event, or 0
        self.months = [0]  # of publication, counted from the year 0 on, or 0
        self._ranks, self._delays = [0], [-1]  # place if the newest is first; days, or -1
        self._due = [NEVER]  # ordinals of the last day for an answer, NEVER if it is not due
        self._newest: list[int] = []  # ids in the order of their ranks
        with self.connection() as connection:
            # of the release: base, editeur, donnees_au, sample
            self.properties = dict(connection.execute("SELECT nom, valeur FROM propriete"))
            rows = connection.execute("SELECT id, facette, cle, iri, nom, large FROM valeur")
            self.facet_values = {number: FacetValue(*row) for number, *row in rows}
            self._read_columns(connection)

    def _read_columns(self, connection: sqlite3.Connection) -> None:
        """Fill the lists of facet values, days and ranks."""
        names = tuple(self.columns)
        columns = [self.columns[name] for name in names]
        numbers: dict[int, int] = {}  # so that equal numbers are one object
        days = "coalesce(jour, ''), coalesce(evenement, ''), coalesce(delai, -1), echeance"
        select = f"SELECT {days}, {', '.join(names)} FROM question ORDER BY id"
        for day, event, delay, due, *values in connection.execute(select):
            self.days.append(_ordinal(day))
            month = int(day[:4]) * 12 + int(day[5:7]) - 1 if day else 0
            self.months.append(numbers.setdefault(month, month))
            self._events.append(_ordinal(event))
            self._delays.append(delay)
            self._due.append(_ordinal(due) if due else NEVER)
            for column, value in zip(columns, values, strict=True):
                column.append(numbers.setdefault(value or 0, value or 0))
        for number, value in connection.execute("SELECT * FROM valeur_multiple"):
            of_facet = self._several[self.facet_values[value].facet]
            of_facet[number] = (*of_facet.get(number, ()), value)
        self._ranks.extend(range(len(self)))
        order = connection.execute("SELECT id FROM question ORDER BY jour DESC, uid")
        self._newest.extend(number for (number,) in order)
        for rank, number in enumerate(self._newest):
            self._ranks[number] = rank

    @cached_property
    def things(self) -> ThingIndex:
        """What a search names beside questions."""
        numbers = {name: self.counted(name, range(1, len(self) + 1)) for name in facet_names()}
        values = self.facet_values.items()
        counts = {(v.facet, v.key): numbers[v.facet][n] for n, v in values}
        with self.connection() as connection:
            return ThingIndex(connection, counts, self.properties.get("donnees_au", ""))

    @cached_property
    def speller(self) -> Speller:
        """What mistyped words may mean."""
        with self.connection() as connection:
            return Speller(connection, self.things.names())

    def things_named(self, text: str, *, is_typing: bool = False) -> list[Thing]:
        """Return the things that a text names, the best first: questions by their numbers and other
        things, MOST_THINGS at most, and those of `more` besides. These come last, or before things
        whose names are only similar.
        """
        named = self.things.find(text, lambda _: True, is_typing=is_typing)
        things = named or self.things.find(text, self.speller.is_word, is_typing=is_typing)
        with self.connection() as connection:
            numbered = numbered_questions(connection, text)
            others = self.others_named(connection, text, is_typing=is_typing)
            unknown = () if named or others else self.more
            similar = [thing for more in unknown for thing in more.similar(connection, text)]
        shown = [*numbered, *things][:MOST_THINGS]
        place = len(shown) if named else len(numbered)
        return [*shown[:place], *others, *shown[place:], *similar]

    def others_named(
        self, connection: sqlite3.Connection, text: str, *, is_typing: bool = False
    ) -> list[Thing]:
        """Return the things that extensions find by a text."""
        named = (more.named(connection, text, is_typing=is_typing) for more in self.more)
        return list(chain.from_iterable(named))

    def corrected(self, request: SearchRequest) -> SearchRequest | None:
        """Return a request without typing mistakes; None if it has none that can be mended."""
        with self.connection() as connection:
            q = self.speller.corrected(request.q, connection)
        return replace(request, q=q, page=1) if q != request.q else None

    def similar(self, uid: str) -> SearchRequest | None:
        """Return the request for questions similar to this one: with its heading, and at least one
        of the RARE words of its title that the fewest titles have. None if the uid is unknown.
        """
        with self.connection() as connection:
            select = "SELECT id, titre FROM question WHERE uid = ?"
            row = connection.execute(select, (uid,)).fetchone()
            if not row:
                return None
            words = {stem_of(word): word for word in WORD.findall(composed(row[1]))}
            # a stem that no other title has finds nothing else; stop words have none here
            select = (
                "SELECT nombre, racine FROM forme JOIN json_each(?) ON racine = value"
                " WHERE nombre > 1 ORDER BY nombre, racine LIMIT ?"
            )
            asked = orjson.dumps([*words]).decode(), RARE
            rare = [stem for _, stem in connection.execute(select, asked)]
        heading = self.facet_values.get(self.columns["rubrique"][row[0]])
        request = SearchRequest(q=" ou ".join(words[stem] for stem in rare))
        return request.filtered("rubrique", heading.key) if heading else request

    def __len__(self) -> int:
        return len(self.days) - 1

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """Give a connection to one thread; it is opened if none is idle, and kept afterwards."""
        try:
            connection = self._idle.get_nowait()
        except Empty:
            connection = opened(self.path)
        try:
            yield connection
        finally:
            self._idle.put(connection)

    def name_of(self, iri: str) -> str:
        """Return what pages call a thing that a search may name; its IRI if it is none."""
        kind, _, code = iri.removeprefix(self.properties.get("base", "")).partition("/")
        select = "SELECT nom FROM chose WHERE genre = ? AND cle = ?"
        with self.connection() as connection:
            row = connection.execute(select, (kind, code)).fetchone()
        return str(row[0]) if row else iri

    def find(self, request: SearchRequest) -> list[int]:
        """Return the ids of all questions found, in the order asked for; raise TooLongError."""
        words = request.words
        if request.q and not words:
            return []  # it has no letter or digit
        scored = None
        named: Container[int] = ()
        if words:
            with self.connection() as connection, bounded(connection):
                scored = scores(connection, words, request.is_by_relevance)
                if request.is_by_relevance and (name := self.things.person_called(request.q)):
                    named = scores(connection, search_words(f'"{name}"'), is_ranked=False)
            if not scored and (stated := number_in(request.q)):  # no text has it, its question does
                scored = dict.fromkeys(self.numbers(stated.uids()).values(), 0.0)
        hits = self._filtered(self._newest if scored is None else scored, request)
        if scored is not None:
            hits.sort(key=self._ranks.__getitem__)
        if request.tri == "delai":
            hits.sort(key=self._delays.__getitem__, reverse=True)  # a reverse sort is stable, too
        if request.tri == "echeance":
            hits.sort(key=self._due.__getitem__)
        if scored is not None and request.is_by_relevance:
            hits.sort(key=scored.__getitem__)
            # the words as this name come first: « Bruno Le Maire » is no congress of mayors
            hits.sort(key=lambda number: number not in named)
        return hits

    def sorting_columns(self) -> dict[str, Sequence[int]]:
        """Return what filters and orders look at, by the ids of questions, which begin with 1."""
        ranks, delays, due = self._ranks, self._delays, self._due
        return {**self.columns, "jour": self.days, "rang": ranks, "delai": delays, "echeance": due}

    def newest_events(self, hits: Iterable[int], most: int) -> list[str]:
        """Return the uids of the questions with the newest events, the newest first."""
        newest = heapq.nsmallest(most, hits, key=lambda n: (-self._events[n], self._ranks[n]))
        return self.uids(newest)

    def _filtered(self, hits: Iterable[int], request: SearchRequest) -> list[int]:
        """Return the ids whose questions have the facet values and days asked for."""
        kept = list(hits)
        for facet, key in request.filters:
            wanted = self.values_named(facet, key)
            if column := self.columns.get(facet):
                kept = [number for number in kept if column[number] in wanted]
            else:
                of_facet = self._several[facet]
                kept = [n for n in kept if not wanted.isdisjoint(of_facet.get(n, ()))]
        if request.depuis or request.jusque:
            (since, until), days = request.day_bounds, self.days
            kept = [number for number in kept if since <= days[number] <= until]
        return kept

    def counted(self, facet: str, hits: Sequence[int]) -> Counter[int]:
        """Return number of a value of a facet → questions that have it."""
        if column := self.columns.get(facet):
            counts = Counter(picked(column, hits))
            del counts[0]  # questions without a value
            return counts
        of_facet = self._several[facet]
        having = filter(of_facet.__contains__, hits)
        return Counter(chain.from_iterable(map(of_facet.__getitem__, having)))

    def values_named(self, facet: str, key: str) -> set[int]:
        """Return the numbers of the value with a code, and of its narrower values."""
        values, asked = self.facet_values.items(), key.casefold()  # « 2A-2 » is « 2a-2 »
        own = {n for n, v in values if v.facet == facet and v.key.casefold() == asked}
        return own | {n for n, v in self.facet_values.items() if v.broader in own}

    def read_hits(self, hits: Iterable[int]) -> list[tuple[Hit, list[str]]]:
        """Return questions, each with its texts: the question, then the answers."""
        read, select = [], "SELECT contenu FROM texte WHERE id = ?"
        with self.connection() as connection:
            for number in hits:
                [packed] = connection.execute(select, (number,)).fetchone()
                texts = unpack(packed).decode().split(SEPARATOR)
                read.append((self._hit(connection, number), texts))
        return read

    def uids(self, hits: Iterable[int]) -> list[str]:
        select = "SELECT uid FROM question WHERE id = ?"
        with self.connection() as connection:
            return [connection.execute(select, (n,)).fetchone()[0] for n in hits]

    def numbers(self, uids: Iterable[str]) -> dict[str, int]:
        """Return uid → id of questions, without those that are not there."""
        select = "SELECT q.uid, q.id FROM json_each(?) JOIN question q ON q.uid = value"
        asked = orjson.dumps([*uids]).decode()
        with self.connection() as connection:
            return dict(connection.execute(f"{select} ORDER BY key", (asked,)))

    def hits(self, numbers: Iterable[int]) -> Iterator[Hit]:
        """Yield questions without their texts, one at a time, so that even all need no memory."""
        with self.connection() as connection:
            for number in numbers:
                yield self._hit(connection, number)

    def _hit(self, connection: sqlite3.Connection, number: int) -> Hit:
        select = "SELECT uid, titre, nom FROM question WHERE id = ?"
        uid, titre, name = connection.execute(select, (number,)).fetchone()
        ids = {name: column[number] for name, column in self.columns.items()}
        values = {name: self.facet_values[n] for name, n in ids.items() if n}
        day, delay, due = self.days[number], self._delays[number], self._due[number]
        return Hit(
            uid, titre, name, date.fromordinal(day) if day else None,
            delay if delay >= 0 else None, date.fromordinal(due) if due < NEVER else None, values,
        )  # fmt: skip


def picked(column: list[int], hits: Sequence[int]) -> Sequence[int]:
    """Return the values of a column for questions; twice as fast as to look each of them up."""
    return itemgetter(*hits)(column) if len(hits) > 1 else [column[number] for number in hits]


def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal() if day else 0


def _close_all(idle: SimpleQueue[sqlite3.Connection]) -> None:
    with suppress(Empty):
        while True:
            idle.get_nowait().close()


@contextmanager
def bounded(connection: sqlite3.Connection) -> Iterator[None]:
    """Interrupt what takes longer than SECONDS, with TooLongError."""
    deadline = time.monotonic() + SECONDS
    connection.set_progress_handler(lambda: time.monotonic() > deadline, STEPS)
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
            raise
        raise TooLongError from error
    finally:
        connection.set_progress_handler(None, 0)
