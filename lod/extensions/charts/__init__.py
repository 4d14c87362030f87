"""Charts: the rows of a query drawn as SVG and PNG, on pages and by themselves; and maps."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from lod.extensions import Extension
from lod.publish.draft import Draft
from lod.publish.publication import Last, Output

if TYPE_CHECKING:
    from lod.website.rendering.query_tables import Picture, QueryTable, ResultRows


def _outputs(draft: Draft) -> Iterator[Output]:
    from lod.extensions.charts.files import write_charts

    yield Last(write_charts, draft.site, draft.query_cache)


def _pictures(rows: "QueryTable | ResultRows") -> "Iterable[Picture]":
    from lod.extensions.charts.files import picture_of
    from lod.extensions.charts.results import views
    from lod.website.rendering.query_tables import QueryTable

    return picture_of(rows) if isinstance(rows, QueryTable) else views(rows)


EXTENSION = Extension(
    purpose="the rows of a query as a chart or a map", outputs=_outputs, pictures=_pictures
)
