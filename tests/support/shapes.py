"""Shapes, their counterexamples, and what of the ones is broken by the others; wrong graphs, each a
good store in which a few things that should agree no longer do.

A file of `tests/counterexamples/comparaisons/` states what is wrong: what it says of a subject and
a property replaces what the store says. Its head names the node at fault (`about`), and all
controls and shapes that must say so of that node or of others (`said by`).
`tests/counterexamples/faits-faux.ru` has more, as updates of the store. Extensions have both, too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store, Triple
from rdflib import Graph
from rdflib.namespace import SH

from lod.base import packaged
from lod.pipeline.validation.controls import control_rows
from lod.pipeline.validation.pyshacl_engine import violations
from lod.pipeline.validation.shapes import Result
from lod.pipeline.validation.validate import around
from lod.rdf.serialize import read_turtle
from lod.rdf.vocab import RDF, RDFS, SHAPES_NAMESPACE
from tests.support.paths import BASE, files_of_tests

FILES = files_of_tests("counterexamples", "*.ttl")
CONSTRAINTS = {
    "class", "closed", "datatype", "disjoint", "hasValue", "in", "languageIn", "lessThanOrEquals",
    "maxCount", "maxInclusive", "minCount", "minInclusive", "nodeKind", "or", "pattern",
    "uniqueLang",
}  # fmt: skip


# the names of the shapes that extensions add
ADDED = {
    t.subject.value.removeprefix(SHAPES_NAMESPACE)  # type: ignore[union-attr]  # no blank node
    for path in packaged.SHAPES.glob("extensions/*/*.ttl")
    for t in read_turtle(path)
    if t.predicate == RDF.type
}


@cache
def results_of(path: Path) -> list[Result]:
    return violations(read_turtle(path))


def broken_by(path: Path) -> set[tuple[str, str]]:
    return broken(results_of(path))


def broken(results: Iterable[Result]) -> set[tuple[str, str]]:
    return {(local(r.shape), r.component) for r in results}


def local(iri: object) -> str:
    return str(iri).removeprefix(SHAPES_NAMESPACE)


def constraints(shapes: Graph) -> set[tuple[str, str]]:
    """Every (shape, component); the alternatives inside `sh:or` speak through it."""
    inner = {shape for some in shapes.objects(None, SH["or"]) for shape in shapes.items(some)}
    return {
        (local(shape), f"{name[0].upper()}{name[1:]}ConstraintComponent")
        for shape, parameter, _ in shapes
        if shape not in inner and (name := parameter.removeprefix(str(SH))) in CONSTRAINTS
    }


def attachments(shapes: Graph) -> set[tuple[str, str]]:
    """Every (class, shape) by which a shape with constraints of its own is given nodes."""
    bearers = {shape for shape, parameter, _ in shapes if parameter.removeprefix(str(SH))
               in CONSTRAINTS}  # fmt: skip
    return {
        (str(kind), local(shape))
        for node, kind in shapes.subject_objects(SH.targetClass)
        for shape in (node, *shapes.objects(node, SH.property))
        if shape in bearers
    }


def seen(triples: list[Triple], results: Iterable[Result]) -> set[tuple[str, str]]:
    """Every (class of the node, shape) that is in the results."""
    kinds = {(t.subject.value, t.object.value) for t in triples if t.predicate == RDF.type}  # type: ignore[union-attr]
    return {(kind, local(r.shape)) for r in results for focus, kind in kinds if focus == r.focus}


DESCRIPTIONS = sorted((packaged.SHAPES / "description").glob("*.ttl"))


def shapes(*files: Path) -> Graph:
    """Return the shapes of descriptions, of the core and of all extensions unless files say."""
    graph = Graph()
    for path in files or packaged.with_extensions(packaged.SHAPES, "description", "*.ttl"):
        graph.parse(path)
    return graph


GRAPH_FILES = files_of_tests("counterexamples/comparaisons", "*.ttl")
UPDATES = files_of_tests("counterexamples", "faits-faux.ru")
Said = set[tuple[str, str]]  # (name of a control or shape, IRI of the node at fault)


@dataclass(frozen=True, slots=True)
class WrongGraph:
    """One of these files, read."""

    name: str
    about: str  # IRI of the node at fault
    said_by: frozenset[str]  # names of controls and shapes
    triples: tuple[Triple, ...]


@dataclass(frozen=True, slots=True)
class WrongFact:
    number: int
    words: str  # what is wrong
    about: str  # IRI of the node at fault
    said_by: frozenset[str]  # names of controls and shapes; none if nothing can tell
    update: str


def read_wrong_graph(path: Path) -> WrongGraph:
    head = _head(path.read_text("utf-8"))
    names = frozenset(head["said by"].split())
    return WrongGraph(path.stem, BASE + head["about"], names, tuple(read_turtle(path)))


def _head(text: str) -> dict[str, str]:
    comments = [line.removeprefix("# ") for line in text.splitlines() if line.startswith("# ")]
    return dict(line.split(": ", 1) for line in comments if ": " in line)


def _read_wrong_fact(text: str) -> WrongFact:
    (number, words), *more = _head(text).items()
    head = dict(more)
    names = frozenset(head.get("said by", "").split())
    return WrongFact(int(number), words, BASE + head["about"], names, text)


FACTS = [
    _read_wrong_fact(text) for path in UPDATES for text in path.read_text("utf-8").split("\n\n")[1:]
]


def spoil(store: Store, wrong: WrongGraph) -> None:
    """Change a good store, as the wrong graph states it."""
    for subject, predicate in {(t.subject, t.predicate) for t in wrong.triples}:
        for quad in list(store.quads_for_pattern(subject, predicate, None)):
            store.remove(quad)
    store.extend(Quad(*triple) for triple in wrong.triples)


def said_of(store: Store, wrong: WrongGraph) -> Said:
    """Return what all controls say of the store, and the shapes of the subjects that are wrong."""
    said = {(row.control.name, row.subject) for row in control_rows(store)}
    return said | said_of_shapes(store, wrong)


def said_of_shapes(store: Store, wrong: WrongGraph) -> Said:
    subjects = {t.subject.value for t in wrong.triples if isinstance(t.subject, NamedNode)}
    return {(local(r.shape), r.focus) for r in results_about(subjects, store)}


def results_about(nodes: set[str], store: Store) -> list[Result]:
    """What the shapes say of some nodes of a store, of which little is read."""
    own = [quad for n in nodes for quad in store.quads_for_pattern(NamedNode(n), None, None)]
    near = {quad.object for quad in own if isinstance(quad.object, NamedNode)}
    types = [quad for n in near for quad in store.quads_for_pattern(n, RDF.type, None)]
    classes = store.quads_for_pattern(None, RDFS.subClassOf, None, DefaultGraph())
    triples = dict.fromkeys(quad.triple for quad in (*own, *types, *classes))
    return violations(around(nodes, [*triples]), only=nodes)
