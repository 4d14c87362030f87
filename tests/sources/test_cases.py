"""Cases on disk: a source, and what comes of it, which `pytest --accept` writes."""

from pathlib import Path

import pytest
from rdflib import Graph

from lod.base.inputs import Record
from lod.pipeline.settling.convert import Accepted, convert
from lod.rdf.iris import Iris
from lod.rdf.serialize import ntriples
from lod.rdf.vocab import PREFIXES
from tests.support.comparing import check
from tests.support.paths import CASES

FOLDERS = sorted(CASES.glob("*/*/"))
SOURCES = 93


@pytest.mark.parametrize("case", FOLDERS, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_case(case: Path, iris: Iris, request: pytest.FixtureRequest) -> None:
    [source] = case.glob("source.*")
    path = source.relative_to(case.parent.parent).as_posix()
    verdict = convert(Record(path, path, source.read_bytes()), iris)
    if isinstance(verdict, Accepted):
        graph = Graph(bind_namespaces="none")
        for prefix, namespace in PREFIXES.items():
            graph.bind(prefix, namespace)
        triples = verdict.triples()
        graph.parse(data=ntriples(list(triples)).decode(), format="nt")
        check(case / "expected.ttl", graph.serialize(format="longturtle"), request)
        remarks = "".join(f"{remark}\n" for remark in verdict.remarks)
        if remarks or (case / "remarks.txt").exists():
            check(case / "remarks.txt", remarks, request)
        assert not (case / "error.txt").exists()
    else:
        check(case / "error.txt", "".join(f"{f}\n" for f in verdict.reasons), request)
        assert not (case / "expected.ttl").exists()


def test_broken_cases_are_refused_and_the_others_are_not() -> None:
    assert len(FOLDERS) == SOURCES
    for case in FOLDERS:
        assert (case / "error.txt").exists() == case.name.startswith("broken_"), case
