"""The figures of a release for VoID: those of the default graph, in which what describes the data
stands beside it.

What the data has is counted by queries on a store that holds data and links alone; what stands
beside it, triple by triple: these figures are among it, and are written again until they settle.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from lod.base import packaged
from lod.base.tabular import rows
from lod.publish.query_catalogue import bind
from lod.rdf.jsonld import compact, expand
from lod.rdf.serialize import triples
from lod.rdf.store import select
from lod.rdf.vocab import RDF

CLASSES = "SELECT ?c (COUNT(*) AS ?n) WHERE { ?s a ?c } GROUP BY ?c"
PROPERTIES = "SELECT ?p (COUNT(*) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?p"
USED = "SELECT ?c ?p (COUNT(*) AS ?n) WHERE { ?s a ?c ; ?p ?o } GROUP BY ?c ?p"
# without a datatype: resources. To tell the datatype an object is read: once, and property by
# property, so that few are held in memory at once
KINDS = """
SELECT ?type (COUNT(*) AS ?n)
WHERE { { SELECT DISTINCT ?o WHERE { ?s ?p ?o } } } GROUP BY (DATATYPE(?o) AS ?type)
"""
USED_BY_KIND = """
SELECT ?c ?p ?type (COUNT(*) AS ?n)
WHERE { VALUES ?p { } ?s a ?c ; ?p ?o } GROUP BY ?c ?p (DATATYPE(?o) AS ?type)
"""
# the objects that have a class first: to look for one of each object takes three times as long
LEADING = """
SELECT ?c ?p ?d (COUNT(*) AS ?n)
WHERE { { SELECT ?s ?p ?d WHERE { ?s ?p ?o . ?o a ?d } } ?s a ?c } GROUP BY ?c ?p ?d
"""
# what leads to one resource: to follow each triple from Python takes twenty times as long
LEADING_TO = "SELECT ?c ?p (COUNT(*) AS ?n) WHERE { ?s ?p ?o ; a ?c } GROUP BY ?c ?p"
SUBJECTS = "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s ?p ?o }"
ENTITIES = "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?c }"
LINKS = """
SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?sujets)
WHERE { ?s ?lien ?o FILTER(STRSTARTS(STR(?o), ?debut)) }
"""
Terms = tuple[str, ...]  # IRIs
Node = Any  # a subject or an object


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


@dataclass(frozen=True, slots=True)
class Tally:
    """What is counted of a graph, by terms."""

    subjects: int  # different ones
    entities: int  # subjects that have a class
    classes: Counter[Terms]  # class → instances
    properties: Counter[Terms]  # property → triples
    used: Counter[Terms]  # class, property, datatype of the object ("": a resource) → triples
    leading: Counter[Terms]  # class, property, class of the object → triples

    def add(self, class_iri: str, triple: Triple, object_classes: Iterable[str]) -> None:
        """Count a triple of an instance of a class."""
        value, head = triple.object, (class_iri, triple.predicate.value)
        self.used[(*head, value.datatype.value if isinstance(value, Literal) else "")] += 1
        self.leading.update((*head, object_class) for object_class in object_classes)


class StoreCounter:
    """Counts the default graph: the data, and triples beside it, which may give more classes to
    resources of the data.

    `store` holds the data and the links alone. Look-ups are remembered: nearly the same triples are
    counted again.
    """

    def __init__(self, store: Store) -> None:
        self._store, self._links = store, tuple(_links(store))
        [subjects], [entities] = (counted(store, text).values() for text in (SUBJECTS, ENTITIES))
        classes, properties, leading = (counted(store, q) for q in (CLASSES, PROPERTIES, LEADING))
        self._data = Tally(subjects, entities, classes, properties, _used(store), leading)
        self._has, self._about = cache(self._is_in_data), cache(self._data_about)
        self._classes, self._leading = cache(self._data_classes), cache(self._data_leading_to)

    def added(self, nt: bytes) -> list[Triple]:
        """Return the triples of N-Triples that the data does not have, each once: the ontology
        states its code lists, as the data does.
        """
        return [triple for triple in dict.fromkeys(triples(nt)) if not self._has(triple)]

    def counts(self, added: Sequence[Triple]) -> StoreCounts:
        """Return the figures of the data with these triples beside it."""
        subjects = {triple.subject for triple in added}
        gained: dict[Node, set[str]] = {}  # resource → classes that the data does not state
        for subject, predicate, value in added:
            if predicate == RDF.type:
                gained.setdefault(subject, set()).add(value.value)
        data = deepcopy(self._data)
        tally = replace(
            data,
            subjects=data.subjects + sum(not self._about(subject) for subject in subjects),
            entities=data.entities + sum(not self._classes(subject) for subject in gained),
        )

        def classes_of(node: Node) -> Iterable[str]:
            return self._classes(node) | gained.get(node, set())

        for triple in added:
            tally.properties[(triple.predicate.value,)] += 1
            for class_iri in classes_of(triple.subject):
                tally.add(class_iri, triple, classes_of(triple.object))
        for node, classes in gained.items():
            tally.classes.update((class_iri,) for class_iri in classes)
            for triple, class_iri in product(self._about(node), classes):
                tally.add(class_iri, triple, classes_of(triple.object))
            for (head, n), class_iri in product(self._leading(node).items(), classes):
                tally.leading[(*head, class_iri)] += n
        return StoreCounts(
            triples=tally.properties.total(),
            entities=tally.entities,
            subjects=tally.subjects,
            classes=tuple(_class_counts(tally)),
            properties=tuple(TermCount(term, n) for (term,), n in sorted(tally.properties.items())),
            links=self._links,
        )

    def _is_in_data(self, triple: Triple) -> bool:
        return Quad(*triple) in self._store

    def _data_about(self, subject: Node) -> list[Triple]:
        return [quad.triple for quad in self._store.quads_for_pattern(subject, None, None)]

    def _data_classes(self, node: Node) -> frozenset[str]:
        """Return the classes that the data states of a resource; a literal has none."""
        if not isinstance(node, NamedNode):
            return frozenset()
        quads = self._store.quads_for_pattern(node, RDF.type, None)
        return frozenset(value.value for _, _, value, _ in quads)

    def _data_leading_to(self, node: Node) -> Counter[Terms]:
        """Return class and property → triples of the data that lead to a resource."""
        return counted(self._store, bind(LEADING_TO, "o", node))


def counted(store: Store, query: str) -> Counter[Terms]:
    """Return the terms of each row of a query → its number, which comes last."""
    values = (tuple(row.values()) for row in select(store, query))
    return Counter({tuple(terms): int(number) for *terms, number in values})


def _used(store: Store) -> Counter[Terms]:
    """Return class, property, datatype of the object ("": a resource) → triples of a store.

    Nearly every property has objects of one kind alone, of which nothing else has to be counted.
    """
    used = counted(store, USED)
    terms = {term: NamedNode(term) for _, term in used}
    kinds = {term: [*counted(store, bind(KINDS, "p", node))] for term, node in terms.items()}
    several = [node for term, node in terms.items() if len(kinds[term]) > 1]
    by_kind = counted(store, bind(USED_BY_KIND, "p", *several)) if several else Counter[Terms]()
    of_one_kind = {(c, p, *kinds[p][0]): n for (c, p), n in used.items() if len(kinds[p]) == 1}
    return by_kind + Counter(of_one_kind)


def _class_counts(tally: Tally) -> Iterator[ClassCount]:
    """Yield the classes, sorted by IRI."""
    types: dict[Terms, list[TermCount]] = defaultdict(list)
    classes: dict[Terms, list[TermCount]] = defaultdict(list)
    by_property = Counter[Terms]()
    for (*head, datatype), n in sorted(tally.used.items()):
        by_property[tuple(head)] += n
        types[tuple(head)] += [TermCount(datatype, n)] if datatype else []
    for (*head, object_class), n in sorted(tally.leading.items()):
        classes[tuple(head)].append(TermCount(object_class, n))
    properties: dict[str, list[PropertyCount]] = defaultdict(list)
    for (class_iri, term), n in sorted(by_property.items()):
        kinds = (tuple(kind[class_iri, term]) for kind in (classes, types))
        properties[class_iri].append(PropertyCount(term, n, *kinds))
    for (class_iri,), entities in sorted(tally.classes.items()):
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

    >>> fragment_name(RDF.type.value), fragment_name("http://x.org/ns#Kind")
    ('rdf-type', 'http-x.org-ns-Kind')
    """
    return re.sub(r"[^\w.-]+", "-", compact(iri), flags=re.ASCII)
