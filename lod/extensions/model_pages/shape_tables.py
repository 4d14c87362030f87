"""The shapes as tables for people, and how classes use properties: a row a constraint.

A row says which property, how many values, which values, how severe, and the message in a language.
"""

from dataclasses import dataclass
from functools import cache

from lod.base.tabular import group_by_key
from lod.extensions.model_pages.model_graph import (
    DOMAINS,
    NAMES,
    PROPERTY_TYPES,
    RANGES,
    local,
    ontology_graph,
    own_terms,
    shapes_graph,
)
from lod.website.rendering.language import FRENCH

VIOLATION = "Violation"
# predicates that a row has a field for; all others are printed as they are
PLACES = {"rdf:type", "sh:path", "sh:message", "sh:severity", "sh:minCount", "sh:maxCount",
          "sh:datatype", "sh:languageIn", "sh:class", "sh:nodeKind", "sh:in", "sh:hasValue",
          "sh:pattern", "sh:minInclusive", "sh:maxInclusive", "sh:lessThanOrEquals", "sh:disjoint",
          "sh:uniqueLang", "sh:or", "sh:targetClass", "sh:targetSubjectsOf", "sh:property",
          "sh:closed", "sh:ignoredProperties"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRule:
    """What the values of a property must be; a field that is empty requires nothing."""

    type: str  # sh:datatype
    languages: tuple[str, ...]  # sh:languageIn
    class_term: str  # sh:class
    node_kind: str  # sh:nodeKind
    one_of: tuple[str, ...]  # sh:in
    equals: str  # sh:hasValue
    pattern: str  # sh:pattern
    least: str  # sh:minInclusive
    greatest: str  # sh:maxInclusive
    not_after: str  # sh:lessThanOrEquals, a property
    differs_from: str  # sh:disjoint, a property
    is_unique: bool  # sh:uniqueLang: one value a language
    others: tuple[tuple[str, str], ...]  # (predicate, object) of all that is not in PLACES


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstraintRow:
    """A property shape, or a rule for all subjects of a property."""

    name: str
    file: str  # name of its file in `shapes/`
    path: str  # the property that it constrains; "" for a rule
    minimum: int  # of values
    maximum: int | None  # of values; None: any number
    has_count: bool  # the number of values is part of it, and is printed
    value_rule: ValueRule
    severity: str  # VIOLATION, Warning or Info
    message: str  # in the language of the page
    condition: str  # the property whose subjects a rule is for, or ""
    alternatives: tuple["ConstraintRow", ...]  # one of which is enough (sh:or)


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
class ShapeSection:
    """The shapes of one file."""

    file: str
    name: str  # of its main node shape, or ""
    classes: tuple[str, ...]  # that the main shape is for
    is_closed: bool  # the instances have no other properties
    pattern: str  # of their IRIs, or ""
    message: str  # of the main shape, in the language of the page
    constraints: tuple[ConstraintRow, ...]  # of the main shape, then of shapes shared by classes
    rules: tuple[ConstraintRow, ...]  # other shapes with targets of their own


@cache
def sections(language: str) -> tuple[ShapeSection, ...]:
    """Return the shapes of each file, in one language."""
    g = shapes_graph()
    shapes = g.subjects("sh:NodeShape", "sh:PropertyShape")
    by_file = group_by_key((_files()[shape], shape) for shape in shapes)
    return tuple(_section(name, nodes, language) for name, nodes in by_file.items())


@cache
def _files() -> dict[str, str]:
    """Return shape → the name of its file, or of the file of the one node shape that has it."""
    g = shapes_graph()
    nodes = g.subjects("sh:NodeShape")
    users = group_by_key((s, g.files[node]) for node in nodes for s in g.iris(node, "sh:property"))
    return g.files | {shape: files[0] for shape, files in users.items() if len(files) == 1}


def _section(file: str, shapes: tuple[str, ...], language: str) -> ShapeSection:
    g = shapes_graph()
    nodes = [s for s in shapes if "sh:NodeShape" in g.iris(s, "rdf:type")]
    main = next((s for s in nodes if "sh:or" not in g.statements(s)), "")
    inner = {s for shape in shapes for s in g.list_items(shape, "sh:or")}
    targets = ("sh:targetClass", "sh:targetSubjectsOf")
    rules = [s for s in shapes if s != main and g.iris(s, *targets)]
    own = g.iris(main, "sh:property")
    shared = [s for s in shapes if s not in (main, *own, *rules, *inner)]
    return ShapeSection(
        file=file,
        name=local(main),
        classes=g.iris(main, "sh:targetClass"),
        is_closed="true" in g.literals(main, "sh:closed"),
        pattern=g.literal(main, "sh:pattern"),
        message=g.text_in(main, language, "sh:message"),
        constraints=tuple(constraint_row(s, language) for s in (*own, *shared)),
        rules=tuple(constraint_row(s, language) for s in rules),
    )


def constraint_row(shape: str, language: str) -> ConstraintRow:
    """Return one property shape or rule, in one language."""
    g = shapes_graph()
    most, stated = g.literal(shape, "sh:maxCount"), g.statements(shape)
    return ConstraintRow(
        name=local(shape),
        file=_files()[shape],
        path=g.iri(shape, "sh:path"),
        minimum=int(g.literal(shape, "sh:minCount") or 0),
        maximum=int(most) if most else None,
        has_count=not stated.keys().isdisjoint(("sh:minCount", "sh:maxCount"))
        or "sh:severity" not in stated,
        value_rule=_value_rule(shape),
        severity=local(g.iri(shape, "sh:severity")) or VIOLATION,
        message=g.text_in(shape, language, "sh:message"),
        condition=g.iri(shape, "sh:targetSubjectsOf"),
        alternatives=tuple(constraint_row(s, language) for s in g.list_items(shape, "sh:or")),
    )


def _value_rule(shape: str) -> ValueRule:
    g = shapes_graph()
    return ValueRule(
        type=g.iri(shape, "sh:datatype"),
        languages=g.list_items(shape, "sh:languageIn"),
        class_term=g.iri(shape, "sh:class"),
        node_kind=local(g.iri(shape, "sh:nodeKind")),
        one_of=g.list_items(shape, "sh:in"),
        equals=g.iri(shape, "sh:hasValue") or g.literal(shape, "sh:hasValue"),
        pattern=g.literal(shape, "sh:pattern"),
        least=g.literal(shape, "sh:minInclusive"),
        greatest=g.literal(shape, "sh:maxInclusive"),
        not_after=g.iri(shape, "sh:lessThanOrEquals"),
        differs_from=g.iri(shape, "sh:disjoint"),
        is_unique=g.literal(shape, "sh:uniqueLang") == "true",
        others=tuple((p, g.short_name(o)) for p, objects in g.statements(shape).items()
                     if p not in PLACES for o in objects),
    )  # fmt: skip


def name_in_message(message: str) -> str:
    """Return the name at the beginning of a message: its words before a comma or the colon.

    >>> name_in_message("début, de 1958 à 2099\\u00a0: une valeur au plus\\u00a0; corriger")
    'début'
    >>> name_in_message("page of the JO, from 1 on: at most one; correct")
    'page of the JO'
    """
    before, colon, _ = message.partition(";")[0].partition(":")
    return before.partition(",")[0].strip() if colon else ""


@cache
def usage_of(class_term: str, language: str) -> tuple[PropertyUse, ...]:
    """Return the properties of a class: ours in the order of the ontology, then borrowed ones."""
    g = ontology_graph()
    about = (section for section in sections(language) if class_term in section.classes)
    by_path = group_by_key((c.path, c) for section in about for c in section.constraints)
    own = [
        p
        for p in g.subjects(*PROPERTY_TYPES)
        if class_term in domains_of(p) or (not domains_of(p) and p in by_path)
    ]
    borrowed = [p for p in by_path if p not in own_terms()]
    return tuple(_property_use(p, by_path.get(p, ()), language) for p in (*own, *borrowed))


@cache
def domains_of(property_term: str) -> tuple[str, ...]:
    """Return the classes that the ontology gives a property to."""
    return ontology_graph().iris(property_term, *DOMAINS)


def _property_use(
    property_term: str, rows: tuple[ConstraintRow, ...], language: str
) -> PropertyUse:
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
        value_rules=tuple(
            r for r in (c.value_rule for c in required)
            if any((r.type, r.class_term, r.node_kind, r.one_of, r.equals, r.pattern, r.least,
                    r.greatest))  # what is printed as a value
        ),
        ranges=g.iris(property_term, *RANGES),
    )  # fmt: skip


@cache
def relations() -> tuple[tuple[str, str, str], ...]:
    """Return (class, property, class) for each property between classes, by ontology and shapes."""
    g = ontology_graph()
    own = [
        (a, p, b)
        for p in g.subjects("owl:ObjectProperty")
        for a in domains_of(p)
        for b in g.iris(p, *RANGES)
    ]
    borrowed = [
        (a, c.path, c.value_rule.class_term)
        for section in sections(FRENCH)
        for c in section.constraints
        for a in section.classes
        if c.value_rule.class_term and c.path not in own_terms()
    ]
    return tuple(dict.fromkeys(own + borrowed))


@cache
def classes() -> frozenset[str]:
    """Return the classes that have a shape, or that a property leads from or to."""
    related = {c for a, _, b in relations() for c in (a, b)}
    return frozenset(related.union(*(section.classes for section in sections(FRENCH))))


@cache
def borrowed_terms() -> tuple[str, ...]:
    """Return the classes and properties of other vocabularies that are used, sorted."""
    users = classes().union(own_terms())
    used = users.union(use.property_term for term in users for use in usage_of(term, FRENCH))
    return tuple(sorted(used.difference(own_terms())))


def anchors() -> dict[str, str]:
    """Return term → its anchor on the page of terms, of ours and of those that are borrowed."""
    return {t: local(t) for t in own_terms()} | {t: t.replace(":", "-") for t in borrowed_terms()}
