"""Read the terms of the model from the ontology, with the shapes and queries that use them."""

import re
from collections.abc import Iterator
from functools import cache

from lod.base import packaged
from lod.publish.query_catalogue import standalone_queries
from lod.rdf.vocab import NAMESPACE
from lod.website.ontology_pages.shape_tables import (
    VIOLATION,
    ConstraintRow,
    ValueRule,
    name_in_message,
    sections,
    shapes_graph,
)
from lod.website.ontology_pages.terms import (
    BorrowedTerm,
    ClassTerm,
    ConceptList,
    ConceptTerm,
    Examples,
    ModelTerms,
    OntologyModule,
    PropertyTerm,
    PropertyUse,
)
from lod.website.ontology_pages.turtle_reader import OrderedGraph, local

ONTOLOGY_IRI = NAMESPACE.rstrip("#")  # of the ontology as a whole
OBSOLETE = ("owl:DeprecatedClass", "owl:DeprecatedProperty", "owl:NamedIndividual")
CLASS, CONCEPT, SCHEME = "owl:Class", "skos:Concept", "skos:ConceptScheme"
PROPERTY_TYPES = ("owl:ObjectProperty", "owl:DatatypeProperty", "owl:AnnotationProperty")
DOMAINS = ("rdfs:domain", "schema:domainIncludes")
RANGES = ("rdfs:range", "schema:rangeIncludes")
NAMES, MEANINGS = ("rdfs:label", "skos:prefLabel"), ("rdfs:comment", "skos:definition")
NOT_FACTS = {  # predicates of a concept that have a field
    "rdf:type",
    "skos:inScheme",
    "skos:notation",
    "skos:example",
    *NAMES,
    *MEANINGS,
}


@cache
def ontology_graph() -> OrderedGraph:
    """Return the statements of the ontology."""
    return OrderedGraph(packaged.ontology())


@cache
def model_terms(language: str) -> ModelTerms:
    """Return all terms of the model in `fr` or `en`."""
    g = ontology_graph()
    borrowed = _borrowed_terms(language)
    own = own_terms()
    return ModelTerms(
        language=language,
        title=g.text_in(ONTOLOGY_IRI, language, "dcterms:title"),
        description=g.text_in(ONTOLOGY_IRI, language, "dcterms:description"),
        version=g.literal(ONTOLOGY_IRI, "owl:versionInfo"),
        core=frozenset(t for t in own if g.files[t] == packaged.CORE.stem),
        modules=tuple(_modules(language)),
        obsolete=tuple(
            (t, g.text_in(t, language, *NAMES), g.text_in(t, language, *MEANINGS))
            for t in g.subjects(*OBSOLETE)
        ),
        classes=tuple(_class_term(t, language) for t in g.subjects(CLASS)),
        properties=tuple(_property_term(t, language) for t in g.subjects(*PROPERTY_TYPES)),
        lists=tuple(_concept_list(t, language) for t in g.subjects(SCHEME) if t in own),
        borrowed=borrowed,
        prefixes=dict(sorted((shapes_graph().prefixes | g.prefixes).items())),
        names={t: g.text_in(t, language, *NAMES) for t in own} | _borrowed_names(language),
        anchors={t: local(t) for t in own} | {e.term: anchor_of(e.term) for e in borrowed},
    )


@cache
def own_terms() -> tuple[str, ...]:
    """Return every term that the ontology defines, in its order.

    Its header has concepts of others, too: languages and themes of the European Union.
    """
    found = ontology_graph().subjects(CLASS, *PROPERTY_TYPES, CONCEPT, SCHEME)
    return tuple(s for s in found if s.startswith("qp:"))


def _modules(language: str) -> Iterator[OntologyModule]:
    """Yield the files of the ontology beside its core that define terms, by their headers."""
    g, own = ontology_graph(), own_terms()
    for name in (path.stem for path in packaged.ontology() if path != packaged.CORE):
        found = g.subjects(CLASS, *PROPERTY_TYPES, SCHEME)
        if terms := tuple(t for t in found if g.files[t] == name and t in own):
            header = f"{ONTOLOGY_IRI}/{name}"
            title = g.text_in(header, language, *NAMES)
            meaning = g.text_in(header, language, "dcterms:description")
            yield OntologyModule(name=name, title=title, meaning=meaning, terms=terms)


def anchor_of(borrowed: str) -> str:
    """Return the anchor of a term of another vocabulary on the page of terms.

    >>> anchor_of("skos:prefLabel")
    'skos-prefLabel'
    """
    return borrowed.replace(":", "-")


def _class_term(term: str, language: str) -> ClassTerm:
    """Return a class with its properties, examples and queries."""
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
    """Return the classes of which a class is a direct subclass."""
    return ontology_graph().iris(class_term, "rdfs:subClassOf")


@cache
def usage_of(class_term: str, language: str) -> tuple[PropertyUse, ...]:
    """Return the properties of a class: ours in the order of the ontology, then borrowed ones."""
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
    borrowed = [p for p in by_path if p not in own_terms()]
    return tuple(_property_use(p, by_path.get(p, []), language) for p in (*own, *borrowed))


def _property_use(property_term: str, rows: list[ConstraintRow], language: str) -> PropertyUse:
    """Return the use of a property, from its constraints for one class: violations say how many
    values and which, warnings that a value is expected.
    """
    g = ontology_graph()
    required = [c for c in rows if c.severity == VIOLATION]
    most = [c.maximum for c in required if c.maximum is not None]
    name_in_shape = next((n for c in required if (n := name_in_message(c.message))), "")
    return PropertyUse(
        property_term=property_term,
        name=g.text_in(property_term, language, *NAMES) or name_in_shape,
        minimum=max((c.minimum for c in required), default=None),
        maximum=min(most, default=None),
        is_expected=any(c.minimum for c in rows if c.severity != VIOLATION),
        value_rules=tuple(c.value_rule for c in required if _has_rule(c.value_rule)),
        ranges=g.iris(property_term, *RANGES),
    )


def _has_rule(rule: ValueRule) -> bool:
    """Say whether a rule requires anything that is printed as a value."""
    return any((rule.type, rule.class_term, rule.node_kind, rule.one_of, rule.equals,
                rule.pattern, rule.least, rule.greatest))  # fmt: skip


@cache
def relations() -> tuple[tuple[str, str, str], ...]:
    """Return (class, property, class) for each property between classes, by ontology and shapes."""
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
    """Return a property with its examples and queries."""
    g = ontology_graph()
    return PropertyTerm(
        term=term,
        name=g.text_in(term, language, *NAMES),
        meaning=g.text_in(term, language, *MEANINGS),
        domains=g.iris(term, *DOMAINS),
        ranges=g.iris(term, *RANGES),
        page_labels=g.literals(term, "qp:etiquettePage"),
        json_paths=g.literals(term, "qp:cheminJson"),
        examples=_examples(term, language),
        queries=_queries_with(term),
    )


def _examples(term: str, language: str) -> Examples:
    """Return the examples in this language or in none; if there are only others, all of them."""
    g = ontology_graph()
    objects = g.statements(term).get("skos:example", [])
    found = tuple((g.short_name(o), getattr(o, "language", None) or "") for o in objects)
    return tuple(pair for pair in found if pair[1] in ("", language)) or found


def _concept_list(term: str, language: str) -> ConceptList:
    """Return a list with its concepts, in the order of the ontology."""
    g = ontology_graph()
    members = [c for c in g.subjects(CONCEPT) if term in g.iris(c, "skos:inScheme")]
    return ConceptList(
        term=term,
        name=g.text_in(term, language, *NAMES),
        meaning=g.text_in(term, language, *MEANINGS),
        concepts=tuple(_concept_term(c, language) for c in members),
    )


def _concept_term(term: str, language: str) -> ConceptTerm:
    """Return a concept; texts in the other language are no facts of it."""
    g = ontology_graph()
    facts = [(p, o) for p, os in g.statements(term).items() if p not in NOT_FACTS for o in os]
    return ConceptTerm(
        term=term,
        name=g.text_in(term, language, *NAMES),
        meaning=g.text_in(term, language, *MEANINGS),
        code=g.literal(term, "skos:notation"),
        facts=tuple(
            (p, g.short_name(o))
            for p, o in facts
            if getattr(o, "language", None) in (None, language)
        ),
        examples=_examples(term, language),
    )


def _borrowed_terms(language: str) -> tuple[BorrowedTerm, ...]:
    """Return the terms of other vocabularies that ontology and shapes use, sorted."""
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
            properties=tuple(u.property_term for u in usage_of(t, language)),  # none of a property
            queries=_queries_with(t),
        )
        for t in sorted(used)
        if t not in own_terms()
    )


def _iri(term: str) -> str:
    """Return the IRI of a prefixed name."""
    prefix, _, name = term.partition(":")
    return (shapes_graph().prefixes | ontology_graph().prefixes)[prefix] + name


def _borrowed_names(language: str) -> dict[str, str]:
    """Return borrowed term → its name, by the first shape whose message names it."""
    found: dict[str, str] = {}
    for section in sections(language):
        for c in section.constraints:
            if c.path not in own_terms() and (name := name_in_message(c.message)):
                found.setdefault(c.path, name)
    return found


def _queries_with(term: str) -> tuple[str, ...]:
    """Return the names of the standalone queries that use a term."""
    used = re.compile(rf"(?<![\w:-]){re.escape(term)}(?![\w-])")
    return tuple(query.name for query in standalone_queries().values() if used.search(query.text))
