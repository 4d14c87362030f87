"""The questions of each resource, from one pass over all of them: what `questions-liees.rq` gives.

They are on disk: the memory does not grow with the questions, and each process reads its own.
"""

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from lod.model.question import Question
from lod.rdf import deadlines
from lod.rdf.iris import Iris
from lod.website.question_lists import QuestionRow, question_row

SCHEMA = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
CREATE TABLE question (id INTEGER PRIMARY KEY, numero INTEGER, iri TEXT, titre TEXT,
  parution TEXT, statut TEXT, auteur TEXT, ministere TEXT, cle BLOB);
CREATE TABLE lien (entite TEXT, id INTEGER, PRIMARY KEY (entite, id)) WITHOUT ROWID;
BEGIN;
"""
SELECT_QUESTIONS = """
SELECT iri, titre, parution, statut, auteur, ministere, cle FROM lien JOIN question USING (id)
WHERE entite = ? ORDER BY parution DESC, numero DESC, iri
"""
Portefeuilles = Mapping[str, list[str]]  # ministry → what it is in charge of


class RelatedQuestions:
    """What is gathered while the questions pass by; the file is whole once all have."""

    def __init__(self, path: Path, base: str, portefeuilles: Portefeuilles) -> None:
        self._disk = sqlite3.connect(path, isolation_level=None)
        self._disk.executescript(SCHEMA)
        self._iris, self._portefeuilles, self._number = Iris(base), portefeuilles, 0
        self._counts: Counter[str] = Counter()

    def count_of(self, iri: str) -> int:
        """Return how many questions of a resource have passed."""
        return self._counts[iri]

    def close(self) -> None:
        """End the file: all questions have passed."""
        self._disk.execute("COMMIT")
        self._disk.close()

    def add(self, q: Question, key: str) -> None:
        """Lay down whose a question is, and the hash of what it was made of."""
        self._number += 1
        number = self._number
        statut, iris = deadlines.statut(q), self._iris
        parution = q.parution.jour.isoformat() if q.parution else ""
        in_charge = q.ministere_attributaire
        ministere = iris.ministere(in_charge).value if in_charge else ""
        stands = statut[0].value if statut else ""
        row = (
            number, q.numero, iris.question(q.uid).value, q.titre or "", parution, stands,
            iris.auteur(q).value, ministere, bytes.fromhex(key)[:16],
        )  # fmt: skip
        self._disk.execute("INSERT INTO question VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        whose = {*entities_of(q, iris), *self._portefeuilles.get(ministere, ())}
        self._counts.update(whose)
        self._disk.executemany("INSERT INTO lien VALUES (?, ?)", ((iri, number) for iri in whose))


def entities_of(q: Question, iris: Iris) -> Iterator[str]:
    """Yield the IRIs of what a question is about, some twice: who asks, from where, whom, what."""
    yield iris.auteur(q).value
    yield iris.legislature(q.legislature).value
    if q.groupe:
        yield iris.groupe(q, q.groupe).value
    if q.circonscription and q.circonscription.departement:
        yield iris.circonscription(q.circonscription).value
    if q.rubrique:
        yield iris.rubrique(q.rubrique).value
    if q.retrait and q.retrait.libelle:
        yield iris.motif(q.retrait.libelle).value
    for ministere in (q.ministere_interroge, q.ministere_attributaire, q.ministere_repondant):
        if ministere:
            yield iris.ministere(ministere).value


def opened(path: Path) -> sqlite3.Connection:
    """Open the file when all questions have passed."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)


def read_questions(disk: sqlite3.Connection, iri: str) -> tuple[list[QuestionRow], str]:
    """Return the questions of a resource, the newest first, and the hash of what these were made of
    and where they stand.
    """
    found, hashed = [], hashlib.sha256()
    for *row, key in disk.execute(SELECT_QUESTIONS, (iri,)):
        hashed.update(f"{row}".encode() + key)
        if row[3]:  # the query, too, gives those alone that stand somewhere
            found.append(question_row(row))
    return found, hashed.hexdigest()
