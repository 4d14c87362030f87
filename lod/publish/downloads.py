"""The files to download: dumps and descriptions, how many triples each has, sums that are true."""

import gzip
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import RdfFormat, Store, Triple, parse

from lod.base import compression, packaged, tabular
from lod.base.compression import count_lines
from lod.base.errors import LodError
from lod.base.settings import Settings
from lod.pipeline import csv_rows
from lod.pipeline.partition_set import PartitionSet
from lod.rdf import serialize
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
    "questions.ttl.gz": "Questions, réponses, députés, ministères, rubriques (Turtle)",
    "questions.nt.gz": "Les mêmes triplets, un par ligne (N-Triples)",
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


def write_dumps(partition_set: PartitionSet) -> None:
    """Write questions, links, ontology, alignments and shapes as files to download."""
    work, dumps = partition_set.work, partition_set.work / "dumps"
    write_questions(dumps, partition_set)
    for nt, name in ((work / "links.nt", "links"), (work / "faits.nt", "faits-wikidata")):
        with compression.gzipped(dumps / f"{name}.ttl.gz") as file:
            serialize.write_turtle(nt, file)
    shutil.copyfile(packaged.ONTOLOGY, dumps / "ontology.ttl")
    shutil.copyfile(packaged.ALIGNMENTS, dumps / "alignements.ttl")
    (dumps / "shapes.ttl").write_bytes(serialize.turtle(serialize.ntriples(_shapes())))


def write_questions(dumps: Path, partition_set: PartitionSet) -> None:
    """Write what is published of questions, and of what they refer to, from its pieces.

    The rows of a tranche are few, and pack badly alone: those of all are packed as one.
    """
    rest = partition_set.remainder()
    with (
        (dumps / "questions.nt.gz").open("wb") as nt,
        (dumps / "questions.ttl.gz").open("wb") as ttl,
        compression.gzipped(dumps / "questions.csv.gz") as csv,
    ):
        ttl.write(compression.gzipped_member(serialize.turtle_head()))
        csv.write(tabular.csv_line(csv_rows.CSV_HEADER))
        for found in partition_set.members():
            nt.write(found["nt"])
            ttl.write(found["ttl"])
            csv.write(gzip.decompress(found["csv"]))
        nt.write(compression.gzipped_member(rest))
        ttl.write(compression.gzipped_member(serialize.turtle_piece(serialize.triples(rest))))


def _shapes() -> Iterator[Triple]:
    for path in packaged.shapes():
        yield from (q.triple for q in parse(path=str(path), format=RdfFormat.TURTLE))


def count_triples(work: Path, questions: int, store: Store) -> dict[str, int]:
    """Return the triples of each file and of the store; raise LodError unless they add up."""
    described = ("exemples", "void", "service")
    counts = {"questions": questions, "links": count_lines(work / "links.nt")}
    counts["faits-wikidata"] = count_lines(work / "faits.nt")
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


def describe_files(
    work: Path, settings: Settings, counts: dict[str, int], **values: object
) -> list[DownloadFile]:
    """Describe the dumps: dcat.ttl, SHA256SUMS, and hard links of all where the site has them."""
    dumps, public = work / "dumps", work / "site" / "telechargements"
    download_files = [_download_file(dumps / name, counts) for name in CONTENTS]
    text = describe("dcat.ttl", settings, fichiers=download_files, **values)
    (dumps / "dcat.ttl").write_bytes(text)
    triples = sum(1 for _ in parse(text, format=RdfFormat.TURTLE))
    counts["dcat"] = triples
    download_files.append(_download_file(dumps / "dcat.ttl", counts))
    sums = "".join(f"{f.sha256}  {f.name}\n" for f in download_files)
    (dumps / "SHA256SUMS").write_text(sums, "utf-8")
    public.mkdir(parents=True)
    for path in dumps.iterdir():
        os.link(path, public / path.name)
    return download_files


def _download_file(path: Path, counts: dict[str, int]) -> DownloadFile:
    name = path.name
    return DownloadFile(
        name=name,
        content=CONTENTS.get(name, "Description DCAT, pour les catalogues (Turtle)"),
        triples=None if "csv" in name else counts[name.partition(".")[0]],
        size=path.stat().st_size,
        sha256=compression.sha256(path),
    )
