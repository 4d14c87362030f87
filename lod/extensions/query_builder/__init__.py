"""The query builder: a form made of shapes and ontology, and the SPARQL that its choices mean."""

from collections.abc import Iterator

from lod.extensions import Extension
from lod.publish.draft import Draft
from lod.publish.publication import Once, Output


def _outputs(_: Draft) -> Iterator[Output]:
    from lod.extensions.query_builder.page import write_builder_page

    yield Once(write_builder_page)


EXTENSION = Extension(
    purpose="questions without SPARQL: a form that writes the query",
    outputs=_outputs,
    routes="lod.extensions.query_builder.routes",
    store_paths=("/construire",),
)
