"""What can be joined: the types and properties that `site/reconciliation/types.toml` states."""

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from lod.base import packaged as files
from lod.base.errors import LodError

QUESTION = "question"  # the type of which a release has too many to know them all
Genre = Literal["texte", "entier", "jour", "civilite", "entite", "identifiant"]
Noms = Literal["personne", "libelle", "question"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Propriete:
    """A property: what it is called, what it may be, and how its values are compared."""

    id: str
    nom: str
    sens: str
    genre: Genre
    de: str = ""  # the type of the entities that are its values


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """A type of entities: how their names agree, and what their properties decide."""

    id: str
    nom: str
    sens: str
    noms: Noms
    proprietes: tuple[str, ...]
    decrit: tuple[str, ...]
    departage: tuple[str, ...]
    confirme: tuple[str, ...]

    @property
    def requete(self) -> str:
        """The query for the entities of this type: rows of entity, property, value, its name."""
        return (files.RECONCILIATION / f"{self.id}.rq").read_text("utf-8")


@cache
def types() -> dict[str, Type]:
    """Return id → type, in the order of the file; raise LodError for one that cannot be."""
    return {row["id"]: _type(row) for row in _table()["type"]}


@cache
def proprietes() -> dict[str, Propriete]:
    """Return id → property, in the order of the file."""
    return {name: Propriete(id=name, **row) for name, row in _table()["propriete"].items()}


def _type(row: dict[str, Any]) -> Type:
    lists = {name: tuple(x) for name, x in row.items() if isinstance(x, list)}
    if unknown := {name for names in lists.values() for name in names} - set(proprietes()):
        said = f"type {row['id']}: {', '.join(sorted(unknown))}: no such property; add its table"
        raise LodError(f"{files.RECONCILIATION / 'types.toml'}: {said}")
    return Type(**row | lists)


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((files.RECONCILIATION / "types.toml").read_text("utf-8"))
