"""Every labelled fact of each real page is in the graph: label → triple, in `labels.csv`."""

import re
from html import unescape
from itertools import chain
from pathlib import Path

import pytest
from pyoxigraph import Quad, Store

from lod.base.inputs import Record
from lod.base.tabular import rows
from lod.pipeline.settling.convert import Accepted, convert
from lod.rdf.iris import Iris
from lod.rdf.ontology import ontology
from lod.rdf.store import select
from lod.rdf.vocab import NAMESPACE
from tests.support.paths import BASE, REAL, TESTS

FOLDERS = (REAL / "pages", REAL / "found/pages", REAL / "found/pages-texte")
PAGES = {path.name: path for folder in FOLDERS if folder.is_dir() for path in folder.iterdir()}
TABLE = [*rows(TESTS / "sources" / "labels.csv")]
NAMES = sorted({row["page"] for row in TABLE})
pytestmark = pytest.mark.shared


def test_the_table_has_every_page() -> None:
    assert sorted(PAGES) == NAMES
    assert len(NAMES) == 23


@pytest.mark.parametrize("name", NAMES)
def test_every_row_is_a_triple(name: str, iris: Iris) -> None:
    path = PAGES[name]
    verdict = convert(Record(name, name, path.read_bytes()), iris)
    assert isinstance(verdict, Accepted)
    store = Store()
    triples = chain(verdict.triples(), ontology())
    store.extend(Quad(t.subject, t.predicate, t.object) for t in triples)
    question = iris.question(verdict.question.uid)
    for row in (row for row in TABLE if row["page"] == name):
        found = select(store, f"SELECT ?o {{ {question} {row['chemin']} ?o }}")
        values = [shown(solution["o"]) for solution in found]
        if row["valeur"] == "texte":
            plain = words(unescape(re.sub(r"<[^>]*>", "", decoded(path))).replace("*", ""))
            assert values and all(words(value) in plain for value in values), row
        else:
            assert row["valeur"] in values, (row, values)


def shown(value: str) -> str:
    """Return a value as the table has it: an IRI of ours without its beginning."""
    return re.sub(f"^{NAMESPACE}", "qp:", value.removeprefix(BASE))


def words(text: str) -> str:
    return re.sub(r"\W+", " ", text)


def decoded(path: Path) -> str:
    data = path.read_bytes()
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252")
