"""Cards: the picture of each kind of page for those who share its address (`og:image`)."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lod.base.packaged import fonts
from lod.extensions.charts.marks import wrap
from lod.extensions.charts.png import draw_all
from lod.publish.publication import Site
from lod.publish.query_cache import QueryCache
from lod.website.rendering.language import LANGUAGES, suffix, translated, written_in
from lod.website.rendering.templates import load_template, render, typeset

FOLDER = "partage"  # of the site
ROOM, SIZE = 1040.0, 64.0  # of a title: its width, its font size


def titles() -> Mapping[str, str]:
    """Return kind of page → its French title; a page of another kind has that of the first."""
    macros: Any = load_template("partage_macros.html").module
    return dict(macros.CARTES)


def write_cards(site: Site, _: QueryCache) -> None:
    """Write the card of each kind of page in each language; none if the fonts are not there."""
    if not fonts():
        return
    with TemporaryDirectory() as name:
        folder = Path(name)
        for language in LANGUAGES:
            with written_in(language):
                for kind, title in titles().items():
                    (folder / f"{kind}{suffix()}.svg").write_bytes(_svg(site, translated(title)))
        draw_all(folder, fonts())
        for path in sorted(folder.glob("*.png")):
            site.tree.write(f"{FOLDER}/{path.name}", path.read_bytes())


def _svg(site: Site, title: str) -> bytes:
    lines = wrap(typeset(title), ROOM, SIZE)
    return render("images/partage.svg", site.publication, FOLDER, titre=lines, taille=SIZE)
