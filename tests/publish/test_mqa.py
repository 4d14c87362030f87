"""The catalogue by the rules of data.europa.eu: nearly all of its 405 points."""

from pathlib import Path

import pyshacl
import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import DCAT, RDF, SH

from lod.base.settings import Settings
from lod.build import build
from tests.support.mqa import judged, mean, report
from tests.support.paths import BASE, RICH, SHARED
from tests.support.server_data import client_of, serving

DATASET = f"{BASE}dcat.ttl#questions"
CONTACT = Settings(editeur="Observatoire", contact="lod@exemple.fr")


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
    build([RICH], tmp_path, CONTACT)
    with serving(tmp_path, workers=1) as server:
        client = client_of(server)

        def answers(address: str) -> bool:
            return client.head(address.removeprefix(BASE[:-1])).status_code == 200

        dcat = Graph().parse(data=client.get("/dcat.ttl").data, format="turtle")
        scores = judged(dcat, answers, violating(dcat))
    print(report(scores))
    assert len(scores) > 6 and mean(scores) >= 390 and sum(scores[DATASET].values()) >= 400
    dcat.remove((None, DCAT.contactPoint, None))
    assert mean(judged(dcat, lambda _: True)) == pytest.approx(mean(scores) - 20)
    assert mean(judged(dcat, lambda _: False)) == pytest.approx(mean(scores) - 20 - 80)
    empty = Graph()
    for node in dcat.subjects(RDF.type, DCAT.Dataset):
        empty.add((node, RDF.type, DCAT.Dataset))
        empty.add((node, DCAT.distribution, URIRef(f"{node}-x")))
    assert mean(judged(empty, lambda _: True, {DATASET})) == pytest.approx(
        30 * (1 - 1 / len(scores))
    )
