"""The line of a JSON text on which a value stands, given its path."""

import re
from json import JSONDecoder
from json.decoder import scanstring  # type: ignore[attr-defined]  # exported, but not typed

NIL = "@xsi:nil"  # key of an object that stands for nothing in JSON that was made from XML
_SPACE = re.compile(r"[ \t\n\r]*")
_decoder = JSONDecoder()


def line_of(text: str, label: str) -> int:
    """Return the line on which the value at the path `label` begins.

    Where there is no such value, it is the line of the nearest value above it.

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
    """Return where member `key` of the object or list at `position` begins; None for no such."""
    position = _skip(text, position)
    is_list = text[position] == "["
    if is_list and not key.isdecimal():  # the path of a list of one has no index
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
