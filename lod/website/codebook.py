"""The codebook: what each column of the tables means, and each code in them."""

from lod.base import packaged
from lod.publish.publication import Site
from lod.publish.tables.columns import BETWEEN, OPEN_LISTS, ColumnKind, codes_of, tables
from lod.website.rendering import MODEL_PAGE, render, write_page
from lod.website.shape_tables import anchors

PATH = "colonnes"
KIND_NAMES: dict[ColumnKind, str] = {
    "texte": "texte",
    "prose": "texte",
    "nombre": "nombre entier",
    "decimal": "nombre",
    "jour": "jour",
    "booleen": "true ou false",
    "code": "code",
    "adresse": "adresse",
}


def write_codebook(site: Site) -> None:
    """Write the page, of `site/tables.csv`, `site/colonnes.csv` and the ontology."""
    listed: dict[str, list[str]] = {}
    for table in tables().values():
        for column in table.columns:
            if column.liste:
                listed.setdefault(column.liste, []).append(f"{table.nom}.{column.nom}")
    html = render(
        "colonnes.html",
        site.publication,
        PATH,
        tables=list(tables().values()),
        genres=KIND_NAMES,
        listes=listed,
        codes={name: codes_of(name) for name in listed},
        ouvertes=OPEN_LISTS,
        entre=BETWEEN.strip(),
        ancres=anchors() if packaged.has_template(MODEL_PAGE) else {},
    )
    write_page(site, PATH, html)
