"""SPARQL 1.1 Query Results in JSON, read as rows of texts."""

from typing import Any

import orjson

RESULTS = "application/sparql-results+json"
Row = dict[str, str]  # variable → value; a variable without a value is absent


def result_rows(body: bytes) -> list[Row]:
    """Return the rows of an answer.

    Raises orjson.JSONDecodeError if it is not JSON, another ValueError if it is not a table.
    """
    stated = orjson.loads(body)
    try:
        names, bindings = stated["head"]["vars"], stated["results"]["bindings"]
        if isinstance(names, list) and isinstance(bindings, list):
            return [_row(binding) for binding in bindings]
    except (AttributeError, KeyError, TypeError):
        pass
    raise ValueError("not a table of SPARQL results")


def _row(binding: dict[str, Any]) -> Row:
    found = {name: cell["value"] for name, cell in binding.items()}
    if not all(isinstance(value, str) for value in found.values()):
        raise TypeError("a value is not a text")
    return found
