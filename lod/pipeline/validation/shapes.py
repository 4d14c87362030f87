"""The shapes, and what the ontology adds to the data that they are held against."""

from collections.abc import Mapping
from functools import cache

from pyoxigraph import Triple
from rdflib import BNode, Graph, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF, SH

from lod.base import packaged
from lod.rdf.ontology import ontology
from lod.rdf.vocab import RDF_TYPE, SKOS_CONCEPT, SKOS_SCHEME

TARGETS = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf)


def shapes_as_published() -> Graph:
    """Return a copy of the shapes as they stand in their files."""
    graph = Graph()
    graph += _parsed()
    return graph


@cache
def _parsed() -> Graph:
    graph = Graph()
    for path in packaged.shapes():
        graph.parse(path, format="turtle")
    return graph


def spread(shapes: Graph) -> Graph:
    """Return equivalent shapes in which each property shape bears the target itself.

    pySHACL calls a property shape once for every node that its node shape hands over, but a shape
    with a target once for all: 13 against 4 ms a question (0.40.1). What a closed shape allows
    then stands in its list of ignored properties. A test holds both forms together.
    """
    graph = Graph()
    graph += shapes
    for shape, kind in list(shapes.subject_objects(SH.targetClass)):
        paths = []
        for prop in shapes.objects(shape, SH.property):
            graph.remove((shape, SH.property, prop))
            graph.add((prop, SH.targetClass, kind))
            paths.append(str(shapes.value(prop, SH.path)))
        if (shape, SH.closed, None) in shapes:
            ignored = shapes.value(shape, SH.ignoredProperties) or RDF.nil
            allowed = [*Collection(shapes, ignored), *map(URIRef, sorted(set(paths)))]
            graph.set((shape, SH.ignoredProperties, Collection(graph, BNode(), allowed).uri))
    return graph


@cache
def targets() -> Mapping[str, tuple[tuple[URIRef, str], ...]]:
    """Return shape → (kind of target, class or property), for each shape that has a target."""
    shapes = shapes_as_published()
    found: dict[str, list[tuple[URIRef, str]]] = {}
    for kind in TARGETS:
        for shape, what in sorted(shapes.subject_objects(kind)):
            found.setdefault(str(shape), []).append((kind, str(what)))
    return {shape: tuple(wanted) for shape, wanted in sorted(found.items())}


@cache
def concepts() -> tuple[Triple, ...]:
    """Return what the ontology says of its concepts and schemes: questions point to them."""
    kinds = (SKOS_CONCEPT, SKOS_SCHEME)
    subjects = {t.subject for t in ontology() if t.predicate == RDF_TYPE and t.object in kinds}
    return tuple(dict.fromkeys(t for t in ontology() if t.subject in subjects))
