"""What a client asks, verified: a batch of queries, or the properties of entities it has joined."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import Any, Literal, cast, get_args

import orjson

from lod.base.errors import LodError
from lod.server.reconciliation.compare import split_civility
from lod.server.reconciliation.types import entity_properties, entity_types

BATCH_SIZE = 50  # queries in a batch
MOST_IDS = 200  # entities in one request for their properties
MOST_VALUES = 40  # of all the properties of one query
DEFAULT_LIMIT, MOST_CANDIDATES = (
    10,
    50,
)  # candidates, unless a query says otherwise; the most it may say
LONGEST_TEXT = 300  # characters of a text that are read: no name is longer
Strictness = Literal["any", "all", "should"]


class ReconciliationError(LodError):
    """Something asked that cannot be; the message tells what can."""


class TooManyError(ReconciliationError):
    """More asked at once than is answered at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationQuery:
    """One query: a text, the types it may be of, what else is known of the thing.

    `civility` is the one that the text begins with, `name` the text without it.
    """

    text: str = ""
    types: tuple[str, ...] = ()
    strictness: Strictness = "any"
    limit: int = DEFAULT_LIMIT
    properties: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def civility(self) -> str:
        """The civility that the text begins with, "" if it begins with none."""
        return split_civility(self.text)[0]

    @property
    def name(self) -> str:
        """The text without the civility that it begins with."""
        return split_civility(self.text)[1]

    @property
    def expected(self) -> dict[str, tuple[str, ...]]:
        """Property → the values that it may have, the civility of the text among them."""
        said = {"civilite": (self.civility,)} if self.civility else {}
        return said | dict(self.properties)

    def admits(self, kind: str) -> bool:
        """Say whether an entity of this type may be what is asked."""
        if not self.types or self.strictness == "should":
            return True
        others = set(self.types) - {kind}
        return kind in self.types and not (others and self.strictness == "all")


def read_batch(text: str) -> dict[str, ReconciliationQuery]:
    """Return key → query of a batch in JSON; raise ReconciliationError."""
    said = json_object(_json("queries", text), "queries")
    if len(said) > BATCH_SIZE:
        raise TooManyError(f"queries : {len(said)} requêtes ; au plus {BATCH_SIZE} à la fois")
    return {key: read_query(key, value) for key, value in said.items()}


def read_query(key: str, value: Any) -> ReconciliationQuery:
    """Return one query; raise ReconciliationError."""
    said = json_object(value, key)
    text, given = said.get("query"), said.get("properties")
    if not text and not given:
        raise ReconciliationError(f"{key} : ni query ni properties ; donnez l’un ou l’autre")
    if not isinstance(text or "", str):
        raise ReconciliationError(f"{key} : query n’est pas un texte")
    return ReconciliationQuery(
        text=(text or "").strip()[:LONGEST_TEXT],
        types=_types(key, said.get("type")),
        strictness=_strictness(key, said.get("type_strict")),
        limit=_limit(key, said.get("limit")),
        properties=_properties(key, given or []),
    )


@dataclass(frozen=True, slots=True)
class Extension:
    """Which properties of which entities are asked."""

    ids: tuple[str, ...]
    properties: tuple[str, ...]


def read_extension(text: str) -> Extension:
    """Return what is asked in JSON of entities that are joined; raise ReconciliationError."""
    said = json_object(_json("extend", text), "extend")
    ids = [_text("extend : ids", value) for value in _list("extend : ids", said.get("ids"))]
    if len(ids) > MOST_IDS:
        raise TooManyError(f"extend : {len(ids)} identifiants ; au plus {MOST_IDS} à la fois")
    asked = _list("extend : properties", said.get("properties"))
    names = [
        json_object(x, "extend : properties").get("id")
        for x in asked[: len(entity_properties()) + 1]
    ]
    known = (_known("extend : propriété", name, entity_properties()) for name in names)
    return Extension(tuple(dict.fromkeys(ids)), tuple(dict.fromkeys(known)))


def known_type(where: str, name: Any) -> str:
    """Return the id of a type; raise ReconciliationError for one that does not exist."""
    return _known(f"{where} : type", name, entity_types())


def json_object(value: Any, where: str) -> dict[str, Any]:
    """Return a JSON object; raise ReconciliationError for anything else."""
    if not isinstance(value, dict):
        raise ReconciliationError(f"{where[:80]} : il faut un objet JSON")
    return value


def _json(name: str, text: str) -> Any:
    try:
        return orjson.loads(text)
    except ValueError as error:
        raise ReconciliationError(f"{name} : ce n’est pas du JSON ({error})") from error


def _types(key: str, value: Any) -> tuple[str, ...]:
    """Return the types of a query: one, a list, or none."""
    names = value if isinstance(value, list) else [value] if value else []
    return tuple(known_type(key, x.get("id") if isinstance(x, dict) else x) for x in names)


def _strictness(key: str, value: Any) -> Strictness:
    for known in get_args(Strictness):
        if value in (known, None):
            return cast(Strictness, known)  # the first one is for who says nothing
    raise ReconciliationError(f"{key} : type_strict ; valeurs : {', '.join(get_args(Strictness))}")


def _limit(key: str, value: Any) -> int:
    if value is None:
        return DEFAULT_LIMIT
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 1 or value % 1:
        raise ReconciliationError(f"{key} : limit n’est pas un entier positif")
    return min(int(value), MOST_CANDIDATES)


def _properties(key: str, value: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return (property, values) of a query; a value that is empty says nothing."""
    said: dict[str, tuple[str, ...]] = {}
    left = MOST_VALUES
    for row in _list(f"{key} : properties", value):
        found = json_object(row, f"{key} : properties")
        name = _known(f"{key} : propriété", found.get("pid"), entity_properties())
        values = tuple(islice(_values(f"{key} : {name}", found.get("v")), left + 1))
        if (left := left - len(values)) < 0:
            raise TooManyError(f"{key[:80]} : au plus {MOST_VALUES} valeurs de propriétés")
        if values:
            said[name] = (*said.get(name, ()), *values)
    return tuple(said.items())


def _values(where: str, value: Any) -> Iterator[str]:
    """Yield the texts of a value, or of a list of them; an entity is its id and its name."""
    for one in value if isinstance(value, list) else [value]:
        parts = [one.get("id"), one.get("name")] if isinstance(one, dict) else [one]
        for part in parts:
            if part is None or (isinstance(part, str) and not part.strip()):
                continue
            if not isinstance(part, str | int | float):
                wanted = "v est un texte, un nombre, une entité, ou une liste"
                raise ReconciliationError(f"{where[:120]} : {wanted}")
            yield str(part).strip()[:LONGEST_TEXT]


def _list(where: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ReconciliationError(f"{where} : il faut une liste")
    return value


def _text(where: str, value: Any) -> str:
    if not isinstance(value, str):
        raise ReconciliationError(f"{where} : il faut des textes")
    return value[:LONGEST_TEXT]


def _known(where: str, name: Any, known: Iterable[str]) -> str:
    """Return a name that is known; raise ReconciliationError, with the nearest one, for another."""
    names = list(known)
    if name in names:
        return str(name)
    near = get_close_matches(str(name)[:80], names, n=1)
    remedy = f"vouliez-vous dire {near[0]} ?" if near else f"connus : {', '.join(names)}"
    raise ReconciliationError(f"{where[:120]} inconnu : « {str(name)[:80]} » ; {remedy}")
