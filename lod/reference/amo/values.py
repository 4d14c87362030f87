"""Who sat where and in which group, which ministry stood under which government: the archives AMO
of the Assemblée nationale, as values.

Dates are civil days; a period includes its first and its last day. `archives.py` reads them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeVar

from lod.model.question import Circonscription, Organe
from lod.model.text import fold
from lod.reference.names import cle

ASSEMBLEE, GROUPE, MINISTERE, GOUVERNEMENT = "ASSEMBLEE", "GP", "MINISTERE", "GOUVERNEMENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acteur:
    """A person: `hatvp` is the address of the page of the Haute Autorité about her."""

    ref: str
    prenom: str
    nom: str
    civilite: str | None = None
    naissance: date | None = None
    deces: date | None = None
    profession: str | None = None
    hatvp: str | None = None

    @property
    def nom_complet(self) -> str:
        """First name and name, as the tables and the pages print them."""
        return f"{self.prenom} {self.nom}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Periode:
    """Something that lasts from `debut` to `fin`; without `fin` no end is stated."""

    debut: date
    fin: date | None = None

    @property
    def premier_jour(self) -> date:
        """The first day that counts."""
        return self.debut

    def couvre(self, jour: date) -> bool:
        """Whether the day lies in the period."""
        return self.premier_jour <= jour and (self.fin is None or jour <= self.fin)


@dataclass(frozen=True, slots=True, kw_only=True)
class MandatDepute(Periode):
    """A seat: `debut` is the election, which for a substitute is that of the deputy replaced."""

    ref: str
    acteur_ref: str
    legislature: int
    prise_de_fonction: date | None = None
    circonscription: Circonscription | None = None
    region: str | None = None

    @property
    def premier_jour(self) -> date:
        """The day of taking the seat: before it a substitute, elected with her, did not sit."""
        return self.prise_de_fonction or self.debut


@dataclass(frozen=True, slots=True, kw_only=True)
class Appartenance(Periode):
    """Membership of a group without a break; `ref` is the mandate (`PM…`) that it begins with."""

    ref: str
    acteur_ref: str
    groupe_ref: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Corps(Periode):
    """A body: group, ministry, government or assembly, by `type`; `parent` is its government."""

    ref: str
    type: str
    libelle: str
    abrege: str | None = None
    sigle: str | None = None
    parent: str | None = None
    precedent: str | None = None
    legislature: int | None = None

    @property
    def organe(self) -> Organe:
        """The body as a question names it: short label, long label."""
        court = self.abrege or self.libelle
        long = self.libelle if self.libelle != court else None
        return Organe(libelle=court, libelle_long=long, ref=self.ref)


Valeur = Acteur | MandatDepute | Appartenance | Corps
P = TypeVar("P", bound=Periode)
K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, kw_only=True)  # no slots: the indexes are made when first asked for
class Referentiel:
    """What the archives say, by reference; `appartenances` by person, in the order of time."""

    acteurs: dict[str, Acteur]
    mandats: dict[str, MandatDepute]
    appartenances: dict[str, tuple[Appartenance, ...]]
    organes: dict[str, Corps]

    def valeurs(self) -> Iterator[Valeur]:
        """Yield every value, in a fixed order."""
        for values in (self.acteurs, self.mandats, self.organes):
            yield from (values[ref] for ref in sorted(values))
        for ref in sorted(self.appartenances):
            yield from self.appartenances[ref]

    def mandat(self, ref: str) -> MandatDepute | None:
        """Return the mandate `PM…`, if the archives have it."""
        return self.mandats.get(ref)

    def mandat_du(
        self, acteur_ref: str, legislature: int, jour: date | None = None
    ) -> MandatDepute | None:
        """Return the one mandate of a person that day, in a legislature; None for none or two.

        Without a day, the one mandate of the legislature, if there is only one.
        """
        mandats = self._mandats_de.get((acteur_ref, legislature), ())
        return _seul(_ce_jour(mandats, jour) if jour else mandats)

    def groupe_du(self, acteur_ref: str, jour: date) -> Corps | None:
        """Return the group of a person that day; None for none, or two at once."""
        seule = _seul(_ce_jour(self.appartenances.get(acteur_ref, ()), jour))
        return self.organes.get(seule.groupe_ref) if seule else None

    def organe(self, ref: str) -> Corps | None:
        """Return the body `PO…`, if the archives have it."""
        return self.organes.get(ref)

    def gouvernement(self, ministere_ref: str) -> Corps | None:
        """Return the government of a ministry, if the archives have both."""
        ministere = self.organes.get(ministere_ref)
        parent = self.organes.get(ministere.parent) if ministere and ministere.parent else None
        return parent if parent and parent.type == GOUVERNEMENT else None

    def ministere_nomme(self, libelle: str, jour: date) -> Corps | None:
        """Return the ministry that alone bears a folded label that day, short or long."""
        nommes = _ce_jour(self._ministeres.get(libelle, ()), jour)
        return _seul([m for m in nommes if m.fin or not self._est_depasse(m, jour)])

    def personnes(self, nom: str, legislature: int) -> tuple[Acteur, ...]:
        """Return the deputies of a legislature whose name has the same words: all homonyms."""
        return self._noms.get((cle(nom), legislature), ())

    def deputes(self, legislature: int) -> tuple[Acteur, ...]:
        """Return the deputies of a legislature."""
        return self._deputes.get(legislature, ())

    def _est_depasse(self, ministere: Corps, jour: date) -> bool:
        """Whether another government, or a new assembly, has come since an open ministry began.

        The archive leaves governments open that are long gone (ATTAL in that of legislature 17).
        """
        autres = (c for c in self._etapes if c.ref != ministere.parent)
        return any(ministere.debut < c.debut <= jour for c in autres)

    @cached_property
    def _etapes(self) -> tuple[Corps, ...]:
        return tuple(c for c in self.organes.values() if c.type in (GOUVERNEMENT, ASSEMBLEE))

    @cached_property
    def _mandats_de(self) -> dict[tuple[str, int], tuple[MandatDepute, ...]]:
        return par_cle(((m.acteur_ref, m.legislature), m) for m in self.mandats.values())

    @cached_property
    def _ministeres(self) -> dict[str, tuple[Corps, ...]]:
        return par_cle(
            (libelle, corps)
            for corps in self.organes.values()
            if corps.type == MINISTERE
            for libelle in {fold(libelle) for libelle in corps.organe.libelles}
        )

    @cached_property
    def _noms(self) -> dict[tuple[str, int], tuple[Acteur, ...]]:
        return par_cle(
            ((cle(acteur.nom_complet), legislature), acteur)
            for legislature, acteurs in self._deputes.items()
            for acteur in acteurs
        )

    @cached_property
    def _deputes(self) -> dict[int, tuple[Acteur, ...]]:
        return par_cle(
            (legislature, acteur)
            for ref, legislature in self._mandats_de
            if (acteur := self.acteurs.get(ref))
        )


def _ce_jour(periodes: Iterable[P], jour: date) -> list[P]:
    """Return what covers the day; what ends on the day of a change gives way to what goes on."""
    couvrent = [p for p in periodes if p.couvre(jour)]
    return [p for p in couvrent if p.fin != jour] or couvrent


def _seul(values: Iterable[V]) -> V | None:
    found = list(values)
    return found[0] if len(found) == 1 else None


def par_cle(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    """Return key → its values, in their order."""
    groups: dict[K, list[V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}
