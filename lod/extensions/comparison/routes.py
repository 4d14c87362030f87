"""`/comparer`: two deputies, groups or ministries side by side, by one query about their questions.

Each has a column; the numbers are split by legislature and type of question. Nobody is ranked.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, Response

from lod.publish.publication import Site
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
from lod.website.rendering.templates import render, write_translated

QUERY, PATH = "comparaison", "comparer"
KINDS = ("depute", "auteur", "groupe", "ministere")  # what is compared
SIDES = ("a", "b")
MEANT = "_iri"  # end of the name of the hidden field with the IRI for the name in a field
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
    """One side of the comparison: what was typed, and the thing that is meant."""

    asked: str  # the text that was typed, or ""
    path: str = ""  # of the page of the thing, without extension; "" if there is none
    name: str = ""  # of the thing
    others: tuple[tuple[str, str], ...] = ()  # path and name of things that may be meant instead


@dataclass(frozen=True, slots=True)
class Part:
    """The numbers of one legislature and type of question."""

    legislature: str
    type: str
    rows: tuple[TableRow, ...]  # one for each side, {} for a side without such questions


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
        known = [s.path for s in sides if s.path]
        table = compared(release, known) if len(known) == len(SIDES) else None
        parts = list(parts_of(table.rows, [release.base + path for path in known])) if table else []
        return page(release, "comparer.html", PATH, cotes=sides, table=table, parties=parts)

    with written_in(language):
        return answer_unless_known(release, "html", make)


def write_form(site: Site) -> None:
    """Write the page that asks for two sides, which each menu leads to, into an export."""
    empty = {"cotes": [Side("")] * len(SIDES), "table": None, "parties": []}
    write_translated(site, PATH, lambda: render("comparer.html", site.publication, PATH, **empty))


def side(release: ServedRelease, index: SearchIndex, asked: str, meant: str = "") -> Side:
    """Return what a text means: the thing whose IRI ends so, else `meant` if the text is its name,
    else the best of the things that it names.
    """
    for path in (asked, meant):
        iri = release.base + path
        name = index.name_of(iri) if _PATH.fullmatch(path) else iri
        if name != iri and asked in (path, name):
            return Side(asked, path, name)
    if _PATH.fullmatch(asked):
        return Side(asked)
    named = index.things_named(asked) if asked else []
    things = [t for first in named for t in (first, *first.before) if t.kind in KINDS]
    if not things:
        return Side(asked)
    best, *others = things
    labels = ((t.path, f"{t.name} ({t.detail})" if t.detail else t.name) for t in others)
    return Side(asked, best.path, best.name, tuple(labels))


def compared(release: ServedRelease, paths: list[str]) -> QueryTable:
    """Return the table of the query about things, by the paths of their pages."""
    query = all_queries()[QUERY]
    text = bind(query.text, "entite", *(f"<{release.base}{path}>" for path in paths))
    return table_of(query, text, ask_rows(text), release.base)


def parts_of(rows: Iterable[TableRow], iris: list[str]) -> Iterator[Part]:
    """Yield for each legislature and type the rows of the things with these IRIs, in the order of
    `rows`.
    """

    def part_of(row: TableRow) -> tuple[str, str]:
        return row["legislature"].value, row["type"].value

    for (legislature, type_), part in groupby(rows, part_of):
        row_of = {row["nom"].iri: row for row in part}
        yield Part(legislature, type_, tuple(row_of.get(iri, {}) for iri in iris))
