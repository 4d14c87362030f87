"""Count the rows of query results while they are written, in any of the four syntaxes."""

from dataclasses import dataclass

from pyoxigraph import QueryResultsFormat


@dataclass(frozen=True, slots=True)
class Syntax:
    """How rows can be counted in one syntax."""

    mark: bytes  # bytes that stand between two rows, or before or after each row
    more: int = 0  # number of rows less the number of marks
    quotes: bool = False  # a mark between double quotes does not count
    backslashes: bool = False  # a quote after a backslash ends no quoted text


SYNTAXES = {
    QueryResultsFormat.JSON: Syntax(b"},{", more=1, quotes=True, backslashes=True),
    QueryResultsFormat.XML: Syntax(b"<result>"),
    QueryResultsFormat.CSV: Syntax(b"\n", more=-1, quotes=True),
    QueryResultsFormat.TSV: Syntax(b"\n", more=-1),
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
        return self._marks + self._syntax.more

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
