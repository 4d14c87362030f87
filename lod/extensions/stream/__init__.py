"""The stream of publications (LDES): each state of each question, publication by publication."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lod.extensions import Extension
from lod.publish.publication import Site
from lod.publish.publication_log import Follower

if TYPE_CHECKING:
    from flask import Blueprint


def _blueprints() -> "Iterator[Blueprint]":
    from lod.extensions.stream.routes import blueprint

    yield blueprint


def _followers() -> Iterator[Follower]:
    from lod.extensions.stream.pages import redact, tell

    yield Follower(tell, redact)


def _exported(folder: Path, site: Site) -> None:
    from lod.extensions.stream.pages import write_files

    write_files(folder, site)


EXTENSION = Extension(
    purpose="a stream of linked data that keeps a copy up to date",
    blueprints=_blueprints,
    followers=_followers,
    exported=_exported,
)
