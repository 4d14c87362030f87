"""The values that the pages about the model print: classes, properties, concepts, borrowed terms.

All are in one language: a page in English can print no French, since it is not given any.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lod.website.ontology_pages.shape_tables import ValueRule

Examples = tuple[tuple[str, str], ...]  # (value, its language or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyUse:
    """A property as one class uses it, by the shapes."""

    property_term: str
    name: str
    minimum: int | None  # of values; None: no shape requires anything of the property
    maximum: int | None  # of values; None: any number
    is_expected: bool  # a shape warns if there is no value
    value_rules: tuple[ValueRule, ...]
    ranges: tuple[str, ...]  # classes or datatypes of the values, by the ontology


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassTerm:
    """A class of the ontology."""

    term: str
    name: str
    meaning: str
    superclasses: tuple[str, ...]
    subclasses: tuple[str, ...]
    usage: tuple[PropertyUse, ...]  # its properties
    pointed_at_by: tuple[tuple[str, str], ...]  # (class, property) that leads to it
    examples: Examples
    queries: tuple[str, ...]  # names of the queries that use it


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyTerm:
    """A property of the ontology."""

    term: str
    name: str
    meaning: str
    domains: tuple[str, ...]  # classes that have it
    ranges: tuple[str, ...]  # classes or datatypes of its values
    page_labels: tuple[str, ...]  # what pages of the Assemblée call it
    json_paths: tuple[str, ...]  # where it stands in the JSON of the Assemblée
    examples: Examples
    queries: tuple[str, ...]  # names of the queries that use it


@dataclass(frozen=True, slots=True, kw_only=True)
class ConceptTerm:
    """A concept of a list."""

    term: str
    name: str
    meaning: str
    code: str  # skos:notation, or ""
    facts: tuple[tuple[str, str], ...]  # (property, value) of what else the ontology states
    examples: Examples


@dataclass(frozen=True, slots=True, kw_only=True)
class ConceptList:
    """A list of concepts."""

    term: str
    name: str
    meaning: str  # or ""
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
    obsolete: tuple[tuple[str, str, str], ...]  # (earlier term, its name, what to use)
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
        """Return how many values a property has, least and most, in any of some classes; None: any
        number. A class of which no shape says anything does not count.
        """
        uses = [use for one in class_terms for use in self.usages(one, property_term)]
        stated = [(u.minimum, u.maximum) for u in uses if u.minimum is not None]
        most = [maximum for _, maximum in stated if maximum is not None]
        is_bound = stated and len(most) == len(stated)
        return min((least for least, _ in stated), default=0), max(most) if is_bound else None
