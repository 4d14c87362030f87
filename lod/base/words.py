"""The words of the site in other languages: `locale/LANGUAGE.po`, in the core and extensions."""

from collections.abc import Mapping
from functools import cache

import polib

from lod.base import packaged


@cache
def entries(language: str) -> tuple[polib.POEntry, ...]:
    paths = packaged.with_extensions(packaged.SITE, "locale", f"{language}.po")
    return tuple(entry for path in paths for entry in polib.pofile(str(path)))


@cache
def words(language: str) -> Mapping[str, str]:
    """Return French text, with plain spaces → the same in a language, as far as it is there."""
    return {entry.msgid: entry.msgstr for entry in entries(language) if entry.msgstr}


def english(text: str) -> str:
    """Return a French text in English; the text itself if the list does not have it.

    >>> english("Chercher")
    'Search'
    """
    return words("en").get(text.replace("\u00a0", " "), text)
