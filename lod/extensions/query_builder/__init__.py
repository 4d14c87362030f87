"""The query builder: a form made of shapes and ontology, and the SPARQL that its choices mean."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lod.extensions import Extension
from lod.publish.draft import Draft
from lod.publish.publication import Once, Output

if TYPE_CHECKING:
    from flask import Blueprint


def _outputs(_: Draft) -> Iterator[Output]:
    from lod.extensions.query_builder.page import write_builder_page

    yield Once(write_builder_page)


def _blueprints() -> "Iterator[Blueprint]":
    from lod.extensions.query_builder.routes import blueprint

    yield blueprint


EXTENSION = Extension(
    purpose="questions without SPARQL: a form that writes the query",
    outputs=_outputs,
    blueprints=_blueprints,
    store_paths=("/construire",),
)
