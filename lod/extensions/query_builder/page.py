"""The page of the query builder: its form with the names of things, the query, and its rows."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from lod.extensions.query_builder.fields import Field, Subject, subjects
from lod.extensions.query_builder.request import (
    ROWS,
    TOTAL,
    Request,
    default_columns,
    parameters,
    periods,
    read_request,
)
from lod.extensions.query_builder.sparql import NAMED, NUMBER, name_pattern, title_of
from lod.model.text import fold
from lod.publish.publication import Site
from lod.publish.query_cache import QueryCache
from lod.publish.query_catalogue import CatalogueQuery
from lod.publish.tables.columns import Column, ColumnKind
from lod.rdf.vocab import PREFIXES
from lod.website.rendering.language import translated
from lod.website.rendering.query_tables import QueryTable, table_of
from lod.website.rendering.templates import render, write_translated

PATH, TEMPLATE = "construire", "construire.html"
FEW = 40  # most names that are chosen from a list
SEEN = 6  # fields that are not folded
ASKED = ("statut",)  # fields that people use first, of those without a default column
MANY = 2000  # most names that are suggested; if a field has more, none is
GENRES: dict[str, ColumnKind] = {"jour": "jour", "nombre": "nombre"}  # kind of a field → of cells
TRUTHS = {"true": "oui", "false": "non", "1": "oui", "0": "non"}  # as engines write it → in French
Rows = list[dict[str, str]]  # variable → value of each row, "" for an unbound variable
Names = dict[str, tuple[str, ...]]  # key of a field → all names of its things, sorted


def write_builder_page(site: Site, query_cache: QueryCache) -> None:
    """Write the form that looks for questions; a copy of the files needs a server to answer it."""
    names = names_of(read_request(()).subject, query_cache.rows)

    def page() -> bytes:
        return render(TEMPLATE, site.publication, PATH, **form_values(read_request(()), names))

    write_translated(site, PATH, page)


def names_of(subject: Subject, ask: Callable[[str], Rows]) -> Names:
    """Return the names that a form can suggest; `ask` returns the rows of a query."""
    suggested: Names = {}
    for field in subject.fields:
        if field.kind == "chose":
            names = {row["nom"] for row in ask(_query_of_names(field))}
            if len(names) <= MANY:
                suggested[field.key] = (*sorted(names, key=lambda name: (fold(name), name)),)
    return suggested


def _query_of_names(field: Field) -> str:
    """Return the query for the names of the things of a field, at most one more than MANY."""
    kind = field.class_term
    pattern = f"?chose a {kind} . {name_pattern('?chose', '?nom')}"
    if not kind.startswith("qp:"):  # a class of another vocabulary has other instances, too
        pattern += f" {{ SELECT DISTINCT ?chose WHERE {{ ?autre {field.path[0]} ?chose }} }}"
    used = ("qp", "rdfs", "skos")
    prefixes = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in used)
    return f"{prefixes}SELECT DISTINCT ?nom WHERE {{ {pattern} }} LIMIT {MANY + 1}"


def form_values(asked: Request, names: Names) -> dict[str, Any]:
    """Return the values for the template of the form."""
    counted_by = (p for f in asked.subject.fields if f.is_countable for p in periods(f).items())
    plain = _seen_at_once(asked.subject)
    folded = [field for field in asked.subject.fields if field not in plain]
    folded_away = {name for field in folded for name in parameters(field)}
    # one list for each set of names: several fields may have things of the same class
    lists = {suggested: key for key, suggested in names.items() if len(suggested) > FEW}
    return {
        "demande": asked,
        "sujets": [*subjects().values()],
        "noms": names,
        "choix": {f.key: [*_options(f, names, asked)] for f in asked.subject.fields},
        "parametres": parameters,
        "par_quoi": {TOTAL: translated("en tout"), **dict(counted_by)},
        "lignes": [(str(most), str(most)) for most in sorted(ROWS)],
        "simples": plain,
        "repliees": folded,
        "listes": lists,
        "ouvertes": not folded_away.isdisjoint({*asked.given, *asked.errors}),
    }


def _options(field: Field, names: Names, asked: Request) -> Iterator[tuple[str, str]]:
    """Yield (value, name) of all values of a field, if they are few enough for a list."""
    yield from ((choice.code, choice.name) for choice in field.choices)
    if field.kind == "booleen":
        yield from (("oui", translated("oui")), ("non", translated("non")))
    if 0 < len(suggested := names.get(field.key, ())) <= FEW:
        part = asked.given.get(field.key, "")  # an address may have a part of a name
        yield from ((name, name) for name in suggested)
        yield from [(part, f"… {part} …")] if part and part not in suggested else []


def _seen_at_once(subject: Subject) -> list[Field]:
    """Return the few fields that are not folded: default columns, then codes and things."""
    defaults = default_columns(subject)
    further = [f for f in subject.fields if f.kind in ("code", "chose") and f not in defaults]
    further.sort(key=lambda field: field.key not in ASKED)
    chosen = [*defaults, *further][:SEEN]
    return [field for field in subject.fields if field in chosen]


def result_table(asked: Request, text: str, rows: Rows, base: str) -> QueryTable:
    """Return the rows of the query as a table with the headings of the form."""
    query = CatalogueQuery(name=PATH, title=title_of(asked), text=text)
    table = table_of(query, text, rows, base)
    fields = {field.variable: field for field in asked.subject.fields}
    things = {field.variable for field in fields.values() if field.kind in ("chose", "code")}
    columns = (
        _column(column, asked, fields)
        for column in table.columns
        if column.nom not in things  # `table_of` keeps it if it has no value: it sees no links
    )
    truths = [field.variable for field in fields.values() if field.kind == "booleen"]
    cells = (
        {
            n: replace(c, value=translated(TRUTHS.get(c.value, ""))) if n in truths else c
            for n, c in row.items()
        }
        for row in table.rows
    )
    return replace(table, columns=(*columns,), rows=(*cells,))


def _column(column: Column, asked: Request, fields: dict[str, Field]) -> Column:
    """Return a column with the heading of the field that it shows."""
    name = column.nom.removesuffix(NAMED)
    if name == asked.subject.key:
        return Column(column.nom, asked.subject.name, "texte")
    if field := fields.get(name):
        return Column(column.nom, field.name, GENRES.get(field.kind, "texte"))
    return Column(NUMBER, translated("nombre"), "nombre") if name == NUMBER else column
