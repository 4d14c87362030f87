"""Charts and maps: the rows of a query drawn as SVG."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from lod.extensions import Extension
from lod.publish.draft import Draft
from lod.publish.publication import Once, Output

if TYPE_CHECKING:
    from lod.website.rendering.query_tables import Picture, QueryTable


def _outputs(_: Draft) -> Iterator[Output]:
    from lod.extensions.charts.files import write_charts

    yield Once(write_charts)


def _pictures(table: "QueryTable") -> "Iterable[Picture]":
    from lod.extensions.charts.files import picture_of

    return picture_of(table)


EXTENSION = Extension(
    purpose="the rows of a query as a chart or a map", outputs=_outputs, pictures=_pictures
)
