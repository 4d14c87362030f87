"""Texts of questions: encoding repaired, HTML and Markdown made plain; folding, slugs.

Rarely used packages are imported where they are used: a reader process starts in half the time.
"""

import hashlib
import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from lod.model.safe_html import CELLS, CONTROLS, LINE, TAG, escaped, normalized, sanitized, settled

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

C1 = re.compile("[\x80-\x9f]")  # in a text: typography of windows-1252 that was read as Latin-1
REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,7})|(\d{1,7}));?")
# combining accents, as NFKD separates them from their letters
MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")
SIGNS = re.compile(r"[\W_]+")
END = "\x1e"  # end of a line while a text is made plain: a control, so that no text holds it
SHORT = 256  # characters of a name; what it makes in an IRI is remembered
# characters of a name in an IRI: with what is added, the name of a file has 255 bytes at most
LONGEST_SLUG = 200
CELL = re.compile(rf"</?(?:{'|'.join(CELLS)})\b[^<>]*>")
MATTERS = re.compile(r"<(?!/|(?:p|br|div|center)\b)")  # a tag that is more than a new line
# what stands before the field: « Ministère délégué chargé de … », « Secrétariat d’État … »
RANK = re.compile(
    r"^(?:ministere|ministre|secretariat d etat|secretaire d etat)(?: deleguee?)?(?: chargee?)? "
)
ARTICLES = frozenset({"a", "au", "aux", "d", "de", "des", "du", "l", "la", "le", "les"})


@dataclass(frozen=True, slots=True)
class CleanText:
    """A text in both forms."""

    plain: str
    html: str | None = None  # None where it would say no more than `plain`


def clean_text(fragment: str) -> CleanText:
    """Return a repaired HTML fragment, balanced or not, as plain text and as safe HTML.

    Plain text has a line for each block and a space between cells.

    >>> clean_text("<em>clouds</em> <script>x()</script><p onclick='x()'>privés")
    CleanText(plain='clouds\\nprivés', html='<em>clouds</em> <p>privés</p>')
    >>> clean_text('</p><p align="CENTER"> TITRE <a name=PG19></a> </p><br>le c&#339;ur <p>').plain
    'TITRE\\nle cœur'
    """
    if "<" not in fragment and "&" not in fragment:
        return CleanText(_single_spaced(normalized("NFC", fragment)))
    safe = sanitized(fragment)
    return CleanText(strip_tags(safe), settled(safe) if MATTERS.search(safe) else None)


def joined_html(texts: Iterable[CleanText]) -> str | None:
    """Return texts as one HTML text, a line each; None if none of them needs markup."""
    texts = list(texts)
    if not any(text.html for text in texts):
        return None
    if len(texts) == 1:
        return texts[0].html
    return settled("<br>".join(text.html or escaped(text.plain) for text in texts))


def plain(fragment: str) -> str:
    return clean_text(fragment).plain


def strip_tags(safe: str) -> str:
    """Return the plain text of sanitized HTML: a line for each block, a space between cells."""
    safe = LINE.sub(END, safe)
    if "<t" in safe:
        safe = CELL.sub(" ", safe)
    lines = (line.strip(" ") for line in _single_spaced(TAG.sub("", safe)).split(END))
    text = "\n".join(filter(None, lines))
    # the sanitizer has replaced all other references
    for reference, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(reference, sign)
    return normalized("NFC", text)  # what stood on both sides of a tag may now compose


def _single_spaced(text: str) -> str:
    """Return a text with runs of white space made one space; no-break spaces within it stay."""
    for space in "\t\r\n\f\v":
        text = text.replace(space, " ")
    while "  " in text:
        text = text.replace("  ", " ")
    return text.strip()


def with_plain_spaces(text: str) -> str:
    """Return a name with single, ordinary spaces, in place of runs of any white space.

    >>> with_plain_spaces("Ministère\u00a0du\u202ftravail  et de la santé ")
    'Ministère du travail et de la santé'
    """
    return " ".join(text.split())


def repair(text: str) -> tuple[str, tuple[str, ...]]:
    """Return a text with its encoding repaired, and the kinds of repair, in words.

    References by number (`&#339;`) become letters, UTF-8 that was read as windows-1252 is decoded
    again, control characters and bidirectional overrides are removed.

    >>> repair("le c&#339;ur lâ\u20ac\u2122Ã©tat &#60;")
    ('le cœur l’état &#60;', ('numeric references', 'mojibake'))
    """
    if text.isascii() and text.isprintable() and "&" not in text:
        return text, ()  # as most values are: dates, references, numbers
    mended = []
    if "&#" in text:
        again = REFERENCE.sub(_decode_reference, text)
        mended += ["numeric references"] if again != text else []
        text = again
    if "Ã" in text or "Â" in text or "â€" in text:  # marks of UTF-8 read as windows-1252
        import ftfy

        again = ftfy.fix_encoding(text)
        mended += ["mojibake"] if again != text else []
        text = again
    if CONTROLS.search(text):
        again = C1.sub(_decode_windows_1252, text)
        mended += ["windows-1252"] if again != text else []
        text = CONTROLS.sub("", again)
        mended += ["control characters"] if text != again else []
    return text, tuple(mended)


def _decode_reference(match: re.Match[str]) -> str:
    """Return the character of a reference; one to an ASCII character stays, as it may be markup."""
    code = int(match[1], 16) if match[1] else int(match[2])
    return html.unescape(match[0]) if code > 127 else match[0]


def _decode_windows_1252(match: re.Match[str]) -> str:
    """Return the character of a byte in windows-1252; the five undefined ones stay."""
    return match[0].encode("latin-1").decode("cp1252", "ignore") or match[0]


def render_markdown(source: str, breaks: bool = False) -> str:
    """Return a Markdown block as HTML; raw tags stay, and with `breaks` each line end is a `<br>`.

    >>> render_markdown("la question des *clouds*")
    '<p>la question des <em>clouds</em></p>\\n'
    """
    html_: str = _markdown(breaks).render(source)
    return html_


@cache
def _markdown(breaks: bool) -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": True, "breaks": breaks})


def natural_key(text: str) -> str:
    """Return a key by which names sort without case and accents, and their numbers as numbers.

    >>> sorted(["Ain (10e circonscription)", "Ain (2e circonscription)"], key=natural_key)
    ['Ain (2e circonscription)', 'Ain (10e circonscription)']
    """
    return re.sub(r"[0-9]+", lambda number: number[0].zfill(6), fold(text))


def ordinal(number: int) -> str:
    """Return a number that tells a place, in English.

    >>> ordinal(1), ordinal(12), ordinal(17), ordinal(22)
    ('1st', '12th', '17th', '22nd')
    """
    ends = {1: "st", 2: "nd", 3: "rd"} if number % 100 not in (11, 12, 13) else {}
    return f"{number}{ends.get(number % 10, 'th')}"


def fold(text: str) -> str:
    """Return a text for comparing: without case, accents, ligatures and punctuation.

    >>> fold("L’Œuvre du\\u00a0Bâtiment")
    'l oeuvre du batiment'
    """
    text = text.casefold().replace("œ", "oe").replace("æ", "ae")
    return SIGNS.sub(" ", MARKS.sub("", normalized("NFKD", text))).strip()


@lru_cache(4096)  # few names recur in all questions
def bare_name(label: str) -> str:
    """Return a name without case, accents, rank and articles.

    >>> bare_name("Ministère de l’intérieur et des outre-mer"), bare_name("Intérieur et outre-mer")
    ('interieur et outre mer', 'interieur et outre mer')
    >>> bare_name("Première ministre")
    'premiere ministre'
    """
    folded = fold(label)
    words = [word for word in RANK.sub("", folded).split() if word not in ARTICLES]
    return " ".join(words) or folded


def slug(text: str) -> str:
    """Return an ASCII name for an IRI, made of a text, or of its hash if no letter is left; of more
    than LONGEST_SLUG characters, the beginning and a hash.

    >>> slug("Transition numérique et communications électroniques")
    'transition-numerique-et-communications-electroniques'
    """
    return (_remembered_slug if len(text) < SHORT else _slug)(text)


def _slug(text: str) -> str:
    name = re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-") or digest(text)
    if len(name) <= LONGEST_SLUG:
        return name
    hashed = digest(name)
    return f"{name[: LONGEST_SLUG - len(hashed) - 1].rstrip('-')}-{hashed}"


_remembered_slug = lru_cache(2**12)(_slug)


def digest(text: str) -> str:
    """Return 16 hexadecimal digits of the SHA-256 of a text in NFC with single spaces."""
    normal = " ".join(normalized("NFC", text).split())
    return hashlib.sha256(normal.encode()).hexdigest()[:16]
