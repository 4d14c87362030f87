"""What can be looked for, and by which fields, read from shapes and ontology.

A subject is the class of questions, or a class of which a question or another subject has one. A
field is a property with at most one value (`sh:maxCount 1`), so that a row is one thing and a count
counts things; or a path of such properties to a thing that no shorter path reaches.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from lod.website.model.model_graph import NAMES, local, ontology_graph
from lod.website.model.shape_tables import PropertyUse, ValueRule, usage_of
from lod.website.rendering.templates import typeset

QUESTION = "qp:Question"
LANGUAGE = "fr"  # of the form
BROADER = "skos:broader"
# what `rdfs:label`, which each thing has, says too; and a text with markup, which its text says
LEFT_OUT = frozenset(("foaf:name", "skos:prefLabel", "qp:texteHtml"))
FieldKind = Literal["code", "chose", "jour", "nombre", "texte", "booleen"]
KINDS: dict[str, FieldKind] = {  # datatype → kind
    "xsd:date": "jour",
    "xsd:integer": "nombre",
    "xsd:decimal": "nombre",
    "xsd:boolean": "booleen",
    "xsd:string": "texte",
    "rdf:langString": "texte",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A code of a list."""

    code: str  # as an address has it
    name: str
    terms: tuple[str, ...]  # the concept and those below it, as prefixed names


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What is asked of a subject, shown of it, or counted by."""

    key: str  # its name in addresses; its variable, with `_` for `-`
    name: str  # in French
    path: tuple[str, ...]  # properties from the subject to the value, as prefixed names
    kind: FieldKind
    class_term: str = ""  # of a thing
    choices: tuple[Choice, ...] = ()  # of a code
    is_expected: bool = False  # a shape warns if there is no value

    @property
    def variable(self) -> str:
        return self.key.replace("-", "_")

    @property
    def is_countable(self) -> bool:
        return self.kind in ("code", "chose", "booleen", "jour")


@dataclass(frozen=True, slots=True)
class Subject:
    """A class of things that can be looked for."""

    key: str  # its name in addresses, and its variable
    name: str  # in French, singular
    class_term: str
    role: str  # the property whose values are meant, of a class that has others too; or ""
    fields: tuple[Field, ...]

    def field(self, key: str) -> Field | None:
        return next((field for field in self.fields if field.key == key), None)


@cache
def subjects() -> dict[str, Subject]:
    """Return key → subject, questions first, then in the order in which shapes lead to them."""
    found: dict[str, Subject] = {}
    waiting, seen = [(QUESTION, "", "")], {QUESTION}
    for class_term, role, role_name in waiting:
        subject = _subject(class_term, role, role_name)
        found.setdefault(subject.key, subject)
        for use in _single(class_term):
            there = _class_of(use)
            is_borrowed = not there.startswith("qp:")  # a class of others: the role says which
            identity = use.property_term if is_borrowed else there
            if there and use.property_term != BROADER and identity not in seen:
                seen.add(identity)
                waiting.append((there, *((identity, use.name) if is_borrowed else ("", ""))))
    return found


def _subject(class_term: str, role: str, role_name: str) -> Subject:
    name = role_name or ontology_graph().text_in(class_term, LANGUAGE, *NAMES)
    key = local(role) if role else local(class_term)[:1].lower() + local(class_term)[1:]
    return Subject(key, name, class_term, role, (*_fields(class_term),))


def _single(class_term: str) -> Iterator[PropertyUse]:
    """Yield the properties of which an instance has at most one value."""
    for use in usage_of(class_term, LANGUAGE):
        if use.maximum == 1 and use.property_term not in LEFT_OUT:
            yield use


def _class_of(use: PropertyUse) -> str:
    """Return the class of the values by the shape, if they are not of a list of codes; or ""."""
    return next((rule.class_term for rule in use.value_rules if rule.class_term), "")


def _fields(class_term: str) -> Iterator[Field]:
    """Yield the fields of a class: its own in their order, then those further away."""
    near = [(use, field) for use in _single(class_term) if (field := _own_field(use))]
    yield from (field for _, field in near)
    reached = {class_term, *(field.class_term for _, field in near)}
    step: list[tuple[tuple[str, ...], str, str]]
    step = [((use.property_term,), use.name, field.class_term) for use, field in near]
    while step := [
        ((*path, use.property_term), name, there)
        for path, name, of in step
        if of
        for use in _single(of)
        if (there := _class_of(use)) and there not in reached
    ]:
        ends = [there for _, _, there in step]
        for path, name, there in step:
            key, own = local(there).lower(), ontology_graph().text_in(there, LANGUAGE, *NAMES)
            if ends.count(there) > 1:  # told apart by the property by which the path begins
                key, own = f"{local(path[0])}-{key}", f"{own} ({name})"
            yield Field(key=key, name=own, path=path, kind="chose", class_term=there)
        reached.update(ends)


def _own_field(use: PropertyUse) -> Field | None:
    """Return the field of a property; None if the shape does not say what its values are."""
    rule = next(iter(use.value_rules), None)
    if rule is None or not use.name:
        return None
    kind: FieldKind | None = KINDS.get(rule.type)
    if rule.one_of:
        kind = "code"
    elif rule.class_term:
        kind = "chose"
    if kind is None:
        return None
    return Field(
        key=local(use.property_term),
        name=typeset(use.name),
        path=(use.property_term,),
        kind=kind,
        class_term=rule.class_term,
        choices=(*_choices(rule),),
        is_expected=use.is_expected,
    )


def _choices(rule: ValueRule) -> Iterator[Choice]:
    """Yield the codes of a list; one that is broader stands for those below it too."""
    g = ontology_graph()
    for term in rule.one_of:
        below = (other for other in rule.one_of if term in g.iris(other, BROADER))
        yield Choice(local(term), g.text_in(term, LANGUAGE, *NAMES), (term, *below))
