"""The official record as JSON, dialects of legislatures 15 to 17: `{"question": {…}}`."""

import re
from collections.abc import Iterator
from json import JSONDecodeError, JSONDecoder
from json.decoder import scanstring  # type: ignore[attr-defined]  # exported, but not typed
from typing import Any

import orjson

from lod.errors import SourceError, Where
from lod.sources.an_record import read_question
from lod.sources.fields import Entry, Fields, shorten
from lod.sources.inputs import decode
from lod.sources.reading import Reading

FORMAT = "application/json"
NIL = "@xsi:nil"
_SPACE = re.compile(r"[ \t\n\r]*")
_decoder = JSONDecoder()


def is_json(start: bytes) -> bool:
    """Whether a record begins as JSON does."""
    return start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def parse(data: bytes, path: str) -> Reading:
    """Read one record; `path` only serves to say where a finding is. Raises SourceError."""
    text = decode(data, path)
    try:
        root = orjson.loads(text)
    except JSONDecodeError as error:
        raise SourceError(
            Where(path, text.count("\n", 0, error.pos) + 1),
            f"not complete JSON: {error.msg}",
            "fetch the record again",
        ) from error
    question = root.get("question") if isinstance(root, dict) else None
    if not isinstance(question, dict):
        keys = ", ".join(sorted(root)[:5]) if isinstance(root, dict) else "no object"
        raise SourceError(
            Where(path),
            f"no key 'question' with an object at the root, but: {shorten(keys) or 'nothing'}",
            "give records of questions; this file is something else",
        )
    fields = Fields(
        path,
        ((name, Entry(name, value)) for name, value in leaves(question, "question")),
        lambda name: line_of(text, name),
    )
    return read_question(fields.at("question"), data, FORMAT)


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield (path, text) of every value that is there; the five spellings of nothing are not.

    Nothing is `null`, `""`, `{}`, `[]` or `{"@xsi:nil": "true"}`; a value may stand in `#text`.
    """
    todo = [(name, value)]  # a stack, not recursion: the nesting is the sender's choice
    while todo:
        name, value = todo.pop()
        if isinstance(value, dict):
            if value.get(NIL) in ("true", True):
                continue
            if "#text" in value:
                todo.append((name, value["#text"]))
                value = {k: v for k, v in value.items() if k != "#text" and k[:1] != "@"}
            dot = f"{name}." if name else ""
            todo += reversed([(dot + key, item) for key, item in value.items()])
        elif isinstance(value, list):
            many = len(value) > 1
            items = [(f"{name}[{n}]" if many else name, v) for n, v in enumerate(value)]
            todo += reversed(items)
        elif value is not None and value != "":
            yield name, value if isinstance(value, str) else orjson.dumps(value).decode()


def line_of(text: str, label: str) -> int:
    """Return the line on which the value of `label` (`question.auteur.groupe`) begins, or 1.

    >>> line_of('{"question":\\n {"uid":\\n  "x"}}', "question.uid")
    3
    """
    position = 0
    for key in re.findall(r"[^.\[\]]+", label):
        found = _descend(text, position, key)
        if found is None:
            break
        position = found
    return text.count("\n", 0, _skip(text, position)) + 1


def _skip(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _descend(text: str, position: int, key: str) -> int | None:
    """Return where the value of member `key` of the object or array at `position` begins."""
    position = _skip(text, position)
    is_list = text[position] == "["
    if is_list and not key.isdecimal():  # a list of one is named without its index
        return _descend(text, position + 1, key)
    if not is_list and text[position] != "{":
        return None
    for number in range(len(text)):
        position = _skip(text, position + 1)
        if text[position] in "}]":
            return None
        name = str(number)
        if not is_list:
            name, position = scanstring(text, position + 1, False)
            position = _skip(text, position) + 1
        if name == key:
            return _skip(text, position)
        position = _skip(text, _decoder.raw_decode(text, _skip(text, position))[1])
        if text[position] != ",":
            return None
    return None
