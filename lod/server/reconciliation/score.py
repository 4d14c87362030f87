"""The candidates for a query, each with its features and its score, and which one is certain.

A name alone never decides between two persons: certain is a name that nobody else bears, or one
that only one of its bearers can have, by another property that says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from lod.model.text import fold
from lod.reference.names import NOTES, Accord, note
from lod.server.reconciliation.batch import Demande
from lod.server.reconciliation.compare import accord_de, ressemblance, verdict
from lod.server.reconciliation.entities import Entite
from lod.server.reconciliation.types import proprietes

APPROCHEE = 0.75  # the most that letters alone are worth
SEUIL = 0.6  # of letters in common, below which two names have nothing to do with each other


@dataclass(frozen=True, slots=True)
class Candidat:
    """An entity that may be meant: how its name agrees, and each property that is comparable.

    `rivaux` is how many others have a name that agrees, published or not.
    """

    entite: Entite
    accord: Accord
    ressemblance: float
    verdicts: dict[str, bool]
    est_identifie: bool
    rivaux: int = 0
    est_sur: bool = False

    @property
    def s_accorde(self) -> bool:
        """Whether the name is that of the entity, wholly or in part."""
        return self.accord >= Accord.CONTENU

    def rivalise(self, other: "Candidat") -> bool:
        """Say whether another one may be meant as well, by name.

        A longer name may be a person's in full; a longer label is that of something else.
        """
        if self.est_identifie:
            return other.est_identifie
        is_whole = self.accord >= Accord.PLIE and self.entite.sorte.noms != "personne"
        return other.accord >= (Accord.PLIE if is_whole else Accord.CONTENU)

    @property
    def est_ecarte(self) -> bool:
        """Whether a property says that it is not this one of the namesakes."""
        return any(self.verdicts.get(name) is False for name in self.entite.sorte.departage)

    @property
    def est_contredit(self) -> bool:
        """Whether a property differs, whatever that means."""
        return False in self.verdicts.values()

    @property
    def est_confirme(self) -> bool:
        """Whether a property agrees; one that says much, where the name does in part only."""
        telling = {name for name, agrees in self.verdicts.items() if agrees}
        if self.accord >= Accord.PLIE:
            return bool(telling)
        return not telling.isdisjoint(self.entite.sorte.confirme)

    @property
    def score(self) -> float:
        """From 0 to 100: the name, and each property that is comparable."""
        if self.est_identifie and not self.est_contredit:
            return 100.0
        nom = NOTES.get(self.accord, APPROCHEE * self.ressemblance)
        return round(note(nom, sum(self.verdicts.values()), len(self.verdicts)), 1)

    @property
    def traits(self) -> dict[str, bool | float]:
        """The features: name → value, those of properties by their ids."""
        return {
            "identifiant": self.est_identifie,
            "accord_nom": int(self.accord),
            "ressemblance_nom": round(self.ressemblance, 3),
            "rivaux": self.rivaux,
            **self.verdicts,
        }


def candidats(demande: Demande, entites: Iterable[Entite], identifiee: str = "") -> list[Candidat]:
    """Return the candidates among some entities, the best first, as many as the query wants.

    `identifiee` is the id of the entity that the text names by an identifier.
    """
    compared = [compare(demande, entite, identifiee) for entite in entites]
    agreeing = [c for c in compared if c.s_accorde or c.est_identifie]
    likely = (c for c in compared if c.entite.est_publiee and est_plausible(c, demande))
    judged = [juge(c, agreeing) for c in likely]
    judged.sort(key=lambda c: (not c.est_sur, -c.score, -c.ressemblance, c.entite.id))
    return judged[: demande.limite]


def compare(demande: Demande, entite: Entite, identifiee: str) -> Candidat:
    """Return an entity with all that can be compared; not yet judged.

    Where nothing is said but an identifier, that is enough; beside a name it is one property.
    """
    verdicts = {
        name: found
        for name, said in demande.attendues.items()
        if name in entite.sorte.proprietes
        and (found := verdict(proprietes()[name].genre, entite.connues(name), said)) is not None
    }
    if not demande.texte:
        return Candidat(entite, Accord.AUCUN, 0.0, verdicts, est_nomme(verdicts))
    accord = accord_de(entite, demande.nom)
    alike = 1.0 if accord >= Accord.PLIE else ressemblance(entite.noms, demande.nom)
    return Candidat(entite, accord, alike, verdicts, entite.id == identifiee)


def est_nomme(verdicts: dict[str, bool]) -> bool:
    """Say whether one of the properties that agree is an identifier."""
    return any(
        agrees and proprietes()[name].genre == "identifiant" for name, agrees in verdicts.items()
    )


def est_plausible(c: Candidat, demande: Demande) -> bool:
    """Say whether the entity is worth showing: its name agrees somehow, or an identifier does."""
    if c.est_identifie or not demande.texte or c.accord > Accord.AUCUN or c.ressemblance >= SEUIL:
        return True
    said = set(fold(demande.nom).split())  # a surname alone
    return est_nomme(c.verdicts) or any(said <= set(fold(nom).split()) for nom in c.entite.noms)


def juge(c: Candidat, agreeing: list[Candidat]) -> Candidat:
    """Return the candidate with its rivals, and whether it is certain."""
    rivals = [other for other in agreeing if other.entite.id != c.entite.id and c.rivalise(other)]
    return replace(c, rivaux=len(rivals), est_sur=est_sur(c, rivals))


def est_sur(c: Candidat, rivals: list[Candidat]) -> bool:
    """Say whether nobody else can be meant."""
    if c.est_contredit or not all(other.est_ecarte for other in rivals):
        return False
    if c.est_identifie:
        return True
    is_unique = c.accord >= Accord.PLIE and not rivals
    return c.s_accorde and (is_unique or c.est_confirme)
