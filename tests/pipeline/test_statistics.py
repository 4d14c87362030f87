"""The statistics: the same numbers in data, CSV and pages, and those that the questions give.

They are a data cube: the 21 integrity constraints of the W3C hold on a release. Each is a pattern
of what is wrong (section 11 of « The RDF Data Cube Vocabulary », 2014), and each is seen to find
the fault that is added beside it.
"""

import re
from collections import Counter
from pathlib import Path
from statistics import fmean, median

import pytest
from lxml.html import fromstring
from pyoxigraph import RdfFormat, Store
from rdflib import Graph
from rdflib.namespace import QB, RDF, RDFS

from lod.base.tabular import rows as csv_rows
from lod.pipeline.questions.statistics import AXES, DIMENSIONS, MEASURES
from lod.publish.query_catalogue import query_text
from lod.publish.release import current
from lod.publish.tables.columns import column_name
from lod.rdf.store import open_store
from lod.rdf.vocab import NAMESPACE, PREFIXES
from lod.website.rendering.language import LANGUAGES
from tests.support.engines import by_oxigraph
from tests.support.paths import BASE

DECLARED = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
PUBLISHED = """
SELECT ?axe ?iri ?legislature ?type %s WHERE {
  ?o a qb:Observation ; qb:dataSet ?axe ; qp:statistiqueDe ?iri ;
     qp:statistiqueLegislature/qp:numero ?legislature ; qp:statistiqueType ?t .
  ?t skos:notation ?type .
  %s
}"""
QUESTIONS = """
SELECT ?q ?iri ?legislature ?type ?statut ?reponse ?motif ?retrait ?fin ?limite ?au ?delai WHERE {
  ?q a qp:Question ; %s ?iri ; qp:legislature/qp:numero ?legislature ;
     qp:typeQuestion/skos:notation ?type ; qp:statutAu ?au ; qp:statut ?statut .
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
Cells = dict[tuple[str, ...], dict[str, str]]  # (axis, IRI, legislature, type) → measures
NAMES = [measure.value.rpartition("#")[2] for measure in MEASURES]


@pytest.fixture(scope="module")
def store(vies: Path) -> Store:
    return open_store(current(vies) / "store")


@pytest.fixture(scope="module")
def published(store: Store) -> Cells:
    """The cells as the store has them."""
    optional = " ".join(f"OPTIONAL {{ ?o qp:{name} ?{name} }}" for name in NAMES)
    query = PUBLISHED % (" ".join(f"?{name}" for name in NAMES), optional)
    _, rows = by_oxigraph(store, DECLARED + query)
    return {
        (row[0].rpartition("#par-")[2].partition("-")[0], *row[1:4]): dict(
            zip(NAMES, row[4:], strict=True)
        )
        for row in rows
    }


def test_every_axis_is_counted(published: Cells) -> None:
    """Six axes; a count that has no meaning is absent, and not zero."""
    assert {key[0] for key in published} == set(AXES) == set(PATHS)
    found = published["legislature", f"{BASE}legislature/15", "15", "QG"]
    assert found["posees"] == "1" and found["reponduesDansDelai"] == found["delaiMedian"] == ""


@pytest.mark.parametrize("axe", PATHS)
def test_numbers_are_those_of_the_questions(axe: str, store: Store, published: Cells) -> None:
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


def test_a_portfolio_counts_what_its_ministries_count(store: Store, published: Cells) -> None:
    """Sums of counts, of each legislature and type; and the table says of how many it can speak."""
    query = "SELECT ?m ?p { ?m a qp:Ministere ; org:classification ?p }"
    _, classified = by_oxigraph(store, DECLARED + query)
    counts = [n for n in NAMES if not n.startswith("delai")]
    summed: dict[tuple[str, ...], Counter[str]] = {}
    for (axis, ministry, *cell), numbers in published.items():
        for portfolio in [p for m, p in classified if axis == "ministere" and m == ministry]:
            key = ("portefeuille", portfolio, *cell)
            summed.setdefault(key, Counter()).update({n: int(numbers[n] or 0) for n in counts})
    told = {
        key: Counter({n: int(numbers[n] or 0) for n in counts})
        for key, numbers in published.items()
        if key[0] == "portefeuille"
    }
    assert summed == told != {}
    with_one = {m for m, _ in classified}
    asked = [
        (int(numbers["posees"]), ministry in with_one)
        for (axis, ministry, legislature, kind), numbers in published.items()
        if (axis, legislature, kind) == ("ministere", "17", "QE")
    ]
    covered = f"{sum(n for n, is_covered in asked if is_covered)} / {sum(n for n, _ in asked)}"
    names, rows = by_oxigraph(store, query_text("statistiques-portefeuilles"))
    shown = [dict(zip(names, row, strict=True)) for row in rows]
    assert {r["comptees"] for r in shown if r["legislature"] == "17"} == {covered}


def recount(found: list[dict[str, str]]) -> dict[str, str]:
    """The measures of the questions of one cell."""
    counts = Counter({"posees": len(found)})
    for q in found:
        waits = "sansReponse" if q["fin"] else "enAttente"
        waits = "suiteInconnue" if q["statut"].endswith("suite-inconnue") else waits
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
        punctual = ("reponduesDansDelai", "reponduesHorsDelai", "enAttenteHorsDelai")
        numbers |= dict.fromkeys(punctual, "")
    numbers["delaiMedian"] = f"{median(days):g}" if days else ""
    numbers["delaiMoyen"] = f"{round(fmean(days), 1):g}" if days else ""
    return numbers


def test_the_csv_has_the_same_numbers(vies: Path, published: Cells) -> None:
    """A row for each observation, under the names of the ontology, in small letters."""
    rows = list(csv_rows(current(vies) / "dumps/statistiques.csv"))
    assert len(rows) == len(published)
    for row in rows:
        key = (row["axe"], row["iri"], row["legislature"], row["type_question"])
        assert {name: row[column_name(NAMESPACE + name)] for name in NAMES} == published[key]
        assert row["nom"] and not row["nom"].startswith("http")


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
    for one in graph.subjects(RDF.type, QB.DataSet):  # a part says that it is one
        assert {o.value.partition(" ")[0] for o in graph.objects(one, RDFS.comment)} == {"Une", "A"}
    parts = {s for s in graph.subjects() if f"{BASE}statistiques#" in str(s)}
    assert len(parts) == 42
    for language, end in LANGUAGES.items():  # a page has the names of all in its own language
        page = fromstring((current(vies) / f"site/statistiques{end}.html").read_bytes())
        for part in parts:
            [name] = (n for n in graph.objects(part, RDFS.label) if n.language == language)
            [shown] = page.xpath("//li[@id=$part]", part=str(part).partition("#")[2])
            assert shown.text_content() == str(name)
    dimensions, measures = (set(graph.objects(None, p)) for p in (QB.dimension, QB.measure))
    assert {str(o) for o in dimensions} == {d.value for d in DIMENSIONS}
    assert {str(o) for o in measures} == {m.value for m in MEASURES}
    assert set(graph.subjects(RDF.type, QB.DimensionProperty)) == dimensions
    assert set(graph.subjects(RDF.type, QB.MeasureProperty)) == measures
    assert set(graph.subjects(RDFS.range)) == dimensions | measures
    named = {(o, n.language) for o in dimensions | measures for n in graph.objects(o, RDFS.label)}
    assert named == {(o, language) for o in dimensions | measures for language in LANGUAGES}


# a data set of a fault that is added: two dimensions, a measure
CUBE = """
<urn:cube> a qb:DataSet ; qb:structure <urn:structure> .
<urn:structure> a qb:DataStructureDefinition ; qb:component <urn:a> , <urn:b> , <urn:m> .
<urn:a> qb:dimension <urn:dimA> . <urn:b> qb:dimension <urn:dimB> .
<urn:m> qb:measure <urn:mesure> .
<urn:dimA> a qb:DimensionProperty ; rdfs:range xsd:string .
<urn:dimB> a qb:DimensionProperty ; rdfs:range xsd:string .
<urn:mesure> a qb:MeasureProperty .
"""
OF = "?o qb:dataSet/qb:structure ?structure . ?structure qb:component ?c ."
CONSTRAINTS = {  # number: (what is wrong, a graph that is wrong so)
    1: (
        """?o a qb:Observation . OPTIONAL { ?o qb:dataSet ?one } OPTIONAL { ?o qb:dataSet ?two }
        FILTER(!BOUND(?one) || ?one != ?two)""",
        "<urn:o> a qb:Observation .",
    ),
    2: (
        """?set a qb:DataSet . OPTIONAL { ?set qb:structure ?one }
        OPTIONAL { ?set qb:structure ?two }
        FILTER(!BOUND(?one) || ?one != ?two)""",
        "<urn:cube> a qb:DataSet ; qb:structure <urn:1> , <urn:2> .",
    ),
    3: (
        """?s a qb:DataStructureDefinition .
        FILTER NOT EXISTS { ?s qb:component/qb:measure ?p . ?p a qb:MeasureProperty }""",
        "<urn:s> a qb:DataStructureDefinition .",
    ),
    4: (
        "?dim a qb:DimensionProperty . FILTER NOT EXISTS { ?dim rdfs:range ?range }",
        "<urn:dim> a qb:DimensionProperty .",
    ),
    5: (
        """?dim a qb:DimensionProperty ; rdfs:range skos:Concept .
        FILTER NOT EXISTS { ?dim qb:codeList ?list }""",
        "<urn:dim> a qb:DimensionProperty ; rdfs:range skos:Concept .",
    ),
    11: (
        f"?o a qb:Observation . {OF} ?c qb:dimension ?dim . FILTER NOT EXISTS {{ ?o ?dim ?value }}",
        f'{CUBE} <urn:o> a qb:Observation ; qb:dataSet <urn:cube> ; <urn:dimA> "1" .',
    ),
    12: (
        """?one qb:dataSet ?set ; qp:statistiqueDe ?a ; qp:statistiqueLegislature ?b ;
        qp:statistiqueType ?c . ?two qb:dataSet ?set ; qp:statistiqueDe ?a ;
        qp:statistiqueLegislature ?b ; qp:statistiqueType ?c . FILTER(?one != ?two)""",
        """<urn:1> qb:dataSet <urn:cube> ; qp:statistiqueDe <urn:a> ; qp:statistiqueType <urn:t> ;
        qp:statistiqueLegislature <urn:l> .
        <urn:2> qb:dataSet <urn:cube> ; qp:statistiqueDe <urn:a> ;
        qp:statistiqueType <urn:t> ; qp:statistiqueLegislature <urn:l> .""",
    ),
    14: (
        f"""?o a qb:Observation . {OF} ?c qb:measure ?m .
        FILTER NOT EXISTS {{ ?o ?m ?value }}""",
        f"{CUBE} <urn:o> a qb:Observation ; qb:dataSet <urn:cube> .",
    ),
    19: (
        f"""?o a qb:Observation . {OF} ?c qb:dimension ?dim . ?dim qb:codeList ?list .
        ?list a skos:ConceptScheme . ?o ?dim ?value .
        FILTER NOT EXISTS {{ ?value a skos:Concept ; skos:inScheme ?list }}""",
        f"""{CUBE} <urn:dimA> qb:codeList <urn:list> . <urn:list> a skos:ConceptScheme .
        <urn:o> a qb:Observation ; qb:dataSet <urn:cube> ; <urn:dimA> <urn:value> .""",
    ),
}


# what the cube has nothing of: no other constraint can be broken
NOT_USED = {
    "attribute": {13}, "componentRequired": {6, 13}, "slice": {18}, "sliceKey": {7, 8},
    "sliceStructure": {9, 10}, "measureType": {15, 16, 17}, "hierarchyRoot": {20, 21},
}  # fmt: skip


def is_wrong(store: Store, pattern: str) -> bool:
    return bool(store.query(f"ASK {{ {pattern} }}", prefixes=PREFIXES))


@pytest.mark.parametrize("number", CONSTRAINTS)
def test_a_constraint_holds_and_would_find_its_fault(store: Store, number: int) -> None:
    """Nothing in the default graph of a release breaks it; the graph beside it does."""
    pattern, graph = CONSTRAINTS[number]
    assert not is_wrong(store, pattern)
    broken = Store()
    broken.load(DECLARED + graph, format=RdfFormat.TURTLE)
    assert is_wrong(broken, pattern)


def test_there_is_a_cube(store: Store) -> None:
    """Of the 21 constraints; each kind of data set, each axis, and cells in them."""
    assert CONSTRAINTS.keys() | set[int]().union(*NOT_USED.values()) == {*range(1, 22)}
    named = {term for quad in store for term in (quad.predicate, quad.object)}
    classes = {f"{QB}{name}" for name in ("Slice", "SliceKey", "HierarchicalCodeList")}
    unused = classes | {f"{QB}{name}" for name in NOT_USED}
    assert not unused & {getattr(term, "value", "") for term in named}
    [row] = store.query(
        f"""{DECLARED} SELECT (COUNT(DISTINCT ?set) AS ?sets) (COUNT(DISTINCT ?used) AS ?useds)
        (COUNT(DISTINCT ?s) AS ?structures) {{
          ?set a qb:DataSet ; qb:structure ?s .
          OPTIONAL {{ ?o qb:dataSet ?set . BIND(?set AS ?used) }}
        }}"""  # type: ignore[union-attr]
    )
    assert (int(row["sets"].value), int(row["structures"].value)) == (24, 4)
    assert int(row["useds"].value) >= 18
