"""What a release publishes of its questions, and of all that they refer to: pieces of dumps."""

import gzip
import pickle
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from lod.base import compression
from lod.base.output_tree import reuse_file
from lod.base.parallel import batches
from lod.pipeline.partitions import (
    FOLDER,
    OWN_PIECES,
    head_of,
    members,
    names_in,
    parts_of,
    summary_of,
)
from lod.rdf import serialize

PIECE = 64  # tranches loaded into the store at once; its memory grows with the piece
STATED_BEFORE = (
    "retires.pickle"  # among the tranches: which documents of theirs are others' already
)
Pieces = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class PartitionSet:
    """What is published of questions, and of all that they refer to, in pieces; any process may
    read them. `stated_before` are the documents of a tranche that an earlier one has already.
    """

    work: Path
    partitions: tuple[str, ...]
    stated_before: Mapping[str, Iterable[str]]
    before: Path | None = None  # the release before

    @classmethod
    def of(cls, release: Path) -> "PartitionSet":
        """Return what a finished release has published."""
        folder = release / FOLDER
        return cls(release, tuple(sorted(names_in(folder))), _load(folder / STATED_BEFORE) or {})

    def keep(self) -> None:
        """Write down what `of` asks for."""
        with (self.work / FOLDER / STATED_BEFORE).open("xb") as file:
            pickle.dump(
                {name: sorted(documents) for name, documents in self.stated_before.items()}, file
            )

    def paths(self) -> list[Path]:
        """Return the files of the tranches, in order."""
        return [self._path(name) for name in self.partitions]

    def members(self) -> Iterator[Pieces]:
        """Yield the pieces of each tranche, as gzip members."""
        for name in self.partitions:
            found = members(self._path(name))
            yield (
                found | self._own_pieces(name, found["nt"]) if name in self.stated_before else found
            )

    def ntriples(self) -> Iterator[bytes]:
        """Yield all triples, in pieces of whole lines."""
        for some in batches(self.partitions, PIECE):
            yield b"".join(map(self._text, some))
        yield self.remainder()

    def lines(self, name: str) -> list[bytes]:
        """Return the N-Triples of a tranche, line by line; none if there is no such tranche."""
        return self._text(name).splitlines(keepends=True) if self._path(name).is_file() else []

    def remainder(self) -> bytes:
        """Return what the questions refer to, as N-Triples."""
        return (self.work / "reste.nt").read_bytes()

    def differing(self, other: "PartitionSet") -> list[str]:
        """Return the names of the tranches of which another release publishes something else."""
        names = sorted({*self.partitions, *other.partitions})
        return [name for name in names if self._made_of(name) != other._made_of(name)]

    def keys(self, names: Iterable[str]) -> dict[str, str]:
        """Return question → what it was made of, in some tranches, of those that are there."""
        paths = (self._path(name) for name in names)
        found = (summary_of(path).keys for path in paths if path.is_file())
        return dict(chain.from_iterable(keys.items() for keys in found))

    def _made_of(self, name: str) -> tuple[Any, list[str]]:
        return head_of(self._path(name)), sorted(self.stated_before.get(name, ()))

    def _text(self, name: str) -> bytes:
        [member] = parts_of(self._path(name), "nt")
        return without(member, self.stated_before.get(name, ()))

    def _own_pieces(self, name: str, member: bytes) -> Pieces:
        """Return the pieces of a tranche without the documents that others have; those of the
        release before, if it had to make the same.
        """
        key, path = self._made_of(name), self._path(name + OWN_PIECES)
        old = self.before and self.before / FOLDER / path.name
        if old and (known := _load(old)) and known[0] == key:
            reuse_file(old, path)
            pieces: Pieces = known[1]
            return pieces
        nt = without(member, self.stated_before[name])
        ttl = serialize.turtle_piece(serialize.triples(nt))
        made = {"nt": compression.gzipped_member(nt), "ttl": compression.gzipped_member(ttl)}
        path.write_bytes(pickle.dumps((key, made)))
        return made

    def _path(self, name: str) -> Path:
        return self.work / FOLDER / name


def without(member: bytes, documents: Iterable[str]) -> bytes:
    """Return the N-Triples of a piece without the lines of some documents."""
    nt = gzip.decompress(member)
    left_out = tuple(f"<{iri}{end}".encode() for iri in documents for end in (">", "#"))
    if not left_out:
        return nt
    return b"".join(line for line in nt.splitlines(True) if not line.startswith(left_out))


def _load(path: Path) -> Any:
    """Return what was pickled in a file; None if there is none, or half of one."""
    try:
        return pickle.loads(path.read_bytes())
    except (OSError, EOFError, pickle.UnpicklingError):
        return None
