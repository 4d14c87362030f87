"""What is answered to a request: how many hits, one page of them with excerpts, facets."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lod.publish.search.corpus import Corpus, Fiche
from lod.publish.search.excerpts import Extrait, Passage, extrait, marque
from lod.publish.search.parameters import facettes
from lod.publish.search.search_request import Demande

MONTREES = 10  # values of a facet
PAGES = 50  # that can be turned, whatever the number of hits


@dataclass(frozen=True, slots=True)
class Trouvee:
    """One hit: the question, its title with the words found, and an excerpt if it has a text."""

    fiche: Fiche
    titre: Passage
    extrait: Extrait | None


@dataclass(frozen=True, slots=True)
class Choix:
    """One value of a facet: how many hits have it, and the request that takes or leaves it."""

    cle: str
    iri: str
    nom: str
    nombre: int
    est_pris: bool
    demande: Demande


@dataclass(frozen=True, slots=True)
class Resultats:
    """The answer to a request; `total` counts all hits, and so do the facets."""

    demande: Demande
    total: int
    trouvees: tuple[Trouvee, ...]
    facettes: dict[str, tuple[Choix, ...]]

    @property
    def pages(self) -> int:
        """How many pages can be turned."""
        return min(PAGES, -(-self.total // self.demande.taille))

    @property
    def suivante(self) -> Demande | None:
        """The request for the next page, if there is one."""
        page = self.demande.page + 1
        return replace(self.demande, page=page) if page <= self.pages else None

    @property
    def precedente(self) -> Demande | None:
        """The request for the page before, if there is one."""
        page = min(self.demande.page - 1, self.pages)
        return replace(self.demande, page=page) if page >= 1 else None


def resultats(corpus: Corpus, demande: Demande) -> Resultats:
    """Return the answer to a request; raise TooLongError."""
    hits = corpus.trouvees(demande)
    page = corpus.fiches(hits[demande.tranche])
    termes = demande.termes
    trouvees = (
        Trouvee(fiche, marque(fiche.titre or fiche.nom, termes), extrait(textes, termes))
        for fiche, textes in page
    )
    found = {nom: tuple(choix(corpus, nom, hits, demande)) for nom in facettes()}
    return Resultats(demande, len(hits), tuple(trouvees), found)


def choix(corpus: Corpus, facette: str, hits: list[int], demande: Demande) -> Iterator[Choix]:
    """Yield the commonest values of a facet among the hits; what filters is always there."""
    counted = compte(corpus, facette, hits)
    taken = dict(demande.filtres).get(facette)
    order = sorted(counted, key=lambda n: (-counted[n], corpus.valeurs[n].nom, n))
    for rang, number in enumerate(order):
        valeur = corpus.valeurs[number]
        est_pris = valeur.cle == taken
        if rang < MONTREES or est_pris:
            other = demande.filtree(facette, None if est_pris else valeur.cle)
            yield Choix(valeur.cle, valeur.iri, valeur.nom, counted[number], est_pris, other)


def compte(corpus: Corpus, facette: str, hits: list[int]) -> dict[int, int]:
    """Return value → how many hits have it, or one that is narrower."""
    counted = Counter(map(corpus.colonnes[facette].__getitem__, hits))
    del counted[0]  # no value
    for number, count in list(counted.items()):
        large = corpus.valeurs[number].large
        if large:
            counted[large] += count
    return dict(counted)


def noms_des_filtres(corpus: Corpus, demande: Demande) -> Iterator[tuple[str, str, Demande]]:
    """Yield (facet, name of its value, the request without it) for each facet that filters."""
    names = {(v.facette, v.cle): v.nom for v in corpus.valeurs.values()}
    for facette, cle in demande.filtres:
        yield facette, names.get((facette, cle), cle), demande.filtree(facette, None)
