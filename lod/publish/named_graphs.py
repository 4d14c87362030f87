"""The named graphs of a release, as `graphes.csv` lists them; its data is in none of them."""

from dataclasses import dataclass
from functools import cache

from lod.base import packaged

PREFIX = ".well-known/void#"  # of the name of a graph, below the base; VoID describes it by that


@dataclass(frozen=True, slots=True)
class NamedGraph:
    """A graph beside the data."""

    nom: str  # the fragment of its IRI
    fichiers: tuple[str, ...]  # dumps that hold its triples, and no others
    titre: str
    titre_en: str
    description: str
    description_en: str
    licence: str  # IRI; "" for the licence of the data

    @property
    def path(self) -> str:
        """Its name below the base."""
        return PREFIX + self.nom


@cache
def named_graphs() -> dict[str, NamedGraph]:
    """Return the graphs by their `nom`."""
    return {
        row["nom"]: NamedGraph(**row | {"fichiers": tuple(row["fichiers"].split())})  # type: ignore[arg-type]
        for row in packaged.table_rows(packaged.GRAPHS)
    }
