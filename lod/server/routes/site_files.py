"""Pages that are made when they are asked for, and in which language a client gets them."""

from datetime import date
from typing import Any, NamedTuple

from flask import Response, request

from lod.publish.publication import Publication
from lod.publish.search.search_index import SearchIndex
from lod.rdf.serialize import DATA_FORMS
from lod.server.common.problems import Problem, language_for
from lod.server.engine.current_release import ServedRelease
from lod.website.rendering.language import (
    FRENCH,
    LANGUAGES,
    alternates,
    is_translated,
    languages_of,
)
from lod.website.rendering.templates import render

OTHERS = tuple(language for language in LANGUAGES if language != FRENCH)
IN_OTHERS = f"any({', '.join(OTHERS)})"  # the part of a route that names one of them


def search_index_of(release: ServedRelease) -> SearchIndex:
    """Return the index of a release; raise Problem if it has none."""
    if release.search_index is None:
        detail = "elle a été faite par une version antérieure du programme ; publiez-la à nouveau"
        raise Problem("sans-index", detail)
    return release.search_index


def page(release: ServedRelease, template: str, path: str, **values: Any) -> Response:
    return Response(render_page(release, template, path, **values), mimetype="text/html")


def render_page(release: ServedRelease, template: str, path: str, **values: Any) -> bytes:
    return render(template, publication_of(release), path, **values)


def publication_of(release: ServedRelease) -> Publication:
    """Return what every page prints; without publisher if the release has no search index."""
    if release.search_index:
        return Publication.saved(release.search_index.properties)
    return Publication(release.base, "", date.fromisoformat(release.data_until))


class SpokenPage(NamedTuple):
    """The page at a path in one of its languages."""

    path: str  # without extension and language
    language: str


def preferred_language() -> str:
    """Return the language of LANGUAGES that the client prefers, French if it prefers none."""
    return language_for(request.headers.get("Accept-Language", ""))


def page_asked() -> tuple[str, str]:
    """Return path and language of the page that the address of this request names, if it exists in
    every language; else "" and the language that the client prefers.
    """
    name = request.path.removeprefix("/")
    if (spoken := spoken_page(name)) and is_translated(spoken.path):
        return spoken
    # an address without language, or of another form
    stem, _, end = name.rpartition(".")
    name = stem if end in DATA_FORMS else name
    return name if is_translated(name) else "", preferred_language()


def translation_links(release: ServedRelease, path: str) -> list[str]:
    """Return the values of a Link header that lead to a page in each of its languages."""
    return [
        f'<{address}>; rel="alternate"; type="text/html"; hreflang="{code}"'
        for code, address in alternates(release.base, path).items()
    ]


def spoken_page(path: str) -> SpokenPage | None:
    """Return the page at a path that ends as those of pages do, and its language; None for any
    other path.
    """
    for language in (*OTHERS, FRENCH):
        end = f"{LANGUAGES[language]}.html"
        if path.endswith(end) and language in languages_of(page := path.removesuffix(end)):
            return SpokenPage(page, language)
    return None
