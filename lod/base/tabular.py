"""Tables: CSV read and written, rows grouped by key, columns aligned for a terminal; and JSON."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import zip_longest
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import orjson

from lod.base.errors import UsageError

K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")


def rows(path: Path, *required: str) -> Iterator[dict[str, str]]:
    """Yield column → cell of each row of a CSV file; raise UsageError as `numbered_rows` does."""
    return (row for _, row in numbered_rows(path, *required))


def numbered_rows(path: Path, *required: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line, column → cell) of each row of a CSV file; raise UsageError if it is not in UTF-8
    and with commas, if one of the required cells is missing or empty, or if there are more cells
    than columns.
    """
    reader = csv.reader(io.StringIO(_text(path), newline=""))
    number = 1  # where a row begins: its cells may have several lines
    try:
        columns = next(reader, [])
        if lacking := [name for name in required if columns and name not in columns]:
            wrong, remedy = f"no column {', '.join(lacking)}", "name it in this line"
            if any(";" in name for name in columns):
                wrong, remedy = "semicolons between the cells", "save it as CSV with commas"
            raise UsageError(f"{path}:1: {wrong}; {remedy}")
        number = reader.line_num + 1
        for cells in reader:
            if cells:  # no blank line
                if any(cells[len(columns) :]):
                    remedy = "put a text that has commas in quotation marks"
                    raise UsageError(f"{path}:{number}: more cells than columns; {remedy}")
                row = dict(zip_longest(columns, cells[: len(columns)], fillvalue=""))
                if empty := [name for name in required if not row.get(name)]:
                    raise UsageError(f"{path}:{number}: {', '.join(empty)}: empty; correct the row")
                yield number, row
            number = reader.line_num + 1
    except csv.Error as error:
        remedy = "shorten the cell, or close its quotation mark"
        raise UsageError(f"{path}:{number}: {error}; {remedy}") from None


def _text(path: Path) -> str:
    """Return the text of a file; raise UsageError if it is not in UTF-8."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        rest, at = error.object, error.start  # without the BOM that a file may begin with
        line, byte = rest.count(b"\n", 0, at) + 1, f"byte 0x{rest[at]:02X} is not UTF-8"
        raise UsageError(f"{path}:{line}: {byte}; save it as CSV in UTF-8") from None


def typed_rows(kind: type[T], path: Path, *required: str, **columns: str) -> Iterator[T]:
    """Yield each row of a CSV file as a value whose fields are columns; `columns` is field → column
    where their names differ. Raises UsageError as `numbered_rows` does.
    """
    readers = {name: _READERS[hint] for name, hint in get_type_hints(kind).items()}
    for row in rows(path, *required):
        cells = {name: row[columns.get(name, name)] for name in readers}
        yield kind(**{name: read(cells[name]) for name, read in readers.items()})


def split_cell(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, cell.split(";")))


def day_or_none(cell: str) -> date | None:
    """Return the day of a cell, None if it is empty."""
    return date.fromisoformat(cell) if cell else None


_READERS: dict[Any, Callable[[str], Any]] = {  # type of a field → what reads its cell
    str: str,
    int: int,
    date: date.fromisoformat,
    date | None: day_or_none,
    str | None: lambda cell: cell or None,
    tuple[str, ...]: split_cell,
}


def group_by_key(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    """Return key → its values, both in the order in which they come."""
    groups: dict[K, list[V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}


def csv_line(values: Iterable[Any], end: str = "\r\n") -> bytes:
    """Return one line of CSV in UTF-8, as RFC 4180 has it unless `end` differs; None is empty."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator=end).writerow(values)
    return buffer.getvalue().encode()


def aligned(rows: Sequence[Sequence[object]]) -> str:
    """Return rows as aligned columns, the first row as heading; whole numbers stand right."""
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    lines = [
        [
            str(c).rjust(w) if isinstance(c, int) else str(c).ljust(w)
            for c, w in zip(row, widths, strict=True)
        ]
        for row in rows
    ]
    lines.insert(1, ["─" * width for width in widths])
    return "".join("  ".join(line).rstrip() + "\n" for line in lines)


def indented_json(value: object) -> bytes:
    """Return a value as JSON on several lines, for people who read it."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
