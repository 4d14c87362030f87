"""The problems that a server may answer, and the documents about them: what each means, what to do.

Their table is `site/problemes.csv`; one template has their pages, which need no release.
"""

from collections.abc import Iterator
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode, Triple

from lod.base import packaged
from lod.base.tabular import rows
from lod.publish.publication import Publication
from lod.rdf.serialize import written
from lod.rdf.vocab import RDF, SKOS, fr, integer
from lod.website.rendering import language
from lod.website.rendering.templates import load_template, render_anywhere


class ProblemKind(NamedTuple):
    """A row of the table: what is answered instead of a result, and what to do then."""

    status: int  # of HTTP
    titre: str
    titre_en: str
    conseil: str
    advice: str  # the same in English

    def said(self) -> tuple[str, str]:
        is_french = language.language() == language.FRENCH
        return (self.titre, self.conseil) if is_french else (self.titre_en, self.advice)


PROBLEMS = {  # slug → kind, in the order of the list
    row.pop("slug"): ProblemKind(int(row.pop("statut")), **row) for row in rows(packaged.PROBLEMS)
}
MISSING = "introuvable"  # slug of what is at an address with nothing
PROBLEMS_PATH = "problemes"  # the path of the list; a problem is at `problemes/slug`


def answer_page(slug: str, detail: str, base_path: str) -> str:
    """Return the page that answers with a problem, which needs no release, in the language of pages
    now; `base_path` is where the site begins.
    """
    kind = PROBLEMS[slug]
    title, advice = kind.said()
    return _bare(title, base_path, slug=slug, status=kind.status, detail=detail, conseil=advice)


def problem_page(
    publication: Publication,
    slug: str,
    detail: str,
    *,
    path: str = "",
    demande: str = "",
    is_explained: bool = True,
) -> bytes:
    """Return the page of the site that answers with a problem, in the language of pages now.

    `path` is that of the page that was asked for, if it is there in every language, `demande` what
    was asked of it. `is_explained` says whether it may lead to the document about the problem.
    """
    kind = PROBLEMS[slug]
    title, advice = kind.said()
    values = {"titre": title, "detail": detail, "conseil": advice, "status": kind.status}
    values |= {"slug": slug, "explique": is_explained, "absente": slug == MISSING}
    if path and slug != MISSING:  # there may be nothing in any language
        values |= {"path": path, "demande": demande}
    return render_anywhere("probleme.html", publication, **values)


def is_explained(path: str) -> bool:
    """Say whether a path without extension leads to the list, or to one of PROBLEMS."""
    return path == PROBLEMS_PATH or path.removeprefix(f"{PROBLEMS_PATH}/") in PROBLEMS


def problem_document(path: str, form: str, base: str, base_path: str) -> bytes:
    """Return the document at a path, about one problem or all, as html or in one of DATA_FORMS.

    `base` is where the IRIs of the release begin, `base_path` its path.
    """
    if form != "html":
        return written([*_triples(path, base)], form)
    if path == PROBLEMS_PATH:
        return _bare("Problèmes", base_path, kinds=PROBLEMS).encode()
    kind = PROBLEMS[path.removeprefix(f"{PROBLEMS_PATH}/")]
    return _bare(kind.titre, base_path, kinds=None, kind=kind).encode()


def _bare(title: str, base_path: str, **values: object) -> str:
    known = {"titre": title, "root": base_path, "publication": None, "detail": ""}
    return load_template("probleme.html").render(known | values)


def _triples(path: str, base: str) -> Iterator[Triple]:
    """Yield the concept scheme of the problems, and the concept of one problem, or of each."""
    scheme = NamedNode(base + PROBLEMS_PATH)
    yield Triple(scheme, RDF.type, SKOS.ConceptScheme)
    yield Triple(scheme, SKOS.prefLabel, fr("Problèmes que le serveur peut répondre"))
    for slug, kind in PROBLEMS.items():
        if path not in (PROBLEMS_PATH, f"{PROBLEMS_PATH}/{slug}"):
            continue
        node = NamedNode(f"{scheme.value}/{slug}")
        yield Triple(node, RDF.type, SKOS.Concept)
        yield Triple(node, SKOS.inScheme, scheme)
        yield Triple(node, SKOS.notation, integer(kind.status))
        yield Triple(node, SKOS.prefLabel, fr(kind.titre))
        yield Triple(node, SKOS.prefLabel, Literal(kind.titre_en, language="en"))
        yield Triple(node, SKOS.note, fr(kind.conseil))
        yield Triple(node, SKOS.note, Literal(kind.advice, language="en"))
