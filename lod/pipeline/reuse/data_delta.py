"""The difference between the data of two releases: partitions, questions, triples."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from lod.pipeline.partition_set import REMAINDER, PartitionSet
from lod.pipeline.reuse.memo import DAMAGED

ONE_IN = 2  # of the partitions may differ: beyond that, all is loaded
BESIDE = (REMAINDER, "links.nt")  # the data that is in no partition


@dataclass(slots=True)
class DataDelta:
    """What goes and what comes; what only moves from one part to another does neither."""

    removed: set[bytes] = field(default_factory=set)  # lines of N-Triples
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
    """Where a release differs from the one before it."""

    names: list[str]  # of partitions
    uids_before: set[str]  # their questions made of something else, or gone
    uids_after: set[str]  # their questions made of something else, or new


def changed_partitions(before: Path | None, partitions: PartitionSet) -> ChangedPartitions | None:
    """Return where a release differs from the one before; None if there is none, if it is damaged,
    or if nearly everything differs.

    None, too, if a question is gone: what somebody has withdrawn must not stay in the files of a
    store, even if no query finds it.
    """
    if before is None:
        return None
    try:
        old = PartitionSet.of(before)
        names = partitions.differing(old)
        if len(names) * ONE_IN > len(partitions.partitions):
            return None
        was, is_ = old.keys(names).items(), partitions.keys(names).items()
    except DAMAGED:
        return None
    found = ChangedPartitions(names, {uid for uid, _ in was - is_}, {uid for uid, _ in is_ - was})
    return found if found.uids_before <= found.uids_after else None


def delta(before: Path, partitions: PartitionSet, changed: ChangedPartitions) -> DataDelta:
    """Return the triples that differ; raise one of DAMAGED if the release before is."""
    old, found = PartitionSet.of(before), DataDelta()
    for name in changed.names:
        found.add(old.lines(name), partitions.lines(name))
    for name in BESIDE:
        old_file, new_file = before / name, partitions.work / name
        found.add(old_file.read_bytes().splitlines(True), new_file.read_bytes().splitlines(True))
    found.settle()
    return found
