"""Counts of the properties that the instances of each class have, and of the kinds of their values.

They are counted while triples are made; queries on the store would take ten times as long.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

from pyoxigraph import Literal, NamedNode, Triple

from lod.rdf.ontology import ontology
from lod.rdf.vocab import RDF_TYPE

# (class of the subject, property, one of ANY to OBJECT, which one) → number of triples
Usage = Counter[tuple[str, str, str, str]]
ANY = "tout"  # any value; which one is ""
TYPE = "type"  # a literal, by its datatype
CLASS = "classe"  # a resource, by its class
OBJECT = "objet"  # a resource whose class the same triples do not state, by its IRI
Classes = Mapping[str, Iterable[str]]  # resource → its classes


def classes_of(triples: Iterable[Triple]) -> dict[str, list[str]]:
    """Return resource → its classes, as the triples state them."""
    found: dict[str, list[str]] = {}
    for s, p, o in triples:
        if p == RDF_TYPE and isinstance(s, NamedNode) and isinstance(o, NamedNode):
            found.setdefault(s.value, []).append(o.value)
    return found


def count_usage(triples: Iterable[Triple], classes: Classes) -> Usage:
    """Return the counts of some triples; a subject that is not in `classes` is not counted."""
    found: Usage = Counter()
    for s, p, o in triples:
        assert isinstance(s, NamedNode), "no blank node is ever made"
        for subject_class in classes.get(s.value, ()):
            found[subject_class, p.value, ANY, ""] += 1
            if isinstance(o, Literal):
                found[subject_class, p.value, TYPE, o.datatype.value] += 1
            elif isinstance(o, NamedNode):
                for object_class in classes.get(o.value, ()):
                    found[subject_class, p.value, CLASS, object_class] += 1
                if o.value not in classes:
                    found[subject_class, p.value, OBJECT, o.value] += 1
    return found


def within(found: Usage, base: str) -> Usage:
    """Return the counts without OBJECTs that are neither below `base` nor in the ontology."""
    return Counter({
        key: n
        for key, n in found.items()
        if key[2] != OBJECT or key[3].startswith(base) or key[3] in _ontology_terms()
    })  # fmt: skip


@cache
def _ontology_terms() -> frozenset[str]:
    return frozenset(t.subject.value for t in ontology() if isinstance(t.subject, NamedNode))


def kinds(found: Usage, classes: Classes, kind: str) -> dict[tuple[str, str], dict[str, int]]:
    """Return (class, property) → datatype or class of the values → number of triples.

    `kind` is TYPE or CLASS; for CLASS, `classes` are those of the OBJECTs.
    """
    counted: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (subject_class, prop, sort, which), n in found.items():
        if sort == kind:
            counted[subject_class, prop][which] += n
        elif sort == OBJECT and kind == CLASS:
            for object_class in classes.get(which, ()):
                counted[subject_class, prop][object_class] += n
    return counted
