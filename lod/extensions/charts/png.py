"""SVG files drawn as PNG, in a process of its own, which needs nothing else of the program."""

import subprocess
import sys
from pathlib import Path

from resvg_py import svg_to_bytes

SANS, SERIF = "DejaVu Sans", "DejaVu Serif"  # the families of the fonts that `.ci/vendor` brings


def draw_all(folder: Path, fonts: list[Path]) -> None:
    """Draw each SVG file of a folder as PNG beside it, in another process."""
    subprocess.run([sys.executable, "-P", __file__, str(folder), *map(str, fonts)], check=True)


def draw(svg: Path, fonts: list[str]) -> bytes:
    """Return a file as PNG: the same bytes on any system, as no font of the system is used."""
    return svg_to_bytes(
        svg_string=svg.read_text("utf-8"),
        skip_system_fonts=True,
        font_files=fonts,
        font_family=SANS,
        sans_serif_family=SANS,
        serif_family=SERIF,
    )


if __name__ == "__main__":
    for path in sorted(Path(sys.argv[1]).glob("*.svg")):
        path.with_suffix(".png").write_bytes(draw(path, sys.argv[2:]))
