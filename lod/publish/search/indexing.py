"""Questions → `recherche.db`, written question by question; the memory does not grow with them."""

import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from functools import cache
from pathlib import Path

from pyoxigraph import NamedNode

from lod.model.question import Question
from lod.pipeline.mapping.question_triples import nom
from lod.publish.search.parameters import STATUT, facettes
from lod.publish.search.words import WORD, Memoire, composed, lettres, mot
from lod.rdf import deadlines as delais
from lod.rdf.iris import Iris
from lod.rdf.ontology import ontology, types
from lod.rdf.vocab import SKOS_BROADER

FICHIER = "recherche.db"
VERSION = 1  # of the tables: a file of another one is not read
SCHEMA = Path(__file__).with_suffix(".sql")
ENTRE = "\x1e"  # between the texts of a question; no text holds it
LEVEL = 3  # of zlib: 9 takes four times as long for 5 % less
Nommer = Callable[[str], str]


def write_index(
    path: Path,
    questions: Iterable[Question],
    iris: Iris,
    nommer: Nommer,
    proprietes: dict[str, str],
) -> None:
    """Write the index of the questions; `nommer` says what an IRI is called."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(SCHEMA.read_text("utf-8"))
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("BEGIN")
        valeurs, memoire = Valeurs(connection, iris, nommer), Lexique(connection)
        connection.executemany("INSERT INTO propriete VALUES (?, ?)", sorted(proprietes.items()))
        for number, q in enumerate(questions, start=1):
            _add(connection, number, q, valeurs, memoire)
        connection.execute("INSERT INTO mots (mots) VALUES ('optimize')")
        connection.execute("COMMIT")
        connection.execute("ANALYZE")


def _add(
    connection: sqlite3.Connection, number: int, q: Question, valeurs: "Valeurs", memoire: Memoire
) -> None:
    """Write one question: what a hit shows, its texts, and the words that stand for them."""
    titre, question, *reponses = (composed(text) for text in textes(q))
    jour = q.parution.jour.isoformat() if q.parution else None
    row = (number, q.uid, titre, nom(q), jour, *valeurs.of(q))
    connection.execute(f"INSERT INTO question VALUES ({', '.join('?' * len(row))})", row)
    packed = zlib.compress(ENTRE.join([question, *reponses]).encode(), LEVEL)
    connection.execute("INSERT INTO texte VALUES (?, ?)", (number, packed))
    words = (memoire.mots(text) for text in (titre, question, "\n".join(reponses)))
    connection.execute(
        "INSERT INTO mots (rowid, titre, question, reponse) VALUES (?, ?, ?, ?)", (number, *words)
    )


def textes(q: Question) -> Iterator[str]:
    """Yield the title, the question and each answer; an empty one where there is none."""
    yield q.titre or ""
    yield q.texte or ""
    yield from (r.texte or "" for r in q.reponses)


class Lexique(Memoire):
    """The words of the corpus; each is written when it is first met, if its stem is shorter."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__()
        self._connection = connection

    def __missing__(self, piece: str) -> str:
        pairs = ((lettres(word), mot(word)) for word in WORD.findall(piece))
        longer = [(word, stem) for word, stem in pairs if not stem.startswith(word)]
        self._connection.executemany("INSERT OR IGNORE INTO lexique VALUES (?, ?)", longer)
        return super().__missing__(piece)


class Valeurs:
    """The values of the facets, each written when it is first met."""

    def __init__(self, connection: sqlite3.Connection, iris: Iris, nommer: Nommer) -> None:
        self._connection, self._iris, self._nommer = connection, iris, nommer
        self._ids: dict[tuple[str, str], int] = {}

    def of(self, q: Question) -> list[int | None]:
        """Return the value of each facet, in their order."""
        found = dict(valeurs_de(q, self._iris))
        return [self._id(nom, found[nom]) if nom in found else None for nom in facettes()]

    def _id(self, facette: str, iri: NamedNode) -> int:
        key = (facette, iri.value)
        if key not in self._ids:
            broader = plus_large().get(iri) if facette == "statut" else None
            large = self._id(facette, broader) if broader else None
            self._ids[key] = len(self._ids) + 1
            self._connection.execute(
                "INSERT INTO valeur VALUES (?, ?, ?, ?, ?, ?)",
                (self._ids[key], facette, self._cle(facette, iri), iri.value,
                 self._nommer(iri.value), large),
            )  # fmt: skip
        return self._ids[key]

    def _cle(self, facette: str, iri: NamedNode) -> str:
        """Return the code of a value: the end of its IRI, as an address writes it."""
        if facette == "type":
            return next(code for code, concept in types().items() if concept == iri)
        if facette == "statut":
            return iri.value.partition(STATUT)[2]
        return iri.value.removeprefix(self._iris.base).partition("/")[2]


def valeurs_de(q: Question, iris: Iris) -> Iterator[tuple[str, NamedNode]]:
    """Yield (facet, value) for each that a question has."""
    yield "type", types()[q.type]
    yield "legislature", iris.legislature(q.legislature)
    if state := delais.statut(q):
        yield "statut", state[0]
    if q.ministere_attributaire:
        yield "ministere", iris.ministere(q.ministere_attributaire)
    if q.rubrique:
        yield "rubrique", iris.rubrique(q.rubrique)
    if q.groupe:
        yield "groupe", iris.groupe(q, q.groupe)
    yield "auteur", iris.auteur(q)


@cache
def plus_large() -> dict[NamedNode, NamedNode]:
    """Return concept → the broader one, as the ontology has them."""
    return {
        t.subject: t.object
        for t in ontology()
        if t.predicate == SKOS_BROADER
        and isinstance(t.subject, NamedNode)
        and isinstance(t.object, NamedNode)
    }
