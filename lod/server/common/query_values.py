"""Insert terms into a SPARQL query that has an empty VALUES for them."""

from collections.abc import Iterable


def with_values(text: str, variables: str, rows: Iterable[str]) -> str:
    """Return the query with these rows, each in SPARQL syntax, in its empty VALUES.

    Raises ValueError if it has none for these variables.

    >>> with_values("SELECT * { VALUES ?s { } ?s ?p ?o }", "?s", ["<urn:a>", "<urn:b>"])
    'SELECT * { VALUES ?s { <urn:a> <urn:b> } ?s ?p ?o }'
    """
    before, empty, after = text.partition(f"VALUES {variables} {{ }}")
    if not empty:
        raise ValueError(f"the query has no empty VALUES {variables}")
    return f"{before}VALUES {variables} {{ {' '.join(rows)} }}{after}"
