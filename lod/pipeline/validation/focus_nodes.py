"""Counts of focus nodes: how many nodes each shape is applied to, by document."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Set
from functools import cache

from pyoxigraph import NamedNode

from lod.pipeline.validation.shapes import CLASS, OBJECTS, SUBJECTS, concepts, targets
from lod.rdf.iris import document_of
from lod.rdf.serialize import ntriples
from lod.rdf.vocab import RDF_TYPE, RDFS_SUBCLASS


def count_focus_nodes(nt: bytes) -> dict[str, Counter[str]]:
    """Return document → shape → number of its focus nodes, as a SHACL engine selects them.

    The concepts of the ontology are validated with the N-Triples, and so counted with them.
    """
    # (kind of target, class or property) → nodes
    selected: dict[tuple[NamedNode, str], set[str]] = defaultdict(set)
    below: dict[str, set[str]] = defaultdict(set)  # class → its direct subclasses
    properties = _telling()
    for line in (_concepts() + nt).splitlines():
        subject, _, rest = line.partition(b"> <")
        predicate, _, value = rest.partition(b"> ")
        if what := properties.get(predicate):
            node, iri = subject[1:].decode(), value[1:-3].decode() if value[:1] == b"<" else ""
            if what == RDF_TYPE.value:
                selected[CLASS, iri].add(node)
            elif what == RDFS_SUBCLASS.value:
                below[iri].add(node)
            selected[SUBJECTS, what].add(node)
            if iri:  # a literal is no node that has a document
                selected[OBJECTS, what].add(iri)
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for shape, some in targets().items():
        names = ((kind, name) for kind, what in some for name in _with_subclasses(what, below))
        for node in set().union(*(selected.get(name, ()) for name in names)):
            found[document_of(node)][shape] += 1
    return dict(found)


@cache
def _telling() -> Mapping[bytes, str]:
    """Return the properties that select focus nodes, by their bytes."""
    properties = {what for some in targets().values() for kind, what in some if kind != CLASS}
    return {what.encode(): what for what in (RDF_TYPE.value, RDFS_SUBCLASS.value, *properties)}


@cache
def _concepts() -> bytes:
    return ntriples(concepts())


def _with_subclasses(kind: str, below: Mapping[str, Set[str]]) -> set[str]:
    """Return a class and all its subclasses, as the data states them."""
    classes, todo = {kind}, [kind]
    while todo:
        new = below.get(todo.pop(), set()) - classes
        classes |= new
        todo += new
    return classes
