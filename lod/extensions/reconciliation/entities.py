"""The entities that names are matched with: all of a release, and the deputies of the tables.

Their types and properties are those of `types.toml` in FOLDER, where each type has its query.
"""

import tomllib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal

import msgspec

from lod.base import packaged
from lod.pipeline.mapping.authorities import circonscription_name
from lod.rdf.iris import Iris
from lod.reference.matching import civilite
from lod.reference.tables import DeputyRow, deputy_rows, names_by_person

FOLDER = packaged.SITE / packaged.EXTENSIONS / "reconciliation"
BASE = "urn:x:"  # any base: it is removed from the IRIs from which ids are made
NAME_PROPERTIES = ("nom", "nomAutre")  # of the queries: the name that is shown, other names
SINCE, UNTIL = "debut", "fin"  # the properties that tell when a thing exists
QUESTION = "question"  # the type of which a release has too many entities to keep in memory
BROADER = {"depute": "personne"}  # type → broader type that its entities have, too
ValueKind = Literal["texte", "entier", "jour", "periode", "civilite", "entite", "identifiant"]
NameKind = Literal["personne", "libelle", "question"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityProperty:
    """A property of entities; the fields are keys of its table in `types.toml`."""

    id: str
    nom: str  # its name, in French
    sens: str  # its description, in French
    genre: ValueKind  # how its values are compared
    de: str = ""  # id of the type of its values, if they are entities


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityType:
    """A type of entities; the fields are keys of its table in `types.toml`."""

    id: str
    nom: str  # its name, in French
    sens: str  # its description, in French
    noms: NameKind  # how names of its entities are compared
    proprietes: tuple[str, ...]  # ids of the properties that its entities have
    decrit: tuple[str, ...]  # properties that describe an entity among its namesakes
    departage: tuple[str, ...]  # properties that rule a namesake out by another value
    confirme: tuple[str, ...]  # properties that confirm a name that agrees only in part

    @property
    def query(self) -> str:
        """The query for its entities; `read_entities` reads its rows."""
        return (FOLDER / f"{self.id}.rq").read_text("utf-8")


@cache
def entity_types() -> dict[str, EntityType]:
    """Return id → type, in the order of the file."""
    return {kind.id: kind for kind in msgspec.convert(_table()["type"], list[EntityType])}


@cache
def entity_properties() -> dict[str, EntityProperty]:
    """Return id → property, in the order of the file."""
    return {name: EntityProperty(id=name, **row) for name, row in _table()["propriete"].items()}


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "types.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class EntityValue:
    key: str  # the value as text; for an entity, its id; for a period, its days: `2022-05-21/`
    names: tuple[str, ...] = ()  # labels of the value


EntityValues = dict[str, tuple[EntityValue, ...]]  # id of a property → values


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A thing that a name in a spreadsheet may stand for."""

    id: str  # the path of its IRI below the base
    type: str  # id of its type
    names: tuple[str, ...]  # all its names, the one that is shown first
    values: EntityValues = field(default_factory=dict)  # published by the release
    clues: EntityValues = field(default_factory=dict)  # known from tables, compared but not shown
    is_published: bool = True  # False: never a candidate, but its namesakes become less certain

    @property
    def name(self) -> str:
        return self.names[0]

    @property
    def kind(self) -> EntityType:
        return entity_types()[self.type]

    @property
    def since(self) -> str:
        """Its first day, "" if it is not known to have one."""
        return min((value.key for value in self.values.get(SINCE, ())), default="")

    @property
    def until(self) -> str:
        """Its last day, "" if it is not known to have one."""
        return max((value.key for value in self.values.get(UNTIL, ())), default="")

    @property
    def lasts(self) -> bool:
        """Whether it has begun and not ended: a ministry of today."""
        return bool(self.since and not self.until)

    def precedes(self, other: "Entity") -> bool:
        """Say whether it had ended when the other entity began."""
        return bool(self.until) and self.until <= other.since

    def known_values(self, property_id: str) -> tuple[EntityValue, ...]:
        """Return all values of a property, published or not."""
        return (*self.values.get(property_id, ()), *self.clues.get(property_id, ()))


def read_entities(rows: Iterable[Sequence[str]], kind: EntityType, base: str) -> Iterator[Entity]:
    """Yield the entities of rows of (IRI, property, value, label of the value), in any order.

    An entity without a name is left out.
    """
    facts_of: dict[str, dict[str, dict[str, list[str]]]] = {}  # id → property → value → labels
    for iri, property_id, value, label in rows:
        values = facts_of.setdefault(iri.removeprefix(base), {}).setdefault(property_id, {})
        values.setdefault(value.removeprefix(base), []).extend([label] if label else [])
    for entity_id, facts in facts_of.items():
        names = tuple(dict.fromkeys(n for key in NAME_PROPERTIES for n in facts.get(key, ())))
        published = {
            property_id: tuple(EntityValue(key, tuple(labels)) for key, labels in values.items())
            for property_id, values in facts.items()
            if property_id in kind.proprietes
        }
        if names:
            yield Entity(id=entity_id, type=kind.id, names=names, values=published)


@cache
def known_deputies() -> dict[str, Entity]:
    """Return id → deputy, of all deputies in the tables of the package, as unpublished entities."""
    facts_of: dict[str, dict[str, dict[EntityValue, None]]] = {}
    for row in deputy_rows():
        for property_id, value in _facts(row):
            if value.key:
                facts = facts_of.setdefault(row.acteur_ref, {})
                facts.setdefault(property_id, {})[value] = None
    return {
        f"depute/{ref}": Entity(
            id=f"depute/{ref}",
            type="depute",
            names=names_by_person()[ref],
            clues={property_id: tuple(values) for property_id, values in facts.items()},
            is_published=False,
        )
        for ref, facts in facts_of.items()
    }


def _facts(row: DeputyRow) -> Iterator[tuple[str, EntityValue]]:
    """Yield (property, value) of a row: a deputy in one legislature."""
    path = Iris(BASE).circonscription(row.place).value.removeprefix(BASE)
    yield "uid", EntityValue(row.acteur_ref)
    yield "civilite", EntityValue(civilite(row.sexe) or "")
    yield "naissance", EntityValue(row.naissance)
    yield "circonscription", EntityValue(path, (circonscription_name(row.place),))
    yield "departement", EntityValue(row.departement, (row.nom_departement,))
    yield "legislature", EntityValue(str(row.legislature))


def completed_entities(published: Collection[Entity], known: dict[str, Entity]) -> Iterator[Entity]:
    """Yield the published entities, with names and clues of the known ones; then the known entities
    that are not published.

    `known` maps an id to its entity. A minister may be a deputy whom only the tables know.
    """
    published_ids = {_id_in_tables(entity) for entity in published}
    for entity in published:
        if row := known.get(_id_in_tables(entity)):
            names = tuple(dict.fromkeys((*entity.names, *row.names)))
            yield replace(entity, names=names, clues=row.clues)
        else:
            yield entity
    yield from (entity for name, entity in known.items() if name not in published_ids)


def _id_in_tables(entity: Entity) -> str:
    is_person = entity.type in BROADER.values()
    return f"depute/{entity.id.partition('/')[2]}" if is_person else entity.id
