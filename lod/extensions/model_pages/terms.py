"""The terms of the model that the pages print, read from the ontology, with what uses them.

All texts are in one language: a page in English gets no French text that it could print.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from lod.base import packaged
from lod.extensions.model_pages.model_graph import (
    CLASS,
    CONCEPT,
    MEANINGS,
    NAMES,
    PROPERTY_TYPES,
    RANGES,
    SCHEME,
    ontology_graph,
    own_terms,
    shapes_graph,
)
from lod.extensions.model_pages.shape_tables import (
    PropertyUse,
    anchors,
    borrowed_terms,
    classes,
    domains_of,
    name_in_message,
    relations,
    sections,
    usage_of,
)
from lod.publish.query_catalogue import standalone_queries
from lod.rdf.vocab import NAMESPACE

ONTOLOGY_IRI = NAMESPACE.rstrip("#")  # of the ontology as a whole
PREFIXED = re.compile(r"(?<![\w:-])\w[\w-]*:\w[\w-]*")  # a term in a query
NOT_FACTS = {  # predicates of a concept that have a field
    "rdf:type",
    "skos:inScheme",
    "skos:notation",
    "skos:example",
    *NAMES,
    *MEANINGS,
}
Examples = tuple[tuple[str, str], ...]  # (value, its language or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """What is printed of every class, property, concept and list of the ontology."""

    term: str
    name: str
    meaning: str  # or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassTerm(Term):
    superclasses: tuple[str, ...]
    subclasses: tuple[str, ...]
    usage: tuple[PropertyUse, ...]  # its properties
    pointed_at_by: tuple[tuple[str, str], ...]  # (class, property) that leads to it
    examples: Examples
    queries: tuple[str, ...]  # names of the queries that use it


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyTerm(Term):
    domains: tuple[str, ...]  # classes that have it
    ranges: tuple[str, ...]  # classes or datatypes of its values
    page_labels: tuple[str, ...]  # its labels on pages of the Assemblée
    json_paths: tuple[str, ...]  # where it stands in the JSON of the Assemblée
    examples: Examples
    queries: tuple[str, ...]  # names of the queries that use it


@dataclass(frozen=True, slots=True, kw_only=True)
class ConceptTerm(Term):
    code: str  # skos:notation, or ""
    facts: tuple[tuple[str, str], ...]  # (property, value) of what the ontology states beside
    examples: Examples


@dataclass(frozen=True, slots=True, kw_only=True)
class ConceptList(Term):
    concepts: tuple[ConceptTerm, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BorrowedTerm:
    """A term of another vocabulary."""

    term: str
    iri: str
    is_class: bool
    roles: tuple[tuple[str, tuple[str, ...]], ...]  # (name of a property, classes that have it)
    properties: tuple[str, ...]  # of a class
    queries: tuple[str, ...]  # names of the queries that use it


@dataclass(frozen=True, slots=True, kw_only=True)
class OntologyModule:
    """A file of the ontology beside its core."""

    name: str  # of the file, without its end
    title: str
    meaning: str
    terms: tuple[str, ...]  # classes, properties and lists that it defines


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTerms:
    """Everything that the page of terms shows, in one language."""

    language: str  # fr or en
    title: str
    description: str
    version: str
    core: frozenset[str]  # the terms that the first file defines
    modules: tuple[OntologyModule, ...]
    classes: tuple[ClassTerm, ...]
    properties: tuple[PropertyTerm, ...]
    lists: tuple[ConceptList, ...]
    borrowed: tuple[BorrowedTerm, ...]
    prefixes: dict[str, str]  # prefix → namespace
    names: dict[str, str]  # term → its name
    anchors: dict[str, str]  # term → its anchor on the page

    def usages(self, class_term: str, property_term: str) -> Iterator[PropertyUse]:
        """Yield how a class uses a property of its own, if it does."""
        for c in self.classes:
            if c.term == class_term:
                yield from (u for u in c.usage if u.property_term == property_term)

    def numbers_of(self, class_terms: Iterable[str], property_term: str) -> tuple[int, int | None]:
        """Return the least and the most values of a property in any of the classes; None for the
        most means any number. A class without a shape about the property does not count.
        """
        uses = [use for term in class_terms for use in self.usages(term, property_term)]
        stated = [(u.minimum, u.maximum) for u in uses if u.minimum is not None]
        most = [maximum for _, maximum in stated if maximum is not None]
        is_bound = stated and len(most) == len(stated)
        return min((least for least, _ in stated), default=0), max(most) if is_bound else None


@cache
def model_terms(language: str) -> ModelTerms:
    """Return all terms of the model in `fr` or `en`."""
    g = ontology_graph()
    own = own_terms()
    return ModelTerms(
        language=language,
        title=g.text_in(ONTOLOGY_IRI, language, "dcterms:title"),
        description=g.text_in(ONTOLOGY_IRI, language, "dcterms:description"),
        version=g.literal(ONTOLOGY_IRI, "owl:versionInfo"),
        core=frozenset(t for t in own if g.files[t] == packaged.CORE.stem),
        modules=tuple(_modules(language)),
        classes=tuple(_class_term(t, language) for t in g.subjects(CLASS)),
        properties=tuple(_property_term(t, language) for t in g.subjects(*PROPERTY_TYPES)),
        lists=tuple(_concept_list(t, language) for t in g.subjects(SCHEME) if t in own),
        borrowed=tuple(_borrowed_terms(language)),
        prefixes=dict(sorted((shapes_graph().prefixes | g.prefixes).items())),
        names={t: g.text_in(t, language, *NAMES) for t in own} | _borrowed_names(language),
        anchors=anchors(),
    )


def _modules(language: str) -> Iterator[OntologyModule]:
    """Yield the files of the ontology beside its core that define terms, by their headers."""
    g, own = ontology_graph(), own_terms()
    for name in (path.stem for path in packaged.ontology() if path != packaged.CORE):
        defined = g.subjects(CLASS, *PROPERTY_TYPES, SCHEME)
        if terms := tuple(t for t in defined if g.files[t] == name and t in own):
            header = f"{ONTOLOGY_IRI}/{name}"
            title = g.text_in(header, language, *NAMES)
            meaning = g.text_in(header, language, "dcterms:description")
            yield OntologyModule(name=name, title=title, meaning=meaning, terms=terms)


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


def _property_term(term: str, language: str) -> PropertyTerm:
    """Return a property with its examples and queries."""
    g = ontology_graph()
    return PropertyTerm(
        term=term,
        name=g.text_in(term, language, *NAMES),
        meaning=g.text_in(term, language, *MEANINGS),
        domains=domains_of(term),
        ranges=g.iris(term, *RANGES),
        page_labels=g.literals(term, "qp:etiquettePage"),
        json_paths=g.literals(term, "qp:cheminJson"),
        examples=_examples(term, language),
        queries=_queries_with(term),
    )


def _examples(term: str, language: str) -> Examples:
    """Return the examples in this language or in none; if there are none, those in any language."""
    g = ontology_graph()
    objects = g.statements(term).get("skos:example", [])
    examples = tuple((g.short_name(o), getattr(o, "language", None) or "") for o in objects)
    return tuple(pair for pair in examples if pair[1] in ("", language)) or examples


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
    """Return a concept; its facts are without texts in the other language."""
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


def _borrowed_terms(language: str) -> Iterator[BorrowedTerm]:
    """Yield the terms of other vocabularies that ontology and shapes use, sorted."""
    roles: dict[str, dict[str, list[str]]] = {}  # property → its names → classes that have it
    borrowed = [term for term in borrowed_terms() if term in classes()]
    for class_term in (*own_terms(), *borrowed):
        for use in usage_of(class_term, language):
            roles.setdefault(use.property_term, {}).setdefault(use.name, []).append(class_term)
    prefixes = shapes_graph().prefixes | ontology_graph().prefixes
    for term in borrowed_terms():
        prefix, _, name = term.partition(":")
        yield BorrowedTerm(
            term=term,
            iri=prefixes[prefix] + name,
            is_class=term in borrowed,
            roles=tuple((name, tuple(terms)) for name, terms in roles.get(term, {}).items()),
            properties=tuple(use.property_term for use in usage_of(term, language)),
            queries=_queries_with(term),
        )


def _borrowed_names(language: str) -> dict[str, str]:
    """Return borrowed term → its name, by the first shape whose message names it."""
    names: dict[str, str] = {}
    for section in sections(language):
        for c in section.constraints:
            if c.path not in own_terms() and (name := name_in_message(c.message)):
                names.setdefault(c.path, name)
    return names


def _queries_with(term: str) -> tuple[str, ...]:
    """Return the names of the standalone queries that use a term."""
    return tuple(name for name, used in _terms_of_queries().items() if term in used)


@cache
def _terms_of_queries() -> dict[str, frozenset[str]]:
    """Return standalone query → the prefixed names in it."""
    return {q.name: frozenset(PREFIXED.findall(q.text)) for q in standalone_queries().values()}
