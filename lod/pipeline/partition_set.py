"""All that a release publishes of its questions and of what they refer to, piece by piece."""

import gzip
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from lod.base.compression import gzipped_member
from lod.base.output_tree import reuse_file
from lod.base.parallel import batches
from lod.pipeline.partition_file import FOLDER, head_of, members, names_in, parts_of, summary_of
from lod.pipeline.reuse.memo import SUFFIX, read_memo, write_memo
from lod.pipeline.reuse.previous import NO_PREVIOUS, Previous
from lod.rdf.serialize import triples, turtle_piece

PIECE = 64  # partitions loaded into the store at once; its memory grows with the piece
OWN_PIECES = f".own{SUFFIX}"  # after the name of a partition: its pieces without what others state
STATED_BEFORE = f"stated-before{SUFFIX}"
REMAINDER = "reste.nt"  # in a release: what questions refer to, as N-Triples

Pieces = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class PartitionSet:
    """The partitions of a release; any process may read them."""

    work: Path  # the folder of the release
    partitions: tuple[str, ...]  # their names, in order
    stated_before: Mapping[str, Iterable[str]]  # partition → documents that an earlier one states
    previous: Previous = NO_PREVIOUS

    @classmethod
    def of(cls, release: Path) -> "PartitionSet":
        """Return the partitions of a finished release."""
        folder = release / FOLDER
        stated = read_memo(folder / STATED_BEFORE)
        return cls(release, tuple(sorted(names_in(folder))), stated.value if stated else {})

    def keep(self) -> None:
        """Write down what `of` asks for."""
        stated = {name: sorted(documents) for name, documents in self.stated_before.items()}
        write_memo(self.work / FOLDER / STATED_BEFORE, None, stated)

    def paths(self) -> list[Path]:
        """Return the files of the partitions, in order."""
        return [self._path(name) for name in self.partitions]

    def members(self) -> Iterator[Pieces]:
        """Yield the pieces of each partition, as gzip members."""
        for name in self.partitions:
            found = members(self._path(name))
            is_shared = name in self.stated_before
            yield found | self._own_pieces(name, found["nt"]) if is_shared else found

    def ntriples(self) -> Iterator[bytes]:
        """Yield all triples, in pieces of whole lines."""
        for some in batches(self.partitions, PIECE):
            yield b"".join(map(self._text, some))
        yield self.remainder()

    def lines(self, name: str) -> list[bytes]:
        """Return the N-Triples of a partition, line by line; none if there is no such partition."""
        return self._text(name).splitlines(keepends=True) if self._path(name).is_file() else []

    def remainder(self) -> bytes:
        """Return what the questions refer to, as N-Triples."""
        return (self.work / REMAINDER).read_bytes()

    def differing(self, other: "PartitionSet") -> list[str]:
        """Return the names of the partitions of which another release publishes something else."""
        names = sorted({*self.partitions, *other.partitions})
        return [name for name in names if self._made_of(name) != other._made_of(name)]

    def keys(self, names: Iterable[str]) -> dict[str, str]:
        """Return question → its key, in some partitions, of those that are there."""
        paths = (self._path(name) for name in names)
        found = (summary_of(path).keys for path in paths if path.is_file())
        return dict(chain.from_iterable(keys.items() for keys in found))

    def _made_of(self, name: str) -> tuple[Any, list[str]]:
        return head_of(self._path(name)), sorted(self.stated_before.get(name, ()))

    def _text(self, name: str) -> bytes:
        [member] = parts_of(self._path(name), "nt")
        return without(member, self.stated_before.get(name, ()))

    def _own_pieces(self, name: str, member: bytes) -> Pieces:
        """Return the pieces of a partition without the documents that an earlier one states; they
        are taken over from the release before if they are made of the same there.
        """
        key, path = self._made_of(name), self._path(name + OWN_PIECES)
        old, known = self.previous.file(path.name), self.previous.memo(path.name)
        if old and known and known.key == key:
            reuse_file(old, path)
            pieces: Pieces = known.value
            return pieces
        nt = without(member, self.stated_before[name])
        made = {"nt": gzipped_member(nt), "ttl": gzipped_member(turtle_piece(triples(nt)))}
        write_memo(path, key, made)
        return made

    def _path(self, name: str) -> Path:
        return self.work / FOLDER / name


def without(member: bytes, documents: Iterable[str]) -> bytes:
    """Return the N-Triples of a gzip member without the lines of some documents."""
    nt = gzip.decompress(member)
    left_out = tuple(f"<{iri}{end}".encode() for iri in documents for end in (">", "#"))
    if not left_out:
        return nt
    return b"".join(line for line in nt.splitlines(True) if not line.startswith(left_out))
