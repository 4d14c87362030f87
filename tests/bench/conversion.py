"""Records → N-Triples alone, beside what one would take instead:
`python -m tests.bench.conversion [--count N]…`.

Ours reads the zip, makes each question and its triples, and writes them, in as many processes as
there are cores. rdflib: the same program, but every triple goes into one `Graph`, which is then
written. rdflib given the terms: only what no program with rdflib can do without; the zip unpacked
and parsed, terms made of texts that are at hand, a `Graph`, its N-Triples. morph-kgc: RML over the
records (`nested.py`), about half of the triples; and all of them over flat tables that our own
triples were put into (`rml.py`). Whole processes are measured, but for what is at hand beforehand:
terms, and the files that morph-kgc reads. Each says how many distinct triples it made.
"""

import json
import os
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pyoxigraph
import rdflib
from pyoxigraph import NamedNode, RdfFormat, Triple
from rdflib import Graph, URIRef

from lod.base.inputs import Record, records
from lod.base.parallel import batches, ordered
from lod.pipeline.mapping.descriptions import Descriptions
from lod.pipeline.settling.convert import Accepted, convert
from lod.rdf.iris import Iris
from lod.rdf.serialize import ntriples
from tests.bench import floor, nested, rml
from tests.bench.build import workplace
from tests.bench.results import BUILD, Row, archive, measured, row
from tests.bench.watching import Figures, observe, watch
from tests.support.paths import BASE

BATCH = 250  # records
MORPH = "morph-kgc 2.10.0"
NESTED, FLAT = f"{MORPH}, the records", f"{MORPH}, flat {{}}"
OURS, RDFLIB, GIVEN = "lod", "rdflib, the same mapping", "rdflib, given the terms"
Text = tuple[str, str, str, str | None, str | None]  # of a triple; language, datatype of its object


def facts(batch: list[Record]) -> Iterator[Triple]:
    """Yield all that is said of some records, and of what they refer to."""
    references, iris = Descriptions(), Iris(BASE)
    for record in batch:
        verdict = convert(record, iris)
        assert isinstance(verdict, Accepted), "generated records are read"
        references.add(verdict.references)
        yield from chain(*verdict.documents.values(), verdict.rappels)
    yield from references.triples()


def made(batch: list[Record]) -> bytes:
    """Return the N-Triples of some records."""
    return ntriples(facts(batch))


def ours(source: Path, target: Path) -> None:
    """Convert an archive as we do."""
    jobs = len(os.sched_getaffinity(0))
    with target.open("wb") as file:
        for _, piece in ordered(made, batches(records([source]), BATCH), jobs):
            file.write(piece)


def with_rdflib(source: Path, target: Path) -> None:
    """Convert an archive by way of one graph of rdflib."""
    graph = Graph()
    for batch in batches(records([source]), BATCH):
        for s, p, o in facts(batch):
            graph.add((URIRef(s.value), URIRef(p.value), node(*text(o))))
    graph.serialize(target, format="nt", encoding="utf-8")


def given(source: Path, triples: Path, target: Path) -> Figures:
    """Unpack and parse an archive; put terms whose texts are at hand into a graph of rdflib."""
    texts = [(s.value, p.value, *text(o)) for s, p, o in rml.read(triples)]
    start, cpu = time.perf_counter(), time.process_time()
    floor.parse(source)
    graph = Graph()
    for s, p, o, language, datatype in texts:
        graph.add((URIRef(s), URIRef(p), node(o, language, datatype)))
    graph.serialize(target, format="nt", encoding="utf-8")
    return Figures(time.perf_counter() - start, time.process_time() - cpu, 0, "")


def text(term: object) -> tuple[str, str | None, str | None]:
    """Return the text of an object, its language, its datatype."""
    if isinstance(term, NamedNode):
        return term.value, None, None
    assert isinstance(term, pyoxigraph.Literal), "as we publish"
    return term.value, term.language, None if term.language else term.datatype.value


def node(value: str, language: str | None, datatype: str | None) -> URIRef | rdflib.Literal:
    """Return an object as a term of rdflib."""
    if language:
        return rdflib.Literal(value, lang=language)
    return rdflib.Literal(value, datatype=URIRef(datatype)) if datatype else URIRef(value)


def distinct(path: Path) -> set[str]:
    """Return the triples of a file, spelled in one way."""
    return {str(q.triple) for q in pyoxigraph.parse(path=str(path), format=RdfFormat.N_TRIPLES)}


def morph() -> str:
    """Return the Python of an environment with morph-kgc, empty if it cannot be made.

    It needs other versions of rdflib and pyoxigraph than we do.
    """
    home = BUILD / "venv-morph"
    python = home / "bin" / "python"
    if not (home / "ready").exists():
        venv.create(home, clear=True, with_pip=True)
        install = [str(python), "-m", "pip", "install", "--quiet", MORPH.replace(" ", "==")]
        if subprocess.run(install, check=False).returncode:
            print(f"SKIPPED: {MORPH} cannot be installed here")
            return ""
        (home / "ready").touch()
    return str(python)


def measure(count: int) -> Iterator[Row]:
    """Yield what each way took, and how many triples it made; how many of them are ours too."""
    source = archive(count)
    with workplace("conversion") as folder:
        mine = folder / "ours.nt"
        figures = watch("-m", __spec__.name, "ours", str(source), str(mine))
        wanted = distinct(mine)

        def told(what: str, figures: Figures, target: Path) -> Row:
            found = distinct(target)
            return row(what, count, figures, triples=len(found), same=len(found & wanted))

        yield told(OURS, figures, mine)
        target = folder / "rdflib.nt"
        figures = watch("-m", __spec__.name, "rdflib", str(source), str(target))
        yield told(RDFLIB, figures, target)
        figures = watch("-m", __spec__.name, "given", str(source), str(mine), str(target))
        yield told(GIVEN, Figures(**json.loads(figures.output), peak=0, output=""), target)
        if python := morph():
            ways = {NESTED: nested.write(source, folder / "nested")}
            for form in ("json", "csv"):
                ways[FLAT.format(form.upper())] = rml.write(mine, folder / form, form)
            for way, config in ways.items():
                figures = observe([python, "-m", "morph_kgc", str(config)])
                yield told(way, figures, config.parent / "out.nt")


def main() -> None:
    """Measure, or be what is measured."""
    match sys.argv[1:]:
        case ["ours", source, target]:
            ours(Path(source), Path(target))
        case ["rdflib", source, target]:
            with_rdflib(Path(source), Path(target))
        case ["given", source, triples, target]:
            figures = given(Path(source), Path(triples), Path(target))
            print(json.dumps({"wall": figures.wall, "cpu": figures.cpu}))
        case _:
            measured("conversion", measure)


if __name__ == "__main__":
    main()
