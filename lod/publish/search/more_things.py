"""What a search names beside the things of its index: extensions find it."""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from lod.publish.search.things import Thing


class MoreThings(Protocol):
    """What an extension finds by a text beside the things of an index, and tells of any thing."""

    def named(
        self, connection: sqlite3.Connection, text: str, *, is_typing: bool
    ) -> Iterable[Thing]:
        """Return the things that a text names, or begins to name."""

    def similar(self, connection: sqlite3.Connection, text: str) -> Iterable[Thing]:
        """Return the things whose names are only similar to a text that names nothing."""

    def told(self, thing: Thing) -> Mapping[str, Any]:
        """Return more fields of the JSON of any thing."""
