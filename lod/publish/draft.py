"""A release that is being written: what its outputs are made of."""

from dataclasses import dataclass

from lod.pipeline.gather import Gathered
from lod.pipeline.settling import BuildPlan
from lod.publish.downloads import Downloads
from lod.publish.fill_store import StoreOutput
from lod.publish.publication import Site
from lod.publish.query_cache import QueryCache


@dataclass(frozen=True, slots=True)
class Draft:
    """What every output of a release may ask; its store is filled when outputs are closed."""

    plan: BuildPlan
    gathered: Gathered
    site: Site
    query_cache: QueryCache
    store: StoreOutput
    downloads: Downloads
