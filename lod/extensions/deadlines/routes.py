"""`/echeances/…`: what is due of a ministry, a group or a deputy, and its lists, on request."""

import re

from flask import Blueprint, Response

from lod.extensions.deadlines.due import (
    KINDS,
    PATH,
    STATES,
    Deadlines,
    DueQuestion,
    of_all,
    of_subject,
    read_due,
)
from lod.extensions.deadlines.files import (
    CALENDAR,
    FORMS,
    first_page,
    form_of,
    list_page,
    list_parts,
)
from lod.server.common.problems import not_found
from lod.server.engine.current_release import ServedRelease
from lod.server.routes.caching import answer_unless_known
from lod.server.routes.context import current
from lod.server.routes.on_request import FEED, feed_response, has_document
from lod.server.routes.release_files import redirect_to
from lod.server.routes.site_files import preferred_language, publication_of, search_index_of
from lod.website.rendering.language import LANGUAGES, written_in

ENDS = {end: code for code, end in LANGUAGES.items()}
SPOKEN = {"html": "text/html", CALENDAR[0]: CALENDAR[1]}  # forms that exist in each language
ADDRESS = re.compile(
    rf"(?:(?P<kind>{'|'.join(KINDS)})/(?P<name>[\w-]{{1,200}}))?"
    rf"(?:(?:^|/)(?P<state>{'|'.join(STATES)})(?:/page-(?P<number>[1-9]\d{{0,5}}))?)?"
    rf"(?P<end>{'|'.join(map(re.escape, ENDS))})"
    rf"(?:\.(?P<form>{'|'.join((*SPOKEN, *FORMS))}))?",
    re.ASCII,
)
blueprint = Blueprint(PATH, __name__)


@blueprint.get(f"/{PATH}/<path:rest>")
def deadlines(rest: str) -> Response:
    """Return a page about what is due, or what is due in another form."""
    release, asked = current(), ADDRESS.fullmatch(rest)
    if not asked or not (asked["kind"] or asked["state"]):
        raise not_found(f"{PATH}/{rest}")
    form, end = asked["form"], asked["end"]
    if not form and not end:
        place = f"{PATH}/{rest}{LANGUAGES[preferred_language()]}.html"
        response = redirect_to(release, place, 302)
        response.vary.add("Accept-Language")
        return response
    # these forms have all states, and no language
    is_no_form = form in FORMS and (end or asked["state"])
    if not form or is_no_form or (form == CALENDAR[0] and asked["state"]):
        raise not_found(f"{PATH}/{rest}")
    if form == FEED:
        publication = publication_of(release)
        return feed_response(release, lambda: form_of(_about(release, asked), form, publication))
    return answer_unless_known(release, form, lambda: _answer(release, asked))


def _answer(release: ServedRelease, asked: re.Match[str]) -> Response:
    about, form, language = _about(release, asked), asked["form"], ENDS[asked["end"]]
    with written_in(language):
        if form != "html":
            text = form_of(about, form, publication_of(release))
        elif asked["state"]:
            text = _list(release, about, asked["state"], int(asked["number"] or 1))
        else:
            text = first_page(about, publication_of(release))
    response = Response(text, mimetype=(SPOKEN | FORMS)[form])
    if form in SPOKEN:
        response.headers["Content-Language"] = language
    return response


def _about(release: ServedRelease, asked: re.Match[str]) -> Deadlines:
    """Return what is due of the resource in an address, or of all; raise Problem if there is no
    such resource.
    """
    if not (kind := asked["kind"]):
        return of_all(_due(release))
    iri = f"{release.base}{kind}/{asked['name']}"
    about = of_subject(_due(release, iri), kind, iri)
    if about.due:
        return about
    if not has_document(release, f"{kind}/{asked['name']}"):
        raise not_found(f"{PATH}/{kind}/{asked['name']}")
    return of_subject([], kind, iri, search_index_of(release).name_of(iri))


def _due(release: ServedRelease, iri: str = "") -> list[DueQuestion]:
    return read_due(release.folder / "site" / f"{PATH}.csv", iri)


def _list(release: ServedRelease, about: Deadlines, state: str, number: int) -> bytes:
    """Return a page of a list; raise Problem if the list has no such page."""
    for part in list_parts(about, state):
        if part.number == number:
            return list_page(about, state, part, publication_of(release))
    raise not_found(f"{about.path}/{state}")
