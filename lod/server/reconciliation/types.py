"""What can be joined: the types and properties that `site/reconciliation/types.toml` states."""

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from lod.base import packaged
from lod.base.errors import LodError

QUESTION = "question"  # the type of which a release has too many to know them all
ValueKind = Literal["texte", "entier", "jour", "civilite", "entite", "identifiant"]
NameKind = Literal["personne", "libelle", "question"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityProperty:
    """A property: what it is called, what it may be, and how its values are compared."""

    id: str
    nom: str
    sens: str
    genre: ValueKind
    de: str = ""  # the type of the entities that are its values


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityType:
    """A type of entities: how their names agree, and what their properties decide."""

    id: str
    nom: str
    sens: str
    noms: NameKind
    proprietes: tuple[str, ...]
    decrit: tuple[str, ...]
    departage: tuple[str, ...]
    confirme: tuple[str, ...]

    @property
    def query(self) -> str:
        """The query for the entities of this type: rows of entity, property, value, its name."""
        return (packaged.RECONCILIATION / f"{self.id}.rq").read_text("utf-8")


@cache
def entity_types() -> dict[str, EntityType]:
    """Return id → type, in the order of the file; raise LodError for one that cannot be."""
    return {row["id"]: _type(row) for row in _table()["type"]}


@cache
def entity_properties() -> dict[str, EntityProperty]:
    """Return id → property, in the order of the file."""
    return {name: EntityProperty(id=name, **row) for name, row in _table()["propriete"].items()}


def _type(row: dict[str, Any]) -> EntityType:
    lists = {name: tuple(x) for name, x in row.items() if isinstance(x, list)}
    if unknown := {name for names in lists.values() for name in names} - set(entity_properties()):
        said = f"type {row['id']}: {', '.join(sorted(unknown))}: no such property; add its table"
        raise LodError(f"{packaged.RECONCILIATION / 'types.toml'}: {said}")
    return EntityType(**row | lists)


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((packaged.RECONCILIATION / "types.toml").read_text("utf-8"))
