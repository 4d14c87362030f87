"""What a test compares as a whole: releases, dumps, outcomes, tables in each form."""

import csv
import gzip
import hashlib
import io
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from msgspec.structs import replace
from pyoxigraph import RdfFormat, Triple, parse

from lod.pipeline.questions.question_db import QUESTIONS_FILE, PublishedQuestions
from lod.publish.search.full_text import INDEX_FILE
from lod.publish.search.parameters import facet_columns
from lod.publish.tables.columns import Column, Row, Table
from lod.publish.void import StorePart, named_graphs
from tests.support.chantier import D


def named_graphs_of(release: Path) -> dict[str, StorePart]:
    """Return the named graphs that a release has: of some a build may be given nothing."""
    dumps, graphs = release / "dumps", named_graphs().items()
    return {name: g for name, g in graphs if all((dumps / f).is_file() for f in g.fichiers)}


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "store" not in path.parts
    }


def triples_of(path: Path) -> list[Triple]:
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    form = RdfFormat.N_TRIPLES if ".nt" in path.suffixes else RdfFormat.TURTLE
    return [quad.triple for quad in parse(data, format=form)]


def indexed(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return what an index says, table by table, without numbers of questions and values."""
    with closing(sqlite3.connect(path)) as disk:
        assert disk.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        disk.execute("INSERT INTO mots (mots) VALUES ('integrity-check')")
        disk.execute("CREATE VIRTUAL TABLE temp.occurrence USING fts5vocab(main, mots, instance)")
        ids = [number for (number,) in disk.execute("SELECT id FROM question ORDER BY id")]
        assert ids == [*range(1, len(ids) + 1)]
        names = [f"(SELECT iri FROM valeur WHERE id = question.{name})" for name in facet_columns()]
        of_question = "(SELECT uid FROM question WHERE id = {})"
        asked = {
            "question": "SELECT uid, titre, nom, jour, evenement, delai, "
            f"{', '.join(names)} FROM question",
            "texte": f"SELECT {of_question.format('texte.id')}, contenu FROM texte",
            "several": f"SELECT {of_question.format('question')}, iri "
            "FROM valeur_multiple JOIN valeur ON id = valeur",
            "valeur": "SELECT facette, cle, iri, nom, "
            "(SELECT iri FROM valeur AS wide WHERE wide.id = valeur.large) FROM valeur",
            "mots": f"SELECT term, {of_question.format('doc')}, col, offset FROM occurrence",
            **{name: f"SELECT * FROM {name}" for name in ("propriete", "chose", "forme")},
            "lexique": "SELECT * FROM lexique",
        }
        return {name: sorted(disk.execute(text), key=repr) for name, text in asked.items()}


def check(path: Path, outcome: str, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--accept"):
        path.write_text(outcome, "utf-8")
    assert outcome == path.read_text("utf-8")


def assert_same(one: Path, two: Path, *, is_later: bool = False) -> None:
    """Hold that two releases have the same bytes; if one is later, but for days of answers."""
    files = [digests(release) for release in (one, two)]
    for name in (INDEX_FILE, *([QUESTIONS_FILE] if is_later else [])):
        assert all(found.pop(name) for found in files)
    assert files[0] == files[1]
    assert questions_of(one) == questions_of(two)
    rows = [indexed(release / INDEX_FILE) for release in (one, two)]
    words = [set(found.pop("lexique")) for found in rows]  # of words that are gone some may be left
    assert rows[0] == rows[1] and (words[0] <= words[1] or words[1] <= words[0])


def questions_of(release: Path) -> list[tuple[object, ...]]:
    """Return what a release has of each question, without the day of one that does not wait."""
    return [
        (
            *(stored.rank, stored.uid, stored.key, stored.day, stored.stated_before),
            *(stored.summary, stored.texts),
            q if (q := stored.question).attend else replace(q, donnees_au=None),
        )
        for stored in PublishedQuestions(release).questions()
    ]


WORDS = {"true": True, "false": False}
READERS: dict[str, Callable[[str], Any]] = {
    "nombre": int, "decimal": float, "jour": D, "booleen": WORDS.__getitem__,
}  # fmt: skip


def of_sqlite(folder: Path, table: Table) -> list[Row]:
    with closing(sqlite3.connect(folder / "questions.sqlite")) as disk:
        found = disk.execute(f'SELECT * FROM "{table.nom}"').fetchall()
    return [tuple(map(_of_sqlite, table.columns, row)) for row in found]


def _of_sqlite(column: Column, value: Any) -> Any:
    if value is not None and column.genre in ("jour", "booleen"):
        return date.fromisoformat(value) if column.genre == "jour" else bool(value)
    return value


def of_csv(folder: Path, table: Table) -> list[Row]:
    text = gzip.decompress((folder / f"{table.nom}.csv.gz").read_bytes()).decode()
    header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert tuple(header) == table.names
    readers = [READERS.get(column.genre, str) for column in table.columns]
    return [
        tuple(read(cell) if cell else None for read, cell in zip(readers, row, strict=True))
        for row in rows
    ]


def of_parquet(folder: Path, table: Table) -> list[Row]:
    """Return the rows of all Parquet files of a table, that of the first legislature first."""
    found = sorted(parquet_files(folder, table), key=lambda path: (len(path.name), path.name))
    assert found
    return [tuple(row.values()) for path in found for row in pq.read_table(path).to_pylist()]


def parquet_files(folder: Path, table: Table) -> list[Path]:
    return [*folder.glob(f"{table.nom}-*.parquet"), *folder.glob(f"{table.nom}.parquet")]


FORMS = {"sqlite": of_sqlite, "csv": of_csv, "parquet": of_parquet}
