"""Cards: the picture of each kind of page for those who share its address (`og:image`)."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lod.base.packaged import fonts
from lod.extensions import cards
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
    """Write the card of each kind of page, and those that other extensions have, in each language;
    none if the fonts are not there.
    """
    if not fonts():
        return
    of_kinds, of_pages = dict[str, bytes](), dict[str, bytes]()
    for language in LANGUAGES:
        with written_in(language):
            for kind, title in titles().items():
                of_kinds[f"{FOLDER}/{kind}{suffix()}"] = _svg(site, translated(title))
            of_pages |= {f"{path}{suffix()}": svg for path, svg in cards(site).items()}
    for svgs in (of_kinds, of_pages):  # apart: those of kinds are the same for many releases
        for path, png in zip(svgs, _drawn(*svgs.values()), strict=True):
            site.tree.write(f"{path}.png", png)


@cache  # a process that builds several releases, as tests do, draws the same cards once
def _drawn(*svgs: bytes) -> list[bytes]:
    with TemporaryDirectory() as name:
        paths = [Path(name) / f"{number}.svg" for number in range(len(svgs))]
        for path, svg in zip(paths, svgs, strict=True):
            path.write_bytes(svg)
        draw_all(Path(name), fonts())
        return [path.with_suffix(".png").read_bytes() for path in paths]


def _svg(site: Site, title: str) -> bytes:
    lines = wrap(typeset(title), ROOM, SIZE)
    return render("images/partage.svg", site.publication, FOLDER, titre=lines, taille=SIZE)
