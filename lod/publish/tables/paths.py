"""The values that a path leads to in triples: `qp:auteur/foaf:name`, `^qp:mandat`.

A path is written as in SPARQL, with `/` and `^` alone; `@id` is the subject itself, `@fragment` the
end of its IRI after the `#`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from pyoxigraph import Literal, NamedNode, Triple

from lod.publish.tables.columns import Column, Row, Table
from lod.rdf.iris import code_of
from lod.rdf.jsonld import expand
from lod.rdf.vocab import RDF_TYPE

BETWEEN = " | "  # several values of one cell
Properties = dict[str, list[str]]  # property → its values: IRIs, texts


class Graph:
    """Triples by subject and property; a literal is the text of its value."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._about: dict[str, Properties] = {}
        for s, p, o in triples:
            assert isinstance(s, NamedNode) and isinstance(o, NamedNode | Literal), "no blank node"
            self._about.setdefault(s.value, {}).setdefault(p.value, []).append(o.value)

    @cached_property
    def _pointing(self) -> dict[tuple[str, str], list[str]]:
        """Return (property, value) → the subjects that have it."""
        found = defaultdict[tuple[str, str], list[str]](list)
        for subject, properties in self._about.items():
            for name, values in properties.items():
                for value in values:
                    found[name, value].append(subject)
        return found

    def of_class(self, name: str) -> list[str]:
        """Return the subjects of a class, sorted."""
        kind = expand(name)
        return sorted(
            s for s, about in self._about.items() if kind in about.get(RDF_TYPE.value, ())
        )

    def values(self, subject: str, path: str) -> list[str]:
        """Return the values at the end of a path, in the order of the triples."""
        if path == "@id":
            return [subject]
        if path == "@fragment":
            return [subject.partition("#")[2]]
        found = [subject]
        for step in path.split("/"):
            found = [value for one in found for value in self._step(one, step)]
        return found

    def _step(self, subject: str, step: str) -> list[str]:
        if step.startswith("^"):
            return self._pointing.get((expand(step[1:]), subject), [])
        return self._about.get(subject, {}).get(expand(step), [])

    def first(self, subject: str, path: str) -> str | None:
        """Return the first value at the end of a path, or None."""
        return next(iter(self.values(subject, path)), None)


def rows_of(table: Table, graph: Graph, base: str) -> Iterator[Row]:
    """Yield a row for each thing of the class of a table, in the order of their IRIs."""
    for subject in graph.of_class(table.classe):
        yield tuple(
            cell(column, graph.values(subject, column.terme), base) for column in table.columns
        )


def cell(column: Column, values: list[str], base: str) -> str | float | None:
    """Return the values of a column as its kind has them; None if there are none."""
    if not values:
        return None
    if column.genre == "nombre":
        return int(values[0])
    if column.genre == "decimal":
        return float(values[0])
    if column.genre == "booleen":
        return values[0] == "true"
    is_code = column.genre == "code"
    return BETWEEN.join(code_of(value, base) if is_code else value for value in values)
