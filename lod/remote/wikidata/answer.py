"""The body of an answer → rows, if it is whole and in the SPARQL 1.1 Query Results JSON Format."""

from typing import Any

import orjson

from lod.base.errors import LodError
from lod.remote.wikidata.exchange import NO_RESULTS, TooMuchError

Row = dict[str, str]  # variable → value; a variable that is not bound is absent


def rows(body: bytes, endpoint: str) -> list[Row]:
    """Return the rows of a body; raise TooMuchError if it was cut, LodError if it is none.

    WDQS ends what took too long with a Java exception, in the middle of JSON under a 200.
    """
    try:
        stated = orjson.loads(body)
    except ValueError as error:
        if body.lstrip()[:1] in (b"", b"{"):
            raise TooMuchError(f"{endpoint}: the answer is cut after {len(body)} bytes") from error
        raise LodError(f"{endpoint}: {NO_RESULTS}") from error
    try:
        names, bindings = stated["head"]["vars"], stated["results"]["bindings"]
        if isinstance(names, list) and isinstance(bindings, list):
            return [row(binding) for binding in bindings]
    except (AttributeError, KeyError, TypeError):
        pass
    raise LodError(f"{endpoint}: {NO_RESULTS}")


def row(binding: dict[str, Any]) -> Row:
    """Return the values of one binding; raise AttributeError, KeyError or TypeError if it is none.

    >>> row({"an": {"type": "literal", "value": "718926"}})
    {'an': '718926'}
    """
    found = {name: cell["value"] for name, cell in binding.items()}
    if not all(isinstance(value, str) for value in found.values()):
        raise TypeError("a value is not a text")
    return found
