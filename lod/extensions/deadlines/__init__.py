"""Deadlines: which answers are due, by ministry, group and deputy, as pages and as a calendar."""

from collections.abc import Iterator
from pathlib import Path

from lod.extensions import Extension
from lod.publish.draft import Draft
from lod.publish.publication import Once, Output, Site


def _outputs(_: Draft) -> Iterator[Output]:
    from lod.extensions.deadlines.files import write_deadlines

    yield Once(write_deadlines)


def _exported(_: Path, site: Site) -> None:
    from lod.extensions.deadlines.files import write_subjects

    write_subjects(site)


EXTENSION = Extension(
    purpose="which answers are due, as pages and as a calendar",
    outputs=_outputs,
    routes="lod.extensions.deadlines.routes",
    # made from a file, not by the store, but limited as its answers are
    store_paths=("/echeances/",),
    exported=_exported,
)
