"""`/comparer`: two deputies, groups or ministries side by side, by one query about their questions.

Rows go by legislature, type and name: nobody is ranked.
"""

import re
from dataclasses import dataclass

from flask import Blueprint, Response

from lod.publish.query_catalogue import all_queries, bind
from lod.publish.search.parameters import Parameter
from lod.publish.search.search_index import SearchIndex
from lod.server.engine.current_release import ServedRelease
from lod.server.routes.caching import answer_unless_known
from lod.server.routes.context import ask_rows, current
from lod.server.routes.search_page import verified_parameters
from lod.server.routes.site_files import page, search_index_of
from lod.website.rendering.query_tables import QueryTable, table_of

QUERY, PATH = "comparaison", "comparer"
KINDS = ("depute", "auteur", "groupe", "ministere")  # what is compared
SIDES = tuple(
    Parameter(
        nom=name,
        sens="Un député, un groupe ou un ministère : son nom, ou la fin de son IRI.",
        exemple="depute/PA718926",
        maximum=200,
    )
    for name in ("a", "b")
)
_PATH = re.compile(rf"(?:{'|'.join(KINDS)})/[\w-]+", re.ASCII)
blueprint = Blueprint("comparaison", __name__)


@dataclass(frozen=True, slots=True)
class Side:
    """What one side of the comparison was asked to be, and what is meant."""

    asked: str  # as it was written; "" if nothing was
    path: str = ""  # of the page of what is meant, without extension; "" for nothing
    name: str = ""  # what it is called
    others: tuple[tuple[str, str], ...] = ()  # path and name of what may have been meant instead


@blueprint.get("/comparer")
def compare() -> Response:
    """Return the page: the form, and the table if both sides are known."""
    release = current()
    index = search_index_of(release)
    values = verified_parameters(SIDES)

    def make() -> Response:
        sides = [side(release, index, values.get(p.nom, "")) for p in SIDES]
        known = [one.path for one in sides if one.path]
        table = compared(release, known) if len(known) == len(SIDES) else None
        return page(release, "comparer.html", PATH, cotes=sides, table=table)

    return answer_unless_known(release, "html", make)


def side(release: ServedRelease, index: SearchIndex, asked: str) -> Side:
    """Return what a text means: the end of an IRI, else the best of the things that it names."""
    if _PATH.fullmatch(asked):
        iri = release.base + asked
        name = index.name_of(iri)
        return Side(asked) if name == iri else Side(asked, asked, name)
    found = [t for t in index.things_named(asked) if t.kind in KINDS] if asked else []
    called = [(t.path, f"{t.name} ({t.detail})" if t.detail else t.name) for t in found]
    return Side(asked, found[0].path, found[0].name, tuple(called[1:])) if found else Side(asked)


def compared(release: ServedRelease, paths: list[str]) -> QueryTable:
    """Return the table of the query about some things, by the paths of their pages."""
    query = all_queries()[QUERY]
    text = bind(query.text, "entite", *(f"<{release.base}{path}>" for path in paths))
    return table_of(query, text, ask_rows(text), release.base)
