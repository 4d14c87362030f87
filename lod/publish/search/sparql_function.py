"""The search as a SPARQL function: `<recherche#contient>(?question, "mots")` is true if a question
has the words. Its IRI is below the base of the release, where a page explains it.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from lod.publish.search.indexing import INDEX_FILE
from lod.publish.search.matching import uids
from lod.publish.search.parameters import parameters_for
from lod.publish.search.search_index import is_index, opened
from lod.publish.search.search_terms import search_words
from lod.rdf.vocab import boolean

CONTAINS = "recherche#contient"  # below the base
REMEMBERED = 16  # searches whose results a process remembers
SparqlFunction = Callable[..., NamedNode | BlankNode | Literal | Triple | None]


@contextmanager
def search_functions(release: Path) -> Iterator[dict[NamedNode, SparqlFunction]]:
    """Give IRI → function for `Store.query`; empty if the release has no index.

    The index is opened at once: a process may lose the right to open files afterwards.
    """
    path = release / INDEX_FILE
    if not is_index(path):
        yield {}
        return
    with closing(opened(path)) as connection:
        [(base,)] = connection.execute("SELECT valeur FROM propriete WHERE nom = 'base'")
        yield {NamedNode(base + CONTAINS): contains_function(connection, base)}


def contains_function(connection: sqlite3.Connection, base: str) -> SparqlFunction:
    """Return the SPARQL function; it finds the same questions as the search page."""
    longest = next(p.maximum for p in parameters_for("recherche") if p.nom == "q")

    @lru_cache(REMEMBERED)
    def found(q: str) -> frozenset[str]:
        words = search_words(q[:longest])
        return frozenset(
            f"{base}question/{uid}" for uid in (uids(connection, words) if words else ())
        )

    def says(*arguments: object) -> Literal | None:
        """Return true or false; None, an error of SPARQL, unless given an IRI and a literal."""
        if len(arguments) != 2:
            return None
        question, words = arguments
        if not (isinstance(question, NamedNode) and isinstance(words, Literal)):
            return None
        return boolean(question.value in found(words.value))

    return says
