"""What a client asks, verified: a batch of queries, or the properties of entities it has joined."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import Any, Literal, cast, get_args

import orjson

from lod.base.errors import LodError
from lod.server.reconciliation.compare import sans_civilite
from lod.server.reconciliation.types import proprietes, types

LOT = 50  # queries in a batch
IDS = 200  # entities in one request for their properties
VALEURS = 40  # of all the properties of one query
LIMITE, MAXIMUM = 10, 50  # candidates, unless a query says otherwise; the most it may say
LONGUEUR = 300  # characters of a text that are read: no name is longer
Rigueur = Literal["any", "all", "should"]


class DemandeError(LodError):
    """Something asked that cannot be; the message tells what can."""


class TooManyError(DemandeError):
    """More asked at once than is answered at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demande:
    """One query: a text, the types it may be of, what else is known of the thing.

    `civilite` is the one that the text begins with, `nom` the text without it.
    """

    texte: str = ""
    types: tuple[str, ...] = ()
    rigueur: Rigueur = "any"
    limite: int = LIMITE
    proprietes: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def civilite(self) -> str:
        """The civility that the text begins with, "" if it begins with none."""
        return sans_civilite(self.texte)[0]

    @property
    def nom(self) -> str:
        """The text without the civility that it begins with."""
        return sans_civilite(self.texte)[1]

    @property
    def attendues(self) -> dict[str, tuple[str, ...]]:
        """Property → the values that it may have, the civility of the text among them."""
        said = {"civilite": (self.civilite,)} if self.civilite else {}
        return said | dict(self.proprietes)

    def admet(self, kind: str) -> bool:
        """Say whether an entity of this type may be what is asked."""
        if not self.types or self.rigueur == "should":
            return True
        others = set(self.types) - {kind}
        return kind in self.types and not (others and self.rigueur == "all")


def lot(texte: str) -> dict[str, Demande]:
    """Return key → query of a batch in JSON; raise DemandeError."""
    said = objet(_json("queries", texte), "queries")
    if len(said) > LOT:
        raise TooManyError(f"queries : {len(said)} requêtes ; au plus {LOT} à la fois")
    return {key: demande(key, value) for key, value in said.items()}


def demande(key: str, value: Any) -> Demande:
    """Return one query; raise DemandeError."""
    said = objet(value, key)
    texte, given = said.get("query"), said.get("properties")
    if not texte and not given:
        raise DemandeError(f"{key} : ni query ni properties ; donnez l’un ou l’autre")
    if not isinstance(texte or "", str):
        raise DemandeError(f"{key} : query n’est pas un texte")
    return Demande(
        texte=(texte or "").strip()[:LONGUEUR],
        types=_types(key, said.get("type")),
        rigueur=_rigueur(key, said.get("type_strict")),
        limite=_limite(key, said.get("limit")),
        proprietes=_proprietes(key, given or []),
    )


@dataclass(frozen=True, slots=True)
class Extension:
    """Which properties of which entities are asked."""

    ids: tuple[str, ...]
    proprietes: tuple[str, ...]


def extension(texte: str) -> Extension:
    """Return what is asked in JSON of entities that are joined; raise DemandeError."""
    said = objet(_json("extend", texte), "extend")
    ids = [_texte("extend : ids", value) for value in _liste("extend : ids", said.get("ids"))]
    if len(ids) > IDS:
        raise TooManyError(f"extend : {len(ids)} identifiants ; au plus {IDS} à la fois")
    asked = _liste("extend : properties", said.get("properties"))
    names = [objet(x, "extend : properties").get("id") for x in asked[: len(proprietes()) + 1]]
    known = (_connue("extend : propriété", name, proprietes()) for name in names)
    return Extension(tuple(dict.fromkeys(ids)), tuple(dict.fromkeys(known)))


def type_connu(where: str, name: Any) -> str:
    """Return the id of a type; raise DemandeError for one that does not exist."""
    return _connue(f"{where} : type", name, types())


def objet(value: Any, where: str) -> dict[str, Any]:
    """Return a JSON object; raise DemandeError for anything else."""
    if not isinstance(value, dict):
        raise DemandeError(f"{where[:80]} : il faut un objet JSON")
    return value


def _json(name: str, texte: str) -> Any:
    try:
        return orjson.loads(texte)
    except ValueError as error:
        raise DemandeError(f"{name} : ce n’est pas du JSON ({error})") from error


def _types(key: str, value: Any) -> tuple[str, ...]:
    """Return the types of a query: one, a list, or none."""
    names = value if isinstance(value, list) else [value] if value else []
    return tuple(type_connu(key, x.get("id") if isinstance(x, dict) else x) for x in names)


def _rigueur(key: str, value: Any) -> Rigueur:
    for known in get_args(Rigueur):
        if value in (known, None):
            return cast(Rigueur, known)  # the first one is for who says nothing
    raise DemandeError(f"{key} : type_strict ; valeurs : {', '.join(get_args(Rigueur))}")


def _limite(key: str, value: Any) -> int:
    if value is None:
        return LIMITE
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 1 or value % 1:
        raise DemandeError(f"{key} : limit n’est pas un entier positif")
    return min(int(value), MAXIMUM)


def _proprietes(key: str, value: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return (property, values) of a query; a value that is empty says nothing."""
    said: dict[str, tuple[str, ...]] = {}
    left = VALEURS
    for row in _liste(f"{key} : properties", value):
        found = objet(row, f"{key} : properties")
        name = _connue(f"{key} : propriété", found.get("pid"), proprietes())
        values = tuple(islice(_valeurs(f"{key} : {name}", found.get("v")), left + 1))
        if (left := left - len(values)) < 0:
            raise TooManyError(f"{key[:80]} : au plus {VALEURS} valeurs de propriétés")
        if values:
            said[name] = (*said.get(name, ()), *values)
    return tuple(said.items())


def _valeurs(where: str, value: Any) -> Iterator[str]:
    """Yield the texts of a value, or of a list of them; an entity is its id and its name."""
    for one in value if isinstance(value, list) else [value]:
        parts = [one.get("id"), one.get("name")] if isinstance(one, dict) else [one]
        for part in parts:
            if part is None or (isinstance(part, str) and not part.strip()):
                continue
            if not isinstance(part, str | int | float):
                wanted = "v est un texte, un nombre, une entité, ou une liste"
                raise DemandeError(f"{where[:120]} : {wanted}")
            yield str(part).strip()[:LONGUEUR]


def _liste(where: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise DemandeError(f"{where} : il faut une liste")
    return value


def _texte(where: str, value: Any) -> str:
    if not isinstance(value, str):
        raise DemandeError(f"{where} : il faut des textes")
    return value[:LONGUEUR]


def _connue(where: str, name: Any, known: Iterable[str]) -> str:
    """Return a name that is known; raise DemandeError, with the nearest one, for another."""
    names = list(known)
    if name in names:
        return str(name)
    near = get_close_matches(str(name)[:80], names, n=1)
    remedy = f"vouliez-vous dire {near[0]} ?" if near else f"connus : {', '.join(names)}"
    raise DemandeError(f"{where[:120]} inconnu : « {str(name)[:80]} » ; {remedy}")
