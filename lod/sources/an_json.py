"""The official record as JSON, all dialects: `{"question": {…}}`."""

from json import JSONDecodeError
from typing import Any

import orjson

from lod.base.errors import SourceError, Where
from lod.base.inputs import decode
from lod.base.json_lines import NIL, line_of
from lod.model.identifiers import shorten
from lod.sources.an_record import read_question
from lod.sources.fields import Entry, Fields
from lod.sources.reading import Reading

FORMAT = "application/json"
DEPTH = 50  # levels; a record has nine


def is_json(start: bytes) -> bool:
    """Whether a record begins as JSON does."""
    return start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def parse(data: bytes, path: str) -> Reading:
    """Read one record; `path` only serves to say where a finding is. Raises SourceError."""
    try:
        root = orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except JSONDecodeError as error:
        text = decode(data, path)  # it may be that it is not UTF-8, which is then said
        raise SourceError(
            Where(path, text.count("\n", 0, error.pos) + 1),
            f"not complete JSON: {error.msg}",
            "fetch the record again",
        ) from error
    name, question = _question(root)
    if not isinstance(question, dict):
        keys = ", ".join(sorted(root)[:5]) if isinstance(root, dict) else "no object"
        raise SourceError(
            Where(path),
            f"no key 'question' with an object at the root, but: {shorten(keys) or 'nothing'}",
            "give records of questions; this file is something else",
        )
    fields = Fields(
        path,
        leaves(question, name),
        lambda name: line_of(decode(data, path), name),
    )
    return read_question(fields.at(name), data, FORMAT)


def _question(root: Any) -> tuple[str, Any]:
    """Return where the question stands, and what stands there; a list of one is no list."""
    if isinstance(root, dict) and len(root) == 1 and "question" not in root:
        [(name, below)] = root.items()
        if isinstance(below, dict) and "question" in below:
            return f"{name}.question", below["question"]
    return "question", root.get("question") if isinstance(root, dict) else None


def leaves(value: Any, name: str = "") -> list[tuple[str, Entry]]:
    """Return (path, value) of all that is there; the five spellings of nothing are not.

    Nothing is `null`, `""`, `{}`, `[]` or `{"@xsi:nil": "true"}`; a value may stand in `#text`.
    Raises ValueError for what is nested deeper than any record.
    """
    found: list[tuple[str, Entry]] = []
    _gather(value, name, 0, found)
    return found


def _gather(value: Any, name: str, depth: int, found: list[tuple[str, Entry]]) -> None:
    if type(value) is str:
        if value:
            found.append((name, Entry(name, value)))
    elif type(value) is dict:
        if value.get(NIL) in ("true", True):
            return
        if "#text" in value:  # beside a text, attributes say nothing
            _gather(value["#text"], name, _deeper(depth), found)
            value = {key: v for key, v in value.items() if key != "#text" and key[:1] != "@"}
        dot, depth = f"{name}." if name else "", _deeper(depth)
        for key, item in value.items():
            if item is not None:
                _gather(item, dot + key, depth, found)
    elif type(value) is list:
        many, depth = len(value) > 1, _deeper(depth)
        for number, item in enumerate(value):
            _gather(item, f"{name}[{number}]" if many else name, depth, found)
    elif value is not None:
        found.append((name, Entry(name, orjson.dumps(value).decode())))


def _deeper(depth: int) -> int:
    if depth == DEPTH:
        raise ValueError(f"nested more than {DEPTH} levels deep")
    return depth + 1
