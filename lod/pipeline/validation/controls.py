"""Controls of what is published: a failure is a fault of the program, not of a record.

A control is a query of `shapes/controles/` that must return no row. All controls are published as
SHACL, too (`constraints.py`).

- A local control (head line `portée: question`) runs on each batch of new or changed questions with
  the resources they name, and once on the other resources. Its warnings are kept with the question.
- The others run on the whole store.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pyoxigraph import RdfFormat, Store

from lod.base import packaged
from lod.base.errors import LodError
from lod.pipeline.validation.shapes import CLASS, OBJECTS, SUBJECTS, targets
from lod.rdf.ontology import ontology
from lod.rdf.serialize import ntriples
from lod.rdf.store import select

Warned = tuple[str, str]  # name of a control of severity Warning, IRI of what it warns of
OPTIONAL = ("cause", "ici seulement")  # lines of the head that a control may have
TARGETED = {CLASS: "?s a ?x", SUBJECTS: "?s ?x ?o", OBJECTS: "?o ?x ?s"}


@dataclass(frozen=True, slots=True)
class Control:
    """One control, as its file states it."""

    name: str
    severity: str  # Violation: the build fails; Warning: it is published on the quality page
    fr: str  # what is wrong with a resource that the query returns
    en: str  # the same in English
    query: str
    is_local: bool  # a question and all that it refers to are enough to run it
    cause: str = ""  # known cause of a warning, in French, for the quality page
    only_here: str = ""  # why others are not given it to run, in French


@dataclass(frozen=True, slots=True)
class ControlRow:
    """A resource that a control found at fault."""

    control: Control
    subject: str  # IRI of the resource
    value: str  # the published value that does not agree, or the expected one in words


@cache
def controls() -> tuple[Control, ...]:
    return tuple(map(_read_control, packaged.controls()))


def _read_control(path: Path) -> Control:
    text = path.read_text("utf-8")
    lines = (line.removeprefix("# ") for line in text.splitlines() if line.startswith("# "))
    head = dict(line.split(": ", 1) for line in lines if ": " in line)
    is_local, more = head.get("portée") == "question", (head.get(k, "") for k in OPTIONAL)
    return Control(path.stem, head["severity"], head["fr"], head["en"], text, is_local, *more)


def run_controls(store: Store, chosen: Iterable[Control]) -> set[Warned]:
    """Return what the controls warn of; raise LodError for a control of severity Violation."""
    warned = set[Warned]()
    for row in control_rows(store, chosen):
        if row.control.severity == "Violation":
            raise LodError(
                f"{row.subject}: {row.control.en} ({row.value}); "
                f"control {row.control.name}, a fault of the program, please report it"
            )
        warned.add((row.control.name, row.subject))
    return warned


def control_part(nt: Iterable[bytes]) -> set[Warned]:
    """Run the local controls on N-Triples of some questions and of all that they refer to; return
    and raise what `run_controls` does.
    """
    store = Store()
    text = b"".join((*nt, _ontology()))
    store.load(input=text, format=RdfFormat.N_TRIPLES, lenient=True)  # so few: faster than in bulk
    return run_controls(store, [control for control in controls() if control.is_local])


@cache
def _ontology() -> bytes:
    return ntriples(ontology())


def control_rows(store: Store, chosen: Iterable[Control] | None = None) -> Iterator[ControlRow]:
    """Yield every row that the controls return; without `chosen`, of all controls."""
    for control in controls() if chosen is None else chosen:
        for row in select(store, control.query):
            yield ControlRow(control, row["sujet"], row["valeur"])


def unseen(store: Store, focus_nodes: Mapping[str, int]) -> Iterator[str]:
    """Yield in words each shape that was not applied to all nodes of its targets.

    `focus_nodes` are the nodes that were validated, by shape; a query counts the nodes of
    `store`, which holds the data without the ontology.
    """
    for shape, wanted in targets().items():
        parts = (f"{{ {TARGETED[kind]} }}".replace("?x", f"<{what}>") for kind, what in wanted)
        query = f"SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE {{ {' UNION '.join(parts)} }}"
        [row] = select(store, query)
        if int(row["n"]) != focus_nodes.get(shape, 0):
            yield f"{shape}: {focus_nodes.get(shape, 0)} nodes validated, {row['n']} in the data"
