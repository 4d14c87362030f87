"""Count the rows of a table of results while its bytes pass by, in any of the four syntaxes."""

from dataclasses import dataclass

from pyoxigraph import QueryResultsFormat


@dataclass(frozen=True, slots=True)
class Syntax:
    """What stands between rows, how many more rows than marks there are, what hides a mark."""

    mark: bytes
    more: int = 0
    quotes: bool = False
    backslashes: bool = False


SYNTAXES = {
    QueryResultsFormat.JSON: Syntax(b"},{", more=1, quotes=True, backslashes=True),
    QueryResultsFormat.XML: Syntax(b"<result>"),
    QueryResultsFormat.CSV: Syntax(b"\n", more=-1, quotes=True),
    QueryResultsFormat.TSV: Syntax(b"\n", more=-1),
}


class RowCounter:
    """A counter that is fed pieces cut anywhere."""

    def __init__(self, syntax: Syntax) -> None:
        self._syntax = syntax
        self._marks = 0
        self._inside = False  # a quoted text goes on from the last piece
        self._backslash = b""
        self._tail = b""

    def add(self, piece: bytes) -> int:
        """Take one more piece; return how many rows have been seen."""
        text = self._tail + self._outside(piece)
        self._marks += text.count(self._syntax.mark)
        self._tail = self._left(text)
        return self._marks + self._syntax.more

    def _left(self, text: bytes) -> bytes:
        """Return the end that may be the beginning of a mark."""
        after = text.rpartition(self._syntax.mark)[2]
        keep = len(self._syntax.mark) - 1
        return after[-keep:] if keep else b""

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
        piece = self._backslash + piece
        run = len(piece) - len(piece.rstrip(b"\\"))
        self._backslash = b"\\" if run % 2 else b""
        piece = piece[: len(piece) - len(self._backslash)]
        return piece.replace(b"\\\\", b"").replace(b'\\"', b"")
