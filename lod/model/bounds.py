"""Bounds of texts and markup, counted in linear time before a parser that takes longer sees them.

Parsers of HTML take the square of the number of attributes, open elements and references; Unicode
normalization takes that of the number of accents on one letter. Texts up to SHORT take no time
whatever is in them, and are not counted.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Literal

SHORT = 5_000  # characters; as most texts
SHORT_PAGE = 200_000  # characters of a page with its scripts and styles, of an XML file
ATTRIBUTES = 200  # of one tag
DEPTH = 500  # elements inside one another
REOPENED = 200_000  # elements such as <b> that a parser opens again in each block after them
SIGNS = 50_000  # `&` in one text, and letters such as « and no-break spaces: each is sought alone
ACCENTS = 1_000  # combining marks on one letter; Unicode's « Stream-Safe Text » has 30
UNENDED = 20  # tags in which another one begins, « a <b <c> »
# a tag as in HTML 5, or the beginning of one. It has no other `<`: so wherever a parser takes a tag
# to begin, be it in a script or a comment, this expression begins, and it ends where the tag ends
_VALUE = r"""\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+'|[^\s"'<>][^\s<>]*+)"""
_ATTRIBUTE = rf"[\s/]*+[^\s<>/=]++(?:{_VALUE})?+"
_TAG = re.compile(
    rf"<(?P<end>/?+)(?P<name>[^\W\d][^\s<>/]*+)(?P<rest>(?:{_ATTRIBUTE}){{0,{ATTRIBUTES}}}+[\s/]*+)"
    r"(?P<last>>?)"
)
_SLOW = re.compile("[&\x80-\xbf]")  # in UTF-8 all but `&` begin with the byte of the no-break space
# elements that have no end, or whose end may be left out
_ENDLESS = frozenset(
    {
        *("br", "hr", "img", "input", "link", "meta", "col", "wbr", "base", "area", "embed"),
        *("p", "li", "dd", "dt", "tr", "td", "th", "thead", "tbody", "tfoot", "option"),
        *("source", "html", "body"),
    }
)
_FORMATTING = frozenset(
    {
        *("a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong"),
        *("tt", "u"),
    }
)


class BeyondBoundsError(ValueError):
    """A text has what no text of a question has: whoever sent it wants to keep a parser busy."""


def normalized(form: Literal["NFC", "NFKD"], text: str) -> str:
    """Return a text in a normal form of Unicode; raise BeyondBoundsError for too many accents."""
    if len(text) > SHORT and not text.isascii() and _too_many_accents().search(text):
        raise BeyondBoundsError(f"a letter with more than {ACCENTS} accents, which no text has")
    return unicodedata.normalize(form, text)


@cache
def _too_many_accents() -> re.Pattern[str]:
    """Return what finds a run of characters that normalization sorts."""
    signs = (chr(code) for code in range(0x300, 0x20000) if not 0xD800 <= code < 0xE000)
    # some are no marks themselves, and made of marks only
    marks = (c for c in signs if unicodedata.combining(unicodedata.normalize("NFKD", c)[0]))
    return re.compile(f"[{''.join(marks)}]{{{ACCENTS}}}")


def check_tags(page: str) -> None:
    """Raise BeyondBoundsError for a long page or XML file with a tag that a parser is slow at."""
    if len(page) > SHORT_PAGE:
        for _ in _tags(page):
            pass


def check_markup(fragment: str) -> None:
    """Raise BeyondBoundsError for a long HTML fragment that the sanitizer would take minutes for.

    Elements are counted as open until as many ends of that name follow, which is at least as many
    as a parser has open.
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
    for tag in _TAG.finditer(markup):
        after = tag.end()
        if markup[after - 1] != ">" and after < len(markup):  # nothing before its end is a `>`
            unended += 1
            if unended > UNENDED or markup[after] != "<":
                wrong = f"with more than {ATTRIBUTES} attributes, or without end"
                raise BeyondBoundsError(f"a tag '{tag[0][:20]}' {wrong}")
        yield tag
