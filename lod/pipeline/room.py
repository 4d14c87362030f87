"""The room that a release will take on the disk, known once its records are read."""

import os
from dataclasses import dataclass
from pathlib import Path

from lod.base.errors import LodError
from lod.pipeline.intake import IntakeRecord

# measured with 479, 5,000 and 24,000 records. For a new one: what does not depend on its texts,
# and what grows with them; for one that the release before has published, whose files are shared;
# and for what is in every release
OCTETS_NEW, TIMES_ITS_SIZE, OCTETS_KNOWN, OCTETS_AT_ALL = 38_000, 4, 20_000, 50_000_000
FILES_NEW, FILES_AT_ALL = 0.3, 2_300


@dataclass(slots=True)
class Room:
    """Bytes and files that are needed."""

    octets: int = OCTETS_AT_ALL
    files: float = FILES_AT_ALL

    def add(self, record: IntakeRecord) -> None:
        """Take in a record that will be published."""
        if record.outcome:
            self.octets += OCTETS_NEW + TIMES_ITS_SIZE * record.size
            self.files += FILES_NEW
        else:
            self.octets += OCTETS_KNOWN

    def check(self, folder: Path) -> str:
        """Say what is needed; raise LodError if the disk of a folder has less."""
        disk = os.statvfs(folder)
        free, needed = disk.f_bavail * disk.f_frsize, f"{self.octets / 1e6:,.0f} MB"
        told = f"about {needed} and {self.files:,.0f} files"
        wrong = f"{folder.parent}: this release needs {told}"
        do = "free some, or build on another disk"
        if free < self.octets:
            raise LodError(f"{wrong}, {free / 1e6:,.0f} MB are free; {do}")
        if disk.f_files > 0 and disk.f_favail < self.files:  # 0: the disk does not count them
            raise LodError(f"{wrong}, {disk.f_favail:,} files can still be made; {do}")
        return told
