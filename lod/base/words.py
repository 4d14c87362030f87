"""The words of the site in other languages: `locale/LANGUAGE.po`, in the core and extensions."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Self

import polib

from lod.base import packaged


class Sentence(str):
    """A French text for people, made before it is known who reads it; `translated` says it in
    another language: `form` has `{}` for each of `values`, which may be such texts.

    >>> Sentence("ligne {} : il manque « } »", 3)
    'ligne 3 : il manque « } »'
    """

    form: str
    values: tuple[object, ...]

    def __new__(cls, form: str, *values: object) -> Self:
        sentence = super().__new__(cls, filled(form, values))
        sentence.form, sentence.values = form, values
        return sentence


def filled(form: str, values: Iterable[object]) -> str:
    """Return a form with its values; no other field is read: a reader may have sent the form."""
    first, *others = form.split("{}")
    return first + "".join(f"{value}{text}" for value, text in zip(values, others, strict=False))


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
