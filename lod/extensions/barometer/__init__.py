"""Barometer: what each week of the data was, as pages with addresses that stay, and a picture."""

from collections.abc import Iterator
from pathlib import Path

from lod.extensions import Extension
from lod.publish.draft import Draft
from lod.publish.publication import Last, Output, Site


def _outputs(draft: Draft) -> Iterator[Output]:
    from lod.extensions.barometer.files import write_barometer

    yield Last(write_barometer, draft.site)


def _exported(folder: Path, site: Site) -> None:
    from lod.extensions.barometer.files import write_weeks

    write_weeks(folder, site)


EXTENSION = Extension(
    purpose="what each week of the data was: who is late, who waits longest, what is asked again",
    outputs=_outputs,
    routes="lod.extensions.barometer.routes",
    # made by SQL on files, not by the store, but limited as its answers are
    store_paths=("/barometre/",),
    exported=_exported,
)
