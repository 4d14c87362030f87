"""The formats of results that the endpoint writes."""

from pyoxigraph import QueryResultsFormat, RdfFormat

HTML = "text/html"  # a page with the beginning of the result: `preview.py`
SOLUTIONS = {  # media type → syntax of the rows of SELECT, or the boolean of ASK
    "application/sparql-results+json": QueryResultsFormat.JSON,
    "application/sparql-results+xml": QueryResultsFormat.XML,
    "text/csv": QueryResultsFormat.CSV,
    "text/tab-separated-values": QueryResultsFormat.TSV,
    "application/json": QueryResultsFormat.JSON,
    "application/xml": QueryResultsFormat.XML,
}
GRAPHS = {  # media type → syntax of the triples of CONSTRUCT and DESCRIBE
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/rdf+xml": RdfFormat.RDF_XML,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/json": RdfFormat.JSON_LD,
    "application/xml": RdfFormat.RDF_XML,
}
# value of the parameter `format` → media type for solutions, media type for a graph
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
    HTML: (HTML, HTML),
    # names that SPARQLWrapper sends
    "rdf+xml": (None, "application/rdf+xml"),
    "json-ld": (None, "application/ld+json"),
    "n3": (None, "text/turtle"),
}


def content_type(media: str) -> str:
    """Return the Content-Type of a media type: a text type states its charset, UTF-8."""
    return f"{media}; charset=utf-8" if media.startswith("text/") else media


def media_types_named(name: str) -> tuple[str | None, str | None]:
    """Return the media types that `format=name` asks for: of solutions, and of a graph.

    `name` is a key of NAMES or a media type; None stands for what it does not ask for.
    """
    media = name.strip().lower()
    unnamed = (media if media in SOLUTIONS else None, media if media in GRAPHS else None)
    return NAMES.get(media, unnamed)
