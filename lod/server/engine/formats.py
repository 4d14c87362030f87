"""The syntaxes that the endpoint writes, by media type; the first of each table is the default."""

from pyoxigraph import QueryResultsFormat, RdfFormat

HTML = "text/html"  # no syntax, but the beginning of the result for a person: `preview.py`
SOLUTIONS = {
    "application/sparql-results+json": QueryResultsFormat.JSON,
    "application/sparql-results+xml": QueryResultsFormat.XML,
    "text/csv": QueryResultsFormat.CSV,
    "text/tab-separated-values": QueryResultsFormat.TSV,
    "application/json": QueryResultsFormat.JSON,
    "application/xml": QueryResultsFormat.XML,
}
GRAPHS = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/rdf+xml": RdfFormat.RDF_XML,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/json": RdfFormat.JSON_LD,
    "application/xml": RdfFormat.RDF_XML,
}
# value of the parameter `format`: what it means for a table, and for a graph
NAMES: dict[str, tuple[str | None, str | None]] = {
    "json": ("application/sparql-results+json", "application/ld+json"),
    "xml": ("application/sparql-results+xml", "application/rdf+xml"),
    "csv": ("text/csv", None),
    "tsv": ("text/tab-separated-values", None),
    "ttl": (None, "text/turtle"),
    "turtle": (None, "text/turtle"),
    "nt": (None, "application/n-triples"),
    "ntriples": (None, "application/n-triples"),
    "rdf": (None, "application/rdf+xml"),
    "rdfxml": (None, "application/rdf+xml"),
    "jsonld": (None, "application/ld+json"),
    "html": (HTML, HTML),
    # as SPARQLWrapper calls them
    "rdf+xml": (None, "application/rdf+xml"),
    "json-ld": (None, "application/ld+json"),
    "n3": (None, "text/turtle"),
}


def content_type(media: str) -> str:
    """Return the Content-Type of a media type: texts say that they are UTF-8."""
    return f"{media}; charset=utf-8" if media.startswith("text/") else media


def media_types_named(name: str) -> tuple[str | None, str | None]:
    """Return what `format=name` asks for, in a table and in a graph; a media type is a name too."""
    media = name.strip().lower()
    if media == HTML:
        return HTML, HTML
    of_itself = (media if media in SOLUTIONS else None, media if media in GRAPHS else None)
    return NAMES.get(media, of_itself)
