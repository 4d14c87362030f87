"""The search as a function of SPARQL, `<recherche#contient>(?question, "mots")`, for the process
that reads the store; its IRI stands below the base of the release, where the page explains it.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from lod.publish.search.corpus import expression, is_index, opened
from lod.publish.search.indexing import INDEX_FILE
from lod.publish.search.parameters import parameters_for
from lod.publish.search.search_request import terms_of
from lod.rdf.vocab import boolean

CONTAINS = "recherche#contient"  # below the base
REMEMBERED = 16  # searches of one process that are remembered
SELECT = (
    "SELECT question.uid FROM mots JOIN question ON question.id = mots.rowid WHERE mots MATCH ?"
)
SparqlFunction = Callable[..., NamedNode | BlankNode | Literal | Triple | None]


@contextmanager
def search_functions(release: Path) -> Iterator[dict[NamedNode, SparqlFunction]]:
    """Give the functions for `Store.query`; none if the release has no index.

    The file is open from then on: a process may give up the right to open files afterwards.
    """
    path = release / INDEX_FILE
    if not is_index(path):
        yield {}
        return
    with closing(opened(path)) as connection:
        [(base,)] = connection.execute("SELECT valeur FROM propriete WHERE nom = 'base'")
        yield {NamedNode(base + CONTAINS): contains_function(connection, base)}


def contains_function(connection: sqlite3.Connection, base: str) -> SparqlFunction:
    """Return the function that says whether a question has the words, as `/recherche` finds it."""
    longest = next(p.maximum for p in parameters_for("recherche") if p.nom == "q")

    @lru_cache(REMEMBERED)
    def found(q: str) -> frozenset[str]:
        asked = expression(connection, terms_of(q[:longest]))
        rows = connection.execute(SELECT, (asked,)) if asked else ()
        return frozenset(f"{base}question/{uid}" for (uid,) in rows)

    def says(*arguments: object) -> Literal | None:
        """Return a truth value; None, an error for SPARQL, for what is no question and no text."""
        if len(arguments) != 2:
            return None
        question, words = arguments
        if not (isinstance(question, NamedNode) and isinstance(words, Literal)):
            return None
        return boolean(question.value in found(words.value))

    return says
