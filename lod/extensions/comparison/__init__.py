"""Comparison: two deputies, groups or ministries side by side."""

from lod.extensions import Extension

EXTENSION = Extension(
    purpose="two deputies, groups or ministries side by side",
    routes="lod.extensions.comparison.routes",
    own_query_paths=("/comparer",),
)
