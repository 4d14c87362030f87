"""Triples → JSON-LD with the names of `ontology/context.jsonld`; the context stands inline.

A document brings the part of the context that it uses, so that nobody has to fetch anything.
"""

from collections.abc import Iterable
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


@cache
def _names() -> dict[str, tuple[str, dict[str, str]]]:
    """Return IRI of a property → its name and definition."""
    return {
        expand(definition["@id"]): (name, definition)
        for name, definition in context().items()
        if isinstance(definition, dict)
    }


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
    nodes: dict[str, dict[str, Any]] = {}
    used: dict[str, Any] = {}
    for triple in triples:
        assert isinstance(triple.subject, NamedNode), "no blank node is ever made"
        node = nodes.setdefault(triple.subject.value, {"@id": triple.subject.value})
        if triple.predicate == RDF_TYPE and isinstance(triple.object, NamedNode):
            key, value = "@type", compact(triple.object.value)
            _use(used, value)
        else:
            key, value = _pair(triple, used)
        _append(node, key, value)
    graph = {"@context": dict(sorted(used.items())), "@graph": list(nodes.values())}
    return orjson.dumps(graph, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _pair(triple: Triple, used: dict[str, Any]) -> tuple[str, Any]:
    iri = triple.predicate.value
    name, definition = _names().get(iri, (iri, {}))
    if definition:
        used[name] = definition
        _use(used, definition["@id"])
        _use(used, definition.get("@type", ""))
    value = triple.object
    if isinstance(value, NamedNode):
        known = definition.get("@type") == "@id"
        return name, value.value if known else {"@id": value.value}
    assert isinstance(value, Literal), "no blank node is ever made"
    return name, _literal(value, definition)


def _literal(value: Literal, definition: dict[str, str]) -> Any:
    if value.language:
        if definition.get("@language") == value.language:
            return value.value
        return {"@value": value.value, "@language": value.language}
    datatype = value.datatype.value
    if "@type" in definition and datatype == expand(definition["@type"]):
        return value.value
    if datatype == XSD_STRING:
        bare = "@type" in definition or "@language" in definition
        return {"@value": value.value} if bare else value.value
    return {"@value": value.value, "@type": datatype}


def _use(used: dict[str, Any], curie: str) -> None:
    prefix = curie.partition(":")[0]
    if prefix in PREFIXES:
        used[prefix] = PREFIXES[prefix]


def _append(node: dict[str, Any], key: str, value: Any) -> None:
    if key not in node:
        node[key] = value
    elif isinstance(node[key], list):
        node[key].append(value)
    else:
        node[key] = [node[key], value]
