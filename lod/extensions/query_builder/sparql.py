"""The SPARQL query of a form of the query builder, written as a person would write it.

The library writes values as terms of SPARQL; names of properties and codes come from the shapes.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from pyoxigraph import Literal

from lod.extensions.query_builder.fields import Field
from lod.extensions.query_builder.request import MONTH, Condition, Request, periods
from lod.rdf.vocab import PREFIXES
from lod.website.rendering.language import translated

NUMBER, NAMED = "nombre", "_nom"  # variable of a count; end of the variable of a name
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_PREFIX = re.compile(r"(?<![\w?:])([a-z]+):(?=\w)")
# letters that are compared as one, by classes of characters that every engine understands
_LETTERS = ("aàâäáãå", "cç", "eéèêë", "iîïíì", "nñ", "oôöóòõ", "uùûüú", "yÿý", "'’")
_CLASSES = {letter: f"[{letters}]" for letters in _LETTERS for letter in letters}
_SPECIAL = re.compile(r"[][^$.*+?(){}|]")


def query_of(asked: Request, named: dict[str, frozenset[str]]) -> str:
    """Return the query of a form; `named` is key of a field → all names of its things.

    A text that is one of these names is compared as a whole; any other is looked for within names.
    """
    lines = _counting(asked, named) if asked.is_counted else _listing(asked, named)
    body = "\n".join(lines)
    used = set(_PREFIX.findall(_STRING.sub("", body)))
    prefixes = [f"PREFIX {name}: <{iri}>" for name, iri in PREFIXES.items() if name in used]
    return "\n".join((f"# {title_of(asked)}", *prefixes, body)) + "\n"


def title_of(asked: Request) -> str:
    """Return in words what is asked, without the values of conditions.

    It becomes a comment of the query, which would end at a line break that an engine decodes in a
    value.
    """
    title = asked.subject.name[:1].upper() + asked.subject.name[1:]
    if asked.is_counted:
        title += translated(" : combien")
        by = periods(asked.by)[asked.by.key + asked.period] if asked.by else ""
        title += translated(", par {}").format(by) if by else ""
    fields = ", ".join(condition.field.name for condition in asked.conditions)
    return title + translated(" ; conditions : {}").format(fields) if fields else title


def _counting(asked: Request, named: dict[str, frozenset[str]]) -> Iterator[str]:
    """Yield the lines of a query that counts."""
    subject, by = f"?{asked.subject.key}", asked.by
    patterns = [*_patterns(asked, named)]
    count = f"(COUNT({subject}) AS ?{NUMBER})"
    if by is None:
        yield from (f"SELECT {count} WHERE {{", *_indented(patterns), "}")
        return
    variable = f"?{by.variable}"
    if by not in [c.field for c in asked.conditions if _binds(c, named)]:
        patterns.append(f"{subject} {_path(by)} {variable} .")
    if by.kind == "jour":
        units = {"annee": f"(YEAR({variable}) AS ?annee)"}
        if asked.period == MONTH:
            units["mois"] = f"(MONTH({variable}) AS ?mois)"
        shown = " ".join(f"?{unit}" for unit in units)
        yield f"SELECT {shown} {count} WHERE {{"
        yield from _indented(patterns)
        yield f"}} GROUP BY {' '.join(units.values())} ORDER BY {shown}"
    elif by.kind == "booleen":
        yield f"SELECT {variable} {count} WHERE {{"
        yield from _indented(patterns)
        yield f"}} GROUP BY {variable} ORDER BY {variable}"
    else:
        name = f"{variable}{NAMED}"
        yield f"SELECT {variable} {name} ?{NUMBER} WHERE {{"
        yield f"  {{ SELECT {variable} {count} WHERE {{"
        yield from _indented(patterns, 6)
        yield f"    }} GROUP BY {variable} }}"
        yield f"  {{ SELECT {variable} {name} WHERE {{ {_called(by, name)} }} }}"
        yield f"}} ORDER BY DESC(?{NUMBER}) {name} {variable} LIMIT {asked.most}"


def _listing(asked: Request, named: dict[str, frozenset[str]]) -> Iterator[str]:
    """Yield the lines of a query that lists things: an inner query chooses them, then the patterns
    of the columns.
    """
    subject, name = f"?{asked.subject.key}", f"?{asked.subject.key}{NAMED}"
    bound = [c.field for c in asked.conditions if _binds(c, named)]
    patterns = [*_patterns(asked, named)]
    newest = next((field for field in asked.shown if field.kind == "jour"), None)
    label = name_pattern(subject, name)
    if newest is None:
        order, first = f"{name} {subject}", [name]
        patterns.append(label)
    else:
        order, first = f"DESC(?{newest.variable}) {subject}", [f"?{newest.variable}"]
        if newest not in bound:
            patterns.append(f"OPTIONAL {{ {subject} {_path(newest)} ?{newest.variable} }}")
    further = [field for field in asked.shown if field != newest]
    inside = [subject, *first, *(f"?{field.variable}" for field in further if field in bound)]
    columns = [c for field in asked.shown if field.path != ("rdfs:label",) for c in _columns(field)]
    yield f"SELECT {' '.join((subject, name, *columns))} WHERE {{"
    yield f"  {{ SELECT {' '.join(inside)} WHERE {{"
    yield from _indented(patterns, 6)
    yield f"    }} ORDER BY {order} LIMIT {asked.most} }}"
    if newest is not None:
        yield f"  {label}"
    for field in further:
        if field.path != ("rdfs:label",):
            yield from _indented(_shown(subject, field, is_bound=field in bound))
    yield f"}} ORDER BY {order}"


def _columns(field: Field) -> tuple[str, ...]:
    """Return the variables that show a field."""
    variable = f"?{field.variable}"
    return (variable, f"{variable}{NAMED}") if field.kind in ("chose", "code") else (variable,)


def _shown(subject: str, field: Field, *, is_bound: bool) -> Iterator[str]:
    """Yield the patterns of a column, which may have no value."""
    variable = f"?{field.variable}"
    parts = [] if is_bound else [f"{subject} {_path(field)} {variable}"]
    if field.kind in ("chose", "code"):
        parts.append(name_pattern(variable, f"{variable}{NAMED}"))
    if parts:  # an OPTIONAL for each column: else some engines pair all labels of the data
        yield f"OPTIONAL {{ {' . '.join(parts)} }}"


def _patterns(asked: Request, named: dict[str, frozenset[str]]) -> Iterator[str]:
    """Yield the patterns of the subject and the conditions."""
    subject = f"?{asked.subject.key}"
    if asked.subject.role:
        # all values of the property
        yield f"{{ SELECT DISTINCT {subject} WHERE {{ ?autre {asked.subject.role} {subject} }} }}"
    else:
        yield f"{subject} a {asked.subject.class_term} ."
    for condition in asked.conditions:
        yield from _condition(subject, condition, named)


def _binds(condition: Condition, named: dict[str, frozenset[str]]) -> bool:
    """Say whether the patterns of a condition bind the variable of its field."""
    if condition.field.path == ("rdfs:label",):
        return False  # its variable is the name of the subject
    if condition.field.kind == "chose":
        return condition.text not in named.get(condition.field.key, ())
    return condition.truth is None and len(condition.terms) != 1


def _condition(
    subject: str, condition: Condition, named: dict[str, frozenset[str]]
) -> Iterator[str]:
    """Yield the patterns of a condition."""
    field, variable = condition.field, f"?{condition.field.variable}"
    path = _path(field)
    if condition.truth is not None:
        yield f"{subject} {path} {str(condition.truth).lower()} ."
    elif len(condition.terms) == 1:
        yield f"{subject} {path} {condition.terms[0]} ."
    elif condition.terms:
        yield f"VALUES {variable} {{ {' '.join(condition.terms)} }}"
        yield f"{subject} {path} {variable} ."
    elif field.kind == "chose" and not _binds(condition, named):
        yield f"{subject} {path}/rdfs:label {Literal(condition.text, language='fr')} ."
    elif field.kind == "chose":
        name = f"{variable}{NAMED}"
        yield f"{subject} {path} {variable} ."
        within = f"{_called(field, name)} {_contains(name, condition)}"
        yield f"{{ SELECT {variable} WHERE {{ {within} }} }}"
    elif condition.text:
        is_name = field.path == ("rdfs:label",)
        yield name_pattern(subject, variable) if is_name else f"{subject} {path} {variable} ."
        yield _contains(variable, condition)
    else:
        ends = ((">=", condition.least), ("<=", condition.most))
        tests = [f"{variable} {sign} {_value(end)}" for sign, end in ends if end is not None]
        yield f"{subject} {path} {variable} ."
        yield f"FILTER({' && '.join(tests)})"


def _contains(variable: str, condition: Condition) -> str:
    return f"FILTER(REGEX(LCASE({variable}), {Literal(accent_pattern(condition.text))}))"


def accent_pattern(text: str) -> str:
    """Return a regular expression for a text in lower case, with accents or without.

    >>> accent_pattern("Élu (né)"), accent_pattern("œuf")
    ('[eéèêë]l[uùûüú] \\\\([nñ][eéèêë]\\\\)', '(œ|[oôöóòõ][eéèêë])[uùûüú]f')
    """
    parts = (
        "".join(_CLASSES.get(c) or _SPECIAL.sub(r"\\\g<0>", c) for c in part)
        for part in re.split("œ|oe", text.lower())
    )
    return f"(œ|{_CLASSES['o']}{_CLASSES['e']})".join(parts)


def _called(field: Field, name: str) -> str:
    """Return the pattern of the names of all things of a field."""
    kind = field.class_term or "skos:Concept"
    return f"?{field.variable} a {kind} . {name_pattern(f'?{field.variable}', name)}"


def name_pattern(thing: str, name: str) -> str:
    """Return the pattern of the French name of a thing: some have an English one, too."""
    return f'{thing} rdfs:label {name} . FILTER(LANG({name}) != "en")'


def _path(field: Field) -> str:
    return "/".join(field.path)


def _value(value: date | Decimal) -> str:
    """Return a day or a number in SPARQL."""
    if isinstance(value, date):
        return f"{Literal(value.isoformat())}^^xsd:date"
    return f"{value:f}"


def _indented(lines: list[str] | Iterator[str], width: int = 2) -> Iterator[str]:
    return (" " * width + line for line in lines)
