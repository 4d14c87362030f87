"""Columns: months, years or classes of numbers, from left to right, each as high as its value."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from lod.website.charts.legend import HAUT, legende
from lod.website.charts.marks import PETIT, Marque, Mot, Serie, Trace, Trait, coupe, largeur, lignes
from lod.website.charts.scales import ecrit, graduations
from lod.website.charts.spec import Entree, Plan, series
from lod.website.charts.timeline import Suite, suite
from lod.website.query_tables import Tableau

LARGEUR, HAUTEUR = 400.0, 150.0  # of the picture; of its highest step
PIED = 22.0  # room below, for what the columns are called
NOM, LARGE = 44.0, 60.0  # least room of a name, most width of a column
TOUS = {True: (1, 2, 5, 10, 20, 50, 100), False: (1, 2, 3, 4, 6, 12, 26)}  # numbers; names


def colonnes(tableau: Tableau, plan: Plan) -> Trace:
    """Return the picture of a table whose categories follow each other."""
    kinds, shown = series(plan.series), suite(tableau, plan)
    words, keys, top = legende(kinds, LARGEUR) if len(kinds) > 1 else ([], [], HAUT)
    steps = graduations(max(e.somme for e in shown.entrees))
    left = max(largeur(ecrit(n), PETIT) for n in steps) + 6
    step = (LARGEUR - left) / len(shown.entrees)
    head = top + (18 if plan.repere else 0) + 14  # what is pointed out, and the highest value
    foot = head + HAUTEUR
    frame = (left, step, foot, steps[-1])
    names = [*_pied(shown, left, step, foot)]
    words += [*_echelle(steps, left, foot), *names]
    mark, named = _repere(shown, plan, left, step, head, foot)
    words += _sommets(shown.entrees, frame, mark[0].x1 if mark else None)
    return Trace(
        largeur=LARGEUR,
        hauteur=max(m.cadre[3] for m in names) + (18 if shown.unite else 4),
        marques=(*keys, *_marques(shown.entrees, kinds, frame)),
        mots=(*words, *named, *_unite(shown, left, foot)),
        traits=(*_traits(len(steps), left, foot), *mark),
        note=shown.note,
        plus=_plus(shown.entrees),
    )


Cadrage = tuple[float, float, float, Decimal]  # left, width of a column, foot, value of the top


def _plus(found: list[Entree]) -> tuple[str, str]:
    """Return the first of the highest columns, and its value."""
    best = max(found, key=lambda e: e.somme)
    return best.nom, ecrit(best.somme)


def _marques(found: list[Entree], kinds: tuple[Serie, ...], frame: Cadrage) -> Iterator[Marque]:
    """Yield the parts of each column, from its foot upward."""
    left, step, y0, top = frame
    gap = max(min(step * 0.2, 4), step - LARGE)
    for place, entree in enumerate(found):
        y = y0
        for kind, value in zip(kinds, entree.valeurs, strict=True):
            high = round(float(value / top) * HAUTEUR, 2)
            y = round(y - high, 2)
            if value:
                what = f", {kind.titre.lower()}" if len(kinds) > 1 else ""
                yield Marque(
                    x=round(left + place * step + gap / 2, 2),
                    y=y,
                    largeur=round(step - gap, 2),
                    hauteur=high,
                    bulle=f"{entree.nom}{what}\u00a0: {ecrit(value)}",
                    serie=kind.nom,
                )


def _echelle(steps: list[Decimal], left: float, foot: float) -> Iterator[Mot]:
    """Yield the numbers of the scale."""
    for place, value in enumerate(steps):
        y = foot - place * HAUTEUR / (len(steps) - 1) + 4
        yield Mot(x=left - 6, y=y, texte=ecrit(value), ancre="end", classe="petit sourd")


def _traits(count: int, left: float, foot: float) -> Iterator[Trait]:
    """Yield the lines of the scale, the ground the strongest."""
    for place in range(count):
        y = round(foot - place * HAUTEUR / (count - 1), 2)
        yield Trait(left, y, LARGEUR, y, "sol" if place == 0 else "grille")


def _pied(shown: Suite, left: float, step: float, foot: float) -> Iterator[Mot]:
    """Yield what the columns are called: one in one, in two… as there is room."""
    named = [(place, name) for place, name in enumerate(shown.reperes) if name]
    apart = min((b[0] - a[0] for a, b in pairwise(named)), default=len(shown.entrees)) * step
    numbers = all(name.isdigit() for _, name in named)
    lines = [[n] if shown.cles else _lignes(n, max(apart, NOM) - 5) for _, n in named]
    wide = max(largeur(line, PETIT) for name in lines for line in name) + 5
    every = next(k for k in TOUS[numbers] if wide <= k * apart)
    free = 0.0
    for rank, ((place, name), texts) in enumerate(zip(named, lines, strict=True)):
        half = max(largeur(text, PETIT) for text in texts) / 2
        x = min(left + (place + 0.5) * step, LARGEUR - half)
        if (int(name) if numbers else rank) % every == 0 and x - half >= free:
            free = x + half + 3
            for n, text in enumerate(texts):
                yield Mot(
                    x=round(x, 2),
                    y=foot + 17 + n * PETIT * 1.2,
                    texte=text,
                    ancre="middle",
                    classe="petit",
                    lien=shown.entrees[place].lien,
                    entier=name,
                )


def _lignes(name: str, place: float) -> list[str]:
    """Return a name in at most three lines."""
    return [coupe(line, place, PETIT) for line in lignes(name, place, PETIT)[:3]]


def _sommets(found: list[Entree], frame: Cadrage, line: float | None) -> Iterator[Mot]:
    """Yield the value of each column above it if all have room, or else of the highest.

    It stands beside the line at `line`, not on it.
    """
    left, step, foot, top = frame
    room = all(largeur(ecrit(e.somme), PETIT) + 3 < step for e in found)
    best = max(range(len(found)), key=lambda n: found[n].somme)
    for place, entree in enumerate(found):
        if place == best or (room and entree.somme):
            text = ecrit(entree.somme)
            half, x = largeur(text, PETIT) / 2 + 1, left + (place + 0.5) * step
            if line and abs(line - x) < half + 3:
                x = line - half - 3 if x < line else line + half + 3
            yield Mot(
                x=round(min(max(x, left + half), LARGEUR - half), 2),
                y=round(foot - float(entree.somme / top) * HAUTEUR - 4, 2),
                texte=text,
                ancre="middle",
                classe="petit fort sommet",
            )


def _repere(
    shown: Suite, plan: Plan, left: float, step: float, head: float, foot: float
) -> tuple[list[Trait], list[Mot]]:
    """Return a line after the column that the head of the query names, and what it means."""
    after = plan.repere and next(
        (n for n, key in enumerate(shown.cles, start=1) if key == plan.repere[0]), None
    )
    if not plan.repere or not after or after == len(shown.cles):
        return [], []
    x, words = round(left + after * step, 2), plan.repere[1]
    fits = x + largeur(words, PETIT) + 4 <= LARGEUR
    label = Mot(
        x=x + 4 if fits else x - 4, y=head - 20, texte=words,
        ancre="start" if fits else "end", classe="petit",
    )  # fmt: skip
    return [Trait(x, head - 29, x, foot, "repere")], [label]


def _unite(shown: Suite, left: float, foot: float) -> Iterator[Mot]:
    """Yield what the numbers below the columns are, where they do not say it themselves."""
    if shown.unite:
        x = (left + LARGEUR) / 2
        yield Mot(x=x, y=foot + PIED + 12, texte=shown.unite, ancre="middle", classe="petit sourd")
