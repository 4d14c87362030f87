"""Files to download: N-Triples, Turtle, CSV; gzip without a clock; sums.

Each is put together from pieces, every one a gzip member of its own (RFC 1952, 2.2), so that
pieces are made in any order, in several processes, and kept from one release to the next.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import IO, Any

import pyoxigraph
from pyoxigraph import RdfFormat, Triple, parse

from lod.rdf.vocab import PREFIXES, RDF_TYPE


def read_turtle(path: Path) -> list[Triple]:
    """Return the triples of a file."""
    return [quad.triple for quad in parse(path=str(path), format=RdfFormat.TURTLE)]


TURTLE: dict[str, Any] = {"format": RdfFormat.TURTLE, "prefixes": PREFIXES}
_NAMESPACE = re.compile(f"<({'|'.join(map(re.escape, PREFIXES.values()))})".encode())


def ntriples(triples: Iterable[Triple]) -> bytes:
    """Return the triples, one a line."""
    return pyoxigraph.serialize(triples, format=RdfFormat.N_TRIPLES) or b""


def triples(nt: bytes) -> Iterator[Triple]:
    """Yield the triples of a text that is N-Triples."""
    return (quad.triple for quad in pyoxigraph.parse(nt, format=RdfFormat.N_TRIPLES))


def turtle(nt: bytes, triples: Iterable[Triple] | None = None) -> bytes:
    """Return N-Triples as Turtle, with those of our prefixes that are used.

    `triples` are the same, where they are at hand: the text need not be read again.
    """
    found = set(_NAMESPACE.findall(nt))
    used = {prefix: iri for prefix, iri in PREFIXES.items() if iri.encode() in found}
    quads = triples or pyoxigraph.parse(nt, format=RdfFormat.N_TRIPLES)
    return pyoxigraph.serialize(quads, format=RdfFormat.TURTLE, prefixes=used) or b""


def write_turtle(nt: Path, file: IO[bytes]) -> None:
    """Write a file of N-Triples as Turtle, streamed."""
    with nt.open("rb") as source:
        quads = pyoxigraph.parse(source, format=RdfFormat.N_TRIPLES)
        pyoxigraph.serialize(quads, file, RdfFormat.TURTLE, prefixes=PREFIXES)


@cache
def turtle_head() -> bytes:
    """Return our prefixes, as they stand before the pieces of one Turtle file."""
    some = pyoxigraph.serialize([Triple(RDF_TYPE, RDF_TYPE, RDF_TYPE)], **TURTLE) or b""
    return b"".join(line for line in some.splitlines(True) if line.startswith(b"@prefix"))


def turtle_piece(triples: Iterable[Triple]) -> bytes:
    """Return triples as a part of a Turtle file that has our prefixes at its head."""
    text = pyoxigraph.serialize(triples, **TURTLE) or b""
    return text.removeprefix(turtle_head())
