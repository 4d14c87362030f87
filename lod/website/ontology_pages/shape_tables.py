"""The shapes as people read them: which property, how many, what value, how grave, in which words.

All of it comes from `shapes/*.ttl`, in the order of the files, and for one language.
"""

from dataclasses import dataclass
from functools import cache

from lod.base import packaged
from lod.website.ontology_pages.turtle_reader import OrderedGraph, local

VIOLATION = "Violation"
# what has a place of its own on the page; every other constraint is shown as it is spelt
PLACES = {"rdf:type", "sh:path", "sh:message", "sh:severity", "sh:minCount", "sh:maxCount",
          "sh:datatype", "sh:languageIn", "sh:class", "sh:nodeKind", "sh:in", "sh:hasValue",
          "sh:pattern", "sh:minInclusive", "sh:maxInclusive", "sh:lessThanOrEquals",
          "sh:uniqueLang", "sh:or", "sh:targetClass", "sh:targetSubjectsOf", "sh:property",
          "sh:closed", "sh:ignoredProperties"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRule:
    """What the values of a property must be; all that is empty is not asked for."""

    type: str
    languages: tuple[str, ...]
    class_term: str
    node_kind: str
    one_of: tuple[str, ...]
    equals: str
    pattern: str
    least: str
    greatest: str
    not_after: str
    is_unique: bool
    others: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstraintRow:
    """A property shape, or a rule: `alternatives` has its alternatives, `condition` the property that it is about.

    `has_count` says whether how many values there are is part of it.
    """

    name: str
    file: str
    path: str
    minimum: int
    maximum: int | None
    has_count: bool
    value_rule: ValueRule
    severity: str
    message: str
    condition: str
    alternatives: tuple["ConstraintRow", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeSection:
    """The shapes of one file: those of a class, those that several classes share, and rules."""

    file: str
    name: str
    classes: tuple[str, ...]
    is_closed: bool
    pattern: str
    message: str
    constraints: tuple[ConstraintRow, ...]
    rules: tuple[ConstraintRow, ...]


@cache
def shapes_graph() -> OrderedGraph:
    """Return the shapes as their files have them."""
    return OrderedGraph(packaged.shapes())


@cache
def sections(language: str) -> tuple[ShapeSection, ...]:
    """Return the shapes of each file that has some."""
    g = shapes_graph()
    shapes = g.subjects("sh:NodeShape", "sh:PropertyShape")
    by_file: dict[str, list[str]] = {}
    for shape in shapes:
        by_file.setdefault(g.files[shape], []).append(shape)
    return tuple(_section(name, found, language) for name, found in by_file.items())


def _section(file: str, shapes: list[str], language: str) -> ShapeSection:
    g = shapes_graph()
    nodes = [s for s in shapes if "sh:NodeShape" in g.iris(s, "rdf:type")]
    main = next((s for s in nodes if "sh:or" not in g.statements(s)), "")
    inner = {s for shape in shapes for s in g.list_items(shape, "sh:or")}
    rules = [s for s in shapes if s != main and _targets(s)]
    own = g.iris(main, "sh:property")
    shared = [s for s in shapes if s not in (main, *own, *rules, *inner)]
    return ShapeSection(
        file=file,
        name=local(main),
        classes=g.iris(main, "sh:targetClass"),
        is_closed="true" in g.literals(main, "sh:closed"),
        pattern=_one(main, "sh:pattern"),
        message=g.text_in(main, language, "sh:message"),
        constraints=tuple(constraint_row(s, language) for s in (*own, *shared)),
        rules=tuple(constraint_row(s, language) for s in rules),
    )


def _targets(shape: str) -> tuple[str, ...]:
    return shapes_graph().iris(shape, "sh:targetClass", "sh:targetSubjectsOf")


def constraint_row(shape: str, language: str) -> ConstraintRow:
    """Return one property shape or rule in words of one language."""
    g = shapes_graph()
    most = _one(shape, "sh:maxCount")
    return ConstraintRow(
        name=local(shape),
        file=g.files[shape],
        path=_iri(shape, "sh:path"),
        minimum=int(_one(shape, "sh:minCount") or 0),
        maximum=int(most) if most else None,
        has_count=any(p in g.statements(shape) for p in ("sh:minCount", "sh:maxCount"))
        or "sh:severity" not in g.statements(shape),
        value_rule=_value_rule(shape),
        severity=local(_iri(shape, "sh:severity")) or VIOLATION,
        message=g.text_in(shape, language, "sh:message"),
        condition=_iri(shape, "sh:targetSubjectsOf"),
        alternatives=tuple(constraint_row(s, language) for s in g.list_items(shape, "sh:or")),
    )


def _value_rule(shape: str) -> ValueRule:
    g = shapes_graph()
    return ValueRule(
        type=_iri(shape, "sh:datatype"),
        languages=g.list_items(shape, "sh:languageIn"),
        class_term=_iri(shape, "sh:class"),
        node_kind=local(_iri(shape, "sh:nodeKind")),
        one_of=g.list_items(shape, "sh:in"),
        equals=_iri(shape, "sh:hasValue") or _one(shape, "sh:hasValue"),
        pattern=_one(shape, "sh:pattern"),
        least=_one(shape, "sh:minInclusive"),
        greatest=_one(shape, "sh:maxInclusive"),
        not_after=_iri(shape, "sh:lessThanOrEquals"),
        is_unique=_one(shape, "sh:uniqueLang") == "true",
        others=tuple((p, g.short_name(o)) for p, said in g.statements(shape).items()
                     if p not in PLACES for o in said),
    )  # fmt: skip


def _one(shape: str, predicate: str) -> str:
    return next(iter(shapes_graph().literals(shape, predicate)), "")


def _iri(shape: str, predicate: str) -> str:
    return next(iter(shapes_graph().iris(shape, predicate)), "")


def name_in_message(message: str) -> str:
    """Return what a message says that it is about: its words before the colon.

    >>> name_in_message("début, de 1958 à 2099\\u00a0: une valeur au plus\\u00a0; corriger")
    'début'
    >>> name_in_message("page of the JO, from 1 on: at most one; correct")
    'page of the JO'
    """
    before, colon, _ = message.partition(";")[0].partition(":")
    return before.partition(",")[0].strip() if colon else ""
