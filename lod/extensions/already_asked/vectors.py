"""The vectors of a release, `sens.npy`: one of each question, made in the build, searched by angle.

The file is an array of numpy, which any program reads. A question is read by its heading and title,
or else by the beginning of its text.
"""

from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lod.extensions.already_asked.encoder import SIZE, Encoder, Vectors, encoder
from lod.model.question import Question
from lod.pipeline.questions.previous import DAMAGED
from lod.publish.publication import Output, Task, Workshop

FILE = "sens.npy"
ROW = np.dtype([("uid", "S24"), ("cle", "V8"), ("vecteur", np.int8, SIZE)])
BEGINNING = 200  # characters of the text of a question without title
BATCH = 500  # questions whose vectors are in memory as texts
CANDIDATES = 400  # rows whose signs are the most alike, of which the nearest are chosen
Rows = NDArray[np.void]


def text_of(q: Question) -> str:
    """Return what is encoded of a question; "" if it has neither title nor text."""
    title = q.titre or (q.texte or "")[:BEGINNING]
    return ". ".join(filter(None, (q.rubrique, title.capitalize() if title.isupper() else title)))


class VectorOutput(Output):
    """The file of vectors; those of the release before are taken over where the text is the same.

    Nothing is written without an encoder.
    """

    name = "vectors"

    def setup(self) -> Iterator[Task]:
        """Yield one task: two processes would both load the encoder."""
        if made_by := encoder():
            yield _write, made_by.name


def _write(shop: Workshop, name: str) -> None:
    made_by = encoder()
    assert made_by, "the build has it"
    before = shop.previous.folder
    known = _by_key(before / FILE) if before else {}
    rows = np.zeros(shop.questions.count(), ROW)
    waiting: list[tuple[int, str]] = []  # row and text, of those that are new
    for row, stored in enumerate(shop.questions.questions()):
        text = text_of(stored.question)
        key = _key(name, text)
        rows[row] = (stored.uid.encode(), key, known.get(key, 0))
        if text and key not in known:
            waiting.append((row, text))
        if len(waiting) == BATCH:
            _fill(rows, waiting, made_by)
    _fill(rows, waiting, made_by)
    with (shop.questions.release / FILE).open("wb") as file:
        np.save(file, rows, allow_pickle=False)


def _fill(rows: Rows, waiting: list[tuple[int, str]], made_by: Encoder) -> None:
    """Encode the texts that wait, and have none wait any more."""
    if waiting:
        numbers, texts = zip(*waiting, strict=True)
        rows["vecteur"][list(numbers)] = made_by.encode(texts)
        waiting.clear()


def _key(name: str, text: str) -> bytes:
    return sha256(f"{name}\n{text}".encode()).digest()[:8]


def _by_key(path: Path) -> dict[bytes, Vectors]:
    """Return key → vector of a file; nothing if there is none, or if it cannot be read."""
    try:
        rows = np.load(path, mmap_mode="r", allow_pickle=False)
        return {bytes(row["cle"]): row["vecteur"] for row in rows} if rows.dtype == ROW else {}
    except DAMAGED:
        return {}


class VectorIndex:
    """The vectors of a release, of which a few are read for a request: the signs of all, 64 bytes a
    question, say which.
    """

    def __init__(self, rows: Rows) -> None:
        self._uids, self._vectors = rows["uid"], rows["vecteur"]
        self._signs = _signs(self._vectors)
        self._known = np.flatnonzero(np.any(self._vectors != 0, axis=1))
        order = np.argsort(self._uids)
        self._sorted, self._order = self._uids[order], order

    def of_uid(self, uid: str) -> Vectors | None:
        """Return the vector of a question; None if it has none."""
        place = int(np.searchsorted(self._sorted, uid.encode()))
        if place == len(self._sorted) or self._sorted[place] != uid.encode():
            return None
        vector = self._vectors[self._order[place]]
        return vector if vector.any() else None

    def nearest(self, vector: Vectors, most: int) -> list[tuple[str, float]]:
        """Return the uids of the questions nearest to a vector, each with the cosine of the angle
        between them, the nearest first.
        """
        apart = np.bitwise_count(self._signs[self._known] ^ _signs(vector[np.newaxis])).sum(axis=1)
        few = min(CANDIDATES, len(self._known))
        rows = self._known[np.argpartition(apart, few - 1)[:few]] if few else self._known
        chosen, asked = self._vectors[rows].astype(np.float32), vector.astype(np.float32)
        # products of bytes are whole numbers that a float holds: equal on every machine
        lengths = np.linalg.norm(chosen, axis=1) * np.linalg.norm(asked)
        cosines = (chosen @ asked) / np.maximum(lengths, 1)
        best = sorted(zip(-cosines, self._uids[rows], strict=True))[:most]
        return [(uid.decode(), float(-cosine)) for cosine, uid in best]


def _signs(vectors: Vectors) -> NDArray[np.uint64]:
    """Return whether each number of some vectors is positive, as bits."""
    return np.packbits(vectors > 0, axis=1).view(np.uint64)


@lru_cache(2)  # a new release, and the one before it
def vectors_of(release: Path) -> VectorIndex | None:
    """Return the vectors of a release; None if it has none, or of another program."""
    try:
        rows = np.load(release / FILE, mmap_mode="r", allow_pickle=False)
    except DAMAGED:
        return None
    return VectorIndex(rows) if rows.dtype == ROW else None
