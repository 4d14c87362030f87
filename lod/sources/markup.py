"""Parse HTML and XML safely (no entities, files or network), and take text from their trees."""

import html
import re
from collections.abc import Iterable, Iterator
from typing import cast

import lxml.html
from lxml.etree import _Element

from lod.base.errors import SourceError, Where
from lod.base.inputs import decode
from lod.model.safe_html import check_tags
from lod.sources.fields import Entry

DECLARED = re.compile(
    rb"<\?xml[^<>]*?encoding\s*=\s*[\"']([\w.-]+)|<meta[^<>]*?charset\s*=\s*[\"']?([\w.-]+)", re.I
)
# declared encoding → codec; Latin-1 is read as windows-1252, as in browsers
ENCODINGS = {
    **dict.fromkeys(("iso-8859-1", "latin1", "latin-1", "windows-1252", "cp1252"), "cp1252"),
    "iso-8859-15": "iso-8859-15",
}
# letters with accents and quotation marks in UTF-8; as windows-1252 they would be « Ã© », « â€™ »
HALF_UTF8 = re.compile(rb"[\xc2\xc3][\x80-\xbf]|\xe2\x80[\x80-\xbf]")
DOCTYPE = re.compile(r"\s*+(?:<\?.*?\?>\s*+|<!--.*?-->\s*+)*+<!DOCTYPE", re.S)
ENDS = re.compile(r"</(?:body|html)\s*>", re.I)
LABEL = 2_000  # most characters of a label with its value
WHITE = re.compile(r"\s{2,}|[^\S\u00a0\u202f]")
_pieces = lxml.etree.XPath(".//text() | .//br", smart_strings=False)


def decode_page(data: bytes, path: str, default: str = "windows-1252") -> str:
    """Return the text of a page or an XML file: as UTF-8, else in the encoding that it declares; if
    it declares none, in the default encoding, which for the oldest pages is that of browsers.

    Raises SourceError for bytes in no such encoding, or in a mixture with UTF-8.
    """
    declared = _declared(data)
    codec = ENCODINGS.get(declared or default)
    if codec is None or (not declared and HALF_UTF8.search(data)):
        return decode(data, path)
    try:
        return data.decode("utf-8-sig")  # files that were converted still declare the old encoding
    except UnicodeDecodeError:
        return data.decode(codec, "replace" if declared else "strict")


def page_format(data: bytes, media_type: str) -> str:
    """Return the media type of a page, with its encoding if that is not UTF-8."""
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return f"{media_type}; charset={_declared(data) or 'windows-1252'}"
    return media_type


def _declared(data: bytes) -> str | None:
    match = DECLARED.search(data[:4096])
    return (match[1] or match[2]).decode().lower() if match else None


def html_root(data: bytes, path: str) -> _Element:
    """Return the tree of a page, parsed as leniently as in browsers.

    Raises SourceError for a page without its end, which may lack facts, and for what is no page.
    """
    text = decode_page(data, path).replace("\0", "")
    check_tags(text)
    if not ENDS.search(text):
        raise SourceError(
            Where(path, text.count("\n") + 1),
            "the page breaks off: neither </body> nor </html>",
            "save the page again, whole",
        )
    parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True)
    try:
        return lxml.html.document_fromstring(text.encode(), parser=parser)
    except (lxml.etree.LxmlError, ValueError) as error:
        raise SourceError(Where(path), f"not a page: {error}", "save the page again") from error


def xml_root(data: bytes, path: str) -> _Element:
    """Return the tree of an XML file; raise SourceError if it is not complete or has a DOCTYPE.

    No official file has a DOCTYPE, by which a file can include others or expand without end.
    """
    text = decode_page(data, path, "utf-8")
    if DOCTYPE.match(text) or "<!ENTITY" in text:
        raise SourceError(Where(path), "a DOCTYPE, which is never read", "remove it from the file")
    check_tags(text)
    body = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)  # it may declare another encoding than UTF-8
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


def is_xml_of(name: str, data: bytes) -> bool:
    """Whether a record is XML with an element of that name among its first 4096 bytes."""
    start = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    return start[:1] == b"<" and bool(re.search(rb"<(?:[\w.-]+:)?%b[\s>]" % name.encode(), start))


def xml_record(name: str, data: bytes, path: str) -> _Element:
    """Return the only element of that name in an XML file; raise SourceError for none or two."""
    records = [element for element in xml_root(data, path).iter("*") if local(element) == name]
    if len(records) != 1:
        raise SourceError(
            Where(path), f"{len(records)} elements '{name}'", "give one record a file, or a list"
        )
    return records[0]


def local(element: _Element) -> str:
    """Return the name of an element without its namespace; "" for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def line_of(element: _Element) -> int:
    return cast("int | None", element.sourceline) or 1


def attributes(element: _Element) -> Iterator[tuple[str, str]]:
    """Yield (name, value) of each attribute, as the JSON names it: `xsi:…` for XML Schema."""
    for key, value in element.items():
        namespace, _, name = str(key).rpartition("}")
        yield f"xsi:{name}" if namespace.endswith("XMLSchema-instance") else name, str(value)


def entry(label: str, element: _Element, value: str | None = None) -> Entry:
    """Return an entry on the line of an element, whose words are its value unless one is given."""
    return Entry(label, words(element) if value is None else value, line_of(element))


def words(element: _Element) -> str:
    """Return the text of a label on one line; raise ValueError for more than LABEL characters."""
    text = flat(element)
    if len(text) > LABEL:
        raise ValueError(f"a label of more than {LABEL} characters")
    return text


def flat(element: _Element) -> str:
    """Return the text of an element on one line, with single spaces.

    A single no-break space stays, as French typography; several are indentation.
    """
    text = element.text or ""
    if len(element):
        pieces = cast("list[object]", _pieces(element))
        text = "".join(piece if isinstance(piece, str) else " " for piece in pieces)
    if "\u00a0" in text or "\u202f" in text:
        return WHITE.sub(" ", text).strip()
    return " ".join(text.split())


def inner(element: _Element) -> str:
    return _markup(element.text, element)


def following(element: _Element) -> str:
    """Return the content of the parent after an element, as HTML."""
    return _markup(element.tail, element.itersiblings())


def _markup(text: str | None, elements: Iterable[_Element]) -> str:
    pieces = [html.escape(text or "", quote=False)]
    pieces += (lxml.etree.tostring(e, encoding="utf-8", method="html").decode() for e in elements)
    return "".join(pieces).strip()


def elements(root: _Element, *classes: str) -> Iterator[_Element]:
    """Yield the elements that have one of the classes, in the order of the page."""
    wanted = set(classes)
    for element in root.iter("*"):
        if wanted.intersection((element.get("class") or "").split()):
            yield element
