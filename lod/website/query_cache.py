"""Where the pages of a build ask the store: a query about the whole is asked once, by whichever
process comes first; what it gave lies in a folder for the others.
"""

import hashlib
import os
import pickle
import shutil
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import Store

from lod.rdf.store import open_store, select

KEPT = 5000  # rows of an answer; of a longer one only the first, and their number
Row = dict[str, str]


class Reponse(NamedTuple):
    """What a query gave: the first rows, and how many there are."""

    rows: list[Row]
    total: int


@dataclass(frozen=True)
class Guichet:
    """A store, opened when it is first asked, and the folder of what it has answered."""

    entrepot: Path
    folder: Path

    @cached_property
    def store(self) -> Store:
        """The store, read-only."""
        return open_store(self.entrepot)

    def rows(self, texte: str) -> list[Row]:
        """Return all rows of a query, which is asked anew."""
        return list(select(self.store, texte))

    def toutes(self, texte: str) -> list[Row]:
        """Return all rows of a query that others may ask as well."""
        found = self.reponse(texte)
        return found.rows if len(found.rows) == found.total else self.rows(texte)

    def reponse(self, texte: str) -> Reponse:
        """Return what a query gives, from the folder if it is there."""
        path = self.folder / hashlib.sha256(texte.encode()).hexdigest()
        if path.is_file():
            return Reponse(*pickle.loads(path.read_bytes()))
        rows = select(self.store, texte)
        shown = list(islice(rows, KEPT))
        found = Reponse(shown, len(shown) + sum(1 for _ in rows))
        self._keep(path, found)
        return found

    def tidy(self) -> None:
        """Forget all answers: only a build needs them."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _keep(self, path: Path, found: Reponse) -> None:
        """Write an answer: whole, or not at all."""
        self.folder.mkdir(exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}")
        part.write_bytes(pickle.dumps(tuple(found)))
        part.replace(path)
