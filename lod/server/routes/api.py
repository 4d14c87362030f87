"""`/api/`: questions by parameters, and the queries of the site, as plain JSON and CSV."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, request
from werkzeug.wsgi import FileWrapper

from lod.publish.search.corpus import Corpus
from lod.publish.search.parameters import parametres
from lod.publish.search.search_request import Demande
from lod.rdf.vocab import PREFIXES
from lod.server.common.problems import Problem
from lod.server.engine.current_release import Release
from lod.server.engine.pool import Query, Reply
from lod.server.engine.worker import Limits
from lod.server.routes import openapi
from lod.server.routes.context import current
from lod.server.routes.dereference import missing, moved
from lod.server.routes.endpoint import cached
from lod.server.routes.search_page import asked, in_time, tag, understood
from lod.server.routes.site_files import corpus_of, page

MEDIA = {"json": "application/sparql-results+json", "csv": "text/csv"}
_NUMBERS: dict[str, Callable[[str], Any]] = {
    "integer": int,
    "decimal": float,
    "double": float,
    "boolean": lambda text: text in ("true", "1"),
}
_XSD = PREFIXES["xsd"]
blueprint = Blueprint("api", __name__, url_prefix="/api")


@blueprint.get("")
def folder() -> Response:
    """Send the client to the page."""
    return moved(current(), "api/", 301)


@blueprint.get("/")
def index() -> Response:
    """Say to people what there is."""
    release = current()
    asked(())
    return kept(release, "html", lambda: page_of(release))


def page_of(release: Release) -> Response:
    """Return the page: parameters, columns, tables, limits."""
    return page(
        release,
        "api.html",
        "api/index",
        parametres=parametres("api"),
        requetes=openapi.publiees(),
        colonnes=openapi.question()["properties"],
        conditions=openapi.conditions(*stated()),
    )


def stated() -> tuple[Limits, float]:
    """Return the limits that are in force: of a query, and of a client."""
    return current_app.config["LIMITS"], current_app.config["RATE"]


@blueprint.get("/openapi.json")
def description() -> Response:
    """Describe the API as OpenAPI."""
    release = current()
    asked(())
    said = openapi.document(release.base, *stated())
    response = Response(json.dumps(said, ensure_ascii=False), mimetype="application/json")
    response.add_etag()
    cached(response, release).make_conditional(request.environ)
    return response


@blueprint.get("/questions.<any(json, csv):form>")
def questions(form: str) -> Response:
    """Answer with one page of the questions that the parameters choose."""
    release = current()
    corpus, demande = corpus_of(release), understood(asked(parametres("api")))

    def answer() -> Response:
        hits: list[int] = in_time(Corpus.trouvees, corpus, demande)
        uids = corpus.uids(hits[demande.tranche])
        text = openapi.chosen([f"{release.base}question/{uid}" for uid in uids])
        following = next_page(release, demande, len(hits), form)
        return answered(release, text, form, openapi.QUESTIONS, following, len(hits), demande.page)

    return kept(release, form, answer)


@blueprint.get("/<nom>.<any(json, csv):form>")
def query(nom: str, form: str) -> Response:
    """Answer with the rows of a query of the site."""
    release, found = current(), openapi.publiees().get(nom)
    if found is None:
        raise missing(f"api/{nom}.{form}")
    asked(())
    text = found.texte
    return kept(release, form, lambda: answered(release, text, form, nom))


def kept(release: Release, form: str, answer: Callable[[], Response]) -> Response:
    """Return the answer, 304 if the client has it."""
    name = tag(release, form)
    is_known = request.if_none_match.contains_weak(name)
    return cached(Response(status=304) if is_known else answer(), release, name)


def next_page(release: Release, demande: Demande, total: int, form: str) -> str | None:
    """Return the address of the next page, if there is one."""
    if demande.page * demande.taille >= total:
        return None
    following = replace(demande, page=demande.page + 1)
    return following.adresse(f"{release.base}api/{openapi.QUESTIONS}.{form}")


def answered(
    release: Release,
    text: str,
    form: str,
    nom: str,
    following: str | None = None,
    total: int | None = None,
    number: int = 1,
) -> Response:
    """Run a query and return its rows in one form; `total` counts more than those of this page."""
    reply = release.pool.ask(Query(text, f"{release.base}sparql", MEDIA[form], None))
    if form == "csv":
        response = Response(FileWrapper(reply.body, 65_536), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = f"attachment; filename={nom}.csv"
    else:
        found = rows(reply)
        body = {
            "total": len(found) if total is None else total,
            "page": number,
            "suivante": following,
            "requete": f"{release.base}sparql?{urlencode({'query': text, 'format': 'json'})}",
            "licence": openapi.LICENCE["url"],
            "release": release.id,
            "resultats": found,
        }
        response = Response(json.dumps(body, ensure_ascii=False), mimetype="application/json")
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def rows(reply: Reply) -> list[dict[str, Any]]:
    """Return the rows of an answer as flat objects: numbers typed, null for what is not known."""
    with reply.body as body:
        read = body.read(openapi.LONGEST + 1)
    if len(read) > openapi.LONGEST:
        detail = f"plus de {openapi.LONGEST} octets ; prenez la même table en .csv"
        raise Problem("reponse-trop-grande", detail)
    found = json.loads(read)
    names = found["head"]["vars"]
    return [
        {name: value(row[name]) if name in row else None for name in names}
        for row in found["results"]["bindings"]
    ]


def value(term: dict[str, str]) -> Any:
    """Return a term of SPARQL's JSON as JSON itself has it.

    >>> value({"type": "literal", "value": "12", "datatype": _XSD + "integer"})
    12
    """
    datatype = term.get("datatype", "").removeprefix(_XSD)
    return _NUMBERS.get(datatype, str)(term["value"])
