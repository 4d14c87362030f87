"""The questions of each resource, gathered in one pass over all questions into a SQLite file.

They are the rows that `questions-liees.rq` gives. On disk, they do not use memory, and each process
reads those of its own resources.
"""

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from lod.model.question import Question
from lod.pipeline.mapping.subjects import subjects
from lod.rdf import deadlines
from lod.rdf.iris import Iris
from lod.rdf.vocab import ORG_CLASSIFICATION, QP
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
# roles that the query does not follow from a question: ministries of former attributions, and
# portfolios, which it finds by the ministry in charge
UNLISTED = (QP.ministere, ORG_CLASSIFICATION)
Portefeuilles = Mapping[str, list[str]]  # IRI of a ministry → those of its portfolios


class RelatedQuestions:
    """The file while it is written; it can be read after `close`."""

    def __init__(self, path: Path, base: str, portefeuilles: Portefeuilles) -> None:
        self._disk = sqlite3.connect(path, isolation_level=None)
        self._disk.executescript(SCHEMA)
        self._iris, self._portefeuilles = Iris(base), portefeuilles
        self._added = 0  # questions
        self._counts: Counter[str] = Counter()  # IRI of a resource → its questions

    def count_of(self, iri: str) -> int:
        """Return how many of the questions added so far are those of a resource."""
        return self._counts[iri]

    def close(self) -> None:
        """Commit the file after the last question."""
        self._disk.execute("COMMIT")
        self._disk.close()

    def add(self, q: Question, key: str) -> None:
        """Add a question to the resources that it is about; `key` is the hash of its sources."""
        self._added += 1
        statut, iris = deadlines.statut(q), self._iris
        in_charge, auteur = q.ministere_attributaire, iris.auteur(q)
        ministere = iris.ministere(in_charge).value if in_charge else ""
        row = (
            self._added,
            q.numero,
            iris.question(q.uid).value,
            q.titre or "",
            q.parution.jour.isoformat() if q.parution else "",
            statut[0].value if statut else "",
            auteur.value if auteur else "",
            ministere,
            bytes.fromhex(key)[:16],
        )
        self._disk.execute("INSERT INTO question VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        about = {iri.value for role, iri in subjects(q, iris) if role not in UNLISTED}
        about.update(self._portefeuilles.get(ministere, ()))
        self._counts.update(about)
        links = ((iri, self._added) for iri in about)
        self._disk.executemany("INSERT INTO lien VALUES (?, ?)", links)


def opened(path: Path) -> sqlite3.Connection:
    """Open a file that is closed for writing."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)


def read_questions(disk: sqlite3.Connection, iri: str) -> tuple[list[QuestionRow], str]:
    """Return the questions of a resource, the newest first, and the hash of these and their keys.

    A question without a status is only part of the hash, as the query does not give it either.
    """
    found, hashed = [], hashlib.sha256()
    for *row, key in disk.execute(SELECT_QUESTIONS, (iri,)):
        hashed.update(f"{row}".encode() + key)
        if row[3]:
            found.append(question_row(row))
    return found, hashed.hexdigest()
