"""`/recherche/suggestions`: what a request that is being typed may name, as a page and as JSON.

A script shows the JSON below the field; without it, the page lists the same.
"""

from flask import Blueprint, Response

from lod.publish.search.parameters import SearchRequest, parameters_for
from lod.publish.search.things import Thing
from lod.server.engine.current_release import ServedRelease
from lod.server.routes.caching import answer_unless_known
from lod.server.routes.context import current, prefers_html
from lod.server.routes.search_page import json_response, thing_json, verified_parameters
from lod.server.routes.site_files import IN_OTHERS, page, search_index_of
from lod.website.rendering.language import FRENCH, counted, translated, written_in

JSON = "application/json"
blueprint = Blueprint("suggestions", __name__, url_prefix="/recherche")


@blueprint.get("/suggestions")
def suggestions() -> Response:
    """Answer with the page or, to a program, with JSON."""
    response = answer("html" if prefers_html(JSON) else "json")
    response.vary.add("Accept")
    return response


@blueprint.get("/suggestions.<any(html, json):form>")
@blueprint.get(f"/suggestions.<{IN_OTHERS}:language>.<any(html, json):form>")
def suggestions_in(form: str, language: str = FRENCH) -> Response:
    """Answer in one form. On a static host a file of this name says that there is no server."""
    with written_in(language):
        return answer(form)


def answer(form: str) -> Response:
    """Return the suggestions for the parameter `q`."""
    release = current()
    index = search_index_of(release)
    known = tuple(p for p in parameters_for("recherche") if p.nom == "q")
    q = verified_parameters(known).get("q", "")

    def make() -> Response:
        things = index.things_named(q, is_typing=True) if q else []
        return RENDERERS[form](release, q, things)

    return answer_unless_known(release, form, make)


def as_page(release: ServedRelease, q: str, things: list[Thing]) -> Response:
    path = "recherche/suggestions"
    return page(release, "suggestions.html", path, demande=SearchRequest(q=q), choses=things)


def as_json(release: ServedRelease, q: str, things: list[Thing]) -> Response:
    rows = [thing_json(release, thing) for thing in things]
    hint = translated(" ; flèche bas pour les parcourir.")
    announcement = f"{counted(len(rows), 'suggestion')}{hint}" if rows else ""
    return json_response({"q": q, "suggestions": rows, "annonce": announcement})


RENDERERS = {"html": as_page, "json": as_json}
