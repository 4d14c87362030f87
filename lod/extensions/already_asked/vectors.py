"""The vectors of a release, made by the build, searched by angle: `sens.npy` has one for each
question, `sens-mots.npy` one for each word of a title; `sens.txt` names the encoder.

They are arrays of numpy, which any program reads. The vector of a question is that of its heading
and title, or else of the beginning of its text.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import sha256
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lod.extensions.already_asked.encoder import SIZE, Vectors, encoder
from lod.model.question import Question
from lod.pipeline.questions.previous import DAMAGED
from lod.publish.publication import Output, Task, Workshop
from lod.publish.search.words import WordForms

QUESTIONS, WORDS, MADE_BY = "sens.npy", "sens-mots.npy", "sens.txt"
NAME_BYTES = 40  # of a uid or a word, at most; a longer word has no vector
ROW = np.dtype([("nom", f"S{NAME_BYTES}"), ("cle", "V8"), ("vecteur", np.int8, SIZE)])
BEGINNING = 200  # characters of the text of a question without title
MOST_WORDS = 20_000  # words with vectors: the most frequent ones of titles and headings
BATCH = 500  # texts that are encoded at once
CANDIDATES = 400  # rows with the most similar signs, from which the nearest are chosen
Rows = NDArray[np.void]


def text_of(q: Question) -> str:
    """Return the text of a question that is encoded; "" if it has neither title nor text."""
    title = q.titre or (q.texte or "")[:BEGINNING]
    return ". ".join(filter(None, (q.rubrique, title.capitalize() if title.isupper() else title)))


class VectorOutput(Output):
    """The files of vectors; those of the release before are taken over where the text is the same.

    Without an encoder, no file is written.
    """

    name = "vectors"

    def setup(self) -> Iterator[Task]:
        """Yield one task: two processes would both load the encoder."""
        if made_by := encoder():
            yield _write_all, made_by.name


def _write_all(shop: Workshop, name: str) -> None:
    before, release, forms = shop.previous.folder, shop.questions.release, WordForms()
    (release / MADE_BY).write_text(f"{name}\n", "utf-8")

    def questions() -> Iterator[tuple[str, str]]:
        for stored in shop.questions.questions():
            q = stored.question
            forms.add(" ".join(filter(None, (q.rubrique, q.tete_analyse, q.titre))))
            yield q.uid, text_of(q)

    _write(release / QUESTIONS, questions(), before and before / QUESTIONS)
    frequent = sorted(forms.rows(), key=lambda row: -row[2])[:MOST_WORDS]
    words = sorted(form for _, form, _ in frequent if len(form.encode()) <= NAME_BYTES)
    _write(release / WORDS, ((word, word) for word in words), before and before / WORDS)


def _write(path: Path, texts: Iterable[tuple[str, str]], before: Path | None) -> None:
    """Write the vectors of (name, text) pairs; an empty text has a vector of zeros.

    `before` is a file with vectors that may be taken over.
    """
    made_by = encoder()
    assert made_by, "setup has yielded no task without it"
    known, written, texts = _by_key(before), [], iter(texts)
    while batch := list(islice(texts, BATCH)):
        rows = np.zeros(len(batch), ROW)
        keys = [_key(made_by.name, text) for _, text in batch]
        new = [n for n, (key, (_, text)) in enumerate(zip(keys, batch, strict=True))
               if text and key not in known]  # fmt: skip
        for row, (name, _), key in zip(rows, batch, keys, strict=True):
            row["nom"], row["cle"], row["vecteur"] = name.encode(), key, known.get(key, 0)
        if new:
            rows["vecteur"][new] = made_by.encode([batch[n][1] for n in new])
        written.append(rows)
    with path.open("wb") as file:
        np.save(file, np.concatenate(written or [np.zeros(0, ROW)]), allow_pickle=False)


def _key(name: str, text: str) -> bytes:
    return sha256(f"{name}\n{text}".encode()).digest()[:8]


def _rows(path: Path | None) -> Rows | None:
    """Return the rows of a file; None if there is none, or if it cannot be read."""
    try:
        rows = np.load(path, mmap_mode="r", allow_pickle=False) if path else None
    except DAMAGED:
        return None
    return rows if rows is not None and rows.dtype == ROW else None


def _by_key(path: Path | None) -> dict[bytes, Vectors]:
    """Return key → vector of a file."""
    rows = _rows(path)
    return {} if rows is None else {bytes(row["cle"]): row["vecteur"] for row in rows}


class VectorIndex:
    """The vectors of a file. A request reads only a few of them: those whose signs, kept in memory
    with 64 bytes a row, are the most similar.
    """

    def __init__(self, rows: Rows) -> None:
        self._vectors = rows["vecteur"]
        self._known = np.flatnonzero(np.any(self._vectors != 0, axis=1))
        # column by column, as 64-bit words: compared three times as fast
        self._signs = np.ascontiguousarray(_signs(self._vectors[self._known]).T)
        self._names = rows["nom"]
        self._rows = {str(name, "utf-8"): n for n, name in enumerate(self._names.tolist())}

    def of_name(self, name: str) -> Vectors | None:
        """Return the vector of a question or word; None if it has none."""
        row = self._rows.get(name)
        vector = None if row is None else self._vectors[row]
        return vector if vector is not None and vector.any() else None

    def nearest(self, vector: Vectors, most: int) -> list[tuple[str, float]]:
        """Return the names whose vectors are nearest to `vector`, each with the cosine of the angle
        between them, the nearest first; CANDIDATES at most.
        """
        bits = np.bitwise_count(self._signs ^ _signs(vector[np.newaxis]).T)
        differing = bits.sum(axis=0, dtype=np.uint16)  # signs that differ, for each row
        count = min(CANDIDATES, len(self._known))
        rows = self._known[np.argpartition(differing, count - 1)[:count]] if count else self._known
        best = sorted(zip(-self._cosines(vector, rows), self._names[rows].tolist(), strict=True))
        return [(str(name, "utf-8"), float(-cosine)) for cosine, name in best[:most]]

    def cosines(self, vector: Vectors, names: Iterable[str]) -> dict[str, float]:
        """Return name → cosine between its vector and this one, of those that have one."""
        rows = {name: row for name in names if (row := self._rows.get(name)) is not None}
        cosines = self._cosines(vector, np.array([*rows.values()], dtype=np.int64))
        return dict(zip(rows, cosines.tolist(), strict=True))

    def _cosines(self, vector: Vectors, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        # products of bytes are whole numbers that a float holds: equal on every machine
        candidates, sought = self._vectors[rows].astype(np.float32), vector.astype(np.float32)
        lengths = np.linalg.norm(candidates, axis=1) * np.linalg.norm(sought)
        cosines: NDArray[np.float32] = (candidates @ sought) / np.maximum(lengths, 1)
        return cosines


def _signs(vectors: Vectors) -> NDArray[np.uint64]:
    """Return for each number of the vectors a bit that says whether it is positive."""
    return np.packbits(vectors > 0, axis=1).view(np.uint64)


def made_by(release: Path) -> str:
    """Return the name of the encoder of the vectors of a release; "" if it has none."""
    path = release / MADE_BY
    return path.read_text("utf-8").strip() if path.is_file() else ""


@lru_cache(4)  # two files of a new release, and two of the release before
def vectors_of(path: Path) -> VectorIndex | None:
    """Return the vectors of a file; None if it does not exist, or is of another version."""
    rows = _rows(path)
    return None if rows is None else VectorIndex(rows)
