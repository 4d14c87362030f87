"""The files to download: dumps and descriptions, how many triples each has, sums that are true."""

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from pyoxigraph import RdfFormat, Store, parse

from lod.base import compression, packaged
from lod.base.compression import count_lines
from lod.base.errors import LodError
from lod.base.parallel import batches
from lod.pipeline.build_plan import BuildPlan
from lod.pipeline.build_report import BuildReport
from lod.pipeline.gather import FACTS, LINKS
from lod.pipeline.question_db import PublishedQuestions
from lod.publish.dataset_descriptions import first_day
from lod.publish.fill_store import StoreOutput
from lod.publish.output import Output, Task, Workshop
from lod.rdf import serialize
from lod.rdf.templates import describe

TABLES = "tables"  # their folder in the dumps
MEMBER = 64  # questions in a member of a gzip file


@dataclass(frozen=True, slots=True)
class DownloadFile:
    """A file to download: name, what it holds, triples (None: it is no RDF), bytes, SHA-256."""

    name: str
    content: str
    triples: int | None
    size: int
    sha256: str

    @property
    def is_table(self) -> bool:
        """Whether it stands with the tables."""
        return self.name.startswith(f"{TABLES}/")


CONTENTS = {
    "questions.ttl.gz": "Questions, réponses, députés, ministères, rubriques (Turtle)",
    "questions.nt.gz": "Les mêmes triplets, un par ligne (N-Triples)",
    "statistiques.csv": "Questions comptées par ministère, groupe, député…, et leurs délais (CSV)",
    "links.ttl.gz": "Liens vers Wikidata et d’autres registres, avec leurs preuves (Turtle)",
    "faits-wikidata.ttl.gz": "Ce que Wikidata dit des députés liés (Turtle)",
    "historique.nt.gz": "Quelle question a changé dans quelle version, et comment (N-Triples)",
    "ontology.ttl": "L’ontologie qp (Turtle)",
    "alignements.ttl": "Ses termes dans les vocabulaires d’autrui (Turtle)",
    "shapes.ttl": "Les formes SHACL (Turtle)",
    "exemples.ttl": "Les requêtes de la page d’exemples (Turtle)",
    "void.ttl": "Description VoID du jeu de données (Turtle)",
    "service.ttl": "Description du service SPARQL (Turtle)",
}


class Dumps(Output):
    """Questions, links, ontology, alignments and shapes as files to download."""

    def setup(self) -> Iterable[Task]:
        """Write them all in one task: questions, links and facts are on the disk already."""
        yield _write_dumps, None


def _write_dumps(shop: Workshop, _: None) -> None:
    work, dumps = shop.questions.release, shop.questions.release / "dumps"
    write_questions(dumps, shop.questions)
    for nt, name in ((work / LINKS, "links"), (work / FACTS, "faits-wikidata")):
        with compression.gzipped(dumps / f"{name}.ttl.gz") as file:
            serialize.write_turtle(nt, file)
    shutil.copyfile(packaged.ONTOLOGY, dumps / "ontology.ttl")
    shutil.copyfile(packaged.ALIGNMENTS, dumps / "alignements.ttl")
    shapes = chain.from_iterable(map(serialize.read_turtle, packaged.shapes()))
    (dumps / "shapes.ttl").write_bytes(serialize.turtle(serialize.ntriples(shapes)))


def write_questions(dumps: Path, questions: PublishedQuestions) -> None:
    """Write what is published of questions, and of what they refer to.

    Some questions together are a member of the gzip files.
    """
    rest = questions.remainder()
    with (
        (dumps / "questions.nt.gz").open("wb") as nt,
        (dumps / "questions.ttl.gz").open("wb") as ttl,
    ):
        ttl.write(compression.gzipped_member(serialize.turtle_head()))
        for some in batches(questions.questions(), MEMBER):
            documents = [document for stored in some for document in stored.stated]
            nt.write(compression.gzipped_member(b"".join(d.nt for d in documents)))
            ttl.write(compression.gzipped_member(b"".join(d.turtle for d in documents)))
        nt.write(compression.gzipped_member(rest))
        ttl.write(compression.gzipped_member(serialize.turtle_piece(serialize.triples(rest))))


def count_triples(work: Path, questions: int, store: Store) -> dict[str, int]:
    """Return the triples of each file and of the store; raise LodError unless they add up."""
    described = ("exemples", "void", "service")
    counts = {"questions": questions, "links": count_lines(work / LINKS)}
    counts["faits-wikidata"] = count_lines(work / FACTS)
    counts["historique"] = count_lines(work / "historique.nt")
    for name in ("ontology", "alignements", "shapes", *described):
        path = work / "dumps" / f"{name}.ttl"
        counts[name] = sum(1 for _ in parse(path=str(path), format=RdfFormat.TURTLE))
    counts["store"] = len(store)
    loaded = ("questions", "links", "faits-wikidata", "historique", "ontology", *described)
    expected = sum(counts[name] for name in loaded)
    if counts["store"] != expected:
        raise LodError(
            f"the store has {counts['store']} triples, the files that went into it {expected}; "
            "this is a fault of the program, please report it"
        )
    return counts


class Downloads(Output):
    """What describes the dumps: counts, sums, DCAT; and the dumps where the site has them."""

    stage = "single pages, descriptions"

    def __init__(
        self,
        plan: BuildPlan,
        report: BuildReport,
        store: StoreOutput,
        tables: Iterable[DownloadFile],
        version: str,
    ) -> None:
        self.settings, self.version, self._tables = plan.settings, version, tables
        self._work, self._report, self._store = plan.work, report, store
        self.counts: dict[str, int] = {}  # file, by the beginning of its name → triples
        self.files: list[DownloadFile] = []

    def close(self) -> None:
        """Write dcat.ttl and SHA256SUMS, and link all to the site; raise LodError if the triples of
        files and store do not add up.
        """
        store, report, dumps = self._store.store, self._report, self._work / "dumps"
        self.counts = count_triples(self._work, report.triples, store)
        self.files = [self._file(name, content) for name, content in CONTENTS.items()]
        self.files += self._tables
        dated = {"donnees_au": report.data_until, "debut": first_day(store)}
        told = dated | {"version": self.version, "fichiers": self.files}
        text = describe("dcat.ttl", self.settings, **told)
        (dumps / "dcat.ttl").write_bytes(text)
        self.counts["dcat"] = sum(1 for _ in parse(text, format=RdfFormat.TURTLE))
        self.files.append(self._file("dcat.ttl", "Description DCAT, pour les catalogues (Turtle)"))
        sums = "".join(f"{f.sha256}  {f.name}\n" for f in self.files)
        (dumps / "SHA256SUMS").write_text(sums, "utf-8")
        public = self._work / "site" / "telechargements"
        for name in (*(f.name for f in self.files), "SHA256SUMS"):
            (public / name).parent.mkdir(parents=True, exist_ok=True)
            os.link(dumps / name, public / name)

    def _file(self, name: str, content: str) -> DownloadFile:
        triples = None if name.endswith(".csv") else self.counts[name.partition(".")[0]]
        return download_file(self._work / "dumps" / name, name, content, triples)


def download_file(path: Path, name: str, content: str, triples: int | None = None) -> DownloadFile:
    """Return a file that is written, with its size and its sum; `name` is below the dumps."""
    return DownloadFile(name, content, triples, path.stat().st_size, compression.sha256(path))
