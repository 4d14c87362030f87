"""What describes the data in the terms of VoID: named graphs (`site/graphes.csv`), figures, and the
descriptions of dataset and SPARQL service, templates that are filled with them.

The data is in no named graph. Totals are queries on a store that holds the data and links alone;
two of them read all of it. What each class uses was counted while its triples were made, see
`pipeline/report/usage.py`.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from pyoxigraph import Literal, NamedNode, RdfFormat, Store, parse

from lod.base import packaged
from lod.base.settings import Settings
from lod.pipeline.mapping.bodies import STANDARD
from lod.pipeline.report.usage import CLASS, RESOURCE, TYPE, Classes, Usage, classes_of, kinds
from lod.publish.query_catalogue import bind
from lod.rdf.jsonld import compact, expand
from lod.rdf.ontology import ontology
from lod.rdf.serialize import ntriples
from lod.rdf.store import select
from lod.rdf.templates import describe
from lod.rdf.vocab import QP, RDF_TYPE

GRAPH_PREFIX = (
    ".well-known/void#"  # of the name of a graph, below the base; VoID describes it by that
)
SUBJECTS = "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s ?p ?o }"
CLASSES = "SELECT ?terme (COUNT(?s) AS ?n) WHERE { ?s a ?terme } GROUP BY ?terme ORDER BY ?terme"
# different objects, or subjects of each property, would take memory that grows with the triples
PROPERTIES = "SELECT ?terme (COUNT(*) AS ?n) WHERE { ?s ?terme ?o } GROUP BY ?terme ORDER BY ?terme"
LINKS = """
SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?sujets)
WHERE { ?s ?lien ?o FILTER(STRSTARTS(STR(?o), ?debut)) }
"""
DESCRIPTIONS = "descriptions"  # the graph of what this module writes
FIRST_DAY = f"SELECT (MIN(?jour) AS ?premier) WHERE {{ ?question {QP.dateParution} ?jour }}"
# the formats in which the endpoint answers, as W3C names them; a test compares `formats.py`
RESULT_FORMATS = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
    "Turtle", "N-Triples", "RDF_XML", "JSON-LD",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NamedGraph:
    """A graph beside the data."""

    nom: str  # the fragment of its IRI
    fichiers: tuple[str, ...]  # dumps that hold its triples, and no others
    titre: str
    titre_en: str
    description: str
    description_en: str
    licence: str  # IRI; "" for the licence of the data

    @property
    def path(self) -> str:
        return GRAPH_PREFIX + self.nom


@cache
def named_graphs() -> dict[str, NamedGraph]:
    """Return the graphs by their `nom`."""
    return {
        row["nom"]: NamedGraph(**row | {"fichiers": tuple(row["fichiers"].split())})  # type: ignore[arg-type]
        for row in packaged.table_rows(packaged.GRAPHS)
    }


@dataclass(frozen=True, slots=True)
class ObjectKind:
    """The objects of a property that have one class, or one datatype."""

    name: str  # the class or datatype as a fragment: `qp-Question`
    term: str  # its IRI
    triples: int  # triples with such an object


@dataclass(frozen=True, slots=True)
class PropertyCount:
    """A property of the instances of a class, and the kinds of its objects."""

    name: str  # the property as a fragment: `qp-auteur`
    term: str  # its IRI
    triples: int
    classes: tuple[ObjectKind, ...]  # of the objects that are resources
    types: tuple[ObjectKind, ...]  # datatypes of the objects that are literals


@dataclass(frozen=True, slots=True)
class ClassCount:
    """A class with its instances and their properties."""

    name: str  # the class as a fragment
    term: str  # its IRI
    entities: int  # instances
    properties: tuple[PropertyCount, ...]

    @property
    def triples(self) -> int:
        """The number of triples with an instance of the class as subject."""
        return sum(p.triples for p in self.properties)


@dataclass(frozen=True, slots=True)
class PropertyTotal:
    """A property with its triples, whatever the class of their subjects."""

    name: str  # the property as a fragment
    term: str  # its IRI
    triples: int


@dataclass(frozen=True, slots=True)
class LinkCount:
    """A set of links to the data of another publisher."""

    row: dict[str, str]  # its row of `site/liens.csv`
    triples: int
    subjects: int  # different ones

    @property
    def predicate(self) -> str:
        """The IRI of the linking property."""
        return expand(self.row["predicat"])


@dataclass(frozen=True, slots=True)
class StoreCounts:
    """The figures of a store that holds the data and the links alone."""

    triples: int
    entities: int  # subjects that have a class
    subjects: int  # different ones
    classes: tuple[ClassCount, ...]
    properties: tuple[PropertyTotal, ...]
    links: tuple[LinkCount, ...]


def count_store(store: Store, usage: Usage, classes: Classes) -> StoreCounts:
    """Return the figures of a store that holds the data and the links, and no description.

    `usage` was counted of the same triples; `classes` are the classes of what questions refer to.
    """
    [subjects] = select(store, SUBJECTS)
    counted = tuple(_classes(store, usage, classes))
    properties = tuple(
        PropertyTotal(fragment_name(row["terme"]), row["terme"], int(row["n"]))
        for row in select(store, PROPERTIES)
    )
    return StoreCounts(
        triples=sum(p.triples for p in properties),
        # each thing has one class (control C6-types), but some have a standard one beside ours
        entities=sum(c.entities for c in counted if NamedNode(c.term) not in STANDARD),
        subjects=int(subjects["n"]),
        classes=counted,
        properties=properties,
        links=tuple(_links(store)),
    )


def _classes(store: Store, usage: Usage, classes: Classes) -> Iterator[ClassCount]:
    """Yield the classes of a store, sorted by IRI."""
    literals, any_resource = kinds(usage, classes, TYPE), kinds(usage, classes, RESOURCE)
    types = _object_kinds(literals)
    resources = _object_kinds(kinds(usage, {**classes_of(ntriples(ontology())), **classes}, CLASS))
    properties: dict[str, list[PropertyCount]] = {}
    for key in sorted({*literals, *any_resource}):
        class_iri, term = key
        values = resources.get(key, ()), types.get(key, ())
        triples = sum((*literals.get(key, {}).values(), *any_resource.get(key, {}).values()))
        one = PropertyCount(fragment_name(term), term, triples, *values)
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
    """Yield the sets of links of `site/liens.csv` that are not empty."""
    with packaged.LINKS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            query = bind(LINKS, "lien", NamedNode(expand(row["predicat"])))
            [counts] = select(store, bind(query, "debut", Literal(row["debut"])))
            if int(counts["n"]):
                yield LinkCount(row, int(counts["n"]), int(counts["sujets"]))


def fragment_name(iri: str) -> str:
    """Return a term as the fragments of VoID name it: `qp-Question`."""
    return compact(iri).replace(":", "-")


def first_day(store: Store) -> str:
    """Return the first day on which a question was published, in ISO form; "" if none has a day."""
    [row] = select(store, FIRST_DAY)
    return row["premier"]


def describe_void(
    settings: Settings, store: Store, counts: StoreCounts, sizes: Mapping[str, int], **values: Any
) -> bytes:
    """Return the VoID description; `store` holds only the data that `counts` are about.

    `sizes` are the triples of the named graphs, by `nom`; the triples of this description are
    added to its own graph. `values` are more variables of the template.
    """
    questions = store.quads_for_pattern(None, RDF_TYPE, QP.Question)
    example = next(q.subject.value for q in questions if isinstance(q.subject, NamedNode))
    values |= {"comptes": counts, "exemple": example, "debut": first_day(store)}

    def described(own: int) -> bytes:
        triples = {**sizes, DESCRIPTIONS: sizes[DESCRIPTIONS] + own}
        graphs = [(graph, triples[nom]) for nom, graph in named_graphs().items() if triples[nom]]
        return describe("void.ttl", settings, graphes=graphs, **values)

    # a figure does not change the number of triples
    return described(sum(1 for _ in parse(described(0), format=RdfFormat.TURTLE)))


def describe_service(
    settings: Settings, counts: StoreCounts, sizes: Mapping[str, int], data_until: date
) -> bytes:
    """Return the description of the SPARQL service: the data is its default graph."""
    graphs = [graph for nom, graph in named_graphs().items() if sizes.get(nom, 1)]
    values = {"comptes": counts, "graphes": graphs, "formes": RESULT_FORMATS}
    return describe("service.ttl", settings, donnees_au=data_until, **values)
