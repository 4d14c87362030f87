"""Counts of focus nodes: how many nodes each shape is applied to, by document."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Set

from pyoxigraph import Triple
from rdflib import URIRef
from rdflib.namespace import SH

from lod.pipeline.validation.shapes import concepts, targets
from lod.rdf.iris import document_of
from lod.rdf.vocab import RDF_TYPE, RDFS_SUBCLASS

Nodes = dict[str, set[str]]  # class or property → nodes


def count_focus_nodes(triples: Iterable[Triple]) -> dict[str, Counter[str]]:
    """Return document → shape → number of its focus nodes, as a SHACL engine selects them.

    The concepts of the ontology are validated with the triples, and so counted with them.
    """
    instances, subjects, objects, below = (defaultdict[str, set[str]](set) for _ in range(4))
    subjects_of, objects_of = _properties(SH.targetSubjectsOf), _properties(SH.targetObjectsOf)
    read = {RDF_TYPE.value, RDFS_SUBCLASS.value} | subjects_of | objects_of
    for subject, predicate, target in _values((*concepts(), *triples), read):
        if predicate == RDF_TYPE.value:
            instances[target].add(subject)
        elif predicate == RDFS_SUBCLASS.value:
            below[target].add(subject)
        if predicate in subjects_of:
            subjects[predicate].add(subject)
        if predicate in objects_of:
            objects[predicate].add(target)
    selected: dict[URIRef, Callable[[str], set[str]]] = {
        SH.targetClass: lambda kind: _instances(kind, instances, below),
        SH.targetSubjectsOf: lambda which: subjects.get(which, set()),
        SH.targetObjectsOf: lambda which: objects.get(which, set()),
    }
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for shape, wanted in targets().items():
        for node in set().union(*(selected[kind](what) for kind, what in wanted)):
            found[document_of(node)][shape] += 1
    return dict(found)


def _values(triples: Iterable[Triple], read: Set[str]) -> Iterator[tuple[str, str, str]]:
    """Yield the triples whose property is one of `read`, as texts."""
    for triple in triples:
        predicate = triple.predicate.value
        if predicate in read:
            yield triple.subject.value, predicate, triple.object.value  # type: ignore[union-attr]


def _instances(kind: str, instances: Nodes, below: Nodes) -> set[str]:
    """Return the instances of a class and of its subclasses, as the data states them."""
    classes, todo = {kind}, [kind]
    while todo:
        new = below.get(todo.pop(), set()) - classes
        classes |= new
        todo += new
    return set().union(*(instances.get(one, set()) for one in classes))


def _properties(kind: URIRef) -> frozenset[str]:
    return frozenset(what for wanted in targets().values() for k, what in wanted if k == kind)
