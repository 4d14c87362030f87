"""Two engines by other authors, in other languages, read the same from the shapes.

pySHACL is the reference, to which `test_shacl.py` holds the faster engine of a build; pyrudof
(University of Oviedo, in Rust) shares no code with either. They differ in one thing. pySHACL
0.40.1 compares a value with a bound by `Literal.__gt__` of rdflib (`pyshacl/rdfutil/compare.py`),
which is an order for ORDER BY: literals of different datatypes are sorted by the name of the
datatype, so "9999"^^xsd:gYear is above any xsd:date and keeps `sh:minInclusive`. SHACL asks for the
`<=` of SPARQL, where that is an error, and an error breaks the constraint (section 4.3 of the
recommendation). `rdflib.DAWG_LITERAL_COLLATION` turns the order off: then both agree on everything.
No report of it was found; `sh:datatype` refuses each of these values anyway.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pyrudof
import pytest
import rdflib
from pyoxigraph import RdfFormat, Triple, parse
from rdflib.namespace import SH

from lod.pipeline.validation.pyshacl_engine import shapes_as_published, violations
from lod.pipeline.validation.shapes import concepts
from lod.publish.release import current
from lod.rdf import serialize
from tests.support.comparing import triples_of
from tests.support.shapes import FILES

pytestmark = pytest.mark.slow


# severity, focus, path, component, shape, value
Row = tuple[str, str, str, str, str, str]


def by_pyshacl(triples: Iterable[Triple]) -> set[Row]:
    return {(r.severity, r.focus, r.path, r.component, r.shape, r.value)
            for r in violations(triples)}  # fmt: skip


@cache
def engine() -> pyrudof.Rudof:
    made = pyrudof.Rudof(pyrudof.RudofConfig())
    made.read_shacl(
        shapes_as_published().serialize(format="turtle"),
        pyrudof.ShaclFormat.Turtle,
        reader_mode=pyrudof.ReaderMode.Strict,
    )
    return made


def by_pyrudof(triples: Iterable[Triple]) -> set[Row]:
    made = engine()
    data = serialize.ntriples(dict.fromkeys((*concepts(), *triples))).decode()
    made.reset_data()  # reading alone would add to what is there
    made.read_data(data, pyrudof.RDFFormat.NTriples, reader_mode=pyrudof.ReaderMode.Strict)
    made.validate_shacl()
    report = made.serialize_shacl_validation_results(pyrudof.ResultShaclValidationFormat.NTriples)
    return rows(report)


def rows(report: str) -> set[Row]:
    """The results of a report, as we compare them; details of a `sh:or` belong to its result."""
    found: dict[str, dict[str, str]] = {}
    details = set()
    for quad in parse(report, format=RdfFormat.N_TRIPLES):
        values = found.setdefault(str(quad.subject), {})
        values[quad.predicate.value] = getattr(quad.object, "value", "")
        if quad.predicate.value == str(SH.detail):
            details.add(str(quad.object))
    results = (v for k, v in found.items() if str(SH.focusNode) in v and k not in details)
    return {
        (
            v[str(SH.resultSeverity)].removeprefix(str(SH)),
            v[str(SH.focusNode)],
            v.get(str(SH.resultPath), ""),
            v[str(SH.sourceConstraintComponent)].removeprefix(str(SH)),
            v[str(SH.sourceShape)],
            v.get(str(SH.value), ""),
        )
        for v in results
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_engines_agree_on_each_counterexample(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same node, path, component, shape, severity and value, result by result."""
    monkeypatch.setattr(rdflib, "DAWG_LITERAL_COLLATION", True)
    theirs = by_pyrudof(triples_of(path))
    assert theirs
    assert by_pyshacl(triples_of(path)) == theirs


def test_engines_agree_on_the_sample(sample: Path) -> None:
    """Every result about the release, none more and none less."""
    dumps = current(sample) / "dumps"
    names = [p for p in sorted(dumps.glob("*.gz")) if p.name.endswith((".nt.gz", "links.ttl.gz"))]
    triples = [t for path in names for t in triples_of(path)]
    theirs = by_pyrudof(triples)
    assert len(theirs) > 800
    assert by_pyshacl(triples) == theirs
