"""The release before, as far as a build may reuse it: who asks it need not know its files."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from lod.base.output_tree import reuse_file
from lod.pipeline.convert import ProvenBefore
from lod.pipeline.intake import KnownRecord, PartitionRecords, RecordKey
from lod.pipeline.partition_file import FOLDER, PartitionHead, head_of, summary_of
from lod.pipeline.reuse.keys import Keys
from lod.pipeline.reuse.memo import SUFFIX, Memo, read_memo, write_memo
from lod.pipeline.validation.validate import Result

RECORDS = f"records{SUFFIX}"


@dataclass(frozen=True, slots=True)
class Previous:
    """What the release before offers; without a folder, nothing."""

    folder: Path | None = None  # of that release

    @property
    def site(self) -> Path | None:
        """Return the site of that release."""
        return self.folder and self.folder / "site"

    def file(self, name: str) -> Path | None:
        """Return where that release would keep a file for the next one."""
        return self.folder and self.folder / FOLDER / name

    def memo(self, name: str) -> Memo | None:
        """Return what that release kept under a name; None if nothing, or nothing whole."""
        return read_memo(self.file(name))

    def known_records(self, made_with: str) -> dict[RecordKey, KnownRecord]:
        """Return what that release knows of each record, if it was made with the same."""
        found = self.memo(RECORDS)
        return found.value if found and found.key == made_with else {}

    def take_partition(self, made_of: PartitionRecords, keys: Keys, folder: Path) -> bool:
        """Take over the file of a partition if it is made of the very same; say whether it is."""
        path, head = self._partition(made_of, keys)
        if not path or not head or head.key != keys.partition(made_of):
            return False
        reuse_file(path, folder / made_of.name)
        return True

    def proven(self, partitions: Iterable[PartitionRecords], keys: Keys) -> ProvenBefore:
        """Return what that release found about the unchanged questions of changed partitions."""
        uids: set[str] = set()
        results: list[Result] = []
        focus_nodes: dict[str, Counter[str]] = {}
        for partition in partitions:
            path, _ = self._partition(partition, keys)
            if path:
                old = summary_of(path)
                made_of = {
                    records[0].uid: keys.question(records) for records in partition.questions
                }
                uids |= {uid for uid, key in made_of.items() if old.keys.get(uid) == key}
                results += old.results
                focus_nodes |= old.focus_nodes
        return ProvenBefore(uids, results, focus_nodes)

    def _partition(
        self, made_of: PartitionRecords, keys: Keys
    ) -> tuple[Path | None, PartitionHead | None]:
        """Return file and head of a partition that is whole, of this program, true on this day."""
        path = self.file(made_of.name)
        head = head_of(path) if path else None
        fits = head and head.made_with == keys.made_with and head.day in (None, keys.day(made_of))
        return (path, head) if fits else (None, None)


NO_PREVIOUS = Previous()  # for the first release


def keep_records(folder: Path, made_with: str, records: Mapping[RecordKey, KnownRecord]) -> None:
    """Keep in a folder of this release what the next one asks `known_records` for."""
    write_memo(folder / RECORDS, made_with, dict(records))
