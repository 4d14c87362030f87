"""The output of `lod build` that writes the tables, in all their forms, and what describes them.

One file of SQLite has all tables with their keys, and full-text search in their long texts: for
table `x` it is the table `x_recherche` (FTS5), where case and accents do not matter. The same rows
give the same bytes with the same version of SQLite, which writes its number into the file. Rows of
questions that have not changed are copied from that of the release before.

The other forms are made from it. CSV stands in gzip: UTF-8, RFC 4180, a value as it is, an absent
one as an empty cell. A cell that begins with `=` stays as it is, as in the CSV of SPARQL: the
tables are data for programs. Parquet has typed columns, packed by Zstandard; the same rows give the
same bytes with the same version of arro3, whose engine names itself in the file.
"""

import csv
import hashlib
import io
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import AbstractContextManager, closing
from datetime import date
from functools import partial
from itertools import chain, groupby, islice
from pathlib import Path
from types import MappingProxyType

import orjson
from arro3.core import Array, DataType, Field, RecordBatch, RecordBatchReader, Schema
from arro3.io import write_parquet

from lod.base.durable import UNJOURNALED, read_only
from lod.base.packing import FILE_LEVEL, Member, MemberFile, keyed_member
from lod.base.settings import Settings
from lod.base.tabular import csv_line
from lod.pipeline.gather import LINKS
from lod.pipeline.questions.previous import ChangedQuestions
from lod.pipeline.questions.question_db import PublishedQuestions, QuestionHead
from lod.pipeline.settling.settle import MadeGraph
from lod.publish.downloads import TABLES, DownloadFile, download_file
from lod.publish.dumps import earlier_members, together
from lod.publish.publication import NamedList, Output, Task, Workshop
from lod.publish.release import is_whole
from lod.publish.tables.columns import Column, Graph, Row, Table, rows_of, tables
from lod.publish.tables.descriptions import write_descriptions
from lod.publish.tables.question_rows import NAMED, OF_QUESTIONS, QuestionRows
from lod.rdf.iris import Iris
from lod.rdf.serialize import triples
from lod.rdf.vocab import OWL

WORD = """CASE "{}" WHEN 1 THEN 'true' WHEN 0 THEN 'false' END"""  # of a truth value, in CSV
SEARCH_TABLE = "_recherche"  # after the name of a table
SQLITE_TYPES = {"nombre": "INTEGER", "decimal": "REAL", "booleen": "INTEGER"}  # all else is text
# bytes that wait in memory before they are written as one segment; the default makes hundreds
WAITING = 32 << 20
SQLITE = "questions.sqlite"
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
# the column that another day changes, of questions that wait
DATED = {"statut_au": "coalesce(nullif(question.jour, ''), known.statut_au)"}
COPY = """
INSERT INTO main."{0}" SELECT {1}
FROM data.question CROSS JOIN before."{0}" AS known USING (uid)
WHERE question.rang BETWEEN ? AND ? ORDER BY question.rang, known.rowid
"""
NAMES = 'SELECT DISTINCT "{0}_iri", "{0}_nom" FROM questions WHERE "{0}_iri" IS NOT NULL'
RENAMED = 'SELECT uid FROM questions WHERE "{0}_iri" IN (SELECT value FROM json_each(?))'
AMONG = "WHERE uid IN (SELECT value FROM json_each(?))"
WITHIN = "WHERE uid IN (SELECT uid FROM questions WHERE legislature = ?)"


class SqliteTables(AbstractContextManager["SqliteTables"]):
    """Writes the file, once: nothing in it is ever changed. `known` are the files that rows can be
    copied from: that of the release `before`, and `data`, which has the order of the questions.
    """

    def __init__(
        self, path: Path, tables: Iterable[Table], known: Mapping[str, Path] = MappingProxyType({})
    ) -> None:
        self._tables = tuple(tables)
        self._disk = sqlite3.connect(path.absolute().as_uri(), uri=True, isolation_level=None)
        self._disk.executescript(UNJOURNALED)
        for table in self._tables:
            self._disk.execute(create(table))
        for name, file in known.items():
            self._disk.execute(f"ATTACH ? AS {name}", (read_only(file),))
        self._disk.execute("BEGIN")

    def __exit__(self, kind: object, *exc: object) -> None:
        if kind is None:
            for table in self._tables:
                for statement in create_search(table):
                    self._disk.execute(statement)
            self._disk.execute("COMMIT")
        self._disk.close()

    def write(self, table: Table, rows: Iterable[Row]) -> None:
        marks = ", ".join("?" * len(table.columns))
        self._disk.executemany(f'INSERT INTO "{table.nom}" VALUES ({marks})', rows)

    def copy(self, table: Table, first: int, last: int) -> None:
        """Copy the rows of a table that are of questions of some ranks."""
        columns = ", ".join(DATED.get(name, f'known."{name}"') for name in table.names)
        self._disk.execute(COPY.format(table.nom, columns), (first, last))


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


def write_csv_tables(
    folder: Path, groups: Sequence[Sequence[QuestionHead]], before: Path | None,
    new: Set[str], dated: Set[str],
) -> None:  # fmt: skip
    """Write a file for each table; members of those of the release `before` are copied if none of
    their questions is `new`, or `dated` where the table has the day of the status.
    """
    members = [[head.uid for head in heads] for heads in groups]
    # keys are hashes of uids, not of the data, so that the same rows give the same bytes
    keyed = [(hashlib.sha256(" ".join(uids).encode()).digest(), uids) for uids in members]
    with closing(sqlite3.connect(read_only(folder / SQLITE), uri=True)) as disk:
        for table in tables().values():
            name, text = f"{table.nom}.csv.gz", _asked(table)
            earlier = earlier_members(before, f"{TABLES}/{name}")
            differing = new | dated if DATED.keys() & {*table.names} else new
            with MemberFile(folder / name, partial(csv_head, table), earlier) as file:
                if table.nom not in OF_QUESTIONS:
                    file.add_member(csv_member(b"", disk.execute(text.format(""))))
                    continue
                for key, uids in keyed:
                    make = partial(_member_of, disk, text.format(AMONG), key, uids)
                    file.add(key, make, is_new=not differing.isdisjoint(uids))


def _asked(table: Table) -> str:
    """Return a query for rows of a table, with truth values in words, and a place to say which."""
    columns = (WORD if column.genre == "booleen" else '"{}"' for column in table.columns)
    named = ", ".join(map(str.format, columns, table.names))
    return f'SELECT {named} FROM "{table.nom}" {{}} ORDER BY rowid'


def _member_of(disk: sqlite3.Connection, text: str, key: bytes, uids: Sequence[str]) -> Member:
    return csv_member(key, disk.execute(text, (orjson.dumps(uids).decode(),)))


def csv_head(table: Table, _: int = 0) -> bytes:
    return keyed_member(b"", 0, csv_line(table.names)).data


def csv_member(key: bytes, rows: Iterable[Row]) -> Member:
    """Return rows as a member of a CSV file; `key` is the hash of the uids of their questions."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return keyed_member(key, 0, text.getvalue().encode(), FILE_LEVEL)


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
    while group := list(islice(rows, GROUP)):
        columns = zip(table.columns, zip(*group, strict=True), strict=True)
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
        described = write_descriptions(self._folder, self._settings, self._data_until, files)
        self.files += [*files, *described]


def _write_tables(shop: Workshop, item: tuple[Path, list[str]]) -> None:
    (folder, graphs), site = item, shop.site
    folder.mkdir()

    def write(changed: ChangedQuestions | None) -> None:
        shared = site.references.shared_answers
        write_tables(folder, shop.questions, site.publication.base, shared, graphs, changed)

    shop.amend_or_write(folder / SQLITE, write)


def write_tables(
    folder: Path,
    questions: PublishedQuestions,
    base: str,
    shared_answers: Mapping[str, NamedList],
    graphs: Iterable[str],
    changed: ChangedQuestions | None = None,
) -> None:
    """Write all tables in all forms; few questions are in memory. `graphs` are the files of the
    release with graphs of extensions; with `changed`, rows are copied from the release before.
    Raises one of DAMAGED if that cannot be read.
    """
    beside = ((questions.release / name).read_bytes() for name in graphs)
    described = b"".join((questions.remainder(), _same_as(questions.release), *beside))
    graph = Graph(triples(described))
    maker, before, new = QuestionRows(Iris(base), graph.first, shared_answers), None, None
    known: dict[str, Path] = {}
    if changed and is_whole(changed.earlier.release, f"{TABLES}/{SQLITE}"):
        before = changed.earlier.release
        known = {"before": before / "dumps" / TABLES / SQLITE, "data": questions.path}
        new = _differing(known["before"], changed, maker, shared_answers)
    groups = [*together(questions)]
    with SqliteTables(folder / SQLITE, tables().values(), known) as sqlite:
        for table in tables().values():
            if table.nom not in OF_QUESTIONS:
                sqlite.write(table, rows_of(table, graph, base))
        for heads in groups:
            _write_group(sqlite, maker, questions, heads, new)
    write_csv_tables(folder, groups, before, new or set(), set(changed.redated if changed else ()))
    write_parquet_tables(folder, folder / SQLITE)


def _differing(
    before: Path, changed: ChangedQuestions, maker: QuestionRows, shared: Mapping[str, NamedList]
) -> set[str]:
    """Return the uids of the questions whose rows may differ from those of the file `before`: those
    that have changed, that share an answer with one of these, or that refer to a renamed resource.
    """
    uids = set(changed.here)
    for serving in shared.values():
        together = {iri.rpartition("/")[2] for iri, _ in serving}
        if not together.isdisjoint(changed.here):
            uids |= together
    with closing(sqlite3.connect(read_only(before), uri=True)) as disk:
        for column in NAMED:
            named = disk.execute(NAMES.format(column))
            renamed = [iri for iri, name in named if maker.name(column, iri) != name]
            rows = disk.execute(RENAMED.format(column), (orjson.dumps(renamed).decode(),))
            uids.update(uid for (uid,) in rows)
    return uids


def _write_group(
    sqlite: SqliteTables, maker: QuestionRows, questions: PublishedQuestions,
    heads: Sequence[QuestionHead], new: Set[str] | None,
) -> None:  # fmt: skip
    """Write the rows of some questions, table by table: the same order gives the same bytes."""
    uids = [head.uid for head in heads if new is None or head.uid in new]
    fresh = {stored.uid: maker.rows_of(stored.question) for stored in questions.of_uids(uids)}
    runs = [(is_new, [*run]) for is_new, run in groupby(heads, lambda head: head.uid in fresh)]
    for name in OF_QUESTIONS:
        for is_new, run in runs:
            if is_new:
                rows = chain.from_iterable(fresh[head.uid][name] for head in run)
                sqlite.write(tables()[name], rows)
            else:
                sqlite.copy(tables()[name], run[0].rank, run[-1].rank)


def _same_as(release: Path) -> bytes:
    """Return the links of a release that say that two things are the same, as N-Triples."""
    predicate = f" {OWL.sameAs} ".encode()
    with (release / LINKS).open("rb") as file:
        return b"".join(line for line in file if predicate in line)


def _described(path: Path) -> DownloadFile:
    """Return a file with what it holds: « Réponses de la 17e législature (Parquet) »."""
    stem, _, form = path.name.removesuffix(".gz").rpartition(".")
    name, _, legislature = stem.partition("-")
    titre = ALL if form == "sqlite" else tables()[name].titre
    pattern = OF_LEGISLATURE if legislature else "{} ({})"
    about = (titre, *filter(None, (legislature,)), FORMS[form])
    return download_file(path, f"{TABLES}/{path.name}", pattern, about=about)
