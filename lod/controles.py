"""What must agree in the finished store: a failure is a fault of the program, not of a record.

The controls are queries in `shapes/controles/`, which must give no row; what needs arithmetic on
dates is computed here once more, from the dates that the store has.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from pyoxigraph import Store
from rdflib.namespace import SH

from lod import files
from lod.delais import MEASURED, Duree, regles
from lod.store import select
from lod.validate import targets

TARGETED = {
    SH.targetClass: "?s a ?x",
    SH.targetSubjectsOf: "?s ?x ?o",
    SH.targetObjectsOf: "?o ?x ?s",
}


@dataclass(frozen=True, slots=True)
class Controle:
    """One control: what it is called, how grave it is, what it says, and its query."""

    nom: str
    severity: str
    fr: str
    en: str
    requete: str


@dataclass(frozen=True, slots=True)
class Ecart:
    """A row that a control gave: the resource, and the value that does not agree."""

    controle: Controle
    sujet: str
    valeur: str


@cache
def controles() -> tuple[Controle, ...]:
    """Return the controls of the folder, sorted by name."""
    return tuple(_controle(path) for path in sorted(files.CONTROLS.glob("*.rq")))


def _controle(path: Path) -> Controle:
    text = path.read_text("utf-8")
    said = dict(line.removeprefix("# ").split(": ", 1) for line in text.splitlines()[:3])
    return Controle(path.stem, said["severity"], said["fr"], said["en"], text)


def ecarts(store: Store) -> Iterator[Ecart]:
    """Yield every row that a control gives; there should be none but warnings."""
    for controle in controles():
        for row in select(store, controle.requete):
            for valeur in RECALCULS.get(controle.nom, _stated)(row):
                yield Ecart(controle, row["sujet"], valeur)


def unseen(store: Store, foyers: Mapping[str, int]) -> Iterator[str]:
    """Yield in words each shape that has not looked at all the nodes that it is for.

    `store` holds the data alone; the nodes are counted by a plain query, and `foyers` by the
    engine of SHACL while it ran.
    """
    for shape, wanted in targets().items():
        parts = (f"{{ {TARGETED[kind]} }}".replace("?x", f"<{what}>") for kind, what in wanted)
        query = f"SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE {{ {' UNION '.join(parts)} }}"
        [row] = select(store, query)
        if int(row["n"]) != foyers.get(shape, 0):
            yield f"{shape}: {foyers.get(shape, 0)} nodes validated, {row['n']} in the data"


def _stated(row: dict[str, str]) -> Iterable[str]:
    """Yield what the query itself has found wrong."""
    yield row["valeur"]


def delais(row: dict[str, str]) -> Iterable[str]:
    """Yield what a question states of its deadlines that its dates and its rule do not say."""
    rule = next((r for r in regles() if r.iri.value == row["regle"]), None)
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


def jours(row: dict[str, str]) -> Iterable[str]:
    """Yield what a node states of the days since publication that the two dates do not say."""
    if row["jours"] != _days(row["parution"], row["jour"]):
        yield f"{row['jours'] or 'aucun'} jour"


# controls whose rows are what there is, to be computed once more
RECALCULS = {"C3-delais": delais, "C3-jours": jours}


def _after(duree: Duree | None, jour: str) -> str:
    return duree.apres(date.fromisoformat(jour)).isoformat() if duree and jour else ""


def _days(one: str, two: str) -> str:
    if not (one and two):
        return ""
    return str((date.fromisoformat(two) - date.fromisoformat(one)).days)
