"""A site to be written into a folder, as a build has one."""

from datetime import date
from pathlib import Path
from typing import Any

from lod.base.output_tree import OutputTree
from lod.publish.publication import CrossReferences, Publication, Site
from tests.support.paths import BASE

DAY = date(2026, 1, 1)


def site_in(
    folder: Path, publisher: str = "", day: date = DAY, base: str = BASE, **references: Any
) -> Site:
    """Return a site; `references` are those of `CrossReferences`."""
    publication = Publication(base, publisher, day)
    return Site(publication, OutputTree(folder), CrossReferences(**references))
