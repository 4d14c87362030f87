"""The pages of a query on `/sparql`: its result with links, or the problem that it caused."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from lod.rdf.vocab import NUMBERS, PREFIXES
from lod.server.common.problems import Problem
from lod.server.engine.current_release import ServedRelease
from lod.server.engine.preview import Preview
from lod.server.engine.reader import EngineQuery, Reply
from lod.server.limits import LINK_BYTES, SHOWN_CHARACTERS, SHOWN_LINES
from lod.server.routes.protocol import UNION
from lod.server.routes.query_notices import notices
from lod.server.routes.site_files import render_page
from lod.website.pages.problem_pages import PROBLEMS
from lod.website.pages.sparql_page import FORMATS
from lod.website.rendering.language import FRENCH, language, translated
from lod.website.rendering.query_tables import Term
from lod.website.rendering.templates import localized, model_page

FORMS = {  # `sorte` of a preview → values of `format` for the whole result
    "table": ("csv", "json", "xml", "tsv"),
    "verite": ("json", "xml", "csv", "tsv"),
    "graphe": ("ttl", "jsonld", "rdf", "nt"),
}
NAMES = FORMATS | {"ttl": "Turtle", "jsonld": "JSON-LD", "rdf": "RDF/XML", "nt": "N-Triples"}
# patterns of the name of a column with labels for the IRIs in column x or x_iri; X is x with a
# capital
LABELS = (
    *("{x}Label", "{x}_label", "{x}Nom", "nom{X}", "libelle{X}", "titre{X}"),
    *("{x}_nom", "libelle_{x}"),
)
# names of a column with labels for the first column of IRIs below the base
LABELS_ALONE = ("nom", "libelle", "label", "titre", "name", "title")
_LOCAL = re.compile(r"[A-Za-z0-9](?:[\w.-]*\w)?", re.ASCII)
_IRI = re.compile(r"(<[^<>\"\s\\]+>)")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*", re.ASCII)


@dataclass(frozen=True, slots=True)
class ResultCell:
    """A value as the page shows it."""

    text: str
    href: str = ""  # where its link leads, empty for no link
    is_here: bool = False  # the link leads to a page of this site
    language: str = ""  # language tag of a literal
    is_number: bool = False  # a literal of one of NUMBERS


def result_page(release: ServedRelease, query: EngineQuery, reply: Reply) -> bytes:
    """Return the page of a result; `reply` is a preview, and is closed."""
    with reply.body as body:
        preview: Preview = orjson.loads(body.read())
    values: dict[str, Any] = {}
    if preview["sorte"] == "table":
        values = _table(preview, release.base)
    elif preview["sorte"] == "graphe":
        values = {"pieces": list(_linked(preview["turtle"], release.base))}
    return _rendered(release, "resultats.html", query, preview=preview, **values)


def refusal_page(release: ServedRelease, query: EngineQuery, problem: Problem) -> bytes:
    """Return the page that tells why a query was refused, with a form to correct it."""
    line, column = problem.more.get("line"), problem.more.get("column")
    lines: list[tuple[int, str, str, str]] = []
    if isinstance(line, int) and isinstance(column, int):
        lines = list(_lines(query.text, line, column))
    return _rendered(
        release,
        "refus.html",
        query,
        problem=problem,
        title_of_problem=PROBLEMS[problem.slug].said()[0],
        detail=translated(problem.detail),
        excerpt=lines,
    )


def _rendered(release: ServedRelease, template: str, query: EngineQuery, **values: Any) -> bytes:
    """Return a page from a template, with links to the other forms of the result, if any."""
    address = _address(query)
    forms = FORMS[values["preview"]["sorte"]] if address and "preview" in values else ()
    return render_page(
        release,
        template,
        "sparql",
        **values,
        title=title_of(query.text),
        text=query.text,
        graphs=_graphs(query),
        notices=notices(query.text, query.base, stated_graphs(query)),
        formats=FORMATS,
        method="get" if address else "post",
        links=[(NAMES[f], f"{address}&format={f}") for f in forms],
        editor=f"{localized('sparql.html')}#{urlencode({'query': query.text}, quote_via=quote)}",
    )


def _address(query: EngineQuery) -> str:
    """Return the address of the answer to a query; "" if proxies may refuse it."""
    parameters = urlencode([("query", query.text), *_graphs(query)])
    return f"sparql?{parameters}" if len(parameters) <= LINK_BYTES else ""


def _graphs(query: EngineQuery) -> list[tuple[str, str]]:
    """Return the parameters by which the request states its dataset."""
    default = (("default-graph-uri", iri) for iri in query.default_graphs or ())
    named = (("named-graph-uri", iri) for iri in query.named_graphs or ())
    return [*default, *named, *([(UNION, "true")] if query.is_union else ())]


def stated_graphs(query: EngineQuery) -> list[str]:
    return [*(query.default_graphs or ()), *(query.named_graphs or ())]


def title_of(text: str) -> str:
    """Return the title in the first line of a query, after `# `; on a page that is not French, that
    in the second line, if there is one; "" if there is none.

    >>> from lod.website.rendering.language import written_in
    >>> with written_in("en"):
    ...     title_of("# Combien ?\\n# How many?\\nASK {}"), title_of("# Combien ?\\nASK {}")
    ('How many?', 'Combien ?')
    """
    heads = takewhile(lambda line: line.startswith("# "), text.lstrip().split("\n", 2)[:2])
    titles = [line[2:202].strip() for line in heads]
    return "" if not titles else titles[0 if language() == FRENCH else -1]


def _table(preview: Preview, base: str) -> dict[str, Any]:
    """Return the rows as cells, and for each column whether it has numbers only."""
    rows = preview["lignes"]
    links = _labels(preview["noms"], rows, base)
    lines = [_row(row, links, base) for row in rows]
    return {
        "rows": lines,
        "is_numeric": [_is_numeric(column) for column in zip(*rows, strict=True)],
    }


def _linked(turtle: str, base: str) -> Iterator[ResultCell]:
    """Yield the pieces of a text in Turtle; an IRI between `<` and `>` may have a link."""
    for place, piece in enumerate(_IRI.split(turtle)):
        href, is_here = link(piece[1:-1], base) if place % 2 else ("", False)
        yield ResultCell(piece, href, is_here)


def _row(row: Sequence[Term], links: dict[int, int], base: str) -> list[ResultCell | None]:
    """Return a row as cells; a label gets the link of the IRI that it names."""
    cells = [result_cell(cell, base) if cell else None for cell in row]
    for label_place, iri_place in links.items():
        label, iri = cells[label_place], cells[iri_place]
        if label and iri and iri.is_here and not label.href:
            cells[label_place] = replace(label, href=iri.href, is_here=True)
    return cells


def _is_numeric(column: Sequence[Term]) -> bool:
    types = {cell.get("type") for cell in column if cell}
    return bool(types) and types <= NUMBERS


def _labels(names: list[str], rows: list[list[Term]], base: str) -> dict[int, int]:
    """Return number of a column of labels → number of the column of our IRIs that they name."""
    own = [
        place
        for place, column in enumerate(zip(*rows, strict=True))
        if any(cell and cell["t"] == "iri" and cell["v"].startswith(base) for cell in column)
    ]
    labels: dict[int, int] = {}
    for place in own:
        stem = names[place].removesuffix("_iri")
        candidates = [form.format(x=stem, X=stem[:1].upper() + stem[1:]) for form in LABELS]
        candidates += LABELS_ALONE if place == own[0] else ()
        for label in [names.index(name) for name in candidates if name in names][:1]:
            labels.setdefault(label, place)
    return labels


def result_cell(cell: dict[str, str], base: str) -> ResultCell:
    """Return a term of a preview as the page shows it.

    >>> result_cell({"t": "iri", "v": "http://b/question/X"}, "http://b/").href
    './question/X'
    >>> result_cell({"t": "iri", "v": "javascript:alert(1)"}, "http://b/").href
    ''
    """
    value = cell["v"]
    if cell["t"] == "iri":
        href, is_here = link(value, base)
        return ResultCell(compacted(value, base), href, is_here)
    language = cell.get("langue", "")
    return ResultCell(
        value,
        language=language if _LANGUAGE.fullmatch(language) else "",
        is_number=cell.get("type") in NUMBERS,
    )


def link(iri: str, base: str) -> tuple[str, bool]:
    """Return the link of an IRI, and whether it leads to a page of this site; "" for no link.

    An IRI of another site gets one only if it is http(s). The dot before a path keeps
    `BASEjavascript:…` and `BASE/evil.example` on this site.
    """
    if iri.startswith(base):
        return f"./{iri.removeprefix(base)}", True
    if page := model_page(iri):
        return f"./{page}", True
    return (iri, False) if iri.startswith(("http://", "https://")) else ("", False)


def compacted(iri: str, base: str) -> str:
    """Return an IRI without the base, or with a prefix, or unchanged."""
    if iri.startswith(base) and iri != base:
        return iri.removeprefix(base)
    for prefix, namespace in PREFIXES.items():
        local = iri.removeprefix(namespace)
        if local != iri and _LOCAL.fullmatch(local):
            return f"{prefix}:{local}"
    return iri


def _lines(text: str, line: int, column: int) -> Iterator[tuple[int, str, str, str]]:
    """Yield the lines around an error: number, text before it, its character, text after it.

    A line without the error has no character and no text after it.
    """
    lines = text.split("\n")
    for number in range(max(1, line - SHOWN_LINES), min(len(lines), line + SHOWN_LINES) + 1):
        content = lines[number - 1].rstrip("\r")
        if number != line:
            yield number, content[: 2 * SHOWN_CHARACTERS], "", ""
            continue
        at = max(0, min(column - 1, len(content)))
        here = content[at : at + 1] or " "
        yield (
            number,
            content[max(0, at - SHOWN_CHARACTERS) : at],
            here,
            content[at + 1 : at + 1 + SHOWN_CHARACTERS],
        )
