"""What can be looked for, and by which fields, read from shapes and ontology.

A subject is the class of questions, or the class of the only value of a property of a subject. A
field is a property with at most one value (`sh:maxCount 1`), so that a row is one thing and a count
counts things; or a path of such properties to a thing that no shorter path reaches.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from lod.extensions.query_builder.shapes import NAMES, Use, text_in, uses_of, values
from lod.website.rendering.language import language

QUESTION = "qp:Question"
BROADER = "skos:broader"
# properties that repeat another one: names, as `rdfs:label` does; a text with markup
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
    """A property of a subject, for conditions, columns and counts."""

    key: str  # its name in addresses; its variable, with `_` for `-`
    name: str  # in the language of the page
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
    name: str  # in the language of the page, singular
    class_term: str
    role: str  # the property whose values alone are meant, if the class has other instances; or ""
    fields: tuple[Field, ...]

    def field(self, key: str) -> Field | None:
        return next((field for field in self.fields if field.key == key), None)


def subjects() -> dict[str, Subject]:
    """Return key → subject, questions first, then in the order in which shapes lead to them."""
    return _subjects(language())


@cache
def _subjects(spoken: str) -> dict[str, Subject]:
    by_key: dict[str, Subject] = {}
    waiting, reached = [(QUESTION, "", "")], {QUESTION}
    for class_term, role, role_name in waiting:
        subject = _subject(class_term, role, role_name, spoken)
        by_key.setdefault(subject.key, subject)
        for use in _single(class_term, spoken):
            target = use.class_term
            # a class of another vocabulary has other instances, too: the property tells them apart
            is_borrowed = not target.startswith("qp:")
            identity = use.property_term if is_borrowed else target
            if target and use.property_term != BROADER and identity not in reached:
                reached.add(identity)
                waiting.append((target, *((identity, use.name) if is_borrowed else ("", ""))))
    return by_key


def _subject(class_term: str, role: str, role_name: str, spoken: str) -> Subject:
    name = role_name or text_in(class_term, spoken, *NAMES)
    key = local(role) if role else local(class_term)[:1].lower() + local(class_term)[1:]
    return Subject(key, name, class_term, role, (*_fields(class_term, spoken),))


def _single(class_term: str, spoken: str) -> Iterator[Use]:
    """Yield the properties of which an instance has at most one value."""
    return (use for use in uses_of(class_term, spoken) if use.property_term not in LEFT_OUT)


def _fields(class_term: str, spoken: str) -> Iterator[Field]:
    """Yield the fields of a class: its own properties in their order, then paths, the shortest
    first.
    """
    near = [
        (use, field) for use in _single(class_term, spoken) if (field := _own_field(use, spoken))
    ]
    yield from (field for _, field in near)
    reached = {class_term, *(field.class_term for _, field in near)}
    step: list[tuple[tuple[str, ...], str, str]]
    step = [((use.property_term,), use.name, field.class_term) for use, field in near]
    while step := [
        ((*path, use.property_term), name, target)
        for path, name, end in step
        if end
        for use in _single(end, spoken)
        if (target := use.class_term) and target not in reached
    ]:
        ends = [end for _, _, end in step]
        for path, name, end in step:
            key, own = local(end).lower(), text_in(end, spoken, *NAMES)
            if ends.count(end) > 1:  # the property with which the path begins tells them apart
                key, own = f"{local(path[0])}-{key}", f"{own} ({name})"
            yield Field(key=key, name=own, path=path, kind="chose", class_term=end)
        reached.update(ends)


def _own_field(use: Use, spoken: str) -> Field | None:
    """Return the field of a property; None if the shape does not state the kind of its values."""
    kind: FieldKind | None = KINDS.get(use.datatype)
    if use.codes:
        kind = "code"
    elif use.class_term:
        kind = "chose"
    if kind is None or not use.name:
        return None
    return Field(
        key=local(use.property_term),
        name=use.name,
        path=(use.property_term,),
        kind=kind,
        class_term=use.class_term,
        choices=(*_choices(use.codes, spoken),),
        is_expected=use.is_expected,
    )


def _choices(codes: tuple[str, ...], spoken: str) -> Iterator[Choice]:
    """Yield the codes of a list; a broader code also stands for those below it."""
    for term in codes:
        narrower = (code for code in codes if term in values(code, BROADER))
        yield Choice(local(term), text_in(term, spoken, *NAMES), (term, *narrower))


def local(name: str) -> str:
    return name.partition(":")[2]
