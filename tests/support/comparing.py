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


def check(path: Path, outcome: str, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--accept"):
        path.write_text(outcome, "utf-8")
    assert outcome == path.read_text("utf-8")


def assert_same(one: Path, two: Path, *, is_later: bool = False) -> None:
    """Hold that two releases have the same bytes; if one is later, but for days of answers."""
    files = [digests(release) for release in (one, two)]
    if is_later:
        assert all(found.pop(QUESTIONS_FILE) for found in files)
    assert files[0] == files[1]
    assert questions_of(one) == questions_of(two)


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
