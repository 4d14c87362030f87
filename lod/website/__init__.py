"""The second pass of a build: four forms of each document, and the static pages.

A question's page is made from the model and asks the store nothing; lists and counts come from
`site/queries/*.rq`. Links are relative: the site works from any folder, from any web server,
without Python.
"""

import shutil
from collections.abc import Iterable, Sequence
from functools import partial

from pyoxigraph import Store, Triple

from lod import files
from lod.model import Question
from lod.parallel import batches, ordered
from lod.statistiques import Observation
from lod.website.documents import (
    BATCH,
    BYTES,
    write_document,
    write_questions,
    write_shared_answers,
)
from lod.website.rendering import Contexte, render
from lod.website.resources import LISTES, Resources, query_text, write_liste, write_resource
from lod.website.statistiques import colonnes, sections

__all__ = ["Contexte", "write_site"]


def _longueur(q: Question) -> int:
    return q.longueur


def write_site(
    contexte: Contexte,
    questions: Iterable[Question],
    resources: Resources,
    observations: Sequence[Observation],
    store: Store,
    jobs: int,
) -> int:
    """Write every document and every list; return the number of pages."""
    shutil.copytree(files.STATIC, contexte.site / "static")
    write = partial(write_questions, contexte=contexte)
    pages = sum(
        count for _, count in ordered(write, batches(questions, BATCH, _longueur, BYTES), jobs)
    )
    pages += write_shared_answers(contexte, store)
    page = f"{contexte.base}statistiques"  # written apart: it has all the numbers
    write_statistiques(contexte, page, resources.about(page), observations)
    for iri in resources.documents():
        if iri != page:
            pages += write_resource(contexte, iri, resources, store)
    pages += sum(write_liste(contexte, liste, store) for liste in LISTES)
    return pages + 1


def write_statistiques(
    contexte: Contexte, iri: str, triples: list[Triple], observations: Sequence[Observation]
) -> None:
    """Write the page with the numbers of all, and what their sets are made of."""
    html = render(
        "statistiques.html",
        contexte,
        contexte.path(iri),
        sections=sections(observations, contexte),
        colonnes=colonnes(),
        requete=query_text("statistiques-ministeres"),
    )
    write_document(contexte, iri, triples, html)
