"""The output of `lod build` that writes the tables, in all their forms, and what describes them."""

from collections.abc import Container, Iterable, Iterator
from datetime import date
from pathlib import Path

from lod.base.parallel import batches
from lod.base.settings import Settings
from lod.pipeline.gather import LINKS
from lod.pipeline.made_graph import MadeGraph
from lod.pipeline.question_db import PublishedQuestions, StoredQuestion
from lod.publish.downloads import TABLES, DownloadFile, download_file
from lod.publish.output import Output, Task, Workshop
from lod.publish.tables.columns import Row, Table, tables
from lod.publish.tables.csv_tables import CsvTables
from lod.publish.tables.descriptions import TablesDescription, write_descriptions
from lod.publish.tables.paths import Graph, rows_of
from lod.publish.tables.question_rows import OF_QUESTIONS, QuestionRows
from lod.publish.tables.sqlite_tables import SqliteTables
from lod.rdf.iris import Iris
from lod.rdf.serialize import triples
from lod.rdf.vocab import OWL_SAME_AS

SQLITE = "questions.sqlite"
QUESTIONS = 2048  # in memory at once, or fewer, so that together they have at most …
PACKED = 8 << 20  # … so many bytes as the memo packs them
OF_LEGISLATURE = "{} de la {}e législature ({})"  # title of a table, number, form
ALL = "Toutes les tables, avec leur recherche"
FORMS = {"parquet": "Parquet", "csv": "CSV, UTF-8", "sqlite": "SQLite"}


class Tables(Output):
    """The tables: a Parquet file a legislature, a CSV file a table, one file of SQLite."""

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
        found = [_described(path) for path in sorted(self._folder.iterdir())]
        told = TablesDescription(self._settings, self._data_until, found)
        self.files += [*found, *write_descriptions(self._folder, told)]


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
    # it takes a third of a second to load, and one process of all needs it
    from lod.publish.tables.parquet_tables import ParquetTables

    beside = ((questions.release / name).read_bytes() for name in graphs)
    said = b"".join((questions.remainder(), _same_as(questions.release), *beside))
    graph = Graph(triples(said))
    maker = QuestionRows(Iris(base), graph.first, shared_answers)
    described = [table for table in tables().values() if table.nom not in OF_QUESTIONS]
    asked = [tables()[name] for name in OF_QUESTIONS]
    with (
        CsvTables(folder, tables().values()) as csv,
        SqliteTables(folder / SQLITE, tables().values()) as sqlite,
    ):
        with ParquetTables(folder, described) as parquet:
            for table in described:
                rows = list(rows_of(table, graph, base))
                for writer in (csv, sqlite, parquet):
                    writer.write(table, rows)
        for legislature, some in questions.by_legislature():
            with ParquetTables(folder, asked, f"-{legislature}") as parquet:
                for table, rows in _batches_of_rows(maker, some):
                    for writer in (csv, sqlite, parquet):
                        writer.write(table, rows)


def _batches_of_rows(
    maker: QuestionRows, questions: Iterable[StoredQuestion]
) -> Iterator[tuple[Table, list[Row]]]:
    """Yield rows of each table, of some questions at once."""
    for some in batches(questions, QUESTIONS, lambda stored: len(stored.packed[1]), PACKED):
        found: dict[str, list[Row]] = {name: [] for name in OF_QUESTIONS}
        for stored in some:
            for name, rows in maker.rows_of(stored.question).items():
                found[name] += rows
        yield from ((tables()[name], rows) for name, rows in found.items())


def _same_as(release: Path) -> bytes:
    """Return the links of a release that say that two things are the same, as N-Triples."""
    told = f" {OWL_SAME_AS} ".encode()
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
