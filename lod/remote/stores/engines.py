"""The table of engines that speak SPARQL 1.1, and the addresses that follow from it."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlencode, urljoin

from lod.base.errors import UsageError
from lod.base.tabular import rows as csv_rows

TABLE = Path(__file__).with_name("moteurs.csv")


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineRow:
    """A row of `moteurs.csv`; the fields are its columns. Paths are below the store's address."""

    nom: str
    serveur: str  # a pattern of the header Server
    requete: str  # path for queries
    ecriture: str  # path for updates
    graphes: str  # path of the Graph Store Protocol
    parametre: str  # of the query of that address: names the graph
    chargement: str  # the HTTP method that adds triples to a graph
    plus: str  # what the query of that address has besides
    signature: str  # how requests are signed: basic, digest, bearer or nothing
    octets: int  # the most that one request to load may have
    transaction: str  # whether readers see an update whole or not at all; for people only
    move: str  # the same of MOVE; for people only
    delai: str  # parameter that tells the engine how long a query may take, in {s} or {ms}
    coupe: str  # the header of an answer that lacks rows
    essai: str  # how these facts are known; for people only

    def at(self, url: str, path: str) -> str:
        """Return the address of a path below `url`, which a person gave; `url` if it is empty."""
        return urljoin(url.rstrip("/") + "/", path) if path else url

    def graph(self, url: str, iri: str) -> str:
        """Return the address at which triples are added to a graph."""
        query = urlencode({self.parametre: iri}) + (f"&{self.plus}" if self.plus else "")
        return f"{self.at(url, self.graphes)}?{query}"

    def deadline(self, seconds: float) -> str:
        """Return the parameter that tells the engine when to stop a query; "" if it has none.

        >>> engine_named("virtuoso").deadline(1.5), engine_named("fuseki").deadline(1.5)
        ('timeout=1500', 'timeout=2')
        """
        return self.delai.format(ms=int(seconds * 1000), s=-int(-seconds // 1))


@cache
def engine_rows() -> dict[str, EngineRow]:
    """Return name → row of the table."""
    found = csv_rows(TABLE)
    return {row["nom"]: EngineRow(**{**row, "octets": int(row["octets"])}) for row in found}  # type: ignore[arg-type]


def engine_named(name: str) -> EngineRow:
    """Return the row of an engine; raise UsageError if the table does not have it."""
    try:
        return engine_rows()[name]
    except KeyError as error:
        known = ", ".join(engine_rows())
        raise UsageError(f"--engine '{name}' is not known; give one of {known}") from error


def recognised(server: str, url: str) -> EngineRow:
    """Return the engine that a header Server names; raise UsageError if none does.

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
