"""A map of departments: one equal square each, where `site/departements.csv` puts it."""

import csv
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from lod.base import packaged as files
from lod.website.charts.legend import HAUT, nuances
from lod.website.charts.marks import Marque, Mot, Trace
from lod.website.charts.scales import bornes, classe, ecrit
from lod.website.charts.spec import Plan, series, valeur
from lod.website.query_tables import Tableau

PAS, COTE, LARGEUR = 42.0, 40.0, 464.0  # from a square to the next; a side; of the picture
LOIN = "Outre-mer, et Français établis hors de France (099)"


@dataclass(frozen=True, slots=True)
class Departement:
    """A department, and its place: column from the west, row from the north."""

    code: str
    nom: str
    colonne: int
    rang: int


@cache
def departements() -> dict[str, Departement]:
    """Return code → department."""
    with files.DEPARTEMENTS.open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: Departement(row["code"], row["nom"], int(row["colonne"]), int(row["rang"]))
            for row in csv.DictReader(file)
        }


def carte(tableau: Tableau, plan: Plan) -> Trace:
    """Return the map of a table with a row a department."""
    [kind] = series(plan.series)
    [name] = plan.categories
    values = {ligne[name].valeur: valeur(ligne, kind.nom) for ligne in tableau.lignes}
    ends = bornes([v for code, v in values.items() if code in departements()])
    marks, words = [], []
    for place in departements().values():
        mark, labels = _carre(place, values.get(place.code), ends)
        marks.append(mark)
        words += labels
    words.append(_loin())
    foot = HAUT + (max(d.rang for d in departements().values()) + 1) * PAS + 8
    named, keys, end = nuances(ends, LARGEUR, foot, kind.titre)
    return Trace(
        largeur=LARGEUR,
        hauteur=end,
        marques=(*marks, *keys),
        mots=(*words, *named),
        plus=_plus(values),
        note=_note(values),
    )


def _plus(values: dict[str, Decimal]) -> tuple[str, str]:
    """Return the first of the departments that have most, and its value."""
    best = max(values, key=lambda code: values[code])
    place = departements().get(best)
    return f"{place.nom} ({best})" if place else best, ecrit(values[best])


def _loin() -> Mot:
    """Return what stands above the last row of squares, which are in their place on no map."""
    last = max(d.rang for d in departements().values())
    return Mot(x=1, y=HAUT + last * PAS - 6, texte=LOIN, classe="petit sourd")


def _carre(
    place: Departement, value: Decimal | None, ends: list[Decimal]
) -> tuple[Marque, list[Mot]]:
    """Return the square of a department; a dash where the table has no row for it."""
    x, y = place.colonne * PAS + 1, HAUT + place.rang * PAS
    shade = "vide" if value is None else classe(value, ends)
    said = "–" if value is None else ecrit(value)
    mark = Marque(
        x=x, y=y, largeur=COTE, hauteur=COTE, classe=shade,
        bulle=f"{place.nom} ({place.code})\u00a0: {'pas de donnée' if value is None else said}",
    )  # fmt: skip
    middle, on = x + COTE / 2, f"petit sur-{shade}"
    return mark, [
        Mot(x=middle, y=y + 15, texte=place.code, ancre="middle", classe=f"{on} code"),
        Mot(x=middle, y=y + 30, texte=said, ancre="middle", classe=f"{on} fort"),
    ]


def _note(values: dict[str, Decimal]) -> str:
    """Say what has no place on the map."""
    away = sorted(code for code in values if code not in departements())
    return f"Hors de la carte\u00a0: {', '.join(away)}." if away else ""
