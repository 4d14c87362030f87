"""What each problem is and what to do about it: a small document a problem, for its IRI."""

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from markupsafe import Markup
from pyoxigraph import Literal, NamedNode, Triple

from lod.rdf import jsonld
from lod.rdf.serialize import ntriples, turtle
from lod.rdf.vocab import (
    RDF_TYPE,
    SKOS_CONCEPT,
    SKOS_IN_SCHEME,
    SKOS_NOTATION,
    SKOS_NOTE,
    SKOS_PREF_LABEL,
    SKOS_SCHEME,
    entier,
    fr,
)
from lod.server.common.problems import PROBLEMS, page
from lod.website.rendering import typo

TABLE = Path(__file__).with_name("problemes.csv")
LIST = "problemes"  # the path of all of them; `problemes/slug` is one
_ONE = Markup(
    "<p>État HTTP {status}.</p>\n<p>{conseil}</p>\n"
    '<p lang="en"><strong>{titre_en}.</strong> {advice}</p>'
)
_LINE = Markup('<li><a href="{racine}problemes/{slug}.html">{titre}</a> ({status})</li>\n')


@cache
def rows() -> dict[str, dict[str, str]]:
    """Return slug → its row of the table."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["slug"]: row for row in csv.DictReader(file)}


def is_explained(path: str) -> bool:
    """Say whether a path is that of the list, or of a problem that the server may answer."""
    return path == LIST or path.removeprefix(f"{LIST}/") in PROBLEMS


def explained(path: str, form: str, base: str, racine: str) -> bytes:
    """Return the document of a problem, or of all, in one of the four forms."""
    if form == "html":
        return _html(path, racine).encode()
    triples = list(_triples(path, base))
    if form == "jsonld":
        return jsonld.document(triples)
    return turtle(ntriples(triples)) if form == "ttl" else ntriples(triples)


def _triples(path: str, base: str) -> Iterator[Triple]:
    """Yield what is said of one problem, or the list and what each is called."""
    scheme = NamedNode(base + LIST)
    yield Triple(scheme, RDF_TYPE, SKOS_SCHEME)
    yield Triple(scheme, SKOS_PREF_LABEL, fr("Problèmes que le serveur peut répondre"))
    for slug, (status, titre) in PROBLEMS.items():
        node, row = NamedNode(f"{scheme.value}/{slug}"), rows()[slug]
        if path not in (LIST, f"{LIST}/{slug}"):
            continue
        yield Triple(node, RDF_TYPE, SKOS_CONCEPT)
        yield Triple(node, SKOS_IN_SCHEME, scheme)
        yield Triple(node, SKOS_NOTATION, entier(status))
        yield Triple(node, SKOS_PREF_LABEL, fr(titre))
        yield Triple(node, SKOS_PREF_LABEL, Literal(row["titre_en"], language="en"))
        yield Triple(node, SKOS_NOTE, fr(row["conseil"]))
        yield Triple(node, SKOS_NOTE, Literal(row["advice"], language="en"))


def _html(path: str, racine: str) -> str:
    if path == LIST:
        lines = (
            _LINE.format(racine=racine, slug=slug, titre=titre, status=status)
            for slug, (status, titre) in PROBLEMS.items()
        )
        corps = Markup("<ul>\n{}</ul>").format(Markup("").join(lines))
        return page("Problèmes", corps, racine)
    slug = path.removeprefix(f"{LIST}/")
    status, titre = PROBLEMS[slug]
    row = {**rows()[slug], "conseil": typo(rows()[slug]["conseil"])}
    corps = _ONE.format(status=status, **row)
    return page(titre, corps, racine)
