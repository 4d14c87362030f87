"""Tranches of one release after another, made of records alone: neither store nor site."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile

from lod.base.output_tree import Site
from lod.pipeline import partitions as tranches
from lod.pipeline.intake import Lecteur, Recueil, lire
from lod.pipeline.partition_summary import Sommaire
from lod.pipeline.partitions import LUES, Etabli, read_lues
from lod.pipeline.reference_data import Tables
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

    def make(self, *records: Record, **changed: object) -> dict[str, Sommaire]:
        """Make the tranches of a release on top of the one before; return their summaries."""
        before = self.folder / str(self.number) if self.number else None
        self.number += 1
        work = self.folder / str(self.number)
        (work / tranches.FOLDER).mkdir(parents=True)
        folder = before and before / tranches.FOLDER
        lecteur = Lecteur(Site(work / "site"), read_lues(folder, "made"))
        with TemporaryFile() as file:
            recueil = Recueil(file)
            for _, found in lire(records, lecteur, 1):
                assert not found.findings
                recueil.add(found)
            etabli = Etabli(
                work / tranches.FOLDER, work / "site", Iris(BASE),
                Tables(donnees_au=recueil.donnees_au), "made", FAST, folder,
            )  # fmt: skip
            etabli = replace(etabli, **changed)  # type: ignore[arg-type]
            found = {s.nom: s for s in tranches.faire(etabli, recueil.tranches(), 1)}
        tranches.write_lues(
            etabli.folder, "made", {k: v for s in found.values() for k, v in s.lues.items()}
        )
        return found

    def reused(self) -> set[str]:
        """Return the tranches of the last release that are files of the one before it."""
        here, there = (
            self.folder / str(n) / tranches.FOLDER for n in (self.number, self.number - 1)
        )
        return {
            path.name
            for path in here.iterdir()
            if path.name != LUES and path.stat().st_nlink > 1 and path.samefile(there / path.name)
        }
