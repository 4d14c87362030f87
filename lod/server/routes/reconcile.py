"""`/reconciliation`: the Reconciliation Service API 0.2, for OpenRefine and other clients.

There is no JSONP: version 0.2 asks for CORS, which every answer has, and a script of ours would
run with the rights of whoever embeds it.
"""

import csv
import io
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

import orjson
from flask import Blueprint, Response, request

from lod.publish.search.search_index import TooLongError
from lod.server.common import csp
from lod.server.common.problems import Problem
from lod.server.engine.current_release import ServedRelease
from lod.server.engine.pool import EngineQuery
from lod.server.reconciliation import question_matches, responses
from lod.server.reconciliation.batch import (
    ReconciliationError,
    ReconciliationQuery,
    TooManyError,
    known_type,
    read_batch,
    read_extension,
)
from lod.server.reconciliation.entities import (
    Entity,
    completed_entities,
    known_deputies,
    read_entities,
)
from lod.server.reconciliation.entity_index import EntityIndex
from lod.server.reconciliation.score import ScoredEntity, rank_candidates
from lod.server.reconciliation.types import QUESTION, EntityType, entity_properties, entity_types
from lod.server.routes.api import answer_unless_known
from lod.server.routes.context import current
from lod.server.routes.dereference import not_found, redirect_to
from lod.server.routes.protocol import FORM, LONGEST_URL
from lod.server.routes.site_files import page

SECONDS = 5.0  # for one batch; what a query has begun may take a second more
PATIENCE = 5.0  # seconds that a request waits while another one reads the entities
KEPT_INDEXES = 2  # releases of which the entities are kept: the current one, and that which is left
FARTHEST = 10_000  # suggestions that can be skipped
blueprint = Blueprint("reconciliation", __name__, url_prefix="/reconciliation")
_turn = threading.Lock()  # who asks while the entities are read waits, and reads nothing


@blueprint.route("", methods=["GET", "POST"])
def service() -> Response:
    """Answer a batch of queries, or tell properties; without either say what the service is."""
    release, values = current(), parameters()
    said = [name for name in MAKERS if values.get(name)]
    if len(said) > 1:
        raise Problem("requete-invalide", f"{' et '.join(said)} à la fois ; envoyez l’un des deux")
    if said:
        return json_response(release, lambda: MAKERS[said[0]](release, values[said[0]]))
    if request.method == "POST":
        raise Problem("requete-invalide", f"il manque le paramètre {' ou '.join(MAKERS)}")
    return json_response(release, lambda: responses.service_manifest(release.base))


@blueprint.get("/")
def folder() -> Response:
    """Send the client to the one address of the service."""
    return redirect_to(current(), "reconciliation", 301)


def parameters() -> dict[str, str]:
    """Return the parameters of the request, the last of each; others than ours are no mistake."""
    if len(request.query_string) > LONGEST_URL:
        raise Problem("adresse-trop-longue", f"au plus {LONGEST_URL} octets")
    if request.method == "POST" and request.mimetype != FORM:
        detail = f"{request.mimetype or 'corps sans Content-Type'} ; attendu : {FORM}"
        raise Problem("type-de-contenu", detail, headers={"Accept-Post": FORM})
    return request.values.to_dict()


def json_response(release: ServedRelease, make: Callable[[], Any]) -> Response:
    """Return what is made as JSON, to be kept unless it answers a body; raise Problem."""

    def answer() -> Response:
        try:
            return Response(orjson.dumps(make()), mimetype="application/json")
        except TooManyError as error:
            raise Problem("corps-trop-long", str(error)) from error
        except ReconciliationError as error:
            raise Problem("requete-invalide", str(error)) from error
        except TooLongError as error:
            raise Problem(
                "delai", "la recherche était trop longue ; envoyez moins de requêtes"
            ) from error

    return answer() if request.method == "POST" else answer_unless_known(release, "json", answer)


def match_batch(release: ServedRelease, text: str) -> dict[str, Any]:
    """Return the candidates for each query of a batch."""
    index = entity_index_of(release)
    asked = {
        key: replace(query, text=query.text.removeprefix(release.base))
        for key, query in read_batch(text).items()
    }
    until = time.monotonic() + SECONDS
    uids = {key: possible_questions(release, query, until) for key, query in asked.items()}
    read = read_questions(release, {uid for some in uids.values() for uid in some})
    said = {}
    for key, query in asked.items():
        in_time(until)
        others = [read[uid] for uid in dict.fromkeys(uids[key]) if uid in read]
        said[key] = responses.query_result(candidates_of(index, query, others), index)
    return said


def candidates_of(
    index: EntityIndex, query: ReconciliationQuery, others: Iterable[Entity]
) -> list[ScoredEntity]:
    """Return the candidates for one query; `others` are the questions that it may mean."""
    own = index.by_identifier(query.text, query.types)
    return rank_candidates(query, [*index.possible_entities(query), *others], own.id if own else "")


def possible_questions(
    release: ServedRelease, query: ReconciliationQuery, until: float
) -> list[str]:
    """Return the questions that a query may mean; raise TooLongError after a moment."""
    if not query.admits(QUESTION):
        return []
    in_time(until)
    uids = [value for name, said in query.properties if name == "uid" for value in said]
    text = query.text
    return [*uids, *(question_matches.possible_uids(text, release.search_index) if text else ())]


def in_time(until: float) -> None:
    """Raise TooLongError once a batch has taken its time."""
    if time.monotonic() > until:
        raise TooLongError


def extend(release: ServedRelease, text: str) -> dict[str, Any]:
    """Return the values of properties of entities that a client has joined."""
    asked, index = read_extension(text), entity_index_of(release)
    return responses.extension_response(asked, entities_named(release, index, asked.ids), index)


def entities_named(
    release: ServedRelease, index: EntityIndex, ids: Iterable[str]
) -> dict[str, Entity]:
    """Return id → entity, of those that exist; the questions are read."""
    uids = {name.partition("/")[2] for name in ids if name.startswith(f"{QUESTION}/")}
    read = {entity.id: entity for entity in read_questions(release, uids).values()}
    return read | {name: index.entities[name] for name in ids if name in index.entities}


MAKERS = {"queries": match_batch, "extend": extend}  # parameter → what answers it


@blueprint.get("/suggest/<any(entity, type, property):what>")
def suggest(what: str) -> Response:
    """Complete what a person types."""
    release, values = current(), parameters()
    cursor = number(values, "cursor", 0, FARTHEST)
    prefix = values.get("prefix", "").removeprefix(release.base)[:100].strip()
    if what == "entity":
        kind = values.get("type", "")
        return json_response(release, lambda: complete(release, prefix, kind, cursor))
    listed: Iterable[Any] = (entity_types() if what == "type" else entity_properties()).values()
    return json_response(release, lambda: responses.schema_suggestions(listed, prefix))


def complete(release: ServedRelease, prefix: str, kind: str, cursor: int) -> dict[str, Any]:
    """Return entities that begin so; questions, by number or words, where a page is not full."""
    index = entity_index_of(release)
    wanted = known_type("suggest", kind) if kind else ""
    entities = [e for e in index.beginning_with(prefix) if wanted in ("", e.type)]
    shown = entities[cursor : cursor + responses.PAGE_SIZE]
    if cursor == 0 and len(shown) < responses.PAGE_SIZE and prefix and wanted in ("", QUESTION):
        uids = question_matches.possible_uids(prefix, release.search_index)
        shown += read_questions(release, uids[: 10 * responses.PAGE_SIZE]).values()
    return responses.entity_suggestions(shown[: responses.PAGE_SIZE], index)


def number(values: dict[str, str], name: str, least: int, most: int) -> int:
    """Return a number that a parameter says, `least` if it says none; raise Problem."""
    said = values.get(name) or str(least)
    if not (said.isascii() and said.isdecimal() and len(said) < 10 and int(said) >= least):
        raise Problem("requete-invalide", f"{name} n’est pas un entier à partir de {least}")
    return min(int(said), most)


@blueprint.get("/extend/propose")
def propose() -> Response:
    """Say which properties the entities of a type have."""
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
    """Return the small page that a client shows in a frame; only this one may be framed."""
    release, name = current(), parameters().get("id", "")[:300]
    index = entity_index_of(release)
    entity = entities_named(release, index, [name]).get(name)
    if entity is None or not entity.is_published:
        raise not_found(name)
    response = answer_unless_known(release, "html", lambda: preview_page(release, entity, index))
    response.headers["Content-Security-Policy"] = csp.header_value(csp.FRAMED)
    return response


def preview_page(release: ServedRelease, entity: Entity, index: EntityIndex) -> Response:
    """Return the page of an entity: what it is called, and what is known of it."""
    kind = entity.kind
    names = dict.fromkeys((*kind.decrit, *kind.proprietes))  # what tells it from namesakes first
    said = (
        (entity_properties()[name].nom, responses.values_in_words(entity, name, index))
        for name in names
    )
    rows = [(label, words) for label, words in said if words]
    path = "reconciliation/preview"
    return page(release, "vignette.html", path, entity=entity, rows=rows)


def entity_index_of(release: ServedRelease) -> EntityIndex:
    """Return the entities of a release, read once; raise Problem while its store is busy."""
    if not _turn.acquire(timeout=PATIENCE):
        raise Problem("occupe", "la liste de ce qui se rapproche est en lecture ; réessayez")
    try:
        return _read_entity_index(release)
    finally:
        _turn.release()


@lru_cache(maxsize=KEPT_INDEXES)
def _read_entity_index(release: ServedRelease) -> EntityIndex:
    kinds = [kind for kind in entity_types().values() if kind.id != QUESTION]
    published = [e for kind in kinds for e in entities_of(release, kind, kind.query)]
    return EntityIndex(completed_entities(published, known_deputies()))


def read_questions(release: ServedRelease, uids: Iterable[str]) -> dict[str, Entity]:
    """Return identifier → question, of those that exist."""
    chosen = sorted({uid for uid in uids if uid.isascii() and uid.isalnum()})
    if not chosen:
        return {}
    text = question_matches.questions_query(chosen, release.base)
    entities = entities_of(release, entity_types()[QUESTION], text)
    return {entity.id.partition("/")[2]: entity for entity in entities}


def entities_of(release: ServedRelease, kind: EntityType, text: str) -> Iterator[Entity]:
    """Yield the entities of one type that a query gives."""
    reply = release.pool.ask(EngineQuery(text, f"{release.base}sparql", "text/csv", None))
    with reply.body as body:
        lines = csv.reader(io.TextIOWrapper(body, "utf-8", newline=""))
        next(lines)
        yield from read_entities(lines, kind, release.base)
