"""The files to download: what each holds, how many triples it has, sums that are true."""

import os
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import RdfFormat, Store, parse

from lod.base import compression
from lod.base.compression import count_lines
from lod.base.errors import LodError
from lod.pipeline.build_plan import BuildPlan
from lod.pipeline.build_report import BuildReport
from lod.pipeline.gather import FACTS, LINKS
from lod.publish.dataset_descriptions import first_day
from lod.publish.dumps import DumpHead, legislature_dump, stated_triples, write_quads
from lod.publish.fill_store import StoreOutput
from lod.publish.output import Output
from lod.rdf.templates import describe


@dataclass(frozen=True, slots=True)
class DownloadFile:
    """A file to download: name, what it holds, triples (None: it is no RDF), bytes, SHA-256."""

    name: str
    content: str
    triples: int | None
    size: int
    sha256: str


CONTENTS = {
    "questions.ttl.gz": "Questions, réponses, tout ce qu’elles désignent, liens (Turtle)",
    "questions.nt.gz": "Les mêmes triplets, un par ligne (N-Triples)",
    "tout.nq.gz": "Les mêmes, et ceux de chaque graphe nommé (N-Quads)",
    "questions.csv.gz": "Une ligne par question (CSV, UTF-8)",
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


def count_triples(work: Path, questions: int, store: Store) -> dict[str, int]:
    """Return the triples of each file and of the store; raise LodError unless they add up."""
    described = ("exemples", "void", "service")
    links = count_lines(work / LINKS)
    counts = {"questions": questions + links, "links": links}
    counts["faits-wikidata"] = count_lines(work / FACTS)
    counts["historique"] = count_lines(work / "historique.nt")
    for name in ("ontology", "alignements", "shapes", *described):
        path = work / "dumps" / f"{name}.ttl"
        counts[name] = sum(1 for _ in parse(path=str(path), format=RdfFormat.TURTLE))
    counts["store"] = len(store)
    loaded = ("questions", "faits-wikidata", "historique", "ontology", *described)
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
        self, plan: BuildPlan, report: BuildReport, store: StoreOutput, head: DumpHead, version: str
    ) -> None:
        self.settings, self.version, self._head = plan.settings, version, head
        self._work, self._report, self._store = plan.work, report, store
        self.counts: dict[str, int] = {}  # file, by the beginning of its name → triples
        self.files: list[DownloadFile] = []

    def close(self) -> None:
        """Write dcat.ttl and SHA256SUMS, and link all to the site; raise LodError if the triples of
        files and store do not add up.
        """
        store, report, dumps = self._store.store, self._report, self._work / "dumps"
        self.counts = count_triples(self._work, report.triples, store)
        write_quads(dumps, store, self.counts["questions"], self._head)
        contents = CONTENTS | {
            legislature_dump(
                number
            ): f"Questions de la {number}e législature, et ce qu’elles désignent (Turtle)"
            for number, *_ in report.legislatures
        }
        self.files = [self._file(name, content) for name, content in contents.items()]
        dated = {"donnees_au": report.data_until, "debut": first_day(store)}
        told = dated | {"version": self.version, "fichiers": self.files}
        text = describe("dcat.ttl", self.settings, **told)
        (dumps / "dcat.ttl").write_bytes(text)
        self.counts["dcat"] = sum(1 for _ in parse(text, format=RdfFormat.TURTLE))
        self.files.append(self._file("dcat.ttl", "Description DCAT, pour les catalogues (Turtle)"))
        sums = "".join(f"{f.sha256}  {f.name}\n" for f in self.files)
        (dumps / "SHA256SUMS").write_text(sums, "utf-8")
        public = self._work / "site" / "telechargements"
        public.mkdir(parents=True)
        for path in dumps.iterdir():
            os.link(path, public / path.name)

    def _file(self, name: str, content: str) -> DownloadFile:
        """Return what is told of a file of the dumps."""
        path, count = self._work / "dumps" / name, self.counts.get(name.partition(".")[0])
        if count is None and "csv" not in name:
            count = stated_triples(path)
        size, sha256 = path.stat().st_size, compression.sha256(path)
        return DownloadFile(name, content, None if "csv" in name else count, size, sha256)
