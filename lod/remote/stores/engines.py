"""What differs between engines that speak SPARQL 1.1: one table, and the addresses it gives."""

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlencode, urljoin

from lod.base.errors import UsageError

TABLE = Path(__file__).with_name("moteurs.csv")


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineRow:
    """A row of the table.

    `requete`, `ecriture`, `graphes` are paths below the address that a person gives; `octets` is
    what one request to load may have; `delai` tells the engine how long a query may take, `coupe`
    is the header by which it confesses that rows lack. `transaction` and `move` say what an update
    is to readers, `essai` how that is known: nothing here depends on them, and people ask.
    """

    nom: str
    serveur: str  # a pattern of the header Server
    requete: str
    ecriture: str
    graphes: str
    parametre: str
    chargement: str  # the method that adds triples to a graph
    plus: str
    signature: str
    octets: int
    transaction: str
    move: str
    delai: str
    coupe: str
    essai: str

    def at(self, url: str, path: str) -> str:
        """Return an address of the engine below the one that a person gave."""
        return urljoin(url.rstrip("/") + "/", path) if path else url

    def graph(self, url: str, iri: str) -> str:
        """Return the address that a graph is loaded at."""
        asked = urlencode({self.parametre: iri}) + (f"&{self.plus}" if self.plus else "")
        return f"{self.at(url, self.graphes)}?{asked}"

    def deadline(self, seconds: float) -> str:
        """Return the parameter of a query that tells the engine when to stop; empty if none does.

        >>> engine_named("virtuoso").deadline(1.5), engine_named("fuseki").deadline(1.5)
        ('timeout=1500', 'timeout=2')
        """
        return self.delai.format(ms=int(seconds * 1000), s=-int(-seconds // 1))


@cache
def engine_rows() -> dict[str, EngineRow]:
    """Return the table, by name."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["nom"]: EngineRow(**{**row, "octets": int(row["octets"])}) for row in rows}  # type: ignore[arg-type]


def engine_named(name: str) -> EngineRow:
    """Return an engine; raise UsageError for one that the table does not have."""
    try:
        return engine_rows()[name]
    except KeyError as error:
        known = ", ".join(engine_rows())
        raise UsageError(f"--engine '{name}' is not known; give one of {known}") from error


def recognised(server: str, url: str) -> EngineRow:
    """Return the engine that a server calls itself; raise UsageError if it is none we know.

    >>> recognised("Virtuoso/07.20.3239 (Linux)", "http://x/").nom
    'virtuoso'
    """
    for found in engine_rows().values():
        if re.search(found.serveur, server):
            return found
    raise UsageError(
        f"{url}: {server[:60]!r} does not say which engine this is; "
        f"give --engine, one of {', '.join(engine_rows())}"
    )
