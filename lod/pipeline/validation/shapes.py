"""The SHACL shapes, their targets, and the concepts that are validated with the data."""

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
    """Return a new graph of the shapes, as their files state them."""
    return Graph() + _parsed()


@cache
def _parsed() -> Graph:
    graph = Graph()
    for path in packaged.shapes():
        graph.parse(path, format="turtle")
    return graph


def spread(shapes: Graph) -> Graph:
    """Return equivalent shapes in which each property shape has the target of its node shape.

    pySHACL evaluates a property shape for each node of its node shape, but a shape that has a
    target once for all nodes: 4 instead of 13 ms a question (0.40.1). The properties of a closed
    shape become its ignored properties. A test compares the results of both forms.
    """
    graph = Graph() + shapes
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
    """Return shape → its targets (kind, class or property), for each shape that has any."""
    shapes = shapes_as_published()
    found: dict[str, list[tuple[URIRef, str]]] = {}
    for kind in TARGETS:
        for shape, what in sorted(shapes.subject_objects(kind)):
            found.setdefault(str(shape), []).append((kind, str(what)))
    return {shape: tuple(wanted) for shape, wanted in sorted(found.items())}


@cache
def concepts() -> tuple[Triple, ...]:
    """Return the triples about the concepts and schemes of the ontology, in its order."""
    kinds = (SKOS_CONCEPT, SKOS_SCHEME)
    subjects = {t.subject for t in ontology() if t.predicate == RDF_TYPE and t.object in kinds}
    return tuple(dict.fromkeys(t for t in ontology() if t.subject in subjects))
