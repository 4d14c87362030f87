"""Pictures: the rows of a query as SVG that can be read, read aloud, printed and taken away.

The head of a query says how it is drawn; a picture is made from the rows of the table below it.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise

from lod.base.tabular import csv_line
from lod.model.dates import en_toutes_lettres
from lod.publish.query_catalogue import requetes
from lod.website.charts.bars import barres
from lod.website.charts.columns import colonnes
from lod.website.charts.heatmap import grille
from lod.website.charts.map import carte
from lod.website.charts.marks import PETIT, Image, Trace, lignes
from lod.website.charts.spec import Plan, fait, plan, series
from lod.website.charts.style import habit
from lod.website.query_cache import Guichet
from lod.website.query_tables import Tableau, tableau, variables
from lod.website.rendering import Contexte, render, typo, write_page

__all__ = ["GENRES", "Image", "dessiner", "images", "write_images"]
GENRES: dict[str, Callable[[Tableau, Plan], Trace]] = {
    "barres": barres,
    "carte": carte,
    "colonnes": colonnes,
    "grille": grille,
}


def dessiner(rows: Tableau) -> Image | None:
    """Return the picture of a table; None if its query asks for none, or there is no row."""
    if not rows.requete.image or not rows.lignes:
        return None
    asked = plan(rows.requete.image)
    drawn = GENRES[asked.genre](rows, asked)
    return Image(
        tableau=rows,
        genre=asked.genre,
        fait=fait(rows, asked, drawn),
        series=series(asked.series),
        trace=drawn,
    )


def images(guichet: Guichet, contexte: Contexte) -> dict[str, Image]:
    """Return name → picture, for every query about the whole dataset that asks to be drawn."""
    asked = (r.nom for r in requetes().values() if r.image and not r.fiche)
    drawn = ((nom, dessiner(tableau(guichet, nom, contexte.base))) for nom in asked)
    return {nom: image for nom, image in drawn if image}


def write_images(contexte: Contexte, found: dict[str, Image]) -> int:
    """Write the page with all pictures, and each as a file of its own, SVG and CSV; return 1."""
    write_page(contexte, "images", render("images.html", contexte, "images", images=found))
    for nom, image in found.items():
        contexte.site.write(f"images/{nom}.svg", _seule(image, contexte))
        contexte.site.write(f"images/{nom}.csv", b"".join(_csv(image.tableau)))
    return 1


def _seule(image: Image, contexte: Contexte) -> bytes:
    """Return a picture as a file of its own: with what it answers, its source, its style."""
    width = image.trace.largeur
    jour = en_toutes_lettres(contexte.donnees_au)
    source = f"Source : Assemblée nationale, Licence Ouverte ; données jusqu’au {jour}"
    return render(
        "images/seul.svg",
        contexte,
        f"images/{image.nom}",
        image=image,
        titre=lignes(typo(image.titre), width, 16),
        texte=lignes(f"{image.fait} {image.trace.note}".strip(), width),
        source=lignes(typo(source), width, PETIT),
        habit=habit(),
    )


def _csv(rows: Tableau) -> Iterator[bytes]:
    """Yield what the query gives, IRIs too, as the endpoint would."""
    names = variables(rows.requete.corps)
    shown = {colonne.nom for colonne in rows.colonnes}
    after = dict(pairwise(names))
    yield csv_line(names)
    for ligne in rows.lignes:
        yield csv_line(ligne[n].valeur if n in shown else ligne[after[n]].iri for n in names)
