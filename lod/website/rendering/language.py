"""The language of a page: its words, from `site/locale/en.po` and the ontology, dates and numbers.

Templates and data are French; a page in another language is written inside `with written_in("en")`.
What its word list does not have stays French.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import NamedTuple

from markupsafe import Markup

from lod.base import packaged
from lod.base.words import Sentence, entries, filled, words
from lod.model.dates import MONTH_NAMES, iso_in_french
from lod.model.text import ordinal
from lod.rdf.ontology import labels
from lod.rdf.vocab import RDFS, SKOS
from lod.reference.link_tables import reviewed_headings

FRENCH = "fr"
LANGUAGES = {FRENCH: "", "en": ".en"}  # language → end of the name of its pages
NAMES = {FRENCH: "Français", "en": "English"}
MONTHS = {  # language → the twelve names
    FRENCH: MONTH_NAMES,
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September",
           "October", "November", "December"),
}  # fmt: skip
SHORT_MONTHS = {  # as the Unicode locale data (CLDR) abbreviates them
    FRENCH: ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.",
             "nov.", "déc."),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec"),
}  # fmt: skip
UNTRANSLATED = Markup(' lang="fr"')  # the attribute of what is French in a page that is not
# how a page is there in every language, as `site/traduites.csv` says: it alone; or `dossier`, with
# all that is in the folder of its name
ALONE = "seule"
_LEGISLATURE = re.compile(r"(\d+)e législature")
_ENDING = re.compile(r"(\d+)e|depuis (\d{4})")  # in brackets after the name of a group, a ministry
_NUMBERED = re.compile(r"(.+) n° (\d+)")  # a question, without its legislature
_BRACKETED = re.compile(r"\A(.+) \(((?:(?! \().)+)\)")
_language: ContextVar[str] = ContextVar("language", default=FRENCH)


class Catalogue(NamedTuple):
    """The words of a language, by the French ones, with plain spaces."""

    words: Mapping[str, str]
    concepts: Mapping[str, str]  # names of terms and concepts of the ontology
    counted: Mapping[str, tuple[str, str]]  # what stands after a number: singular and plural


@contextmanager
def written_in(language: str) -> Iterator[None]:
    """Write pages in one of LANGUAGES for a while."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def language() -> str:
    return _language.get()


def suffix() -> str:
    """Return the end of the name of a page in this language, before its extension."""
    return LANGUAGES[_language.get()]


def is_translated(path: str) -> bool:
    """Say whether the page at a path, without extension, is there in every language."""
    how = translated_pages()
    if path in how or path in translated_guides():
        return True
    return how.get(path.partition("/")[0], ALONE) != ALONE


@cache
def translated_pages() -> dict[str, str]:
    """Return page, or kind of resources → how it is there."""
    table = packaged.table_rows(packaged.SITE / "traduites.csv")
    return {row["page"]: row["comment"] for row in table}


def translations(path: str) -> list[tuple[str, str, str]]:
    """Return language, its name, and the file of each translation of the page at a path, itself
    among them; nothing if there is none.
    """
    if not is_translated(path):
        return []
    return [(code, NAMES[code], f"{path}{end}.html") for code, end in LANGUAGES.items()]


def page_address(base: str, path: str) -> str:
    """Return the one address of a page, whose path has its language but no extension."""
    return base if path == "index" else f"{base}{path}.html"


def alternates(base: str, path: str) -> dict[str, str]:
    """Return `hreflang` → address of each translation of a page, itself among them, and of the one
    for readers of any other language; nothing if there is no translation.
    """
    if not is_translated(path):
        return {}
    addresses = {code: page_address(base, path + end) for code, end in LANGUAGES.items()}
    return addresses | {"x-default": addresses[FRENCH]}


def languages_of(path: str) -> tuple[str, ...]:
    return tuple(LANGUAGES) if is_translated(path) else (FRENCH,)


@cache
def translated_guides() -> frozenset[str]:
    """Return the names of the guides that are there in French and in English."""
    names = {path.stem for path in packaged.with_extensions(packaged.SITE, "pages", "*.md")}
    return frozenset(n for n in names if all(n + end in names for end in LANGUAGES.values()))


@cache
def catalogue(of: str) -> Catalogue:
    """Return the words of a language: those of its list, and the names of concepts."""
    concepts = {
        name: labels(predicate, of)[iri]
        for predicate in (RDFS.label, SKOS.prefLabel)
        for iri, name in labels(predicate).items()
        if iri in labels(predicate, of)
    }
    plurals = {entry.msgid: entry.msgstr_plural for entry in entries(of) if entry.msgid_plural}
    counted = {singular: (forms[0], forms[1]) for singular, forms in plurals.items()}
    return Catalogue(words(of), concepts, counted)


def translated(text: str) -> str:
    """Return a French text in this language; the text itself if the list does not have it.

    >>> with written_in("en"):
    ...     translated("Chercher")
    'Search'
    """
    if (now := _language.get()) != FRENCH and isinstance(text, Sentence):
        values = (translated(v) if isinstance(v, Sentence) else v for v in text.values)
        return filled(_translated(text.form, now), values)
    return text if now == FRENCH else _translated(text, now)


@lru_cache(2**14)
def _translated(text: str, into: str) -> str:
    return catalogue(into).words.get(text.replace("\u00a0", " "), text)


def data_text(text: str) -> str:
    """Return a text of the data as it stands in a page of this language: its name in it, or the
    text, marked as French.

    >>> with written_in("en"):
    ...     print(data_text("Question écrite"), data_text("Éducation"), data_text("2018"))
    Written question <span lang="fr">Éducation</span> 2018
    """
    if _language.get() == FRENCH or not (mark := untranslated(text)):
        return data_name(text)
    return Markup("<span{}>{}</span>").format(mark, data_name(text))


def data_name(text: str) -> str:
    """Return the name that a text of the data has in this language: that of a term or a concept of
    the ontology, of a legislature, or a word of the site; the text itself if it has none.

    >>> with written_in("en"):
    ...     data_name("Question écrite n° 2 (16e législature)"), data_name("X (depuis 2025)")
    ('Written question no. 2 (16th legislature)', 'X (since 2025)')
    """
    now = _language.get()
    if now == FRENCH:
        return text
    if name := _known_name(text, now):
        return name
    if (parts := _BRACKETED.fullmatch(text)) and _ENDING.fullmatch(parts[2]):
        return f"{parts[1]} ({_known_name(parts[2], now)})"
    return text


@lru_cache(2**14)
def _known_name(text: str, into: str) -> str:
    """Return the name of a text in another language than French, "" if it has none; one of two
    parts, the second in brackets, has one if both have.
    """
    plain, known = text.replace("\u00a0", " "), catalogue(into)
    if number := _LEGISLATURE.fullmatch(plain):
        return f"{ordinal(int(number[1]))} {known.words['législature']}"
    if name := known.concepts.get(plain) or known.words.get(plain):
        return name
    if (asked := _NUMBERED.fullmatch(plain)) and (kind := known.concepts.get(asked[1])):
        return f"{kind} {known.words['n°']} {asked[2]}"
    if end := _ENDING.fullmatch(plain):
        return ordinal(int(end[1])) if end[1] else f"{translated('depuis')} {end[2]}"
    if parts := _BRACKETED.fullmatch(plain):
        names = [_known_name(part, into) for part in parts.groups()]
        return "{} ({})".format(*names) if all(names) else ""
    return ""


def heading_name(heading: str) -> str:
    """Return what a heading is called in this language beside its French name; "" if nothing is.

    >>> with written_in("en"):
    ...     heading_name("administration"), heading_name("nothing of the kind")
    ('public administration', '')
    """
    return "" if _language.get() == FRENCH else _english_headings().get(heading.casefold(), "")


@cache
def _english_headings() -> dict[str, str]:
    """Return folded heading → its English name."""
    return {row.rubrique.casefold(): row.anglais for row in reviewed_headings()}


def untranslated(text: str = "") -> Markup:
    """Return the attribute `lang` of a text of the data; "" on a French page, and for a text that
    has a name in this language, or no letter.
    """
    if (now := _language.get()) == FRENCH:
        return Markup()
    has_name = text and (_known_name(text, now) or not any(map(str.isalpha, text)))
    return Markup() if has_name else UNTRANSLATED


def colon() -> str:
    """Return a colon with the space that this language has before it."""
    return "\u00a0:" if _language.get() == FRENCH else ":"


def day_text(day: date) -> str:
    """Return a day in words.

    >>> day_text(date(2022, 3, 1))
    '1er mars 2022'
    >>> with written_in("en"):
    ...     day_text(date(2022, 3, 1))
    '1 March 2022'
    """
    return iso_text(day.isoformat())


def iso_text(iso: str) -> str:
    """Return in words a day, a month or a year that is given in ISO 8601."""
    return _iso_text(iso, _language.get())


@lru_cache(2**14)  # each day stands on many lists
def _iso_text(iso: str, into: str) -> str:
    if into == FRENCH:
        return iso_in_french(iso)
    year, month, day = (*map(int, iso.split("-")), 0, 0)[:3]
    parts = (str(day) if day else "", MONTHS[into][month - 1] if month else "", str(year))
    return " ".join(filter(None, parts))


def short_month(year: int, month: int) -> str:
    """Return a month and its year, the month abbreviated if it is long.

    >>> short_month(2025, 1), short_month(2025, 6)
    ('janv. 2025', 'juin 2025')
    """
    return f"{SHORT_MONTHS[_language.get()][month - 1]} {year}"


def decimal_text(value: str) -> str:
    """Return a number as this language writes it, with its decimals if it has any.

    >>> decimal_text("98.3"), decimal_text("45012") == "45\\u202f012"
    ('98,3', True)
    >>> with written_in("en"):
    ...     decimal_text("45012.5")
    '45,012.5'
    """
    if _language.get() != FRENCH:
        return f"{Decimal(value).normalize():,f}"
    whole, _, decimals = value.partition(".")
    grouped = f"{int(whole):,}".replace(",", "\u202f")
    return f"{grouped},{decimals}" if decimals else grouped


def counted(number: int | Decimal, noun: str) -> str:
    """Return a number with a French noun that agrees with it, in this language.

    >>> counted(1, "autre député"), counted(2, "autre député"), counted(0, "mois")
    ('1 autre député', '2 autres députés', '0 mois')
    >>> with written_in("en"):
    ...     counted(0, "question trouvée"), counted(1, "question trouvée")
    ('0 questions found', '1 question found')
    """
    return f"{decimal_text(f'{Decimal(number):f}')} {agreeing(number, noun)}"


def agreeing(number: int | Decimal, noun: str) -> str:
    """Return a French noun, in this language, as it stands after a number: each word agrees.

    >>> agreeing(1, "auteur"), agreeing(2, "auteur")
    ('auteur', 'auteurs')
    """
    if (now := _language.get()) != FRENCH:
        one, many = catalogue(now).counted.get(noun, (noun, noun))
        return one if number == 1 else many
    words = (w if -2 < number < 2 or w.endswith(("s", "x")) else f"{w}s" for w in noun.split())
    return " ".join(words)
