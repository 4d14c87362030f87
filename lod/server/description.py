"""The SPARQL service description: a Turtle template, and the figures of a release."""

from pathlib import Path
from string import Template

from pyoxigraph import RdfFormat, parse, serialize

from lod.server.releases import Release
from lod.server.worker import Limits

TEMPLATE = Path(__file__).with_suffix(".ttl")


def describe(release: Release, limits: Limits, syntax: RdfFormat) -> bytes:
    """Return the description in one syntax; its IRIs come from the base, never from a request."""
    text = Template(TEMPLATE.read_text("utf-8")).substitute(
        triplets=int(release.triples),
        donnees_au=release.donnees_au,
        secondes=f"{limits.seconds:g}",
        lignes=limits.rows,
        octets=limits.size,
    )
    parser = parse(text, format=RdfFormat.TURTLE, base_iri=release.base)
    triples = [quad.triple for quad in parser]
    return serialize(triples, format=syntax, prefixes=parser.prefixes) or b""
