"""What can be taken off: the table of extensions, and the one value that each of them is.

An extension hangs on the core, which imports none of them; no extension imports another. To take
one off is to delete its line below and the folders of its name: `extensions/NAME` in `lod`, `site`,
`ontology`, `shapes` and `tests`, as far as they are there.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from click import Group
    from flask import Blueprint

    from lod.publish.draft import Draft
    from lod.publish.output import Output

NAMES: tuple[str, ...] = (
    "query_builder",  # /construire: a form that writes the query
    "spark",  # python -m lod.extensions.spark: the conversion of a build on a cluster
    "wikidata",  # lod link: asks Wikidata which items are our deputies
)


def _nothing(*_: object) -> tuple[()]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """What one capability adds; its functions import what they need when they are called."""

    purpose: str  # in one line
    outputs: "Callable[[Draft], Iterable[Output]]" = _nothing  # what a build writes for it
    blueprints: "Callable[[], Iterable[Blueprint]]" = _nothing  # what a server answers
    store_paths: tuple[str, ...] = ()  # beginnings of the paths whose answers come from the store
    commands: "Callable[[Group], object]" = _nothing  # adds commands and options to `lod`


@cache
def extensions() -> tuple[Extension, ...]:
    """Return all extensions, in the order of the table."""
    return tuple(import_module(f"{__name__}.{name}").EXTENSION for name in NAMES)
