"""`/barometre/2024-W12`: a week as a page, a picture or JSON, on request."""

from flask import Blueprint, Response

from lod.base.output_tree import OutputTree
from lod.extensions.barometer.files import (
    PATH,
    PICTURE,
    facts_of,
    json_of,
    known_weeks,
    page_of,
    picture_of,
)
from lod.publish.publication import Site
from lod.server.common.problems import not_found
from lod.server.routes.caching import answer_unless_known
from lod.server.routes.context import current
from lod.server.routes.release_files import redirect_to_language
from lod.server.routes.site_files import OTHERS, publication_of
from lod.website.pages.kept_resources import references_of
from lod.website.rendering.language import FRENCH, written_in

FORMS = {"html": "text/html", PICTURE: "image/svg+xml", "json": "application/json"}
WEEK = f"/{PATH}/<int(fixed_digits=4):year>-W<int(fixed_digits=2):number>"
blueprint = Blueprint(PATH, __name__)


@blueprint.get(WEEK)
@blueprint.get(f"{WEEK}.<any({', '.join(FORMS)}):form>")
@blueprint.get(f"{WEEK}.<any({', '.join(OTHERS)}):language>.<any(html, {PICTURE}):form>")
def week(year: int, number: int, form: str = "", language: str = FRENCH) -> Response:
    """Return a week in a form, or lead to its page in the language that the client prefers."""
    release, name = current(), f"{year:04}-W{number:02}"
    path = f"{PATH}/{name}"
    weeks = known_weeks(release.folder / "site")
    if name not in weeks:
        raise not_found(path)
    if not form:
        return redirect_to_language(release, path)

    def make() -> Response:
        tree = OutputTree(release.folder / "site")
        site = Site(publication_of(release), tree, references_of(release.folder))
        facts = facts_of(site, release.folder, name)
        with written_in(language):
            if form == "html":
                text = page_of(site, facts, weeks, path)
            else:
                text = json_of(facts) if form == "json" else picture_of(site, facts)
        headers = {} if form == "json" else {"Content-Language": language}
        return Response(text, mimetype=FORMS[form], headers=headers)

    return answer_unless_known(release, form, make)
