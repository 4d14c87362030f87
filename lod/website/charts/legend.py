"""Keys of a picture: what the colours of series, and the shades of classes, stand for."""

from decimal import Decimal

from lod.website.charts.marks import CORPS, PETIT, Marque, Mot, Serie, largeur
from lod.website.charts.scales import CLASSES, ecrit

HAUT = 2.0  # room above a picture
CLE, RANG = 12.0, 20.0  # a side of a key, from one row of keys to the next


def legende(kinds: tuple[Serie, ...], width: float) -> tuple[list[Mot], list[Marque], float]:
    """Return words and keys of the series, in rows that fit, and where the picture may begin."""
    words: list[Mot] = []
    keys: list[Marque] = []
    x, y = 0.0, HAUT
    for kind in kinds:
        long = CLE + 5 + largeur(kind.titre) + 12
        if x and x + long - 12 > width:
            x, y = 0.0, y + RANG
        keys.append(_cle(x, y, serie=kind.nom, bulle=kind.titre))
        words.append(Mot(x=x + CLE + 5, y=y + CORPS * 0.85, texte=kind.titre, classe="cle"))
        x += long
    return words, keys, y + RANG + 6


def nuances(
    ends: list[Decimal], width: float, y: float, unite: str
) -> tuple[list[Mot], list[Marque], float]:
    """Return words and keys of the shades, in rows that fit, and where they end."""
    words: list[Mot] = [Mot(x=0, y=y + CORPS * 0.85, texte=unite, classe="petit sourd")]
    keys: list[Marque] = []
    x = largeur(unite, PETIT) + 8
    for shade, end in zip(range(CLASSES - len(ends) + 1, CLASSES + 1), ends, strict=True):
        texte = f"≤\u00a0{ecrit(end)}"
        long = CLE + 4 + largeur(texte, PETIT)
        if x + long > width:
            x, y = 0.0, y + RANG
        keys.append(_cle(x, y, classe=f"t{shade}", bulle=f"{unite}\u00a0: {texte}"))
        words.append(Mot(x=x + CLE + 4, y=y + CORPS * 0.85, texte=texte, classe="petit cle"))
        x += long + 9
    return words, keys, y + CLE + 4


def _cle(x: float, y: float, bulle: str, serie: str = "", classe: str = "") -> Marque:
    return Marque(
        x=x, y=y, largeur=CLE, hauteur=CLE, bulle=bulle, serie=serie, classe=f"cle {classe}".strip()
    )
