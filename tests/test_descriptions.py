"""What a release says of itself is true: every figure is counted again, every fact is looked up."""

import gzip
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, RdfFormat, Store
from rdflib import RDF, RDFS, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, OWL, SKOS, VOID, XSD

from lod import files
from lod.release import current, manifest
from lod.server.app import create_app
from lod.server.formats import GRAPHS, SOLUTIONS
from lod.store import open_store, select
from lod.vocab import PREFIXES
from tests.conftest import BASE
from tests.server_data import client_of

SD, VOID_EXT = Namespace(PREFIXES["sd"]), Namespace(PREFIXES["void-ext"])
FORMATS = Namespace("http://www.w3.org/ns/formats/")
DATASET = URIRef(f"{BASE}.well-known/void#questions")
SERVICE, WHOLE = URIRef(f"{BASE}sparql#service"), URIRef(f"{BASE}sparql#graphe")
FIGURES = {
    VOID.triples: "COUNT(*)",
    VOID.entities: "COUNT(DISTINCT ?s)",
    VOID.distinctSubjects: "COUNT(DISTINCT ?s)",
    VOID.distinctObjects: "COUNT(DISTINCT ?o)",
    VOID.properties: "COUNT(DISTINCT ?p)",
    VOID.classes: "COUNT(DISTINCT ?c)",
}
TYPED = {VOID.entities, VOID.classes}  # of what has a class; the others of all triples


@pytest.fixture(scope="module")
def void(sample: Path) -> Graph:
    return Graph().parse(current(sample) / "dumps/void.ttl")


@pytest.fixture(scope="module")
def client(sample: Path) -> Iterator[FlaskClient]:
    app = create_app(sample, workers=1)
    yield client_of(app)
    app.extensions["releases"].close()


@pytest.fixture(scope="module")
def data(sample: Path) -> Store:
    """What the dumps of data and links hold, and the ontology aside, in a graph of its own."""
    dumps, store = current(sample) / "dumps", Store()
    for name, syntax in (("questions.nt", RdfFormat.N_TRIPLES), ("links.ttl", RdfFormat.TURTLE)):
        store.load(gzip.decompress((dumps / f"{name}.gz").read_bytes()), format=syntax)
    store.load(path=str(files.ONTOLOGY), format=RdfFormat.TURTLE, to_graph=NamedNode("urn:ontologie"))
    return store


@pytest.fixture(scope="module")
def described(client: FlaskClient) -> Graph:
    """What a client reads that asks the endpoint nothing."""
    return Graph().parse(data=client.get("/sparql").data, format="turtle")


def count(store: Store, figure: URIRef, pattern: str = "") -> int:
    """Count once more; the pattern narrows ?s, ?p and ?o."""
    whole = "?s a ?c" if figure in TYPED else "?s ?p ?o"
    query = f"SELECT ({FIGURES[figure]} AS ?n) {{ {whole} {pattern} }}"
    [row] = select(store, query)
    return int(row["n"])


def differences(store: Store, graph: Graph, node: URIRef, pattern: str) -> Iterator[tuple[str, int]]:
    """Yield each figure of a node, and by how much it is off."""
    stated = [(p, o) for p, o in graph.predicate_objects(node) if p in FIGURES]
    assert stated, node
    for figure, value in stated:
        assert value.datatype == XSD.integer, node  # type: ignore[union-attr]
        yield str(figure), int(value) - count(store, figure, pattern)  # type: ignore[arg-type, call-overload]


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
                known = f"{{ ?o a <{term}> }} UNION {{ GRAPH <urn:ontologie> {{ ?o a <{term}> }} }}"
                yield "class, property, class", kind, f"{inner} {known}"  # type: ignore[misc]
            for kind in graph.objects(of_property, VOID_EXT.datatypePartition):
                term = graph.value(kind, VOID_EXT.datatype)
                literal = f"FILTER(DATATYPE(?o) = <{term}>)"
                yield "class, property, datatype", kind, f"{inner} {literal}"  # type: ignore[misc]
    for of_property in graph.objects(DATASET, VOID.propertyPartition):
        narrow = f"VALUES ?p {{ <{graph.value(of_property, VOID.property)}> }}"
        yield "property", of_property, narrow  # type: ignore[misc]


def test_every_figure_of_void_is_counted_again(data: Store, void: Graph) -> None:
    """Each figure of the dataset, of each partition and of each set of links, by a query each."""
    compared = Counter[str]()
    nodes = [("dataset", DATASET, ""), *partitions(void)]
    for links in void.subjects(RDF.type, VOID.Linkset):
        space = void.value(void.value(links, VOID.objectsTarget), VOID.uriSpace)
        predicate = void.value(links, VOID.linkPredicate)
        narrow = f'VALUES ?p {{ <{predicate}> }} FILTER(STRSTARTS(STR(?o), "{space}"))'
        nodes.append(("links", links, narrow))  # type: ignore[arg-type]
    for kind, node, narrow in nodes:
        for figure, wrong in differences(data, void, node, narrow):
            assert wrong == 0, (node, figure)
            compared[kind] += 1
    assert compared == {}


def test_no_partition_is_missing(data: Store, void: Graph) -> None:
    """Each class, property and pair of them that the data have is described, and none besides."""
    found = [kind for kind, _, _ in partitions(void)]
    pairs = "SELECT DISTINCT ?c ?p { ?s a ?c ; ?p ?o }"
    typed = "SELECT DISTINCT ?c ?p (DATATYPE(?o) AS ?d) { ?s a ?c ; ?p ?o FILTER(ISLITERAL(?o)) }"
    assert found.count("class") == count(data, VOID.classes)
    assert found.count("property") == count(data, VOID.properties)
    assert found.count("class, property") == len(list(select(data, pairs)))
    assert found.count("class, property, datatype") == len(list(select(data, typed)))
    nodes = [node for _, node, _ in partitions(void)]
    assert len(set(nodes)) == len(nodes)
