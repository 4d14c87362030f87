"""Temporary files for long answers: bounded for all clients together, and for each."""

import io
import tempfile
import threading
from collections import Counter
from collections.abc import Callable

from lod.server.common.problems import Problem
from lod.server.limits import TEMPORARY_BYTES, TEMPORARY_SHARE


class HeldFile(io.BufferedRandom):
    """A temporary file that gives its space back when it is closed."""

    def __init__(self, raw: io.RawIOBase, release: Callable[[], None]) -> None:
        super().__init__(raw)
        self._release = release

    def close(self) -> None:
        """Remove the file, and give its space back once."""
        if not self.closed:
            super().close()
            self._release()


class TemporarySpace:
    """The space that is left; used by many threads."""

    def __init__(self, total: int = TEMPORARY_BYTES, share: int = TEMPORARY_SHARE) -> None:
        self._total, self._share = total, share
        self._lock = threading.Lock()
        self._taken: Counter[str] = Counter()  # network → bytes of its files

    def file(self, network: str, size: int) -> HeldFile:
        """Return an empty file for `size` bytes; raise Problem if there is no space for it."""
        with self._lock:
            if self._taken[network] + size > self._share:
                detail = "lisez d’abord les longues réponses que vous avez demandées"
                raise Problem("part-prise", detail)
            if self._taken.total() + size > self._total:
                raise Problem("occupe", "trop de longues réponses à la fois ; réessayez plus tard")
            self._taken[network] += size
        try:
            raw = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  whoever reads it closes it
            return HeldFile(raw, lambda: self._give_back(network, size))
        except OSError:
            self._give_back(network, size)
            raise

    def taken(self) -> int:
        """Return the bytes of all files."""
        with self._lock:
            return self._taken.total()

    def _give_back(self, network: str, size: int) -> None:
        with self._lock:
            self._taken[network] -= size
            if not self._taken[network]:
                del self._taken[network]
