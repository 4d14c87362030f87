"""What speaks for an item being a deputy, and what against it: names, birth, seat, group."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lod.reference.names import Accord, accord
from lod.remote.linking.people import Personne
from lod.remote.wikidata.item import Element, Naissance

ANNEE, JOUR = 9, 11  # precisions of Wikidata


class Reponse(StrEnum):
    """Whether both sides say the same; unknown if one of them says nothing."""

    OUI = "oui"
    NON = "non"
    INCONNUE = "inconnue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reperes:
    """Items of places and groups: (department, number) and (legislature, short name) → QID."""

    circonscriptions: Mapping[tuple[str, int], str] = field(default_factory=dict)
    groupes: Mapping[tuple[int, str], str] = field(default_factory=dict)

    def sieges(self, personne: Personne) -> frozenset[tuple[int, str]]:
        """Return where a person sat as an item states it: (legislature, QID)."""
        return frozenset(
            (s.legislature, qid)
            for s in personne.sieges
            if (qid := self.circonscriptions.get((s.departement, s.numero)))
        )


def nommes(personne: Personne, element: Element) -> tuple[Accord, str]:
    """Return how the names agree at best, and the name of the item that does."""
    agreements = (
        (max(accord(nom, autre) for nom in personne.noms), autre) for autre in sorted(element.noms)
    )
    return max(agreements, key=lambda found: found[0], default=(Accord.AUCUN, ""))


def annee(personne: Personne, element: Element) -> Reponse:
    """Whether a year of birth of one is one of the other; a decade or a century is no year."""
    theirs = {n.annee for n in element.naissances if n.precision >= ANNEE}
    return _commune(personne.annees, theirs)


def jour(personne: Personne, element: Element) -> str:
    """Return a day of birth that both state, or ""; 1 January of a bare year is no day."""
    same = [n.jour for n in sorted(element.naissances) if n.precision >= JOUR]
    return next((day for day in same if day in personne.naissances), "")


def circonscription(personne: Personne, element: Element, reperes: Reperes) -> Reponse:
    """Whether both had the same seat in a legislature; others say nothing of each other."""
    ours, theirs = reperes.sieges(personne), {seat for seat in element.sieges if seat[1]}
    common = {number for number, _ in ours} & {number for number, _ in theirs}
    return _commune(
        {seat for seat in ours if seat[0] in common}, {seat for seat in theirs if seat[0] in common}
    )


def legislature(personne: Personne, element: Element) -> Reponse:
    """Whether both sat in the same legislature; an item without seats says nothing."""
    return _commune(personne.legislatures, {number for number, _ in element.sieges})


def groupe(personne: Personne, element: Element, reperes: Reperes) -> Reponse:
    """Whether both sat in the same group: weak, for items of groups outlive legislatures."""
    ours = {reperes.groupes[key] for key in personne.groupes if key in reperes.groupes}
    return _commune(ours, element.groupes)


def _commune(ours: Iterable[object], theirs: Iterable[object]) -> Reponse:
    one, two = set(ours), set(theirs)
    if not one or not two:
        return Reponse.INCONNUE
    return Reponse.OUI if one & two else Reponse.NON


def dites(naissances: Iterable[Naissance]) -> str:
    """Return days of birth with their precision, for a reviewer.

    >>> dites([Naissance("1975-06-15", 11), Naissance("1972-01-01", 9)])
    '1972 (année) 1975-06-15 (jour)'
    """
    names = {9: (4, "année"), 10: (7, "mois"), 11: (10, "jour")}
    said = []
    for day, precision in sorted(naissances):
        length, name = names.get(precision, (4, f"précision {precision}"))
        said.append(f"{day[:length]} ({name})")
    return " ".join(said)
