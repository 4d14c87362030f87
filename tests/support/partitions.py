"""Partitions of one release after another, made of records alone: neither store nor site."""

from pathlib import Path
from tempfile import TemporaryFile

from lod.base.output_tree import OutputTree
from lod.pipeline.intake import Intake, RecordReader, read_records
from lod.pipeline.partition_file import FOLDER
from lod.pipeline.partition_summary import PartitionSummary
from lod.pipeline.partitions import PartitionMaker, make_partitions
from lod.pipeline.reference_data import ReferenceData
from lod.pipeline.reuse.keys import Keys
from lod.pipeline.reuse.previous import RECORDS, Previous, keep_records
from lod.pipeline.validation.validate import FAST
from lod.rdf.iris import Iris
from lod.sources.forms import Record
from tests.support.paths import BASE
from tests.support.paths import CASES as FORMS

Case = tuple[str, bytes]  # its folder, and its own number
CASES = FORMS / "an_json"
PLAIN, OPEN = ("plain", b"90001"), ("unknown_deputy", b"90009")  # answered; one that waits
WARNED = "without_text", b"90007"  # of which SHACL has something to say


def record(numero: int, titre: str = "", case: Case = PLAIN) -> Record:
    """A case, as a question with another number, and perhaps another title."""
    name, own = case
    data = (CASES / name / "source.json").read_bytes()
    assert data.count(own) == 2
    data = data.replace(own, b"%d" % numero)
    return Record(f"/x/{numero}.json", f"x/{numero}.json", data + titre.encode())


class Chantier:
    """Folders of one release after another, each made of records by the same program."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.number = folder, 0

    def make(
        self, *records: Record, made_with: str = "made", tables: ReferenceData | None = None
    ) -> dict[str, PartitionSummary]:
        """Make the partitions of a release on top of the one before; return their summaries."""
        before = self.folder / str(self.number) if self.number else None
        self.number += 1
        work, previous = self.folder / str(self.number), Previous(before)
        (work / FOLDER).mkdir(parents=True)
        reader = RecordReader(OutputTree(work / "site"), previous.known_records("made"))
        with TemporaryFile() as file:
            intake = Intake(file)
            for _, found in read_records(records, reader, 1):
                assert not found.findings
                intake.add(found)
            keys = Keys(made_with, tables or ReferenceData(data_until=intake.facts.data_until))
            maker = PartitionMaker(work / FOLDER, work / "site", Iris(BASE), keys, FAST, previous)
            made = {s.name: s for s in make_partitions(maker, intake.partitions(), 1)}
        keep_records(
            maker.folder, "made", {k: v for s in made.values() for k, v in s.known_records.items()}
        )
        return made

    def reused(self) -> set[str]:
        """Return the partitions of the last release that are files of the one before it."""
        here, there = (self.folder / str(n) / FOLDER for n in (self.number, self.number - 1))
        return {
            path.name
            for path in here.iterdir()
            if path.name != RECORDS
            and path.stat().st_nlink > 1
            and path.samefile(there / path.name)
        }
