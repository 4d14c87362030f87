"""The model as its pages tell it: classes, properties, concepts, and what they borrow.

Pure values for one language, from `ontology/qp.ttl`, `shapes/*.ttl` and `site/queries/*.rq`: a
page in English can print no French, since it is not given any.
"""

import re
from dataclasses import dataclass
from functools import cache

from lod.base import packaged
from lod.publish.query_catalogue import CatalogueQuery, standalone_queries
from lod.rdf.vocab import NAMESPACE
from lod.website.ontology_pages.shape_tables import (
    VIOLATION,
    ConstraintRow,
    ValueRule,
    name_in_message,
    sections,
    shapes_graph,
)
from lod.website.ontology_pages.turtle_reader import OrderedGraph, local

ONTOLOGY_IRI = NAMESPACE.rstrip("#")  # the ontology itself
CLASS, CONCEPT, SCHEME = "owl:Class", "skos:Concept", "skos:ConceptScheme"
PROPERTY_TYPES = ("owl:ObjectProperty", "owl:DatatypeProperty", "owl:AnnotationProperty")
DOMAINS = ("rdfs:domain", "schema:domainIncludes")
RANGES = ("rdfs:range", "schema:rangeIncludes")
NAMES, MEANINGS = ("rdfs:label", "skos:prefLabel"), ("rdfs:comment", "skos:definition")
NOT_FACTS = {"rdf:type", "skos:inScheme", "skos:notation", "skos:example", *NAMES, *MEANINGS}
EXAMPLE = "skos:example"


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyUse:
    """A property as one class uses it: the shapes say how many values and which.

    `minimum` is None where no shape speaks of the property for this class.
    """

    property_term: str
    name: str
    minimum: int | None
    maximum: int | None
    is_expected: bool
    value_rules: tuple[ValueRule, ...]
    ranges: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassTerm:
    """A class: its place among the others, its properties, and (class, property) leading to it."""

    term: str
    name: str
    meaning: str
    superclasses: tuple[str, ...]
    subclasses: tuple[str, ...]
    usage: tuple[PropertyUse, ...]
    pointed_at_by: tuple[tuple[str, str], ...]
    examples: tuple[tuple[str, str], ...]
    queries: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyTerm:
    """A property: its kind, where it stands, what a source calls it, examples, and queries."""

    term: str
    name: str
    meaning: str
    kind: str
    domains: tuple[str, ...]
    ranges: tuple[str, ...]
    page_labels: tuple[str, ...]
    json_paths: tuple[str, ...]
    examples: tuple[tuple[str, str], ...]
    queries: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConceptTerm:
    """A concept of a list; `facts` are (property, value) that the ontology states of it."""

    term: str
    name: str
    meaning: str
    code: str
    facts: tuple[tuple[str, str], ...]
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConceptList:
    """A list of concepts."""

    term: str
    name: str
    meaning: str
    concepts: tuple[ConceptTerm, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BorrowedTerm:
    """A term of another vocabulary: (what it is, the classes that bear it), or its properties."""

    term: str
    iri: str
    is_class: bool
    roles: tuple[tuple[str, tuple[str, ...]], ...]
    properties: tuple[str, ...]
    queries: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTerms:
    """All that the pages about the model show, in one language."""

    language: str
    title: str
    description: str
    version: str
    classes: tuple[ClassTerm, ...]
    properties: tuple[PropertyTerm, ...]
    lists: tuple[ConceptList, ...]
    borrowed: tuple[BorrowedTerm, ...]
    queries: tuple[CatalogueQuery, ...]
    prefixes: dict[str, str]
    names: dict[str, str]
    anchors: dict[str, str]


@cache
def ontology_graph() -> OrderedGraph:
    """Return the ontology as its file has it."""
    return OrderedGraph([packaged.ONTOLOGY])


@cache
def model_terms(language: str) -> ModelTerms:
    """Return the whole model in `fr` or `en`."""
    g = ontology_graph()
    borrowed = _borrowed_terms(language)
    own = own_terms()
    return ModelTerms(
        language=language,
        title=g.text_in(ONTOLOGY_IRI, language, "dcterms:title"),
        description=g.text_in(ONTOLOGY_IRI, language, "dcterms:description"),
        version=next(iter(g.literals(ONTOLOGY_IRI, "owl:versionInfo")), ""),
        classes=tuple(_class_term(t, language) for t in g.subjects(CLASS)),
        properties=tuple(_property_term(t, language) for t in g.subjects(*PROPERTY_TYPES)),
        lists=tuple(_concept_list(t, language) for t in g.subjects(SCHEME) if t in own),
        borrowed=borrowed,
        queries=tuple(standalone_queries().values()),
        prefixes=dict(sorted((shapes_graph().prefixes | g.prefixes).items())),
        names={t: g.text_in(t, language, *NAMES) for t in own} | _borrowed_names(language),
        anchors={t: local(t) for t in own} | {e.term: anchor_of(e.term) for e in borrowed},
    )


@cache
def own_terms() -> tuple[str, ...]:
    """Return every term that the ontology defines, in its order.

    Its header names languages and themes of the European Union, which are no terms of ours.
    """
    found = ontology_graph().subjects(CLASS, *PROPERTY_TYPES, CONCEPT, SCHEME)
    return tuple(s for s in found if s.startswith("qp:"))


def anchor_of(borrowed: str) -> str:
    """Return the anchor of a term of another vocabulary.

    >>> anchor_of("skos:prefLabel")
    'skos-prefLabel'
    """
    return borrowed.replace(":", "-")


def _class_term(term: str, language: str) -> ClassTerm:
    g = ontology_graph()
    return ClassTerm(
        term=term,
        name=g.text_in(term, language, *NAMES),
        meaning=g.text_in(term, language, *MEANINGS),
        superclasses=superclasses(term),
        subclasses=tuple(c for c in g.subjects(CLASS) if term in superclasses(c)),
        usage=usage_of(term, language),
        pointed_at_by=tuple((a, p) for a, p, b in relations() if b == term),
        examples=_examples(term, language),
        queries=_queries_with(term),
    )


def superclasses(class_term: str) -> tuple[str, ...]:
    """Return what a class is a kind of."""
    return ontology_graph().iris(class_term, "rdfs:subClassOf")


@cache
def usage_of(class_term: str, language: str) -> tuple[PropertyUse, ...]:
    """Return the properties of a class: our own in the order of the ontology, then the others."""
    g = ontology_graph()
    by_path: dict[str, list[ConstraintRow]] = {}
    for section in sections(language):
        for c in section.constraints if class_term in section.classes else ():
            by_path.setdefault(c.path, []).append(c)
    own = [
        p
        for p in g.subjects(*PROPERTY_TYPES)
        if class_term in (domains := g.iris(p, *DOMAINS)) or (not domains and p in by_path)
    ]
    foreign = [p for p in by_path if p not in own_terms()]
    return tuple(_property_use(p, by_path.get(p, []), language) for p in (*own, *foreign))


def _property_use(property_term: str, found: list[ConstraintRow], language: str) -> PropertyUse:
    """Put the shapes of one property together: what refuses a record decides, the rest advises."""
    g = ontology_graph()
    asked = [c for c in found if c.severity == VIOLATION]
    most = [c.maximum for c in asked if c.maximum is not None]
    told = next((n for c in asked if (n := name_in_message(c.message))), "")
    return PropertyUse(
        property_term=property_term,
        name=g.text_in(property_term, language, *NAMES) or told,
        minimum=max((c.minimum for c in asked), default=None),
        maximum=min(most, default=None),
        is_expected=any(c.minimum for c in found if c.severity != VIOLATION),
        value_rules=tuple(c.value_rule for c in asked if _asks(c.value_rule)),
        ranges=g.iris(property_term, *RANGES),
    )


def _asks(rule: ValueRule) -> bool:
    """Say whether a shape asks anything of the values themselves."""
    return any((rule.type, rule.class_term, rule.node_kind, rule.one_of, rule.equals,
                rule.pattern, rule.least, rule.greatest))  # fmt: skip


@cache
def relations() -> tuple[tuple[str, str, str], ...]:
    """Return (class, property, class) for every property that leads from a class to another."""
    g = ontology_graph()
    found = [
        (a, p, b)
        for p in g.subjects("owl:ObjectProperty")
        for a in g.iris(p, *DOMAINS)
        for b in g.iris(p, *RANGES)
    ]
    borrowed = [
        (a, c.path, c.value_rule.class_term)
        for section in sections("fr")
        for c in section.constraints
        for a in section.classes
        if c.value_rule.class_term and c.path not in own_terms()
    ]
    return tuple(dict.fromkeys(found + borrowed))


def _property_term(term: str, language: str) -> PropertyTerm:
    g = ontology_graph()
    [kind] = g.iris(term, "rdf:type")
    return PropertyTerm(
        term=term,
        name=g.text_in(term, language, *NAMES),
        meaning=g.text_in(term, language, *MEANINGS),
        kind=kind,
        domains=g.iris(term, *DOMAINS),
        ranges=g.iris(term, *RANGES),
        page_labels=g.literals(term, "qp:etiquettePage"),
        json_paths=g.literals(term, "qp:cheminJson"),
        examples=_examples(term, language),
        queries=_queries_with(term),
    )


def _examples(term: str, language: str) -> tuple[tuple[str, str], ...]:
    """Return (value, its language or "") of the examples: those of the page's language and those
    of none; where there are only others, these: a value is data, and is printed as it is.
    """
    g = ontology_graph()
    found = [
        (g.short_name(o), getattr(o, "language", None) or "")
        for o in g.statements(term).get(EXAMPLE, [])
    ]
    fitting = tuple((text, spoken) for text, spoken in found if spoken in ("", language))
    return fitting or tuple(found)


def _concept_list(term: str, language: str) -> ConceptList:
    g = ontology_graph()
    members = [c for c in g.subjects(CONCEPT) if term in g.iris(c, "skos:inScheme")]
    return ConceptList(
        term=term,
        name=g.text_in(term, language, *NAMES),
        meaning=g.text_in(term, language, *MEANINGS),
        concepts=tuple(_concept_term(c, language) for c in members),
    )


def _concept_term(term: str, language: str) -> ConceptTerm:
    g = ontology_graph()
    said = [(p, o) for p, os in g.statements(term).items() if p not in NOT_FACTS for o in os]
    return ConceptTerm(
        term=term,
        name=g.text_in(term, language, *NAMES),
        meaning=g.text_in(term, language, *MEANINGS),
        code=next(iter(g.literals(term, "skos:notation")), ""),
        facts=tuple(
            (p, g.short_name(o))
            for p, o in said
            if getattr(o, "language", None) in (None, language)
        ),
        examples=_examples(term, language),
    )


def _borrowed_terms(language: str) -> tuple[BorrowedTerm, ...]:
    """Return what the shapes and the ontology take from other vocabularies, sorted."""
    classes = {c for section in sections(language) for c in section.classes}
    classes |= {c for a, _, b in relations() for c in (a, b)}
    used: dict[str, dict[str, list[str]]] = {c: {} for c in sorted(classes)}
    for class_term in [*own_terms(), *sorted(classes - set(own_terms()))]:
        for usage in usage_of(class_term, language):
            used.setdefault(usage.property_term, {}).setdefault(usage.name, []).append(class_term)
    return tuple(
        BorrowedTerm(
            term=t,
            iri=_iri(t),
            is_class=t in classes,
            roles=tuple((name, tuple(found)) for name, found in used[t].items()),
            properties=tuple(u.property_term for u in usage_of(t, language))
            if t in classes
            else (),
            queries=_queries_with(t),
        )
        for t in sorted(used)
        if t not in own_terms()
    )


def _iri(term: str) -> str:
    prefix, _, name = term.partition(":")
    return (shapes_graph().prefixes | ontology_graph().prefixes)[prefix] + name


def _borrowed_names(language: str) -> dict[str, str]:
    """Return what the shapes call the terms of other vocabularies; the first to speak names it."""
    found: dict[str, str] = {}
    for section in sections(language):
        for c in section.constraints:
            if c.path not in own_terms() and (name := name_in_message(c.message)):
                found.setdefault(c.path, name)
    return found


def _queries_with(term: str) -> tuple[str, ...]:
    """Return the names of the queries that use a term."""
    used = re.compile(rf"(?<![\w:-]){re.escape(term)}(?![\w-])")
    return tuple(query.name for query in standalone_queries().values() if used.search(query.text))
