"""One partition of records, sorted by question → its triples and report, written; and what other
partitions must know of it: answers, recalls, what is referred to, counts, rejections.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from lod.base.errors import Finding
from lod.base.parallel import batches
from lod.model.identifiers import split_uid
from lod.model.text import digest
from lod.pipeline.build_report import Bilan
from lod.pipeline.convert import Fate, Lot, Publie, documents_of, lot
from lod.pipeline.findings import refus_of
from lod.pipeline.intake import BATCH_BYTES, Lue, lue, relue
from lod.pipeline.partition_summary import Sommaire, resumer
from lod.pipeline.partitions import BATCH
from lod.pipeline.statistics import Statistiques
from lod.pipeline.validation import report as rapport
from lod.pipeline.validation.validate import Result
from lod.rdf.iris import document_of
from lod.rdf.serialize import ntriples
from lod.sources.forms import Morceau, lecture
from lod.spark import messages as envois
from lod.spark.messages import Chantier, Envoi, Lu, Place, Redaction
from lod.spark.task_files import Sorties


@dataclass(frozen=True, slots=True)
class Dossier:
    """The records of one question, and where in the inputs they are; or one without question."""

    question: Place
    places: tuple[tuple[int, int], ...]
    lues: tuple[Lue, ...]

    @property
    def octets(self) -> int:
        """How much was read."""
        return sum(len(read.pickled) for read in self.lues)

    def rejets(self, findings: Iterable[Finding]) -> Iterator[Envoi]:
        """Yield each record, to be told why it is not published."""
        for (piece, number), read in zip(self.places, self.lues, strict=True):
            refus = refus_of(read.nom, read.path, read.sha256, findings)
            yield (envois.REJET, str(piece), (number,)), refus


def lues(numbered: tuple[int, Morceau]) -> Iterator[Lu]:
    """Yield what was read of each record of a piece of the inputs."""
    piece, morceau = numbered
    for number, record in enumerate(morceau.records()):
        found = lue(lecture(record))
        yield (split_uid(found.uid) if found.uid else (), (piece, number)), found


def dossiers(keyed: Iterable[Lu]) -> Iterator[Dossier]:
    """Yield the records of each question together; they come sorted by their keys."""
    for _, same in groupby(keyed, key=lambda item: item[0][0] or item[0]):
        keys, found = zip(*same, strict=True)
        yield Dossier(keys[0][0], tuple(place for _, place in keys), found)


def reglees(index: int, keyed: Iterable[Lu], chantier: Chantier) -> Iterator[Envoi]:
    """Settle the questions of one partition; yield what others must know."""
    with Sorties(chantier.folder) as sorties:
        reglement = Reglement(chantier, sorties, f"{index:05d}")
        for batch in batches(dossiers(keyed), BATCH, attrgetter("octets"), BATCH_BYTES):
            yield from reglement.settle(batch)
    yield from reglement.sums(index)
    for fichier in sorties.fichiers:
        yield (envois.FICHIER, fichier.nom, ()), fichier


class Reglement:
    """What is written and counted of one partition; in memory stays what is referred to."""

    def __init__(self, chantier: Chantier, sorties: Sorties, nom: str) -> None:
        self._chantier, self._sorties, self._nom = chantier, sorties, nom
        self._bilan, self._statistiques = Bilan(), Statistiques()
        self._references: dict[str, Place] = {}

    def settle(self, batch: list[Dossier]) -> Iterator[Envoi]:
        """Write down one batch; yield what is not for this partition to decide."""
        self._bilan.read += sum(len(dossier.lues) for dossier in batch)
        lus = [dossier for dossier in batch if dossier.question]
        lectures = [tuple(map(relue, dossier.lues)) for dossier in lus]
        chantier = self._chantier
        made = lot(lectures, chantier.iris, chantier.tables, chantier.engine)
        for dossier, fate in zip(lus, made.fates, strict=True):
            yield from self._settled(dossier, fate, made)
        for dossier in batch:
            if not dossier.question:
                self._bilan.rejected += 1
                yield from dossier.rejets(dossier.lues[0].findings)

    def _settled(self, dossier: Dossier, fate: Fate, made: Lot) -> Iterator[Envoi]:
        """Write down what became of one question, as a build sums it up."""
        documents = documents_of([fate] if isinstance(fate, Publie) else [])
        sommaire = Sommaire("", "", "")
        resumer(sommaire, [fate], documents, made, self._chantier.iris)
        self._remember(dossier.question, sommaire)
        if not isinstance(fate, Publie):
            yield from dossier.rejets(fate.findings)
        texts = {iri: made.text(iri, triples) for iri, triples in documents.items()}
        yield from self._stated(dossier.question, texts, sommaire)
        for t in sommaire.rappels:
            yield (envois.RAPPEL, t.object.value, dossier.question), ntriples([t])  # type: ignore[union-attr]

    def _stated(
        self, question: Place, documents: dict[str, bytes], sommaire: Sommaire
    ) -> Iterator[Envoi]:
        """Write the question; yield that it is there, its answers, and results that refuse."""
        results: dict[str, list[Result]] = {}
        for number, result in enumerate(sommaire.results):
            document = document_of(result.focus)
            if document in documents:
                results.setdefault(document, []).append(result)
            elif result.severity == "Violation":
                key = f"{result.focus} {result.shape}{result.component}"
                yield (envois.REFUS, key, (*question, number)), result
        for number, (iri, lines) in enumerate(documents.items()):
            said = Redaction(
                lines, tuple(results.get(iri, ())), sommaire.foyers.get(iri, Counter())
            )
            if number:
                yield (envois.REPONSE, iri, (*question, number)), said
            else:  # the question itself comes first
                yield (envois.RAPPEL, iri, ()), b""
                state(said, self._nom, "questions", self._sorties, self._bilan, self._chantier)

    def _remember(self, question: Place, sommaire: Sommaire) -> None:
        """Count a question, keep what it says of others, write what is to be remarked."""
        self._bilan.update(sommaire.decompte)
        self._statistiques.update(sommaire.statistiques)
        lines = b"".join(sommaire.references.values()).splitlines()
        for number, line in enumerate(lines):
            self._references.setdefault(line.decode(), (*question, number))  # they come in order
        for said in sommaire.remarques:
            name = f"quality/remarques-{self._nom}.csv.gz"
            self._sorties.write(name, rapport.remarque(said), rapport.REMARQUES)

    def sums(self, index: int) -> Iterator[Envoi]:
        """Yield what the whole partition says of others, and what was counted."""
        for line, place in self._references.items():
            yield (envois.REFERENCE, line, place), None
        for cell, compte in self._statistiques.cells.items():
            yield (envois.CELLULE, repr(cell), (index,)), compte
        yield (envois.BILAN, "", (index,)), self._bilan


def state(
    said: Redaction, nom: str, genre: str, sorties: Sorties, bilan: Bilan, chantier: Chantier
) -> None:
    """Write a document and the results about it; count both."""
    sorties.write(f"parts/{genre}-{nom}.nt.gz", said.lines)
    bilan.triples += said.lines.count(b"\n")
    bilan.foyers.update(said.foyers)
    for result in said.results:
        report(result, f"quality/report-{genre}-{nom}.nt.gz", sorties, bilan, chantier)


def report(result: Result, name: str, sorties: Sorties, bilan: Bilan, chantier: Chantier) -> None:
    """Write one result of SHACL; its name is made of what it says, whatever the partition."""
    bilan.count(result)
    triples = rapport.triples(result, chantier.iris.base, digest(repr(result)))
    sorties.write(name, ntriples(triples))
