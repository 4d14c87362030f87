"""Tabular."""

import csv
import io
from collections.abc import Iterable
from typing import Any


def csv_line(values: Iterable[Any]) -> bytes:
    """Return one line of CSV as RFC 4180 has it, in UTF-8; None is empty."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerow(["" if value is None else value for value in values])
    return buffer.getvalue().encode()


def aligned(rows: list[list[object]]) -> str:
    """Return rows as text, the first as heading; numbers stand at the right of their columns."""
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    texts.insert(1, ["─" * width for width in widths])
    cells = [rows[0], rows[0], *rows[1:]]
    return "".join(
        "  ".join(
            text.rjust(width) if isinstance(cell, int) else text.ljust(width)
            for text, cell, width in zip(line, row, widths, strict=True)
        ).rstrip()
        + "\n"
        for line, row in zip(texts, cells, strict=True)
    )
