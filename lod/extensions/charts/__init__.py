"""Charts: the rows of a query drawn as SVG and PNG, on pages and by themselves; and maps."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lod.extensions import Extension
from lod.publish.draft import Draft
from lod.publish.publication import Once, Output, Site

if TYPE_CHECKING:
    from lod.website.rendering.query_tables import Picture, QueryTable, ResultRows


def _outputs(_: Draft) -> Iterator[Output]:
    from lod.extensions.charts.files import write_charts

    yield Once(write_charts)


def _pictures(rows: "QueryTable | ResultRows") -> "Iterable[Picture]":
    from lod.extensions.charts.files import picture_of
    from lod.extensions.charts.results import views
    from lod.website.rendering.query_tables import QueryTable

    return picture_of(rows) if isinstance(rows, QueryTable) else views(rows)


def _exported(_: Path, site: Site) -> None:
    """Remove the links to cards from exported pages: only a server draws cards."""
    from lod.extensions.charts.cards import without_card

    for kind in ("depute", "ministere"):
        for page in sorted((site.tree.folder / kind).glob("*.html")):
            site.tree.write(str(page.relative_to(site.tree.folder)), without_card(page))


EXTENSION = Extension(
    purpose="the rows of a query as a chart or a map, and the picture of a page that is shared",
    outputs=_outputs,
    routes="lod.extensions.charts.card_routes",
    pictures=_pictures,
    exported=_exported,
)
