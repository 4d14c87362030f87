"""The figures of a release for VoID: those of the default graph, in which what describes the data
stands beside it.

What each class uses was counted while its triples were made, see `pipeline/report/usage.py`;
classes and links are counted by queries on a store that holds data and links alone.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from lod.base import packaged
from lod.base.errors import LodError
from lod.base.tabular import rows
from lod.pipeline.mapping.bodies import STANDARD
from lod.pipeline.report.usage import (
    CLASS,
    RESOURCE,
    TYPE,
    Classes,
    Usage,
    classes_of,
    kinds,
    usage_of,
)
from lod.publish.query_catalogue import bind
from lod.rdf.jsonld import compact, expand
from lod.rdf.serialize import ntriples, triples
from lod.rdf.store import select
from lod.rdf.vocab import RDF

CLASSES = "SELECT ?terme (COUNT(?s) AS ?n) WHERE { ?s a ?terme } GROUP BY ?terme ORDER BY ?terme"
LINKS = """
SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?sujets)
WHERE { ?s ?lien ?o FILTER(STRSTARTS(STR(?o), ?debut)) }
"""


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


class Beside:
    """Tells which triples beside the data in the default graph are in the data already: the
    ontology states its code lists, as the data does, and the graph has each triple once.

    `store` holds the data and the links alone. Look-ups are remembered: nearly the same triples are
    asked about again.
    """

    def __init__(self, store: Store, base: str) -> None:
        self._store, self.base = store, base
        self._lines: dict[bytes, bool] = {}  # line of N-Triples → whether the data has it
        self._subjects: dict[bytes, bool] = {}
        self._classes: dict[bytes, list[bytes]] = {}

    def added(self, nt: bytes) -> list[bytes]:
        """Return the lines of N-Triples that the data does not have, each once, sorted."""
        lines = sorted(set(nt.splitlines(keepends=True)))
        unknown = [line for line in lines if line not in self._lines]
        for line, triple in zip(unknown, triples(b"".join(unknown)), strict=True):
            self._lines[line] = Quad(*triple) in self._store
        return [line for line in lines if not self._lines[line]]

    def is_in_data(self, subject: bytes) -> bool:
        """Return whether the data has triples of a subject."""
        if subject not in self._subjects:
            node = NamedNode(subject.decode())
            quads = self._store.quads_for_pattern(node, None, None, DefaultGraph())
            self._subjects[subject] = next(quads, None) is not None
        return self._subjects[subject]

    def classes_in_data(self, iri: bytes) -> list[bytes]:
        """Return the classes that the data states of a resource."""
        if iri not in self._classes:
            node = NamedNode(iri.decode())
            quads = self._store.quads_for_pattern(node, RDF.type, None, DefaultGraph())
            self._classes[iri] = [str(quad.object)[1:-1].encode() for quad in quads]
        return self._classes[iri]

    def gaining(self, nt: bytes) -> Iterator[tuple[bytes, list[bytes], bytes]]:
        """Yield the subjects of the data to which N-Triples give more classes, these classes, and
        the triples that the data has of each.
        """
        for subject, classes in classes_of(nt).items():
            if gained := sorted({*classes} - {*self.classes_in_data(subject)}):
                node = NamedNode(subject.decode())
                quads = self._store.quads_for_pattern(node, None, None, DefaultGraph())
                if about := ntriples(quad.triple for quad in quads):
                    yield subject, gained, about

    def classes(self, nt: bytes) -> dict[bytes, list[bytes]]:
        """Return subject, or object, of N-Triples → its classes, in them and in the data."""
        stated = classes_of(nt)
        terms = (term for line in nt.splitlines() for term in line[:-2].split(b" ", 2)[::2])
        for iri in {term[1:-1] for term in terms if term.startswith(b"<")}:
            if known := self.classes_in_data(iri):
                stated[iri] = sorted({*stated.get(iri, ()), *known})
        return stated


@dataclass(frozen=True, slots=True)
class DataCounts:
    """What is counted once of a store that holds the data and the links alone."""

    subjects: int  # different ones
    classes: Counter[str]  # class → instances
    properties: Counter[str]  # property → triples
    usage: Usage
    class_of: Classes  # of what questions refer to
    links: tuple[LinkCount, ...]


def count_data(
    store: Store, triples: int, unclassed: Iterable[bytes], usage: Usage, classes: Classes
) -> DataCounts:
    """Return the figures of a store that holds the data and the links, so many triples, and no
    description.

    `usage` was counted of the same triples; `classes` are the classes of what questions refer to,
    `unclassed` the N-Triples about resources of other publishers, which have none. Raises LodError
    if the properties do not add up to all triples: then one of ours has several classes, or none.
    """
    about = [line.split(b" ", 2)[:2] for line in unclassed]
    properties = Counter(term[1:-1].decode() for _, term in about)
    for kind in (TYPE, RESOURCE):
        for (class_iri, term), counted in kinds(usage, classes, kind).items():
            if class_iri not in doubled():
                properties[term] += sum(counted.values())
    if properties.total() != triples:
        raise LodError(
            f"VoID: {properties.total()} triples are counted by property, {triples} are there; "
            "this is a fault of the program, please report it"
        )
    instances = Counter({row["terme"]: int(row["n"]) for row in select(store, CLASSES)})
    return DataCounts(
        subjects=_things(instances) + len({subject for subject, _ in about}),
        classes=instances,
        properties=properties,
        usage=usage,
        class_of=classes,
        links=tuple(_links(store)),
    )


@cache
def doubled() -> frozenset[str]:
    """Return our classes whose instances have a standard class, too."""
    return frozenset(term.value for term in STANDARD)


def _things(instances: Counter[str]) -> int:
    """Return how many resources have a class: one each (C6-types), besides the standard one."""
    return sum(n for term, n in instances.items() if term not in doubled())


def count_all(data: DataCounts, beside: Beside, nt: bytes) -> StoreCounts:
    """Return the figures of the default graph: the data, and beside it the triples of `nt`, of
    which the data may have some already.
    """
    lines = beside.added(nt)
    subjects = {line.split(b" ", 1)[0][1:-1] for line in lines}
    class_of, text = beside.classes(nt), b"".join(lines)
    added = Counter(line.split(b" ", 2)[1][1:-1].decode() for line in lines)
    instances = Counter(iri.decode() for iris in classes_of(text).values() for iri in iris)
    usage = data.usage + Counter(usage_of(text, class_of, beside.base))
    for subject, classes, about in beside.gaining(nt):
        known = {**class_of, **beside.classes(about), subject: classes}
        usage.update(usage_of(about, known, beside.base))
    by_class, by_property = data.classes + instances, data.properties + added
    typed = {s for s in subjects if s in class_of and not beside.classes_in_data(s)}
    return StoreCounts(
        triples=by_property.total(),
        entities=_things(data.classes) + len(typed),
        subjects=data.subjects + sum(not beside.is_in_data(s) for s in subjects),
        classes=tuple(_classes(by_class, usage, {**class_of, **data.class_of})),
        properties=tuple(TermCount(*counted) for counted in sorted(by_property.items())),
        links=data.links,
    )


def _classes(entities: Counter[str], usage: Usage, class_of: Classes) -> Iterator[ClassCount]:
    """Yield the classes, sorted by IRI."""
    literals, any_resource = (kinds(usage, class_of, kind) for kind in (TYPE, RESOURCE))
    types = _object_kinds(literals)
    resources = _object_kinds(kinds(usage, class_of, CLASS))
    properties: dict[str, list[PropertyCount]] = {}
    for key in sorted({*literals, *any_resource}):
        class_iri, term = key
        values = resources.get(key, ()), types.get(key, ())
        triples = sum((*literals.get(key, {}).values(), *any_resource.get(key, {}).values()))
        properties.setdefault(class_iri, []).append(PropertyCount(term, triples, *values))
    for term in sorted(entities):
        yield ClassCount(term, entities[term], tuple(properties[term]))


def _object_kinds(
    counted: Mapping[tuple[str, str], Mapping[str, int]],
) -> dict[tuple[str, str], tuple[TermCount, ...]]:
    """Return (class, property) → the kinds of its objects, sorted."""
    return {
        key: tuple(TermCount(iri, n) for iri, n in sorted(kinds.items()))
        for key, kinds in counted.items()
    }


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
