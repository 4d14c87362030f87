"""Which items may be a person, with what speaks for each, a score, and whether one is certain."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from lod.reference.names import NOTES, Accord, mots, note
from lod.remote.linking import criteria as criteres
from lod.remote.linking.criteria import Reperes, Reponse
from lod.remote.linking.people import Personne
from lod.remote.wikidata.item import Element

INITIALE = 0.4  # what an initial is worth, of a whole name
MOST = 99  # 100 is an equal identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidat:
    """One item that may be one person, by criteria; `libelle` is the name that agrees."""

    personne: Personne
    element: Element
    libelle: str
    accord: Accord
    annee: Reponse
    jour: str
    circonscription: Reponse
    legislature: Reponse
    groupe: Reponse

    @property
    def pair(self) -> tuple[str, str]:
        """Reference and QID."""
        return self.personne.ref, self.element.qid

    @property
    def convient(self) -> bool:
        """Whether name and year agree and the seat does not disagree; one of several may."""
        return (
            self.accord >= Accord.CONTENU
            and self.annee is Reponse.OUI
            and self.circonscription is not Reponse.NON
        )

    @property
    def merite_revue(self) -> bool:
        """Whether a person should see it: a name alone, or a year alone, is no candidate."""
        confirmed = (self.annee, self.circonscription, self.legislature)
        if self.accord >= Accord.CONTENU:
            return Reponse.OUI in confirmed
        if self.annee is not Reponse.OUI or self.circonscription is Reponse.NON:
            return False
        return self.accord is Accord.INITIALE or self.circonscription is Reponse.OUI

    @property
    def score(self) -> int:
        """From 0 to 99: name and properties, weighed; what is unknown adds nothing."""
        properties = (self.annee, self.circonscription, self.legislature)
        nom = NOTES.get(self.accord, INITIALE if self.accord else 0)
        return min(MOST, round(note(nom, properties.count(Reponse.OUI), len(properties))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposition:
    """A candidate among the others: what else fits, and whom else the item fits.

    `titulaire` is who has the item already: the number that it bears, or the deputy published.
    """

    candidat: Candidat
    rivaux: tuple[str, ...] = ()
    titulaire: str = ""

    @property
    def est_certaine(self) -> bool:
        """Whether all conditions hold; even then it is a proposal, and a person decides."""
        return self.candidat.convient and not self.rivaux and not self.titulaire


def candidats(
    personne: Personne, elements: Iterable[Element], reperes: Reperes | None = None
) -> list[Candidat]:
    """Return the items worth a look, the likeliest first; the order is that of score and QID."""
    known = reperes or Reperes()
    found = (_candidat(personne, element, known) for element in elements)
    return sorted((c for c in found if c.merite_revue), key=lambda c: (-c.score, c.element.qid))


def _candidat(personne: Personne, element: Element, reperes: Reperes) -> Candidat:
    agreement, libelle = criteres.nommes(personne, element)
    return Candidat(
        personne=personne,
        element=element,
        libelle=libelle,
        accord=agreement,
        annee=criteres.annee(personne, element),
        jour=criteres.jour(personne, element),
        circonscription=criteres.circonscription(personne, element, reperes),
        legislature=criteres.legislature(personne, element),
        groupe=criteres.groupe(personne, element, reperes),
    )


class Index:
    """Items by what a person shares with them: a word of a name, or a seat."""

    def __init__(self, elements: Iterable[Element]) -> None:
        self._by_key: dict[object, list[Element]] = {}
        for element in elements:
            for key in {*_mots(element.noms), *element.sieges}:
                self._by_key.setdefault(key, []).append(element)

    def proches(self, personne: Personne, reperes: Reperes) -> list[Element]:
        """Return the items that share a word or a seat with a person."""
        words = {word for nom in personne.noms for word in mots(nom)}
        keys: set[object] = {*words, *reperes.sieges(personne)}
        return list({e.qid: e for key in keys for e in self._by_key.get(key, ())}.values())


def _mots(noms: Iterable[str]) -> Iterator[str]:
    """Yield the words of names but for the first: no two names agree by that one alone."""
    for words in map(mots, noms):
        yield from words[1:] or words


def propositions(
    personnes: Iterable[Personne],
    elements: Iterable[Element],
    reperes: Reperes,
    *,
    refus: Collection[tuple[str, str]] = (),
    pris: Mapping[str, str] | None = None,
) -> list[Proposition]:
    """Return the candidates of all persons, in the order of persons and scores, with rivals.

    `refus` are pairs (acteurRef, QID) that a person has refused, which are no candidates and no
    rivals; `pris` says whose an item is already.
    """
    index = Index(elements)
    found = [
        candidat
        for personne in personnes
        for candidat in candidats(personne, index.proches(personne, reperes), reperes)
        if candidat.pair not in refus
    ]
    taken = pris or {}
    fits: dict[str, set[str]] = {}  # of a person, the items that fit; of an item, the persons
    for candidat in found:
        if candidat.convient and not titulaire(candidat, taken):
            ref, qid = candidat.pair
            fits.setdefault(ref, set()).add(qid)
            fits.setdefault(qid, set()).add(ref)
    return [
        Proposition(
            candidat=candidat,
            rivaux=tuple(sorted((fits.get(ref, set()) | fits.get(qid, set())) - {ref, qid})),
            titulaire=titulaire(candidat, taken),
        )
        for candidat in found
        for ref, qid in [candidat.pair]
    ]


def titulaire(candidat: Candidat, pris: Mapping[str, str]) -> str:
    """Return who has the item already: another number that it bears, or a deputy; else ""."""
    ref, qid = candidat.pair
    others = candidat.element.p4123 - {candidat.personne.numero}
    return min(others, default="") or (pris.get(qid, ref) if pris.get(qid, ref) != ref else "")
