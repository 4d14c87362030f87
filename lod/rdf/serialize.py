"""Triples ↔ N-Triples and Turtle, and every form of a document for programs.

A Turtle file may be joined from pieces under one head. Each piece becomes a gzip member (RFC 1952,
2.2), so that pieces can be made in any order, in several processes, and reused in later releases.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any

import pyoxigraph
from pyoxigraph import NamedNode, Quad, RdfFormat, Triple

from lod.rdf import jsonld
from lod.rdf.vocab import DATA_PREFIXES, PREFIXES, RDF

TURTLE: dict[str, Any] = {"format": RdfFormat.TURTLE, "prefixes": DATA_PREFIXES}
_NAMESPACE = re.compile(f"<({'|'.join(map(re.escape, PREFIXES.values()))})".encode())
_TERMS = re.compile(rb'(?m)^[^@"\n][^"\n]*')  # of a line of Turtle, what stands before any literal
# what XML 1.0 does not allow, in UTF-8: controls, U+FFFE, U+FFFF; engines write it all the same
_NOT_ALLOWED = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_TYPE = f" {RDF.type} ".encode()
_BEGUN = (b"\xef\xbf", b"\xef")  # the beginning of such a character, at the end of a piece


def read_turtle(path: Path) -> list[Triple]:
    return [quad.triple for quad in pyoxigraph.parse(path=str(path), format=RdfFormat.TURTLE)]


def turtle_triples(text: bytes) -> Iterator[Triple]:
    """Return the triples of Turtle, lazily."""
    return (quad.triple for quad in pyoxigraph.parse(text, format=RdfFormat.TURTLE))


def ntriples(triples: Iterable[Triple]) -> bytes:
    return pyoxigraph.serialize(triples, format=RdfFormat.N_TRIPLES) or b""


def triples(nt: bytes) -> Iterator[Triple]:
    """Return the triples of N-Triples, lazily; iterating raises SyntaxError for other text."""
    return (quad.triple for quad in pyoxigraph.parse(nt, format=RdfFormat.N_TRIPLES))


def turtle(nt: bytes, triples: Iterable[Triple] | None = None) -> bytes:
    """Return N-Triples as Turtle, with the prefixes that are used.

    `triples` are the same triples, if the caller has them: parsing is saved.
    """
    quads = triples or pyoxigraph.parse(nt, format=RdfFormat.N_TRIPLES)
    return pyoxigraph.serialize(quads, format=RdfFormat.TURTLE, prefixes=used_prefixes(nt)) or b""


def relative(text: bytes, iri: str) -> bytes:
    r"""Return Turtle of a document with its IRI as base: its subject is `<>`, its parts `<#…>`;
    IRIs of the same host begin with their path. Literals, which end no line, stay as they are.

    >>> relative(b'<http://h/q/A> <http://x/p> <http://h/q/A#b> , "<http://h/q/A>" .\n', "http://h/q/A")
    b'@base <http://h/q/A> .\n<> <http://x/p> <#b> , "<http://h/q/A>" .\n'
    """
    whole, host = iri.encode(), iri[: iri.index("/", iri.index("//") + 2)].encode()
    shorter = {whole + b">": b">", whole + b"#": b"#", host + b"/": b"/"}
    if b"<" + host + b"//" in text:  # `<//…>` would begin with a host
        del shorter[host + b"/"]

    def shortened(line: re.Match[bytes]) -> bytes:
        terms = line[0]
        for begin, rest in shorter.items():
            terms = terms.replace(b"<" + begin, b"<" + rest)
        return terms

    return b"@base <" + whole + b"> .\n" + _TERMS.sub(shortened, text)


def used_prefixes(nt: bytes) -> dict[str, str]:
    """Return the prefixes of ours that begin an IRI of some N-Triples, which Turtle writes: of RDF,
    not the type.
    """
    namespaces = set(_NAMESPACE.findall(nt.replace(_TYPE, b" ")))
    return {prefix: iri for prefix, iri in PREFIXES.items() if iri.encode() in namespaces}


def write_turtle(nt: Path, file: IO[bytes]) -> None:
    """Write a file of N-Triples as Turtle, one triple at a time."""
    with nt.open("rb") as source:
        quads = pyoxigraph.parse(source, format=RdfFormat.N_TRIPLES)
        pyoxigraph.serialize(quads, file, RdfFormat.TURTLE, prefixes=PREFIXES)


@cache
def turtle_head() -> bytes:
    """Return the declarations of our prefixes, which the pieces of a Turtle file follow."""
    sample = pyoxigraph.serialize([Triple(RDF.type, RDF.type, RDF.type)], **TURTLE) or b""
    return b"".join(line for line in sample.splitlines(True) if line.startswith(b"@prefix"))


def turtle_piece(triples: Iterable[Triple]) -> bytes:
    """Return triples as a piece of a Turtle file that begins with `turtle_head`."""
    text = pyoxigraph.serialize(triples, **TURTLE) or b""
    return text.removeprefix(turtle_head())


@dataclass(frozen=True, slots=True)
class DataForm:
    """A way to write triples."""

    media: str  # media type
    name: str  # as people call it


DATA_FORMS = {  # extension of the file → form
    "ttl": DataForm("text/turtle", "Turtle"),
    "jsonld": DataForm("application/ld+json", "JSON-LD"),
    "nt": DataForm("application/n-triples", "N-Triples"),
    "rdf": DataForm("application/rdf+xml", "RDF/XML"),
}
QUAD_FORMS = {  # the same, of a document whose triples stand in a graph
    "trig": DataForm("application/trig", "TriG"),
    "nq": DataForm("application/n-quads", "N-Quads"),
}


def written_quads(graph: NamedNode, named: Iterable[Triple], beside: Iterable[Triple]) -> bytes:
    """Return triples in a graph, and those in no graph, as N-Quads, in their order."""
    quads = [Quad(s, p, o, graph) for s, p, o in named]
    quads += [Quad(s, p, o) for s, p, o in beside]
    return pyoxigraph.serialize(quads, format=RdfFormat.N_QUADS) or b""


def trig(nquads: bytes) -> bytes:
    """Return N-Quads as TriG, with the prefixes that are used."""
    quads = pyoxigraph.parse(nquads, format=RdfFormat.N_QUADS)
    return pyoxigraph.serialize(quads, format=RdfFormat.TRIG, prefixes=used_prefixes(nquads)) or b""


def written(triples: Sequence[Triple], form: str) -> bytes:
    """Return triples in one of DATA_FORMS, in their order."""
    nt = ntriples(triples)
    if form == "jsonld":
        return jsonld.document(nt)
    if form == "nt":
        return nt
    if form == "ttl":
        return turtle(nt, triples)
    text = pyoxigraph.serialize(triples, format=RdfFormat.RDF_XML, prefixes=used_prefixes(nt))
    return well_formed(text or b"")


def well_formed(xml: bytes) -> bytes:
    """Return XML in UTF-8 with U+FFFD in place of what it does not allow."""
    return _NOT_ALLOWED.sub("\ufffd".encode(), xml)


def split_character(piece: bytes) -> tuple[bytes, bytes]:
    r"""Return a piece of UTF-8 without the beginning of such a character at its end; and that.

    >>> split_character(b"a\xef\xbf"), split_character(b"ab")
    ((b'a', b'\xef\xbf'), (b'ab', b''))
    """
    begun = next((begun for begun in _BEGUN if piece.endswith(begun)), b"")
    return piece.removesuffix(begun), begun
