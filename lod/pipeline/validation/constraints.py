"""Controls as SHACL-SPARQL constraints, which others run on the dumps with an engine of their own.

A control looks at all the data at once: its one focus node is its own IRI, and the node at fault
is the `sh:value` of a result. SHACL puts the focus node for `$this` before a query runs, so each
SELECT must return it, and neither VALUES nor MINUS may stand in it (section 5.3.1 of SHACL). SPARQL
1.1 knows xsd:dateTime, but not xsd:date: days are compared as they are written. The transformations
below say the same in this narrower language.
"""

import re
from collections.abc import Iterator

from pyoxigraph import NamedNode, Triple

from lod.pipeline.validation.controls import Control, controls
from lod.rdf.vocab import (
    PREFIXES,
    RDF,
    RDFS,
    SH,
    SHAPES_NAMESPACE,
    XSD,
    en,
    fr,
    plain_literal,
    typed_literal,
)

DECLARING = NamedNode(SHAPES_NAMESPACE.rstrip("#"))  # the shapes, as a whole
_PROLOGUE = re.compile(r"(?m)^(PREFIX|#).*\n")
_COMMENT = re.compile(r"(?m)(^|\s)# .*$")
_PREFIX = re.compile(r"(?m)^PREFIX (\w+):")
_VALUES = re.compile(r"VALUES (\(?[?\w ]+?\)?) \{([^}]*)\}")
_ROW = re.compile(r"\(([^)]*)\)")
_TERM = re.compile(r'"[^"]*"|[^\s()]+')
_COMPARED = re.compile(
    r'(\?\w+) (=|!=|<=?|>=?) (\?\w+|COALESCE\(\?\w+, [^()]*\)|"[^"]*"\^\^xsd:date)(?!\w)'
)
_LEAST = re.compile(r"\b(MIN|MAX)\(\?(jour|autreJour|d)\)")
_PART = re.compile(r"\b(YEAR|MONTH|DAY)\((\?\w+)\)")
PLACES = {"YEAR": "1, 4", "MONTH": "6, 2", "DAY": "9, 2"}  # of a part of a day, as it is written
NUMBERS = {"?n", "?autreRang", "?autreNumero", "?autreLegislature"}  # whose order is no spelling


def constraint_triples() -> Iterator[Triple]:
    """Yield a shape for each control, its constraint, and the prefixes of their queries."""
    used = {"xsd"}
    for control in (control for control in controls() if not control.only_here):
        used.update(_PREFIX.findall(control.query))
        yield from _shape(control)
    for prefix in sorted(used):
        node = NamedNode(f"{SHAPES_NAMESPACE}prefixe-{prefix}")
        yield Triple(DECLARING, SH.declare, node)
        yield Triple(node, SH.prefix, plain_literal(prefix))
        yield Triple(node, SH.namespace, typed_literal(PREFIXES[prefix], XSD.anyURI))


def _shape(control: Control) -> Iterator[Triple]:
    shape = NamedNode(f"{SHAPES_NAMESPACE}{control.name}")
    constraint = NamedNode(f"{shape.value}-requete")
    yield Triple(shape, RDF.type, SH.NodeShape)
    yield Triple(shape, RDFS.label, plain_literal(control.name))
    yield Triple(shape, SH.targetNode, shape)
    yield Triple(shape, SH.severity, NamedNode(PREFIXES["sh"] + control.severity))
    yield Triple(shape, SH.sparql, constraint)
    yield Triple(constraint, RDF.type, SH.SPARQLConstraint)
    yield Triple(constraint, SH.message, fr(f"{control.fr} ({{?valeur}})"))
    yield Triple(constraint, SH.message, en(f"{control.en} ({{?valeur}})"))
    yield Triple(constraint, SH.prefixes, DECLARING)
    yield Triple(constraint, SH.select, plain_literal(as_constraint(control.query)))


def as_constraint(query: str) -> str:
    """Return a query of ?sujet and ?valeur as SHACL-SPARQL asks, its prefixes apart.

    >>> as_constraint("SELECT ?sujet ?valeur WHERE { ?sujet a ?valeur MINUS { ?x a ?sujet } }")
    'SELECT $this (?sujet AS ?value) ?valeur WHERE {\\n{ SELECT $this ?sujet ?valeur WHERE \
{ ?sujet a ?valeur FILTER NOT EXISTS { ?x a ?sujet } } }\\n}'
    """
    text = _COMMENT.sub("", _PROLOGUE.sub("", query)).strip()
    text = _VALUES.sub(lambda values: _union(values[1], values[2]), text)
    text = text.replace("MINUS {", "FILTER NOT EXISTS {")
    text = re.sub(r"GRAPH \?\w+ \{", "{", text)  # who validates has one graph
    text = _LEAST.sub(r"STRDT(\1(STR(?\2)), xsd:date)", _COMPARED.sub(_as_written, text))
    text = _PART.sub(lambda part: f"xsd:integer(SUBSTR(STR({part[2]}), {PLACES[part[1]]}))", text)
    text = re.sub(r"\bSELECT (DISTINCT )?", r"SELECT \1$this ", text)
    text = text.replace("GROUP BY ", "GROUP BY $this ")
    return f"SELECT $this (?sujet AS ?value) ?valeur WHERE {{\n{{ {text} }}\n}}"


def _as_written(comparison: re.Match[str]) -> str:
    """Return a comparison of values as they are written, but for the order of numbers."""
    left, operator, right = comparison.groups()
    is_order_of_numbers = operator not in ("=", "!=") and left in NUMBERS
    return comparison[0] if is_order_of_numbers else f"STR({left}) {operator} STR({right})"


def _union(variables: str, rows: str) -> str:
    """Return what VALUES says as a union.

    >>> _union("?x", " a:b a:c ")
    '{ { BIND(a:b AS ?x) } UNION { BIND(a:c AS ?x) } }'
    >>> _union("(?x ?y)", '(1 "a b") (2 "c")')
    '{ { BIND(1 AS ?x) BIND("a b" AS ?y) } UNION { BIND(2 AS ?x) BIND("c" AS ?y) } }'
    """
    names = variables.strip("()").split()
    listed = _ROW.findall(rows) if variables.startswith("(") else _TERM.findall(rows)
    bound = (
        " ".join(f"BIND({value} AS {name})" for name, value in zip(names, values, strict=True))
        for values in map(_TERM.findall, listed)
    )
    return f"{{ {' UNION '.join(f'{{ {row} }}' for row in bound)} }}"
