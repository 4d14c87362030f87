"""The picture of the model: boxes where `site/modele.csv` puts them, arrows between them.

The table says where a class stands; the properties come from the Turtle. Only labels and names
depend on the language.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from lod.base import packaged as files
from lod.website.ontology_pages.routing import (
    Cadre,
    Chemin,
    cadre,
    chemin,
    commun,
    endroits,
    touche,
)
from lod.website.ontology_pages.terms import Modele, relations, superclasses, termes

COLONNE, RANG = 166.0, 100.0  # from one column to the next, from one row to the next
LARGEUR, HAUTEUR, MARGE = 130.0, 52.0, 6.0
LETTRE, GRASSE, LIGNE = 6.9, 8.2, 15.0  # widths of a letter, in a box bold; height of a line


@dataclass(frozen=True, slots=True, kw_only=True)
class Boite:
    """A class on the picture."""

    terme: str
    x: float
    y: float
    largeur: float
    hauteur: float
    etranger: bool

    @property
    def cadre(self) -> Cadre:
        """Return the edges of the box."""
        return (self.x, self.y, self.x + self.largeur, self.y + self.hauteur)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleche:
    """An arrow from a class to a class, and the properties that it stands for."""

    de: str
    vers: str
    proprietes: tuple[str, ...]
    points: Chemin

    @property
    def trace(self) -> str:
        """Return the way as SVG spells it."""
        return _trace(self.points)


@dataclass(frozen=True, slots=True, kw_only=True)
class Etiquette:
    """The label of one property beside its arrow; `ancrage` is what `x` is of the text."""

    terme: str
    texte: str
    etranger: bool
    x: float
    y: float
    ancrage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dessin:
    """The whole picture; `troncs` end at a superclass, `branches` are the rest of its tree."""

    cadre: Cadre
    boites: tuple[Boite, ...]
    noms: dict[str, tuple[str, ...]]
    fleches: tuple[Fleche, ...]
    etiquettes: tuple[Etiquette, ...]
    troncs: tuple[str, ...]
    branches: tuple[str, ...]


@cache
def places() -> dict[str, tuple[float, float, float]]:
    """Return class → (column, row, width) of the table."""
    with files.MODELE.open(encoding="utf-8", newline="") as file:
        return {
            row["class"]: (float(row["column"]), float(row["row"]), float(row["width"]))
            for row in csv.DictReader(file)
        }


def dessin(modele: Modele) -> Dessin:
    """Return the picture of the model in its language."""
    boites, arbres, fleches = trace()
    ways = [f.points for f in fleches] + [way for arbre in arbres for way in arbre]
    segments = [cadre(s) for way in ways for s in pairwise(way)]
    edges = _toile([*(b.cadre for b in boites.values()), *segments])
    return Dessin(
        cadre=edges,
        boites=tuple(boites.values()),
        noms={t: _lignes(modele.noms[t]) for t, b in boites.items() if not b.etranger},
        fleches=fleches,
        etiquettes=tuple(_etiquettes(fleches, modele, [*boites.values()], ways, edges)),
        troncs=tuple(_trace(tronc) for tronc, *_ in arbres),
        branches=tuple(_trace(way) for _, *branches in arbres for way in branches),
    )


@cache
def trace() -> tuple[dict[str, Boite], tuple[tuple[Chemin, ...], ...], tuple[Fleche, ...]]:
    """Return boxes, trees of subclasses and arrows: no language changes them."""
    boites = {terme: _boite(terme) for terme in places()}
    arbres = tuple(_arbres(boites))
    cadres = [boite.cadre for boite in boites.values()]
    pris = [way for arbre in arbres for way in arbre]
    fleches: list[Fleche] = []
    for (de, vers), proprietes in _liens(boites):
        points = chemin(boites[de].cadre, boites[vers].cadre, cadres, pris)
        pris.append(points)
        fleches.append(Fleche(de=de, vers=vers, proprietes=proprietes, points=points))
    return boites, arbres, tuple(fleches)


def _toile(cadres: list[Cadre]) -> Cadre:
    """Return the edges of the picture."""
    left, top, right, bottom = zip(*cadres, strict=True)
    return min(left) - MARGE, min(top) - MARGE, max(right) + MARGE, max(bottom) + MARGE


def _trace(points: Chemin) -> str:
    return "M" + " L".join(f"{x:g} {y:g}" for x, y in points)


def _boite(terme: str) -> Boite:
    column, row, width = places()[terme]
    wide = LARGEUR + (width - 1) * COLONNE
    return Boite(
        terme=terme,
        x=column * COLONNE - wide / 2,
        y=row * RANG,
        largeur=wide,
        hauteur=HAUTEUR,
        etranger=terme not in termes(),
    )


def _lignes(text: str) -> tuple[str, ...]:
    """Return a name on one line, or on two where a box is too narrow for it."""
    first, _, rest = text.partition(" ")
    return (text,) if len(text) * GRASSE < LARGEUR or not rest else (first, rest)


def _liens(boites: dict[str, Boite]) -> list[tuple[tuple[str, str], tuple[str, ...]]]:
    """Return (class, class) → the properties from one to the other; easy ways first, loops last."""
    found: dict[tuple[str, str], list[str]] = {}
    for a, p, b in relations():
        if a in boites and b in boites:
            found.setdefault((a, b), []).append(p)

    def length(pair: tuple[str, str]) -> tuple[bool, bool, float, tuple[str, str]]:
        a, b = boites[pair[0]], boites[pair[1]]
        aligned = bool(commun(a.cadre, b.cadre, 0) or commun(a.cadre, b.cadre, 1))
        return a is b, not aligned, abs(a.y - b.y) + abs(a.x - b.x), pair

    return [(pair, tuple(found[pair])) for pair in sorted(found, key=length)]


def _arbres(boites: dict[str, Boite]) -> Iterator[tuple[Chemin, ...]]:
    """Yield trunk, bough and branches for each superclass, which stands above its subclasses."""
    for terme, top in boites.items():
        under = [b for t, b in boites.items() if terme in superclasses(t)]
        if under:
            x, high = top.x + top.largeur / 2, min(b.y for b in under) - 26
            middles = [b.x + b.largeur / 2 for b in under]
            yield (
                ((x, high), (x, top.y + top.hauteur)),
                ((min(x, *middles), high), (max(x, *middles), high)),
                *(((m, b.y), (m, high)) for m, b in zip(middles, under, strict=True)),
            )


def _etiquettes(
    fleches: tuple[Fleche, ...],
    modele: Modele,
    boites: list[Boite],
    ways: list[Chemin],
    toile: Cadre,
) -> Iterator[Etiquette]:
    """Yield the labels, the largest block of them first, each in the freest place it can have."""
    blocked = [boite.cadre for boite in boites]
    texts = {f: [_appel(p, modele) for p in f.proprietes] for f in fleches}
    sizes = {f: (max(map(len, t)) * LETTRE, LIGNE * len(t)) for f, t in texts.items()}
    for fleche in sorted(fleches, key=lambda f: (-sizes[f][1], -sizes[f][0], f.de, f.vers)):
        others = [cadre(s) for way in ways if way != fleche.points for s in pairwise(way)]
        places = list(endroits(fleche.points, *sizes[fleche]))
        costs = [_gene(box, blocked, others, toile) for _, box in places]
        alignment, box = places[costs.index(min(costs))]
        blocked.append(box)
        yield from _bloc(fleche, texts[fleche], alignment, box)


def _appel(propriete: str, modele: Modele) -> str:
    """Return what an arrow calls a property: a foreign one by its prefixed name."""
    return modele.noms[propriete] if propriete in termes() else propriete


def _gene(box: Cadre, blocked: list[Cadre], others: list[Cadre], toile: Cadre) -> int:
    """Return how much a label disturbs: outside the picture, over a box or a label, over a line."""
    outside = box[0] < toile[0] or box[2] > toile[2]
    over = sum(touche(box, other, 2) for other in blocked)
    return 20 * outside + 10 * over + 4 * sum(touche(box, other, 1) for other in others)


def _bloc(fleche: Fleche, texts: list[str], alignment: str, box: Cadre) -> Iterator[Etiquette]:
    """Yield the labels of one arrow, a line each."""
    x = {"start": box[0], "end": box[2], "middle": (box[0] + box[2]) / 2}[alignment]
    for n, (terme, texte) in enumerate(zip(fleche.proprietes, texts, strict=True)):
        yield Etiquette(
            terme=terme,
            texte=texte,
            etranger=terme not in termes(),
            x=round(x, 1),
            y=round(box[1] + LIGNE * n + 11.5, 1),
            ancrage=alignment,
        )
