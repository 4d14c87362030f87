"""Read the official record as XML, with or without its namespace."""

from collections import Counter
from collections.abc import Iterator

from lxml.etree import _Element

from lod.sources.an_record import read_question
from lod.sources.fields import Entry, Fields
from lod.sources.markup import attributes, inner, is_xml_of, line_of, local, xml_record
from lod.sources.reading import Reading

FORMAT = "application/xml"
XSI_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
TEXTS = frozenset({"texte", "erratum"})  # these may hold HTML as elements, not as characters
NAME = "question"


def is_record(data: bytes) -> bool:
    """Whether a record is XML that holds a `question`."""
    return is_xml_of(NAME.encode(), data)


def parse(data: bytes, path: str) -> Reading:
    """Read the one `question` of an XML file; raise SourceError if it cannot be read."""
    fields = Fields(path, leaves(xml_record(NAME, data, path)))
    return read_question(fields.at(NAME), data, FORMAT)


def leaves(root: _Element) -> Iterator[tuple[str, Entry]]:
    """Yield (path, entry) of each value of a tree, with the paths that the JSON has."""
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
    """Yield (path, child); children of one name are numbered from 0, as in the JSON."""
    counts = Counter(map(local, children))
    seen: Counter[str] = Counter()
    for child in children:
        own = local(child)
        yield f"{name}.{own}[{seen[own]}]" if counts[own] > 1 else f"{name}.{own}", child
        seen[own] += 1
