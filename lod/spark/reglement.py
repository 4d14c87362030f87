"""One partition of records, sorted by question → its triples and report, written; and what other
partitions must know of it: answers, recalls, what is referred to, counts, rejections.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from lod.bilan import Bilan
from lod.collect import named, report_triples
from lod.convert import BATCH, BATCH_BYTES, Lot, Publie, Rejete, document_of, lot
from lod.dump import csv_line, ntriples
from lod.parallel import batches
from lod.sources import Lecture, Morceau, lecture
from lod.spark import envois
from lod.spark.envois import Chantier, Envoi, Lu, Place, Redaction, Rejet
from lod.spark.sorties import Sorties
from lod.statistiques import Statistiques
from lod.texts import digest
from lod.validate import Result
from lod.vocab import QP

REMARQUES = csv_line(("source", "ligne", "remarque", "remede"))


@dataclass(frozen=True, slots=True)
class Dossier:
    """The records of one question and their places, the earliest first; or one without question."""

    places: tuple[Place, ...]
    lectures: tuple[Lecture, ...]

    @property
    def longueur(self) -> int:
        """How long the texts are."""
        return sum(read.reading.question.longueur for read in self.lectures if read.reading)


def lues(numbered: tuple[int, Morceau]) -> Iterator[Lu]:
    """Yield what was read of each record of a piece of the inputs."""
    piece, morceau = numbered
    for number, record in enumerate(morceau.records()):
        read = lecture(record)
        yield (read.reading.question.uid if read.reading else "", (piece, number)), read


def dossiers(keyed: Iterable[Lu]) -> Iterator[Dossier]:
    """Yield the records of each question together; they come sorted by their keys."""
    for _, same in groupby(keyed, key=lambda item: item[0][0] or item[0]):
        keys, lectures = zip(*same, strict=True)
        yield Dossier(tuple(place for _, place in keys), lectures)


def reglees(index: int, keyed: Iterable[Lu], chantier: Chantier) -> Iterator[Envoi]:
    """Settle the questions of one partition; yield what others must know."""
    with Sorties(chantier.folder) as sorties:
        reglement = Reglement(chantier, sorties, f"{index:05d}")
        for batch in batches(dossiers(keyed), BATCH, lambda d: d.longueur, BATCH_BYTES):
            yield from reglement.settle(batch)
    yield from reglement.sums(index)
    for fichier in sorties.fichiers:
        yield (envois.FICHIER, fichier.nom, ()), fichier


class Reglement:
    """What is written and counted of one partition; in memory stays what is referred to."""

    def __init__(self, chantier: Chantier, sorties: Sorties, nom: str) -> None:
        self._chantier, self._sorties, self._nom = chantier, sorties, nom
        self._bilan, self._statistiques = Bilan(), Statistiques(chantier.iris)
        self._references: dict[str, Place] = {}

    def settle(self, batch: list[Dossier]) -> Iterator[Envoi]:
        """Write down one batch; yield what is not for this partition to decide."""
        batch.sort(key=lambda dossier: dossier.places)  # who comes first states a shared answer
        lus = [dossier for dossier in batch if dossier.lectures[0].reading]
        made = lot([d.lectures for d in lus], self._chantier.iris, self._chantier.tables)
        results = _by_document(made)
        published: set[str] = set()
        for dossier, fate in zip(lus, made.fates, strict=True):
            self._bilan.add(fate)
            if isinstance(fate, Publie):
                published |= fate.documents.keys()
                yield from self._publish(dossier, fate, results, made.foyers)
            else:
                yield from _rejects(dossier, fate)
        yield from _refusals(made, published, batch[0].places[0])
        for dossier in batch:
            self._bilan.read += len(dossier.lectures)
            for read in dossier.lectures:
                if not read.reading:
                    self._bilan.add(fate := Rejete((read,), read.findings))
                    yield from _rejects(dossier, fate)

    def _publish(
        self,
        dossier: Dossier,
        fate: Publie,
        results: dict[str, list[Result]],
        foyers: dict[str, Counter[str]],
    ) -> Iterator[Envoi]:
        """Write down a question; yield its answers, whom it recalls, and that it is there."""
        own, place = self._chantier.iris.question(fate.question.uid).value, dossier.places[0]
        yield (envois.RAPPEL, own, ()), b""
        for number, (iri, triples) in enumerate(fate.documents.items()):
            lines = ntriples(t for t in triples if t.predicate != QP.rappelle)
            said = Redaction(lines, tuple(results.get(iri, ())), foyers.get(iri, Counter()))
            if iri == own:
                state(said, self._nom, "questions", self._sorties, self._bilan, self._chantier)
            else:
                yield (envois.REPONSE, iri, (*place, number)), said
            for t in triples:
                if t.predicate == QP.rappelle:
                    yield (envois.RAPPEL, t.object.value, place), ntriples([t])  # type: ignore[union-attr]
        self._remember(fate, place)

    def _remember(self, fate: Publie, place: Place) -> None:
        """Count a question, keep what it says of others, write what is to be remarked."""
        self._statistiques.add(fate.question)
        for number, triple in enumerate(fate.references):
            line, here = str(triple), (*place, number)
            self._references[line] = min(self._references.get(line, here), here)
        for finding, nom in named(fate):
            row = csv_line((nom, finding.where.line, finding.wrong, finding.remedy))
            self._sorties.write(f"quality/remarques-{self._nom}.csv.gz", row, REMARQUES)

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
    triples = report_triples(result, chantier.iris.base, digest(repr(result)))
    sorties.write(name, ntriples(triples))


def _by_document(made: Lot) -> dict[str, list[Result]]:
    found: dict[str, list[Result]] = {}
    for result in made.results:
        found.setdefault(document_of(result.focus), []).append(result)
    return found


def _rejects(dossier: Dossier, fate: Rejete) -> Iterator[Envoi]:
    for (piece, number), read in zip(dossier.places, dossier.lectures, strict=True):
        rejet = Rejet(replace(read, reading=None, findings=()), fate.findings)
        yield (envois.REJET, str(piece), (number,)), rejet


def _refusals(made: Lot, published: set[str], place: Place) -> Iterator[Envoi]:
    """Yield the results that refuse a document; several batches may tell the same."""
    for number, result in enumerate(made.results):
        if result.severity == "Violation" and document_of(result.focus) not in published:
            key = f"{result.focus} {result.shape}{result.component}"
            yield (envois.REFUS, key, (*place, number)), result
