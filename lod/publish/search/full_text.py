"""The questions that have the words of a request, by the tables of `indexing.sql`.

Every search goes through this module: page, API, tools of models, and the function of SPARQL.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from lod.base.durable import read_only
from lod.publish.search.parameters import parameters_for
from lod.publish.search.search_terms import SearchWords, search_words
from lod.publish.search.words import LAST
from lod.rdf.vocab import boolean

INDEX_FILE = "recherche.db"
VERSION = 7  # of the tables, and of those of `questions.db`: no other is read
WEIGHTS = (8.0, 1.0, 0.5, 4.0)  # for bm25, of a word in title, question, answers, facts
MMAP = 1 << 30  # bytes of the file that are mapped into memory, at most
MOST_STEMS = 50  # stems that a beginning of a word is completed to; there are seldom three
CONTAINS = "recherche#contient"  # below the base
REMEMBERED = 16  # searches whose results a process remembers
SparqlFunction = Callable[..., NamedNode | BlankNode | Literal | Triple | None]


def is_index(path: Path) -> bool:
    if not path.is_file():
        return False
    with closing(opened(path)) as connection:
        return bool(connection.execute("PRAGMA user_version").fetchone() == (VERSION,))


def opened(path: Path) -> sqlite3.Connection:
    """Open an index read-only; it must never be written again."""
    connection = sqlite3.connect(read_only(path), uri=True, check_same_thread=False)
    connection.execute(f"PRAGMA mmap_size = {MMAP}")
    return connection


def scores(connection: sqlite3.Connection, words: SearchWords, is_ranked: bool) -> dict[int, float]:
    """Return id of each question that has the words → its score, the least first; 0 if unranked."""
    expression, is_without = _expression(connection, words)
    if is_without:
        select = f"SELECT id, 0.0 FROM question WHERE id NOT IN ({_MATCHED})"
    else:
        score = f"bm25(mots, {', '.join(map(str, WEIGHTS))})" if is_ranked else "0.0"
        select = f"SELECT rowid, {score} FROM mots WHERE mots MATCH ?"
    return dict(connection.execute(select, (expression,)))


def uids(connection: sqlite3.Connection, words: SearchWords) -> list[str]:
    """Return the uids of the questions that have the words."""
    expression, is_without = _expression(connection, words)
    select = f"SELECT uid FROM question WHERE id {'NOT ' if is_without else ''}IN ({_MATCHED})"
    return [uid for (uid,) in connection.execute(select, (expression,))]


_MATCHED = "SELECT rowid FROM mots WHERE mots MATCH ?"


def _expression(connection: sqlite3.Connection, words: SearchWords) -> tuple[str, bool]:
    """Return the FTS5 expression, and whether it finds the unwanted questions instead of the
    wanted ones, as for a request that only excludes words.
    """
    wanted, excluded = words.expressions(
        lambda term: term.expression(_stems_beginning(connection, term.beginning))
    )
    if not wanted:
        return excluded, True
    return f"({wanted}) NOT ({excluded})" if excluded else wanted, False


def _stems_beginning(connection: sqlite3.Connection, beginning: str) -> list[str]:
    """Return the stems, of words that begin so, that do not begin so themselves."""
    if not beginning:
        return []
    select = (
        "SELECT DISTINCT racine FROM lexique WHERE mot >= :debut AND mot < :fin "
        "AND substr(racine, 1, length(:debut)) <> :debut ORDER BY racine LIMIT :most"
    )
    bounds = {"debut": beginning, "fin": beginning + LAST, "most": MOST_STEMS}
    return [stem for (stem,) in connection.execute(select, bounds)]


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
    def iris_with(q: str) -> frozenset[str]:
        words = search_words(q[:longest])
        hits = uids(connection, words) if words else ()
        return frozenset(f"{base}question/{uid}" for uid in hits)

    def says(*arguments: object) -> Literal | None:
        """Return true or false; None, an error of SPARQL, unless given an IRI and a literal."""
        if len(arguments) != 2:
            return None
        question, words = arguments
        if not (isinstance(question, NamedNode) and isinstance(words, Literal)):
            return None
        return boolean(question.value in iris_with(words.value))

    return says
