"""Who is elected where the words of a search lead: the deputies of communes, constituencies and
departments, and the newest questions if there is only one deputy.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from lod.extensions.places.communes import Commune, searched
from lod.extensions.places.tables import Part, number_of, parts_of_communes
from lod.model.question import Circonscription
from lod.pipeline.mapping.authorities import circonscription_name
from lod.publish.search.parameters import SearchRequest
from lod.publish.search.things import Thing, ThingIndex
from lod.publish.search.words import composed
from lod.rdf.iris import Iris, code_of
from lod.reference.constituencies import Elected

LATEST = 3  # questions of a deputy that are shown


@dataclass(frozen=True, slots=True)
class Deputy:
    """Who sits for a constituency, or was the last who is known to be elected there."""

    key: str  # `PA…`
    name: str
    group: str  # its full name, "" if none is known
    legislature: int
    as_of: str  # the day on which it is known that the deputy sits; "" if it is not known
    page: str  # the path of the page, without extension; "" if there is none
    count: int  # questions here


@dataclass(frozen=True, slots=True)
class Constituency:
    """A constituency that a place is in, or that is in it."""

    key: str  # the end of its IRI
    name: str
    number: int  # in its department
    page: str  # the path of the page, without extension; "" if there is none
    part: Part | None  # of the commune: what of it votes here, if it is known
    deputies: tuple[Deputy, ...]  # several if it is not known who of them sits


@dataclass(frozen=True, slots=True)
class Places:
    """Who is elected in the places that a search names."""

    of: dict[Thing, tuple[Constituency, ...]]
    as_of: str  # when it is known who sits; "" if it is not

    @property
    def deputies(self) -> dict[str, Deputy]:
        """All of them, by their keys, each once."""
        return {d.key: d for own in self.of.values() for c in own for d in c.deputies}

    @property
    def request(self) -> SearchRequest | None:
        """The request for the questions of the only deputy; None if there is not just one."""
        match [*self.deputies]:
            case [key]:
                return SearchRequest(tri="date", taille=LATEST).filtered("auteur", key)
        return None


def is_spelled(thing: Thing, text: str) -> bool:
    """Return whether a text has a word of the name of a thing, or a number; else it is similar."""
    words = searched(text).split()
    is_named = not set(words).isdisjoint(searched(thing.name).split())
    return is_named or any(word.isdecimal() for word in words)


def write_elected(connection: sqlite3.Connection, people: Iterable[Elected], iris: Iris) -> None:
    rows = (
        (code_of(iris.circonscription(p.place).value, iris.base), p.acteur_ref, composed(p.name),
         composed(p.group), p.legislature, p.as_of.isoformat() if p.as_of else "")
        for p in people
    )  # fmt: skip
    connection.executemany("INSERT INTO elu VALUES (?, ?, ?, ?, ?, ?)", rows)


class ConstituencyFinder:
    """Knows who is elected in each constituency; immutable."""

    def __init__(self, connection: sqlite3.Connection, things: ThingIndex) -> None:
        self._things = things.by_path
        self._departments = things.departements()
        self._deputies: dict[str, list[Deputy]] = {}
        for place, *row in connection.execute("SELECT * FROM elu ORDER BY circonscription, cle"):
            self._deputies.setdefault(place, []).append(self._deputy(*row))
        days = (deputy.as_of for deputies in self._deputies.values() for deputy in deputies)
        self.as_of = max(days, default="")  # when it is known who sits; "" if it is not

    def _deputy(self, key: str, name: str, group: str, legislature: int, as_of: str) -> Deputy:
        thing = self._things.get(f"depute/{key}")
        page, count = (thing.path, thing.count or 0) if thing else ("", 0)
        return Deputy(key, name, group, legislature, as_of, page, count)

    def places(self, things: Iterable[Thing]) -> Places:
        """Return the constituencies of each thing that is a place and has some."""
        named = {thing: self.of(thing) for thing in things}
        return Places({thing: own for thing, own in named.items() if own}, self.as_of)

    def of(self, thing: Thing) -> tuple[Constituency, ...]:
        """Return the constituencies of a commune, a constituency or a department, by number."""
        if isinstance(thing, Commune):
            return tuple(self._constituency(key, thing.key) for key in thing.constituencies)
        if thing.kind == "circonscription" and thing.key in self._deputies:
            return (self._constituency(thing.key),)
        return self.within(thing.key) if thing.kind == "departement" else ()

    def within(self, place: str) -> tuple[Constituency, ...]:
        keys = [key for key in self._deputies if key.rpartition("-")[0] == place]
        return tuple(map(self._constituency, sorted(keys, key=number_of)))

    def _constituency(self, key: str, commune: str = "") -> Constituency:
        place, number = key.rpartition("-")[0], number_of(key)
        name = self._departments.get(place, place)
        path = f"circonscription/{key}"
        return Constituency(
            key, circonscription_name(Circonscription(nom=name, numero=number)), number,
            path if path in self._things else "",
            parts_of_communes().get((commune, key.upper())), tuple(self._deputies.get(key, ())),
        )  # fmt: skip
