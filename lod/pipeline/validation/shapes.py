"""The SHACL shapes, their targets, and the concepts that are validated with the data."""

from collections.abc import Mapping
from functools import cache

from pyoxigraph import NamedNode, Triple

from lod.base import packaged
from lod.rdf.ontology import ontology, stated
from lod.rdf.vocab import RDF_TYPE, SKOS_CONCEPT, SKOS_SCHEME, term

CLASS, SUBJECTS, OBJECTS = TARGETS = (
    term("sh:targetClass"),
    term("sh:targetSubjectsOf"),
    term("sh:targetObjectsOf"),
)


@cache
def shapes() -> tuple[Triple, ...]:
    """Return the triples of the shapes, as their files state them."""
    return tuple(triple for path in packaged.shapes() for triple in stated(path)[0])


@cache
def targets() -> Mapping[str, tuple[tuple[NamedNode, str], ...]]:
    """Return shape → its targets (kind, class or property), for each shape that has any."""
    found: dict[str, list[tuple[NamedNode, str]]] = {}
    for kind in TARGETS:
        stated = ((t.subject, t.object) for t in shapes() if t.predicate == kind)
        named = [(s, o) for s, o in stated if isinstance(s, NamedNode) and isinstance(o, NamedNode)]
        for shape, what in sorted((s.value, o.value) for s, o in named):
            found.setdefault(shape, []).append((kind, what))
    return {shape: tuple(wanted) for shape, wanted in sorted(found.items())}


@cache
def concepts() -> tuple[Triple, ...]:
    """Return the triples about the concepts and schemes of the ontology, in its order."""
    kinds = (SKOS_CONCEPT, SKOS_SCHEME)
    subjects = {t.subject for t in ontology() if t.predicate == RDF_TYPE and t.object in kinds}
    return tuple(dict.fromkeys(t for t in ontology() if t.subject in subjects))
