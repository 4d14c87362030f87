"""The tables say what the triples say, in every form, and others can read them."""

import gzip
import json
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyoxigraph import RdfFormat, parse

from lod.base import packaged
from lod.base.packing import sha256
from lod.base.tabular import rows as csv_rows
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.pipeline.report.build_report import BuildReport
from lod.publish.release import current, manifest
from lod.publish.tables import output
from lod.publish.tables.columns import (
    BETWEEN,
    Column,
    Graph,
    Row,
    Table,
    all_columns,
    cell,
    codes_of,
    tables,
)
from lod.publish.tables.descriptions import FILES
from lod.publish.tables.output import SqliteTables, write_csv, write_file
from lod.publish.tables.question_rows import OF_QUESTIONS
from lod.rdf.jsonld import compact, expand
from tests.support.comparing import FORMS, named_graphs_of, of_csv, of_sqlite, parquet_files
from tests.support.paths import BASE, site_files

ARROW_TYPES = {  # kind of column → what other programs read
    "nombre": pa.int32(), "decimal": pa.float64(), "booleen": pa.bool_(), "jour": pa.date32(),
}  # fmt: skip
OWN = {row["nom"] for row in csv_rows(packaged.TABLES)}  # tables of the core


def added_graphs(release: Path) -> set[str]:
    """Return the graphs that extensions add."""
    own = {row["nom"] for row in csv_rows(packaged.GRAPHS)}
    return named_graphs_of(current(release)).keys() - own


def folder_of(release: Path) -> Path:
    return current(release) / "dumps" / "tables"


@pytest.fixture(params=["sample", "vies", "mixture"], scope="session")
def published(request: pytest.FixtureRequest) -> Path:
    """A release: the sample, invented lives, or the sample with all cases."""
    found: Path | tuple[Path, BuildReport] = request.getfixturevalue(request.param)
    return found if isinstance(found, Path) else found[0]


def test_every_column_is_described() -> None:
    """It has a meaning, an example, a name in small letters, and a path that the ontology knows."""
    columns = [column for table in tables().values() for column in table.columns]
    assert len([column for column in columns if column.table in OWN]) == 110
    for column in columns:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", column.nom), column
        assert column.sens and column.titre and column.exemple, column
        assert bool(column.codes) == bool(column.liste), column
        steps = [step.lstrip("^") for step in column.terme.split("/") if ":" in step]
        assert all(expand(step) for step in steps)
        assert column.terme or (column.table, column.nom) == ("reponses", "rang")


def test_columns_of_queries_are_named_alike() -> None:
    names = [column.nom for column in all_columns()[""]]
    assert len(names) > 100 and len(names) == len(set(names))
    for path in site_files("", "colonnes.csv"):
        own = [row["nom"] for row in csv_rows(path) if not row["table"]]
        assert own == sorted(own), path
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in names)


def test_tables_refer_to_keys() -> None:
    """A key is made of columns; what a column refers to is the key of another table."""
    references = 0
    for table in tables().values():
        assert table.cle and set(table.cle) <= set(table.names)
        for column in table.columns:
            if column.renvoi:
                references += 1
                assert tables()[column.renvoi_table].cle == (column.renvoi_nom,)
    assert references == 10


def graph_of(release: Path) -> Graph:
    """Return what the Turtle dump of a release says."""
    names = ("questions", *added_graphs(release))
    dumps = (current(release) / f"dumps/{name}.ttl.gz" for name in names)
    text = b"".join(gzip.decompress(path.read_bytes()) for path in dumps)
    return Graph(quad.triple for quad in parse(text, format=RdfFormat.TURTLE))


@pytest.mark.parametrize("form", FORMS)
def test_each_form_says_what_the_turtle_says(published: Path, form: str) -> None:
    """Every row and value of every table is that of the triples, and nothing is missing."""
    graph, folder, seen = graph_of(published), folder_of(published), 0

    def row_of(table: Table, subject: str) -> Row:
        paths = ((c, graph.values(subject, c.terme) if c.terme else []) for c in table.columns)
        return tuple(cell(column, values, BASE) for column, values in paths)

    for table in tables().values():
        rows = FORMS[form](folder, table)
        found = [tuple(v.isoformat() if isinstance(v, date) else v for v in row) for row in rows]
        is_event = table.classe == "qp:Evenement"  # of which the subclasses are stated
        kinds = [compact(c.iri) for c in codes_of(table.classe)] if is_event else [table.classe]
        expected = [row_of(table, s) for kind in kinds for s in graph.of_class(kind)]
        if table.nom == "reponses":  # one row for each question that it serves, with its place
            expected = [(uid, *row[1:]) for row in expected for uid in row[0].split(BETWEEN)]
            found, places = [(row[0], None, *row[2:]) for row in found], {row[1] for row in found}
            assert places <= {1, 2, 3} and 1 in places
        assert sorted(found, key=repr) == sorted(expected, key=repr), table.nom
        seen += len(found)
    counted = manifest(current(published))
    assert seen > 2 * counted["published"] >= 90


def written(release: Path, folder: Path) -> dict[str, str]:
    """Write the tables of a release; return file → SHA-256."""
    folder.mkdir()
    answers = of_sqlite(folder_of(release), tables()["reponses"])
    shared = {f"{BASE}reponse/{row[2]}": list[tuple[str, str]]() for row in answers}
    graphs = [f"{name}.nt" for name in added_graphs(release)]
    output.write_tables(folder, PublishedQuestions(current(release)), BASE, shared, graphs)
    return {path.name: sha256(path) for path in folder.iterdir()}


def test_few_questions_are_in_memory(
    vies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However few are taken at once, all forms have the same rows."""
    monkeypatch.setattr(output, "TOGETHER", 3)
    monkeypatch.setattr(output, "GROUP", 3)
    written(vies, tmp_path / "few")
    groups = [
        pq.ParquetFile(path).metadata.num_row_groups
        for path in parquet_files(tmp_path / "few", tables()["questions"])
    ]
    assert max(groups) > 5
    for table in tables().values():
        for read in FORMS.values():
            assert read(tmp_path / "few", table) == read(folder_of(vies), table)


def test_parquet_is_typed(vies: Path) -> None:
    """Days are date32, whole numbers int32; who has written the file is told, and nothing else."""
    for table in tables().values():
        for path in parquet_files(folder_of(vies), table):
            schema = pq.read_schema(path)
            assert schema.names == list(table.names) and schema.metadata is None
            for column, kind in zip(table.columns, schema.types, strict=True):
                assert kind == ARROW_TYPES.get(column.genre, pa.string())
            about = pq.ParquetFile(path).metadata
            assert about.created_by.startswith("parquet-rs version ")
            assert about.metadata is None


def test_strange_values_survive(tmp_path: Path) -> None:
    """Formulas, quotes, lines, accents and absent values are read as they were written."""
    column = Column(nom="x", titre="X", genre="prose")
    table = Table("t", "T", "qp:Question", ("k",), "", (Column("k", "K", "nombre"), column))
    rows: list[Row] = [(1, '=1+1,"a"\r\nb\u2028'), (2, None), (3, "é\U0001f600")]
    with SqliteTables(tmp_path / "questions.sqlite", [table]) as sqlite:
        sqlite.write(table, rows)
        sqlite.write(table, [])
    write_csv(tmp_path / "t.csv.gz", table, rows)
    write_file(tmp_path / "t.parquet", table, iter(rows))
    for read in FORMS.values():
        assert read(tmp_path, table) == rows


def test_sqlite_finds_words_and_keeps_its_keys(vies: Path) -> None:
    """Case and accents do not matter; no row refers to one that is not there."""
    with closing(sqlite3.connect(folder_of(vies) / "questions.sqlite")) as disk:
        assert disk.execute("PRAGMA foreign_key_check").fetchall() == []
        assert disk.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        for name in ("questions", "reponses"):
            texts = disk.execute(
                f"SELECT rowid, texte FROM {name} WHERE texte LIKE '%é%'"
            ).fetchall()
            number, word = next(
                (n, found[0]) for n, text in texts if (found := re.findall(r"\b\w*é\w+\b", text))
            )
            search = f"SELECT rowid FROM {name}_recherche WHERE {name}_recherche MATCH ?"
            plain = word.upper().replace("É", "E")
            assert (number,) in disk.execute(search, (f'"{plain}"',)).fetchall()
            assert not disk.execute(search, ('"introuvable"',)).fetchall()


def test_datasette_serves_it(vies: Path) -> None:
    """It finds keys, links and the search by itself."""
    file = folder_of(vies) / "questions.sqlite"

    def ask(path: str) -> object:
        run = subprocess.run(
            [sys.executable, "-m", "datasette", "-i", file, "--get", path],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return json.loads(run.stdout)

    described = ask("/questions.json")
    assert isinstance(described, dict)
    by_name = {table["name"]: table for table in described["tables"]}
    assert by_name["questions"]["fts_table"] == "questions_recherche"
    assert by_name["questions"]["primary_keys"] == ["uid"]
    assert len(by_name["questions"]["foreign_keys"]["outgoing"]) == 5
    found = ask("/questions/questions.json?_shape=array&_search=introuvable")
    assert found == []


def test_frictionless_finds_no_fault(published: Path) -> None:
    """Every type, key and reference of the package holds, for the tool of its authors."""
    run = subprocess.run(
        [sys.executable, "-m", "frictionless", "validate", "datapackage.json", "--json"],
        cwd=folder_of(published), capture_output=True, text=True,
    )  # fmt: skip
    report = json.loads(run.stdout)
    assert report["valid"], run.stdout[:4000]
    assert [task["name"] for task in report["tasks"]] == list(tables())


def test_croissant_is_read_by_its_tool(vies: Path) -> None:
    """Without a warning; every record set has the rows of its table."""
    script = """
import json, pathlib
import mlcroissant
said = json.loads(pathlib.Path("croissant.json").read_text("utf-8"))
files = [one["@id"] for one in said["distribution"]]
dataset = mlcroissant.Dataset("croissant.json", mapping={name: name for name in files})
records = {one.id: sum(1 for _ in dataset.records(one.id)) for one in dataset.metadata.record_sets}
print(json.dumps([dataset.metadata.issues.report(), records]))
"""
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=folder_of(vies), capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    issues, records = json.loads(run.stdout)
    assert issues == ""
    assert records == {name: len(of_csv(folder_of(vies), t)) for name, t in tables().items()}


def test_descriptions_name_published_files(vies: Path) -> None:
    names = {path.name for path in folder_of(vies).iterdir()}
    pattern = r'"(?:path|url|contentUrl)": "(?:[^"]*/)?([\w-]+\.(?:csv|parquet|sqlite)[\w.]*)"'
    for description in FILES:
        named = re.findall(pattern, (folder_of(vies) / description).read_text("utf-8"))
        assert len(named) >= len(tables()) and set(named) <= names


def test_files_are_listed(vies: Path) -> None:
    """Parquet of questions for each legislature, and one file of each other table."""
    names = {path.name for path in folder_of(vies).iterdir()}
    for name in tables():
        assert f"{name}.csv.gz" in names
        assert (f"{name}.parquet" in names) == (name not in OF_QUESTIONS)
        assert (f"{name}-17.parquet" in names) == (name in OF_QUESTIONS)
    page = (current(vies) / "site/telechargements/index.html").read_text("utf-8")
    assert all(f'href="tables/{name}"' in page for name in names)
    assert (current(vies) / "site/telechargements/tables/questions.sqlite").is_file()
