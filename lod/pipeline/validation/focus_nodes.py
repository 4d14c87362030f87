"""Counts of focus nodes: how many nodes each shape is applied to, by document."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Set

from pyoxigraph import Triple
from rdflib import URIRef
from rdflib.namespace import SH

from lod.pipeline.validation.shapes import concepts, targets
from lod.rdf.iris import document_of
from lod.rdf.vocab import RDF_TYPE, RDFS_SUBCLASS

CLASS, SUBJECTS, OBJECTS = SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf


def count_focus_nodes(triples: Iterable[Triple]) -> dict[str, Counter[str]]:
    """Return document → shape → number of its focus nodes, as a SHACL engine selects them.

    The concepts of the ontology are validated with the triples, and so counted with them.
    """
    # (kind of target, class or property) → nodes
    selected: dict[tuple[URIRef, str], set[str]] = defaultdict(set)
    below: dict[str, set[str]] = defaultdict(set)  # class → its direct subclasses
    properties = {what for some in targets().values() for kind, what in some if kind != CLASS}
    for triple in (*concepts(), *triples):
        predicate = triple.predicate.value
        if predicate == RDF_TYPE.value:
            selected[CLASS, triple.object.value].add(triple.subject.value)  # type: ignore[union-attr]
        elif predicate == RDFS_SUBCLASS.value:
            below[triple.object.value].add(triple.subject.value)  # type: ignore[union-attr]
        if predicate in properties:
            selected[SUBJECTS, predicate].add(triple.subject.value)  # type: ignore[union-attr]
            selected[OBJECTS, predicate].add(triple.object.value)  # type: ignore[union-attr]
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for shape, some in targets().items():
        names = ((kind, name) for kind, what in some for name in _with_subclasses(what, below))
        for node in set().union(*(selected.get(name, ()) for name in names)):
            found[document_of(node)][shape] += 1
    return dict(found)


def _with_subclasses(kind: str, below: Mapping[str, Set[str]]) -> set[str]:
    """Return a class and all its subclasses, as the data states them."""
    classes, todo = {kind}, [kind]
    while todo:
        new = below.get(todo.pop(), set()) - classes
        classes |= new
        todo += new
    return classes
