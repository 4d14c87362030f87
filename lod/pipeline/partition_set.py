"""What a release publishes of its questions, and of all that they refer to: pieces of dumps."""

import gzip
import pickle
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from lod.base import compression
from lod.base.output_tree import take_over
from lod.base.parallel import batches
from lod.pipeline.partitions import FOLDER, RESTE, head_of, members, names_in, parts_of, sommaire_of
from lod.rdf import serialize as dump

PIECE = 64  # tranches loaded into the store at once; its memory grows with the piece
RETIRES = "retires.pickle"  # among the tranches: which documents of theirs are others' already
Pieces = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Publiees:
    """What is published of questions, and of all that they refer to, in pieces; any process may
    read them. `retires` are the documents of a tranche that an earlier one has already.
    """

    work: Path
    tranches: tuple[str, ...]
    retires: Mapping[str, Iterable[str]]
    before: Path | None = None  # the release before

    @classmethod
    def of(cls, release: Path) -> "Publiees":
        """Return what a finished release has published."""
        folder = release / FOLDER
        return cls(release, tuple(sorted(names_in(folder))), _load(folder / RETIRES) or {})

    def keep(self) -> None:
        """Write down what `of` asks for."""
        with (self.work / FOLDER / RETIRES).open("xb") as file:
            pickle.dump({nom: sorted(retires) for nom, retires in self.retires.items()}, file)

    def paths(self) -> list[Path]:
        """Return the files of the tranches, in order."""
        return [self._path(nom) for nom in self.tranches]

    def members(self) -> Iterator[Pieces]:
        """Yield the pieces of each tranche, as gzip members."""
        for nom in self.tranches:
            found = members(self._path(nom))
            yield found | self._reste(nom, found["nt"]) if nom in self.retires else found

    def ntriples(self) -> Iterator[bytes]:
        """Yield all triples, in pieces of whole lines."""
        for some in batches(self.tranches, PIECE):
            yield b"".join(map(self._text, some))
        yield self.rest()

    def lines(self, nom: str) -> list[bytes]:
        """Return the N-Triples of a tranche, line by line; none if there is no such tranche."""
        return self._text(nom).splitlines(keepends=True) if self._path(nom).is_file() else []

    def rest(self) -> bytes:
        """Return what the questions refer to, as N-Triples."""
        return (self.work / "reste.nt").read_bytes()

    def differing(self, other: "Publiees") -> list[str]:
        """Return the names of the tranches of which another release publishes something else."""
        names = sorted({*self.tranches, *other.tranches})
        return [nom for nom in names if self._made_of(nom) != other._made_of(nom)]

    def cles(self, noms: Iterable[str]) -> dict[str, str]:
        """Return question → what it was made of, in some tranches, of those that are there."""
        paths = (self._path(nom) for nom in noms)
        found = (sommaire_of(path).cles for path in paths if path.is_file())
        return dict(chain.from_iterable(cles.items() for cles in found))

    def _made_of(self, nom: str) -> tuple[Any, list[str]]:
        return head_of(self._path(nom)), sorted(self.retires.get(nom, ()))

    def _text(self, nom: str) -> bytes:
        [member] = parts_of(self._path(nom), "nt")
        return without(member, self.retires.get(nom, ()))

    def _reste(self, nom: str, member: bytes) -> Pieces:
        """Return the pieces of a tranche without the documents that others have; those of the
        release before, if it had to make the same.
        """
        key, path = self._made_of(nom), self._path(nom + RESTE)
        old = self.before and self.before / FOLDER / path.name
        if old and (known := _load(old)) and known[0] == key:
            take_over(old, path)
            pieces: Pieces = known[1]
            return pieces
        nt = without(member, self.retires[nom])
        ttl = dump.turtle_piece(dump.triples(nt))
        made = {"nt": compression.gzipped_member(nt), "ttl": compression.gzipped_member(ttl)}
        path.write_bytes(pickle.dumps((key, made)))
        return made

    def _path(self, nom: str) -> Path:
        return self.work / FOLDER / nom


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
