"""The IRIs of things (303), and their documents in every form; every other path is a file."""

import re
from collections.abc import Collection

from flask import Blueprint, Response, request
from pyoxigraph import NamedNode

from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.documents import home_signposts, written_document
from lod.publish.history import CHANGES
from lod.publish.query_catalogue import triples_about
from lod.rdf.iris import KINDS, is_resource, spelled
from lod.rdf.ontology import modules, parts
from lod.rdf.serialize import DATA_FORMS
from lod.rdf.vocab import NAMESPACE, QP
from lod.server.common.problems import Problem, not_found
from lod.server.common.request_response import choose
from lod.server.engine.current_release import ServedRelease
from lod.server.routes.ambiguous_names import ambiguous_document, meant_by
from lod.server.routes.caching import MAX_AGE, answer_unless_known, cacheable, conditional
from lod.server.routes.context import accept, ask_graph, ask_rows, current, state
from lod.server.routes.document_forms import (
    OFFERS,
    SINGLE,
    VOID,
    DocumentForms,
    document_links,
    forms_of,
    header_links,
)
from lod.server.routes.earlier_releases import check_gone, successor_of_answer
from lod.server.routes.on_request import (
    FEED,
    MADE,
    citation,
    feed,
    has_document,
    in_language,
    record,
)
from lod.server.routes.release_files import (
    DOCUMENT_FORMS,
    FORMS,
    redirect_to,
    redirect_to_language,
    send,
    send_page,
    send_spoken,
)
from lod.server.routes.site_files import (
    preferred_language,
    publication_of,
    spoken_page,
    translation_links,
)
from lod.website.pages.kept_resources import document_path
from lod.website.pages.problem_pages import PROBLEMS_PATH, is_explained, problem_document
from lod.website.rendering.language import FRENCH, LANGUAGES, is_translated

# path → file in `dumps`
DUMPS = {
    "dcat.ttl": "dcat.ttl", "def.ttl": "ontology.ttl", "alignements": "alignements.ttl",
}  # fmt: skip
SECURITY = ".well-known/security.txt"  # only there if the publisher has given a contact
VOID_FORMS = ("ttl", "html", *DATA_FORMS)  # Turtle first: for robots, which accept anything
# beside the routes of the store, which redirect other spellings
ROUTES = ("def", "sante")
# a person is a deputy as soon as tables or archives have a seat
ROLES = {"depute": "personne", "personne": "depute"}
# every path that a build writes; no segment is empty, begins with a dot, or leads upwards
_PATH = re.compile(r"(?:\w[\w.-]{0,199}/){0,8}(?:\w[\w.-]{0,199})?", re.ASCII)
blueprint = Blueprint("documents", __name__)


@blueprint.get("/", defaults={"path": ""})
@blueprint.get("/<path:path>")
def answer(path: str) -> Response:
    """Answer the IRI of a thing with 303, a document or another file with its content."""
    release = current()
    if path == "favicon.ico":  # browsers ask for it when a document has no HTML head, as Turtle
        return send(release.folder / "site" / "static" / "icone.svg")
    if path in DUMPS:
        return send(release.folder / "dumps" / DUMPS[path])
    if path == SECURITY:
        return send(release.folder / "site" / SECURITY)
    if path.startswith(VOID):
        return void(release, path)
    if not _PATH.fullmatch(path):
        raise not_found(path)
    if canonical := canonical_path(release, path):
        return redirect_to(release, canonical, 301)
    if reason := release.withheld.get(question_of(path)):
        raise Problem("retiree-de-la-publication", "{}", reason, headers={"Vary": "Accept"})
    name, form = named_form(path, DOCUMENT_FORMS)
    if page := page_about(release, name):
        return document(release, name, form, page) if form else see_other(release, name)
    if path == "":
        return home(release)
    if name.startswith("reponse/") and (successor := successor_of_answer(release, name)):
        return redirect_to(release, f"{successor}.{form}" if form else successor, 301)
    if meanings := release.meanings.get(name):
        return ambiguous(release, name, form, meanings)
    if response := made_file(release, path):
        return response
    if uid := question_of(path):
        check_gone(release, uid)
    return send_page(release, path)


def made_file(release: ServedRelease, path: str) -> Response | None:
    """Return what is made on request: a record, the feed about a thing, a citation, a page of a
    question or a resource; None if the path names none of these.
    """
    if (spoken := spoken_page(path)) and (response := in_language(release, *spoken)):
        if page_about(release, spoken.path):
            end = LANGUAGES[spoken.language]
            response.headers["Link"] = document_links(release, spoken.path, "html", end)
        return response
    if document_path(path) != path and in_language(release, path, FRENCH):
        return redirect_to_language(release, path)
    name, form = named_form(path, MADE)
    if not (form and page_about(release, name)):
        return record(release, path)
    return feed(release, name) if form == FEED else citation(release, name, form)


def canonical_path(release: ServedRelease, path: str) -> str | None:
    """Return the right spelling of a path that exists, or the path that replaces it; None if the
    path is right already, or does not exist.

    The spelling is computed, not searched for: only one page is looked up.
    """
    whole, form = named_form(path.rstrip("/"), (*DOCUMENT_FORMS, *MADE))
    routes = (*ROUTES, *(path.strip("/") for path in state().costly.all))
    kind, slash, name = whole.partition("/")
    if slash and kind.lower() in (*KINDS, CHANGES, PROBLEMS_PATH):
        kind, name = spelled(kind, name)
        whole = f"{kind}/{name}"
    elif whole.lower() in (*SINGLE, *routes, PROBLEMS_PATH):
        whole = whole.lower()
    if kind in (*ROLES, "ministere"):
        whole = meant(release, whole)
    canonical = f"{whole}.{form}" if form else whole
    if canonical == path:
        return None
    exists = question_of(whole) in release.withheld or page_about(release, whole)
    return canonical if exists or canonical in routes or whole in release.meanings else None


def meant(release: ServedRelease, path: str) -> str:
    """Return the path of what an unpublished path means: of a person, the other role, if that is
    published; of a name, the ministry that bears it. Return any other path as it is.
    """
    kind, _, name = path.partition("/")
    if page_about(release, path):
        return path
    if kind in ROLES and page_about(release, other_role := f"{ROLES[kind]}/{name}"):
        return other_role
    return meant_by(release, path) if kind == "ministere" else path


def named_form(path: str, forms: Collection[str] = tuple(FORMS)) -> tuple[str, str]:
    """Return a path without its extension, and the extension, "" if that is none of `forms`."""
    name, _, extension = path.rpartition(".")
    form = extension.lower()
    return (name, form) if name and form in forms else (path, "")


def question_of(path: str) -> str:
    """Return the identifier of the question whose thing, document or feed is at a path, or "".

    >>> question_of("question/X.en.html"), question_of("question/X"), question_of("depute/X")
    ('X', 'X', '')
    """
    if spoken := spoken_page(path):
        path = spoken.path
    kind, _, name = named_form(path, (*DOCUMENT_FORMS, *MADE))[0].partition("/")
    return name if kind == "question" else ""


def home(release: ServedRelease) -> Response:
    """Return the home page; redirect a client that wants data to the description of the dataset."""
    form = "html" if accepts_page() else DocumentForms(release, VOID, tuple(FORMS)).negotiated()
    if form != "html":
        response = redirect_to(release, f"{VOID}.{form}", 303)
    else:
        response = send_spoken(release, "index")
    links = [
        *DocumentForms(release, VOID, VOID_FORMS).links(),
        *translation_links(release, "index"),
        *header_links(home_signposts(publication_of(release))),
    ]
    response.headers["Link"] = ", ".join(links)
    response.vary.update(("Accept", "Accept-Language"))
    return response


def accepts_page() -> bool:
    """Say whether the request neither names a form nor prefers data to HTML."""
    return choose(accept(), tuple(OFFERS)) in (None, "text/html") and "format" not in request.args


def void(release: ServedRelease, path: str) -> Response:
    """Return the description of the dataset in VoID, without redirection to one of its forms."""
    name, form = named_form(path.rstrip("/"))
    if name != VOID:
        raise not_found(path)
    if path.endswith("/"):
        return redirect_to(release, path.rstrip("/"), 301)
    document = DocumentForms(release, VOID, VOID_FORMS)
    chosen = form or document.negotiated()
    file = "dumps/void.ttl" if chosen == "ttl" else f"site/{VOID}.{chosen}"
    response = send(release.folder / file)
    response.headers["Link"] = ", ".join(document.links(without=chosen))
    if not form:
        response.headers["Content-Location"] = f"{release.base_path}{VOID}.{chosen}"
        response.vary.add("Accept")
    return response


@blueprint.get("/def")
def ontology() -> Response:
    """Return the ontology, with its address in Content-Location.

    There is no redirection: `/def` is the document, of which the terms are fragments, and w3id.org
    has redirected the client once already.
    """
    release = current()
    has_page = (release.folder / "site/def.html").is_file()
    document = DocumentForms(release, "def", (*["html"] * has_page, *DATA_FORMS))
    form = document.negotiated()
    language = preferred_language()
    file = f"def{LANGUAGES[language]}.html" if form == "html" else f"def.{form}"
    response = answer(file)
    response.headers["Content-Location"] = f"{release.base_path}{file}"
    response.headers["Content-Language"] = language if form == "html" else "fr, en"
    response.headers["Link"] = ", ".join(
        [*document.links(without="html"), *(translation_links(release, "def") if has_page else ())]
    )
    response.vary.update(("Accept", "Accept-Language"))
    return response


@blueprint.get("/def/<name>")
def part_of_ontology(name: str) -> Response:
    """Return a module of the ontology in a form for programs; lead from its page and from a version
    to the whole, which describes it.
    """
    module, stated_form = named_form(name)
    if module not in modules():
        if f"{NAMESPACE.rstrip('#')}/{name}" not in parts():
            raise not_found(f"def/{name}")
        return redirect_to(current(), "def", 303)
    document = DocumentForms(current(), f"def/{module}", tuple(FORMS))
    form = stated_form or document.negotiated()
    if form == "html":
        response = redirect_to(current(), "def", 303)
    else:
        response = send(current().folder / "site" / "def" / f"{module}.{form}")
        response.headers["Content-Location"] = f"{current().base_path}def/{module}.{form}"
        response.headers["Link"] = ", ".join(document.links(without=form))
    response.vary.add("Accept")
    return response


def page_about(release: ServedRelease, path: str) -> str | None:
    """Return the path of the page about a thing, or of a document in many forms, by its path
    without extension; None if there is no such thing.

    An answer to one question stands on the page of that question, at a fragment.
    """
    kind, _, name = path.partition("/")
    if kind == PROBLEMS_PATH:
        return f"{path}.html" if is_explained(path) else None
    if not (path in SINGLE or kind == CHANGES or is_resource(path)):
        return None
    if kind == "question":
        return f"{path}.html" if PublishedQuestions(release.folder).has(name) else None
    if has_document(release, path) or (release.folder / "site" / f"{path}.html").is_file():
        return f"{path}.html"
    if kind != "reponse":
        return None
    pattern = f"?question {QP.reponse} {NamedNode(release.base + path)}"
    rows = ask_rows(f"SELECT ?question {{ {pattern} }} LIMIT 1")
    return f"{rows[0]['question'].removeprefix(release.base)}.html#{name}" if rows else None


def see_other(release: ServedRelease, path: str) -> Response:
    """Redirect to the form of the document about a thing that the client prefers."""
    document = DocumentForms(release, path, forms_of(path))
    form = document.negotiated()
    is_spoken = form == "html" and is_translated(path)
    end = LANGUAGES[preferred_language()] if is_spoken else ""
    response = redirect_to(release, f"{path}{end}.{form}", 303)
    response.headers["Link"] = ", ".join(document.links())
    response.headers["Cache-Control"] = f"public, max-age={MAX_AGE}"
    response.vary.update(("Accept", *(("Accept-Language",) if is_translated(path) else ())))
    return response


def document(release: ServedRelease, path: str, form: str, page: str) -> Response:
    """Return one form of the document about a thing, with links to the other forms; a redirection
    to `page`, if the thing stands on the page of another thing.
    """
    file = release.folder / "site" / f"{path}.{form}"
    if form not in forms_of(path):
        raise not_found(f"{path}.{form}")
    if path.partition("/")[0] == PROBLEMS_PATH:
        response = explanation(release, path, form)
    elif file.is_file():
        response = send(file)
    elif form == "html":
        response = in_language(release, path, FRENCH) or redirect_to(release, page, 303)
    else:
        response = answer_unless_known(release, form, lambda: described(release, path, form))
    response.headers["Link"] = document_links(release, path, form)
    return response


def described(release: ServedRelease, path: str, form: str) -> Response:
    """Return what the store says of a thing, in a form for programs."""
    triples = triples_about(ask_graph, release.base + path)
    text = written_document(publication_of(release), path, triples, form)
    return Response(text, mimetype=DOCUMENT_FORMS[form])


def ambiguous(release: ServedRelease, path: str, form: str, meanings: list[str]) -> Response:
    """Return the list of the ministries that bear a name: 300 at the name itself, 200 at a form.

    `meanings` are the paths of these ministries.
    """
    document = DocumentForms(release, path, tuple(FORMS))
    chosen = form or document.negotiated()
    text = ambiguous_document(release, path, meanings, chosen)
    response = Response(text, 200 if form else 300, mimetype=FORMS[chosen])
    response.headers["Link"] = ", ".join(document.links(without=form))
    response.vary.add("Accept")
    return cacheable(response, release)


def explanation(release: ServedRelease, path: str, form: str) -> Response:
    """Return the document about a problem."""
    text = problem_document(path, form, release.base, release.base_path)
    response = Response(text, mimetype=FORMS[form])
    response.cache_control.public, response.cache_control.max_age = True, MAX_AGE
    response.add_etag()
    return conditional(response)
