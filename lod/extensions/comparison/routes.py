"""`/comparer`: two deputies, groups or ministries side by side, by one query about their questions.

Each has a column; their numbers go by legislature and type: nobody is ranked.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, Response

from lod.publish.query_catalogue import all_queries, bind
from lod.publish.search.parameters import Parameter
from lod.publish.search.search_index import SearchIndex
from lod.server.engine.current_release import ServedRelease
from lod.server.routes.caching import answer_unless_known
from lod.server.routes.context import ask_rows, current
from lod.server.routes.search_page import verified_parameters
from lod.server.routes.site_files import IN_OTHERS, page, search_index_of
from lod.website.rendering.language import FRENCH, written_in
from lod.website.rendering.query_tables import QueryTable, TableRow, table_of

QUERY, PATH = "comparaison", "comparer"
KINDS = ("depute", "auteur", "groupe", "ministere")  # what is compared
SIDES = ("a", "b")
MEANT = "_iri"  # end of the name of the field that holds what the name in a field stands for
PARAMETERS = tuple(
    Parameter(nom=name + end, sens=meaning, exemple="depute/PA718926", maximum=200)
    for name in SIDES
    for end, meaning in (
        ("", "Un député, un groupe ou un ministère : son nom, ou la fin de son IRI."),
        (MEANT, "La fin de l’IRI de ce qui porte ce nom, tant que le nom reste le même."),
    )
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


@dataclass(frozen=True, slots=True)
class Part:
    """The numbers of one legislature and type of question."""

    legislature: str
    type: str
    rows: tuple[TableRow, ...]  # of each side, {} for one that has no such question


@blueprint.get("/comparer")
@blueprint.get("/comparer.html")
@blueprint.get(f"/comparer.<{IN_OTHERS}:language>.html")
def compare(language: str = FRENCH) -> Response:
    """Return the page: the form, and the table if both sides are known."""
    release = current()
    index = search_index_of(release)
    values = verified_parameters(PARAMETERS)

    def make() -> Response:
        asked = [(values.get(name, ""), values.get(name + MEANT, "")) for name in SIDES]
        sides = [side(release, index, name, meant) for name, meant in asked]
        known = [one.path for one in sides if one.path]
        table = compared(release, known) if len(known) == len(SIDES) else None
        parts = list(parts_of(table.rows, [release.base + path for path in known])) if table else []
        return page(release, "comparer.html", PATH, cotes=sides, table=table, parties=parts)

    with written_in(language):
        return answer_unless_known(release, "html", make)


def side(release: ServedRelease, index: SearchIndex, asked: str, meant: str = "") -> Side:
    """Return what a text means: the end of an IRI, else `meant` if that is called so, else the best
    of the things that it names.
    """
    for path in (asked, meant):
        iri = release.base + path
        name = index.name_of(iri) if _PATH.fullmatch(path) else iri
        if name != iri and asked in (path, name):
            return Side(asked, path, name)
    if _PATH.fullmatch(asked):
        return Side(asked)
    named = index.things_named(asked) if asked else []
    found = [t for first in named for t in (first, *first.before) if t.kind in KINDS]
    called = [(t.path, f"{t.name} ({t.detail})" if t.detail else t.name) for t in found]
    return Side(asked, found[0].path, found[0].name, tuple(called[1:])) if found else Side(asked)


def compared(release: ServedRelease, paths: list[str]) -> QueryTable:
    """Return the table of the query about some things, by the paths of their pages."""
    query = all_queries()[QUERY]
    text = bind(query.text, "entite", *(f"<{release.base}{path}>" for path in paths))
    return table_of(query, text, ask_rows(text), release.base)


def parts_of(rows: Iterable[TableRow], iris: list[str]) -> Iterator[Part]:
    """Yield the rows of some things, by their IRIs, beside one another; in the order of rows."""

    def part_of(row: TableRow) -> tuple[str, str]:
        return row["legislature"].value, row["type"].value

    for (legislature, type_), some in groupby(rows, part_of):
        of_each = {row["nom"].iri: row for row in some}
        yield Part(legislature, type_, tuple(of_each.get(iri, {}) for iri in iris))
