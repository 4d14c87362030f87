"""One big file of many questions → one record a question; one question at a time is in memory.

The bytes of each question stay as they are, inside the shortest wrapping that makes a record; a
broken question does not spoil the others. What stands between questions, or after their list, is a
record too, which the reader refuses; a list without its end is a fault. Legislature 14 is published
in such files; others write records into an array, or one a line.
"""

import re
from collections.abc import Callable, Iterator
from itertools import count
from typing import IO

HEAD = 64 * 1024  # bytes that show what a file is
BLOCK = 256 * 1024  # bytes read at once, at least
BOM = b"\xef\xbb\xbf"
OPEN = b'{"question":'
SPACE = b" \t\r\n"
CUT_OFF = "the file breaks off after a question of its list; others may be missing"
STEPS = {b"{": 1, b"[": 1, b"}": -1, b"]": -1}  # change of the depth of nesting
Piece = tuple[int, bytes]  # the line on which a question begins, and a record of it
# {"questionsEcrites": {"question": [ … ]}}: a list of questions below any root
JSON_LIST = re.compile(rb'\s*\{(?:(?!"uid").)*?"question"\s*:\s*\[', re.S)
JSON_ARRAY = re.compile(rb'\s*\[(?=\s*\{\s*"question"\s*:)')  # [{"question": {…}}, …]
JSON_LINES = re.compile(rb'\s*\{\s*"question"\s*:[^\n]*\}[ \t\r]*\n\s*\{')  # one record a line
# a whole string, a bracket, or a quotation mark that begins a string that ends beyond the buffer
JSON_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\]"]', re.S)
# possessive quantifiers: matching takes linear time whatever the input
COMMENTS = rb"(?:<!--(?:(?!-->).)*+-->\s*+)*+"
BETWEEN = re.compile(rb"\s*+" + COMMENTS, re.S)  # what may stand between questions in XML
XML_ROOT = re.compile(
    rb"(?P<prolog>\s*+(?:<\?xml[^>]*+>\s*+)?+" + COMMENTS + rb")"
    rb"(?P<open><(?P<name>[\w:.-]++)(?:\s[^>]*+)?+>)\s*+"
    + COMMENTS
    + rb"<(?P<item>(?:[\w.-]+:)?(?:question|QUESTION))[\s>]",
    re.S,
)


class TooLong(ValueError):
    """A question of a list is longer than the limit; the questions after it cannot be found."""


def is_lines(data: bytes) -> bool:
    """Whether a file that begins with `data` has one record a line."""
    return JSON_LINES.match(data.removeprefix(BOM)) is not None


def splitter(head: bytes) -> Callable[[IO[bytes], int], Iterator[Piece]] | None:
    """Return the function that splits a file that begins with `head`; None if it is no list."""
    head = head.removeprefix(BOM)
    if JSON_LIST.match(head) or JSON_ARRAY.match(head):
        return split_json
    if is_lines(head):
        return split_lines
    root = XML_ROOT.match(head)
    if root and root["name"].lower().rpartition(b":")[2] != b"question":
        return split_xml
    return None


class _Window:
    """The part of a file that is in memory."""

    def __init__(self, file: IO[bytes], limit: int) -> None:
        self._file = file
        self._limit = limit  # bytes that may be kept
        self.data = file.read(HEAD).removeprefix(BOM)
        self.begin = 0  # index in `data` of the first byte that is still needed
        self.line = 1  # of the file, on which that byte stands

    def skip(self, position: int) -> None:
        """Drop the bytes before a position, and count their lines."""
        self.line += self.data.count(b"\n", self.begin, position)
        self.begin = position

    def strip(self, signs: bytes, end: int | None = None) -> bytes:
        """Drop leading bytes that are in `signs`; return the other bytes before `end`."""
        rest = self.data[self.begin : end].lstrip(signs)
        self.skip((len(self.data) if end is None else end) - len(rest))
        return rest.rstrip(SPACE)

    def more(self, position: int) -> int:
        """Read on, and return where `position` stands now; -1 at the end of the file.

        Raises TooLong if more than `limit` bytes are still needed.
        """
        kept = self.data[self.begin :]
        if len(kept) > self._limit:
            most = f"more than {self._limit // 2**20} MiB"
            raise TooLong(f"a question, or what stands beside the questions, of {most}")
        # doubled, so that the work stays in proportion to the length of the file
        block = self._file.read(max(BLOCK, len(kept)))
        self.data, position, self.begin = kept + block, position - self.begin, 0
        return position if block else -1


def split_json(file: IO[bytes], limit: int) -> Iterator[Piece]:
    """Yield every object of an array, or of the first list below `question`.

    `limit` is the bytes of one.
    """
    window, depth = _Window(file, limit), 0
    array = JSON_ARRAY.match(window.data)
    start = array or JSON_LIST.match(window.data)
    assert start, "the head has been seen to be such a list"
    before_each, after_each = (b"", b"") if array else (OPEN, b"}")
    around = sum(STEPS.get(token, 0) for token in JSON_TOKEN.findall(start[0]))
    position = start.end()
    window.skip(position)
    while position >= 0:
        for token in JSON_TOKEN.finditer(window.data, position):
            sign, position = token[0], token.end()
            if sign == b'"':  # a string that ends beyond the window
                position = token.start()
                break
            before, depth = depth, depth + STEPS.get(sign, 0)
            # an object begins, or the list ends: what stands before it is no question
            if before == 0 and depth and (stray := window.strip(b"," + SPACE, token.start())):
                yield window.line, stray.rstrip(b"," + SPACE)  # the reader reports it
            if depth < 0:  # the list ends
                window.skip(token.start())
                yield from _after_list(window, around)
                return
            if (before, depth) == (0, 1):
                window.skip(token.start())
            elif (before, depth) == (1, 0):
                question = window.data[window.begin : position]
                yield window.line, before_each + question + after_each
                window.skip(position)
        position = window.more(position)
    if depth:  # the file breaks off: the reader reports it
        yield window.line, before_each + window.data + after_each
    elif stray := window.strip(b"," + SPACE):
        yield window.line, stray.rstrip(b"," + SPACE)
    else:
        raise ValueError(CUT_OFF)


def _after_list(window: _Window, around: int) -> Iterator[Piece]:
    """Yield what follows a JSON list, if that is more than the brackets that end what is `around`.

    Raises ValueError if some of these are missing.
    """
    while window.more(window.begin) >= 0:
        pass
    ends = window.data.count(b"]") + window.data.count(b"}")
    if rest := window.strip(b"]}" + SPACE):
        yield window.line, rest
    elif ends < around:
        raise ValueError(CUT_OFF)


def split_lines(file: IO[bytes], limit: int) -> Iterator[Piece]:
    """Yield every line that is not empty; `limit` is the bytes of one."""
    for number in count(1):
        line = file.readline(limit + 1)
        if len(line) > limit:
            raise TooLong(f"a line of more than {limit // 2**20} MiB, which no question has")
        if not line:
            return
        if line.strip():
            yield number, line


def split_xml(file: IO[bytes], limit: int) -> Iterator[Piece]:
    """Yield every question of an XML file, inside prolog and root; `limit` is the bytes of one."""
    window = _Window(file, limit)
    root = XML_ROOT.match(window.data)
    assert root, "the head has been seen to be such a file"
    name = re.escape(root["item"])
    opening = re.compile(rb"<%b(?:\s[^<>]*+)?>" % name)
    closing = re.compile(rb"</%b\s*+>" % name)
    gap = BETWEEN.pattern
    end_of_root = re.compile(rb"%b</%b\s*+>%b" % (gap, re.escape(root["name"]), gap), re.S)
    before = b" ".join((root["prolog"] + root["open"]).split())
    after = b"</" + root["name"] + b">"
    position = root.end("open")
    window.skip(position)
    while position >= 0:
        while (start := opening.search(window.data, position)) and (
            end := closing.search(window.data, start.end())
        ):
            if not BETWEEN.fullmatch(window.data, window.begin, start.start()):
                stray = window.strip(SPACE, start.start())
                yield window.line, stray  # the reader reports it
            window.skip(start.start())
            position = end.end()
            yield window.line, before + window.data[window.begin : position] + after
            window.skip(position)
        position = window.more(position)
    if BETWEEN.fullmatch(window.data):
        raise ValueError(CUT_OFF)
    if not end_of_root.fullmatch(window.data):
        rest = window.strip(SPACE)
        yield window.line, before + rest  # the reader reports it
