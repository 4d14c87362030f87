"""The SHACL shapes and what comes of them: targets, focus nodes, results.

The concepts of the ontology are validated with the data.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec

from pyoxigraph import NamedNode, Triple

from lod.base import packaged
from lod.rdf.iris import document_of
from lod.rdf.ontology import ontology, stated
from lod.rdf.serialize import ntriples
from lod.rdf.vocab import RDF, RDFS, SH, SKOS

CLASS, SUBJECTS, OBJECTS = TARGETS = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf)
REFERENCE, FAST = "pyshacl", "shacl"  # the engines, by the names of their packages
# what validates unless told otherwise; `shacl` has no wheel for some machines
USUAL = FAST if find_spec(FAST) else REFERENCE


@cache
def shapes() -> tuple[Triple, ...]:
    """Return the triples of the shapes, as their files state them."""
    return tuple(triple for path in packaged.shapes() for triple in stated(path)[0])


@cache
def targets() -> Mapping[str, tuple[tuple[NamedNode, str], ...]]:
    """Return shape → its targets (kind, class or property), for each shape that has any."""
    by_shape: dict[str, list[tuple[NamedNode, str]]] = {}
    for kind in TARGETS:
        stated = ((t.subject, t.object) for t in shapes() if t.predicate == kind)
        named = [(s, o) for s, o in stated if isinstance(s, NamedNode) and isinstance(o, NamedNode)]
        for shape, what in sorted((s.value, o.value) for s, o in named):
            by_shape.setdefault(shape, []).append((kind, what))
    return {shape: tuple(wanted) for shape, wanted in sorted(by_shape.items())}


@cache
def concepts() -> tuple[Triple, ...]:
    """Return the triples about the concepts and schemes of the ontology, in its order."""
    kinds = (SKOS.Concept, SKOS.ConceptScheme)
    subjects = {t.subject for t in ontology() if t.predicate == RDF.type and t.object in kinds}
    return tuple(dict.fromkeys(t for t in ontology() if t.subject in subjects))


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
            if what == RDF.type.value:
                selected[CLASS, iri].add(node)
            elif what == RDFS.subClassOf.value:
                below[iri].add(node)
            selected[SUBJECTS, what].add(node)
            if iri:  # a literal is no node that has a document
                selected[OBJECTS, what].add(iri)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for shape, shape_targets in targets().items():
        names = (
            (kind, name) for kind, what in shape_targets for name in _with_subclasses(what, below)
        )
        for node in set().union(*(selected.get(name, ()) for name in names)):
            counts[document_of(node)][shape] += 1
    return dict(counts)


@cache
def _telling() -> Mapping[bytes, str]:
    """Return the properties that select focus nodes, by their bytes."""
    properties = {what for wanted in targets().values() for kind, what in wanted if kind != CLASS}
    return {what.encode(): what for what in (RDF.type.value, RDFS.subClassOf.value, *properties)}


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One result of SHACL; an absent part is ""."""

    severity: str  # Violation, Warning or Info
    focus: str  # IRI of the node at fault
    path: str  # IRI of the property
    component: str  # kind of constraint: MinCountConstraintComponent …
    shape: str  # IRI
    value: str  # the value at fault
    message_fr: str
    message_en: str


def in_order(results: Iterable[Result]) -> list[Result]:
    """Return the results in the order in which all reports have them, each once: two shapes of a
    node may share a property shape.
    """
    return sorted(set(results), key=lambda r: (r.focus, r.path, r.component, r.shape, r.value))
