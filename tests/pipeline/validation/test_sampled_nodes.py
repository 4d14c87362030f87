"""pySHACL judges a sample of what the fast engine lets pass: that they differ is an error."""

import pytest
from pyoxigraph import Triple

from lod.base.errors import LodError
from lod.base.inputs import Record
from lod.pipeline.settling.convert import Accepted, convert
from lod.pipeline.validation import validate as validation
from lod.pipeline.validation.shapes import FAST, REFERENCE, Result
from lod.pipeline.validation.validate import sample, validate
from lod.rdf.iris import Iris
from lod.rdf.serialize import ntriples
from tests.support.paths import BASE, CASES


@pytest.fixture(scope="module")
def triples() -> list[Triple]:
    """A question without a text, of which SHACL warns, and one with all that a question has."""
    made = []
    for name in ("without_text", "whole_life"):
        data = (CASES / f"an_json/{name}/source.json").read_bytes()
        verdict = convert(Record("x.json", "x.json", data), Iris(BASE))
        assert isinstance(verdict, Accepted)
        made += verdict.triples()
    return made


def test_nodes_are_chosen_by_chance_but_always_the_same(triples: list[Triple]) -> None:
    """In one of three validations, one node of two hundred."""
    chosen = [sample(triples, b"%d" % n) for n in range(900)]
    assert chosen == [sample(triples, b"%d" % n) for n in range(900)]
    found = [node for some in chosen for node in some]
    expected = 900 / 3 * len({str(t.subject) for t in triples}) / 200
    assert expected / 2 < len(found) < 2 * expected and len(set(found)) > len(triples) / 50


@pytest.fixture
def all_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validation, "SAMPLED_RUNS", 1)
    monkeypatch.setattr(validation, "SAMPLED_NODES", 1)


@pytest.mark.usefixtures("all_judged")
def test_both_agree(triples: list[Triple]) -> None:
    results = validate(triples, FAST).results
    assert results == validate(triples, REFERENCE).results and len(results) > 1


@pytest.mark.usefixtures("all_judged")
@pytest.mark.parametrize("fault", ["one is lost", "one is added", "another severity"])
def test_that_they_differ_is_an_error(
    triples: list[Triple], fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the fast engine gets wrong about a node of the sample, the build stops."""
    results = validation.fast_results(ntriples(triples))
    first = next(result for result in results if result.severity == "Warning")
    wrong = {
        "one is lost": [result for result in results if result != first],
        "one is added": [*results, Result(**{**fields(first), "path": "http://x/y"})],
        "another severity": [
            *(result for result in results if result != first),
            Result(**{**fields(first), "severity": "Info"}),
        ],
    }[fault]
    monkeypatch.setattr(validation, "fast_results", lambda data: wrong)
    with pytest.raises(LodError, match=r"shacl and pyshacl differ about one of .*; use --engine"):
        validate(triples, FAST)


def fields(result: Result) -> dict[str, str]:
    return {name: getattr(result, name) for name in Result.__annotations__}
