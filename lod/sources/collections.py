"""One big file of many questions → one record a question, streamed: memory is that of one question.

The bytes of each question are passed on as they stand, inside the least that makes a whole record
of them; one that is broken does not take the others with it. Legislature 14 is published so.
"""

import re
from collections.abc import Callable, Iterator
from typing import IO

HEAD = 64 * 1024  # bytes that show what a file is
BLOCK = 256 * 1024
Piece = tuple[int, bytes]  # the line on which a question begins, and a record of it

# {"questionsEcrites": {"question": [ … ]}}: a list of questions below any root
JSON_LIST = re.compile(rb'\s*\{(?:(?!"uid").)*?"question"\s*:\s*\[', re.S)
# whole strings, or one sign of the structure: nothing inside a string is taken for structure;
# a quotation mark alone begins a string that ends beyond the buffer
JSON_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\]"]', re.S)
# possessive: whatever comes in, the head is gone through once
COMMENTS = rb"(?:<!--(?:(?!-->).)*+-->\s*+)*+"
XML_ROOT = re.compile(
    rb"(?P<prolog>\s*+(?:<\?xml[^>]*+>\s*+)?+" + COMMENTS + rb")"
    rb"(?P<open><(?P<name>[\w:.-]++)(?:\s[^>]*+)?+>)\s*+"
    + COMMENTS
    + rb"<(?P<item>(?:[\w.-]+:)?(?:question|QUESTION))[\s>]",
    re.S,
)


class TooLong(ValueError):
    """A question of a collection is longer than any question; what follows cannot be found."""


def splitter(head: bytes) -> Callable[[IO[bytes], int], Iterator[Piece]] | None:
    """Return what splits a file that begins so, or None if it is no collection."""
    if JSON_LIST.match(head.removeprefix(b"\xef\xbb\xbf")):
        return split_json
    root = XML_ROOT.match(head.removeprefix(b"\xef\xbb\xbf"))
    if root and root["name"].lower().rpartition(b":")[2] != b"question":
        return split_xml
    return None


def split_json(file: IO[bytes], limit: int) -> Iterator[Piece]:
    """Yield every object of the first list below `question`; `limit` is the bytes of one."""
    buffer = file.read(HEAD)
    start = JSON_LIST.match(buffer.removeprefix(b"\xef\xbb\xbf"))
    assert start, "the head has been seen to be such a list"
    position = start.end() + buffer.startswith(b"\xef\xbb\xbf") * 3
    line = 1 + buffer.count(b"\n", 0, position)
    begin, depth = position, 0
    while True:
        for token in JSON_TOKEN.finditer(buffer, position):
            sign, position = token[0], token.end()
            if sign == b'"':
                position = token.start()
                break
            if sign in (b"{", b"["):
                if depth == 0:
                    line += buffer.count(b"\n", begin, token.start())
                    begin = token.start()
                depth += 1
            elif sign in (b"}", b"]"):
                if depth == 0:
                    return  # the list ends
                depth -= 1
                if depth == 0:
                    yield line, b'{"question":' + buffer[begin:position] + b"}"
                    line += buffer.count(b"\n", begin, position)
                    begin = position
        if depth == 0:  # between two questions: nothing to keep but an unfinished token
            line += buffer.count(b"\n", begin, position)
            begin = position
        buffer, begin, position = _more(file, buffer, begin, position, limit)
        if position < 0:
            if depth:
                yield line, b'{"question":' + buffer[begin:] + b"}"  # broken off: to be told
            return


def _more(
    file: IO[bytes], buffer: bytes, begin: int, position: int, limit: int
) -> tuple[bytes, int, int]:
    """Return the buffer from `begin` on with more of the file; position -1 at its end."""
    if len(buffer) - begin > limit:
        raise TooLong(f"a question of more than {limit // 2**20} MiB, which none has")
    kept = buffer[begin:]
    block = file.read(max(BLOCK, len(kept)))  # doubled: what is read again stays in proportion
    return kept + block, 0, position - begin if block else -1


def split_xml(file: IO[bytes], limit: int) -> Iterator[Piece]:
    """Yield every question of an XML file, inside the prolog and the root of the file."""
    buffer = file.read(HEAD)
    bom = len(buffer) - len(buffer.removeprefix(b"\xef\xbb\xbf"))
    root = XML_ROOT.match(buffer, bom)
    assert root, "the head has been seen to be such a file"
    name = re.escape(root["item"])
    whole = re.compile(rb"<%b(?:\s[^>]*)?>.*?</%b\s*>" % (name, name), re.S)
    before = b" ".join((root["prolog"] + root["open"]).split())
    after = b"</" + root["name"] + b">"
    begin, line = root.end("open"), 1 + buffer.count(b"\n", 0, root.end("open"))
    position = begin
    while True:
        for question in whole.finditer(buffer, position):
            line += buffer.count(b"\n", begin, question.start())
            yield line, before + question[0] + after
            line += question[0].count(b"\n")
            begin = position = question.end()
        buffer, begin, position = _more(file, buffer, begin, position, limit)
        if position < 0:
            rest = buffer[begin:].strip()
            if re.match(rb"<%b[\s>]" % name, rest):
                yield line, before + rest  # broken off: to be told
            return
