"""The same triples as tables with an RML mapping, for morph-kgc, which is to make them again.

A CSV or JSON file for each kind of node, a column for each property; a property that a node has
twice has a table of its own, since RML reads rows. The tables hold what our mapping has worked out
(IRIs, dates, deadlines, safe HTML): all that morph-kgc is spared is in its favour. They are flat,
because over nested JSON it loses what has an optional sibling.
"""

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from lod.rdf.vocab import RDF_TYPE

CONFIG = """[CONFIGURATION]
output_file: {folder}/out.nt
output_format: N-TRIPLES
[records]
mappings: {folder}/mapping.ttl
"""
Kind = tuple[str, str, str]  # of values: predicate, language or empty, datatype or empty
Node = dict[Kind, list[str]]  # the values of one subject


@dataclass(slots=True)
class Table:
    """The rows of one kind of node, and what its columns mean."""

    classes: tuple[str, ...]
    columns: list[Kind]
    rows: list[list[str]] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """Return what the columns are called: the subject, then one each."""
        return ["s", *(f"c{n}" for n in range(len(self.columns)))]


def write(triples: Path, folder: Path, form: str) -> Path:
    """Write tables, mapping and configuration; return the last. `form` is `csv` or `json`."""
    folder.mkdir()
    found = list(tables(grouped(read(triples))))
    maps = ["@prefix rml: <http://w3id.org/rml/> ."]
    for number, table in enumerate(found):
        path = folder / f"t{number}.{form}"
        (write_csv if form == "csv" else write_json)(table, path)
        maps.append(mapped(table, number, path))
    (folder / "mapping.ttl").write_text("\n".join(maps), "utf-8")
    config = folder / "config.ini"
    config.write_text(CONFIG.format(folder=folder), "utf-8")
    return config


def write_csv(table: Table, path: Path) -> None:
    """Write a table as CSV: what a node does not have is empty."""
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(table.names)
        lines.writerows(table.rows)


def write_json(table: Table, path: Path) -> None:
    """Write a table as JSON, an object a row: what a node does not have is null."""
    values = ([value or None for value in row] for row in table.rows)
    rows = [dict(zip(table.names, row, strict=True)) for row in values]
    path.write_text(json.dumps(rows, ensure_ascii=False), "utf-8")


def read(triples: Path) -> Iterator[Triple]:
    """Yield the triples of a file."""
    for quad in parse(path=str(triples), format=RdfFormat.N_TRIPLES):
        yield quad.triple


def grouped(triples: Iterable[Triple]) -> dict[tuple[str, ...], dict[str, Node]]:
    """Return classes → subject → its values."""
    types: dict[str, set[str]] = {}
    nodes: dict[str, Node] = {}
    for s, p, o in triples:
        assert isinstance(s, NamedNode) and isinstance(o, NamedNode | Literal), "as we publish"
        node = nodes.setdefault(s.value, {})
        if p == RDF_TYPE:
            types.setdefault(s.value, set()).add(o.value)
        else:
            values = node.setdefault(kind(p, o), [])
            if o.value not in values:
                values.append(o.value)
    found: dict[tuple[str, ...], dict[str, Node]] = {}
    for iri, node in nodes.items():
        found.setdefault(tuple(sorted(types.get(iri, ()))), {})[iri] = node
    return found


def kind(predicate: NamedNode, value: NamedNode | Literal) -> Kind:
    """Return what a column holds: the kinds of its values are part of the mapping."""
    if isinstance(value, NamedNode):
        return predicate.value, "", ""
    return predicate.value, value.language or "", "" if value.language else value.datatype.value


def tables(found: dict[tuple[str, ...], dict[str, Node]]) -> Iterator[Table]:
    """Yield a table for each kind of node, then those of what it may have more than once."""
    for classes, nodes in found.items():
        most: dict[Kind, int] = {}
        for node in nodes.values():
            for key, values in node.items():
                most[key] = max(most.get(key, 0), len(values))
        once = [key for key, n in most.items() if n == 1]
        rows = [[iri, *(node.get(k, [""])[0] for k in once)] for iri, node in nodes.items()]
        yield Table(classes, once, rows)
        for key in most.keys() - once:
            many = ((iri, value) for iri, node in nodes.items() for value in node.get(key, ()))
            yield Table((), [key], [[iri, value] for iri, value in many])


def mapped(table: Table, number: int, path: Path) -> str:
    """Return the map of one table, as RML."""
    read = 'rml:JSONPath ; rml:iterator "$[*]"' if path.suffix == ".json" else "rml:CSV"
    source = f'[ rml:source "{path}" ; rml:referenceFormulation {read} ]'
    classes = "".join(f" ; rml:class <{iri}>" for iri in table.classes)
    lines = [
        f"<urn:table:{number}> a rml:TriplesMap ; rml:logicalSource {source}",
        f'; rml:subjectMap [ rml:reference "s" ; rml:termType rml:IRI{classes} ]',
    ]
    for n, (predicate, language, datatype) in enumerate(table.columns):
        type_ = f"; rml:datatype <{datatype}>" if datatype else "; rml:termType rml:IRI"
        said = f'; rml:language "{language}"' if language else type_
        value = f'[ rml:reference "c{n}" {said} ]'
        lines.append(
            f"; rml:predicateObjectMap [ rml:predicate <{predicate}> ; rml:objectMap {value} ]"
        )
    return "\n  ".join(lines) + " ."
