"""What must agree in what is published: a failure is a fault of the program, not of a record.

The controls are queries in `shapes/controles/`, which must give no row; what needs arithmetic on
dates is computed here once more, from the dates that the store has. Those whose `portée` is a
question are asked of some questions at a time, with all that they refer to, and again only of what
has changed; the others of the finished store.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from pyoxigraph import RdfFormat, Store
from rdflib.namespace import SH

from lod.base import packaged
from lod.base.errors import LodError
from lod.pipeline.validation.validate import targets
from lod.rdf.deadlines import MEASURED, Duration, deadline_rules
from lod.rdf.ontology import ontology
from lod.rdf.serialize import ntriples
from lod.rdf.store import select

TARGETED = {
    SH.targetClass: "?s a ?x",
    SH.targetSubjectsOf: "?s ?x ?o",
    SH.targetObjectsOf: "?o ?x ?s",
}


@dataclass(frozen=True, slots=True)
class Control:
    """One control: what it is called, how grave it is, what it says, and its query; whether one
    question, with what it refers to, is enough to answer it.
    """

    name: str
    severity: str
    fr: str
    en: str
    query: str
    is_local: bool


@dataclass(frozen=True, slots=True)
class ControlRow:
    """A row that a control gave: the resource, and the value that does not agree."""

    control: Control
    subject: str
    value: str


@cache
def controls() -> tuple[Control, ...]:
    """Return the controls of the folder, sorted by name."""
    return tuple(_read_control(path) for path in sorted(packaged.CONTROLS.glob("*.rq")))


def _read_control(path: Path) -> Control:
    text = path.read_text("utf-8")
    head = (line.removeprefix("# ") for line in text.splitlines() if line.startswith("# "))
    said = dict(line.split(": ", 1) for line in head if ": " in line)
    is_local = said.get("portée") == "question"
    return Control(path.stem, said["severity"], said["fr"], said["en"], text, is_local)


def local_controls() -> list[Control]:
    """Return the controls that some questions can answer, with what they refer to."""
    return [control for control in controls() if control.is_local]


def global_controls() -> list[Control]:
    """Return the controls that only the whole can answer."""
    return [control for control in controls() if not control.is_local]


def run_controls(store: Store, some: Iterable[Control]) -> dict[Control, list[str]]:
    """Return the resources that each of some controls warns of; raise LodError for worse."""
    warned: dict[Control, list[str]] = {}
    for row in control_rows(store, some):
        if row.control.severity == "Violation":
            raise LodError(
                f"{row.subject}: {row.control.en} ({row.value}); "
                f"control {row.control.name}, a fault of the program, please report it"
            )
        warned.setdefault(row.control, []).append(row.subject)
    return warned


def control_part(nt: Iterable[bytes]) -> None:
    """Ask the local controls of a part of what is published, as N-Triples; raise LodError."""
    store = Store()
    text = b"".join((*nt, _ontology()))
    store.bulk_load(input=text, format=RdfFormat.N_TRIPLES, lenient=True)
    run_controls(store, local_controls())


@cache
def _ontology() -> bytes:
    return ntriples(ontology())


def control_rows(store: Store, some: Iterable[Control] | None = None) -> Iterator[ControlRow]:
    """Yield every row that some controls give, or all; there should be none but warnings."""
    for control in controls() if some is None else some:
        for row in select(store, control.query):
            for value in RECOMPUTED.get(control.name, _stated)(row):
                yield ControlRow(control, row["sujet"], value)


def unseen(store: Store, focus_nodes: Mapping[str, int]) -> Iterator[str]:
    """Yield in words each shape that has not looked at all the nodes that it is for.

    `store` holds the data alone; the nodes are counted by a plain query, and `focus_nodes` by the
    engine of SHACL while it ran.
    """
    for shape, wanted in targets().items():
        parts = (f"{{ {TARGETED[kind]} }}".replace("?x", f"<{what}>") for kind, what in wanted)
        query = f"SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE {{ {' UNION '.join(parts)} }}"
        [row] = select(store, query)
        if int(row["n"]) != focus_nodes.get(shape, 0):
            yield f"{shape}: {focus_nodes.get(shape, 0)} nodes validated, {row['n']} in the data"


def _stated(row: dict[str, str]) -> Iterable[str]:
    """Yield what the query itself has found wrong."""
    yield row["valeur"]


def wrong_deadlines(row: dict[str, str]) -> Iterable[str]:
    """Yield what a question states of its deadlines that its dates and its rule do not say."""
    rule = next((r for r in deadline_rules() if r.iri.value == row["regle"]), None)
    expected = (
        ("limite", _after(rule.reponse if rule else None, row["parution"])),
        ("limiteSignalement", _after(rule.signalement if rule else None, row["signalement"])),
    )
    for name, value in expected:
        if row[name] != value:
            yield f"{name} {row[name] or 'absente'}, {value or 'aucune'} attendue"
    measured = row["type"] in MEASURED
    days = _days(row["parution"], row["reponse"]) if measured else ""
    if row["delai"] != ("" if days.startswith("-") else days):
        yield f"délai {row['delai'] or 'absent'}, {days or 'aucun'} attendu"


def wrong_days(row: dict[str, str]) -> Iterable[str]:
    """Yield what a node states of the days since publication that the two dates do not say."""
    if row["jours"] != _days(row["parution"], row["jour"]):
        yield f"{row['jours'] or 'aucun'} jour"


# controls whose rows are what there is, to be computed once more
RECOMPUTED = {"C3-delais": wrong_deadlines, "C3-jours": wrong_days}


def _after(duration: Duration | None, day: str) -> str:
    return duration.after(date.fromisoformat(day)).isoformat() if duration and day else ""


def _days(one: str, two: str) -> str:
    if not (one and two):
        return ""
    return str((date.fromisoformat(two) - date.fromisoformat(one)).days)
