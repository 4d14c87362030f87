"""The queries of the site: each is a file, an example of the endpoint, a table, and a test."""

from dataclasses import dataclass

from lod.publish.query_catalogue import Requete
from lod.website.query_cache import Guichet

SHOWN = 10  # rows of a result on the page of examples


@dataclass(frozen=True, slots=True)
class Resultat:
    """The rows of a query in one release: names of the columns, the first rows, how many."""

    colonnes: tuple[str, ...]
    lignes: tuple[tuple[str, ...], ...]
    total: int


def resultat(guichet: Guichet, requete: Requete) -> Resultat | None:
    """Return what a query gives in this release; None if it costs too much to run for a page."""
    if requete.couteuse:
        return None
    found = guichet.reponse(requete.texte)
    shown = found.rows[:SHOWN]
    colonnes = tuple(shown[0]) if shown else ()
    return Resultat(colonnes, tuple(tuple(row.values()) for row in shown), found.total)
