"""Pages that are made when they are asked for, and look like those of the release."""

from datetime import date
from typing import Any

from flask import Response

from lod.publish.publication import Publication
from lod.publish.search.search_index import SearchIndex
from lod.server.common.problems import Problem
from lod.server.engine.current_release import ServedRelease
from lod.website.rendering import render


def search_index_of(release: ServedRelease) -> SearchIndex:
    """Return the index of a release; raise Problem if it has none."""
    if release.search_index is None:
        detail = "elle a été faite par une version antérieure du programme ; publiez-la à nouveau"
        raise Problem("sans-index", detail)
    return release.search_index


def page(release: ServedRelease, template: str, path: str, **values: Any) -> Response:
    """Return a page; `path` is where it stands below the site."""
    return Response(render_page(release, template, path, **values), mimetype="text/html")


def render_page(release: ServedRelease, template: str, path: str, **values: Any) -> bytes:
    """Return the text of a page."""
    return render(template, publication_of(release), path, **values)


def publication_of(release: ServedRelease) -> Publication:
    """Return what every page prints; a release without index does not say who publishes it."""
    if release.search_index:
        return Publication.saved(release.search_index.properties)
    return Publication(release.base, "", date.fromisoformat(release.data_until))
