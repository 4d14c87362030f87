"""The official record as XML, with or without its namespace: the same names as the JSON."""

import re
from collections.abc import Iterator

from lxml.etree import _Element

from lod.errors import SourceError, Where
from lod.sources.an_record import read_question
from lod.sources.fields import Entry, Fields
from lod.sources.markup import attributes, inner, line_of, local, xml_root
from lod.sources.reading import Reading

FORMAT = "application/xml"
XSI_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
TEXTS = frozenset({"texte", "erratum"})  # these may hold HTML as elements, not as characters
MARK = re.compile(rb"<(?:[\w.-]+:)?question[\s>]")


def is_record(data: bytes) -> bool:
    """Whether a record is XML that holds a `question`."""
    start = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    return start[:1] == b"<" and MARK.search(start) is not None


def parse(data: bytes, path: str) -> Reading:
    """Read one record, at the root or inside it. Raises SourceError."""
    root = xml_root(data, path)
    found = [element for element in root.iter("*") if local(element) == "question"]
    if len(found) != 1:
        raise SourceError(
            Where(path), f"{len(found)} elements 'question'", "give one record a file, or a list"
        )
    fields = Fields(path, leaves(found[0]))
    return read_question(fields.at("question"), data, FORMAT)


def leaves(root: _Element) -> Iterator[tuple[str, Entry]]:
    """Yield the values of a tree under the names that the JSON gives them."""
    todo: list[tuple[str, _Element]] = [(local(root), root)]
    while todo:
        name, element = todo.pop()
        if element.get(XSI_NIL) in ("true", "1"):
            continue
        line = line_of(element)
        for key, value in attributes(element):
            yield f"{name}.@{key}", Entry(f"{name}.@{key}", value, line)
        children = list(element)
        if not children or local(element) in TEXTS:
            value = inner(element) if children else (element.text or "").strip()
            if value:
                yield name, Entry(name, value, line)
            continue
        todo += reversed(list(_named(name, children)))


def _named(name: str, children: list[_Element]) -> Iterator[tuple[str, _Element]]:
    """Yield the children with their names; those of one name are numbered, as in the JSON."""
    counts: dict[str, int] = {}
    for child in children:
        counts[local(child)] = counts.get(local(child), 0) + 1
    seen: dict[str, int] = {}
    for child in children:
        own = local(child)
        number = seen.get(own, 0)
        seen[own] = number + 1
        yield f"{name}.{own}[{number}]" if counts[own] > 1 else f"{name}.{own}", child
