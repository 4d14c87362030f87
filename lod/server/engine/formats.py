"""The formats of results that the endpoint writes, and the count of rows while they are written."""

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Syntax:
    """How rows can be counted in one syntax."""

    mark: bytes  # bytes that stand between two rows, or before or after each row
    offset: int = 0  # number of rows less the number of marks
    quotes: bool = False  # a mark between double quotes does not count
    backslashes: bool = False  # a quote after a backslash ends no quoted text


SYNTAXES = {
    QueryResultsFormat.JSON: Syntax(b"},{", offset=1, quotes=True, backslashes=True),
    QueryResultsFormat.XML: Syntax(b"<result>"),
    QueryResultsFormat.CSV: Syntax(b"\n", offset=-1, quotes=True),
    QueryResultsFormat.TSV: Syntax(b"\n", offset=-1),
}


class RowCounter:
    """Counts rows in pieces of a result, which may be cut anywhere."""

    def __init__(self, syntax: Syntax) -> None:
        self._syntax = syntax
        self._marks = 0  # marks seen so far
        self._inside = False  # the last piece ended within a quoted text
        self._backslash = b""  # the end of the last piece, if it escapes the next byte
        self._tail = b""  # the end of the last piece, which may be the beginning of a mark

    def add(self, piece: bytes) -> int:
        """Take the next piece; return how many rows there are so far."""
        text = self._tail + self._outside(piece)
        self._marks += text.count(self._syntax.mark)
        keep = len(self._syntax.mark) - 1
        self._tail = text.rpartition(self._syntax.mark)[2][-keep:] if keep else b""
        return self._marks + self._syntax.offset

    def _outside(self, piece: bytes) -> bytes:
        """Return the piece without its quoted texts."""
        if self._syntax.backslashes:
            piece = self._unescaped(piece)
        if not self._syntax.quotes:
            return piece
        parts = piece.split(b'"')
        outside = parts[self._inside :: 2]
        self._inside ^= len(parts) % 2 == 0
        return b'"'.join(outside)

    def _unescaped(self, piece: bytes) -> bytes:
        """Return the piece without escaped quotes and backslashes."""
        piece = self._backslash + piece
        run = len(piece) - len(piece.rstrip(b"\\"))
        self._backslash = b"\\" if run % 2 else b""
        piece = piece[: len(piece) - len(self._backslash)]
        return piece.replace(b"\\\\", b"").replace(b'\\"', b"")
