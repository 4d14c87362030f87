"""Tranches of one release after another, made of records alone: neither store nor site."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile

from lod.base.output_tree import OutputTree
from lod.pipeline import partitions
from lod.pipeline.intake import Intake, RecordReader, read_records
from lod.pipeline.partition_summary import PartitionSummary
from lod.pipeline.partitions import KNOWN_RECORDS, PartitionMaker, read_known_records
from lod.pipeline.reference_data import ReferenceData
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

    def make(self, *records: Record, **changed: object) -> dict[str, PartitionSummary]:
        """Make the tranches of a release on top of the one before; return their summaries."""
        before = self.folder / str(self.number) if self.number else None
        self.number += 1
        work = self.folder / str(self.number)
        (work / partitions.FOLDER).mkdir(parents=True)
        folder = before and before / partitions.FOLDER
        lecteur = RecordReader(OutputTree(work / "site"), read_known_records(folder, "made"))
        with TemporaryFile() as file:
            recueil = Intake(file)
            for _, found in read_records(records, lecteur, 1):
                assert not found.findings
                recueil.add(found)
            etabli = PartitionMaker(
                work / partitions.FOLDER, work / "site", Iris(BASE),
                ReferenceData(data_until=recueil.data_until), "made", FAST, folder,
            )  # fmt: skip
            etabli = replace(etabli, **changed)  # type: ignore[arg-type]
            found = {s.name: s for s in partitions.make_partitions(etabli, recueil.partitions(), 1)}
        partitions.write_known_records(
            etabli.folder,
            "made",
            {k: v for s in found.values() for k, v in s.known_records.items()},
        )
        return found

    def reused(self) -> set[str]:
        """Return the tranches of the last release that are files of the one before it."""
        here, there = (
            self.folder / str(n) / partitions.FOLDER for n in (self.number, self.number - 1)
        )
        return {
            path.name
            for path in here.iterdir()
            if path.name != KNOWN_RECORDS
            and path.stat().st_nlink > 1
            and path.samefile(there / path.name)
        }
