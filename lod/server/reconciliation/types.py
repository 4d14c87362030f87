"""The types and properties of entities, as `site/reconciliation/types.toml` states them."""

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from lod.base import packaged
from lod.base.errors import LodError

QUESTION = "question"  # the type of which a release has too many entities to keep in memory
ValueKind = Literal["texte", "entier", "jour", "civilite", "entite", "identifiant"]
NameKind = Literal["personne", "libelle", "question"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityProperty:
    """A property of entities; the fields are keys of its table."""

    id: str
    nom: str  # its name, in French
    sens: str  # its description, in French
    genre: ValueKind  # how its values are compared
    de: str = ""  # id of the type of its values, if they are entities


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityType:
    """A type of entities; the fields are keys of its table."""

    id: str
    nom: str  # its name, in French
    sens: str  # its description, in French
    noms: NameKind  # how names of its entities are compared
    proprietes: tuple[str, ...]  # ids of the properties that its entities have
    decrit: tuple[str, ...]  # properties that describe an entity among its namesakes
    departage: tuple[str, ...]  # properties of which a different value rules a namesake out
    confirme: tuple[str, ...]  # properties that make a name certain that agrees only in part

    @property
    def query(self) -> str:
        """The query for its entities; its rows are as `entities.read_entities` reads them."""
        return (packaged.RECONCILIATION / f"{self.id}.rq").read_text("utf-8")


@cache
def entity_types() -> dict[str, EntityType]:
    """Return id → type, in the order of the file; raise LodError for an unknown property."""
    return {row["id"]: _type(row) for row in _table()["type"]}


@cache
def entity_properties() -> dict[str, EntityProperty]:
    """Return id → property, in the order of the file."""
    return {name: EntityProperty(id=name, **row) for name, row in _table()["propriete"].items()}


def _type(row: dict[str, Any]) -> EntityType:
    lists = {name: tuple(x) for name, x in row.items() if isinstance(x, list)}
    if unknown := {name for names in lists.values() for name in names} - set(entity_properties()):
        wrong = f"type {row['id']}: {', '.join(sorted(unknown))}: no such property; add its table"
        raise LodError(f"{packaged.RECONCILIATION / 'types.toml'}: {wrong}")
    return EntityType(**row | lists)


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((packaged.RECONCILIATION / "types.toml").read_text("utf-8"))
