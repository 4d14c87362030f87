"""Read and check what a client sends: a batch of queries, or a request for values of properties."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Literal, TypeVar, cast, get_args

import orjson

from lod.base.words import Sentence
from lod.extensions.reconciliation.entities import BROADER, entity_properties, entity_types
from lod.publish.search.words import suggestion
from lod.reference.matching import civilite
from lod.server.common.problems import Problem

BATCH_SIZE = 50  # queries in a batch
MOST_IDS = 200  # entities in one request for their properties
MOST_VALUES = 40  # values of all the properties of one query
DEFAULT_LIMIT = 10  # candidates that a query gets, unless it states another limit
MOST_CANDIDATES = 50  # candidates that a query gets at most
LONGEST_TEXT = 300  # characters of a text that are read: no name is longer
TOO_MUCH = "corps-trop-long"  # the problem if a client asks for more at once than is answered
_CIVILITY = re.compile(r"(M\.|M|Mr|Mme|Mlle|Monsieur|Madame|Mademoiselle)\s+(?=\S)", re.IGNORECASE)
_WIKIDATA = re.compile(r"https?://(?:www\.|m\.)?wikidata\.org/(?:wiki|entity)/(Q\d+)\b.*")
Strictness = Literal["any", "all", "should"]
T = TypeVar("T")
# type of a JSON value → what a request needs where it has to stand
NEEDED: dict[type, Sentence] = {list: Sentence("une liste"), str: Sentence("des textes"),
                                dict: Sentence("un objet JSON")}  # fmt: skip


def split_civility(text: str) -> tuple[str, str]:
    """Return the civility that a name begins with, "" if none, and the rest of the name.

    >>> split_civility("Mme Marie-Pierre Rixain"), split_civility("M’jid El Guerrab")
    (('Mme', 'Marie-Pierre Rixain'), ('', 'M’jid El Guerrab'))
    """
    match = _CIVILITY.match(text)
    return (civilite(match[1]) or "", text[match.end() :]) if match else ("", text)


def bare_id(text: str, base: str) -> str:
    """Return the id in an address below `base`, or in one of Wikidata; any other text as it is.

    >>> bare_id("https://x.fr/depute/PA1", "https://x.fr/")
    'depute/PA1'
    >>> bare_id("https://www.wikidata.org/wiki/Q30334188", "https://x.fr/")
    'Q30334188'
    """
    match = _WIKIDATA.fullmatch(text)
    return match[1] if match else text.removeprefix(base)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationQuery:
    """A query for the entities that a text and properties describe."""

    text: str = ""  # a name, with or without civility, or an identifier; empty: properties only
    types: tuple[str, ...] = ()  # ids of types, none for all types
    strictness: Strictness = "any"  # whether an entity must have any or all types, or neither
    limit: int = DEFAULT_LIMIT  # candidates that are returned at most
    properties: tuple[tuple[str, tuple[str, ...]], ...] = ()  # (id of a property, values)

    @property
    def name(self) -> str:
        """The text without the civility that it begins with."""
        return split_civility(self.text)[1]

    @property
    def expected(self) -> dict[str, tuple[str, ...]]:
        """Property → its possible values; the civility of the text is one of these properties."""
        civility, _ = split_civility(self.text)
        return ({"civilite": (civility,)} if civility else {}) | dict(self.properties)

    def with_values(self, read: Callable[[str], str]) -> "ReconciliationQuery":
        """Return the query with its text and the values of its properties as `read` reads them."""
        properties = tuple((name, tuple(map(read, values))) for name, values in self.properties)
        return replace(self, text=read(self.text), properties=properties)

    def admits(self, kind: str) -> bool:
        """Say whether an entity of this type may be a candidate."""
        if not self.types or self.strictness == "should":
            return True
        kinds = {kind, BROADER.get(kind, kind)}
        missing = set(self.types) - kinds
        return not kinds.isdisjoint(self.types) and not (missing and self.strictness == "all")


@dataclass(frozen=True, slots=True)
class ValuesRequest:
    """A request for the values of properties of entities (Data Extension Query)."""

    ids: tuple[str, ...]  # of entities
    properties: tuple[str, ...]  # ids of properties


def read_batch(text: str) -> dict[str, ReconciliationQuery | Problem | None]:
    """Return key → query, from the JSON of a batch; None for an empty query, the Problem for one
    that cannot be read. Raises the first Problem if the batch has no valid query.
    """
    queries = _read_json("queries", text)
    if len(queries) > BATCH_SIZE:
        told = len(queries), BATCH_SIZE
        raise Problem(TOO_MUCH, "queries : {} requêtes ; au plus {} à la fois", *told)
    read: dict[str, ReconciliationQuery | Problem | None] = dict.fromkeys(queries)
    for key, value in queries.items():
        if isinstance(value, dict) and not (value.get("query") or value.get("properties")):
            continue  # an empty cell of a spreadsheet
        try:
            query = read_query(key, value)
        except Problem as problem:
            read[key] = problem
        else:
            read[key] = query if query.text or query.properties else None
    problems = [value for value in read.values() if isinstance(value, Problem)]
    if problems and not any(isinstance(value, ReconciliationQuery) for value in read.values()):
        raise problems[0]
    return read


def read_query(key: str, value: Any) -> ReconciliationQuery:
    """Return the query that a JSON value states; raise Problem, which names `key`."""
    fields = _object(key, value)
    text, properties = fields.get("query"), fields.get("properties")
    if not text and not properties:
        raise _invalid(key, "ni query ni properties ; donnez l’un ou l’autre")
    if not isinstance(text or "", str):
        raise _invalid(key, "query n’est pas un texte")
    return ReconciliationQuery(
        text=(text or "").strip()[:LONGEST_TEXT],
        types=_types(key, fields.get("type")),
        strictness=_strictness(key, fields.get("type_strict")),
        limit=_limit(key, fields.get("limit")),
        properties=_properties(key, properties or []),
    )


def read_extension(text: str) -> ValuesRequest:
    """Return the request of a data extension, from its JSON; raise Problem."""
    fields = _read_json("extend", text)
    ids = _checked("extend : ids", fields.get("ids"), list)
    ids = [_checked("extend : ids", name, str)[:LONGEST_TEXT] for name in ids]
    if len(ids) > MOST_IDS:
        told = len(ids), MOST_IDS
        raise Problem(TOO_MUCH, "extend : {} identifiants ; au plus {} à la fois", *told)
    where = "extend : properties"
    values = _checked(where, fields.get("properties"), list)
    names = [_object(where, value).get("id") for value in values[: len(entity_properties()) + 1]]
    known = (_known("extend : propriété", name, entity_properties()) for name in names)
    return ValuesRequest(tuple(dict.fromkeys(ids)), tuple(dict.fromkeys(known)))


def known_type(where: str, name: Any) -> str:
    """Return the id of a type; raise Problem for one that does not exist."""
    return _known(f"{where} : type", name, entity_types())


def _invalid(where: str, form: str, *values: object) -> Problem:
    return Problem("requete-invalide", "{} : {}", where[:120], Sentence(form, *values))


def _checked(where: str, value: Any, kind: type[T]) -> T:
    """Return a value of this type; raise Problem for any other, which says what is NEEDED."""
    if not isinstance(value, kind):
        raise _invalid(where, "il faut {}", NEEDED[kind])
    return value


def _object(where: str, value: Any) -> dict[str, Any]:
    return _checked(where, value, dict)


def _read_json(name: str, text: str) -> dict[str, Any]:
    try:
        return _object(name, orjson.loads(text))
    except ValueError as error:
        raise _invalid(name, "ce n’est pas du JSON ({})", error) from error


def _types(key: str, value: Any) -> tuple[str, ...]:
    """Return the ids of the types of a query, which states a type, a list of types, or none."""
    types = value if isinstance(value, list) else [value] if value else []
    return tuple(known_type(key, t.get("id") if isinstance(t, dict) else t) for t in types)


def _strictness(key: str, value: Any) -> Strictness:
    for known in get_args(Strictness):
        if value in (known, None):
            return cast(Strictness, known)  # the first one is the default
    raise _invalid(key, "type_strict ; valeurs : {}", ", ".join(get_args(Strictness)))


def _limit(key: str, value: Any) -> int:
    if value is None:
        return DEFAULT_LIMIT
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 1 or value % 1:
        raise _invalid(key, "limit n’est pas un entier positif")
    return min(int(value), MOST_CANDIDATES)


def _properties(key: str, value: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return (id, values) of the properties of a query; empty values are left out."""
    properties: dict[str, tuple[str, ...]] = {}
    room = MOST_VALUES
    for item in _checked(f"{key} : properties", value, list):
        fields = _object(f"{key} : properties", item)
        name = _known(f"{key} : propriété", fields.get("pid"), entity_properties())
        values = tuple(islice(_values(f"{key} : {name}", fields.get("v")), room + 1))
        if (room := room - len(values)) < 0:
            raise Problem(TOO_MUCH, "{} : au plus {} valeurs de propriétés", key[:80], MOST_VALUES)
        if values:
            properties[name] = (*properties.get(name, ()), *values)
    return tuple(properties.items())


def _values(where: str, value: Any) -> Iterator[str]:
    """Yield the texts of a value or of a list of values; an entity has two, its id and its name."""
    for item in value if isinstance(value, list) else [value]:
        texts = [item.get("id"), item.get("name")] if isinstance(item, dict) else [item]
        for text in texts:
            if text is None or (isinstance(text, str) and not text.strip()):
                continue
            if not isinstance(text, str | int | float):
                raise _invalid(where, "v est un texte, un nombre, une entité, ou une liste")
            yield str(text).strip()[:LONGEST_TEXT]


def _known(where: str, name: Any, known: Iterable[str]) -> str:
    """Return a name that is in `known`; else raise Problem with the nearest of them."""
    names = list(known)
    if name in names:
        return str(name)
    text = str(name)[:80]
    told = where[:120], text, suggestion(text, names)
    raise Problem("requete-invalide", "{} inconnu : « {} » ; {}", *told)
