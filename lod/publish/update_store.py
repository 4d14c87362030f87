"""The store of a release as an amendment to the one before it: their files are shared, and only
what differs is taken out and put in.

The files of a store do not change once they are written; what a store is made of today is named in
small ones, which are copied.
"""

import shutil
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from pickle import UnpicklingError

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store, Triple

from lod.base.output_tree import reuse_file
from lod.pipeline.partition_set import PartitionSet
from lod.rdf.serialize import read_turtle, triples
from lod.rdf.store import load

ONE_IN = 2  # of so many partitions, one may differ: beyond that, all is loaded
BESIDE = ("reste.nt", "links.nt")  # the data that is in no tranche
# what reading a release that somebody has damaged may bring
DAMAGED = (OSError, EOFError, ValueError, SyntaxError, RuntimeError, UnpicklingError, zlib.error)
DESCRIPTIONS = ("ontology", "exemples", "void", "service")  # dumps that are in the store, too


@dataclass(slots=True)
class StoreDelta:
    """Lines of N-Triples that go, and that come; what moves does neither."""

    removed: set[bytes] = field(default_factory=set)
    added: set[bytes] = field(default_factory=set)

    def add(self, old: Iterable[bytes], new: Iterable[bytes]) -> None:
        """Take in what became of one part of a release."""
        was, is_ = set(old), set(new)
        self.removed |= was - is_
        self.added |= is_ - was

    def settle(self) -> None:
        """Forget what only went from one part to another."""
        moved = self.removed & self.added
        self.removed -= moved
        self.added -= moved


@dataclass(frozen=True, slots=True)
class ChangedPartitions:
    """Where two releases differ: names of tranches, and those of their questions that are made of
    something else, before and after.
    """

    names: list[str]
    uids_before: set[str]
    uids_after: set[str]


def changed_partitions(
    before: Path | None, partition_set: PartitionSet
) -> ChangedPartitions | None:
    """Return where a release differs from the one before; None if that is nearly everywhere, or if
    the one before is damaged.

    None, too, if a question is gone: what somebody has withdrawn must not stay in the files of a
    store, even if no query finds it.
    """
    if before is None:
        return None
    try:
        old = PartitionSet.of(before)
        names = partition_set.differing(old)
        if len(names) * ONE_IN > len(partition_set.partitions):
            return None
        was, is_ = old.keys(names).items(), partition_set.keys(names).items()
    except DAMAGED:
        return None
    found = ChangedPartitions(names, {uid for uid, _ in was - is_}, {uid for uid, _ in is_ - was})
    return found if found.uids_before <= found.uids_after else None


def amend(
    before: Path, partition_set: PartitionSet, differing: ChangedPartitions, graphs: Iterable[str]
) -> bool:
    """Make the store of a release hold its data, and nothing else, on top of that of the one
    before; return whether that could be done.

    `graphs` are the IRIs of the named ones, which are written anew.
    """
    folder = partition_set.work / "store"
    try:
        found = _delta(before, partition_set, differing)
        gone = [*_descriptions(before), *triples(b"".join(found.removed))]
        _link(before / "store", folder)
        _take_out(folder, gone, graphs)
        load(folder, [b"".join(sorted(found.added))])
    except DAMAGED:
        shutil.rmtree(folder, ignore_errors=True)
        return False
    return True


def _take_out(folder: Path, gone: Iterable[Triple], graphs: Iterable[str]) -> None:
    """Remove triples and named graphs from a store; it is closed at the end."""
    store = Store(str(folder))
    for graph in graphs:
        store.remove_graph(NamedNode(graph))
    for triple in gone:
        store.remove(Quad(triple.subject, triple.predicate, triple.object, DefaultGraph()))
    store.flush()


def _delta(before: Path, partition_set: PartitionSet, differing: ChangedPartitions) -> StoreDelta:
    """Return what differs in the data of two releases."""
    old, found = PartitionSet.of(before), StoreDelta()
    for partition in differing.names:
        found.add(old.lines(partition), partition_set.lines(partition))
    for name in BESIDE:
        found.add(_lines(before / name), _lines(partition_set.work / name))
    found.settle()
    return found


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from file


def _descriptions(before: Path) -> Iterator[Triple]:
    """Yield what describes a release, and is in its store beside the data."""
    for name in DESCRIPTIONS:
        yield from read_turtle(before / "dumps" / f"{name}.ttl")


def _link(old: Path, new: Path) -> None:
    """Give a folder the files of a store: those that never change as links."""
    new.mkdir()
    for path in old.iterdir():
        if path.suffix == ".sst":
            reuse_file(path, new / path.name)
        elif not path.name.startswith("LOG") and path.name != "LOCK":
            shutil.copyfile(path, new / path.name)
