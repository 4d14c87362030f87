"""The documents about the problems: what each one means and what to do, in every form."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from markupsafe import Markup
from pyoxigraph import Literal, NamedNode, Triple

from lod.base.tabular import rows as csv_rows
from lod.rdf.serialize import written
from lod.rdf.vocab import (
    RDF_TYPE,
    SKOS_CONCEPT,
    SKOS_IN_SCHEME,
    SKOS_NOTATION,
    SKOS_NOTE,
    SKOS_PREF_LABEL,
    SKOS_SCHEME,
    fr,
    integer,
)
from lod.server.common.problems import PROBLEMS, page
from lod.website.rendering import typeset

TABLE = Path(__file__).with_name("problemes.csv")
PROBLEMS_PATH = "problemes"  # the path of the list; a problem is at `problemes/slug`
_ONE = Markup(
    "<p>État HTTP {status}.</p>\n<p>{conseil}</p>\n"
    '<p lang="en"><strong>{titre_en}.</strong> {advice}</p>'
)
_LINE = Markup('<li><a href="{root}problemes/{slug}.html">{title}</a> ({status})</li>\n')


@cache
def rows() -> dict[str, dict[str, str]]:
    """Return slug → row of the table `problemes.csv`."""
    return {row["slug"]: row for row in csv_rows(TABLE)}


def is_explained(path: str) -> bool:
    """Say whether a path without extension is that of the list, or of one of PROBLEMS."""
    return path == PROBLEMS_PATH or path.removeprefix(f"{PROBLEMS_PATH}/") in PROBLEMS


def problem_document(path: str, form: str, base: str, base_path: str) -> bytes:
    """Return the document at a path, about one problem or all, as html or in one of DATA_FORMS.

    `base` is that of the release, `base_path` its path.
    """
    if form == "html":
        return _html(path, base_path).encode()
    return written([*_triples(path, base)], form)


def _triples(path: str, base: str) -> Iterator[Triple]:
    """Yield the concept scheme of the problems, and the concept of one problem, or of each."""
    scheme = NamedNode(base + PROBLEMS_PATH)
    yield Triple(scheme, RDF_TYPE, SKOS_SCHEME)
    yield Triple(scheme, SKOS_PREF_LABEL, fr("Problèmes que le serveur peut répondre"))
    for slug, (status, title) in PROBLEMS.items():
        if path not in (PROBLEMS_PATH, f"{PROBLEMS_PATH}/{slug}"):
            continue
        node, row = NamedNode(f"{scheme.value}/{slug}"), rows()[slug]
        yield Triple(node, RDF_TYPE, SKOS_CONCEPT)
        yield Triple(node, SKOS_IN_SCHEME, scheme)
        yield Triple(node, SKOS_NOTATION, integer(status))
        yield Triple(node, SKOS_PREF_LABEL, fr(title))
        yield Triple(node, SKOS_PREF_LABEL, Literal(row["titre_en"], language="en"))
        yield Triple(node, SKOS_NOTE, fr(row["conseil"]))
        yield Triple(node, SKOS_NOTE, Literal(row["advice"], language="en"))


def _html(path: str, base_path: str) -> str:
    if path == PROBLEMS_PATH:
        lines = (
            _LINE.format(root=base_path, slug=slug, title=title, status=status)
            for slug, (status, title) in PROBLEMS.items()
        )
        body = Markup("<ul>\n{}</ul>").format(Markup("").join(lines))
        return page("Problèmes", body, base_path)
    slug = path.removeprefix(f"{PROBLEMS_PATH}/")
    status, title = PROBLEMS[slug]
    row = {**rows()[slug], "conseil": typeset(rows()[slug]["conseil"])}
    body = _ONE.format(status=status, **row)
    return page(title, body, base_path)
