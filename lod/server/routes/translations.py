"""Which language a client gets, and where a page is in others."""

from typing import NamedTuple

from flask import request

from lod.server.engine.current_release import ServedRelease
from lod.website.language import FRENCH, LANGUAGES, translations

OTHERS = tuple(language for language in LANGUAGES if language != FRENCH)
IN_OTHERS = f"any({', '.join(OTHERS)})"  # the part of a route that names one of them


class TranslatedQuestion(NamedTuple):
    """The page of a question in another language than French."""

    uid: str
    language: str


def preferred_language() -> str:
    """Return the language of LANGUAGES that the client prefers, French if it prefers none."""
    return request.accept_languages.best_match(list(LANGUAGES), default=FRENCH) or FRENCH


def translation_links(release: ServedRelease, path: str) -> list[str]:
    """Return the values of a Link header that lead to a page in each of its languages."""
    return [
        f'<{release.base_path}{page}>; rel="alternate"; type="text/html"; hreflang="{code}"'
        for code, _, page in translations(path)
    ]


def translated_question(path: str) -> TranslatedQuestion | None:
    """Return whose page in another language is at a path; None if it is the path of none."""
    for language in OTHERS:
        uid = path.removeprefix("question/").removesuffix(f"{LANGUAGES[language]}.html")
        if path == f"question/{uid}{LANGUAGES[language]}.html":
            return TranslatedQuestion(uid, language)
    return None
