"""The output of `lod build` that writes the tables, in all their forms, and what describes them.

CSV stands in gzip: UTF-8, RFC 4180, a value as it is, an absent one as an empty cell. A cell that
begins with `=` stays as it is, as in the CSV of SPARQL: the tables are data for programs.

One file of SQLite has all tables with their keys, and full-text search in their long texts: for
table `x` it is the table `x_recherche` (FTS5), where case and accents do not matter. The same rows
give the same bytes with the same version of SQLite, which writes its number into the file.

Parquet is made from the file of SQLite: typed columns, packed by Zstandard. The same rows give the
same bytes with the same version of arro3, whose engine names itself in the file.
"""

import csv
import io
import sqlite3
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from datetime import date
from itertools import chain, islice
from pathlib import Path

from arro3.core import Array, DataType, Field, RecordBatch, RecordBatchReader, Schema
from arro3.io import write_parquet

from lod.base.durable import UNJOURNALED, read_only
from lod.base.packing import gzipped_member
from lod.base.parallel import batches
from lod.base.settings import Settings
from lod.base.tabular import csv_line
from lod.pipeline.gather import LINKS
from lod.pipeline.questions.question_db import PublishedQuestions, StoredQuestion
from lod.pipeline.settling.settle import MadeGraph
from lod.publish.downloads import TABLES, DownloadFile, download_file
from lod.publish.publication import Output, Task, Workshop
from lod.publish.tables.columns import Column, Graph, Row, Table, rows_of, tables
from lod.publish.tables.descriptions import TablesDescription, write_descriptions
from lod.publish.tables.question_rows import OF_QUESTIONS, QuestionRows
from lod.rdf.iris import Iris
from lod.rdf.serialize import triples
from lod.rdf.vocab import OWL

WORDS = {True: "true", False: "false", None: None}
SEARCH_TABLE = "_recherche"  # after the name of a table
SQLITE_TYPES = {"nombre": "INTEGER", "decimal": "REAL", "booleen": "INTEGER"}  # all else is text
# bytes that wait in memory before they are written as one segment; the default makes hundreds
WAITING = 32 << 20
SQLITE = "questions.sqlite"
QUESTIONS = 2048  # in memory at once, or fewer, so that together they have at most …
PACKED = 8 << 20  # … so many bytes as the memo packs them
OF_LEGISLATURE = "{} de la {}e législature ({})"  # title of a table, number, form
ALL = "Toutes les tables, avec leur recherche"
FORMS = {"parquet": "Parquet", "csv": "CSV, UTF-8", "sqlite": "SQLite"}
LEVEL = "zstd(3)"  # 9 takes four times as long for a twentieth less
GROUP = 2048  # rows of a row group, which are in memory together
PARQUET_TYPES = {  # kind of column → its type; any other is text
    "nombre": DataType.int32(),
    "decimal": DataType.float64(),
    "booleen": DataType.bool(),
    "jour": DataType.date32(),
}
LEGISLATURES = "SELECT DISTINCT legislature FROM questions ORDER BY legislature"
WITHIN = "WHERE uid IN (SELECT uid FROM questions WHERE legislature = ?)"


class CsvTables(AbstractContextManager["CsvTables"]):
    """Writes a file for each table; what is written at once is a member of its gzip file."""

    def __init__(self, folder: Path, tables: Iterable[Table]) -> None:
        self._opened = ExitStack()
        self._files = {
            table.nom: self._opened.enter_context((folder / f"{table.nom}.csv.gz").open("wb"))
            for table in tables
        }
        for table in tables:
            self._files[table.nom].write(gzipped_member(csv_line(table.names)))

    def __exit__(self, *exc: object) -> None:
        self._opened.close()

    def write(self, table: Table, rows: Sequence[Row]) -> None:
        buffer = io.StringIO(newline="")
        csv.writer(buffer).writerows(_worded(table, rows))
        self._files[table.nom].write(gzipped_member(buffer.getvalue().encode()))


def _worded(table: Table, rows: Iterable[Row]) -> Iterator[list[object]]:
    """Return rows with truth values as XML Schema writes them."""
    places = [n for n, column in enumerate(table.columns) if column.genre == "booleen"]
    for row in rows:
        said = list(row)
        for place in places:
            said[place] = WORDS[said[place]]
        yield said


class SqliteTables(AbstractContextManager["SqliteTables"]):
    """Writes the file, once: nothing in it is ever changed."""

    def __init__(self, path: Path, tables: Iterable[Table]) -> None:
        self._tables = tuple(tables)
        self._disk = sqlite3.connect(path, isolation_level=None)
        self._disk.executescript(UNJOURNALED)
        for table in self._tables:
            self._disk.execute(create(table))
        self._disk.execute("BEGIN")

    def __exit__(self, kind: object, *exc: object) -> None:
        if kind is None:
            for table in self._tables:
                for statement in create_search(table):
                    self._disk.execute(statement)
            self._disk.execute("COMMIT")
        self._disk.close()

    def write(self, table: Table, rows: Sequence[Row]) -> None:
        marks = ", ".join("?" * len(table.columns))
        self._disk.executemany(f'INSERT INTO "{table.nom}" VALUES ({marks})', rows)


def create(table: Table) -> str:
    columns = ", ".join(map(_declared, table.columns))
    return f'CREATE TABLE "{table.nom}" ({columns}, PRIMARY KEY ({", ".join(table.cle)}))'


def _declared(column: Column) -> str:
    target = f'"{column.renvoi_table}" ("{column.renvoi_nom}")'
    reference = f" REFERENCES {target}" if column.renvoi else ""
    return f'"{column.nom}" {SQLITE_TYPES.get(column.genre, "TEXT")}{reference}'


def create_search(table: Table) -> Iterator[str]:
    """Yield the statements that make the search of a table, if it has long texts."""
    texts = [column.nom for column in table.columns if column.genre == "prose"]
    if texts:
        search, names = f'"{table.nom}{SEARCH_TABLE}"', ", ".join(texts)
        tokenizer = "tokenize='unicode61 remove_diacritics 2'"
        options = f'{names}, content="{table.nom}", {tokenizer}'  # as Datasette looks for it
        yield f"CREATE VIRTUAL TABLE {search} USING fts5 ({options})"
        yield f"INSERT INTO {search} ({search}, rank) VALUES ('hashsize', {WAITING})"
        yield f'INSERT INTO {search} (rowid, {names}) SELECT rowid, {names} FROM "{table.nom}"'


def write_parquet_tables(folder: Path, source: Path) -> None:
    """Write a file for each table; for the tables of questions, one for each legislature."""
    with closing(sqlite3.connect(read_only(source), uri=True)) as disk:
        numbers = [number for (number,) in disk.execute(LEGISLATURES)]
        for table in tables().values():
            text = f'SELECT * FROM "{table.nom}" {{}} ORDER BY rowid'
            if table.nom not in OF_QUESTIONS:
                write_file(folder / f"{table.nom}.parquet", table, disk.execute(text.format("")))
                continue
            for number in numbers:
                rows = disk.execute(text.format(WITHIN), (number,))
                write_file(folder / f"{table.nom}-{number}.parquet", table, rows)


def write_file(path: Path, table: Table, rows: Iterator[Sequence[object]]) -> None:
    """Write one file; long texts have no dictionary."""
    schema = Schema([Field(column.nom, type_of(column)) for column in table.columns])
    write_parquet(
        RecordBatchReader.from_batches(schema, _batches(schema, table, rows)),
        path,
        compression=LEVEL,
        column_dictionary_enabled={c.nom: False for c in table.columns if c.genre == "prose"},
        max_row_group_size=GROUP,
        skip_arrow_metadata=True,  # it would repeat the types in a form of Arrow
    )


def _batches(
    schema: Schema, table: Table, rows: Iterator[Sequence[object]]
) -> Iterator[RecordBatch]:
    while some := list(islice(rows, GROUP)):
        columns = zip(table.columns, zip(*some, strict=True), strict=True)
        arrays = [_array(column, values) for column, values in columns]
        yield RecordBatch.from_arrays(arrays, schema=schema)


def type_of(column: Column) -> DataType:
    return PARQUET_TYPES.get(column.genre, DataType.string())


def _array(column: Column, values: Sequence[object]) -> Array:
    if column.genre == "jour":
        return Array(values, DataType.string()).cast(DataType.date32())
    if column.genre == "booleen":  # SQLite has 0 and 1
        values = [None if value is None else bool(value) for value in values]
    return Array(values, type_of(column))


class Tables(Output):
    """The tables: a Parquet file a legislature, a CSV file a table, one file of SQLite."""

    name = "tables"

    def __init__(
        self, dumps: Path, settings: Settings, data_until: date, graphs: Iterable[MadeGraph]
    ) -> None:
        self._folder, self._settings, self._data_until = dumps / TABLES, settings, data_until
        self._graphs = [graph.file for graph in graphs]
        self.files: list[DownloadFile] = []

    def setup(self) -> Iterable[Task]:
        """Write them all in one task, which makes each row once."""
        yield _write_tables, (self._folder, self._graphs)

    def close(self) -> None:
        """Write the descriptions of the files."""
        files = [_described(path) for path in sorted(self._folder.iterdir())]
        told = TablesDescription(self._settings, self._data_until, files)
        self.files += [*files, *write_descriptions(self._folder, told)]


def _write_tables(shop: Workshop, given: tuple[Path, list[str]]) -> None:
    (folder, graphs), site = given, shop.site
    folder.mkdir()
    shared = site.references.shared_answers
    write_tables(folder, shop.questions, site.publication.base, shared, graphs)


def write_tables(
    folder: Path,
    questions: PublishedQuestions,
    base: str,
    shared_answers: Container[str],
    graphs: Iterable[str],
) -> None:
    """Write all tables in all forms; few questions are in memory. `graphs` are the files of the
    release with graphs of extensions.
    """
    beside = ((questions.release / name).read_bytes() for name in graphs)
    said = b"".join((questions.remainder(), _same_as(questions.release), *beside))
    graph = Graph(triples(said))
    maker = QuestionRows(Iris(base), graph.first, shared_answers)
    described = (table for table in tables().values() if table.nom not in OF_QUESTIONS)
    with (
        CsvTables(folder, tables().values()) as csv,
        SqliteTables(folder / SQLITE, tables().values()) as sqlite,
    ):
        of_things = ((table, list(rows_of(table, graph, base))) for table in described)
        for table, rows in chain(of_things, _batches_of_rows(maker, questions.questions())):
            csv.write(table, rows)
            sqlite.write(table, rows)
    write_parquet_tables(folder, folder / SQLITE)


def _batches_of_rows(
    maker: QuestionRows, questions: Iterable[StoredQuestion]
) -> Iterator[tuple[Table, list[Row]]]:
    for some in batches(questions, QUESTIONS, lambda stored: len(stored.packed[1]), PACKED):
        by_table: dict[str, list[Row]] = {name: [] for name in OF_QUESTIONS}
        for stored in some:
            for name, rows in maker.rows_of(stored.question).items():
                by_table[name] += rows
        yield from ((tables()[name], rows) for name, rows in by_table.items())


def _same_as(release: Path) -> bytes:
    """Return the links of a release that say that two things are the same, as N-Triples."""
    told = f" {OWL.sameAs} ".encode()
    with (release / LINKS).open("rb") as file:
        return b"".join(line for line in file if told in line)


def _described(path: Path) -> DownloadFile:
    """Return a file with what it holds: « Réponses de la 17e législature (Parquet) »."""
    stem, _, form = path.name.removesuffix(".gz").rpartition(".")
    name, _, legislature = stem.partition("-")
    titre = ALL if form == "sqlite" else tables()[name].titre
    pattern = OF_LEGISLATURE if legislature else "{} ({})"
    about = (titre, *filter(None, (legislature,)), FORMS[form])
    return download_file(path, f"{TABLES}/{path.name}", pattern, about=about)
