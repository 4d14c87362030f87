"""Triples → JSON-LD with the names of `ontology/context.jsonld`; the context stands inline.

A document brings the part of the context that it uses, so that nobody has to fetch anything.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
from pyoxigraph import Literal, NamedNode, Triple

from lod import files
from lod.vocab import PREFIXES, RDF_TYPE

XSD_STRING = PREFIXES["xsd"] + "string"
INVERSE_PREFIXES = sorted(PREFIXES.items(), key=lambda item: -len(item[1]))


@cache
def context() -> dict[str, Any]:
    """Return the context: prefixes, and a definition for each name."""
    loaded: dict[str, Any] = orjson.loads(files.CONTEXT.read_bytes())["@context"]
    return loaded


@dataclass(frozen=True, slots=True)
class Nom:
    """A property in the context: its name, whether its values are IRIs, else the language or the
    datatype that they have unless they say another.
    """

    nom: str
    iri: bool = False
    langue: str | None = None
    type: str | None = None


@cache
def _names() -> dict[str, Nom]:
    """Return IRI of a property → its name."""
    found = {}
    for name, definition in context().items():
        if isinstance(definition, dict):
            kind = definition.get("@type")
            datatype = expand(kind) if kind and kind != "@id" else None
            named = Nom(name, kind == "@id", definition.get("@language"), datatype)
            found[expand(definition["@id"])] = named
    return found


def expand(curie: str) -> str:
    """Return the IRI that a prefixed name of the context stands for."""
    prefix, _, local = curie.partition(":")
    return PREFIXES[prefix] + local


def compact(iri: str) -> str:
    """Return the prefixed name of an IRI, or the IRI."""
    for prefix, namespace in INVERSE_PREFIXES:
        if iri.startswith(namespace) and iri != namespace:
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


def document(triples: Iterable[Triple]) -> bytes:
    """Return the triples as one JSON-LD document: a node per subject, in their order."""
    names, nodes = _names(), dict[str, dict[str, Any]]()
    used: dict[str, None] = {}  # names of properties, prefixed names of classes
    for s, p, o in triples:
        assert isinstance(s, NamedNode), "no blank node is ever made"
        iri = s.value
        node = nodes.get(iri) or nodes.setdefault(iri, {"@id": iri})
        if p == RDF_TYPE and isinstance(o, NamedNode):
            key, value = "@type", compact(o.value)
            used[value] = None
        else:
            known = names.get(p.value) or Nom(p.value)
            key, value = known.nom, _value(o, known)
            used[key] = None
        _append(node, key, value)
    graph = {"@context": _context(used), "@graph": list(nodes.values())}
    return orjson.dumps(graph, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _context(used: Iterable[str]) -> dict[str, Any]:
    """Return the part of the context for these names of properties, and names of classes."""
    found: dict[str, Any] = {}
    for name in used:
        definition = context().get(name)
        if isinstance(definition, dict):
            found[name] = definition
            _use(found, definition["@id"])
            _use(found, definition.get("@type", ""))
        else:
            _use(found, name)
    return dict(sorted(found.items()))


def _use(found: dict[str, Any], curie: str) -> None:
    prefix = curie.partition(":")[0]
    if prefix in PREFIXES:
        found[prefix] = PREFIXES[prefix]


def _value(value: object, known: Nom) -> Any:
    if isinstance(value, NamedNode):
        return value.value if known.iri else {"@id": value.value}
    assert isinstance(value, Literal), "no blank node is ever made"
    text, language = value.value, value.language
    if language:
        return text if language == known.langue else {"@value": text, "@language": language}
    datatype = value.datatype.value
    if datatype == known.type:
        return text
    if datatype == XSD_STRING:
        bare = known.iri or known.type or known.langue
        return {"@value": text} if bare else text
    return {"@value": text, "@type": datatype}


def _append(node: dict[str, Any], key: str, value: Any) -> None:
    if key not in node:
        node[key] = value
    elif isinstance(node[key], list):
        node[key].append(value)
    else:
        node[key] = [node[key], value]
