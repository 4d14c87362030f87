"""What a release has that can be joined, and the persons that the tables of the package know."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from lod.model.question import Circonscription
from lod.pipeline.mapping.authorities import circonscription_name
from lod.pipeline.resolve import CIVILITES
from lod.rdf.iris import Iris
from lod.reference.tables import deputy_rows, names_by_person
from lod.server.reconciliation.types import EntityType, entity_types

BASE = "urn:x:"  # any: an id is what comes after it
NAME_PROPERTIES = (
    "nom",
    "nomAutre",
)  # what the queries call the names of an entity, the one shown first


@dataclass(frozen=True, slots=True)
class EntityValue:
    """A value of a property: what it is, an id if it is an entity, and what that is called."""

    key: str
    names: tuple[str, ...] = ()


EntityValues = dict[str, tuple[EntityValue, ...]]  # property → values


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """Something that a cell of a spreadsheet may mean; its id is its path below the base.

    `clues` are facts that are compared, and not published; an entity that is not published is no
    candidate, but a namesake of one.
    """

    id: str
    type: str
    names: tuple[str, ...]
    values: EntityValues = field(default_factory=dict)
    clues: EntityValues = field(default_factory=dict)
    is_published: bool = True

    @property
    def name(self) -> str:
        """The name that is shown."""
        return self.names[0]

    @property
    def kind(self) -> EntityType:
        """The type as the table has it."""
        return entity_types()[self.type]

    def known_values(self, property_id: str) -> tuple[EntityValue, ...]:
        """Return all values that are known, for comparing."""
        return (*self.values.get(property_id, ()), *self.clues.get(property_id, ()))


def read_entities(rows: Iterable[Sequence[str]], kind: EntityType, base: str) -> Iterator[Entity]:
    """Yield the entities of rows of entity, property, value, name of the value, in any order.

    One without a name cannot be joined.
    """
    found: dict[str, dict[str, dict[str, list[str]]]] = {}
    for iri, property_id, value, label in rows:
        values = found.setdefault(iri.removeprefix(base), {}).setdefault(property_id, {})
        values.setdefault(value.removeprefix(base), []).extend([label] if label else [])
    for name, said in found.items():
        names = tuple(
            dict.fromkeys(label for key in NAME_PROPERTIES for label in said.get(key, ()))
        )
        known = {
            property_id: tuple(EntityValue(key, tuple(called)) for key, called in values.items())
            for property_id, values in said.items()
            if property_id in kind.proprietes
        }
        if names:
            yield Entity(id=name, type=kind.id, names=names, values=known)


@cache
def known_deputies() -> dict[str, Entity]:
    """Return id → deputy, of all that the tables of the package know, none of them published."""
    facts_of: dict[str, dict[str, dict[EntityValue, None]]] = {}
    for m in deputy_rows():
        circonscription = Circonscription(
            nom=m.nom_departement, numero=m.circonscription, departement=m.departement
        )
        facts = facts_of.setdefault(m.acteur_ref, {})
        for property_id, value in (
            ("uid", EntityValue(m.acteur_ref)),
            ("civilite", EntityValue(CIVILITES.get(m.sexe, ""))),
            ("naissance", EntityValue(m.naissance)),
            (
                "circonscription",
                EntityValue(_path(circonscription), (circonscription_name(circonscription),)),
            ),
            ("departement", EntityValue(m.departement, (m.nom_departement,))),
            ("legislature", EntityValue(str(m.legislature))),
        ):
            if value.key:
                facts.setdefault(property_id, {})[value] = None
    return {
        f"depute/{ref}": Entity(
            id=f"depute/{ref}",
            type="depute",
            names=names_by_person()[ref],
            clues={property_id: tuple(known) for property_id, known in facts.items()},
            is_published=False,
        )
        for ref, facts in facts_of.items()
    }


def _path(circonscription: Circonscription) -> str:
    """Return the id of a constituency."""
    return Iris(BASE).circonscription(circonscription).value.removeprefix(BASE)


def completed_entities(published: Collection[Entity], known: dict[str, Entity]) -> Iterator[Entity]:
    """Yield what is published with all its names and clues, then what is known besides."""
    names = {entity.id for entity in published}
    for entity in published:
        if other := known.get(entity.id):
            all_names = tuple(dict.fromkeys((*entity.names, *other.names)))
            yield replace(entity, names=all_names, clues=other.clues)
        else:
            yield entity
    yield from (entity for name, entity in known.items() if name not in names)
