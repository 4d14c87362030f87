"""Who sat where and in which group, which ministry stood under which government: the archives AMO
of the Assemblée nationale, as values.

Reference data: only the fields that are named here are taken, whatever else a record holds.
Dates are civil days; a period includes its first and its last day.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from lod.dates import read_date
from lod.errors import Finding, SourceError, Where
from lod.fiches import Fiche, read_fiche
from lod.model import Circonscription, Organe
from lod.sources.fields import number, shorten
from lod.sources.inputs import records
from lod.sources.reading import acteur_ref, organe_ref
from lod.texts import fold

ASSEMBLEE, GROUPE, MINISTERE, GOUVERNEMENT = "ASSEMBLEE", "GP", "MINISTERE", "GOUVERNEMENT"
TYPES = frozenset({ASSEMBLEE, GROUPE, MINISTERE, GOUVERNEMENT})
HATVP = re.compile(r"https://www\.hatvp\.fr/[\w./?=&%-]+", re.ASCII)


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
        """Return the deputies of a legislature with a folded « prénom nom »: all homonyms."""
        return self._noms.get((nom, legislature), ())

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
        return _par_cle(((m.acteur_ref, m.legislature), m) for m in self.mandats.values())

    @cached_property
    def _ministeres(self) -> dict[str, tuple[Corps, ...]]:
        return _par_cle(
            (libelle, corps)
            for corps in self.organes.values()
            if corps.type == MINISTERE
            for libelle in {fold(corps.libelle), fold(corps.abrege or corps.libelle)}
        )

    @cached_property
    def _noms(self) -> dict[tuple[str, int], tuple[Acteur, ...]]:
        return _par_cle(
            ((fold(acteur.nom_complet), legislature), acteur)
            for ref, legislature in self._mandats_de
            if (acteur := self.acteurs.get(ref))
        )


def read_referentiel(paths: Iterable[Path]) -> tuple[Referentiel, tuple[Finding, ...]]:
    """Read archives, folders and files in their order, and what could not be read in them.

    A later archive wins over an earlier one, reference by reference. Raises UsageError for a path
    that is not there.
    """
    findings: list[Finding] = []
    acteurs: dict[str, Acteur] = {}
    mandats: dict[str, MandatDepute] = {}
    appartenances: dict[tuple[str, str], Appartenance] = {}
    organes: dict[str, Corps] = {}
    for valeur in _valeurs(paths, findings):
        match valeur:
            case Acteur():
                acteurs[valeur.ref] = valeur
            case MandatDepute():
                mandats[valeur.ref] = valeur
            case Appartenance():
                appartenances[valeur.ref, valeur.groupe_ref] = valeur
            case Corps():
                organes[valeur.ref] = valeur
    referentiel = Referentiel(
        acteurs=acteurs,
        mandats=mandats,
        appartenances=_sans_coupure(appartenances.values()),
        organes=organes,
    )
    return referentiel, tuple(findings)


def _valeurs(paths: Iterable[Path], findings: list[Finding]) -> Iterator[Valeur]:
    for path in paths:
        for record in records([path]):
            try:
                root = read_fiche(record, findings)
                parts = [(read, part) for read, names in FORMES for part in root.each(*names)]
                if not parts:
                    keys = shorten(", ".join(root.valeur)) or "nothing"
                    raise SourceError(
                        Where(record.path),
                        f"neither acteur nor organe at the root, but: {keys}",
                        "give archives of acteurs and organes; this file is something else",
                    )
            except SourceError as error:
                findings.append(error.finding)
                continue
            for read, part in parts:
                yield from _lues(read, part)


def _lues(read: Callable[[Fiche], Iterator[Valeur]], fiche: Fiche) -> Iterator[Valeur]:
    """Yield what one record says; what is wrong in it is a finding, and its rest is left out."""
    try:
        yield from read(fiche)
    except SourceError as error:
        fiche.findings.append(error.finding)


def _acteur(fiche: Fiche) -> Iterator[Valeur]:
    ref = fiche.take(acteur_ref, "uid")
    yield Acteur(
        ref=ref,
        civilite=fiche.attempt(str, "etatCivil", "ident", "civ"),
        prenom=fiche.take(str, "etatCivil", "ident", "prenom"),
        nom=fiche.take(str, "etatCivil", "ident", "nom"),
        naissance=fiche.attempt(read_date, "etatCivil", "infoNaissance", "dateNais"),
        deces=fiche.attempt(read_date, "etatCivil", "dateDeces"),
        profession=fiche.attempt(str, "profession", "libelleCourant"),
        hatvp=fiche.attempt(_hatvp, "uri_hatvp"),
    )
    for mandat in fiche.each("mandats", "mandat"):
        yield from _lues(lambda part: _mandat(part, ref), mandat)


def _mandat(fiche: Fiche, acteur: str | None = None) -> Iterator[Valeur]:
    """Read one of the many mandates of a person: only seats and memberships of groups."""
    nature = fiche.maybe(str, "typeOrgane")
    if nature == ASSEMBLEE:
        yield _mandat_depute(fiche, acteur or fiche.take(acteur_ref, "acteurRef"))
    elif nature == GROUPE:
        yield from _appartenances(fiche, acteur or fiche.take(acteur_ref, "acteurRef"))


def _mandat_depute(fiche: Fiche, acteur: str) -> MandatDepute:
    return MandatDepute(
        ref=fiche.take(mandat_ref, "uid"),
        acteur_ref=acteur,
        legislature=fiche.take(number, "legislature"),
        debut=fiche.take(read_date, "dateDebut"),
        prise_de_fonction=fiche.maybe(read_date, "mandature", "datePriseFonction"),
        fin=fiche.maybe(read_date, "dateFin"),
        circonscription=_circonscription(fiche),
        region=fiche.maybe(str, "election", "lieu", "region"),
    )


def _circonscription(fiche: Fiche) -> Circonscription | None:
    nom = fiche.maybe(str, "election", "lieu", "departement")
    numero = fiche.maybe(number, "election", "lieu", "numCirco")
    code = fiche.maybe(str, "election", "lieu", "numDepartement")
    if nom is None or numero is None:
        return None
    return Circonscription(nom=nom, numero=numero, departement=code)


def _appartenances(fiche: Fiche, acteur: str) -> Iterator[Appartenance]:
    for groupe in fiche.several(organe_ref, "organes", "organeRef"):
        yield Appartenance(
            ref=fiche.take(mandat_ref, "uid"),
            acteur_ref=acteur,
            groupe_ref=groupe,
            debut=fiche.take(read_date, "dateDebut"),
            fin=fiche.maybe(read_date, "dateFin"),
        )


def _organe(fiche: Fiche) -> Iterator[Valeur]:
    nature = fiche.take(str, "codeType")
    if nature not in TYPES:
        return
    yield Corps(
        ref=fiche.take(organe_ref, "uid"),
        type=nature,
        libelle=fiche.take(str, "libelle"),
        abrege=fiche.maybe(str, "libelleAbrege"),
        sigle=fiche.maybe(str, "libelleAbrev"),
        debut=fiche.take(read_date, "viMoDe", "dateDebut"),
        fin=fiche.maybe(read_date, "viMoDe", "dateFin"),
        parent=fiche.maybe(organe_ref, "organeParent"),
        precedent=fiche.maybe(organe_ref, "organePrecedentRef"),
        # a group lives in one legislature, and is named within it
        legislature=(fiche.take if nature == GROUPE else fiche.maybe)(number, "legislature"),
    )


READERS: tuple[tuple[str, Callable[[Fiche], Iterator[Valeur]]], ...] = (
    ("acteur", _acteur),
    ("mandat", _mandat),
    ("organe", _organe),
)
# one record a file, or all of them in one file, with or without an envelope
FORMES = tuple(
    (read, names)
    for name, read in READERS
    for names in ((name,), (f"{name}s", name), ("export", f"{name}s", name))
)


def mandat_ref(text: str) -> str:
    """Return the reference of a mandate; raise ValueError unless it is `PM…`."""
    if not re.fullmatch(r"PM[1-9]\d{0,8}", text, re.ASCII):
        raise ValueError(f"'{shorten(text)}' is not the reference of a mandate (PM…)")
    return text


def _hatvp(text: str) -> str:
    if not HATVP.fullmatch(text):
        raise ValueError(f"'{shorten(text)}' is not an address of the Haute Autorité")
    return text


def _sans_coupure(lues: Iterable[Appartenance]) -> dict[str, tuple[Appartenance, ...]]:
    """Return the memberships of each person; what goes on in the same group is one of them.

    A president is a member too, and « apparenté » may become « membre » from one day to the next.
    """
    suites: dict[tuple[str, str], list[Appartenance]] = {}
    for a in sorted(lues, key=lambda a: (a.debut, int(a.ref[2:]))):
        suite = suites.setdefault((a.acteur_ref, a.groupe_ref), [])
        fin = suite[-1].fin if suite else None
        if not suite or (fin and a.debut - fin > timedelta(1)):
            suite.append(a)
        elif fin:
            suite[-1] = replace(suite[-1], fin=max(fin, a.fin) if a.fin else None)
    toutes = sorted((a for s in suites.values() for a in s), key=lambda a: (a.debut, a.groupe_ref))
    return _par_cle((a.acteur_ref, a) for a in toutes)


def _ce_jour(periodes: Iterable[P], jour: date) -> list[P]:
    """Return what covers the day; what ends on the day of a change gives way to what goes on."""
    couvrent = [p for p in periodes if p.couvre(jour)]
    return [p for p in couvrent if p.fin != jour] or couvrent


def _seul(values: Iterable[V]) -> V | None:
    found = list(values)
    return found[0] if len(found) == 1 else None


def _par_cle(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    groups: dict[K, list[V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}
