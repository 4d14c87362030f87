"""The pages that are there once: home, downloads, quality, endpoint, and those on the model."""

from typing import Any

from lod.base.settings import Settings
from lod.pipeline.build_report import LISTED, Bilan
from lod.pipeline.validation.validate import targets
from lod.publish.downloads import Fichier
from lod.publish.query_catalogue import query_text
from lod.publish.void import first_day
from lod.website.charts.charts import Image, images, write_images
from lod.website.documents import embedded
from lod.website.guides import write_guides
from lod.website.links_page import page_liens
from lod.website.ontology_pages.ontology_writer import write_notice
from lod.website.query_cache import Guichet
from lod.website.query_tables import tableau
from lod.website.rendering import Contexte, render, write_page
from lod.website.robots import jeu
from lod.website.sparql_page import write_interrogation

REPARATIONS = {
    "numeric references": "Références numériques (&#339;) changées en lettres",
    "mojibake": "Texte UTF-8 lu comme windows-1252, relu (Ã© : é)",
    "windows-1252": "Guillemets et apostrophes de windows-1252 rétablis",
    "control characters": "Caractères de contrôle ôtés",
}
SEVERITES = {"Violation": "Refus", "Warning": "Avertissement", "Info": "Information"}


def write_pages(
    contexte: Contexte,
    bilan: Bilan,
    fichiers: list[Fichier],
    settings: Settings,
    guichet: Guichet,
    version: str,
) -> int:
    """Write the single pages; return how many."""
    dessins = images(guichet, contexte)
    dates = {"donnees_au": contexte.donnees_au.isoformat(), "debut": first_day(guichet.store)}
    data = jeu(settings, fichiers, version=version, **dates)
    write_page(contexte, "index", embedded(accueil(contexte, dessins, guichet), data))
    pages: dict[str, dict[str, Any]] = {
        "licence": {},
        "telechargements/index": {"fichiers": fichiers},
        "qualite": {"constats": constats(bilan), "limite": LISTED,
                    "reparations": reparations(bilan), "foyers": foyers(bilan),
                    "ecarts": list(bilan.ecarts.items()),
                    "couverture": tableau(guichet, "couverture", contexte.base)},
    }  # fmt: skip
    for path, values in pages.items():
        template = "telechargements.html" if path.startswith("tele") else f"{path}.html"
        html = render(template, contexte, path, bilan=bilan, settings=settings, **values)
        write_page(contexte, path, html)
    write_page(contexte, "liens", page_liens(contexte, bilan.liens, guichet))
    write_images(contexte, dessins)
    write_interrogation(contexte, guichet.store)
    return len(pages) + 4 + write_guides(contexte) + write_notice(contexte, settings)


def accueil(contexte: Contexte, dessins: dict[str, Image], guichet: Guichet) -> bytes:
    """Return the home page: how much there is, in numbers and pictures, and what came last."""
    tables = {nom: tableau(guichet, nom, contexte.base) for nom in ("totaux", "types", "recentes")}
    premiere = query_text("vie-d-une-question")
    return render("index.html", contexte, "index", images=dessins, exemple=premiere, **tables)


def reparations(bilan: Bilan) -> list[tuple[str, int]]:
    """Return what had to be mended in the records, in words, and in how many values."""
    return [(nom, bilan.repairs[kind]) for kind, nom in REPARATIONS.items() if bilan.repairs[kind]]


def foyers(bilan: Bilan) -> list[tuple[str, int]]:
    """Return each shape that has a target, and how many nodes it has looked at."""
    return [(shape.rpartition("#")[2], bilan.foyers[shape]) for shape in sorted(targets())]


def constats(bilan: Bilan) -> list[dict[str, Any]]:
    """Return what SHACL found, by shape: the gravest first, then the most frequent."""
    order = list(SEVERITES)
    found = sorted(
        bilan.constats.items(), key=lambda item: (order.index(item[1].severity), -item[1].count)
    )
    return [
        {
            "severite": SEVERITES[constat.severity],
            "message": constat.message,
            "nombre": constat.count,
            "exemples": constat.examples,
        }
        for _, constat in found
    ]
