"""The core of the model, as the page of terms teaches it: its example and its query are true."""

import html
import re
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store, parse

from lod.extensions.model_pages.terms import model_terms
from lod.publish.release import current
from lod.rdf.store import open_store
from lod.rdf.vocab import QP
from tests.support.engines import by_oxigraph


@pytest.fixture(scope="module")
def store(sample: Path) -> Store:
    return open_store(current(sample) / "store")


@pytest.fixture(scope="module", params=["def", "def.en"])
def page(sample: Path, request: pytest.FixtureRequest) -> str:
    return (current(sample) / f"site/{request.param}.html").read_text("utf-8")


def block(page: str, name: str) -> str:
    [found] = re.findall(rf'<pre tabindex="0" id="{name}"><code>(.*?)</code></pre>', page, re.S)
    return html.unescape(found)


def test_the_example_is_published(page: str, store: Store) -> None:
    """Each triple of the Turtle on the page is in the store of the sample."""
    shown = [quad.triple for quad in parse(block(page, "coeur-exemple"), format=RdfFormat.TURTLE)]
    stored = {quad.triple for quad in store.quads_for_pattern(None, None, None, None)}
    assert len(shown) >= 30
    assert [triple for triple in shown if triple not in stored] == []
    used = {triple.predicate.value for triple in shown}
    assert {QP.auteur.value, QP.rubrique.value, QP.statut.value, QP.rang.value} <= used


def test_the_query_has_rows(page: str, store: Store) -> None:
    """It names deputies, the one with the most questions first."""
    names, rows = by_oxigraph(store, block(page, "coeur-requete"))
    assert names == ["depute", "questions"] or tuple(names) == ("depute", "questions")
    counts = [int(row[1]) for row in rows]
    assert counts and counts == sorted(counts, reverse=True)


def test_the_table_has_the_core(page: str) -> None:
    """Thirty properties in the table, and the eight classes above it."""
    [core] = re.findall(r'<section class="coeur">.*?</section>', page, re.S)
    [table] = re.findall(r"<tbody>.*?</tbody>", core, re.S)
    model = model_terms("fr")
    properties = [p.term for p in model.properties if p.term in model.core]
    assert re.findall(r'<tr><td><a href="#\w+"><code>([\w:]+)', table) == properties
    assert len(properties) == 30
    counts = dict(
        zip(properties, re.findall(r'<span class="compte">(.*?)</span>', table), strict=True)
    )
    zero_or_one, one = ("0 ou 1", "1") if "0 ou 1" in table else ("0 or 1", "1")
    # authors, groups and ministries that only their names identify have none; a new act has its day
    assert (counts["qp:uid"], counts["qp:numero"], counts["qp:date"]) == (
        zero_or_one,
        one,
        zero_or_one,
    )
    assert not any("None" in count for count in counts.values())
    for c in model.classes:
        assert (f"<code>{c.term}</code></a> (" in core) == (c.term in model.core), c.term
