"""Triples → JSON-LD with the names of `ontology/context.jsonld`.

A document contains the part of the context that it uses, so that readers need not fetch it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import chain
from typing import Any

import orjson
from pyoxigraph import Literal, NamedNode, Triple

from lod.base import packaged
from lod.rdf.vocab import PREFIXES, RDF_TYPE

XSD_STRING, TYPE = PREFIXES["xsd"] + "string", RDF_TYPE.value
INVERSE_PREFIXES = sorted(PREFIXES.items(), key=lambda item: -len(item[1]))


@cache
def context() -> dict[str, Any]:
    """Return the context: prefixes, and name → definition of each property."""
    loaded: dict[str, Any] = orjson.loads(packaged.CONTEXT.read_bytes())["@context"]
    return loaded


@dataclass(frozen=True, slots=True)
class ContextName:
    """A property as the context defines it."""

    name: str
    iri: bool = False  # whether its values are IRIs
    language: str | None = None  # default language of its values
    type: str | None = None  # IRI of the default datatype of its values
    context: dict[str, Any] = field(default_factory=dict)  # part of the context that defines it


@cache
def _names() -> dict[str, ContextName]:
    """Return IRI → property of the context."""
    found = {name: value for name, value in context().items() if isinstance(value, dict)}
    return {expand(value["@id"]): _context_name(name, value) for name, value in found.items()}


def _context_name(name: str, definition: dict[str, str]) -> ContextName:
    kind = definition.get("@type", "")
    datatype = expand(kind) if kind and kind != "@id" else None
    part = {name: definition, **_prefix(definition["@id"]), **_prefix(kind)}
    return ContextName(name, kind == "@id", definition.get("@language"), datatype, part)


def _prefix(curie: str) -> dict[str, str]:
    """Return the definition of the prefix of a prefixed name, if it has one of ours."""
    prefix = curie.partition(":")[0]
    return {prefix: PREFIXES[prefix]} if prefix in PREFIXES else {}


def expand(curie: str) -> str:
    """Return the IRI that a prefixed name of the context stands for."""
    prefix, _, local = curie.partition(":")
    return PREFIXES[prefix] + local


@lru_cache(1024)  # every document has the same classes and terms
def compact(iri: str) -> str:
    """Return the prefixed name of an IRI, or the IRI if it is in no namespace of ours."""
    for prefix, namespace in INVERSE_PREFIXES:
        if iri.startswith(namespace) and iri != namespace:
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


def document(triples: Iterable[Triple]) -> bytes:
    """Return triples as one JSON-LD document, with a node for each subject, in their order."""
    names, nodes = _names(), dict[str, dict[str, Any]]()
    used, kinds = dict[str, ContextName](), set[str]()
    for s, p, o in triples:
        assert isinstance(s, NamedNode), "no blank node is ever made"
        iri, property_ = s.value, p.value
        node = nodes.get(iri) or nodes.setdefault(iri, {"@id": iri})
        if property_ == TYPE and isinstance(o, NamedNode):
            kind = compact(o.value)
            kinds.add(kind)
            _append(node, "@type", kind)
        else:
            known = used.get(property_)
            if known is None:
                known = used[property_] = names.get(property_) or ContextName(property_)
            _append(node, known.name, _value(o, known))
    part = dict(chain.from_iterable(name.context.items() for name in used.values()))
    part.update(chain.from_iterable(_prefix(kind).items() for kind in kinds))
    graph = {"@context": dict(sorted(part.items())), "@graph": list(nodes.values())}
    return orjson.dumps(graph, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _value(value: object, known: ContextName) -> Any:
    if isinstance(value, NamedNode):
        return value.value if known.iri else {"@id": value.value}
    assert isinstance(value, Literal), "no blank node is ever made"
    text, language = value.value, value.language
    if language:
        return text if language == known.language else {"@value": text, "@language": language}
    datatype = value.datatype.value
    if datatype == known.type:
        return text
    if datatype == XSD_STRING:
        bare = known.iri or known.type or known.language
        return {"@value": text} if bare else text
    return {"@value": text, "@type": datatype}


def _append(node: dict[str, Any], key: str, value: Any) -> None:
    if key not in node:
        node[key] = value
    elif isinstance(node[key], list):
        node[key].append(value)
    else:
        node[key] = [node[key], value]
