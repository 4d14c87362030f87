"""A chart as a file of its own: SVG, and PNG for programs that show no SVG."""

import re
from functools import cache

import resvg_py

from lod.base import packaged
from lod.extensions.charts.marks import SMALL_SIZE, Chart, fonts, wrap
from lod.model.dates import french_date
from lod.publish.publication import Publication
from lod.website.rendering import render, typeset

ZOOM = 2.0  # pixels for a unit of the picture: sharp in print, and on dense screens
SANS, SERIF = "DejaVu Sans", "DejaVu Serif"  # the families of `fonts()`
START = "/* images:"  # where these rules begin in the stylesheet; they end at the next @media


def svg_of(chart: Chart, publication: Publication) -> bytes:
    """Return the SVG file of a chart, with its title, main fact, source and style."""
    width = chart.drawing.width
    day = french_date(publication.data_until)
    source = f"Source : Assemblée nationale, Licence Ouverte ; données jusqu’au {day}"
    return render(
        "images/seul.svg",
        publication,
        f"images/{chart.name}",
        image=chart,
        titre=wrap(typeset(chart.title), width, 16),
        texte=wrap(f"{chart.fact} {chart.drawing.note}".strip(), width),
        source=wrap(typeset(source), width, SMALL_SIZE),
        habit=inline_style(),
    )


@cache
def inline_style() -> str:
    """Return the rules for pictures of the stylesheet in light colours, then in dark ones for
    readers who prefer these: few programs but browsers know `var()` and `light-dark()`.
    """
    css = (packaged.STATIC / "style.css").read_text("utf-8")
    declared = dict(re.findall(r"--([\w-]+): ([^;]+);", css))
    own = css[css.index(START) :]
    rules = "\n".join(re.findall(r"(?m)^\.image [^{]+\{[^}]+\}", own.partition("\n@media")[0]))

    def filled(side: int) -> str:
        """Return the rules with values for variables; `side` of `light-dark()` is 0 or 1."""

        def value(found: re.Match[str]) -> str:
            pair = re.fullmatch(r"light-dark\((.+), (.+)\)", declared[found[1]])
            return pair[side + 1] if pair else declared[found[1]]

        return re.sub(r"var\(--([\w-]+)\)", value, rules)

    return f"{filled(0)}\n@media (prefers-color-scheme: dark) {{\n{filled(1)}\n}}"


def png_of(svg: bytes) -> bytes:
    """Return an SVG file as PNG in light colours; the same bytes for the same file and fonts, on
    any system: no font of the system is used. Raises ValueError for what is no SVG.
    """
    return resvg_py.svg_to_bytes(
        svg_string=svg.decode(),
        zoom=ZOOM,
        skip_system_fonts=True,
        font_files=[str(path) for path in fonts()],
        font_family=SANS,
        sans_serif_family=SANS,
        serif_family=SERIF,
    )
