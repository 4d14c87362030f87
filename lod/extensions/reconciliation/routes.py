"""`/reconciliation`: the Reconciliation Service API 0.2, for OpenRefine and other clients.

There is no JSONP: version 0.2 asks for CORS, which every answer has, and a script from this server
would run with the rights of the page that embeds it.
"""

import csv
import io
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, cast

import orjson
from flask import Blueprint, Response, request
from pyoxigraph import NamedNode

from lod.extensions.reconciliation import responses
from lod.extensions.reconciliation.batch import (
    ReconciliationQuery,
    bare_id,
    known_type,
    read_batch,
    read_extension,
)
from lod.extensions.reconciliation.entities import (
    BROADER,
    QUESTION,
    Entity,
    EntityType,
    completed_entities,
    entity_properties,
    entity_types,
    known_deputies,
    read_entities,
)
from lod.extensions.reconciliation.entity_index import EntityIndex
from lod.extensions.reconciliation.scoring import rank_candidates
from lod.publish.query_catalogue import bind
from lod.publish.search.parameters import MOST_WORDS, SearchRequest
from lod.publish.search.question_numbers import number_in
from lod.publish.search.search_index import TooLongError
from lod.server.common import csp
from lod.server.common.problems import Problem, not_found
from lod.server.engine.caller import Caller
from lod.server.engine.current_release import ServedRelease
from lod.server.engine.reader import EngineQuery
from lod.server.routes.app import answer_problem
from lod.server.routes.caching import answer_unless_known
from lod.server.routes.context import Json, ToolAnswer, caller, current
from lod.server.routes.protocol import FORM, unexpected_body
from lod.server.routes.release_files import redirect_to
from lod.server.routes.site_files import page

SECONDS = 5.0  # after which a batch is given up; a search that has begun may take a second more
PATIENCE = 5.0  # seconds that a request waits while the entities are read
FARTHEST = 10_000  # suggestions that can be skipped
MOST_BY_WORDS = 10  # questions that words find
TELLING = ("legislature", "date")  # properties that a language model may state
blueprint = Blueprint("reconciliation", __name__, url_prefix="/reconciliation")
# reads the entities: once, on no client's account, and to the end even if the client leaves
_reader = ThreadPoolExecutor(1, "entities")
_INDEX = __name__  # key of the entities in `ServedRelease.read`


@blueprint.errorhandler(TooLongError)
def answer_slow_batch(_: TooLongError) -> Response:
    problem = Problem("delai", "la recherche était trop longue ; envoyez moins de requêtes")
    return answer_problem(problem)


@blueprint.route("", methods=["GET", "POST"])
def service() -> Response:
    """Answer a batch of queries or a data extension; without either, return the manifest."""
    release, values = current(), parameters()
    names = [name for name in MAKERS if values.get(name)]
    if len(names) > 1:
        told = ", ".join(names)
        raise Problem("requete-invalide", "{} à la fois ; envoyez l’un des deux", told)
    if names:
        return json_response(release, lambda: MAKERS[names[0]](release, values[names[0]]))
    if request.method == "POST":
        raise Problem("requete-invalide", "il manque le paramètre {}", " / ".join(MAKERS))
    return json_response(release, lambda: responses.service_manifest(release.base))


@blueprint.get("/")
def folder() -> Response:
    """Redirect to the address of the service, which has no slash at its end."""
    return redirect_to(current(), "reconciliation", 301)


def parameters() -> dict[str, str]:
    """Return the parameters of the request, known or not, the last value of each."""
    if request.method == "POST" and request.mimetype != FORM:
        raise unexpected_body(request.mimetype, FORM)
    return request.values.to_dict()


def json_response(release: ServedRelease, make: Callable[[], Any]) -> Response:
    """Return the JSON of what `make` returns; the answer to a POST may not be cached."""

    def answer() -> Response:
        return Response(orjson.dumps(make()), mimetype="application/json")

    return answer() if request.method == "POST" else answer_unless_known(release, "json", answer)


def match_batch(
    release: ServedRelease, asked: Mapping[str, ReconciliationQuery | Problem | None]
) -> Json:
    """Return the candidates for each query: none for an empty one, none and the error for one that
    could not be read. Raises TooLongError after SECONDS.
    """
    index = entity_index_of(release)
    queries = {
        key: query.with_values(lambda text: bare_id(text, release.base))
        for key, query in asked.items()
        if isinstance(query, ReconciliationQuery)
    }
    until = time.monotonic() + SECONDS
    uids = {key: possible_questions(release, query, until) for key, query in queries.items()}
    questions = read_questions(release, {uid for listed in uids.values() for uid in listed})
    results = {
        key: responses.query_result((), index)
        | ({"error": query.detail} if isinstance(query, Problem) else {})
        for key, query in asked.items()
    }
    for key, query in queries.items():
        in_time(until)
        possible = [questions[uid] for uid in dict.fromkeys(uids[key]) if uid in questions]
        identified = index.by_identifier(query.text, query.types)
        entities = [*index.possible_entities(query), *possible]
        ranked = rank_candidates(query, entities, identified.id if identified else "")
        results[key] = responses.query_result(ranked, index)
    return results


def possible_questions(
    release: ServedRelease, query: ReconciliationQuery, until: float
) -> list[str]:
    """Return the identifiers of the questions that may match a query; raise TooLongError."""
    if not query.admits(QUESTION):
        return []
    in_time(until)
    uids = [value for name, values in query.properties if name == "uid" for value in values]
    return [*uids, *(questions_named(release, query.text) if query.text else ())]


def questions_named(release: ServedRelease, text: str) -> list[str]:
    """Return the identifiers of the questions that a text may name; raise TooLongError.

    Those made from a number may not exist; of a long text, only the first words are searched for.
    """
    if number := number_in(text):
        return list(number.uids())
    if release.search_index is None:
        return []
    asked = SearchRequest(q=text.replace('"', " ").replace("*", " "))
    while asked.words.size > MOST_WORDS:
        asked = SearchRequest(q=asked.q.rpartition(" ")[0])
    return release.search_index.uids(release.search_index.find(asked)[:MOST_BY_WORDS])


def in_time(until: float) -> None:
    if time.monotonic() > until:
        raise TooLongError


def extend(release: ServedRelease, text: str) -> Json:
    """Return the values of properties of entities that a client has reconciled."""
    asked, index = read_extension(text), entity_index_of(release)
    return responses.extension_response(asked, entities_named(release, index, asked.ids), index)


def entities_named(
    release: ServedRelease, index: EntityIndex, ids: Iterable[str]
) -> dict[str, Entity]:
    """Return each id or IRI → entity, of those that exist; questions are not in the index, but
    queried.
    """
    paths = {name: name.removeprefix(release.base) for name in ids}
    uids = {path.partition("/")[2] for path in paths.values() if path.startswith(f"{QUESTION}/")}
    questions = {entity.id: entity for entity in read_questions(release, uids).values()}
    known = questions | {
        path: index.entities[path] for path in paths.values() if path in index.entities
    }
    return {name: known[path] for name, path in paths.items() if path in known}


MAKERS: dict[str, Callable[[ServedRelease, str], Json]] = {  # parameter → what answers it
    "queries": lambda release, text: match_batch(release, read_batch(text)),
    "extend": extend,
}


@blueprint.get("/suggest/<any(entity, type, property):what>")
def suggest(what: str) -> Response:
    """Return entities, types or properties whose names begin with the parameter `prefix`."""
    release, values = current(), parameters()
    cursor = number(values, "cursor", 0, FARTHEST)
    prefix = values.get("prefix", "").removeprefix(release.base)[:100].strip()
    if what == "entity":
        kind = values.get("type", "")
        return json_response(release, lambda: complete(release, prefix, kind, cursor))
    listed: Iterable[Any] = (entity_types() if what == "type" else entity_properties()).values()
    return json_response(release, lambda: responses.schema_suggestions(listed, prefix))


def complete(release: ServedRelease, prefix: str, kind: str, cursor: int) -> Json:
    """Return a page of entities with a prefix, from number `cursor` on; raise Problem.

    The first page, if it is not full, has questions as well, found by number or by words.
    """
    index = entity_index_of(release)
    wanted = known_type("suggest", kind) if kind else ""
    entities = [
        e for e in index.beginning_with(prefix) if wanted in ("", e.type, BROADER.get(e.type))
    ]
    listed = entities[cursor : cursor + responses.PAGE_SIZE]
    if cursor == 0 and len(listed) < responses.PAGE_SIZE and prefix and wanted in ("", QUESTION):
        uids = questions_named(release, prefix)
        listed += read_questions(release, uids[: 10 * responses.PAGE_SIZE]).values()
    return responses.entity_suggestions(listed[: responses.PAGE_SIZE], index)


def resoudre(release: ServedRelease, arguments: dict[str, str]) -> ToolAnswer:
    """Find what a name means, for a language model."""
    query = ReconciliationQuery(
        text=arguments["nom"].strip(),
        types=(arguments["type"],) if "type" in arguments else (),
        limit=int(arguments["taille"]),
        properties=tuple((name, (arguments[name],)) for name in arguments if name in TELLING),
    )
    results = match_batch(release, {"nom": query})["nom"]["result"]
    candidates = [_with_filter(release, result) for result in results]
    certain = sum(candidate["sur"] for candidate in candidates)
    sentence = f"Candidats : {len(candidates)}, dont sûrs : {certain}."
    return ToolAnswer(sentence, f"{release.base}rapprocher.html", {"candidats": candidates})


def _with_filter(release: ServedRelease, result: Json) -> Json:
    """Return a candidate with the filter of a search that finds its questions."""
    iri, [kind] = f"{release.base}{result['id']}", result["type"]
    facet = "auteur" if kind["id"] == "depute" else kind["id"]
    index = release.search_index
    values = index.facet_values.values() if index else ()
    key = next((v.key for v in values if (v.facet, v.iri) == (facet, iri)), None)
    return {
        "iri": iri,
        "page": f"{iri}.html",
        "nom": result["name"],
        "type": kind["id"],
        "description": result["description"],
        "note": result["score"],
        "sur": result["match"],
        **({"filtre": facet, "valeur": key} if key else {}),
    }


def number(values: dict[str, str], name: str, least: int, most: int) -> int:
    """Return the number in a parameter, at most `most`, by default `least`; raise Problem."""
    text = values.get(name) or str(least)
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text) >= least):
        raise Problem("requete-invalide", "{} n’est pas un entier à partir de {}", name, least)
    return min(int(text), most)


@blueprint.get("/extend/propose")
def propose() -> Response:
    """Return the properties that the entities of a type have."""
    values = parameters()
    limit = number(values, "limit", 1, len(entity_properties())) if values.get("limit") else None
    return json_response(
        current(),
        lambda: responses.property_proposals(
            entity_types()[known_type("propose", values.get("type"))], limit
        ),
    )


@blueprint.get("/preview")
def preview() -> Response:
    """Return the page of an entity that a client shows in a frame; raise Problem if unknown."""
    release, name = current(), parameters().get("id", "")[:300]
    index = entity_index_of(release)
    entity = entities_named(release, index, [name]).get(name)
    if entity is None or not entity.is_published:
        raise not_found(name)
    rows = [
        (entity_properties()[property_id].nom, words)
        for property_id in dict.fromkeys((*entity.kind.decrit, *entity.kind.proprietes))
        if (words := responses.values_in_words(entity, property_id, index))
    ]

    def make() -> Response:
        return page(release, "vignette.html", "reconciliation/preview", entity=entity, rows=rows)

    response = answer_unless_known(release, "html", make)
    response.headers["Content-Security-Policy"] = csp.header_value(csp.FRAMED)
    return response


def entity_index_of(release: ServedRelease) -> EntityIndex:
    """Return the entities of a release, read once; raise Problem if that takes too long."""
    if index := release.read.get(_INDEX):
        return cast(EntityIndex, index)
    try:
        return begin_reading(release).result(PATIENCE)
    except TimeoutError as error:
        raise Problem("occupe", "la liste des noms est en lecture ; réessayez") from error


def begin_reading(release: ServedRelease) -> Future[EntityIndex]:
    """Begin to read the entities of a release, unless they are read already."""
    return _reader.submit(_read_entity_index, release)


def _read_entity_index(release: ServedRelease) -> EntityIndex:
    if _INDEX not in release.read:
        kinds = [kind for kind in entity_types().values() if kind.id != QUESTION]
        published = [e for kind in kinds for e in entities_of(release, kind, kind.query, Caller())]
        release.read[_INDEX] = EntityIndex(completed_entities(published, known_deputies()))
    return cast(EntityIndex, release.read[_INDEX])


def read_questions(release: ServedRelease, uids: Iterable[str]) -> dict[str, Entity]:
    """Return identifier → question, of those that exist."""
    chosen = sorted({uid for uid in uids if uid.isascii() and uid.isalnum()})
    if not chosen:
        return {}
    kind = entity_types()[QUESTION]
    nodes = (NamedNode(f"{release.base}{QUESTION}/{uid}") for uid in chosen)
    entities = entities_of(release, kind, bind(kind.query, "entite", *nodes), caller())
    return {entity.id.partition("/")[2]: entity for entity in entities}


def entities_of(
    release: ServedRelease, kind: EntityType, text: str, asking: Caller
) -> Iterator[Entity]:
    """Yield the entities of one type in the result of a query; raise Problem."""
    query = EngineQuery(text, f"{release.base}sparql", "text/csv", None)
    reply = release.pool.run(query, asking)
    with reply.body as body:
        lines = csv.reader(io.TextIOWrapper(body, "utf-8", newline=""))
        next(lines)
        yield from read_entities(lines, kind, release.base)
