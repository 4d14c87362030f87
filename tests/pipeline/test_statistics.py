"""The statistics: the same numbers in data, CSV and pages, and those that the questions give."""

import csv
import html
import re
from collections import Counter
from pathlib import Path
from statistics import fmean, median

import pytest
from pyoxigraph import Store
from rdflib import Graph
from rdflib.namespace import QB, RDF, RDFS

from lod.pipeline.questions.by_resource import AXES, DIMENSIONS, MEASURES
from lod.publish.release import current
from lod.publish.tables.columns import column_name
from lod.rdf.store import open_store
from lod.rdf.vocab import NAMESPACE, PREFIXES
from tests.support.engines import by_oxigraph
from tests.support.paths import BASE
from tests.support.releases import site_of

DECLARED = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
PUBLISHED = """
SELECT ?axe ?iri ?legislature ?type %s WHERE {
  ?o a qb:Observation ; qb:dataSet ?axe ; qp:statistiqueDe ?iri ;
     qp:statistiqueLegislature/qp:numero ?legislature ; qp:statistiqueType ?t .
  ?t skos:notation ?type .
  %s
}"""
QUESTIONS = """
SELECT ?q ?iri ?legislature ?type ?reponse ?motif ?retrait ?fin ?limite ?au ?delai WHERE {
  ?q a qp:Question ; %s ?iri ; qp:legislature/qp:numero ?legislature ;
     qp:typeQuestion/skos:notation ?type ; qp:statutAu ?au .
  OPTIONAL { ?q qp:legislature/schema:endDate ?fin }
  OPTIONAL { ?q qp:motifRetrait ?motif }
  OPTIONAL { ?q qp:dateReponse ?reponse } OPTIONAL { ?q qp:dateRetrait ?retrait }
  OPTIONAL { ?q qp:dateLimite ?limite } OPTIONAL { ?q qp:delaiJours ?delai }
}"""
PATHS = {
    "ministere": "qp:ministereAttributaire",
    "portefeuille": "qp:ministereAttributaire/org:classification",
    "groupe": "qp:groupe",
    "rubrique": "qp:rubrique",
    "depute": "qp:auteur",
    "legislature": "qp:legislature",
}
NAMES = [measure.value.rpartition("#")[2] for measure in MEASURES]


@pytest.fixture(scope="module")
def store(vies: Path) -> Store:
    return open_store(current(vies) / "store")


@pytest.fixture(scope="module")
def published(store: Store) -> dict[tuple[str, ...], dict[str, str]]:
    """(axis, IRI, legislature, type) → measures, as the store has them."""
    optional = " ".join(f"OPTIONAL {{ ?o qp:{name} ?{name} }}" for name in NAMES)
    query = PUBLISHED % (" ".join(f"?{name}" for name in NAMES), optional)
    _, rows = by_oxigraph(store, DECLARED + query)
    return {
        (row[0].rpartition("#par-")[2].partition("-")[0], *row[1:4]): dict(
            zip(NAMES, row[4:], strict=True)
        )
        for row in rows
    }


def test_every_axis_is_counted(published: dict[tuple[str, ...], dict[str, str]]) -> None:
    """Six axes; a count that has no meaning is absent, and not zero."""
    assert {key[0] for key in published} == set(AXES) == set(PATHS)
    found = published["legislature", f"{BASE}legislature/15", "15", "QG"]
    assert found["posees"] == "1" and found["reponduesDansDelai"] == found["delaiMedian"] == ""


@pytest.mark.parametrize("axe", PATHS)
def test_numbers_are_those_of_the_questions(
    axe: str, store: Store, published: dict[tuple[str, ...], dict[str, str]]
) -> None:
    """Counted once more from what each question says, by another way."""
    names, rows = by_oxigraph(store, DECLARED + QUESTIONS % PATHS[axe])
    cells: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for row in rows:
        values = dict(zip(names, row, strict=True))
        key = (axe, values["iri"], values["legislature"], values["type"])
        cells.setdefault(key, []).append(values)
    assert cells
    expected = {key: recount(found) for key, found in cells.items()}
    assert {key: value for key, value in published.items() if key[0] == axe} == expected


def recount(found: list[dict[str, str]]) -> dict[str, str]:
    """The measures of the questions of one cell."""
    counts = Counter({"posees": len(found)})
    for q in found:
        waits = "sansReponse" if q["fin"] else "enAttente"
        fate = "repondues" if q["reponse"] else "retirees" if q["retrait"] or q["motif"] else waits
        counts[fate] += 1
        late = q["limite"] and (q["reponse"] or q["au"]) > q["limite"]
        if q["limite"] and q["reponse"]:
            counts["reponduesHorsDelai" if late else "reponduesDansDelai"] += 1
        elif late and not q["retrait"] and not q["fin"]:
            counts["enAttenteHorsDelai"] += 1
    days = [int(q["delai"]) for q in found if q["delai"]]
    numbers = {name: str(counts[name]) for name in NAMES}
    if not any(q["limite"] for q in found):
        numbers |= dict.fromkeys(
            ("reponduesDansDelai", "reponduesHorsDelai", "enAttenteHorsDelai"), ""
        )
    numbers["delaiMedian"] = f"{median(days):g}" if days else ""
    numbers["delaiMoyen"] = f"{round(fmean(days), 1):g}" if days else ""
    return numbers


def test_the_csv_has_the_same_numbers(
    vies: Path, published: dict[tuple[str, ...], dict[str, str]]
) -> None:
    """A row for each observation, under the names of the ontology, in small letters."""
    with (current(vies) / "dumps/statistiques.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(published)
    for row in rows:
        key = (row["axe"], row["iri"], row["legislature"], row["type_question"])
        assert {name: row[column_name(NAMESPACE + name)] for name in NAMES} == published[key]
        assert row["nom"] and not row["nom"].startswith("http")


def test_the_pages_have_the_same_numbers(
    vies: Path, published: dict[tuple[str, ...], dict[str, str]]
) -> None:
    """The page of each resource has a row a cell, and a dash for what has no meaning."""
    for (_, iri, legislature, type_), measures in published.items():
        page = (site_of(current(vies)) / f"{iri.removeprefix(BASE)}.html").read_text("utf-8")
        found = re.search(rf'<tr id="statistique-{legislature}-{type_}">(.*?)</tr>', page, re.S)
        assert found, iri
        cells = [re.sub("<[^>]+>", "", cell) for cell in re.findall(r"<td.*?</td>", found[1], re.S)]
        shown = [html.unescape(cell).replace(",", ".").strip("–") for cell in cells[2:]]
        assert shown == list(measures.values())


def test_the_page_of_a_portfolio_lists_its_questions(
    vies: Path, published: dict[tuple[str, ...], dict[str, str]]
) -> None:
    """As many as are counted, whatever the ministries were called."""
    totals: Counter[str] = Counter()
    for (axe, iri, *_), measures in published.items():
        if axe == "portefeuille":
            totals[iri] += int(measures["posees"])
    assert len(totals) > 3
    for iri, total in totals.items():
        page = (site_of(current(vies)) / f"{iri.removeprefix(BASE)}.html").read_text("utf-8")
        found = re.search(r'<data class="total" value="(\d+)">', page)
        assert found and int(found[1]) == total, iri


def test_the_page_of_all(vies: Path) -> None:
    """The newest legislature by ministry, portfolio and group, and every legislature."""
    page = (current(vies) / "site/statistiques.html").read_text("utf-8")
    assert re.findall(r'data-requete="statistiques-(\w+)"', page) == [
        "legislatures", "ministeres", "portefeuilles", "groupes",
    ]  # fmt: skip


def test_the_document_of_the_sets_is_whole(vies: Path) -> None:
    """A client of data cubes reads its structures, and the kind and range of each component."""
    graph = Graph().parse(current(vies) / "site/statistiques.ttl")
    structures = list(graph.subjects(RDF.type, QB.DataStructureDefinition))
    assert len(structures) == 4
    assert all(len(set(graph.subjects(QB.structure, s))) == len(AXES) for s in structures)
    dimensions, measures = (
        set(graph.objects(None, QB.dimension)),
        set(graph.objects(None, QB.measure)),
    )
    assert {str(o) for o in dimensions} == {d.value for d in DIMENSIONS}
    assert {str(o) for o in measures} == {m.value for m in MEASURES}
    assert set(graph.subjects(RDF.type, QB.DimensionProperty)) == dimensions
    assert set(graph.subjects(RDF.type, QB.MeasureProperty)) == measures
    assert set(graph.subjects(RDFS.range)) == dimensions | measures
