"""`/construire`: the query builder, a form whose query runs like that of any client."""

from functools import lru_cache

from flask import Blueprint, Response, request

from lod.extensions.query_builder.fields import subjects
from lod.extensions.query_builder.page import (
    PATH,
    TEMPLATE,
    Names,
    form_values,
    names_of,
    result_table,
)
from lod.extensions.query_builder.request import Request, read_request
from lod.extensions.query_builder.sparql import query_of
from lod.rdf.store import RESULTS
from lod.server.common.problems import Problem
from lod.server.engine.current_release import ServedRelease
from lod.server.engine.reader import EngineQuery
from lod.server.routes.caching import answer_unless_known
from lod.server.routes.context import ask_rows, current, notes, result_rows
from lod.server.routes.endpoint import query_hash, reply_to
from lod.server.routes.site_files import IN_OTHERS, page
from lod.website.rendering.language import FRENCH, written_in

blueprint = Blueprint(PATH, __name__)


@blueprint.get("/construire")
@blueprint.get("/construire.html")  # the address of the form in a copy of the files
@blueprint.get(f"/construire.<{IN_OTHERS}:language>")
@blueprint.get(f"/construire.<{IN_OTHERS}:language>.html")
def build(language: str = FRENCH) -> Response:
    """Return the form; if it was sent, with its query and the rows of this."""
    release = current()
    with written_in(language):
        asked = read_request(request.args.items(multi=True))
        if asked.errors:
            return _page(release, asked, status=400)
        return answer_unless_known(release, "html", lambda: _page(release, asked))


def _page(release: ServedRelease, asked: Request, status: int = 200) -> Response:
    names = names_in(release.id, asked.subject.key)  # the same in each language
    values = form_values(asked, names)
    if asked.is_sent and not asked.errors:
        text = query_of(asked, {key: frozenset(listed) for key, listed in names.items()})
        notes()["requete"] = query_hash(text)
        values["requete"] = text
        try:
            query = EngineQuery(text, f"{release.base}sparql", RESULTS, None)
            rows = result_rows(reply_to(release, query))
            values["table"] = result_table(asked, text, rows, release.base)
        except Problem as problem:  # the page shows the query all the same
            notes()["cause"] = problem.slug
            values["probleme"], status = problem, problem.status
    response = page(release, TEMPLATE, PATH, **values)
    response.status_code = status
    return response


@lru_cache(32)
def names_in(_release: str, subject: str) -> Names:
    """Return the names that the form for a subject suggests, in the release of this request."""
    return names_of(subjects()[subject], ask_rows)
