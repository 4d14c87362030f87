"""JSON records: read, and the lines on which their values stand, given their paths."""

import re
from array import array
from dataclasses import dataclass, field
from json import JSONDecoder
from json.decoder import scanstring  # type: ignore[attr-defined]  # exported, but not typed
from typing import Any

import orjson

from lod.base.errors import SourceError, Where
from lod.base.inputs import decode

BOM = b"\xef\xbb\xbf"
NIL = "@xsi:nil"  # key of an object that stands for nothing in JSON that was made from XML
_SPACE = re.compile(r"[ \t\n\r]*")
_decoder = JSONDecoder()


@dataclass(slots=True)
class _Visit:
    """The members of an object or a list that were looked at, all before `position`.

    A search goes on where the last one ended: a thousand remarks about one record take no longer
    than a single remark.
    """

    position: int  # of the sign before the next member: `{`, `[` or `,`; at last `}` or `]`
    names: dict[str, int] = field(default_factory=dict)  # key → where its first value begins
    items: "array[int]" = field(default_factory=lambda: array("Q"))  # where each item begins


class Lines:
    """Where the values of one JSON text stand."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._visits: dict[int, _Visit] = {}  # where an object or a list begins → its visit
        self._counted = (0, 1)  # a position, and the line on which it is

    def line_of(self, label: str) -> int:
        """Return the line on which the value at the path `label` begins.

        Where there is no such value, it is the line of the nearest value above it.

        >>> Lines('{"question":\\n {"uid":\\n  "x"}}').line_of("question.uid")
        3
        """
        position = self._skip(0)
        for key in re.findall(r"[^.\[\]]+", label):
            inner = self._descend(position, key)
            if inner is None:
                break
            position = inner
        before, line = self._counted
        if position < before:
            before, line = 0, 1
        line += self._text.count("\n", before, position)
        self._counted = position, line
        return line

    def _skip(self, position: int) -> int:
        match = _SPACE.match(self._text, position)
        return match.end() if match else position

    def _descend(self, position: int, key: str) -> int | None:
        """Return where member `key` of the object or list at `position` begins; None for none."""
        text = self._text
        while text[position] == "[" and not key.isdecimal():  # the path of a list of one: no index
            position = self._skip(position + 1)
        if text[position] not in "[{":
            return None
        visit = self._visits.setdefault(position, _Visit(position))
        if text[position] == "{":
            return visit.names.get(key) if key in visit.names else self._member(visit, key)
        number = int(key) if len(key) < 10 else len(text)
        while len(visit.items) <= number and (item := self._next(visit)) is not None:
            visit.items.append(item)
            visit.position = self._end(item)
        return visit.items[number] if number < len(visit.items) else None

    def _member(self, visit: _Visit, key: str) -> int | None:
        """Return where the value of a key begins that was not yet met; None if there is none."""
        while (start := self._next(visit)) is not None:
            name, colon = scanstring(self._text, start + 1, False)
            value = self._skip(self._skip(colon) + 1)
            visit.names.setdefault(name, value)
            visit.position = self._end(value)
            if name == key:
                return value
        return None

    def _next(self, visit: _Visit) -> int | None:
        """Return where the next member begins; None at the end."""
        if self._text[visit.position] in "}]":
            return None
        position = self._skip(visit.position + 1)
        if self._text[position] in "}]":  # it is empty
            visit.position = position
            return None
        return position

    def _end(self, value: int) -> int:
        return self._skip(_decoder.raw_decode(self._text, value)[1])


def read_json(data: bytes, path: str, remedy: str) -> Any:
    """Return the value of a JSON record, with or without BOM; raise SourceError with a remedy."""
    try:
        return orjson.loads(data.removeprefix(BOM))
    except orjson.JSONDecodeError as error:
        text = decode(data, path)  # raises SourceError if the cause is the encoding
        line = text.count("\n", 0, error.pos) + 1
        raise SourceError(Where(path, line), f"not complete JSON: {error.msg}", remedy) from error
