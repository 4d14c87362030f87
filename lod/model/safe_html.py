"""HTML that is published: an allow-list of elements, in NFC, and sanitized last.

Whoever makes or changes such HTML does it here. What is done after the sanitizer goes through it
again: U+0338 makes another character of the `>` before it, and what followed becomes an attribute.
"""

import html
import re
import unicodedata

import nh3

from lod.model.bounds import check_markup, normalized

# C0 and C1 controls except tab and line ends, and bidirectional overrides: removed from texts
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
# elements that stay in a text; of all others only the content stays
BLOCKS = (
    *("p", "br", "div", "center", "blockquote", "pre", "hr", "h3", "h4", "h5", "h6"),
    *("ul", "ol", "li", "dl", "dt", "dd"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr"),
)
CELLS = ("td", "th")
INLINE = ("strong", "b", "em", "i", "u", "s", "sup", "sub")
DROPPED = {"script", "style", "title", "template"}  # elements that go with their content
SPANS = {name: {"colspan", "rowspan"} for name in CELLS}
LINE = re.compile(rf"</?(?:{'|'.join(BLOCKS)})\b[^>]*>")
TAG = re.compile(r"<[^>]*>")  # of sanitized HTML, whose attributes hold no `>`
PIECES = re.compile(r"(<[^>]*>)")  # what splits it: each second piece is a tag
EMPTY = re.compile(r"<(p|div|center)>\s*</\1>")
PRE = re.compile(r"<pre>\n+")  # each parser takes one line end away
PASSES = 8  # through the sanitizer; a real text needs one, which changes nothing


def _span(tag: str, name: str, value: str) -> str | None:
    """Return how many rows or columns a cell spans; None, to drop it, for other values."""
    return value if value.isascii() and value.isdigit() and len(value) < 4 else None


def _link(tag: str, name: str, value: str) -> str | None:
    """Return an attribute; None, to drop it, for one that could be taken for markup."""
    return value if len(value) < 500 and not re.search("[<>]", value) else None


_sanitizer = nh3.Cleaner(
    tags={*BLOCKS, *CELLS, *INLINE},
    clean_content_tags=DROPPED,
    attributes=SPANS,
    attribute_filter=_span,
    link_rel=None,
)
_outliner = nh3.Cleaner(
    tags={*BLOCKS, *CELLS, *INLINE, "h1", "h2", "section", "span", "a"},
    clean_content_tags={*DROPPED, "nav", "footer"},
    attributes=SPANS | {"a": {"href", "data-document-id"}},
    attribute_filter=_link,
    link_rel=None,
)


def outline(page: str) -> str:
    """Return a page as balanced markup: blocks, emphasis, and links; for reading only.

    Raises ValueError, as `sanitized` does, for what a parser would take minutes for.
    """
    check_markup(page)
    return _outliner.clean(page).replace("&nbsp;", "\u00a0")


def sanitized(fragment: str) -> str:
    """Return an HTML fragment, balanced or not, with the allowed elements only, its text in NFC.

    It is for reading; before it is published, it is `settled`.

    >>> sanitized("<em onclick=x()>cafe\u0301<script>x()</script>") == "<em>café</em>"
    True
    """
    check_markup(fragment)
    return _normalised(_cleaned(fragment))


def settled(safe: str) -> str:
    """Return sanitized HTML as it is published: to normalise or sanitize it again changes nothing.

    Empty blocks go, the old `center` becomes `div`.

    >>> settled("<center><em>\u0338x</em></center><p> </p>") == "<div><em>\u00a0\u0338x</em></div>"
    True
    """
    safe = EMPTY.sub("", safe)
    safe = safe.replace("<center>", "<div>").replace("</center>", "</div>").strip()
    for _ in range(PASSES):
        safe = _normalised(safe)
        again = _cleaned(safe)
        if again == safe:
            return safe
        safe = again
    # markup that no pass leaves as it is: lines and text stay
    return _normalised(TAG.sub(lambda tag: "<br>" if LINE.match(tag[0]) else "", safe))


def escaped(text: str) -> str:
    """Return a plain text as HTML."""
    return html.escape(text, quote=False)


def replaced(safe: str, wrong: str, right: str) -> str:
    """Return sanitized HTML with a word of its text replaced, wherever no tag stands within it.

    >>> replaced("<em>R&amp;D, em</em>", "R&D, em", "<R>")
    '<em>&lt;R&gt;</em>'
    """
    pieces = PIECES.split(safe)
    pieces[::2] = [escaped(html.unescape(text).replace(wrong, right)) for text in pieces[::2]]
    return settled("".join(pieces))


def _cleaned(fragment: str) -> str:
    """Return what the sanitizer leaves, with no-break spaces as characters.

    Nothing but `&nbsp;` itself reads so in its output, where each other `&` is `&amp;`.
    """
    return _sanitizer.clean(fragment).replace("&nbsp;", "\u00a0")


def _normalised(safe: str) -> str:
    """Return sanitized HTML with each text between its tags in NFC, and without controls."""
    if CONTROLS.search(safe):  # of `&#1;`, say
        safe = CONTROLS.sub("", safe)
    if normalized("NFC", f">{safe}") == f">{safe}":
        return PRE.sub("<pre>", safe)
    pieces = PIECES.split(safe)
    pieces[::2] = [_composed(text) for text in pieces[::2]]
    return PRE.sub("<pre>", "".join(pieces))


def _composed(text: str) -> str:
    """Return the text after a tag in NFC; a mark that the tag would take gets a space to stand on.

    The no-break space is what Unicode shows a mark on that has no letter.
    """
    text = normalized("NFC", text)
    is_apart = unicodedata.is_normalized("NFC", f">{text}")
    return text if is_apart else f"\u00a0{text}"
