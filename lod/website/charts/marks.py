"""What a picture is made of: rectangles, words and lines, and how much room words take."""

from dataclasses import dataclass
from typing import Literal

from lod.website.query_tables import Tableau

CORPS = 13.0  # height of the letters of a picture, in its units
PETIT = 12.0  # of its small print
LETTRES = {  # how wide they may be, in heights: as in the widest of the usual fonts
    **dict.fromkeys("fijlrt.,:;'’ ·|!()[]-\u00a0\u202f", 0.41),
    **dict.fromkeys("mwMWŒœÆæ@%…—", 0.98),
}
Ancre = Literal["start", "middle", "end"]
Cadre = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True, kw_only=True)
class Marque:
    """A rectangle that stands for a value; `serie` gives its fill, or `classe` if there is none."""

    x: float
    y: float
    largeur: float
    hauteur: float
    bulle: str
    serie: str = ""
    classe: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mot:
    """A line of text; `entier` is all of it where it was cut, `lien` where it leads to."""

    x: float
    y: float
    texte: str
    ancre: Ancre = "start"
    classe: str = ""
    lien: str = ""
    entier: str = ""
    debout: bool = False

    @property
    def cadre(self) -> Cadre:
        """Return the edges of the text, as wide as its letters may be."""
        corps = PETIT if "petit" in self.classe else CORPS
        long = largeur(self.texte, corps)
        before = {"start": 0.0, "middle": long / 2, "end": long}[self.ancre]
        if self.debout:
            return self.x - corps * 0.8, self.y - long + before, self.x + corps * 0.2, self.y
        return self.x - before, self.y - corps * 0.8, self.x - before + long, self.y + corps * 0.2


@dataclass(frozen=True, slots=True)
class Trait:
    """A line of the frame: of the scale, or of what a picture points out."""

    x1: float
    y1: float
    x2: float
    y2: float
    classe: str = "grille"


@dataclass(frozen=True, slots=True)
class Serie:
    """What one colour stands for; `trame` is its texture, `somme`: its values may be added up."""

    nom: str
    titre: str
    teinte: str
    trame: str
    somme: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What a kind of picture makes of a table; `note` says what was left out or put together,
    `plus` where there is most, and how much.
    """

    largeur: float
    hauteur: float
    marques: tuple[Marque, ...]
    mots: tuple[Mot, ...]
    plus: tuple[str, str]
    traits: tuple[Trait, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture: its table, what it is called, the main fact in a sentence, and how it is drawn."""

    tableau: Tableau
    genre: str
    fait: str
    series: tuple[Serie, ...]
    trace: Trace

    @property
    def nom(self) -> str:
        """The name of the query."""
        return self.tableau.requete.nom

    @property
    def titre(self) -> str:
        """The question that the picture answers."""
        return self.tableau.requete.titre


def largeur(texte: str, corps: float = CORPS) -> float:
    """Return the room that a text may take, in units of the picture."""
    return corps * sum(LETTRES.get(c, 0.76 if c.isupper() else 0.64) for c in texte)


def coupe(texte: str, place: float, corps: float = CORPS) -> str:
    """Return a text that fits, cut with « … » if it must be.

    >>> coupe("Agriculture", 200), coupe("Agriculture et souveraineté", 100)
    ('Agriculture', 'Agriculture…')
    """
    if largeur(texte, corps) <= place:
        return texte
    short = next(n for n in range(len(texte), -1, -1) if largeur(texte[:n] + "…", corps) <= place)
    return texte[:short].rstrip(" ,:;-–") + "…"


def lignes(texte: str, place: float, corps: float = CORPS) -> list[str]:
    """Return a text in lines that fit, broken at spaces that may break.

    >>> lignes("un deux trois", 60)
    ['un deux', 'trois']
    """
    found = [""]
    for mot in texte.split(" "):
        longer = f"{found[-1]} {mot}".lstrip()
        if largeur(longer, corps) <= place or not found[-1]:
            found[-1] = longer
        else:
            found.append(mot)
    return found


def deux_lignes(texte: str, premiere: float, seconde: float) -> list[str]:
    """Return a text in at most two lines, which have not the same room."""
    first = lignes(texte, premiere)[0]
    rest = texte[len(first) + 1 :]
    return [coupe(first, premiere), *([coupe(rest, seconde)] if rest else [])]
