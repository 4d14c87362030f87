"""`/recherche`: the one search for everything, as a page; `search_forms.py` has its other forms."""

from flask import Blueprint, Response, request

from lod.publish.search.parameters import (
    OF_PAGES,
    Parameter,
    SearchRequest,
    parameters_for,
    read_parameters,
    read_request,
)
from lod.publish.search.results import names_of_filters, search_results
from lod.server.common.problems import Problem
from lod.server.common.request_response import choose
from lod.server.engine.current_release import ServedRelease
from lod.server.limits import QUERY_STRING_BYTES
from lod.server.routes.caching import answer_unless_known
from lod.server.routes.context import accept, current
from lod.server.routes.made_files import search_feed
from lod.server.routes.protocol import not_acceptable
from lod.server.routes.release_files import redirect_to
from lod.server.routes.search_forms import as_csv, as_json, as_values
from lod.server.routes.site_files import IN_OTHERS, page, search_index_of
from lod.website.language import FRENCH, LANGUAGES, written_in

OFFERS = {"text/html": "html", "application/json": "json", "text/csv": "csv"}
blueprint = Blueprint("recherche", __name__)


@blueprint.get("/recherche")
@blueprint.get("/recherche.html")  # the address in the forms, the same on a static host
@blueprint.get(f"/recherche.<{IN_OTHERS}:language>")
@blueprint.get(f"/recherche.<{IN_OTHERS}:language>.html")
def search(language: str = FRENCH) -> Response:
    """Answer a search in the form that the client prefers."""
    release = current()
    search_index_of(release)  # raises Problem if there is no index
    values = verified_parameters(parameters_for("recherche"))
    if alike := values.pop("comme", ""):
        return similar(release, alike, language)
    form = values.pop("format", "") or OFFERS.get(choose(accept(), tuple(OFFERS)) or "")
    if not form:
        raise not_acceptable([*OFFERS])
    with written_in(language):
        response = answer_unless_known(
            release, form, lambda: RENDERERS[form](release, read_request(values))
        )
    response.vary.add("Accept")
    return response


def similar(release: ServedRelease, uid: str, language: str) -> Response:
    """Redirect to the search for questions like one."""
    asked = search_index_of(release).similar(uid)
    if asked is None:
        raise Problem("introuvable", f"aucune question {uid} ici")
    return redirect_to(release, asked.address(f"recherche{LANGUAGES[language]}.html"), 303)


@blueprint.get("/recherche.atom")
def feed_of_a_search() -> Response:
    """Answer with the feed of what a search finds, or with the page about it."""
    known = (p for p in parameters_for("recherche") if p.nom not in OF_PAGES)
    asked = read_request(verified_parameters(tuple(known)))
    return search_feed(current(), asked)


def verified_parameters(known: tuple[Parameter, ...]) -> dict[str, str]:
    """Return the parameters of the request; raise Problem or SearchRequestError if invalid."""
    if len(request.query_string) > QUERY_STRING_BYTES:
        raise Problem("adresse-trop-longue", f"au plus {QUERY_STRING_BYTES} octets")
    return read_parameters(list(request.args.items(multi=True)), known)


def as_page(release: ServedRelease, asked: SearchRequest) -> Response:
    """Return the page with form, things, hits and facets; for an empty request, the form alone."""
    search_index = search_index_of(release)
    return page(
        release,
        "recherche.html",
        "recherche",
        r=search_results(search_index, asked),
        demande=asked,
        pris=list(names_of_filters(search_index, asked)),
        nombre=len(search_index),
        est_vide=not (asked.q or asked.filters or asked.depuis or asked.jusque),
    )


RENDERERS = {"html": as_page, "json": as_json, "csv": as_csv, "values": as_values}
