"""The tables and columns of `site/tables.csv` and `site/colonnes.csv`, the codes in them, and the
values that the path of a column leads to in triples.

The same names stand in dumps, API and search; a column of no table is one of a query of the site.
A path is written as in SPARQL, with `/` and `^` alone, `qp:auteur/foaf:name`, `^qp:mandat`; `@id`
is the subject itself, `@fragment` the end of its IRI after the `#`.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from operator import itemgetter
from typing import Any, Literal

import pyoxigraph
from pyoxigraph import NamedNode, Triple

from lod.base import packaged
from lod.base.tabular import group_by_key
from lod.rdf.iris import code_of
from lod.rdf.jsonld import expand
from lod.rdf.ontology import concepts, labels, ontology
from lod.rdf.vocab import NAMESPACE, RDF, RDFS, SKOS, term

# text, whole number, number, day in ISO form, true or false, code of a list or of a resource, IRI,
# and a text in which words are sought
ColumnKind = Literal["texte", "nombre", "decimal", "jour", "booleen", "code", "adresse", "prose"]
OPEN_LISTS = ("qp:motifs",)  # to which records add
Row = tuple[Any, ...]  # texts, numbers, truth values, None; days as texts in ISO form
BETWEEN = " | "  # several values of one cell
Properties = dict[str, list[str]]  # property → its values: IRIs, texts


@dataclass(frozen=True, slots=True)
class Code:
    """A value of a list of the ontology."""

    code: str
    iri: str
    nom: str  # its label
    sens: str  # its definition, or ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column, as a row of `site/colonnes.csv` describes it."""

    nom: str
    titre: str  # its heading
    genre: ColumnKind
    table: str = ""  # "" if queries of the site have it
    terme: str = ""  # the path to its value, from what the row is about: `Graph.values` follows it
    liste: str = ""  # the scheme, or class, of the ontology that has its codes
    renvoi: str = ""  # `table.column` where its value stands once
    stated: str = ""  # its meaning, if the comment of the term does not give it
    exemple: str = ""

    @property
    def sens(self) -> str:
        return self.stated or self.comment()

    def comment(self, language: str = "fr") -> str:
        """Return what the ontology says of its term."""
        return labels(RDFS.comment, language)[expand(self.terme)]

    @property
    def renvoi_table(self) -> str:
        return self.renvoi.partition(".")[0]

    @property
    def renvoi_nom(self) -> str:
        return self.renvoi.partition(".")[2]

    @property
    def is_closed(self) -> bool:
        """Whether it has no other values than its codes."""
        return bool(self.liste) and self.liste not in OPEN_LISTS

    @property
    def codes(self) -> tuple[Code, ...]:
        """Its codes, if the ontology has a list of them."""
        return codes_of(self.liste) if self.liste else ()


@dataclass(frozen=True)
class Table:
    """A table, as a row of `site/tables.csv` describes it."""

    nom: str
    titre: str
    classe: str  # the class of what its rows are about
    cle: tuple[str, ...]  # names of the columns that identify a row
    sens: str  # its meaning in French
    columns: tuple[Column, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(column.nom for column in self.columns)

    @cached_property
    def row(self) -> Callable[[Mapping[str, Any]], Row]:
        """What makes a row of values by column; it raises KeyError if one is missing."""
        return itemgetter(*self.names)


def column_name(iri: str) -> str:
    """Return the name of a column with the values of a property of the ontology.

    >>> column_name(f"{NAMESPACE}reponduesHorsDelai")
    'repondues_hors_delai'
    """
    return re.sub("(?=[A-Z])", "_", iri.removeprefix(NAMESPACE)).lower()


@cache
def all_columns() -> dict[str, tuple[Column, ...]]:
    """Return table, or "" → its columns, in the order of the file."""
    rows = packaged.table_rows(packaged.COLUMNS)
    columns = (Column(stated=row.pop("sens"), **row) for row in rows)  # type: ignore[arg-type]  # a test holds the kinds
    return group_by_key((column.table, column) for column in columns)


@cache
def tables() -> dict[str, Table]:
    return {row["nom"]: _table(row) for row in packaged.table_rows(packaged.TABLES)}


def _table(row: dict[str, str]) -> Table:
    cle = tuple(row.pop("cle").split())
    return Table(cle=cle, columns=all_columns()[row["nom"]], **row)


@cache
def codes_of(scheme: str, language: str = "fr") -> tuple[Code, ...]:
    """Return the codes of a scheme of the ontology, or the subclasses of a class of it, with their
    labels in a language.
    """
    members = [iri.value for iri in concepts(term(scheme)).values()] or [
        t.subject.value
        for t in ontology()
        if (t.predicate, t.object) == (RDFS.subClassOf, term(scheme))
        and isinstance(t.subject, NamedNode)
    ]
    names = labels(RDFS.label, language) | labels(SKOS.prefLabel, language)
    meanings = labels(RDFS.comment, language) | labels(SKOS.definition, language)
    return tuple(
        Code(code_of(iri, NAMESPACE), iri, names[iri], meanings.get(iri, "")) for iri in members
    )


class Graph:
    """Triples by subject and property; a literal is the text of its value."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._about: dict[str, Properties] = {}
        for s, p, o in triples:
            assert isinstance(s, NamedNode) and isinstance(o, NamedNode | pyoxigraph.Literal), (
                "no blank node"
            )
            self._about.setdefault(s.value, {}).setdefault(p.value, []).append(o.value)

    @cached_property
    def _pointing(self) -> dict[tuple[str, str], list[str]]:
        """Return (property, value) → the subjects that have it."""
        pointing = defaultdict[tuple[str, str], list[str]](list)
        for subject, properties in self._about.items():
            for name, values in properties.items():
                for value in values:
                    pointing[name, value].append(subject)
        return pointing

    def of_class(self, name: str) -> list[str]:
        """Return the subjects of a class, sorted."""
        kind = expand(name)
        return sorted(
            s for s, about in self._about.items() if kind in about.get(RDF.type.value, ())
        )

    def values(self, subject: str, path: str) -> list[str]:
        """Return the values at the end of a path, in the order of the triples."""
        if path == "@id":
            return [subject]
        if path == "@fragment":
            return [subject.partition("#")[2]]
        ends = [subject]
        for step in path.split("/"):
            ends = [value for end in ends for value in self._step(end, step)]
        return ends

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
