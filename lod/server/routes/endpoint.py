"""`/sparql`: answer a query, describe the endpoint, advise on a query that cannot be parsed."""

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import islice
from pathlib import Path
from string import Template

from flask import Blueprint, Response, request
from pyoxigraph import RdfFormat, parse, serialize

from lod.base.words import Sentence
from lod.rdf.serialize import read_turtle
from lod.rdf.sparql import TOKEN, Named, named
from lod.rdf.vocab import PREFIXES
from lod.server.common.problems import Problem
from lod.server.common.request_response import choose
from lod.server.engine.current_release import ServedRelease
from lod.server.engine.formats import GRAPHS, HTML, SOLUTIONS, content_type
from lod.server.engine.query_traits import is_update, query_form
from lod.server.engine.reader import EngineQuery, Reply
from lod.server.limits import ADVICE_CHARACTERS, ADVICE_WORDS, ANSWER_PIECE, WorkerLimits
from lod.server.routes.caching import answer_to_conditions, cache_headers, cacheable
from lod.server.routes.context import accept, body_of, caller, current, notes, prefers_html, state
from lod.server.routes.protocol import not_acceptable, query_request, read_only, tag
from lod.server.routes.query_notices import header, nearest, notices, own_terms
from lod.server.routes.release_files import send_spoken
from lod.server.routes.result_pages import refusal_page, result_page, stated_graphs
from lod.server.routes.site_files import preferred_language
from lod.website.rendering.language import written_in

KEYWORDS = (
    "ASK", "BASE", "BIND", "CONSTRUCT", "DESCRIBE", "DISTINCT", "EXISTS", "FILTER", "GRAPH",
    "GROUP BY", "HAVING", "LIMIT", "MINUS", "NOT", "OFFSET", "OPTIONAL", "ORDER BY", "PREFIX",
    "SELECT", "UNION", "VALUES", "WHERE",
)  # fmt: skip
_WORD = re.compile("[A-Za-z]{4,}")  # that is compared with keywords
LIMITS_TEMPLATE = Path(__file__).with_name("service_description.ttl")
# files in `dumps` that are part of the description
PUBLISHED = ("service.ttl", "void.ttl", "exemples.ttl")
METHODS = ["GET", "POST", "QUERY"]  # QUERY: a GET with a body, draft-ietf-httpbis-safe-method
EXTENSIONS = {"text/csv": "csv", "text/tab-separated-values": "tsv"}
blueprint = Blueprint("sparql", __name__)


def advised(problem: Problem, text: str) -> Problem:
    """Return the problem of a query that cannot be parsed with its place and what may be meant; the
    problem of an update for one; any other as it is.
    """
    beginning = text[:ADVICE_CHARACTERS]
    if problem.slug == "syntaxe" and is_update(beginning):
        return read_only()
    line, column = problem.more.get("line"), problem.more.get("column")
    if not (isinstance(line, int) and isinstance(column, int)):
        return problem
    found = named(beginning)
    if name := next(found.undeclared, None):  # wherever the engine stopped
        before = beginning[: name.start].split("\n")
        line, column, fault = len(before), len(before[-1]) + 1, _undeclared(name.prefix)
    else:
        fault = _fault(problem.detail, text, line, column)
    detail = Sentence("ligne {}, colonne {} : {}", line, column, fault)
    if meant := _meant(found):
        detail = Sentence("{} ; vouliez-vous dire {} ?", detail, meant)
    members = {**problem.more, "line": line, "column": column, "engine": problem.detail}
    return Problem(problem.slug, "{}", detail, headers=problem.headers, more=members)


def _undeclared(prefix: str) -> Sentence:
    known = ", ".join(f"{name}:" for name in PREFIXES)
    return Sentence(
        "le préfixe « {}: » n’est pas déclaré ; ajoutez PREFIX {}: <…> en tête, "
        "ou prenez un préfixe déclaré d’avance : {}", prefix, prefix, known,
    )  # fmt: skip


def _fault(message: str, text: str, line: int, column: int) -> Sentence:
    """Return what is wrong with a query; `message` is that of the engine."""
    lines = text.split("\n")
    token = TOKEN.match(lines[line - 1][column - 1 :].lstrip()) if line <= len(lines) else None
    if "unbound" in message:
        return Sentence("une variable du SELECT n’est ni dans le GROUP BY, ni dans un compte")
    if not text.strip():
        return Sentence("la requête est vide")
    if not token and text.count("{") > text.count("}"):
        return Sentence("la requête s’arrête avant sa fin ; il manque « } »")
    # where the engine states the end: the last word
    word = token[0].rstrip() if token else text.split()[-1]
    shown = word[: 1 if token and token["other"] else 40]
    return Sentence("« {} » n’est pas attendu ici", shown)


def _meant(found: Named) -> str:
    """Return the known word that is most similar to the first unknown one; "" if there is none.

    >>> _meant(named("SELECT ?q { ?q qp:auteurr ?a")), _meant(named("SELEC ?q { ?q ?p ?o }"))
    ('qp:auteur', 'SELECT')
    """
    if name := next(found.undeclared, None):
        meant = nearest(f"{name.prefix.lower()}:", [f"{known}:" for known in PREFIXES])
        return meant and meant + name.local
    for name in found.names:
        if name.prefix == "qp" and (term := f"qp:{name.local}") not in own_terms():
            return nearest(term, own_terms())
    keywords = {word.lower() for keyword in KEYWORDS for word in keyword.split()}
    compared = (word for word in dict.fromkeys(found.words) if _WORD.fullmatch(word))
    unknown = (word for word in compared if word.lower() not in keywords)
    similar = (nearest(word.upper(), KEYWORDS) for word in islice(unknown, ADVICE_WORDS))
    return next(filter(None, similar), "")


@lru_cache(maxsize=16)  # VoID is some thousand triples, and a release never changes
def _described(dumps: Path, base: str, limits: WorkerLimits, syntax: RdfFormat) -> bytes:
    """Return the description in one syntax; its IRIs are made from the base of the release."""
    text = Template(LIMITS_TEMPLATE.read_text("utf-8")).substitute(
        seconds=f"{limits.seconds:g}", size=limits.size
    )
    triples = [t for name in PUBLISHED for t in read_turtle(dumps / name)]
    triples += [quad.triple for quad in parse(text, format=RdfFormat.TURTLE, base_iri=base)]
    return serialize(dict.fromkeys(triples), format=syntax, prefixes=PREFIXES) or b""


@blueprint.route("/sparql", methods=METHODS)
def sparql() -> Response:
    """Answer the query of the request, as a page if the client prefers that."""
    release = current()
    asked = query_request(request, release.base, accept())
    if asked is None:
        return description(release)
    try:
        return answer_query(release, asked.checked())
    except Problem as refused:
        problem = advised(refused, asked.text)
        page = asked.for_page()
        if page is None:
            raise problem from refused
        notes()["cause"] = problem.slug
        with written_in(language := preferred_language()):
            text = refusal_page(release, page, problem)
        headers = {**problem.headers, **spoken(language)}
        return Response(text, problem.status, headers, content_type=content_type(HTML))


def answer_query(release: ServedRelease, query: EngineQuery) -> Response:
    """Return the answer to a query, 304 if the client has it; do not evaluate it for HEAD."""
    # the URL is part of the tag, because the engines of two places may write different bytes
    is_page = HTML in (query.solutions, query.graph)
    language = preferred_language() if is_page else ""
    etag = tag(release.id + release.query_pool.url + language, query)
    notes()["requete"] = query_hash(query.text)
    common = spoken(language) if is_page else {"Vary": "Accept"}
    common |= cache_headers(release, etag) if etag else {}
    common |= header(notices(query.text, query.base, stated_graphs(query)))
    is_safe = request.method in ("GET", "HEAD")
    if etag and is_safe and (unmet := answer_to_conditions(release, etag)) is not None:
        unmet.headers["Vary"] = common["Vary"]
        return unmet
    if request.method == "HEAD":
        return head_of(query, common)
    reply = reply_to(release, query)
    if reply.media == HTML:
        with written_in(language):
            text = result_page(release, query, reply)
        return Response(text, headers=common, content_type=content_type(HTML))
    size = {"Content-Length": str(reply.size)}
    headers = {**common, **content_headers(reply.media), **size}
    if reply.size > ANSWER_PIECE:
        return Response(body_of(reply), headers=headers, direct_passthrough=True)
    with reply.body as body:
        return Response(body.read(), headers=headers)


def spoken(language: str) -> dict[str, str]:
    """Return the headers of a page in the language that the client prefers."""
    return {"Vary": "Accept, Accept-Language", "Content-Language": language}


def head_of(query: EngineQuery, headers: Mapping[str, str]) -> Response:
    """Return the head of the answer to a query: its type, but no length, as it is not evaluated; no
    type if the query has no form that is known.
    """
    form = query_form(query.text)
    media = query.graph if form in ("construct", "describe") else query.solutions
    response = Response(iter(()), headers=headers)
    del response.headers["Content-Type"]
    if form and media is None:
        raise not_acceptable([*SOLUTIONS, *GRAPHS])
    if form and media:
        response.headers.update(content_headers(media))
    return response


def reply_to(release: ServedRelease, query: EngineQuery) -> Reply:
    """Evaluate the query; the problem of a large answer gets a link to the downloads."""
    try:
        return release.query_pool.run(query, caller())
    except Problem as problem:
        if problem.slug == "reponse-trop-grande":
            problem.headers["Link"] = f'<{release.base_path}telechargements/>; rel="alternate"'
        raise


def content_headers(media: str) -> dict[str, str]:
    """Return the headers for the type of an answer; CSV and TSV are sent as a file.

    A browser that opened them in a spreadsheet would let it evaluate a cell that begins with `=`.
    """
    headers = {"Content-Type": content_type(media)}
    if extension := EXTENSIONS.get(media):
        headers["Content-Disposition"] = f"attachment; filename=resultats.{extension}"
    return headers


def query_hash(text: str) -> str:
    """Return the hash that stands for a query in the log, so that the log does not disclose it."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def description(release: ServedRelease) -> Response:
    """Return the page with the form to a browser, the service description to another client."""
    if request.method not in ("GET", "HEAD"):
        raise Problem("requete-invalide", "il manque le paramètre {}", "query")
    if prefers_html(*GRAPHS) and (release.folder / "site" / "sparql.html").is_file():
        response = send_spoken(release, "sparql")
    else:
        media = choose(accept(), tuple(GRAPHS))
        if media is None:
            raise not_acceptable([*GRAPHS, "text/html"])
        limits = state().settings.limits
        text = _described(release.folder / "dumps", release.base, limits, GRAPHS[media])
        response = cacheable(Response(text, content_type=content_type(media)), release)
    response.vary.add("Accept")
    return response
