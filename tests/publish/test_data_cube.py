"""The statistics are a data cube: the 21 integrity constraints of the W3C hold on a release.

Each is a pattern of what is wrong (section 11 of « The RDF Data Cube Vocabulary », 2014), and each
is seen to find the fault that is added beside it.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store

from lod.publish.release import current
from lod.rdf.store import open_store
from lod.rdf.vocab import PREFIXES

DECLARED = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
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
BY_MEASURE = f"""{CUBE} <urn:structure> qb:component <urn:t> . <urn:t> qb:dimension qb:measureType .
qb:measureType a qb:DimensionProperty ; rdfs:range qb:MeasureProperty .
"""
COMPONENT = "(qb:dimension|qb:measure|qb:attribute)"
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
        f"""?s a qb:DataStructureDefinition .
        FILTER NOT EXISTS {{ ?s qb:component/{COMPONENT} ?p . ?p a qb:MeasureProperty }}""",
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
    6: (
        f"""?c qb:componentRequired false . ?s qb:component ?c . ?c {COMPONENT} ?p .
        FILTER NOT EXISTS {{ ?p a qb:AttributeProperty }}""",
        f"{CUBE} <urn:m> qb:componentRequired false .",
    ),
    7: (
        """?key a qb:SliceKey . FILTER NOT EXISTS {
        ?s a qb:DataStructureDefinition ; qb:sliceKey ?key }""",
        "<urn:key> a qb:SliceKey .",
    ),
    8: (
        f"""?s qb:sliceKey ?key . ?key qb:componentProperty ?p .
        FILTER NOT EXISTS {{ ?s qb:component/{COMPONENT} ?p }}""",
        f"{CUBE} <urn:structure> qb:sliceKey <urn:key> . <urn:key> qb:componentProperty <urn:x> .",
    ),
    9: (
        """?s a qb:Slice . OPTIONAL { ?s qb:sliceStructure ?one }
        OPTIONAL { ?s qb:sliceStructure ?two }
        FILTER(!BOUND(?one) || ?one != ?two)""",
        "<urn:slice> a qb:Slice .",
    ),
    10: (
        """?s qb:sliceStructure/qb:componentProperty ?dim .
        FILTER NOT EXISTS { ?s ?dim ?value }""",
        "<urn:slice> qb:sliceStructure <urn:key> . <urn:key> qb:componentProperty <urn:dimA> .",
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
    13: (
        f"""?o a qb:Observation . {OF} ?c qb:componentRequired true ; qb:attribute ?p .
        FILTER NOT EXISTS {{ ?o ?p ?value }}""",
        f"""{CUBE} <urn:structure> qb:component <urn:u> .
        <urn:u> qb:attribute <urn:unit> ; qb:componentRequired true .
        <urn:o> a qb:Observation ; qb:dataSet <urn:cube> .""",
    ),
    14: (
        f"""?o a qb:Observation . {OF} ?c qb:measure ?m .
        FILTER NOT EXISTS {{ ?structure qb:component/qb:dimension qb:measureType }}
        FILTER NOT EXISTS {{ ?o ?m ?value }}""",
        f"{CUBE} <urn:o> a qb:Observation ; qb:dataSet <urn:cube> .",
    ),
    15: (
        f"""?o qb:measureType ?m . {OF} ?c qb:dimension qb:measureType .
        FILTER NOT EXISTS {{ ?o ?m ?value }}""",
        f"{BY_MEASURE} <urn:o> qb:dataSet <urn:cube> ; qb:measureType <urn:mesure> .",
    ),
    16: (
        f"""?o qb:measureType ?m . {OF} ?c qb:dimension qb:measureType .
        ?structure qb:component/qb:measure ?other . FILTER(?other != ?m) ?o ?other ?value""",
        f"{BY_MEASURE} <urn:o> qb:dataSet <urn:cube> ; qb:measureType <urn:x> ; <urn:mesure> 1 .",
    ),
    17: (
        f"""?o qb:dataSet ?set . {OF} ?c qb:dimension qb:measureType .
        ?structure qb:component/qb:measure ?m .
        FILTER NOT EXISTS {{ ?same qb:dataSet ?set ; qb:measureType ?m }}""",
        f"{BY_MEASURE} <urn:o> qb:dataSet <urn:cube> ; qb:measureType <urn:x> .",
    ),
    18: (
        """?set qb:slice/qb:observation ?o . FILTER NOT EXISTS { ?o qb:dataSet ?set }""",
        "<urn:cube> qb:slice <urn:slice> . <urn:slice> qb:observation <urn:o> .",
    ),
    19: (
        f"""?o a qb:Observation . {OF} ?c qb:dimension ?dim . ?dim qb:codeList ?list .
        ?list a skos:ConceptScheme . ?o ?dim ?value .
        FILTER NOT EXISTS {{ ?value a skos:Concept ; skos:inScheme ?list }}""",
        f"""{CUBE} <urn:dimA> qb:codeList <urn:list> . <urn:list> a skos:ConceptScheme .
        <urn:o> a qb:Observation ; qb:dataSet <urn:cube> ; <urn:dimA> <urn:value> .""",
    ),
    20: (
        f"""?o a qb:Observation . {OF} ?c qb:dimension ?dim . ?dim qb:codeList ?list .
        ?list a qb:HierarchicalCodeList ; qb:hierarchyRoot ?root . ?o ?dim ?value .
        FILTER(?value != ?root)
        FILTER NOT EXISTS {{ ?root ?child ?value . ?list qb:parentChildProperty ?child }}""",
        f"""{CUBE} <urn:dimA> qb:codeList <urn:list> .
        <urn:list> a qb:HierarchicalCodeList ; qb:hierarchyRoot <urn:root> .
        <urn:o> a qb:Observation ; qb:dataSet <urn:cube> ; <urn:dimA> <urn:value> .""",
    ),
    21: (
        """?list a qb:HierarchicalCodeList ; qb:parentChildProperty/owl:inverseOf ?parent ;
        qb:hierarchyRoot ?root . ?o ?dim ?value . ?dim qb:codeList ?list .
        FILTER(?value != ?root) FILTER NOT EXISTS { ?value ?parent ?root }""",
        """<urn:dimA> qb:codeList <urn:list> . <urn:list> a qb:HierarchicalCodeList ;
        qb:hierarchyRoot <urn:root> ; qb:parentChildProperty <urn:child> .
        <urn:child> owl:inverseOf <urn:parent> . <urn:o> <urn:dimA> <urn:value> .""",
    ),
}


@pytest.fixture(scope="module")
def store(vies: Path) -> Store:
    return open_store(current(vies) / "store")


def is_wrong(store: Store, pattern: str) -> bool:
    return bool(store.query(f"{DECLARED} ASK {{ {pattern} }}"))


def faulty(graph: str) -> Iterator[Store]:
    found = Store()
    found.load(
        "".join(f"@prefix {p}: <{iri}> .\n" for p, iri in PREFIXES.items()) + graph,
        format=RdfFormat.TURTLE,
    )
    yield found


@pytest.mark.parametrize("number", CONSTRAINTS)
def test_a_constraint_holds_and_would_find_its_fault(store: Store, number: int) -> None:
    """Nothing in the default graph of a release breaks it; the graph beside it does."""
    pattern, graph = CONSTRAINTS[number]
    assert not is_wrong(store, pattern)
    [broken] = faulty(graph)
    assert is_wrong(broken, pattern)


def test_there_is_a_cube(store: Store) -> None:
    """All 21 constraints; each kind of data set, each axis, and cells in them."""
    assert sorted(CONSTRAINTS) == list(range(1, 22))
    [row] = store.query(
        f"""{DECLARED} SELECT (COUNT(DISTINCT ?set) AS ?sets) (COUNT(DISTINCT ?used) AS ?useds)
        (COUNT(DISTINCT ?s) AS ?structures) {{
          ?set a qb:DataSet ; qb:structure ?s .
          OPTIONAL {{ ?o qb:dataSet ?set . BIND(?set AS ?used) }}
        }}"""  # type: ignore[union-attr]
    )
    assert (int(row["sets"].value), int(row["structures"].value)) == (24, 4)
    assert int(row["useds"].value) >= 18
