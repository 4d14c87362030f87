"""What a search finds and tells of places, from the tables that the extension adds to its index."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lod.base.durable import UNJOURNALED
from lod.extensions.places.communes import Commune, CommuneFinder, write_communes
from lod.extensions.places.constituencies import (
    Constituency,
    ConstituencyFinder,
    Places,
    is_spelled,
    write_elected,
)
from lod.publish.search.parameters import SearchRequest
from lod.publish.search.results import SearchResults
from lod.publish.search.search_index import Hit, SearchIndex
from lod.publish.search.things import Thing
from lod.rdf.iris import Iris
from lod.reference.constituencies import Elected
from lod.website.rendering.language import counted
from lod.website.rendering.templates import load_template

if TYPE_CHECKING:
    from lod.server.engine.current_release import ServedRelease

SCHEMA = Path(__file__).with_name("places.sql")


def write_places(index: Path, people: Iterable[Elected], iris: Iris) -> None:
    """Write the tables anew into an index, which may have those of the release before."""
    with closing(sqlite3.connect(index, isolation_level=None)) as connection:
        connection.executescript(UNJOURNALED + SCHEMA.read_text("utf-8"))
        connection.execute("BEGIN")
        select = "SELECT cle FROM chose WHERE genre = 'departement' ORDER BY cle"
        write_communes(connection, [code for (code,) in connection.execute(select)])
        write_elected(connection, people, iris)
        connection.execute("COMMIT")
        for table in ("commune", "code_postal", "elu"):
            connection.execute(f"ANALYZE {table}")


def finders(index: SearchIndex) -> "Iterator[PlaceFinder]":
    """Yield what finds places, if the index has the tables."""
    with index.connection() as connection:
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'elu'").fetchone():
            yield PlaceFinder(index)


class PlaceFinder:
    """Finds communes, and who is elected in them and in other places."""

    def __init__(self, index: SearchIndex) -> None:
        self.index = index

    @cached_property
    def communes(self) -> CommuneFinder:
        return CommuneFinder(self.index.things.departements(), self.index.speller.likeness)

    @cached_property
    def constituencies(self) -> ConstituencyFinder:
        with self.index.connection() as connection:
            return ConstituencyFinder(connection, self.index.things)

    def named(
        self, connection: sqlite3.Connection, text: str, *, is_typing: bool = False
    ) -> list[Thing]:
        """Return communes and consular posts; while the text is typed, with their deputies."""
        communes = self.communes.named(connection, text, is_typing=is_typing)
        return [self._with_deputy(thing) for thing in communes] if is_typing else communes

    def similar(self, connection: sqlite3.Connection, text: str) -> list[Thing]:
        return self.communes.similar(connection, text)

    def told(self, thing: Thing) -> Mapping[str, Any]:
        """Return the constituencies of a thing, with their deputies."""
        base = self.index.properties["base"]
        return {"circonscriptions": [_as_json(c, base) for c in self.constituencies.of(thing)]}

    def latest_of(self, places: Places) -> list[Hit]:
        """Return the newest questions of the only deputy of some places; [] for several."""
        asked = places.request
        return list(self.index.hits(self.index.find(asked)[asked.page_slice])) if asked else []

    def _with_deputy(self, thing: Thing) -> Thing:
        """Return a commune with its deputy, or the number of its constituencies, in its detail."""
        constituencies = self.constituencies.of(thing)
        deputies = [d for c in constituencies for d in c.deputies]
        if not deputies:
            return thing
        [deputy, *others] = deputies
        name = ", ".join(filter(None, (deputy.name, deputy.group)))
        addition = counted(len(constituencies), "circonscription") if others else name
        return replace(thing, detail=f"{thing.detail} – {addition}")


def _as_json(c: Constituency, base: str) -> dict[str, Any]:
    """Return a constituency as JSON. `iri` is null if nothing is published about it, `siege_au` if
    it is unknown who sits; `partie` says which part of the commune votes there.
    """
    return {
        "code": c.key.upper(),
        "nom": c.name,
        "iri": f"{base}{c.page}" if c.page else None,
        "partie": {"nature": c.part.kind, "noms": c.part.names} if c.part else None,
        "deputes": [
            {
                "uid": deputy.key,
                "nom": deputy.name,
                "groupe": deputy.group or None,
                "legislature": deputy.legislature,
                "siege_au": deputy.as_of or None,
                "iri": f"{base}{deputy.page}" if deputy.page else None,
                "nombre": deputy.count,
            }
            for deputy in c.deputies
        ],
    }


def beside_results(
    release: "ServedRelease", asked: SearchRequest, results: SearchResults
) -> Mapping[str, Any]:
    """Return what the page of results shows below places, and below all things."""
    index = release.search_index
    for finder in index.more if index else ():
        if isinstance(finder, PlaceFinder):
            places = finder.constituencies.places(results.things)
            # beside questions, a place whose name is only similar is no more than a guess
            is_meant = not results.total or any(is_spelled(thing, asked.q) for thing in places.of)
            latest = finder.latest_of(places) if is_meant else None
            macros: Any = load_template("commune_macros.html").module
            is_there = places.of or any(isinstance(thing, Commune) for thing in results.things)
            return {
                "dessous": {t: macros.elus(t, places, latest, "") for t in places.of},
                "note_de_choses": macros.carte_electorale(places.as_of) if is_there else "",
            }
    return {}
