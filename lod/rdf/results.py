"""SPARQL 1.1 Query Results in JSON, read as rows."""

import orjson

RESULTS = "application/sparql-results+json"  # their media type
Term = dict[str, str]  # `type` and `value`, and if it has them `datatype` or `xml:lang`
Row = dict[str, str]  # variable → value, "" if it has none


def term_rows(body: bytes) -> list[dict[str, Term | None]]:
    """Return the rows of an answer: variable → term, None if it has none.

    Raises orjson.JSONDecodeError if it is not JSON, another ValueError if it is not a table.
    """
    stated = orjson.loads(body)
    try:
        names, bindings = stated["head"]["vars"], stated["results"]["bindings"]
        values = (term["value"] for binding in bindings for term in binding.values())
        is_table = isinstance(names, list) and isinstance(bindings, list)
        if is_table and all(isinstance(value, str) for value in values):
            return [{name: binding.get(name) for name in names} for binding in bindings]
    except (AttributeError, KeyError, TypeError):
        pass
    raise ValueError("not a table of SPARQL results")


def value_rows(body: bytes) -> list[Row]:
    """Return the rows of an answer, each value as a text; raise as `term_rows` does."""
    return [
        {name: term["value"] if term else "" for name, term in row.items()}
        for row in term_rows(body)
    ]
