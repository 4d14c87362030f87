"""The figures of a release for VoID, counted by queries of the default graph of its store; VoID
itself stands in a graph of its own.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Store

from lod.base import packaged
from lod.base.tabular import rows
from lod.publish.query_catalogue import bind
from lod.rdf.jsonld import compact, expand
from lod.rdf.store import select

CLASSES = "SELECT ?c (COUNT(*) AS ?n) WHERE { ?s a ?c } GROUP BY ?c"
PROPERTIES = "SELECT ?p (COUNT(*) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?p"
# without a datatype: resources
USED = """
SELECT ?c ?p ?type (COUNT(*) AS ?n)
WHERE { ?s a ?c ; ?p ?o } GROUP BY ?c ?p (DATATYPE(?o) AS ?type)
"""
# the objects that have a class first: to look for one of each object takes three times as long
LEADING = """
SELECT ?c ?p ?d (COUNT(*) AS ?n)
WHERE { { SELECT ?s ?p ?d WHERE { ?s ?p ?o . ?o a ?d } } ?s a ?c } GROUP BY ?c ?p ?d
"""
SUBJECTS = "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s ?p ?o }"
ENTITIES = "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?c }"
LINKS = """
SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?sujets)
WHERE { ?s ?lien ?o FILTER(STRSTARTS(STR(?o), ?debut)) }
"""
Terms = tuple[str, ...]  # IRIs


@dataclass(frozen=True, slots=True)
class CountedTerm:
    """A term of a vocabulary, of which something is counted."""

    term: str  # its IRI

    @property
    def name(self) -> str:
        return fragment_name(self.term)


@dataclass(frozen=True, slots=True)
class TermCount(CountedTerm):
    """A property with its triples; or a class or datatype, with the triples of such an object."""

    triples: int


@dataclass(frozen=True, slots=True)
class PropertyCount(TermCount):
    """A property of the instances of a class, and the kinds of its objects."""

    classes: tuple[TermCount, ...]  # of the objects that are resources
    types: tuple[TermCount, ...]  # datatypes of the objects that are literals


@dataclass(frozen=True, slots=True)
class ClassCount(CountedTerm):
    """A class with its instances and their properties."""

    entities: int  # instances
    properties: tuple[PropertyCount, ...]

    @property
    def triples(self) -> int:
        return sum(p.triples for p in self.properties)


@dataclass(frozen=True, slots=True)
class LinkCount:
    """A set of links to the data of another publisher."""

    row: dict[str, str]  # its row of `site/liens.csv`
    triples: int
    subjects: int  # different ones

    @property
    def predicate(self) -> str:
        return expand(self.row["predicat"])


@dataclass(frozen=True, slots=True)
class StoreCounts:
    """The figures of the default graph of a store."""

    triples: int
    entities: int  # subjects that have a class
    subjects: int  # different ones
    classes: tuple[ClassCount, ...]
    properties: tuple[TermCount, ...]
    links: tuple[LinkCount, ...]


def count_store(store: Store) -> StoreCounts:
    """Count the default graph of a store."""
    properties = counted(store, PROPERTIES)
    [subjects], [entities] = (counted(store, text).values() for text in (SUBJECTS, ENTITIES))
    return StoreCounts(
        triples=properties.total(),
        entities=entities,
        subjects=subjects,
        classes=tuple(_class_counts(store)),
        properties=tuple(TermCount(term, n) for (term,), n in sorted(properties.items())),
        links=tuple(_links(store)),
    )


def counted(store: Store, query: str) -> Counter[Terms]:
    """Return the terms of each row of a query → its number, which comes last."""
    values = (tuple(row.values()) for row in select(store, query))
    return Counter({tuple(terms): int(number) for *terms, number in values})


def _class_counts(store: Store) -> Iterator[ClassCount]:
    """Yield the classes, sorted by IRI."""
    types: dict[Terms, list[TermCount]] = defaultdict(list)
    classes: dict[Terms, list[TermCount]] = defaultdict(list)
    by_property = Counter[Terms]()
    for (*head, datatype), n in sorted(counted(store, USED).items()):
        by_property[tuple(head)] += n
        types[tuple(head)] += [TermCount(datatype, n)] if datatype else []
    for (*head, object_class), n in sorted(counted(store, LEADING).items()):
        classes[tuple(head)].append(TermCount(object_class, n))
    properties: dict[str, list[PropertyCount]] = defaultdict(list)
    for (class_iri, term), n in sorted(by_property.items()):
        kinds = (tuple(kind[class_iri, term]) for kind in (classes, types))
        properties[class_iri].append(PropertyCount(term, n, *kinds))
    for (class_iri,), entities in sorted(counted(store, CLASSES).items()):
        yield ClassCount(class_iri, entities, tuple(properties[class_iri]))


def _links(store: Store) -> Iterator[LinkCount]:
    """Yield the sets of links of `site/liens.csv` that are not empty."""
    for row in rows(packaged.LINKS):
        query = bind(LINKS, "lien", NamedNode(expand(row["predicat"])))
        [counts] = select(store, bind(query, "debut", Literal(row["debut"])))
        if int(counts["n"]):
            yield LinkCount(row, int(counts["n"]), int(counts["sujets"]))


def fragment_name(iri: str) -> str:
    """Return a term as the fragments of VoID name it.

    >>> fragment_name("http://x.org/ns#Kind")
    'http-x.org-ns-Kind'
    """
    return re.sub(r"[^\w.-]+", "-", compact(iri), flags=re.ASCII)
