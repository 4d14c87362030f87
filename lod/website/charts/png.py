"""A chart as PNG, for programs that show no SVG: drawn by resvg, in light colours."""

import resvg_py

from lod.base import packaged

ZOOM = 2.0  # pixels for a unit of the picture: sharp in print, and on dense screens
SANS, SERIF = "DejaVu Sans", "DejaVu Serif"  # the families of `packaged.fonts()`


def can_draw() -> bool:
    """Say whether the fonts are there: `python -m lod.remote.npm` brings them."""
    return bool(packaged.fonts())


def png_of(svg: bytes) -> bytes:
    """Return an SVG file as PNG; the same bytes for the same file and fonts, on any system.

    No font of the system is used. Raises ValueError for what is no SVG.
    """
    return resvg_py.svg_to_bytes(
        svg_string=svg.decode(),
        zoom=ZOOM,
        skip_system_fonts=True,
        font_files=[str(path) for path in packaged.fonts()],
        font_family=SANS,
        sans_serif_family=SANS,
        serif_family=SERIF,
    )
