"""Read the official record as JSON, all dialects: `{"question": {…}}`."""

from functools import cache
from typing import Any

import orjson

from lod.base.errors import SourceError, Where
from lod.base.inputs import decode
from lod.base.json_lines import BOM, NIL, Lines, read_json
from lod.model.identifiers import shorten
from lod.sources.an_record import read_question
from lod.sources.fields import Entry, Fields, Reading

FORMAT = "application/json"
DEPTH = 50  # levels of nesting that are read; a record has nine


def is_json(start: bytes) -> bool:
    return start.removeprefix(BOM).lstrip()[:1] in (b"{", b"[")


def parse(data: bytes, path: str) -> Reading:
    name, question = _question(read_json(data, path, "fetch the record again"), path)
    lines = cache(lambda: Lines(decode(data, path)))  # made only if there is a finding
    fields = Fields(path, leaves(question, name), lambda label: lines().line_of(label))
    return read_question(fields.at(name), data, FORMAT)


def _question(root: Any, path: str) -> tuple[str, dict[str, Any]]:
    """Return the path of the question in a record, and its object; raise SourceError for none."""
    name, holder = "question", root
    if isinstance(root, dict) and len(root) == 1 and "question" not in root:
        [(envelope, holder)] = root.items()
        name = f"{envelope}.question"
    question = holder.get("question") if isinstance(holder, dict) else None
    if not isinstance(question, dict):
        keys = ", ".join(sorted(root)[:5]) if isinstance(root, dict) else "no object"
        raise SourceError(
            Where(path),
            f"no key 'question' with an object at the root, but: {shorten(keys) or 'nothing'}",
            'give records {"question": {…}}: one, an array of them, or one a line',
        )
    return name, question


def leaves(value: Any, name: str = "") -> list[tuple[str, Entry]]:
    """Return (path, entry) of each value in a JSON object; raise ValueError for more than DEPTH
    levels.

    `null`, `""`, `{}`, `[]` and `{"@xsi:nil": "true"}` are no values. The value of an object with
    the key `#text` is that text.
    """
    entries: list[tuple[str, Entry]] = []
    _gather(value, name, 0, entries)
    return entries


def _gather(value: Any, name: str, depth: int, entries: list[tuple[str, Entry]]) -> None:
    if type(value) is str:
        if value:
            entries.append((name, Entry(name, value)))
    elif type(value) is dict:
        if value.get(NIL) in ("true", True):
            return
        if "#text" in value:  # attributes beside a text are dropped
            _gather(value["#text"], name, _deeper(depth), entries)
            value = {key: v for key, v in value.items() if key != "#text" and key[:1] != "@"}
        dot, depth = f"{name}." if name else "", _deeper(depth)
        for key, item in value.items():
            if item is not None:
                _gather(item, dot + key, depth, entries)
    elif type(value) is list:
        many, depth = len(value) > 1, _deeper(depth)
        for number, item in enumerate(value):
            _gather(item, f"{name}[{number}]" if many else name, depth, entries)
    elif value is not None:
        entries.append((name, Entry(name, orjson.dumps(value).decode())))


def _deeper(depth: int) -> int:
    if depth == DEPTH:
        raise ValueError(f"nested more than {DEPTH} levels deep")
    return depth + 1
