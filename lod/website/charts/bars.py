"""Bars: a category a line, its name above its bar, the parts of the bar beside each other."""

from collections.abc import Iterator
from decimal import Decimal

from lod.website.charts.legend import HAUT, legende
from lod.website.charts.marks import PETIT, Marque, Mot, Serie, Trace, deux_lignes, largeur
from lod.website.charts.scales import ecrit
from lod.website.charts.spec import Entree, Plan, entrees, series
from lod.website.query_tables import Tableau

LARGEUR, BARRE, NOM = 400.0, 13.0, 17.0  # of the picture, of a bar, of a name above it
MONTREES = 12  # bars; the rest is told in words
FENTE = 1.0  # between the parts of a bar


def barres(tableau: Tableau, plan: Plan) -> Trace:
    """Return the picture of the first categories of a table."""
    kinds = series(plan.series)
    found = entrees(tableau, plan.categories[0], plan.series)
    shown = found if len(found) <= MONTREES + 1 else found[:MONTREES]
    most = max(e.somme for e in shown) or Decimal(1)
    words, keys, top = legende(kinds, LARGEUR) if len(kinds) > 1 else ([], [], HAUT)
    y = top
    for entree in shown:
        names = [*_noms(entree, y)]
        words += names
        y = names[-1].y + 5
        for mark, label in _parts(entree, kinds, y, most):
            keys.append(mark)
            words += [label] if label else []
        y += BARRE + (PETIT * 1.3 if len(kinds) > 1 else 0) + 9
    rest = _reste(found[len(shown) :], kinds)
    if rest:
        words.append(Mot(x=0, y=y + NOM - 5, texte=rest, classe="sourd"))
    best = max(shown, key=lambda e: e.somme)
    return Trace(
        largeur=LARGEUR,
        hauteur=y + (NOM if rest else -4),
        marques=(*keys,),
        mots=(*words,),
        plus=(best.nom, ecrit(best.somme)),
        note=f"Les {MONTREES} premières lignes de la table sont dessinées." if rest else "",
    )


def _noms(entree: Entree, y: float) -> Iterator[Mot]:
    """Yield the total of a category at the end of its line, and its name, in two lines at most."""
    total = ecrit(entree.somme)
    y += NOM - 5
    yield Mot(x=LARGEUR, y=y, texte=total, ancre="end", classe="fort")
    room = LARGEUR - largeur(total) - 16  # the total is bold
    for place, line in enumerate(deux_lignes(entree.nom, room, LARGEUR)):
        yield Mot(x=0, y=y + place * (NOM - 1), texte=line, lien=entree.lien, entier=entree.nom)


def _parts(
    entree: Entree, kinds: tuple[Serie, ...], y: float, most: Decimal
) -> Iterator[tuple[Marque, Mot | None]]:
    """Yield the parts of a bar, each with its value below it where there is room."""
    x = free = 0.0
    for kind, value in zip(kinds, entree.valeurs, strict=True):
        wide = round(float(value / most) * LARGEUR, 2)
        if value:
            bulle = f"{entree.nom}, {kind.titre.lower()}\u00a0: {ecrit(value)}"
            label = _valeur(ecrit(value), x, y, wide, free) if len(kinds) > 1 else None
            free = label.cadre[2] + 4 if label else free
            yield (
                Marque(x=x, y=y, largeur=wide, hauteur=BARRE, bulle=bulle, serie=kind.nom),
                label,
            )
        x = round(x + wide, 2)


def _valeur(texte: str, x: float, y: float, wide: float, free: float) -> Mot | None:
    """Return the value of a part, if it can begin below it, clear of the one before."""
    start = max(x + 1, free)
    if start > x + wide or start + largeur(texte, PETIT) > LARGEUR:
        return None
    return Mot(x=round(start, 2), y=y + BARRE + PETIT, texte=texte, classe="petit")


def _reste(rest: list[Entree], kinds: tuple[Serie, ...]) -> str:
    """Return what is said of the categories that have no bar."""
    if not rest:
        return ""
    if not all(kind.somme for kind in kinds):
        return f"Et {len(rest)} autres, dans la table"
    return f"Et {len(rest)} autres\u00a0: {ecrit(sum((e.somme for e in rest), Decimal(0)))}"
