"""A heat map: a row a category, a column another, a number a cell, darker where it is more."""

from collections.abc import Iterator
from decimal import Decimal

from lod.website.charts.legend import HAUT, nuances
from lod.website.charts.marks import CORPS, PETIT, Marque, Mot, Trace, coupe, largeur
from lod.website.charts.scales import bornes, classe, ecrit
from lod.website.charts.spec import Plan, series, valeur
from lod.website.query_tables import Tableau
from lod.website.rendering import typo

NOMS, RANG, CASE = 210.0, 26.0, 102.0  # room for names of rows; height and most width of a cell
LARGEUR, LIGNES, COLONNES = 720.0, 20, 12  # the most of each
Cellule = tuple[str, str]


def grille(tableau: Tableau, plan: Plan) -> Trace:
    """Return the picture of the first rows and columns of a table of two categories."""
    one, two = plan.categories
    [kind] = series(plan.series)
    values = {
        (ligne[one].valeur, ligne[two].valeur): valeur(ligne, kind.nom) for ligne in tableau.lignes
    }
    liens = {ligne[c].valeur: ligne[c].iri for c in plan.categories for ligne in tableau.lignes}
    all_rows = list(dict.fromkeys(a for a, _ in values))
    all_columns = list(dict.fromkeys(b for _, b in values))
    rows, columns = all_rows[:LIGNES], all_columns[:COLONNES]
    wide = min(CASE, (LARGEUR - NOMS) / len(columns))
    heads = [coupe(typo(c), 110, PETIT) for c in columns]
    upright = any(largeur(h, PETIT) + 4 > wide for h in heads)
    top = HAUT + (max(largeur(h, PETIT) for h in heads) if upright else PETIT) + 8
    ends = bornes([values.get((a, b), Decimal(0)) for a in rows for b in columns])
    words = [*_tetes(columns, heads, liens, wide, top, upright), *_rangs(rows, liens, top)]
    marks = []
    for mark, label in _cellules(rows, columns, values, ends, wide, top):
        marks.append(mark)
        words.append(label)
    foot = top + len(rows) * RANG + 10
    named, keys, end = nuances(ends, LARGEUR, foot, kind.titre)
    return Trace(
        largeur=LARGEUR,
        hauteur=end,
        marques=(*marks, *keys),
        mots=(*words, *named),
        plus=_plus(values),
        note=_note(len(all_rows), len(all_columns)),
    )


def _plus(values: dict[Cellule, Decimal]) -> tuple[str, str]:
    """Return the first of the greatest cells, and its value."""
    best = max(values, key=lambda cell: values[cell])
    return typo(", ".join(best)), ecrit(values[best])


def _tetes(
    columns: list[str],
    heads: list[str],
    liens: dict[str, str],
    wide: float,
    top: float,
    upright: bool,
) -> Iterator[Mot]:
    """Yield the names of the columns, upright where one is too long for its column."""
    for place, (name, head) in enumerate(zip(columns, heads, strict=True)):
        middle = NOMS + (place + 0.5) * wide
        yield Mot(
            x=round(middle + (PETIT * 0.35 if upright else 0), 2), y=top - 6, texte=head,
            ancre="start" if upright else "middle", classe="petit", lien=liens[name],
            entier=typo(name), debout=upright,
        )  # fmt: skip


def _rangs(rows: list[str], liens: dict[str, str], top: float) -> Iterator[Mot]:
    """Yield the names of the rows."""
    for place, name in enumerate(rows):
        y = top + place * RANG + RANG / 2 + CORPS * 0.35
        text = coupe(typo(name), NOMS - 10)
        yield Mot(
            x=NOMS - 8, y=round(y, 2), texte=text, ancre="end", lien=liens[name], entier=typo(name)
        )


def _cellules(
    rows: list[str],
    columns: list[str],
    values: dict[Cellule, Decimal],
    ends: list[Decimal],
    wide: float,
    top: float,
) -> Iterator[tuple[Marque, Mot]]:
    """Yield a cell and the number in it, for every row and column."""
    for j, row in enumerate(rows):
        for i, column in enumerate(columns):
            value = values.get((row, column), Decimal(0))
            x, y, shade = NOMS + i * wide, top + j * RANG, classe(value, ends)
            bulle = f"{typo(row)}, {typo(column)}\u00a0: {ecrit(value)}"
            yield (
                Marque(
                    x=round(x + 1, 2), y=y + 1, largeur=round(wide - 2, 2), hauteur=RANG - 2,
                    bulle=bulle, classe=shade,
                ),
                Mot(
                    x=round(x + wide / 2, 2), y=y + RANG / 2 + 4, texte=ecrit(value),
                    ancre="middle", classe=f"petit sur-{shade}",
                ),
            )  # fmt: skip


def _note(rows: int, columns: int) -> str:
    """Say what was left out."""
    left = [
        f"{n - most} {what}"
        for n, most, what in ((rows, LIGNES, "lignes"), (columns, COLONNES, "colonnes"))
        if n > most
    ]
    return f"Seulement dans la table\u00a0: {' et '.join(left)} de plus." if left else ""
