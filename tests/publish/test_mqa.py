"""The catalogue by the published rules of the metadata quality dashboard of data.europa.eu.

`mqa.csv` has them, one a row: how many points of 405, and what for. What is assumed, because the
methodology does not say it or nobody here can ask the portal, stands in its last column.
Methodology: https://dataeuropa.gitlab.io/data-provider-manual/metadata-quality-dashboard/
"""

from collections.abc import Callable, Collection
from fractions import Fraction
from pathlib import Path
from statistics import fmean

import pyshacl
import pytest
from rdflib import Graph, Node, URIRef
from rdflib.namespace import DCAT, RDF, SH

from lod.base.settings import Settings
from lod.base.tabular import rows
from lod.build import build
from lod.rdf.jsonld import expand
from tests.support.paths import BASE, RICH, SHARED
from tests.support.server_data import client_of, serving

RULES = [*rows(Path(__file__).with_name("mqa.csv"))]
AUTHORITY = "http://publications.europa.eu/resource/authority/"
LISTS = (*(f"{AUTHORITY}{name}/" for name in ("file-type", "licence", "access-right")),
         "https://www.iana.org/assignments/media-types/")  # fmt: skip
# codes of the formats that we have; the portal publishes its lists: Parquet is in neither
NON_PROPRIETARY = {"CSV", "JSON", "TXT", "RDF_TURTLE", "RDF_N_TRIPLES", "RDF_N_QUADS"}
DATASET = f"{BASE}dcat.ttl#questions"
Answers = Callable[[str], bool]


def judged(dcat: Graph, answers: Answers, wrong: Collection[str] = ()) -> dict[str, float]:
    """Return the points of each dataset; of its distributions, the share that passes counts.

    `answers` says whether an address does; `wrong` are nodes with a violation of DCAT-AP.
    """
    tests: dict[str, Answers] = {
        "there": bool, "answers": answers, "vocabulary": lambda value: value.startswith(LISTS),
        "non-proprietary": lambda value: value.rpartition("/")[2] in NON_PROPRIETARY,
        "machine-readable": lambda value: value.rpartition("/")[2] in {*NON_PROPRIETARY, "BIN"},
    }  # fmt: skip

    def passes(node: Node, rule: dict[str, str]) -> bool:
        if rule["test"] == "conforms":
            return wrong_in(node, *dcat.objects(node, DCAT.distribution)) == 0
        terms = [URIRef(expand(name)) for name in rule["property"].split()]
        values = [str(value) for term in terms for value in dcat.objects(node, term)]
        return len(values) >= len(terms) and all(map(tests[rule["test"]], values))

    def wrong_in(*nodes: Node) -> int:
        return sum(str(node) in wrong for node in nodes)

    scores = dict[str, float]()
    for dataset in dcat.subjects(RDF.type, DCAT.Dataset):
        of = {"dataset": [dataset], "distribution": [*dcat.objects(dataset, DCAT.distribution)]}
        scores[str(dataset)] = float(sum(
            int(rule["points"]) * Fraction(sum(passes(n, rule) for n in nodes), len(nodes))
            for rule in RULES for nodes in [of[rule["on"]]]
        ))  # fmt: skip
    return scores


def violating(dcat: Graph) -> set[str]:
    """Return the nodes with a violation of DCAT-AP; parts that its shapes lack are left out."""
    shapes = Graph().parse(SHARED / "checks/dcat-ap/dcat-ap-SHACL.ttl")
    for subject, part in list(shapes.subject_objects(SH.property)):
        if not shapes.value(part, SH.path):
            shapes.remove((subject, SH.property, part))
    _, found, _ = pyshacl.validate(dcat, shacl_graph=shapes, inference="none")
    return {str(node) for node in found.objects(None, SH.focusNode)}


@pytest.mark.shared
@pytest.mark.slow
def test_a_catalogue_with_a_contact_is_excellent(tmp_path: Path) -> None:
    """390 points and more, as served; without a contact, 20 less; nothing is taken for granted."""
    build([RICH], tmp_path, Settings(editeur="Observatoire", contact="lod@exemple.fr"))
    with serving(tmp_path, workers=1) as server:
        client = client_of(server)

        def answers(address: str) -> bool:
            return client.head(address.removeprefix(BASE[:-1])).status_code == 200

        dcat = Graph().parse(data=client.get("/dcat.ttl").data, format="turtle")
        scores = judged(dcat, answers, violating(dcat))
    mean = fmean(scores.values())
    assert len(scores) > 6 and mean >= 390 and scores[DATASET] >= 400, scores
    dcat.remove((None, DCAT.contactPoint, None))
    for does_answer, less in ((True, 20), (False, 20 + 80)):
        told = judged(dcat, lambda _, does=does_answer: does)
        assert fmean(told.values()) == pytest.approx(mean - less)
