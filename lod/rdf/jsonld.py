"""N-Triples → JSON-LD with the names of `ontology/context.jsonld`.

A document contains the part of the context that it uses, so that readers need not fetch it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import chain
from types import MappingProxyType
from typing import Any

import orjson
from pyoxigraph import RdfFormat, Triple, serialize

from lod.base import packaged
from lod.base.tabular import indented_json
from lod.rdf.vocab import PREFIXES, RDF, XSD

SHORT = 256  # bytes; a shorter property and value are remembered: many documents have them
Node = dict[str, Any]  # property, or `@id` or `@type`, → value or values
TYPE = str(RDF.type).encode()
INVERSE_PREFIXES = sorted(PREFIXES.items(), key=lambda item: -len(item[1]))

# what follows a literal → texts that are values of JSON: canonical, and exact in any reader
_NATIVE = {
    f"^^{XSD.integer}".encode(): re.compile(rb'"(0|-?[1-9]\d{0,14})"'),
    f"^^{XSD.boolean}".encode(): re.compile(rb'"(true|false)"'),
}


@cache
def context() -> dict[str, Any]:
    """Return the context: prefixes, and name → definition of each property."""
    paths = packaged.with_extensions(packaged.ONTOLOGY, "", packaged.CONTEXT.name)
    parts = (orjson.loads(path.read_bytes())["@context"] for path in paths)
    return {name: value for part in parts for name, value in part.items()}


@dataclass(frozen=True, slots=True, eq=False)
class ContextName:
    """A property as the context defines it, or `@type` with a class."""

    name: str
    iri: bool = False  # whether its values are IRIs
    bare: bytes = b""  # what follows the text of a literal of its default language or datatype
    context: dict[str, Any] = field(default_factory=dict)  # part of the context that defines it


@cache
def _names() -> dict[str, ContextName]:
    """Return IRI → property of the context."""
    defined = {name: value for name, value in context().items() if isinstance(value, dict)}
    return {expand(value["@id"]): _context_name(name, value) for name, value in defined.items()}


def _context_name(name: str, definition: dict[str, str]) -> ContextName:
    kind, language = definition.get("@type", ""), definition.get("@language")
    bare = f"@{language}" if language else f"^^<{expand(kind)}>" if ":" in kind else ""
    part = {name: definition, **_prefix(definition["@id"]), **_prefix(kind)}
    return ContextName(name, kind == "@id", bare.encode(), part)


def _prefix(curie: str) -> dict[str, str]:
    """Return the definition of the prefix of a prefixed name, if it has one of ours."""
    prefix = curie.partition(":")[0]
    return {prefix: PREFIXES[prefix]} if prefix in PREFIXES else {}


def expand(curie: str) -> str:
    """Return the IRI that a prefixed name stands for, or the IRI if it is one."""
    prefix, _, local = curie.partition(":")
    return PREFIXES[prefix] + local if prefix in PREFIXES else curie


@lru_cache(1024)  # every document has the same classes and terms
def compact(iri: str) -> str:
    """Return the prefixed name of an IRI, or the IRI if it is in no namespace of ours."""
    for prefix, namespace in INVERSE_PREFIXES:
        if iri.startswith(namespace) and iri != namespace:
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


def document(nt: bytes, names: Mapping[str, Triple] = MappingProxyType({})) -> bytes:
    """Return N-Triples as one JSON-LD document, with a node for each subject, in their order, then
    the names of the resources that only stand as objects, as far as `names` has them.

    They are as pyoxigraph writes them, a line each: their strings are JSON strings.
    """
    nodes, used = dict[bytes, Node](), set[ContextName]()
    pointed = _add(nt, nodes, used)
    neighbours = [iri[1:-1].decode() for iri in pointed if iri not in nodes]
    named = [_named(names[iri]) for iri in neighbours if iri in names]
    used.update(known for known, _ in named)
    described = [*nodes.values(), *(node for _, node in named)]
    return indented_json({"@context": _context_of(frozenset(used)), "@graph": described})


def _add(nt: bytes, nodes: dict[bytes, Node], used: set[ContextName]) -> Iterable[bytes]:
    """Add N-Triples to the nodes of a document; return the IRIs that are objects, in order."""
    pointed = dict[bytes, None]()
    for line in nt.splitlines():
        subject, statement = line[:-2].split(b" ", 1)
        node = nodes.get(subject) or nodes.setdefault(subject, {"@id": subject[1:-1].decode()})
        known, value, iri = (_remembered if len(statement) < SHORT else _parsed)(statement)
        used.add(known)
        if iri:
            pointed[iri] = None
        if known.name in node:
            _append(node, known.name, value)
        else:
            node[known.name] = value
    return pointed


@lru_cache(2**14)  # ministries, groups and headings recur
def _named(name: Triple) -> tuple[ContextName, Node]:
    """Return the property of a triple that names a resource, and the node that has it alone."""
    nodes, used = dict[bytes, Node](), set[ContextName]()
    _add(serialize([name], format=RdfFormat.N_TRIPLES) or b"", nodes, used)
    [known], [node] = used, nodes.values()
    return known, node


@lru_cache(1024)  # many documents have the same
def _context_of(names: frozenset[ContextName]) -> dict[str, Any]:
    """Return the part of the context that defines some names, in its order."""
    return dict(sorted(chain.from_iterable(name.context.items() for name in names)))


def _parsed(statement: bytes) -> tuple[ContextName, Any, bytes]:
    """Return property, value, and the IRI of the value or b"", from N-Triples without subject."""
    property_, value = statement.split(b" ", 1)
    known = _property(property_)
    if not value.startswith(b"<"):
        return known, _literal(value, known), b""
    iri = value[1:-1].decode()
    if property_ == TYPE:
        return _class(iri), compact(iri), value
    return known, iri if known.iri else {"@id": iri}, value


_remembered = lru_cache(2**14)(_parsed)


@lru_cache(1024)
def _property(term: bytes) -> ContextName:
    iri = term[1:-1].decode()
    return _names().get(iri) or ContextName(iri)


@lru_cache(1024)
def _class(iri: str) -> ContextName:
    return ContextName("@type", context=_prefix(compact(iri)))


def _literal(value: bytes, known: ContextName) -> Any:
    end = value.rindex(b'"') + 1
    kind, text = value[end:], value[:end]
    is_native = kind in _NATIVE and _NATIVE[kind].fullmatch(text)
    native = orjson.loads(text[1:-1] if is_native else text)
    if kind == known.bare and not known.iri:
        return native
    if kind.startswith(b"@"):
        return {"@value": native, "@language": kind[1:].decode()}
    return {"@value": native, "@type": kind[3:-1].decode()} if kind else {"@value": native}


def _append(node: Node, key: str, value: Any) -> None:
    if isinstance(node[key], list):
        node[key].append(value)
    else:
        node[key] = [node[key], value]
