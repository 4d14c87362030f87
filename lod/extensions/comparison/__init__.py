"""Comparison: two deputies, groups or ministries side by side."""

from pathlib import Path

from lod.extensions import Extension
from lod.publish.publication import Site


def _exported(_: Path, site: Site) -> None:
    from lod.extensions.comparison.routes import write_form

    write_form(site)


EXTENSION = Extension(
    purpose="two deputies, groups or ministries side by side",
    routes="lod.extensions.comparison.routes",
    search_paths=("/comparer",),
    exported=_exported,
)
