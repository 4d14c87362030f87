"""The second pass of a build: four forms of each document, and the static pages.

A question's page is made from the model and asks the store nothing; lists and counts come from
`site/queries/*.rq`. Links are relative: the site works from any folder, from any web server,
without Python.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain
from pathlib import Path
from typing import Any

from pyoxigraph import Triple

from lod.base import packaged as files
from lod.base.parallel import batches, unordered
from lod.pipeline.partition_set import Publiees
from lod.pipeline.partitions import FOLDER, cles_of, questions_of
from lod.publish.downloads import write_dumps
from lod.publish.query_catalogue import autonomes, exemples, par_theme
from lod.publish.search.indexing import FICHIER, write_index
from lod.rdf.iris import Iris
from lod.rdf.serialize import ntriples
from lod.website import feeds as flux
from lod.website import related_questions as liees
from lod.website.documents import BATCH, write_document, write_question, write_shared_answers
from lod.website.lists import Liste, listes, write_liste
from lod.website.query_cache import Guichet
from lod.website.query_results import resultat
from lod.website.query_tables import est_close
from lod.website.question_lists import Rangees
from lod.website.rendering import Contexte, render
from lod.website.resources import Entrants, Resources, incoming, write_resource
from lod.website.reuse import (
    RESSOURCES,
    Pages,
    empreinte_commune,
    empreinte_de_ressource,
    reprendre,
    repris,
    ressources_of,
)
from lod.website.static_search import write_recherche
from lod.website.statistics_pages import tableaux

__all__ = ["Contexte", "write_site"]
TRANCHES = 8  # a task
RESOURCES = 20  # a task, or fewer that have as many questions as
QUESTIONS = 2000  # together: some have none, some nearly all
Extrait = tuple[Resources, Entrants]  # some resources, and what points to these


@dataclass(frozen=True)
class Atelier:
    """What a process has to write pages with: the context, and where it asks the store. Each method
    writes some pages, and returns how many.
    """

    contexte: Contexte
    publiees: Publiees
    liees: Path  # of the questions of each resource
    guichet: Guichet  # which each process opens for itself
    commune: str  # the hash of what the pages of all resources are made of

    @cached_property
    def rangees(self) -> Rangees:
        """The questions as lists print them."""
        return Rangees(self.contexte)

    @cached_property
    def connues(self) -> dict[str, list[str]]:
        """What the pages of resources were made of in the release before → their files."""
        before = self.publiees.before
        return ressources_of(before and before / FOLDER)

    def questions(self, some: Sequence[Path]) -> int:
        """Write the questions of some tranches, and their answers."""
        return sum(reprendre(path, self.contexte, write_question) for path in some)

    def index(self, _: None) -> int:
        """Write the full-text index of all questions, and what the search of the pages needs."""
        found = chain.from_iterable(questions_of(path) for path in self.publiees.paths())
        contexte, path = self.contexte, self.publiees.work / FICHIER
        write_index(path, found, Iris(contexte.base), contexte.nom, contexte.proprietes())
        return write_recherche(contexte, path)

    def dumps(self, _: None) -> int:
        """Write the files to download; there is no page among them."""
        write_dumps(self.publiees)
        return 0

    def reponses(self, some: list[str]) -> int:
        """Write answers that serve several questions."""
        return write_shared_answers(some, self.contexte, self.guichet.store)

    def resources(self, some: Extrait) -> int:
        """Write resources."""
        about, entrants = some
        pages = Pages("", {})
        with closing(liees.opened(self.liees)) as disk:
            for iri in about.documents():
                roles, (lignes, questions) = entrants.get(iri, {}), liees.lues(disk, iri)
                told = about.about(iri), roles, questions, self.commune
                made_of = empreinte_de_ressource(iri, *told)
                write = partial(
                    write_resource, iri=iri, resources=about, roles=roles, lignes=lignes,
                    guichet=self.guichet, rangees=self.rangees,
                )  # fmt: skip
                pages.fichiers[made_of] = repris(self._connus(iri, made_of), self.contexte, write)
        path = self.publiees.work / FOLDER / (next(iter(pages.fichiers)) + RESSOURCES)
        path.write_text(pages.text(), "ascii")
        return len(pages.files())

    def _connus(self, iri: str, made_of: str) -> list[str]:
        """Return the files of a resource that may be taken over from the release before."""
        kind = self.contexte.path(iri).partition("/")[0]
        return self.connues.get(made_of, []) if est_close(kind) else []

    def liste(self, liste: Liste) -> int:
        """Write a list."""
        return write_liste(self.contexte, liste, self.guichet)

    def statistiques(self, triples: list[Triple]) -> int:
        """Write the page of statistics, about what these triples say."""
        return write_statistiques(self.contexte, triples, self.guichet)

    def demander(self, texte: str) -> int:
        """Ask a query whose answer stands on several pages."""
        self.guichet.reponse(texte)
        return 0

    def do(self, task: "Tache") -> int:
        """Do one of all these."""
        method, part = task
        return method(self, part)


Tache = tuple[Callable[[Atelier, Any], int], Any]


def write_site(
    contexte: Contexte,
    publiees: Publiees,
    resources: Resources,
    filled: Callable[[], object],
    guichet: Guichet,
    jobs: int,
) -> int:
    """Write every document and every list, and in the same processes dumps and full-text index;
    return the number of pages.

    `filled` waits until the store is: questions need it not.
    """
    contexte.site.copy(files.STATIC, "static")
    disk = publiees.work / "liees.db"
    commune = empreinte_commune(publiees.work, contexte)
    atelier = Atelier(contexte, publiees, disk, guichet, commune)
    suivi = flux.Suivi(contexte)
    gathered = liees.Liees(disk, contexte.base, resources.portefeuilles())
    passing = (_noted(path, suivi, gathered) for path in publiees.paths())
    # what takes longest comes first
    long: list[Tache] = [(Atelier.index, None), (Atelier.dumps, None)]
    some = ((Atelier.questions, part) for part in batches(passing, TRANCHES))
    later = _avec_entrepot(contexte, resources, gathered, filled, guichet)
    pages = sum(unordered(atelier.do, chain(long, some, later), jobs))
    disk.unlink()
    flux.write_feeds(contexte, suivi, resources.documents())
    return pages + write_exemples(contexte, f"{contexte.base}exemples", guichet)


def _noted(path: Path, suivi: flux.Suivi, gathered: liees.Liees) -> Path:
    """Remember what is told elsewhere of the questions of a tranche; return where they are."""
    for q, cle in cles_of(path):
        suivi.add(q)
        gathered.add(q, cle)
    return path


def _avec_entrepot(
    contexte: Contexte,
    resources: Resources,
    gathered: liees.Liees,
    filled: Callable[[], object],
    guichet: Guichet,
) -> Iterator[Tache]:
    """Yield what is written once all questions have passed, and the store is filled."""
    gathered.close()
    filled()
    found = incoming(guichet)
    statistiques = f"{contexte.base}statistiques"  # they have a page of their own
    about = [iri for iri in resources.documents() if iri != statistiques]
    yield from ((Atelier.demander, r.texte) for r in autonomes().values() if not r.couteuse)
    yield Atelier.statistiques, resources.about(statistiques)
    yield from ((Atelier.liste, liste) for liste in listes())
    yield from ((Atelier.reponses, part) for part in batches(contexte.partages, BATCH))
    about.sort(key=gathered.nombre, reverse=True)
    for part in batches(about, RESOURCES, gathered.nombre, QUESTIONS):
        yield Atelier.resources, _extrait(part, resources, found, contexte.base)


def _extrait(iris: Iterable[str], resources: Resources, entrants: Entrants, base: str) -> Extrait:
    """Return some resources, to be sent to another process."""
    triples = chain.from_iterable(map(resources.about, iris))
    return Resources(triples, base), {iri: entrants[iri] for iri in iris if iri in entrants}


def write_statistiques(contexte: Contexte, triples: list[Triple], guichet: Guichet) -> int:
    """Write the page with the numbers of all, and what their sets are made of."""
    shown = tableaux(guichet, contexte.base)
    html = render("statistiques.html", contexte, "statistiques", tableaux=shown)
    write_document(contexte, f"{contexte.base}statistiques", ntriples(triples), [], html)
    return 1


def write_exemples(contexte: Contexte, iri: str, guichet: Guichet) -> int:
    """Write the page with every query and what it gives, and the queries as RDF."""
    found = {
        theme: [(requete, resultat(guichet, requete)) for requete in liste]
        for theme, liste in par_theme().items()
    }
    html = render(
        "exemples.html", contexte, contexte.path(iri), themes=found, nombre=len(autonomes())
    )
    write_document(contexte, iri, ntriples(exemples(contexte.base)), [], html)
    return 1
