"""Keys: hashes of all that something is made of; what has the same key need not be made again."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from lod.pipeline.intake import IntakeRecord
from lod.pipeline.reference_data import ReferenceData


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of questions in one build.

    The day up to which the data goes is in none of them: it counts only where a question waits.
    """

    made_with: str  # hash of program, its files, settings and archives: `BuildPlan.made_with`
    tables: ReferenceData

    def question(self, records: Sequence[IntakeRecord]) -> bytes:
        """Return the key of a question: its corrections, and names, lines, bytes of its records."""
        hashed = sha256(self.made_with.encode())
        hashed.update(self.tables.review.fingerprint_of(records[0].uid).encode())
        for record in records:
            hashed.update(f"{record.name}\0{record.line}\0{record.sha256}\n".encode())
        return hashed.digest()

    def day(self, records: Sequence[IntakeRecord]) -> str:
        """Return the day up to which the data of the legislature of a question goes."""
        return str(self.tables.data_until.get(records[0].legislature))
