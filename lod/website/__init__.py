"""The second pass of a build: four forms of each document, and the static pages.

A question's page is made from the model and asks the store nothing; lists and counts come from
`site/queries/*.rq`. Links are relative: the site works from any folder, from any web server,
without Python.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

from pyoxigraph import Store, Triple

from lod import files
from lod.model import Question
from lod.parallel import batches, unordered
from lod.store import open_store
from lod.website import flux, liees
from lod.website.documents import (
    BATCH,
    BYTES,
    write_document,
    write_questions,
    write_shared_answers,
)
from lod.website.listes import Liste, facettes, listes, write_liste
from lod.website.rendering import Contexte, render
from lod.website.requetes import autonomes, exemples, par_theme, resultat
from lod.website.resources import Entrants, Resources, write_resource
from lod.website.statistiques import tableaux

__all__ = ["Contexte", "write_site"]

RESOURCES = 20  # a task: some have no question, some nearly all
Extrait = tuple[Resources, Entrants]  # some resources, and what points to these


@dataclass(frozen=True)
class Atelier:
    """What a process has to write pages with: the context, and its own handle on the store, which
    is opened when it is first needed. Each method writes some pages, and returns how many.
    """

    contexte: Contexte
    folder: Path  # of the store
    liees: Path  # of the questions of each resource

    @cached_property
    def store(self) -> Store:
        """The store, read-only."""
        return open_store(self.folder)

    @cached_property
    def facettes(self) -> list[dict[str, str]]:
        """What lists can be narrowed to."""
        return facettes(self.store)

    def questions(self, some: list[Question]) -> int:
        """Write questions and their answers."""
        return write_questions(some, self.contexte)

    def reponses(self, some: list[str]) -> int:
        """Write answers that serve several questions."""
        return write_shared_answers(some, self.contexte, self.store)

    def resources(self, some: Extrait) -> int:
        """Write resources."""
        about, entrants = some
        written = 0
        with closing(liees.opened(self.liees)) as disk:
            for iri in about.documents():
                roles, lignes = entrants.get(iri, {}), liees.lues(disk, iri)
                written += write_resource(self.contexte, iri, about, roles, lignes, self.store)
        return written

    def liste(self, liste: Liste) -> int:
        """Write a list."""
        return write_liste(self.contexte, liste, self.facettes, self.store)

    def statistiques(self, triples: list[Triple]) -> int:
        """Write the page of statistics, about what these triples say."""
        return write_statistiques(self.contexte, triples, self.store)

    def exemples(self, iri: str) -> int:
        """Write the page of examples."""
        return write_exemples(self.contexte, iri, self.store)

    def do(self, task: "Tache") -> int:
        """Do one of all these."""
        method, part = task
        return method(self, part)


Tache = tuple[Callable[[Atelier, Any], int], Any]


def write_site(
    contexte: Contexte,
    questions: Iterable[Question],
    resources: Resources,
    entrants: Entrants,
    folder: Path,
    jobs: int,
) -> int:
    """Write every document and every list; return the number of pages. `folder` is the store's."""
    contexte.site.copy(files.STATIC, "static")
    disk = folder.with_name("liees.db")
    atelier, suivi = Atelier(contexte, folder, disk), flux.Suivi(contexte)
    passing = liees.Liees(disk, contexte.base, resources.portefeuilles()).passing
    statistiques = f"{contexte.base}statistiques"  # they have a page of their own
    about = [iri for iri in resources.documents() if iri != statistiques]
    tasks: Iterable[Tache] = chain(
        [(Atelier.exemples, f"{contexte.base}exemples")],
        [(Atelier.statistiques, resources.about(statistiques))],
        ((Atelier.liste, liste) for liste in listes()),
        ((Atelier.reponses, part) for part in batches(contexte.partages, BATCH)),
        (
            (Atelier.questions, part)
            for part in batches(suivi.passing(passing(questions)), BATCH, _longueur, BYTES)
        ),
        # last: by then it is known which questions each of them has
        ((Atelier.resources, part) for part in _extraits(about, resources, entrants, contexte)),
    )
    pages = sum(unordered(atelier.do, tasks, jobs))
    disk.unlink()
    flux.write_feeds(contexte, suivi, resources.documents())
    return pages


def _longueur(q: Question) -> int:
    return q.longueur


def _extraits(
    iris: Iterable[str], resources: Resources, entrants: Entrants, contexte: Contexte
) -> Iterator[Extrait]:
    """Yield resources in parts that are small enough to be sent to another process."""
    for part in batches(iris, RESOURCES):
        triples = chain.from_iterable(map(resources.about, part))
        found = {iri: entrants[iri] for iri in part if iri in entrants}
        yield Resources(triples, contexte.base), found


def write_statistiques(contexte: Contexte, triples: list[Triple], store: Store) -> int:
    """Write the page with the numbers of all, and what their sets are made of."""
    shown = tableaux(store, contexte.base)
    html = render("statistiques.html", contexte, "statistiques", tableaux=shown)
    write_document(contexte, f"{contexte.base}statistiques", triples, html)
    return 1


def write_exemples(contexte: Contexte, iri: str, store: Store) -> int:
    """Write the page with every query and what it gives, and the queries as RDF."""
    found = {
        theme: [(requete, resultat(store, requete)) for requete in liste]
        for theme, liste in par_theme().items()
    }
    html = render(
        "exemples.html", contexte, contexte.path(iri), themes=found, nombre=len(autonomes())
    )
    write_document(contexte, iri, list(exemples(contexte.base)), html)
    return 1
