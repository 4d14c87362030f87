"""`/recherche`: full-text search, as a page, JSON, CSV, or a block to paste into SPARQL."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from lod.base.tabular import csv_line
from lod.publish.search.excerpts import Excerpt, Passage
from lod.publish.search.parameters import (
    Parameter,
    SearchRequestError,
    facet_names,
    parameters_for,
    read,
)
from lod.publish.search.results import (
    FacetChoice,
    FoundQuestion,
    SearchResults,
    names_of_filters,
    search_results,
)
from lod.publish.search.search_index import Hit, SearchIndex, TooLongError
from lod.publish.search.search_request import SearchRequest, read_request
from lod.server.common.accept import choose
from lod.server.common.problems import Problem
from lod.server.engine.current_release import ServedRelease
from lod.server.routes.context import accept, current
from lod.server.routes.endpoint import allow_caching
from lod.server.routes.protocol import LONGEST_URL, not_acceptable
from lod.server.routes.site_files import page, search_index_of

OFFERS = {"text/html": "html", "application/json": "json", "text/csv": "csv"}
VALUES = 1000  # questions in a block for SPARQL
COLUMNS = ("uid", "iri", "titre", "date", *facet_names(), "nomAuteur", "nomMinistere", "extrait")
blueprint = Blueprint("recherche", __name__)


@blueprint.get("/recherche")
@blueprint.get("/recherche.html")  # where forms lead, on a static host too
def search() -> Response:
    """Answer a search in the form that the client likes best."""
    release = current()
    search_index = search_index_of(release)
    values = verified_parameters(parameters_for("recherche"))
    form = values.pop("format", "") or OFFERS.get(choose(accept(), tuple(OFFERS)) or "")
    if not form:
        raise not_acceptable([*OFFERS])
    name = tag(release, form)
    if request.if_none_match.contains_weak(name):
        response = Response(status=304)
    else:
        response = RENDERERS[form](release, search_index, search_request_from(values))
    response.vary.add("Accept")
    return allow_caching(response, release, name)


def verified_parameters(known: tuple[Parameter, ...]) -> dict[str, str]:
    """Return the parameters of the request, verified; raise Problem."""
    if len(request.query_string) > LONGEST_URL:
        raise Problem("adresse-trop-longue", f"au plus {LONGEST_URL} octets")
    try:
        return read(list(request.args.items(multi=True)), known)
    except SearchRequestError as error:
        raise Problem("requete-invalide", str(error)) from error


def search_request_from(values: dict[str, str]) -> SearchRequest:
    """Return the request that the parameters make; raise Problem."""
    try:
        return read_request(values)
    except SearchRequestError as error:
        raise Problem("requete-invalide", str(error)) from error


def in_time(
    search: Callable[[SearchIndex, SearchRequest], Any],
    search_index: SearchIndex,
    search_request: SearchRequest,
) -> Any:
    """Return what a search gives; raise Problem if it takes too long."""
    try:
        return search(search_index, search_request)
    except TooLongError as error:
        raise Problem("delai", "la recherche était trop longue ; précisez-la") from error


def tag(release: ServedRelease, form: str) -> str:
    """Return what names the answer to this request in this release."""
    said = (release.id, request.path, form, request.query_string)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:32]


def as_page(
    release: ServedRelease, search_index: SearchIndex, search_request: SearchRequest
) -> Response:
    """Return the page with form, hits and facets; without a request, what can be searched."""
    found: SearchResults = in_time(search_results, search_index, search_request)
    return page(
        release,
        "recherche.html",
        "recherche",
        r=found,
        demande=search_request,
        pris=list(names_of_filters(search_index, search_request)),
        nombre=len(search_index),
        est_vide=not (
            search_request.q
            or search_request.filters
            or search_request.depuis
            or search_request.jusque
        ),
    )


def as_json(
    release: ServedRelease, search_index: SearchIndex, search_request: SearchRequest
) -> Response:
    """Return hits and facets for a program; addresses are absolute."""
    found: SearchResults = in_time(search_results, search_index, search_request)
    path = f"{release.base}recherche"

    def address(other: SearchRequest | None) -> str | None:
        return other.address(path, format="json") if other else None

    body = {
        "total": found.total,
        "page": search_request.page,
        "pages": found.pages,
        "precedente": address(found.previous_page),
        "suivante": address(found.next_page),
        "resultats": [hit_json(release, question) for question in found.questions],
        "facettes": {
            name: [facet_json(choice, address(choice.request)) for choice in choices]
            for name, choices in found.facets.items()
        },
        "release": release.id,
    }
    return Response(json.dumps(body, ensure_ascii=False), mimetype="application/json")


def hit_json(release: ServedRelease, question: FoundQuestion) -> dict[str, Any]:
    """Return one hit for a program: facets as code, name and IRI."""
    hit = question.hit
    return {
        "iri": iri(release, hit),
        "uid": hit.uid,
        "nom": hit.name,
        "titre": passage_json(question.titre) if hit.titre else None,
        "date": hit.day and hit.day.isoformat(),
        **{
            name: {"cle": v.key, "nom": v.name, "iri": v.iri} if v else None
            for name, v in ((name, hit.values.get(name)) for name in facet_names())
        },
        "extrait": excerpt_json(question.excerpt),
    }


def excerpt_json(excerpt: Excerpt | None) -> dict[str, Any] | None:
    """Return an excerpt for a program: where it is from, text, places of the words."""
    return {"de": excerpt.part, **passage_json(excerpt.passage)} if excerpt else None


def passage_json(passage: Passage) -> dict[str, Any]:
    """Return a text and the places (start, end) of the words found, in characters."""
    return {"texte": passage.text, "marques": passage.marks}


def facet_json(choice: FacetChoice, address: str | None) -> dict[str, Any]:
    """Return one value of a facet, and the address that takes or leaves it."""
    said = {"cle": choice.key, "nom": choice.name, "iri": choice.iri, "nombre": choice.count}
    return {**said, "pris": choice.is_taken, "adresse": address}


def as_csv(
    release: ServedRelease, search_index: SearchIndex, search_request: SearchRequest
) -> Response:
    """Return one page of hits as a table."""
    found: SearchResults = in_time(search_results, search_index, search_request)
    lines = [csv_line(COLUMNS), *(csv_line(row(release, t)) for t in found.questions)]
    response = Response(b"".join(lines), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = "attachment; filename=recherche.csv"
    if found.next_page:
        following = found.next_page.address(f"{release.base_path}recherche", format="csv")
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def row(release: ServedRelease, question: FoundQuestion) -> list[Any]:
    """Return one hit in the order of COLUMNS."""
    hit, values = question.hit, question.hit.values
    keys = [values[name].key if name in values else None for name in facet_names()]
    names = [values[name].name if name in values else None for name in ("auteur", "ministere")]
    excerpt = question.excerpt.passage.text if question.excerpt else None
    return [hit.uid, iri(release, hit), hit.titre, hit.day, *keys, *names, excerpt]


def iri(release: ServedRelease, hit: Hit) -> str:
    """Return the IRI of the question that was found."""
    return f"{release.base}question/{hit.uid}"


def as_values(
    release: ServedRelease, search_index: SearchIndex, search_request: SearchRequest
) -> Response:
    """Return the first VALUES questions as a block to paste into a query."""
    hits: list[int] = in_time(SearchIndex.find, search_index, search_request)
    uids = search_index.uids(hits[:VALUES])
    terms = "\n".join(f"  <{release.base}question/{uid}>" for uid in uids)
    said = f"# {len(uids)} sur {len(hits)} questions trouvées\n"
    return Response(f"{said}VALUES ?question {{\n{terms}\n}}\n", mimetype="text/plain")


RENDERERS = {"html": as_page, "json": as_json, "csv": as_csv, "values": as_values}
