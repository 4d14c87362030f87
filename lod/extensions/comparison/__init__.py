"""Comparison: two deputies, groups or ministries side by side."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lod.extensions import Extension

if TYPE_CHECKING:
    from flask import Blueprint


def _blueprints() -> "Iterator[Blueprint]":
    from lod.extensions.comparison.routes import blueprint

    yield blueprint


EXTENSION = Extension(
    purpose="two deputies, groups or ministries side by side",
    blueprints=_blueprints,
    own_query_paths=("/comparer",),
)
