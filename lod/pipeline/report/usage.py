"""Counts of the properties that the instances of each class have, and of the kinds of their values.

They are taken from N-Triples as these are made; queries on the store would take ten times as long.
Each is counted under a line of text, which is cheap to keep and to compare.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from pyoxigraph import NamedNode

from lod.rdf.jsonld import compact, expand
from lod.rdf.ontology import ontology
from lod.rdf.vocab import PREFIXES, RDF

# `class of the subject, property, one of TYPE to OBJECT, which one`, with spaces → triples; class
# and property are prefixed names, which are half as long
Usage = Counter[bytes]
TYPE = b"type"  # a literal, by its datatype
RESOURCE = b"ressource"  # any resource; which one is left empty
CLASS = b"classe"  # a resource, by its class
OBJECT = b"objet"  # a resource whose class the same triples do not state, by its IRI
Classes = Mapping[bytes, Iterable[bytes]]  # IRI of a resource → its classes
TYPE_PREDICATE = f"<{RDF.type.value}>".encode()
STRING = f"{PREFIXES['xsd']}string".encode()
LANG_STRING = f"{PREFIXES['rdf']}langString".encode()


def classes_of(nt: bytes) -> dict[bytes, list[bytes]]:
    """Return resource → its classes, as N-Triples state them."""
    classes: dict[bytes, list[bytes]] = {}
    for line in nt.splitlines():
        subject, predicate, value = line.split(b" ", 2)
        if predicate == TYPE_PREDICATE:
            classes.setdefault(subject[1:-1], []).append(value[1:-3])
    return classes


def unclassed(nt: bytes, classes: Classes) -> list[bytes]:
    """Return the lines of N-Triples about subjects that are not in `classes`."""
    return [line for line in nt.splitlines() if line[1 : line.index(b">")] not in classes]


def usage_of(nt: bytes, classes: Classes, base: str) -> list[bytes]:
    """Return the lines to be counted for N-Triples; subjects without a class are left out.

    So are OBJECTs that are neither below `base` nor in the ontology.
    """
    lines, ours, terms = list[bytes](), f"<{base}".encode(), _ontology_terms()
    for line in nt.splitlines():
        subject, predicate, value = line.split(b" ", 2)
        for subject_class in classes.get(subject[1:-1], ()):
            if not value.startswith(b"<"):
                end = value[value.rindex(b'"') + 1 : -2]
                lines.append(_literal(subject_class, predicate, end))
                continue
            head, iri = _head(subject_class, predicate), value[1:-3]
            lines.append(head + RESOURCE + b" ")
            if iri in classes:
                lines += (head + CLASS + b" " + object_class for object_class in classes[iri])
            elif value.startswith(ours) or iri in terms:
                lines.append(head + OBJECT + b" " + iri)
    return lines


@lru_cache(2**12)
def _head(subject_class: bytes, predicate: bytes) -> bytes:
    return f"{compact(subject_class.decode())} {compact(predicate[1:-1].decode())} ".encode()


@lru_cache(2**12)
def _literal(subject_class: bytes, predicate: bytes, end: bytes) -> bytes:
    """Return the line of a literal that ends with a datatype or a language, or with neither."""
    kind = end[3:-1] if end.startswith(b"^^") else LANG_STRING if end else STRING
    return _head(subject_class, predicate) + TYPE + b" " + kind


@cache
def _ontology_terms() -> frozenset[bytes]:
    return frozenset(
        t.subject.value.encode() for t in ontology() if isinstance(t.subject, NamedNode)
    )


def kinds(usage: Usage, classes: Classes, kind: bytes) -> dict[tuple[str, str], dict[str, int]]:
    """Return (class, property) → datatype or class of the values → number of triples.

    `kind` is one of TYPE to CLASS. For RESOURCE, which says no more of them, their name is ""; for
    CLASS, `classes` are the classes of the OBJECTs.
    """
    counted: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for line, n in usage.items():
        subject_class, prop, sort, which = line.split(b" ")
        key = expand(subject_class.decode()), expand(prop.decode())
        if sort == kind:
            counted[key][which.decode()] += n
        elif sort == OBJECT and kind == CLASS:
            for object_class in classes.get(which, ()):
                counted[key][object_class.decode()] += n
    return counted
