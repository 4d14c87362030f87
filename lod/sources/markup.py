"""HTML and XML as trees: decoded as they declare, without entities, files or network."""

import re
from collections.abc import Iterator
from typing import cast

import lxml.html
from lxml.etree import _Element

from lod.base.errors import SourceError, Where
from lod.base.inputs import decode
from lod.sources.fields import Entry

DECLARED = re.compile(
    rb"<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]+)|<meta[^>]*?charset\s*=\s*[\"']?([\w.-]+)", re.I
)
# what old pages and files declare; a browser reads Latin-1 as windows-1252
ENCODINGS = {
    **dict.fromkeys(("iso-8859-1", "latin1", "latin-1", "windows-1252", "cp1252"), "cp1252"),
    "iso-8859-15": "iso-8859-15",
}
PROLOG = re.compile(r"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*", re.S)
ENDS = re.compile(r"</(?:body|html)\s*>", re.I)
LABEL = 2_000  # characters of a label with its value
WHITE = re.compile(r"\s{2,}|[^\S\u00a0\u202f]")
_pieces = lxml.etree.XPath(".//text() | .//br", smart_strings=False)


def decode_declared(data: bytes, path: str) -> str:
    """Return the text of a page or an XML file in the encoding that it declares; else as UTF-8."""
    declared = DECLARED.search(data[:4096])
    name = (declared[1] or declared[2]).decode().lower() if declared else "utf-8"
    codec = ENCODINGS.get(name)
    if codec is None:
        return decode(data, path)
    try:
        return data.decode("utf-8-sig")  # many a file was converted and still says the old name
    except UnicodeDecodeError:
        return data.decode(codec, "replace")


def html_root(data: bytes, path: str) -> _Element:
    """Return the tree of a page, as forgiving as a browser; raise SourceError for none.

    A page that broke off would lose facts without a word: it must have its end.
    """
    text = decode_declared(data, path).replace("\0", "")
    if not ENDS.search(text):
        raise SourceError(
            Where(path, text.count("\n") + 1),
            "the page breaks off: neither </body> nor </html>",
            "save the page again, whole",
        )
    parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True)
    try:
        root = lxml.html.document_fromstring(text.encode(), parser=parser)
    except (lxml.etree.LxmlError, ValueError) as error:
        raise SourceError(Where(path), f"not a page: {error}", "save the page again") from error
    return root


def xml_root(data: bytes, path: str) -> _Element:
    """Return the tree of an XML file; raise SourceError for a DOCTYPE or what is not complete.

    No official file has a DOCTYPE; one that has may name files, or grow without end.
    """
    text = decode_declared(data, path)
    prolog = PROLOG.match(text)
    if text.startswith("<!DOCTYPE", prolog.end() if prolog else 0) or "<!ENTITY" in text:
        raise SourceError(Where(path), "a DOCTYPE, which is never read", "remove it from the file")
    body = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)  # its encoding no longer holds
    parser = lxml.etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        return lxml.etree.fromstring(body.encode(), parser)
    except lxml.etree.XMLSyntaxError as error:
        lines = text[: len(text) - len(body)].count("\n")
        raise SourceError(
            Where(path, lines + (error.lineno or 1)),
            f"not complete XML: {error.msg}",
            "fetch the record again",
        ) from error


def is_xml_of(name: bytes, data: bytes) -> bool:
    """Whether a record is XML that begins with an element of that name, or soon holds one."""
    start = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    return start[:1] == b"<" and re.search(rb"<(?:[\w.-]+:)?%b[\s>]" % name, start) is not None


def xml_record(name: str, data: bytes, path: str) -> _Element:
    """Return the one element of that name in an XML file; raise SourceError for none or several."""
    found = [element for element in xml_root(data, path).iter("*") if local(element) == name]
    if len(found) != 1:
        raise SourceError(
            Where(path), f"{len(found)} elements '{name}'", "give one record a file, or a list"
        )
    return found[0]


def local(element: _Element) -> str:
    """Return the name of an element without its namespace; "" for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def line_of(element: _Element) -> int:
    """Return the line on which an element begins, counted from 1."""
    return cast("int | None", element.sourceline) or 1


def attributes(element: _Element) -> Iterator[tuple[str, str]]:
    """Yield the attributes; those of XML Schema are named as the JSON names them: `xsi:type`."""
    for key, value in element.items():
        namespace, _, name = str(key).rpartition("}")
        yield f"xsi:{name}" if namespace.endswith("XMLSchema-instance") else name, str(value)


def entry(label: str, element: _Element, value: str | None = None) -> Entry:
    """Return what stands under a label: the words of an element, unless a value is given."""
    return Entry(label, words(element) if value is None else value, line_of(element))


def words(element: _Element) -> str:
    """Return a label or its value on one line; raise ValueError for what is too long for one."""
    text = flat(element)
    if len(text) > LABEL:
        raise ValueError(f"a label of more than {LABEL} characters")
    return text


def flat(element: _Element) -> str:
    """Return the text of an element on one line, as a reader sees it.

    One no-break space is typography of the label, and stays; more are how pages indent.
    """
    text = element.text or ""
    if len(element):
        pieces = cast("list[object]", _pieces(element))
        text = "".join(piece if isinstance(piece, str) else " " for piece in pieces)
    if "\u00a0" in text or "\u202f" in text:
        return WHITE.sub(" ", text).strip()
    return " ".join(text.split())


def inner(element: _Element) -> str:
    """Return what stands inside an element, as markup."""
    pieces = [_escaped(element.text)]
    for child in element:
        pieces.append(lxml.etree.tostring(child, encoding="unicode", method="html"))
    return "".join(pieces).strip()


def following(element: _Element) -> str:
    """Return what stands after an element, inside the same parent, as markup."""
    pieces = [_escaped(element.tail)]
    for sibling in element.itersiblings():
        pieces.append(lxml.etree.tostring(sibling, encoding="unicode", method="html"))
    return "".join(pieces).strip()


def _escaped(text: str | None) -> str:
    return (text or "").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def elements(root: _Element, *classes: str) -> Iterator[_Element]:
    """Yield the elements that bear one of the classes, in the order of the page."""
    wanted = set(classes)
    for element in root.iter("*"):
        if wanted.intersection((element.get("class") or "").split()):
            yield element
