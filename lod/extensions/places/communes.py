"""Communes by their names and postal codes, and consular posts: each leads to the department where
it votes, and knows its constituencies.

They are looked up in the index, not in memory, for there are 35,000.
"""

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

import orjson

from lod.extensions.places.tables import ABROAD, constituency_codes, consular_posts, number_of
from lod.model.text import fold
from lod.publish.search.search_terms import SHORTEST_BEGINNING
from lod.publish.search.things import MOST_OF_KIND, MOST_WORDS, Thing
from lod.publish.search.words import (
    LAST,
    LEAST_LIKENESS,
    SHORTEST,
    STOP_WORDS,
    composed,
    similar_words,
)
from lod.reference.tables import communes

KIND, POST = "commune", "poste"
ASKING = {  # words that ask for a commune or its deputy, and are no part of its name
    *("commune", "ville", "village", "mairie", "depute", "deputes", "deputee", "deputees"),
    *("circonscription", "quel", "quelle", "qui"),
}
ABBREVIATED = {"st": "saint", "ste": "sainte"}
_DISTRICT = re.compile(r"\b(\d{1,2})(?:er|e|eme|ieme)\b(?: arrondissement)?")
_SHORT = re.compile(rf"\b(?:{'|'.join(ABBREVIATED)})\b")
_POSTAL_CODE = re.compile(r"\d{5}", re.ASCII)
SELECT = "SELECT cle, nom, departement, circonscriptions FROM commune"


@dataclass(frozen=True, slots=True)
class Commune(Thing):
    """A commune, or a consular post."""

    constituencies: tuple[str, ...] = ()  # the ends of their IRIs, by number; () for unknown


def searched(name: str) -> str:
    """Return a name in the form to be compared: « Saint » in full, districts by their number.

    >>> searched("St-Privat-d'Allier"), searched("Lyon 3ème"), searched("Y")
    ('saint privat allier', 'lyon 3', 'y')
    """
    folded = _DISTRICT.sub(r"\1", fold(name))
    words = _SHORT.sub(lambda match: ABBREVIATED[match[0]], folded).split()
    return " ".join([word for word in words if word not in STOP_WORDS] or words)


def asked_words(text: str) -> Iterator[list[str]]:
    """Yield the words that may name a commune and its department: all, then all but ASKING; nothing
    for a text of more than MOST_WORDS, which is a sentence.
    """
    words = searched(text).split()
    if 0 < len(words) <= MOST_WORDS:
        yield words
        telling = [word for word in words if word not in ASKING]
        yield from [telling] if 0 < len(telling) < len(words) else ()


def write_communes(connection: sqlite3.Connection, places: Iterable[str]) -> None:
    """Write the communes of departments, the largest first; `places` are the ends of the IRIs of
    the departments.
    """
    known, numbers = set(places), constituency_codes()
    served = [row for row in communes() if row.departement.lower() in known]
    served.sort(key=lambda row: (-row.population, row.code))
    posts = consular_posts() if ABROAD in known else ()
    voters = chain(
        ((row.code, row.nom, row.departement.lower(), numbers[row.code]) for row in served),
        ((name, name, ABROAD, (code,)) for name, code in posts),
    )
    values = (
        (number, key, (name := composed(nom)), searched(name), place, _numbers(codes))
        for number, (key, nom, place, codes) in enumerate(voters, start=1)
    )
    connection.executemany("INSERT INTO commune VALUES (?, ?, ?, ?, ?, ?)", values)
    codes = ((c, n) for n, row in enumerate(served, start=1) for c in row.codes_postaux.split())
    connection.executemany("INSERT INTO code_postal VALUES (?, ?)", codes)


def _numbers(codes: Iterable[str]) -> str:
    return " ".join(str(number_of(code)) for code in codes)


class CommuneFinder:
    def __init__(self, places: Mapping[str, str], likeness: Callable[[str], float]) -> None:
        """`places` is the end of the IRI of a department → its name; `likeness` says how similar a
        folded word is to the nearest word that titles and other names have, 0 to 1.
        """
        self._names = dict(places)
        self._words = {code: {code, *fold(name).split()} for code, name in places.items()}
        self._likeness = likeness

    def named(
        self, connection: sqlite3.Connection, text: str, *, is_typing: bool = False
    ) -> list[Thing]:
        """Return the communes whose names are the words of a text, then those whose names begin
        with them, the largest first; MOST_OF_KIND at most.

        Words of the department may follow the name; a postal code may stand anywhere. If the text
        is being typed, its last word may be incomplete.
        """
        for words in asked_words(text):
            if called := self._called(connection, words, is_typing):
                return called
        return []

    def _called(
        self, connection: sqlite3.Connection, words: list[str], is_typing: bool
    ) -> list[Thing]:
        codes = [word for word in words if _POSTAL_CODE.fullmatch(word)]
        names = [word for word in words if word not in codes]
        if len(words) == 1 and words[0].isdecimal():
            return self._read(connection, *_with_code(words[0], is_typing))
        if len(codes) > 1:
            return []
        # what is no more than the name of a department is that department
        shortest = len(names) if self._with(names) else 1
        for size in range(len(names), shortest - 1, -1):
            places, name = self._with(names[size:]), " ".join(names[:size])
            asked = _named(name, places, "".join(codes), is_typing)
            if places and (meant := self._read(connection, *asked)):
                return meant
        return []

    def similar(self, connection: sqlite3.Connection, text: str) -> list[Thing]:
        """Return the communes with the name most similar to a text, among those that begin with the
        same letter; nothing if every word is as close to an ordinary word: probably no place.
        """
        *_, words = [], *asked_words(text)
        name = " ".join(words)
        if len(name) < SHORTEST or name[0].isdecimal():
            return []
        select = "SELECT DISTINCT nom_plie FROM commune WHERE nom_plie BETWEEN ? AND ?"
        known = [known for (known,) in connection.execute(select, (name[0], name[0] + LAST))]
        near = similar_words(name, known, LEAST_LIKENESS, 1)
        if not near or near[0][1] <= min(map(self._likeness, words)):
            return []
        return self._read(connection, *_named(near[0][0], [*self._names], "", False))

    def _with(self, words: list[str]) -> list[str]:
        """Return the codes of the departments whose name or code has all the words."""
        return [code for code, known in self._words.items() if known.issuperset(words)]

    def _read(
        self, connection: sqlite3.Connection, where: str, values: Mapping[str, object]
    ) -> list[Thing]:
        rows = connection.execute(f"{SELECT} WHERE {where} LIMIT {MOST_OF_KIND}", values)
        return [self._commune(*row) for row in rows]

    def _commune(self, code: str, name: str, place: str, numbers: str) -> Commune:
        return Commune(
            POST if place == ABROAD else KIND,
            code,
            name,
            self._names[place],
            page=f"departement/{place}",
            constituencies=tuple(f"{place}-{number}" for number in numbers.split()),
        )

    def in_order(self, connection: sqlite3.Connection) -> Iterator[tuple[Commune, str, list[str]]]:
        """Yield all communes, the largest first, each with its name as names are compared, and its
        postal codes.
        """
        # the codes as a table of their own: there is no index from a commune to its codes
        codes = "SELECT commune, group_concat(code, ' ') AS codes FROM code_postal GROUP BY commune"
        select = (
            "SELECT nom_plie, codes, cle, nom, departement, circonscriptions"
            f" FROM commune LEFT JOIN ({codes}) ON commune = id ORDER BY id"
        )
        for folded, codes, *row in connection.execute(select):
            yield self._commune(*row), folded, sorted((codes or "").split())


def _named(
    name: str, places: list[str], code: str, is_typing: bool
) -> tuple[str, dict[str, object]]:
    """Return an SQL condition and its values: communes with this name, or one that begins so, in
    one of the departments, and with the postal code if one is given.
    """
    begins = is_typing and len(name) >= SHORTEST_BEGINNING
    start = name if begins else f"{name} "
    where = (
        "(nom_plie = :nom OR nom_plie BETWEEN :debut AND :fin)"
        " AND departement IN (SELECT value FROM json_each(:lieux))"
        " AND (:code = '' OR id IN (SELECT commune FROM code_postal WHERE code = :code))"
        " ORDER BY nom_plie <> :nom, id"
    )
    # « La » begins « La Celle », but says nothing
    last = "" if STOP_WORDS.issuperset(name.split()) else start + LAST
    bounds = {"nom": name, "debut": start, "fin": last}
    return where, {**bounds, "lieux": orjson.dumps(places).decode(), "code": code}


def _with_code(code: str, is_typing: bool) -> tuple[str, dict[str, object]]:
    """Return an SQL condition and its values: communes with this postal code, or one that begins
    so.
    """
    last = code + LAST if is_typing and len(code) >= SHORTEST_BEGINNING else code
    where = "id IN (SELECT commune FROM code_postal WHERE code BETWEEN :code AND :fin) ORDER BY id"
    return where, {"code": code, "fin": last}
