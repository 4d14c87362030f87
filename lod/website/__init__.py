"""The second pass of a build: four forms of each document, and the static pages.

A question's page is made from the model and asks the store nothing; lists and counts come from
`site/queries/*.rq`. Links are relative: the site works from any folder, from any web server,
without Python.
"""

import shutil
from collections.abc import Iterable
from functools import partial

from pyoxigraph import Store, Triple

from lod import files
from lod.model import Question
from lod.parallel import batches, ordered
from lod.website import flux
from lod.website.documents import (
    BATCH,
    BYTES,
    write_document,
    write_questions,
    write_shared_answers,
)
from lod.website.listes import write_listes
from lod.website.rendering import Contexte, render
from lod.website.requetes import autonomes, exemples, par_theme, resultat
from lod.website.resources import Entrants, Resources, write_resource
from lod.website.statistiques import tableaux

__all__ = ["Contexte", "write_site"]


def _longueur(q: Question) -> int:
    return q.longueur


def write_site(
    contexte: Contexte,
    questions: Iterable[Question],
    resources: Resources,
    entrants: Entrants,
    store: Store,
    jobs: int,
) -> int:
    """Write every document and every list; return the number of pages."""
    shutil.copytree(files.STATIC, contexte.site / "static")
    write, suivi = partial(write_questions, contexte=contexte), flux.Suivi(contexte)
    lots = batches(suivi.passing(questions), BATCH, _longueur, BYTES)
    pages = sum(count for _, count in ordered(write, lots, jobs))
    pages += write_shared_answers(contexte, store)
    statistiques, exemples = f"{contexte.base}statistiques", f"{contexte.base}exemples"
    write_statistiques(contexte, statistiques, resources.about(statistiques), store)
    write_exemples(contexte, exemples, store)
    for iri in resources.documents():
        if iri != statistiques:  # it has a page of its own, with all the numbers
            pages += write_resource(contexte, iri, resources, entrants.get(iri, {}), store)
    flux.write_feeds(contexte, suivi, resources.documents())
    return pages + write_listes(contexte, store) + 2


def write_statistiques(contexte: Contexte, iri: str, triples: list[Triple], store: Store) -> None:
    """Write the page with the numbers of all, and what their sets are made of."""
    shown = tableaux(store, contexte.base)
    html = render("statistiques.html", contexte, contexte.path(iri), tableaux=shown)
    write_document(contexte, iri, triples, html)


def write_exemples(contexte: Contexte, iri: str, store: Store) -> None:
    """Write the page with every query and what it gives, and the queries as RDF."""
    found = {
        theme: [(requete, resultat(store, requete)) for requete in liste]
        for theme, liste in par_theme().items()
    }
    html = render(
        "exemples.html", contexte, contexte.path(iri), themes=found, nombre=len(autonomes())
    )
    write_document(contexte, iri, list(exemples(contexte.base)), html)
