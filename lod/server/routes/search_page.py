"""`/recherche`: full-text search; its results as HTML, JSON, CSV, or a block VALUES of SPARQL."""

import json
from typing import Any

from flask import Blueprint, Response, request

from lod.base.tabular import csv_line
from lod.publish.search.excerpts import Excerpt, Passage
from lod.publish.search.parameters import Parameter, facet_columns, parameters_for, read
from lod.publish.search.results import FacetChoice, FoundQuestion, names_of_filters, search_results
from lod.publish.search.search_index import Hit
from lod.publish.search.search_request import SearchRequest, read_request
from lod.server.common.accept import choose
from lod.server.common.problems import Problem
from lod.server.engine.current_release import ServedRelease
from lod.server.routes.caching import answer_unless_known
from lod.server.routes.context import accept, current
from lod.server.routes.protocol import LONGEST_URL, not_acceptable
from lod.server.routes.site_files import page, search_index_of

OFFERS = {"text/html": "html", "application/json": "json", "text/csv": "csv"}
VALUES = 1000  # questions in a block VALUES
# named as those of the table of questions, but for the name of a ministry with its years, and the
# excerpt
COLUMNS = (
    *("uid", "iri", "titre", "date_parution", *facet_columns().values()),
    *("auteur_nom", "ministere_attributaire_en_clair", "extrait"),
)
blueprint = Blueprint("recherche", __name__)


@blueprint.get("/recherche")
@blueprint.get("/recherche.html")  # the address in the forms, the same on a static host
def search() -> Response:
    """Answer a search in the form that the client prefers."""
    release = current()
    search_index_of(release)  # raises Problem if there is no index
    values = verified_parameters(parameters_for("recherche"))
    form = values.pop("format", "") or OFFERS.get(choose(accept(), tuple(OFFERS)) or "")
    if not form:
        raise not_acceptable([*OFFERS])
    response = answer_unless_known(
        release, form, lambda: RENDERERS[form](release, read_request(values))
    )
    response.vary.add("Accept")
    return response


def verified_parameters(known: tuple[Parameter, ...]) -> dict[str, str]:
    """Return the parameters of the request; raise Problem or SearchRequestError if invalid."""
    if len(request.query_string) > LONGEST_URL:
        raise Problem("adresse-trop-longue", f"au plus {LONGEST_URL} octets")
    return read(list(request.args.items(multi=True)), known)


def as_page(release: ServedRelease, asked: SearchRequest) -> Response:
    """Return the page with form, hits and facets; for an empty request, the form alone."""
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


def as_json(release: ServedRelease, asked: SearchRequest) -> Response:
    """Return hits and facets as JSON; addresses are absolute."""
    found = search_results(search_index_of(release), asked)
    path = f"{release.base}recherche"

    def address(other: SearchRequest | None) -> str | None:
        return other.address(path, format="json") if other else None

    body = {
        "total": found.total,
        "page": asked.page,
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
    """Return one hit as JSON; each facet has a code, a name and an IRI, or is null."""
    hit = question.hit
    facets = {column: hit.values.get(name) for name, column in facet_columns().items()}
    return {
        "iri": iri(release, hit),
        "uid": hit.uid,
        "nom": hit.name,
        "titre": passage_json(question.titre) if hit.titre else None,
        "date_parution": hit.day and hit.day.isoformat(),
        **{
            column: {"cle": v.key, "nom": v.name, "iri": v.iri} if v else None
            for column, v in facets.items()
        },
        "extrait": excerpt_json(question.excerpt),
    }


def excerpt_json(excerpt: Excerpt | None) -> dict[str, Any] | None:
    """Return an excerpt as JSON: the text it is from, and the passage."""
    return {"de": excerpt.part, **passage_json(excerpt.passage)} if excerpt else None


def passage_json(passage: Passage) -> dict[str, Any]:
    """Return a text and the positions (start, end) of the words found, in characters."""
    return {"texte": passage.text, "marques": passage.marks}


def facet_json(choice: FacetChoice, address: str | None) -> dict[str, Any]:
    """Return one value of a facet as JSON, with the address that adds or removes its filter."""
    value = {"cle": choice.key, "nom": choice.name, "iri": choice.iri, "nombre": choice.count}
    return {**value, "pris": choice.is_taken, "adresse": address}


def as_csv(release: ServedRelease, asked: SearchRequest) -> Response:
    """Return one page of hits as CSV."""
    found = search_results(search_index_of(release), asked)
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
    keys = [values[name].key if name in values else None for name in facet_columns()]
    names = [values[name].name if name in values else None for name in ("auteur", "ministere")]
    excerpt = question.excerpt.passage.text if question.excerpt else None
    return [hit.uid, iri(release, hit), hit.titre, hit.day, *keys, *names, excerpt]


def iri(release: ServedRelease, hit: Hit) -> str:
    """Return the IRI of the question that was found."""
    return f"{release.base}question/{hit.uid}"


def as_values(release: ServedRelease, asked: SearchRequest) -> Response:
    """Return the first questions found as a block VALUES, to paste into a query."""
    search_index = search_index_of(release)
    hits = search_index.find(asked)
    uids = search_index.uids(hits[:VALUES])
    terms = "\n".join(f"  <{release.base}question/{uid}>" for uid in uids)
    head = f"# {len(uids)} sur {len(hits)} questions trouvées\n"
    return Response(f"{head}VALUES ?question {{\n{terms}\n}}\n", mimetype="text/plain")


RENDERERS = {"html": as_page, "json": as_json, "csv": as_csv, "values": as_values}
