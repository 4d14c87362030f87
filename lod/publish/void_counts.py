"""What VoID counts: queries on a store that holds the data and the links alone, each of which
reads it once, by an index; and what was counted of each class while its triples were made.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import BlankNode, NamedNode, Store, Triple

from lod.base import packaged
from lod.pipeline.usage import ANY, CLASS, TYPE, Classes, Usage, classes_of, kinds
from lod.rdf.jsonld import compact, expand
from lod.rdf.ontology import ontology
from lod.rdf.store import select
from lod.rdf.vocab import RDF_TYPE

WHOLE = """
SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?sujets) (COUNT(DISTINCT ?o) AS ?objets)
WHERE { ?s ?p ?o }
"""
ENTITIES = "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?classe }"
CLASSES = "SELECT ?terme (COUNT(?s) AS ?n) WHERE { ?s a ?terme } GROUP BY ?terme ORDER BY ?terme"
PROPERTIES = """
SELECT ?terme (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?sujets) (COUNT(DISTINCT ?o) AS ?objets)
WHERE { ?s ?terme ?o } GROUP BY ?terme ORDER BY ?terme
"""
LINKS = """
SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?sujets) (COUNT(DISTINCT ?o) AS ?objets)
WHERE { ?s <%s> ?o FILTER(STRSTARTS(STR(?o), "%s")) }
"""
Row = dict[str, str]
Subject = NamedNode | BlankNode | Triple


@dataclass(frozen=True, slots=True)
class ObjectKind:
    """Objects of one kind that a property has: a class or a datatype, in how many triples."""

    name: str
    term: str
    triples: int


@dataclass(frozen=True, slots=True)
class PropertyCount:
    """A property that the instances of a class have, and the kinds of its objects."""

    name: str
    term: str
    triples: int
    classes: tuple[ObjectKind, ...]
    types: tuple[ObjectKind, ...]


@dataclass(frozen=True, slots=True)
class ClassCount:
    """A class: how many instances, how many triples about them, and by which properties."""

    name: str
    term: str
    entities: int
    properties: tuple[PropertyCount, ...]

    @property
    def triples(self) -> int:
        """How many triples have an instance of the class as subject."""
        return sum(p.triples for p in self.properties)


@dataclass(frozen=True, slots=True)
class Total:
    """How many triples, and how many different subjects and objects they have.

    It is about all, or about one property: `name` and `term` then say which.
    """

    triples: int
    subjects: int
    objects: int
    name: str = ""
    term: str = ""


@dataclass(frozen=True, slots=True)
class LinkCount:
    """Links to what somebody else publishes: a row of `site/liens.csv`, and what was counted."""

    row: dict[str, str]
    total: Total

    @property
    def predicate(self) -> str:
        """The IRI of the property that links."""
        return expand(self.row["predicat"])


@dataclass(frozen=True, slots=True)
class StoreTotals:
    """How much there is in a store as a whole; each description in it is counted too.

    `data_only_classes` are the classes, `data_only_properties` the properties, by name, that the data alone
    have: what is counted of them holds for the whole.
    """

    triples: int
    entities: int
    subjects: int
    classes: tuple[str, ...]
    properties: tuple[str, ...]
    data_only_classes: tuple[str, ...] = ()
    data_only_properties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoreCounts:
    """All that was counted of a store."""

    total: Total
    entities: int
    classes: tuple[ClassCount, ...]
    properties: tuple[Total, ...]
    links: tuple[LinkCount, ...]


def count_store(store: Store, usage: Usage, classes: Classes) -> StoreCounts:
    """Return the figures of a store that holds what the dumps hold, and no description.

    `usage` was counted of the same triples; `classes` are those of what questions refer to.
    """
    [whole], [entities] = select(store, WHOLE), select(store, ENTITIES)
    return StoreCounts(
        total=_total(whole),
        entities=int(entities["n"]),
        classes=tuple(_classes(store, usage, classes)),
        properties=tuple(_total(row) for row in select(store, PROPERTIES)),
        links=tuple(_links(store)),
    )


def store_totals(counts: StoreCounts, store: Store, triples: Sequence[Triple]) -> StoreTotals:
    """Return the figures of a store that was counted, as they will be with these triples in it.

    None of them may be there already.
    """
    typed = {t.subject for t in triples if t.predicate == RDF_TYPE}
    classes = {t.object.value for t in triples if t.predicate == RDF_TYPE}  # type: ignore[union-attr]
    properties = {t.predicate.value for t in triples}
    return StoreTotals(
        triples=counts.total.triples + len(triples),
        entities=counts.entities + _new(store, typed, RDF_TYPE),
        subjects=counts.total.subjects + _new(store, {t.subject for t in triples}),
        classes=tuple(sorted(classes | {c.term for c in counts.classes})),
        properties=tuple(sorted(properties | {p.term for p in counts.properties})),
        data_only_classes=tuple(part.name for part in counts.classes if part.term not in classes),
        data_only_properties=tuple(
            part.name for part in counts.properties if part.term not in properties
        ),
    )


def _new(store: Store, subjects: Iterable[Subject], predicate: NamedNode | None = None) -> int:
    """Return how many of these a store does not know as subjects of a property, or of any."""
    found = (next(store.quads_for_pattern(s, predicate, None), None) for s in subjects)
    return sum(1 for quad in found if quad is None)


def _total(row: Row) -> Total:
    term = row.get("terme", "")
    figures = int(row["n"]), int(row["sujets"]), int(row["objets"])
    return Total(*figures, fragment_name(term) if term else "", term)


def _classes(store: Store, usage: Usage, classes: Classes) -> Iterator[ClassCount]:
    types = _object_kinds(kinds(usage, classes, TYPE))
    resources = _object_kinds(kinds(usage, {**classes_of(ontology()), **classes}, CLASS))
    properties: dict[str, list[PropertyCount]] = {}
    for (class_iri, term), counted in sorted(kinds(usage, classes, ANY).items()):
        key = (class_iri, term)
        found = resources.get(key, ()), types.get(key, ())
        one = PropertyCount(fragment_name(term), term, counted[""], *found)
        properties.setdefault(class_iri, []).append(one)
    for row in select(store, CLASSES):
        term = row["terme"]
        yield ClassCount(fragment_name(term), term, int(row["n"]), tuple(properties[term]))


def _object_kinds(
    counted: Mapping[tuple[str, str], Mapping[str, int]],
) -> dict[tuple[str, str], tuple[ObjectKind, ...]]:
    """Return (class, property) → the kinds of its objects, sorted."""
    return {
        key: tuple(ObjectKind(fragment_name(iri), iri, n) for iri, n in sorted(kinds.items()))
        for key, kinds in counted.items()
    }


def _links(store: Store) -> Iterator[LinkCount]:
    """Yield the sets of links that are not empty."""
    with packaged.LINKS.open(encoding="utf-8", newline="") as file:
        for said in csv.DictReader(file):
            [row] = select(store, LINKS % (expand(said["predicat"]), said["debut"]))
            if int(row["n"]):
                yield LinkCount(said, _total(row))


def fragment_name(iri: str) -> str:
    """Return the name of a term as it stands in fragments: `qp-Question`."""
    return compact(iri).replace(":", "-")
