"""HTML that is published: an allow-list of elements, in NFC, and sanitized last.

Whoever makes or changes such HTML does it here. After each change it is sanitized again: U+0338
joins with a `>` before it into another character, and what follows becomes an attribute.

Bounds of texts and markup are counted first, in linear time. Parsers of HTML take the square of the
number of attributes, open elements and references; Unicode normalization takes the square of the
number of accents on one letter. Texts up to SHORT are fast whatever is in them, and not counted.
"""

import html
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Literal

import nh3

SHORT = 5_000  # characters; as most texts
SHORT_PAGE = 200_000  # characters of a page with its scripts and styles, of an XML file
ATTRIBUTES = 200  # of one tag
DEPTH = 500  # elements inside one another
REOPENED = 200_000  # elements such as <b> that a parser opens again in each block after them
SIGNS = 50_000  # `&` in one text, and letters such as « and no-break spaces: each is sought alone
ACCENTS = 1_000  # combining marks on one letter; Unicode's « Stream-Safe Text » has 30
UNENDED = 20  # tags in which another one begins, « a <b <c> »
# a tag as in HTML 5, or the beginning of one, without a second `<`: wherever a parser takes a tag
# to begin, be it in a script or a comment, this expression matches, and it ends where the tag ends
_VALUE = r"""\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+'|[^\s"'<>][^\s<>]*+)"""
_ATTRIBUTE = rf"[\s/]*+[^\s<>/=]++(?:{_VALUE})?+"
_BOUNDED_TAG = re.compile(
    rf"<(?P<end>/?+)(?P<name>[^\W\d][^\s<>/]*+)(?P<rest>(?:{_ATTRIBUTE}){{0,{ATTRIBUTES}}}+[\s/]*+)"
    r"(?P<last>>?)"
)
_SLOW = re.compile("[&\x80-\xbf]")  # in UTF-8 all but `&` begin with the byte of the no-break space
# elements that have no end, or whose end may be left out
_ENDLESS = frozenset((
    "br", "hr", "img", "input", "link", "meta", "col", "wbr", "base", "area", "embed", "p", "li",
    "dd", "dt", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "source", "html", "body",
))  # fmt: skip
_FORMATTING = frozenset((
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
))  # fmt: skip
# C0 and C1 controls except tab and line ends, bidirectional overrides, and the two noncharacters
# that XML does not allow: removed from texts
CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
# elements that stay in a text; of all others only the content stays
BLOCKS = (
    *("p", "br", "div", "center", "blockquote", "pre", "hr", "h3", "h4", "h5", "h6"),
    *("ul", "ol", "li", "dl", "dt", "dd"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr"),
)
CELLS = ("td", "th")
INLINE = ("strong", "b", "em", "i", "u", "s", "sup", "sub")
DROPPED = {"script", "style", "title", "template"}  # elements that go with their content
SPAN = re.compile(r"\s*([0-9]{1,3})(?![0-9])")
SPANS = {name: {"colspan", "rowspan"} for name in CELLS}
LINE = re.compile(rf"</?(?:{'|'.join(BLOCKS)})\b[^<>]*>")
TAG = re.compile(r"<[^<>]*>")  # of sanitized HTML, whose attributes hold no `<` and no `>`
PIECES = re.compile(r"(<[^<>]*>)")  # what splits it: each second piece is a tag
EMPTY = re.compile(r"<(p|div|center)>\s*</\1>")
PRE = re.compile(r"<pre>\n+")  # each parser takes one line end away
_IN_TABLES = re.compile(r"<(/?)(table|thead|tbody|tfoot|tr|td|th)\b([^<>]*)>")
_SPANNED = re.compile(r'(col|row)span="([0-9]+)"')
PASSES = 8  # through the sanitizer; a real text needs one, which changes nothing


class BeyondBoundsError(ValueError):
    """A text has what no text of a question has: whoever sent it wants to keep a parser busy."""


def normalized(form: Literal["NFC", "NFKD"], text: str) -> str:
    """Return a text in a normal form of Unicode; raise BeyondBoundsError for too many accents."""
    check_accents(text)
    return unicodedata.normalize(form, text)


def check_accents(text: str) -> None:
    """Raise BeyondBoundsError for a text that normalization would sort for minutes."""
    # a run of so many marks has one at a multiple of ACCENTS: only these are looked at first
    is_doubtful = len(text) > SHORT and any(map(_is_mark, text[::ACCENTS]))
    if is_doubtful and _too_many_accents().search(text):
        raise BeyondBoundsError(f"a letter with more than {ACCENTS} accents, which no text has")


def _is_mark(sign: str) -> bool:
    """Return whether normalization sorts a character: a mark, or one made of marks only."""
    return unicodedata.combining(unicodedata.normalize("NFKD", sign)[0]) > 0


@cache
def _too_many_accents() -> re.Pattern[str]:
    """Return the pattern of too long a run of characters that normalization sorts."""
    marks = filter(_is_mark, map(chr, range(0x300, 0x20000)))
    return re.compile(f"[{''.join(marks)}]{{{ACCENTS}}}")


def check_tags(page: str) -> None:
    """Raise BeyondBoundsError for a long page or XML file with a tag that a parser is slow at."""
    if len(page) > SHORT_PAGE:
        for _ in _tags(page):
            pass


def check_markup(fragment: str) -> None:
    """Raise BeyondBoundsError for a long HTML fragment that the sanitizer would take minutes for.

    An element counts as open until as many end tags of its name follow as there are start tags, so
    that at least as many count as a parser has open.
    """
    if len(fragment) <= SHORT:
        return
    if len(_SLOW.sub("", fragment)) < len(fragment) - SIGNS:
        raise BeyondBoundsError(
            f"more than {SIGNS} references ('&…;') or no-break spaces, which none has"
        )
    opened: defaultdict[str, int] = defaultdict(int)
    depth = formatting = reopened = 0
    for tag in _tags(fragment):
        end, name = tag.group("end", "name")
        name = name.lower()
        is_formatting = name in _FORMATTING
        if not is_formatting:
            reopened += formatting
            if reopened > REOPENED:
                wrong = "elements such as <b> around too many others, or never closed"
                raise BeyondBoundsError(wrong)
            if name in _ENDLESS:
                continue
        if end and not opened[name]:
            continue
        step = -1 if end else 1
        opened[name] += step
        depth += step
        formatting += step * is_formatting
        if depth > DEPTH:
            raise BeyondBoundsError(
                f"more than {DEPTH} elements inside one another, which no text has"
            )


def _tags(markup: str) -> Iterator[re.Match[str]]:
    """Yield the tags; raise BeyondBoundsError for one that has too many attributes, or no end."""
    unended = 0
    for tag in _BOUNDED_TAG.finditer(markup):
        after = tag.end()
        if markup[after - 1] != ">" and after < len(markup):  # nothing before its end is a `>`
            unended += 1
            if unended > UNENDED or markup[after] != "<":
                wrong = f"with more than {ATTRIBUTES} attributes, or without end"
                raise BeyondBoundsError(f"a tag '{tag[0][:20]}' {wrong}")
        yield tag


def _span(tag: str, name: str, value: str) -> str | None:
    """Return how many rows or columns a cell spans, its leading digits as browsers read them (some
    records have `2"`); None, to drop it, for other values.
    """
    digits = SPAN.match(value)
    return digits[1] if digits else None


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


def uneven_tables(safe: str) -> list[int]:
    """Return the numbers, from 1, of the tables in sanitized HTML whose rows are not equally wide,
    `colspan` and `rowspan` counted: what stands in them may stand in a wrong column. A row without
    cells does not count.

    >>> rows = '<tr><td rowspan="2">a</td><td>b</td></tr><tr><td>c</td></tr>'
    >>> uneven_tables(f"<table>{rows}</table>"), uneven_tables(f"<table>{rows}{rows[-18:]}</table>")
    ([], [1])
    """
    uneven, opened, count = list[int](), list[_Grid](), 0
    for tag in _IN_TABLES.finditer(safe):
        end, name, rest = tag.groups()
        if name == "table" and not end:
            count += 1
            opened.append(_Grid(count))
        elif opened and name == "table":
            grid = opened.pop()
            uneven += [grid.number] * (len(grid.widths) > 1)
        elif opened and name == "tr":
            (_Grid.end_row if end else _Grid.begin_row)(opened[-1])
        elif opened and name in CELLS and not end:
            spans = {kind: int(number) for kind, number in _SPANNED.findall(rest)}
            opened[-1].add(spans.get("col", 1) or 1, spans.get("row", 1))
        elif opened and not end:  # cells end with their section
            opened[-1].begin_section()
    return sorted(uneven)


class _Grid:
    """A table while its rows are counted; only widths, since a span may be wide."""

    def __init__(self, number: int) -> None:
        self.number, self.widths = number, set[int]()
        self._row = self._own = self._begun = 0
        self.begin_section()

    def begin_section(self) -> None:
        self._above, self._ends = 0, defaultdict[int, int](int)  # columns of cells of rows before

    def begin_row(self) -> None:
        self._row += 1
        self._above -= self._ends.pop(self._row, 0)
        self._own = self._begun = 0

    def add(self, columns: int, rows: int) -> None:
        self._own += columns
        if rows != 1:  # 0: to the end of the section
            self._begun += columns
            self._ends[self._row + rows] += columns if rows else 0

    def end_row(self) -> None:
        if self._own:
            self.widths.add(self._own + self._above)
        self._above += self._begun


def escaped(text: str) -> str:
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
