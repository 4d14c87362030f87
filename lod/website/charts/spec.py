"""What the head of a query asks to be drawn, and its rows read for that.

`# image: GENRE | catégories | séries | fait: … | repère: N, …`: the last two may be left out.
`fait` is a sentence with `{columns}` of one row: that in which the first column of numbers that it
names is greatest; `{somme column}` is that of all rows, `{plus}` where the picture has most, and
`{combien}` how much. `repère` is a line after the column N, with what it means.
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from lod.base import packaged as files
from lod.website.charts.marks import Serie, Trace
from lod.website.charts.scales import ecrit
from lod.website.query_tables import Ligne, Tableau, colonne
from lod.website.rendering import typo

FOND = (("bleu", "pleine"), ("orange", "hachures"), ("gris", "points"), ("vert", "croix"))


@dataclass(frozen=True, slots=True)
class Plan:
    """The parts of the line `# image:`."""

    genre: str
    categories: tuple[str, ...]
    series: tuple[str, ...]
    fait: str = ""
    repere: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True)
class Entree:
    """A category with its values, one a series."""

    nom: str
    lien: str
    valeurs: tuple[Decimal, ...]

    @property
    def somme(self) -> Decimal:
        """The length of its bar."""
        return sum(self.valeurs, Decimal(0))


def plan(image: str) -> Plan:
    """Return what a line asks for.

    >>> plan("barres | ministere | a, b | fait: Le plus : {a}. | repère: 8, deux mois").repere
    (8, 'deux mois')
    """
    genre, categories, series, *rest = (part.strip() for part in image.split("|"))
    said = dict(part.split(": ", 1) for part in rest)
    after, _, words = said.get("repère", "").partition(", ")
    return Plan(
        genre,
        tuple(categories.split()),
        tuple(re.split(r",\s*", series)),
        said.get("fait", ""),
        (int(after), words) if words else None,
    )


@cache
def _couleurs() -> dict[str, dict[str, str]]:
    with files.SERIES.open(encoding="utf-8", newline="") as file:
        return {row["nom"]: row for row in csv.DictReader(file)}


def series(noms: Iterable[str]) -> tuple[Serie, ...]:
    """Return what stands for each column: as `site/series.csv` has it, or by its place."""
    return tuple(_serie(nom, place) for place, nom in enumerate(noms))


def _serie(nom: str, place: int) -> Serie:
    teinte, trame = FOND[place % len(FOND)]
    default = {"titre": "", "teinte": teinte, "trame": trame, "somme": "oui"}
    row = _couleurs().get(nom, default)
    titre = row["titre"] or colonne(nom).titre
    return Serie(nom, titre, row["teinte"], row["trame"], row["somme"] == "oui")


def valeur(ligne: Ligne, nom: str) -> Decimal:
    """Return a number of a row, an absent one as 0."""
    return Decimal(ligne[nom].valeur or 0)


def entrees(tableau: Tableau, categorie: str, noms: Iterable[str]) -> list[Entree]:
    """Return the rows as categories with their values."""
    columns = tuple(noms)
    return [
        Entree(
            typo(ligne[categorie].valeur),
            ligne[categorie].iri,
            tuple(valeur(ligne, nom) for nom in columns),
        )
        for ligne in tableau.lignes
    ]


def fait(tableau: Tableau, asked: Plan, trace: Trace) -> str:
    """Return the main fact in a sentence."""
    if not asked.fait:
        return f"Le plus\u00a0: {trace.plus[0]}, {trace.plus[1]}."
    names = re.findall(r"\{(\w+)\}", asked.fait)
    plus = dict(zip(("plus", "combien"), trace.plus, strict=True))
    key = next((n for n in names if colonne(n).genre == "nombre"), asked.series[0])
    most = max(tableau.lignes, key=lambda ligne: valeur(ligne, key))

    def said(found: re.Match[str]) -> str:
        total, nom = found.groups()
        if total:
            return ecrit(sum((valeur(ligne, nom) for ligne in tableau.lignes), Decimal(0)))
        return plus.get(nom) or _dit(most, nom)

    return typo(re.sub(r"\{(somme )?(\w+)\}", said, asked.fait))


def _dit(ligne: Ligne, nom: str) -> str:
    text = ligne[nom].valeur
    return ecrit(Decimal(text or 0)) if colonne(nom).genre == "nombre" else text
