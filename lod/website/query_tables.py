"""Tables of the site: what a query gives, with headings for people, and the query as it was run.

An IRI below the base is never shown by itself: it is where the next column leads to.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from lod.base import packaged as files
from lod.publish.query_catalogue import Requete, requetes
from lod.rdf.vocab import NAMESPACE
from lod.website.query_cache import Guichet

Genre = Literal["texte", "nombre", "jour"]
PORTEE = "ressource"  # of a query that reads only what `est_close` says


@dataclass(frozen=True, slots=True)
class Colonne:
    """A column: the variable, its heading, how its values are printed."""

    nom: str
    titre: str
    genre: Genre


@dataclass(frozen=True, slots=True)
class Case:
    """A value as the query gives it, and the IRI that it leads to, or ""."""

    valeur: str
    iri: str = ""


Ligne = dict[str, Case]  # name of a column → value


@dataclass(frozen=True, slots=True)
class Tableau:
    """What a query gives; `texte` is the query that was run, letter by letter."""

    requete: Requete
    texte: str
    colonnes: tuple[Colonne, ...]
    lignes: tuple[Ligne, ...]

    def nombres(self, nom: str) -> list[int]:
        """Return the values of a column of whole numbers, an absent one as 0."""
        return [int(ligne[nom].valeur or 0) for ligne in self.lignes]


def tableau(guichet: Guichet, nom: str, base: str, entite: str = "", clause: str = "") -> Tableau:
    """Return what a query of the site gives; about one resource, or of fewer questions."""
    requete = requetes()[nom]
    texte = demandee(restreinte(requete.texte, clause), entite)
    rows = guichet.rows(texte) if entite else guichet.toutes(texte)
    names = tuple(rows[0]) if rows else variables(texte)
    return Tableau(requete, texte, *mises(names, rows, base))


def demandee(texte: str, entite: str = "", clause: str = "") -> str:
    """Return a query about one resource, which takes the place of `?entite`, or with a clause more.

    >>> demandee("SELECT ?a WHERE {\\n  ?a ?b ?entite\\n}", "http://x/y")
    'SELECT ?a WHERE {\\n  ?a ?b <http://x/y>\\n}'
    """
    if clause:
        texte = texte.replace("WHERE {\n", f"WHERE {{\n  {clause}\n", 1)
    return re.sub(r"\?entite\b", f"<{entite}>", texte) if entite else texte


def restreinte(texte: str, clause: str) -> str:
    """Return a query of fewer questions: the clause stands where they are counted, innermost.

    >>> print(restreinte("SELECT ?n WHERE {\\n  ?a ?b ?n\\n}", "?a ?c ?d ."))
    SELECT ?n WHERE {
      ?a ?c ?d .
      ?a ?b ?n
    }
    """
    before, opened, counted = texte.rpartition(" WHERE {\n")
    indent = counted[: len(counted) - len(counted.lstrip(" "))]
    return f"{before}{opened}{indent}{clause}\n{counted}" if clause else texte


def variables(texte: str) -> tuple[str, ...]:
    """Return the columns of a SELECT, where no row tells them.

    >>> variables("SELECT DISTINCT ?a (COUNT(?b) AS ?n) WHERE { ?a ?c ?b }")
    ('a', 'n')
    """
    head = re.sub(r"\([^?]*\?.*?AS\s+(\?\w+)\)", r"\1", texte.partition("WHERE")[0])
    return tuple(re.findall(r"\?(\w+)", head.rpartition("SELECT")[2]))


def mises(
    names: tuple[str, ...], rows: list[dict[str, str]], base: str
) -> tuple[tuple[Colonne, ...], tuple[Ligne, ...]]:
    """Return columns and rows, each IRI below the base put behind the column that follows it."""
    liens = {name for name in names[:-1] if _leads(name, rows, base)}
    shown = [name for name in names if name not in liens]
    before = dict(zip(names[1:], names, strict=False))
    lignes = (
        {n: Case(row[n], row[before[n]] if before.get(n) in liens else "") for n in shown}
        for row in rows
    )
    return tuple(colonne(name) for name in shown), tuple(lignes)


def _leads(name: str, rows: list[dict[str, str]], base: str) -> bool:
    """Say whether a column has addresses of ours, and nothing else."""
    values = [row[name] for row in rows if row[name]]
    return all(value.startswith((base, NAMESPACE)) for value in values) and bool(values)


@cache
def titres() -> dict[str, Colonne]:
    """Return name → column of `site/colonnes.csv`."""
    with files.COLONNES.open(encoding="utf-8", newline="") as file:
        return {row["nom"]: Colonne(**row) for row in csv.DictReader(file)}  # type: ignore[arg-type]  # a test holds the kinds


def colonne(nom: str) -> Colonne:
    """Return the column of a variable; one that the table does not have is called by its name."""
    return titres().get(nom) or Colonne(nom, nom, "texte")


@cache
def est_close(genre: str) -> bool:
    """Say whether all tables about a kind of resource change only with it and its questions."""
    return all(requete.portee == PORTEE for requete in fiches(genre))


def fiches(genre: str) -> Iterator[Requete]:
    """Yield the queries whose tables stand on the page of a kind of resource, in their order."""
    found = (r for r in requetes().values() if genre in r.fiche)
    yield from sorted(found, key=lambda r: (r.rang, r.nom))
