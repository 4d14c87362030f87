"""The properties that a class has at most once, as the shapes state them, and their names.

All IRIs are prefixed names.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain

from pyoxigraph import Literal, NamedNode

from lod.base import packaged
from lod.base.tabular import group_by_key
from lod.rdf.jsonld import compact
from lod.rdf.ontology import stated
from lod.website.rendering.templates import typeset

NAMES = ("rdfs:label", "skos:prefLabel")
VIOLATION = "sh:Violation"


@dataclass(frozen=True, slots=True)
class Use:
    """A property that each instance of a class has at most once."""

    property_term: str
    name: str
    datatype: str  # of its values, "" for none
    class_term: str  # of its values, "" for none
    codes: tuple[str, ...]  # that its values are from, if they are codes
    is_expected: bool  # a shape warns if there is no value


@cache
def _graph() -> dict[tuple[str, str], tuple[object, ...]]:
    """Return (subject, predicate) → objects, in the order of the files."""
    files = (*packaged.ontology(), *packaged.shapes())
    triples = chain.from_iterable(stated(path)[0] for path in files)
    return group_by_key(((_name(t.subject), _name(t.predicate)), t.object) for t in triples)


def _name(term: object) -> str:
    return compact(term.value) if isinstance(term, NamedNode) else getattr(term, "value", str(term))


def values(subject: str, predicate: str) -> list[str]:
    """Return the objects of a subject: prefixed names, texts of literals."""
    return [_name(o) for o in _graph().get((subject, predicate), ())]


def text_in(subject: str, language: str, *predicates: str) -> str:
    """Return the first text of a subject in a language, French typeset; "" if there is none."""
    objects = chain.from_iterable(_graph().get((subject, p), ()) for p in predicates)
    texts = (o.value for o in objects if isinstance(o, Literal) and o.language == language)
    text = next(texts, "")
    return typeset(text) if language == "fr" else text


def _value(subject: str, predicate: str) -> str:
    return next(iter(values(subject, predicate)), "")


def _items(node: str) -> Iterator[str]:
    """Yield the items of an RDF list."""
    while first := _value(node, "rdf:first"):
        yield first
        node = _value(node, "rdf:rest")


@cache
def uses_of(class_term: str, language: str) -> tuple[Use, ...]:
    """Return the properties that a class has at most once: ours in the order of the ontology, then
    borrowed ones.
    """
    nodes = [s for s, p in _graph() if p == "sh:targetClass" and class_term in values(s, p)]
    shapes = (shape for node in nodes for shape in values(node, "sh:property"))
    by_property = group_by_key((_value(shape, "sh:path"), shape) for shape in shapes)
    own = [term for term, p in _graph() if p == "rdfs:label" and term in by_property]
    uses = (_use(term, by_property[term], language) for term in dict.fromkeys((*own, *by_property)))
    return tuple(use for use in uses if use)


def _use(property_term: str, shapes: tuple[str, ...], language: str) -> Use | None:
    required = [s for s in shapes if _value(s, "sh:severity") in ("", VIOLATION)]
    is_single = any(_value(shape, "sh:maxCount") == "1" for shape in required)
    if not (is_single or property_term == NAMES[0]):  # of names, queries take the French one
        return None

    def stated(predicate: str) -> str:
        return next(filter(None, (_value(shape, predicate) for shape in required)), "")

    # a borrowed property has its name in the message, before a comma or the colon
    messages = (text_in(shape, language, "sh:message").partition(":")[0] for shape in required)
    told = next((message.partition(",")[0].strip() for message in messages), "")
    return Use(
        property_term=property_term,
        name=text_in(property_term, language, *NAMES) or told,
        datatype=stated("sh:datatype"),
        class_term=stated("sh:class"),
        codes=tuple(_items(stated("sh:in"))),
        is_expected=any(_value(s, "sh:minCount") for s in shapes if s not in required),
    )
