"""Texts: HTML fragments or Markdown as published, made into clean plain text; folding, slugs."""

import hashlib
import re
import unicodedata

import lxml.html
from lxml.etree import ParserError
from markdown_it import MarkdownIt

# C0 and C1 controls but tab and line ends, and the bidirectional overrides: no place in a text
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
SPACES = re.compile(r"[ \t\r\n\f\v]+")  # not \s: a no-break space is French typography
BLOCKS = frozenset(
    (
        *("p", "br", "div", "center", "table", "tr", "ul", "ol", "li", "dl", "dt", "dd"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "hr"),
    )
)
CELLS = frozenset({"td", "th"})
UNSEEN = frozenset({"script", "style", "head", "title", "template"})

_markdown = MarkdownIt("commonmark", {"html": True})


def plain(fragment: str) -> str:
    """Return the text of an HTML fragment, balanced or not: a line per block, cells apart.

    >>> plain('</p><p align="CENTER"> TITRE <a name=PG19></a> </p><br>le c&#339;ur <p>')
    'TITRE\\nle cœur'
    """
    fragment = CONTROLS.sub("", fragment.replace("\r\n", "\n").replace("\r", "\n"))
    if "<" not in fragment and "&" not in fragment:
        return SPACES.sub(" ", unicodedata.normalize("NFC", fragment)).strip()
    try:
        root = lxml.html.fragment_fromstring(fragment, create_parent="div")
    except ParserError:  # nothing but a comment or white space
        return ""
    lines = "".join(_pieces(root)).split("\n")
    tidy = (SPACES.sub(" ", CONTROLS.sub("", line)).strip() for line in lines)
    return unicodedata.normalize("NFC", "\n".join(line for line in tidy if line))


def _pieces(root: lxml.html.HtmlElement) -> list[str]:
    """Walk the tree without recursion: an unbalanced text may nest as deep as it is long."""
    pieces: list[str] = []
    todo: list[lxml.html.HtmlElement | str] = [root]
    while todo:
        node = todo.pop()
        if isinstance(node, str):
            pieces.append(node)
            continue
        tag = node.tag if isinstance(node.tag, str) else ""  # "" for a comment
        edge = "\n" if tag in BLOCKS else "\t" if tag in CELLS else ""
        after = (node.tail or "").replace("\n", " ") if node is not root else ""
        todo += [after, edge]
        if tag and tag not in UNSEEN:
            todo += reversed(node)
            todo += [(node.text or "").replace("\n", " ")]
        todo += [edge]
    return pieces


def plain_markdown(source: str) -> str:
    """Return the text of a Markdown block: emphasis and raw tags such as `<sup>` taken off.

    >>> plain_markdown("la question des *clouds*")
    'la question des clouds'
    """
    return plain(_markdown.render(source))


def inline_markdown(source: str) -> tuple[str, list[str]]:
    """Return the text of one line of Markdown, and the targets of its links.

    >>> inline_markdown("[28 décembre 2021](#), page 9097")
    ('28 décembre 2021, page 9097', ['#'])
    """
    html = _markdown.renderInline(source)
    return plain(html), re.findall(r'<a href="([^"]*)"', html)


def fold(text: str) -> str:
    """Return `text` for comparing: case, accents, ligatures and punctuation do not count.

    >>> fold("L’Œuvre du\\u00a0Bâtiment")
    'l oeuvre du batiment'
    """
    text = text.casefold().replace("œ", "oe").replace("æ", "ae")
    letters = (c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", " ", "".join(letters)).strip()


def slug(text: str) -> str:
    """Return an ASCII name for an IRI, made of `text`; of its hash if no letter is left.

    >>> slug("Transition numérique et communications électroniques")
    'transition-numerique-et-communications-electroniques'
    """
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-") or digest(text)


def digest(text: str) -> str:
    """Return 16 hexadecimal digits of the SHA-256 of `text`, white space and NFC apart."""
    normal = " ".join(unicodedata.normalize("NFC", text).split())
    return hashlib.sha256(normal.encode()).hexdigest()[:16]
