"""What a release says of itself is true: every figure is counted again, every fact is looked up."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, QueryResultsFormat, RdfFormat, Store, Triple, parse
from rdflib import RDF, RDFS, BNode, Graph, Literal, Namespace, Node, URIRef
from rdflib.namespace import DCTERMS, SH, VOID
from werkzeug.test import Client

from lod.pipeline.validation.pyshacl_engine import violations
from lod.publish.release import current, manifest
from lod.publish.void import RESULT_FORMATS, named_graphs, store_parts
from lod.rdf.serialize import read_turtle
from lod.rdf.store import open_store, select
from lod.rdf.vocab import PREFIXES
from lod.server.engine.formats import GRAPHS, SOLUTIONS
from tests.support.comparing import named_graphs_of, triples_of
from tests.support.paths import BASE, COUNTEREXAMPLES
from tests.support.shapes import DESCRIPTIONS, broken, constraints, shapes

SD, VOID_EXT = Namespace(PREFIXES["sd"]), Namespace(PREFIXES["void-ext"])
SCHEMA = Namespace(PREFIXES["schema"])
FORMATS = Namespace("http://www.w3.org/ns/formats/")
DATASET = URIRef(f"{BASE}.well-known/void#questions")
SERVICE, WHOLE = URIRef(f"{BASE}sparql#service"), URIRef(f"{BASE}sparql#graphe")
FIGURES = {
    VOID.triples: "COUNT(*)",
    VOID.entities: "COUNT(DISTINCT ?s)",
    VOID.distinctSubjects: "COUNT(DISTINCT ?s)",
    VOID.properties: "COUNT(DISTINCT ?p)",
    VOID.classes: "COUNT(DISTINCT ?c)",
}
NAMES = {  # what the server writes, as W3C names it
    QueryResultsFormat.JSON: "SPARQL_Results_JSON",
    QueryResultsFormat.XML: "SPARQL_Results_XML",
    QueryResultsFormat.CSV: "SPARQL_Results_CSV",
    QueryResultsFormat.TSV: "SPARQL_Results_TSV",
    RdfFormat.TURTLE: "Turtle",
    RdfFormat.N_TRIPLES: "N-Triples",
    RdfFormat.RDF_XML: "RDF_XML",
    RdfFormat.JSON_LD: "JSON-LD",
}
TYPED = {VOID.entities, VOID.classes}  # of what has a class; the others of all triples


@pytest.fixture(scope="module")
def void(sample: Path) -> Graph:
    return Graph().parse(current(sample) / "dumps/void.ttl")


@pytest.fixture(scope="module")
def store(sample: Path) -> Store:
    return open_store(current(sample) / "store")


@pytest.fixture(scope="module")
def described(client: Client) -> Graph:
    """What a client reads that asks the endpoint nothing."""
    return Graph().parse(data=client.get("/sparql").data, format="turtle")


def count(store: Store, figure: URIRef, pattern: str = "") -> int:
    """Count once more; the pattern narrows ?s, ?p and ?o."""
    whole = "?s a ?c" if figure in TYPED else "?s ?p ?o"
    query = f"SELECT ({FIGURES[figure]} AS ?n) {{ {whole} {pattern} }}"
    [row] = select(store, query)
    return int(row["n"])


def partitions(graph: Graph) -> Iterator[tuple[str, URIRef, str]]:
    """Yield (kind, node, what narrows the triples to it) for every partition of the dataset."""
    for of_class in graph.objects(DATASET, VOID.classPartition):
        narrow = f". ?s a <{graph.value(of_class, VOID['class'])}>"
        yield "class", of_class, narrow  # type: ignore[misc]
        for of_property in graph.objects(of_class, VOID.propertyPartition):
            inner = f"{narrow} VALUES ?p {{ <{graph.value(of_property, VOID.property)}> }}"
            yield "class, property", of_property, inner  # type: ignore[misc]
            for kind in graph.objects(of_property, VOID.classPartition):
                term = graph.value(kind, VOID["class"])
                known = f"FILTER(EXISTS {{ ?o a <{term}> }})"
                yield "class, property, class", kind, f"{inner} {known}"  # type: ignore[misc]
            for kind in graph.objects(of_property, VOID_EXT.datatypePartition):
                term = graph.value(kind, VOID_EXT.datatype)
                literal = f"FILTER(DATATYPE(?o) = <{term}>)"
                yield "class, property, datatype", kind, f"{inner} {literal}"  # type: ignore[misc]
    for of_property in graph.objects(DATASET, VOID.propertyPartition):
        narrow = f"VALUES ?p {{ <{graph.value(of_property, VOID.property)}> }}"
        yield "property", of_property, narrow  # type: ignore[misc]


def test_every_figure_of_void_is_counted_again(store: Store, void: Graph) -> None:
    """Each figure of the dataset, of each partition and of each set of links, by a query each."""
    compared = Counter[str]()
    nodes = [("dataset", DATASET, ""), *partitions(void)]
    for links in void.subjects(RDF.type, VOID.Linkset):
        space = void.value(void.value(links, VOID.objectsTarget), VOID.uriSpace)
        predicate = void.value(links, VOID.linkPredicate)
        narrow = f'VALUES ?p {{ <{predicate}> }} FILTER(STRSTARTS(STR(?o), "{space}"))'
        nodes.append(("links", links, narrow))  # type: ignore[arg-type]
    for kind, node, narrow in nodes:
        stated = [(p, o) for p, o in void.predicate_objects(node) if p in FIGURES]
        assert stated, node
        for figure, value in stated:
            assert value == Literal(count(store, figure, narrow)), (node, figure)  # type: ignore[arg-type]
            compared[kind] += 1
    # that no partition is missing says the next test: how many there are is of the data
    assert compared.keys() == {
        "dataset", "class", "property", "class, property", "class, property, class",
        "class, property, datatype", "links",
    }  # fmt: skip
    assert compared["dataset"] == 5


def test_no_partition_is_missing(store: Store, void: Graph) -> None:
    """Each class, property, pair and kind of values of the data is described, none besides."""
    found = [kind for kind, _, _ in partitions(void)]
    pairs = "SELECT DISTINCT ?c ?p { ?s a ?c ; ?p ?o }"
    typed = "SELECT DISTINCT ?c ?p (DATATYPE(?o) AS ?d) { ?s a ?c ; ?p ?o FILTER(ISLITERAL(?o)) }"
    leading = "SELECT DISTINCT ?c ?p ?d { ?s a ?c ; ?p ?o . ?o a ?d }"
    assert found.count("class") == count(store, VOID.classes)
    assert found.count("property") == count(store, VOID.properties)
    assert found.count("class, property") == len(list(select(store, pairs)))
    assert found.count("class, property, datatype") == len(list(select(store, typed)))
    assert found.count("class, property, class") == len(list(select(store, leading)))
    nodes = [node for _, node, _ in partitions(void)]
    assert len(set(nodes)) == len(nodes)


def test_every_constraint_is_broken_by_a_counterexample() -> None:
    core = shapes(*DESCRIPTIONS)
    expected = constraints(core)
    assert (len(DESCRIPTIONS), len(expected)) == (7, 194)
    examples = (COUNTEREXAMPLES / "description" / path.name for path in DESCRIPTIONS)
    found = (broken(violations(read_turtle(example), core)) for example in examples)
    assert set().union(*found) == expected


def test_the_shapes_speak_french_and_english() -> None:
    """A message says what is wrong, and after `;` what to do; no shape has a blank node."""
    graph = shapes()
    assert not any(isinstance(term, BNode) for triple in graph for term in triple)
    for shape in graph.subjects(RDF.type, SH.PropertyShape):
        messages = {m.language: str(m) for m in graph.objects(shape, SH.message)}  # type: ignore[union-attr]
        assert set(messages) == {"fr", "en"}, shape
        assert " ; " in messages["fr"] and "; " in messages["en"], shape


@pytest.mark.parametrize("name", ["void", "exemples", "dcat"])
def test_what_is_published_conforms(name: str, sample: Path) -> None:
    """Each file by itself; the service, which speaks of the dataset too, is looked at as served."""
    assert violations(read_turtle(current(sample) / f"dumps/{name}.ttl"), shapes()) == []


def test_the_service_as_served_conforms(described: Graph) -> None:
    """With its limits, and with VoID: whoever reads it alone has all."""
    triples = parse(described.serialize(format="nt"), format=RdfFormat.N_TRIPLES)
    assert violations((quad.triple for quad in triples), shapes()) == []
    assert len(set(described.subjects(RDF.type, SD.Service))) == 1


def test_the_service_states_what_it_does(described: Graph) -> None:
    """Its address, the formats that are written, and no feature that is not true."""
    assert described.value(SERVICE, SD.endpoint) == URIRef(f"{BASE}sparql")
    named = {str(f).removeprefix(str(FORMATS)) for f in described.objects(SERVICE, SD.resultFormat)}
    written = {*SOLUTIONS.values(), *GRAPHS.values()}
    assert named == {NAMES[f] for f in written} == set(RESULT_FORMATS)
    features = {str(f).removeprefix(BASE) for f in described.objects(SERVICE, SD.feature)}
    limits = {"sparql#limite-secondes", "sparql#limite-octets"}
    assert features == {*limits, "sparql#union"}
    [function] = described.objects(SERVICE, SD.extensionFunction)
    assert function == URIRef(f"{BASE}recherche#contient")
    assert (function, RDF.type, SD.Function) in described
    for feature in described.objects(SERVICE, SD.feature):
        assert {label.language for label in described.objects(feature, RDFS.label)} == {"fr", "en"}  # type: ignore[union-attr]
    seconds = described.value(URIRef(f"{BASE}sparql#limite-secondes"), SCHEMA.value)
    assert seconds is not None and seconds.toPython() == 10  # type: ignore[union-attr]


def ask(client: Client, query: str, **more: str) -> list[dict[str, str]]:
    """Return the rows that the endpoint answers."""
    answer = client.get("/sparql", query_string={"query": query, "format": "json", **more})
    assert answer.status_code == 200, answer.text
    rows = json.loads(answer.data)["results"]["bindings"]
    return [{name: cell["value"] for name, cell in row.items()} for row in rows]


def in_dumps(folder: Path, described: Graph, part: Node) -> set[Triple]:
    """Return the triples of the dumps that VoID names for a part."""
    held = set()
    for dump in described.objects(part, VOID.dataDump):
        held |= {*triples_of(current(folder) / "dumps" / str(dump).rpartition("/")[2])}
    return held


def test_each_graph_is_as_large_as_its_dumps(
    client: Client, described: Graph, sample: Path
) -> None:
    """What VoID says of each graph but its own is what the endpoint counts there and its dumps
    have.
    """
    names = {str(name) for name in described.objects(None, SD.name)}
    made = named_graphs_of(current(sample)).values()
    assert names == {BASE + graph.path for graph in made}
    for graph in (str(DATASET), *names):
        where = "?s ?p ?o" if graph == str(DATASET) else f"GRAPH <{graph}> {{ ?s ?p ?o }}"
        [row] = ask(client, f"SELECT (COUNT(*) AS ?n) {{ {where} }}")
        held = len(in_dumps(sample, described, URIRef(graph)))
        stated = described.value(URIRef(graph), VOID.triples)
        assert held > 0 and row["n"] == str(held), graph
        assert stated == (None if graph.endswith("#descriptions") else Literal(held)), graph
        assert described.value(URIRef(graph), DCTERMS.license), graph
    for part in set(store_parts()) - set(named_graphs()):
        node = URIRef(BASE + store_parts()[part].path)
        stated = described.value(node, VOID.triples)
        assert str(stated) == str(len(in_dumps(sample, described, node))) != "0", part


def test_all_counts_agree(client: Client, described: Graph, sample: Path) -> None:
    """VoID, manifest and store; no triple is in two graphs. The dumps: `test_dumps.py`."""
    quads = set(open_store(current(sample) / "store"))
    assert manifest(current(sample))["triples"]["store"] == len(quads)
    assert len({quad.triple for quad in quads}) == len(quads)
    default = [quad for quad in quads if quad.graph_name == DefaultGraph()]
    assert str(described.value(DATASET, VOID.triples)) == str(len(default))
    for more, counted in (({}, default), ({"union-default-graph": ""}, quads)):
        [row] = ask(client, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", **more)
        assert row["n"] == str(len(counted))
    for said in (*FIGURES, VOID.classPartition, VOID.propertyPartition):  # the graph is the data
        ours = set(described.objects(DATASET, said))
        assert set(described.objects(WHOLE, said)) == ours and ours, said


def test_a_set_of_links_is_in_the_dump_of_its_part(void: Graph, sample: Path) -> None:
    """No dump is named for a set that is only some of it."""
    sets = [*void.subjects(RDF.type, VOID.Linkset)]
    assert len(sets) == 23
    for links in sets:
        assert not void.value(links, VOID.dataDump)
        [part] = void.subjects(VOID.subset, links)
        space = str(void.value(void.value(links, VOID.objectsTarget), VOID.uriSpace))
        predicate = str(void.value(links, VOID.linkPredicate))
        linked = [t for t in in_dumps(sample, void, part) if t.predicate.value == predicate]
        held = sum(getattr(t.object, "value", "").startswith(space) for t in linked)
        assert str(void.value(links, VOID.triples)) == str(held), links


def test_everything_that_is_served_is_named(described: Graph, sample: Path) -> None:
    """Each IRI below the base, of SPARQL or of its formats has a label in the description."""
    spaces = (BASE, str(FORMATS), str(SD), "http://www.w3.org/ns/entailment/")
    terms = {*described.predicates(), *described.objects(None, RDF.type)}
    iris = {t for s, _, o in described for t in (s, o) if isinstance(t, URIRef)} - terms
    ours = {iri for iri in iris if str(iri).startswith(spaces)}
    unnamed = {str(iri) for iri in ours if not described.value(iri, RDFS.label)}
    # these stand in the data, with their labels
    assert {iri.removeprefix(BASE).partition("/")[0] for iri in unnamed} <= {
        "question", "legislature", "exemples",
    }  # fmt: skip
    assert not any(isinstance(t, BNode) for triple in described for t in triple)
