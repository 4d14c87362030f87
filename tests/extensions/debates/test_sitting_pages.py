"""Sittings in a release: terms, graph, page, and the link from the page of the question."""

from pathlib import Path

import pytest
from lxml import html
from pyoxigraph import NamedNode

from lod.base import packaged
from lod.base.settings import Settings
from lod.build import is_unchanged
from lod.pipeline.report.build_report import BuildReport
from lod.publish.draft import made_of
from lod.publish.release import current
from lod.rdf.serialize import read_turtle
from lod.rdf.vocab import NAMESPACE, SHAPES_NAMESPACE
from tests.support.paths import CASES, beside
from tests.support.server_data import client_of, serving

MODULE = packaged.ONTOLOGY / "extensions/debates/modules/debats.ttl"
SITTING, QUESTION = "seance/crsanr5l16s2022e9n901", "question/QANR5L16QG90003"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def release(mixture: tuple[Path, BuildReport]) -> Path:
    return current(mixture[0])


def test_the_graph_uses_all_terms_and_no_other(release: Path) -> None:
    defined = {
        t.subject.value for t in read_turtle(MODULE) if t.subject.value.startswith(NAMESPACE)
    }
    said = (term for t in read_turtle(release / "debats.nt") for term in (t.predicate, t.object))
    used = {term.value for term in said if isinstance(term, NamedNode)}
    own = {iri for iri in used if iri.startswith(NAMESPACE)} - {f"{NAMESPACE}orateur"}
    assert own == defined and len(defined) == 11


def test_every_shape_is_applied_and_the_account_is_told(mixture: tuple[Path, BuildReport]) -> None:
    seen = mixture[1].focus_nodes
    names = ("Seance", "PointDeSeance", "ParagrapheDeSeance")
    assert [seen[SHAPES_NAMESPACE + name] for name in names] == [1, 1, 8]
    [told] = [line for line in mixture[1].told if line.startswith("sittings")]
    assert "sittings: 6 read = 3 kept + 3 refused" in told and "4 = 1 linked + 3 not" in told


def test_question_and_sitting_lead_to_each_other(
    mixture: tuple[Path, BuildReport], release: Path
) -> None:
    """In both languages and every form; who has the chair is known by an identifier."""
    with serving(mixture[0], workers=1) as server:
        client = client_of(server)
        for end in (".html", ".en.html"):
            page = html.fromstring(client.get(f"/{QUESTION}{end}").text)
            assert page.xpath(f"//dd/a[contains(@href, '{SITTING}')]"), end
            assert page.xpath(f"//p[@class='resume']//a[contains(@href, '{SITTING}')]"), end
            chair = page.xpath("//li[@class='presidence'][1]/p/a[contains(@href, 'PA719632')]")
            assert chair and chair[0].getnext().text.startswith("[")
            sitting = html.fromstring(client.get(f"/{SITTING}{end}").text)
            assert sitting.xpath(f"//li[@id='990001']/a[contains(@href, '{QUESTION}')]"), end
        turtle = client.get(f"/{SITTING}.ttl").text
        assert turtle.count("a qp:ParagrapheDeSeance ;") == 8


def test_other_sittings_make_another_release(tmp_path: Path) -> None:
    """The bytes of the files count; without the option nothing is different."""
    given = beside()
    plain, with_them = (
        made_of([CASES / "an_json/plain"], [], Settings(), "shacl", paths)
        for paths in ({"debates": ()}, given)
    )
    assert plain == made_of([CASES / "an_json/plain"], [], Settings(), "shacl") != with_them
    assert not is_unchanged(tmp_path, with_them, False)
