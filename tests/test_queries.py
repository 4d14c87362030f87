"""The queries of the site: titled, tested, and the same on two engines."""

from pathlib import Path

import pytest
from pyoxigraph import Store, Variable
from rdflib import Graph

from lod import files
from lod.collect import Bilan
from lod.release import current
from lod.store import open_store

QUERIES = sorted(files.QUERIES.glob("*.rq"))


@pytest.fixture(scope="module")
def store(mixture: tuple[Path, Bilan]) -> Store:
    return open_store(current(mixture[0]) / "store")


@pytest.fixture(scope="module")
def graph(store: Store) -> Graph:
    """The same triples in rdflib."""
    found = Graph()
    nt = b"".join(f"{q.triple} .\n".encode() for q in store.quads_for_pattern(None, None, None))
    return found.parse(data=nt, format="nt")


def test_all_queries_were_found() -> None:
    """The folder is where we look, and every query has a title that asks something."""
    assert len(QUERIES) == 13
    for path in QUERIES:
        title = path.read_text("utf-8").partition("\n")[0]
        assert title.startswith("# ") and title.endswith(" ?"), path


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_two_engines_agree(path: Path, store: Store, graph: Graph) -> None:
    """rdflib and Oxigraph give the same rows, and there are some."""
    text = path.read_text("utf-8")
    if path.stem == "questions-liees":
        text = text.replace("WHERE {", f"WHERE {{ VALUES ?entite {{ <{RUBRIQUE}> }}", 1)
    names, ours = by_oxigraph(store, text)
    theirs = [
        tuple("" if row[n] is None else str(row[n]) for n in names) for row in graph.query(text)
    ]
    assert ours
    assert sorted(ours) == sorted(theirs)


def by_oxigraph(store: Store, text: str) -> tuple[list[str], list[tuple[str, ...]]]:
    """Variables and rows. In a function of its own: rdflib's errors keep the frames that they
    passed, and with them a result that only the thread that made it may drop.
    """
    solutions = store.query(text)
    names = [variable.value for variable in solutions.variables]
    rows = [tuple(getattr(s[Variable(n)], "value", "") for n in names) for s in solutions]
    return names, rows


RUBRIQUE = "http://localhost:8000/rubrique/chomage"


def test_one_row_tells_the_life_of_the_first_question(store: Store) -> None:
    """Every fact that the page of question 15-43349 states, in one row."""
    [row] = store.query((files.QUERIES / "vie-d-une-question.rq").read_text("utf-8"))
    assert [value.value for value in row] == [
        "Quel projet alternatif à l'emprise des GAFAM sur les « clouds » ?",
        "Pierre Dharréville",
        "Bouches-du-Rhône (13e circonscription)",
        "Gauche démocrate et républicaine",
        "numérique",
        "Transition numérique et communications électroniques",
        "Économie, finances, souveraineté industrielle et numérique",
        "2021-12-28",
        "9097",
        "2022-06-21",
        "Fin de mandat",
    ]


def test_counts_add_up(store: Store, mixture: tuple[Path, Bilan]) -> None:
    """The table of the home page counts every question once."""
    rows = list(store.query((files.QUERIES / "types.rq").read_text("utf-8")))
    assert sum(int(row["posees"].value) for row in rows) == mixture[1].questions
