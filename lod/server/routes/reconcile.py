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

from lod.publish.search.corpus import TooLongError
from lod.server.common import csp as policy
from lod.server.common.problems import Problem
from lod.server.engine.current_release import Release
from lod.server.engine.pool import Query
from lod.server.reconciliation import question_matches as questions
from lod.server.reconciliation import responses as reponses
from lod.server.reconciliation.batch import (
    Demande,
    DemandeError,
    TooManyError,
    extension,
    lot,
    type_connu,
)
from lod.server.reconciliation.entities import Entite, completees, deputes, entites
from lod.server.reconciliation.entity_index import Index
from lod.server.reconciliation.score import Candidat, candidats
from lod.server.reconciliation.types import QUESTION, Type, proprietes, types
from lod.server.routes.api import kept
from lod.server.routes.context import current
from lod.server.routes.dereference import missing, moved
from lod.server.routes.protocol import FORM, LONGEST_URL
from lod.server.routes.site_files import page

SECONDS = 5.0  # for one batch; what a query has begun may take a second more
PATIENCE = 5.0  # seconds that a request waits while another one reads the entities
OLD = 2  # releases of which the entities are kept: the current one, and that which is left
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
        return answered(release, lambda: MAKERS[said[0]](release, values[said[0]]))
    if request.method == "POST":
        raise Problem("requete-invalide", f"il manque le paramètre {' ou '.join(MAKERS)}")
    return answered(release, lambda: reponses.manifeste(release.base))


@blueprint.get("/")
def folder() -> Response:
    """Send the client to the one address of the service."""
    return moved(current(), "reconciliation", 301)


def parameters() -> dict[str, str]:
    """Return the parameters of the request, the last of each; others than ours are no mistake."""
    if len(request.query_string) > LONGEST_URL:
        raise Problem("adresse-trop-longue", f"au plus {LONGEST_URL} octets")
    if request.method == "POST" and request.mimetype != FORM:
        detail = f"{request.mimetype or 'corps sans Content-Type'} ; attendu : {FORM}"
        raise Problem("type-de-contenu", detail, headers={"Accept-Post": FORM})
    return request.values.to_dict()


def answered(release: Release, make: Callable[[], Any]) -> Response:
    """Return what is made as JSON, to be kept unless it answers a body; raise Problem."""

    def answer() -> Response:
        try:
            return Response(orjson.dumps(make()), mimetype="application/json")
        except TooManyError as error:
            raise Problem("corps-trop-long", str(error)) from error
        except DemandeError as error:
            raise Problem("requete-invalide", str(error)) from error
        except TooLongError as error:
            raise Problem(
                "delai", "la recherche était trop longue ; envoyez moins de requêtes"
            ) from error

    return answer() if request.method == "POST" else kept(release, "json", answer)


def rapprochees(release: Release, texte: str) -> dict[str, Any]:
    """Return the candidates for each query of a batch."""
    index = index_of(release)
    asked = {
        key: replace(demande, texte=demande.texte.removeprefix(release.base))
        for key, demande in lot(texte).items()
    }
    until = time.monotonic() + SECONDS
    uids = {key: questions_of(release, demande, until) for key, demande in asked.items()}
    read = read_questions(release, {uid for some in uids.values() for uid in some})
    said = {}
    for key, demande in asked.items():
        in_time(until)
        others = [read[uid] for uid in dict.fromkeys(uids[key]) if uid in read]
        said[key] = reponses.resultat(candidates_of(index, demande, others), index)
    return said


def candidates_of(index: Index, demande: Demande, others: Iterable[Entite]) -> list[Candidat]:
    """Return the candidates for one query; `others` are the questions that it may mean."""
    own = index.identifiee(demande.texte, demande.types)
    return candidats(demande, [*index.proches(demande), *others], own.id if own else "")


def questions_of(release: Release, demande: Demande, until: float) -> list[str]:
    """Return the questions that a query may mean; raise TooLongError after a moment."""
    if not demande.admet(QUESTION):
        return []
    in_time(until)
    uids = [value for name, said in demande.proprietes if name == "uid" for value in said]
    texte = demande.texte
    return [*uids, *(questions.designees(texte, release.corpus) if texte else ())]


def in_time(until: float) -> None:
    """Raise TooLongError once a batch has taken its time."""
    if time.monotonic() > until:
        raise TooLongError


def etendues(release: Release, texte: str) -> dict[str, Any]:
    """Return the values of properties of entities that a client has joined."""
    asked, index = extension(texte), index_of(release)
    return reponses.etendues(asked, named(release, index, asked.ids), index)


def named(release: Release, index: Index, ids: Iterable[str]) -> dict[str, Entite]:
    """Return id → entity, of those that exist; the questions are read."""
    uids = {name.partition("/")[2] for name in ids if name.startswith(f"{QUESTION}/")}
    read = {entite.id: entite for entite in read_questions(release, uids).values()}
    return read | {name: index.entites[name] for name in ids if name in index.entites}


MAKERS = {"queries": rapprochees, "extend": etendues}  # parameter → what answers it


@blueprint.get("/suggest/<any(entity, type, property):what>")
def suggest(what: str) -> Response:
    """Complete what a person types."""
    release, values = current(), parameters()
    cursor = number(values, "cursor", 0, FARTHEST)
    prefixe = values.get("prefix", "").removeprefix(release.base)[:100].strip()
    if what == "entity":
        kind = values.get("type", "")
        return answered(release, lambda: completed(release, prefixe, kind, cursor))
    listed: Iterable[Any] = (types() if what == "type" else proprietes()).values()
    return answered(release, lambda: reponses.suggerees(listed, prefixe))


def completed(release: Release, prefixe: str, kind: str, cursor: int) -> dict[str, Any]:
    """Return entities that begin so; questions, by number or words, where a page is not full."""
    index = index_of(release)
    wanted = type_connu("suggest", kind) if kind else ""
    entites = [e for e in index.commencant(prefixe) if wanted in ("", e.type)]
    shown = entites[cursor : cursor + reponses.PAGE]
    if cursor == 0 and len(shown) < reponses.PAGE and prefixe and wanted in ("", QUESTION):
        uids = questions.designees(prefixe, release.corpus)
        shown += read_questions(release, uids[: 10 * reponses.PAGE]).values()
    return reponses.suggestions(shown[: reponses.PAGE], index)


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
    limite = number(values, "limit", 1, len(proprietes())) if values.get("limit") else None
    return answered(
        current(),
        lambda: reponses.proposees(types()[type_connu("propose", values.get("type"))], limite),
    )


@blueprint.get("/preview")
def preview() -> Response:
    """Return the small page that a client shows in a frame; only this one may be framed."""
    release, name = current(), parameters().get("id", "")[:300]
    index = index_of(release)
    entite = named(release, index, [name]).get(name)
    if entite is None or not entite.est_publiee:
        raise missing(name)
    response = kept(release, "html", lambda: previewed(release, entite, index))
    response.headers["Content-Security-Policy"] = policy.written(policy.FRAMED)
    return response


def previewed(release: Release, entite: Entite, index: Index) -> Response:
    """Return the page of an entity: what it is called, and what is known of it."""
    kind = entite.sorte
    names = dict.fromkeys((*kind.decrit, *kind.proprietes))  # what tells it from namesakes first
    said = ((proprietes()[name].nom, reponses.en_mots(entite, name, index)) for name in names)
    lignes = [(nom, words) for nom, words in said if words]
    path = "reconciliation/preview"
    return page(release, "vignette.html", path, entite=entite, lignes=lignes)


def index_of(release: Release) -> Index:
    """Return the entities of a release, read once; raise Problem while its store is busy."""
    if not _turn.acquire(timeout=PATIENCE):
        raise Problem("occupe", "la liste de ce qui se rapproche est en lecture ; réessayez")
    try:
        return _index_of(release)
    finally:
        _turn.release()


@lru_cache(maxsize=OLD)
def _index_of(release: Release) -> Index:
    kinds = [kind for kind in types().values() if kind.id != QUESTION]
    published = [e for kind in kinds for e in entites_of(release, kind, kind.requete)]
    return Index(completees(published, deputes()))


def read_questions(release: Release, uids: Iterable[str]) -> dict[str, Entite]:
    """Return identifier → question, of those that exist."""
    chosen = sorted({uid for uid in uids if uid.isascii() and uid.isalnum()})
    if not chosen:
        return {}
    text = questions.requete(chosen, release.base)
    entites = entites_of(release, types()[QUESTION], text)
    return {entite.id.partition("/")[2]: entite for entite in entites}


def entites_of(release: Release, kind: Type, text: str) -> Iterator[Entite]:
    """Yield the entities of one type that a query gives."""
    reply = release.pool.ask(Query(text, f"{release.base}sparql", "text/csv", None))
    with reply.body as body:
        lines = csv.reader(io.TextIOWrapper(body, "utf-8", newline=""))
        next(lines)
        yield from entites(lines, kind, release.base)
