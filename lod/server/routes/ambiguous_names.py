"""Names that several ministries bear: the document that lists these, in every form."""

from collections.abc import Iterable, Iterator
from datetime import date

from pyoxigraph import NamedNode, Triple

from lod.model.text import bare_name, slug
from lod.pipeline.mapping import bodies
from lod.publish.query_catalogue import api_query, bind
from lod.rdf.serialize import written
from lod.rdf.vocab import ORG, RDFS, fr
from lod.reference.directory import Period
from lod.server.engine.current_release import ServedRelease
from lod.server.routes.context import ask_rows
from lod.website.rendering.templates import load_template

MINISTRY = "ministere/"
TITLE = "Plusieurs ministères ont porté ce nom"


def meant_by(release: ServedRelease, path: str) -> str:
    """Return the path of the ministry that bears the name in a path; if several or none bear it,
    the path of the bare name.
    """
    bare = MINISTRY + slug(bare_name(path.removeprefix(MINISTRY)))
    meanings = release.meanings.get(bare, ())
    return meanings[0] if len(meanings) == 1 else bare


def ambiguous_document(
    release: ServedRelease, path: str, meanings: Iterable[str], form: str
) -> bytes:
    """Return the document about the ministries that bear a name, as html or in one of DATA_FORMS.

    `meanings` are their paths; those that the release describes are listed.
    """
    iris = (NamedNode(release.base + meaning) for meaning in meanings)
    rows = ask_rows(bind(api_query("homonymes"), "entite", *iris))
    if form != "html":
        return written([*_triples(NamedNode(release.base + path), rows)], form)
    lines = [
        (row["entite"].removeprefix(release.base), row, bodies.period_words(days.start, days.end))
        for row in rows
        if (days := _days(row))
    ]
    values = {"titre": TITLE, "root": release.base_path, "lignes": lines}
    return load_template("homonymes.html").render(values).encode()


def _triples(name: NamedNode, rows: list[dict[str, str]]) -> Iterator[Triple]:
    """Yield the links from a name to ministries, and label, days and government of each."""
    yield Triple(name, RDFS.label, fr(TITLE))
    for row in rows:
        yield Triple(name, RDFS.seeAlso, NamedNode(row["entite"]))
    for row in rows:
        ministere, gouvernement = NamedNode(row["entite"]), NamedNode(row["gouvernement"])
        yield Triple(ministere, RDFS.label, fr(row["nom"]))
        yield from bodies.period_triples(ministere, _days(row))
        yield Triple(ministere, ORG.subOrganizationOf, gouvernement)
        yield Triple(gouvernement, RDFS.label, fr(row["gouvernement_nom"]))


def _days(row: dict[str, str]) -> Period:
    end = date.fromisoformat(row["fin"]) if row["fin"] else None
    return Period(start=date.fromisoformat(row["debut"]), end=end)
