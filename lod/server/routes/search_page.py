"""`/recherche`: the one search for everything, as a page, JSON, CSV, a block VALUES, citations."""

import io
import json
from collections.abc import Callable
from functools import partial
from itertools import chain
from typing import IO, Any, cast

from flask import Blueprint, Response, request
from werkzeug.wsgi import FileWrapper

from lod.base.packing import VALUE, zstd
from lod.base.tabular import csv_line
from lod.model.identifiers import split_uid
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.search.excerpts import Passage
from lod.publish.search.parameters import (
    OF_PAGES,
    Parameter,
    SearchRequest,
    facet_columns,
    kinds,
    parameters_for,
    read_parameters,
    read_request,
)
from lod.publish.search.results import FacetChoice, FoundQuestion, names_of_filters, search_results
from lod.publish.search.search_index import Hit
from lod.publish.search.things import Thing
from lod.server.common.problems import Problem
from lod.server.common.request_response import choose
from lod.server.engine.current_release import ServedRelease
from lod.server.limits import CSV_MEMORY_BYTES, CSV_ROW_BYTES, SEARCH_VALUES
from lod.server.routes.caching import answer_unless_known
from lod.server.routes.context import accept, caller, current, state
from lod.server.routes.on_request import search_feed
from lod.server.routes.protocol import not_acceptable
from lod.server.routes.release_files import redirect_to
from lod.server.routes.site_files import (
    IN_OTHERS,
    page,
    preferred_language,
    publication_of,
    search_index_of,
)
from lod.website.indexes.feeds import CITATIONS
from lod.website.rendering.language import FRENCH, LANGUAGES, written_in
from lod.website.rendering.templates import localized, said

# columns of the CSV, named as in the table of questions; except the name of a ministry with its
# years, and the day by which an awaited answer is due
COLUMNS = (
    *("uid", "iri", "titre", "date_parution", *facet_columns().values()),
    *("delai_jours", "auteur_nom", "ministere_attributaire_en_clair", "echeance"),
    *("numero", "statut_en_clair", "rubrique_en_clair", "groupe_en_clair"),
)

TEXT_COLUMNS = ("texte_question", "texte_reponse")

# what an extension may show: thing → what stands below it; a note below all things
NOTHING_BESIDE: dict[str, Any] = {"dessous": {}, "note_de_choses": ""}
OFFERS = {"text/html": "html", "application/json": "json", "text/csv": "csv"}
blueprint = Blueprint("recherche", __name__)


def as_json(release: ServedRelease, asked: SearchRequest) -> Response:
    """Return hits, facets and the things that the words name; addresses are absolute."""
    index = search_index_of(release)
    results = search_results(index, asked)
    path = f"{release.base}recherche"

    def address(search: SearchRequest | None) -> str | None:
        return search.address(path, format="json") if search else None

    correction, total = results.correction or (None, 0)
    body = {
        "total": results.total,
        "page": asked.page,
        "pages": results.pages,
        "precedente": address(results.previous_page),
        "suivante": address(results.next_page),
        "choses": [thing_json(release, thing) for thing in results.things],
        "correction": correction
        and {"q": correction.q, "nombre": total, "adresse": address(correction)},
        "resultats": [hit_json(release, question) for question in results.questions],
        "facettes": {
            name: [facet_json(choice, address(choice.request)) for choice in choices]
            for name, choices in results.facets.items()
        },
        "chronologie": [
            {"periode": period.name, "nombre": period.count, "adresse": address(period.request)}
            for period in results.timeline
        ],
        "release": release.id,
    }
    return json_response(body)


def json_response(body: dict[str, Any]) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), mimetype="application/json")


def thing_json(release: ServedRelease, thing: Thing) -> dict[str, Any]:
    """Return a thing as JSON. `nombre` is null if no filter finds its questions, `iri` if it has
    none here; `chemin` is the path of its page on the site. `avant` are the earlier ministries of
    the same portfolios, the newest first. Extensions tell more.
    """
    others = [more.told(thing) for more in search_index_of(release).more]
    return {
        "genre": thing.kind,
        "genre_en_clair": said(kinds()[thing.label]["nom"]),
        "nom": thing.name,
        "detail": thing.detail or None,
        "iri": thing.iri(release.base),
        "chemin": localized(thing.document),
        "filtre": {thing.facet: thing.value} if thing.facet else None,
        "nombre": thing.count,
        "avant": [thing_json(release, before) for before in thing.before],
        **{name: value for told in others for name, value in told.items()},
    }


def hit_json(release: ServedRelease, question: FoundQuestion) -> dict[str, Any]:
    """Return one hit as JSON; each facet has a code, a name and an IRI, or is null."""
    hit, excerpt, origin = question.hit, question.excerpt, question.origin
    facets = {column: hit.values.get(name) for name, column in facet_columns().items()}
    return {
        "iri": iri(release, hit),
        "uid": hit.uid,
        "nom": hit.name,
        "titre": passage_json(question.titre) if hit.titre else None,
        "date_parution": hit.day and hit.day.isoformat(),
        "echeance": hit.due and hit.due.isoformat(),
        **{
            column: {"cle": v.key, "nom": v.name, "iri": v.iri} if v else None
            for column, v in facets.items()
        },
        "extrait": excerpt
        and {
            "de": origin and origin.part,
            "orateur": origin and origin.speaker(release.base),
            **passage_json(excerpt.passage),
        },
    }


def passage_json(passage: Passage) -> dict[str, Any]:
    """Return a text and the positions (start, end) of the words found, in characters."""
    return {"texte": passage.text, "marques": passage.marks}


def facet_json(choice: FacetChoice, address: str | None) -> dict[str, Any]:
    """Return one value of a facet as JSON, with the address that adds or removes its filter."""
    value = {"cle": choice.key, "nom": choice.name, "iri": choice.iri, "nombre": choice.count}
    return {**value, "pris": choice.is_taken, "adresse": address}


def as_csv(release: ServedRelease, asked: SearchRequest) -> Response:
    """Return the hits of all pages as CSV. Many are written to a temporary file, which counts as a
    long answer of the client and is sent in pieces; it is packed, as it may have every question.
    """
    search_index = search_index_of(release)
    hits = search_index.find(asked)
    is_long = CSV_ROW_BYTES * (len(hits) + 1) > CSV_MEMORY_BYTES
    file = release.pool.space.file(caller().network) if is_long else io.BytesIO()
    try:
        with zstd.ZstdFile(file, "wb", options=VALUE) as packed:
            lines = (csv_line(row(release, hit)) for hit in search_index.hits(hits))
            length = sum(map(packed.write, chain([csv_line(COLUMNS)], lines)))
    except BaseException:
        file.close()
        raise
    file.seek(0)
    body = FileWrapper(cast("IO[bytes]", zstd.ZstdFile(file)), 65_536)
    response = Response(body, content_type="text/csv; charset=utf-8")
    response.call_on_close(file.close)
    response.content_length = length
    response.headers["Content-Disposition"] = "attachment; filename=recherche.csv"
    return response


def as_csv_with_texts(release: ServedRelease, asked: SearchRequest) -> Response:
    """Return the first hits as CSV, each with the texts of the question and of its answers."""
    search_index = search_index_of(release)
    hits = search_index.read_hits(search_index.find(asked)[:SEARCH_VALUES])
    lines = (
        csv_line([*row(release, hit), texts[0], "\n\n".join(texts[1:])]) for hit, texts in hits
    )
    body = b"".join(chain([csv_line((*COLUMNS, *TEXT_COLUMNS))], lines))
    response = Response(body, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = "attachment; filename=recherche-textes.csv"
    return response


def row(release: ServedRelease, hit: Hit) -> list[Any]:
    """Return one hit in the order of COLUMNS."""
    values = hit.values
    keys = [values[name].key if name in values else None for name in facet_columns()]

    def name(facet: str) -> str | None:
        return values[facet].name if facet in values else None

    return [
        *(hit.uid, iri(release, hit), hit.titre, hit.day, *keys, hit.delay),
        *(name("auteur"), name("ministere"), hit.due, split_uid(hit.uid)[2]),
        *(name("statut"), name("rubrique"), name("groupe")),
    ]


def iri(release: ServedRelease, hit: Hit) -> str:
    return f"{release.base}question/{hit.uid}"


def as_values(release: ServedRelease, asked: SearchRequest) -> Response:
    """Return the first questions found as a block VALUES, to paste into a query."""
    search_index = search_index_of(release)
    hits = search_index.find(asked)
    uids = search_index.uids(hits[:SEARCH_VALUES])
    terms = "\n".join(f"  <{release.base}question/{uid}>" for uid in uids)
    head = f"# {len(uids)} sur {len(hits)} questions trouvées\n"
    return Response(f"{head}VALUES ?question {{\n{terms}\n}}\n", mimetype="text/plain")


def as_citations(form: str, release: ServedRelease, asked: SearchRequest) -> Response:
    """Return how to cite the first questions found, one after the other, in a form of CITATIONS."""
    search_index, publication = search_index_of(release), publication_of(release)
    uids = search_index.uids(search_index.find(asked)[:SEARCH_VALUES])
    media, write = CITATIONS[form]
    hits = PublishedQuestions(release.folder).of_uids(uids)
    citations = b"".join(write(stored.question, publication) for stored in hits)
    response = Response(citations, mimetype=media)
    response.headers["Content-Disposition"] = f"attachment; filename=recherche.{form}"
    return response


@blueprint.get("/recherche")
@blueprint.get("/recherche.html")  # the address in the forms, the same on a static host
@blueprint.get(f"/recherche.<{IN_OTHERS}:language>")
@blueprint.get(f"/recherche.<{IN_OTHERS}:language>.html")
def search(language: str = "") -> Response:
    """Answer a search in the form that the client prefers; in the language that it prefers, where
    the address names none.
    """
    is_negotiated = request.path == "/recherche"
    language = preferred_language() if is_negotiated else language or FRENCH
    release = current()
    search_index_of(release)  # raises Problem if there is no index
    values = verified_parameters(parameters_for("recherche"))
    own = ("Accept-Language",) if is_negotiated else ()
    if alike := values.pop("comme", ""):
        response = similar(release, alike, language)
        response.vary.update(own)
        return response
    form = values.pop("format", "") or OFFERS.get(choose(accept(), tuple(OFFERS)) or "")
    if not form:
        raise not_acceptable([*OFFERS])
    with written_in(language):
        response = answer_unless_known(
            release, f"{form} {language}", lambda: RENDERERS[form](release, read_request(values))
        )
    response.headers["Content-Language"] = language
    response.vary.update(("Accept", *own))
    return response


def similar(release: ServedRelease, uid: str, language: str) -> Response:
    """Redirect to the search for questions that are similar to one."""
    asked = search_index_of(release).similar(uid)
    if asked is None:
        raise Problem("introuvable", "aucune question {} ici", uid)
    return redirect_to(release, asked.address(f"recherche{LANGUAGES[language]}.html"), 303)


@blueprint.get("/recherche.atom")
def feed_of_a_search() -> Response:
    """Answer with the feed of what a search finds, or with the page about it."""
    known = (p for p in parameters_for("recherche") if p.nom not in OF_PAGES)
    asked = read_request(verified_parameters(tuple(known)))
    return search_feed(current(), asked)


def verified_parameters(known: tuple[Parameter, ...]) -> dict[str, str]:
    """Return the parameters of the request; raise Problem or SearchRequestError if invalid."""
    return read_parameters(list(request.args.items(multi=True)), known)


def as_page(release: ServedRelease, asked: SearchRequest) -> Response:
    """Return the page with form, things, hits and facets; for an empty request, the form alone."""
    search_index = search_index_of(release)
    results = search_results(search_index, asked)
    return page(
        release,
        "recherche.html",
        "recherche",
        r=results,
        **NOTHING_BESIDE | state().beside("recherche", release, asked, results),
        demande=asked,
        pris=list(names_of_filters(search_index, asked)),
        nombre=len(search_index),
        est_vide=not (asked.q or asked.filters or asked.depuis or asked.jusque),
    )


RENDERERS: dict[str, Callable[[ServedRelease, SearchRequest], Response]] = {
    **{"html": as_page, "json": as_json, "csv": as_csv, "values": as_values},
    "csv-textes": as_csv_with_texts,
    **{form: partial(as_citations, form) for form in CITATIONS},
}
