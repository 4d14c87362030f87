"""Categories that follow each other: months, years, numbers, without a gap where nothing was."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from lod.model.dates import MOIS
from lod.website.charts.spec import Entree, Plan, entrees, valeur
from lod.website.query_tables import Ligne, Tableau, colonne

Valeurs = tuple[Decimal, ...]  # one a series
MOIS_MONTRES, NOMBRES, NOMS = 96, 53, 24  # columns that fit
MOIS_NOMMES = 24  # where more are shown, only the years are named
ABREGES = {
    0: "janv.",
    1: "févr.",
    3: "avr.",
    6: "juil.",
    8: "sept.",
    9: "oct.",
    10: "nov.",
    11: "déc.",
}


@dataclass(frozen=True, slots=True)
class Suite:
    """Columns: entries, their keys if they are numbers, what stands below each, and of what."""

    entrees: list[Entree]
    cles: list[int]
    reperes: list[str]
    unite: str = ""
    note: str = ""


def suite(tableau: Tableau, plan: Plan) -> Suite:
    """Return the columns of a table, in the order of time or numbers; names as the rows come."""
    if len(plan.categories) == 2:
        return _mois(tableau, plan)
    values = [ligne[plan.categories[0]].valeur for ligne in tableau.lignes]
    if all(value.isdigit() for value in values):
        return _nombres(tableau, plan)
    return _noms(entrees(tableau, plan.categories[0], plan.series))


def _mois(tableau: Tableau, plan: Plan) -> Suite:
    """Return every month from the first to the last; years, if these are too many months."""
    year, month = plan.categories
    found = _comptes(
        tableau, plan, lambda row: int(row[year].valeur) * 12 + int(row[month].valeur) - 1
    )
    keys = list(range(min(found), max(found) + 1))
    if len(keys) > MOIS_MONTRES:
        return _annees(found)
    long = len(keys) > MOIS_NOMMES
    marks = [_repere(n) if not long else str(n // 12) if n % 12 == 0 else "" for n in keys]
    return Suite(_remplie(found, keys, lambda n: f"{MOIS[n % 12]} {n // 12}"), keys, marks)


def _repere(n: int) -> str:
    """Return a month in short, with its year.

    >>> _repere(2025 * 12), _repere(2025 * 12 + 5)
    ('janv. 2025', 'juin 2025')
    """
    return f"{ABREGES.get(n % 12, MOIS[n % 12])} {n // 12}"


def _annees(months: dict[int, Valeurs]) -> Suite:
    """Return the years of too many months."""
    ordered = sorted(months)
    found = {
        year: _somme(months[n] for n in group)
        for year, group in groupby(ordered, key=lambda n: n // 12)
    }
    keys = list(range(min(found), max(found) + 1))
    note = "Les mois sont réunis par année."
    return Suite(_remplie(found, keys, str), keys, [*map(str, keys)], note=note)


def _nombres(tableau: Tableau, plan: Plan) -> Suite:
    """Return every whole number from the least to the greatest; what is too far off, as one."""
    [name] = plan.categories
    found = _comptes(tableau, plan, lambda row: int(row[name].valeur))
    first, last = min(found), max(found)
    keys = list(range(first, min(last, first + NOMBRES - 1) + 1))
    unit = colonne(name).titre.lower()
    shown = _remplie(found, keys, lambda n: f"{n} {_accorde(unit, n)}")
    marks = [str(n) for n in keys]
    if last <= keys[-1]:
        return Suite(shown, keys, marks, unit)
    beyond = _somme(v for n, v in sorted(found.items()) if n >= keys[-1])
    shown[-1] = Entree(f"{keys[-1]} {unit} et plus", "", beyond)
    note = f"La dernière colonne réunit tout, à partir de {keys[-1]}."
    return Suite(shown, keys, marks, unit, note)


def _accorde(unit: str, n: int) -> str:
    """Return a unit as it is after a number.

    >>> _accorde("semaines", 1), _accorde("mois", 1), _accorde("jours", 2)
    ('semaine', 'mois', 'jours')
    """
    return unit if n > 1 or unit == "mois" else unit.removesuffix("s")


def _noms(found: list[Entree]) -> Suite:
    """Return names in the order of the rows; those for which there is no room, as one."""
    note = f"Les {NOMS} premières lignes de la table sont dessinées." if len(found) > NOMS else ""
    return Suite(found[:NOMS], [], [e.nom for e in found[:NOMS]], note=note)


def _comptes(tableau: Tableau, plan: Plan, key: Callable[[Ligne], int]) -> dict[int, Valeurs]:
    """Return key → values; rows of the same key are added up."""
    found: dict[int, list[Valeurs]] = {}
    for ligne in tableau.lignes:
        values = tuple(valeur(ligne, nom) for nom in plan.series)
        found.setdefault(key(ligne), []).append(values)
    return {n: _somme(values) for n, values in found.items()}


def _somme(values: Iterable[Valeurs]) -> Valeurs:
    return tuple(sum(column, Decimal(0)) for column in zip(*values, strict=True))


def _remplie(
    found: dict[int, Valeurs], keys: list[int], name: Callable[[int], str]
) -> list[Entree]:
    """Return an entry a key, with 0 where there is no row."""
    nothing = tuple(Decimal(0) for _ in next(iter(found.values())))
    return [Entree(name(n), "", found.get(n, nothing)) for n in keys]
