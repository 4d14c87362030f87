"""What a release has that can be joined, and the persons that the tables of the package know."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from lod.model.question import Circonscription
from lod.pipeline.mapping.authorities import nom_circonscription
from lod.pipeline.resolve import CIVILITES
from lod.rdf.iris import Iris
from lod.reference.tables import mandats, noms_de
from lod.server.reconciliation.types import Type, types

BASE = "urn:x:"  # any: an id is what comes after it
NOMS = ("nom", "nomAutre")  # what the queries call the names of an entity, the one shown first


@dataclass(frozen=True, slots=True)
class Valeur:
    """A value of a property: what it is, an id if it is an entity, and what that is called."""

    cle: str
    noms: tuple[str, ...] = ()


Valeurs = dict[str, tuple[Valeur, ...]]  # property → values


@dataclass(frozen=True, slots=True, kw_only=True)
class Entite:
    """Something that a cell of a spreadsheet may mean; its id is its path below the base.

    `indices` are facts that are compared, and not published; an entity that is not published is no
    candidate, but a namesake of one.
    """

    id: str
    type: str
    noms: tuple[str, ...]
    valeurs: Valeurs = field(default_factory=dict)
    indices: Valeurs = field(default_factory=dict)
    est_publiee: bool = True

    @property
    def nom(self) -> str:
        """The name that is shown."""
        return self.noms[0]

    @property
    def sorte(self) -> Type:
        """The type as the table has it."""
        return types()[self.type]

    def connues(self, propriete: str) -> tuple[Valeur, ...]:
        """Return all values that are known, for comparing."""
        return (*self.valeurs.get(propriete, ()), *self.indices.get(propriete, ()))


def entites(rows: Iterable[Sequence[str]], kind: Type, base: str) -> Iterator[Entite]:
    """Yield the entities of rows of entity, property, value, name of the value, in any order.

    One without a name cannot be joined.
    """
    found: dict[str, dict[str, dict[str, list[str]]]] = {}
    for iri, propriete, valeur, nom in rows:
        values = found.setdefault(iri.removeprefix(base), {}).setdefault(propriete, {})
        values.setdefault(valeur.removeprefix(base), []).extend([nom] if nom else [])
    for name, said in found.items():
        noms = tuple(dict.fromkeys(nom for key in NOMS for nom in said.get(key, ())))
        valeurs = {
            propriete: tuple(Valeur(cle, tuple(called)) for cle, called in values.items())
            for propriete, values in said.items()
            if propriete in kind.proprietes
        }
        if noms:
            yield Entite(id=name, type=kind.id, noms=noms, valeurs=valeurs)


@cache
def deputes() -> dict[str, Entite]:
    """Return id → deputy, of all that the tables of the package know, none of them published."""
    valeurs: dict[str, dict[str, dict[Valeur, None]]] = {}
    for m in mandats():
        lieu = Circonscription(
            nom=m.nom_departement, numero=m.circonscription, departement=m.departement
        )
        facts = valeurs.setdefault(m.acteur_ref, {})
        for propriete, valeur in (
            ("uid", Valeur(m.acteur_ref)),
            ("civilite", Valeur(CIVILITES.get(m.sexe, ""))),
            ("naissance", Valeur(m.naissance)),
            ("circonscription", Valeur(_path(lieu), (nom_circonscription(lieu),))),
            ("departement", Valeur(m.departement, (m.nom_departement,))),
            ("legislature", Valeur(str(m.legislature))),
        ):
            if valeur.cle:
                facts.setdefault(propriete, {})[valeur] = None
    return {
        f"depute/{ref}": Entite(
            id=f"depute/{ref}",
            type="depute",
            noms=noms_de()[ref],
            indices={propriete: tuple(known) for propriete, known in facts.items()},
            est_publiee=False,
        )
        for ref, facts in valeurs.items()
    }


def _path(lieu: Circonscription) -> str:
    """Return the id of a constituency."""
    return Iris(BASE).circonscription(lieu).value.removeprefix(BASE)


def completees(publiees: Collection[Entite], connues: dict[str, Entite]) -> Iterator[Entite]:
    """Yield what is published with all its names and clues, then what is known besides."""
    names = {entite.id for entite in publiees}
    for entite in publiees:
        if other := connues.get(entite.id):
            noms = tuple(dict.fromkeys((*entite.noms, *other.noms)))
            yield replace(entite, noms=noms, indices=other.indices)
        else:
            yield entite
    yield from (entite for name, entite in connues.items() if name not in names)
