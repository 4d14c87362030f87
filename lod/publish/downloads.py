"""The files to download: what each holds, how many triples it has, its size and checksum."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Store

from lod.base import packing
from lod.base.errors import LodError
from lod.base.packing import count_lines
from lod.base.words import english
from lod.pipeline.gather import FACTS, LINKS, Gathered
from lod.pipeline.settling.settle import BuildPlan, MadeGraph
from lod.publish.dumps import TURTLE, DumpHead, legislature_dump, stated_triples, write_quads
from lod.publish.fill_store import DESCRIPTIONS_NT, ONTOLOGY_NT, StoreOutput
from lod.publish.publication import Output
from lod.publish.reference_tables import write_reference_tables
from lod.publish.void import first_day
from lod.rdf.serialize import read_turtle
from lod.rdf.templates import describe

TABLES = "tables"  # their folder in the dumps
REFERENCE_TABLES = "referentiel.zip"
QLEVERFILE = "Qleverfile"  # what the command `qlever` reads, beside the dump
RDF_ENDS = (".ttl", ".ttl.gz", ".nt.gz", ".nq.gz")


@dataclass(frozen=True, slots=True)
class DownloadFile:
    name: str
    pattern: str  # what it holds, with places for `about`
    triples: int | None  # None: it is no RDF
    size: int  # bytes
    sha256: str
    about: tuple[str, ...] = ()  # what fills these places: names, a legislature, a form

    @property
    def content(self) -> str:
        return self.pattern.format(*self.about)

    @property
    def content_en(self) -> str:
        return english(self.pattern).format(*map(english, self.about))

    @property
    def is_table(self) -> bool:
        return self.name.startswith(f"{TABLES}/")


CONTENTS = {
    "questions.ttl.gz": "Questions, réponses, tout ce qu’elles désignent, liens (Turtle)",
    "questions.nt.gz": "Les mêmes triplets, un par ligne (N-Triples)",
    "tout.nq.gz": "Les mêmes, ce qui les décrit, et chaque graphe nommé (N-Quads)",
    "statistiques.csv": "Questions comptées par ministère, groupe, député…, et leurs délais (CSV)",
    "links.ttl.gz": "Liens vers Wikidata et d’autres registres, avec leurs preuves (Turtle)",
    "faits-wikidata.ttl.gz": "Ce que Wikidata dit des députés liés (Turtle)",
    "changements.jsonl.gz": "Quelle question a changé dans quelle version, et comment (JSON)",
    "eli-dl.nt.gz": "Les questions dans les termes européens, ELI et ELI-DL (N-Triples)",
    "schema-org.nt.gz": "Les questions, sans leurs textes, dans ceux de schema.org (N-Triples)",
    "ontology.ttl": "L’ontologie qp (Turtle)",
    "alignements.ttl": "Ses équivalents dans d’autres vocabulaires (Turtle)",
    "shapes.ttl": "Les règles de validation, en SHACL (Turtle)",
    "controles.ttl": "Les règles qui comparent les données entre elles, en SHACL-SPARQL (Turtle)",
    "exemples.ttl": "Les requêtes de la page d’exemples (Turtle)",
    "void.ttl": "Description VoID du jeu de données (Turtle)",
    "service.ttl": "Description du service SPARQL (Turtle)",
}
FOR_QLEVER = "Configuration pour charger tout.nq.gz dans QLever"
FOR_ALL = "Les tables de référence : ministères, ministres, rubriques, communes (CSV)"
DCAT = "Description DCAT, pour les catalogues (Turtle)"
LEGISLATURE = "Questions de la {}e législature, et ce qu’elles désignent (Turtle)"


def count_triples(
    work: Path, questions: int, store: Store, graphs: Iterable[MadeGraph]
) -> dict[str, int]:
    """Return the triples of each file and of the store; raise LodError unless they add up."""
    links = count_lines(work / LINKS)
    counts = {"questions": questions + links, "links": links}
    counts["faits-wikidata"] = count_lines(work / FACTS)
    graph_counts = {graph.name: count_lines(work / graph.file) for graph in graphs}
    counts |= graph_counts
    for name in ("ontology", "alignements", "shapes", "controles", "exemples", "void", "service"):
        counts[name] = len(read_turtle(work / "dumps" / f"{name}.ttl"))
    counts["descriptions"] = count_lines(work / DESCRIPTIONS_NT)
    counts["store"] = len(store)
    loaded = ("questions", "descriptions", "faits-wikidata", "alignements", *graph_counts)
    expected = sum(counts[name] for name in loaded) + count_lines(work / ONTOLOGY_NT)
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
        gathered: Gathered,
        store: StoreOutput,
        tables: Iterable[DownloadFile],
        head: DumpHead,
        version: str,
    ) -> None:
        self.settings, self.version = plan.settings, version
        self._tables, self._head = tables, head
        self._work, self._gathered, self._store = plan.work, gathered, store
        self.counts: dict[str, int] = {}  # file, by the beginning of its name → triples
        self.files: list[DownloadFile] = []

    def close(self) -> None:
        """Write dcat.ttl and SHA256SUMS, and link all to the site; raise LodError if the triples of
        files and store do not add up.
        """
        store, report, dumps = self._store.store, self._gathered.report, self._work / "dumps"
        graphs = self._gathered.graphs
        self.counts = count_triples(self._work, report.triples, store, graphs)
        beside = (self._work / ONTOLOGY_NT).read_bytes()
        write_quads(dumps, store, self.counts["questions"], beside, self._head)
        parts = {legislature_dump(n): (LEGISLATURE, str(n)) for n, *_ in report.legislatures}
        graph_contents = {graph.dump: graph.content for graph in graphs}
        whole = {name: (content,) for name, content in (CONTENTS | graph_contents).items()}
        contents = {TURTLE: whole[TURTLE], **parts, **whole}  # in the order of the page
        self.files = [self._file(name, *content) for name, content in contents.items()]
        self.files += self._tables
        dated = {"donnees_au": report.data_until, "debut": first_day(store)}
        values = dated | {"version": self.version, "fichiers": self.files}
        qlever = describe(QLEVERFILE, self.settings, **dated, triples=self.counts["store"])
        (dumps / QLEVERFILE).write_bytes(qlever)
        self.files.append(self._file(QLEVERFILE, FOR_QLEVER))
        write_reference_tables(dumps / REFERENCE_TABLES)
        self.files.append(self._file(REFERENCE_TABLES, FOR_ALL))
        text = describe("dcat.ttl", self.settings, **values, droits=self._head.rights)
        (dumps / "dcat.ttl").write_bytes(text)
        self.counts["dcat"] = len(read_turtle(dumps / "dcat.ttl"))
        self.files.append(self._file("dcat.ttl", DCAT))
        sums = "".join(f"{f.sha256}  {f.name}\n" for f in self.files)
        (dumps / "SHA256SUMS").write_text(sums, "utf-8")
        public = self._work / "site" / "telechargements"
        for name in (*(f.name for f in self.files), "SHA256SUMS"):
            (public / name).parent.mkdir(parents=True, exist_ok=True)
            os.link(dumps / name, public / name)

    def _file(self, name: str, pattern: str, *about: str) -> DownloadFile:
        """Return the description of a file that is no table."""
        path, count = self._work / "dumps" / name, self.counts.get(name.partition(".")[0])
        if count is None and name.endswith(RDF_ENDS):
            count = stated_triples(path)
        return download_file(path, name, pattern, count, about)


def download_file(
    path: Path, name: str, pattern: str, triples: int | None = None, about: tuple[str, ...] = ()
) -> DownloadFile:
    """Return a file that is written, with its size and its sum; `name` is below the dumps."""
    size, sha256 = path.stat().st_size, packing.sha256(path)
    return DownloadFile(name, pattern, triples, size, sha256, about)
