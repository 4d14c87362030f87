"""The forms of a document for programs: Turtle, JSON-LD, N-Triples, RDF/XML."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyoxigraph
from pyoxigraph import RdfFormat, Triple

from lod.rdf import jsonld
from lod.rdf.serialize import ntriples, turtle, used_prefixes


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


def written(triples: Sequence[Triple], form: str) -> bytes:
    """Return triples in one of DATA_FORMS, in their order."""
    nt = ntriples(triples)
    if form == "jsonld":
        return jsonld.document(nt)
    if form == "nt":
        return nt
    if form == "ttl":
        return turtle(nt, triples)
    return (
        pyoxigraph.serialize(triples, format=RdfFormat.RDF_XML, prefixes=used_prefixes(nt)) or b""
    )


def every_form(triples: Sequence[Triple]) -> dict[str, bytes]:
    """Return extension → triples in that form."""
    return {form: written(triples, form) for form in DATA_FORMS}
