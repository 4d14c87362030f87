"""Where the pages of a build ask the store: a query about the whole is asked once, by whichever
process comes first; its answer lies in a folder for the other processes.
"""

import hashlib
import os
import shutil
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import NamedTuple, Protocol

import orjson
from pyoxigraph import Store

from lod.rdf.store import Row, open_store, select

KEPT = 5000  # rows of an answer; of a longer one only the first, and their number


class QueryAnswer(NamedTuple):
    """What a query gave: the first rows, and how many there are."""

    rows: list[Row]
    total: int


class Asked(Protocol):
    """What answers queries."""

    def rows(self, text: str, /) -> list[Row]: ...

    def all_rows(self, text: str, /) -> list[Row]:
        """Return all rows of a query that others may ask as well."""
        ...


@dataclass(frozen=True)
class QueryCache:
    """A store, opened when it is first asked, and the folder of what it has answered."""

    store_path: Path
    folder: Path

    def __getstate__(self) -> dict[str, object]:
        """Leave the store out: a process may be started after this one has opened it."""
        return {name: value for name, value in vars(self).items() if name != "store"}

    @cached_property
    def store(self) -> Store:
        return open_store(self.store_path)

    def rows(self, text: str) -> list[Row]:
        return list(select(self.store, text))

    def all_rows(self, text: str) -> list[Row]:
        answer = self.answer(text)
        return answer.rows if len(answer.rows) == answer.total else self.rows(text)

    def answer(self, text: str) -> QueryAnswer:
        """Return what a query gives, from the folder if it is there."""
        path = self.folder / hashlib.sha256(text.encode()).hexdigest()
        if path.is_file():
            return QueryAnswer(*orjson.loads(path.read_bytes()))
        rows = select(self.store, text)
        shown = list(islice(rows, KEPT))
        answer = QueryAnswer(shown, len(shown) + sum(1 for _ in rows))
        self.folder.mkdir(exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}")  # each process writes its own, whole
        part.write_bytes(orjson.dumps([*answer]))
        part.replace(path)
        return answer

    def tidy(self) -> None:
        """Forget all answers: only a build needs them."""
        shutil.rmtree(self.folder, ignore_errors=True)
