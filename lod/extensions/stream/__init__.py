"""The stream of publications (LDES): each state of each question, publication by publication."""

from collections.abc import Iterator
from pathlib import Path

from lod.extensions import Extension
from lod.publish.publication import Site
from lod.publish.publication_log import Follower


def _followers() -> Iterator[Follower]:
    from lod.extensions.stream.pages import lacks, redact, tell

    yield Follower(tell, redact, lacks)


def _exported(folder: Path, site: Site) -> None:
    from lod.extensions.stream.pages import write_files

    write_files(folder, site)


EXTENSION = Extension(
    purpose="a stream of linked data that keeps a copy up to date",
    routes="lod.extensions.stream.routes",
    followers=_followers,
    exported=_exported,
)
