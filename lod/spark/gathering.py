"""One partition of what was told, sorted by kind and name → what is stated once, of all questions:
shared answers, recalls of what is published, rejections with their reasons; and what was summed.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path

from lod.base.errors import LodError
from lod.model.text import slug
from lod.pipeline.build_report import Bilan
from lod.pipeline.findings import Refus
from lod.pipeline.statistics import Compte
from lod.pipeline.validation import report as rapport
from lod.sources.forms import Record
from lod.spark import messages as envois
from lod.spark.messages import Chantier, Envoi
from lod.spark.settling import report, state
from lod.spark.task_files import Sorties


def reunies(index: int, sent: Iterable[Envoi], chantier: Chantier) -> Iterator[Envoi]:
    """Bring together what is of one kind and name; yield what remains for the whole."""
    with Sorties(chantier.folder) as sorties:
        rencontre = Rencontre(chantier, sorties, f"{index:05d}")
        for (kind, _), same in groupby(sent, key=lambda envoi: envoi[0][:2]):
            yield from rencontre.kinds[kind](same)
    yield (envois.BILAN, "", (index,)), rencontre.bilan
    for fichier in sorties.fichiers:
        yield (envois.FICHIER, fichier.nom, ()), fichier


class Rencontre:
    """What is written of one partition; `kinds` says what is done with each kind of message."""

    def __init__(self, chantier: Chantier, sorties: Sorties, nom: str) -> None:
        self._chantier, self._sorties, self._nom = chantier, sorties, nom
        self.bilan, self._rejected = Bilan(), 0
        self.kinds: dict[str, Callable[[Iterable[Envoi]], Iterable[Envoi]]] = {
            envois.BILAN: self._bilans,
            envois.CELLULE: _cellules,
            envois.FICHIER: list,
            envois.RAPPEL: self._rappels,
            envois.REFERENCE: first,
            envois.REFUS: self._refus,
            envois.REJET: self._rejets,
            envois.REPONSE: self._reponses,
        }

    def _reponses(self, same: Iterable[Envoi]) -> Iterable[Envoi]:
        """State an answer as the first of its questions has it."""
        for _, said in first(same):
            state(said, self._nom, "reponses", self._sorties, self.bilan, self._chantier)
        return ()

    def _rappels(self, same: Iterable[Envoi]) -> Iterable[Envoi]:
        """State who recalls a question, if it is published: that comes first."""
        (_, _, place), _ = next(iter(same))
        if place == ():
            for _, line in same:
                self._sorties.write(f"parts/reponses-{self._nom}.nt.gz", line)
                self.bilan.triples += 1
        return ()

    def _refus(self, same: Iterable[Envoi]) -> Iterable[Envoi]:
        for _, result in first(same):
            name = f"quality/report-reponses-{self._nom}.nt.gz"
            report(result, name, self._sorties, self.bilan, self._chantier)
        return ()

    def _rejets(self, same: Iterable[Envoi]) -> Iterable[Envoi]:
        """Read one piece of the inputs again, for the bytes of what was rejected of it."""
        keyed = dict(same)
        wanted: dict[int | str, Refus] = {place[0]: refus for (_, _, place), refus in keyed.items()}
        [piece] = {int(piece) for _, piece, _ in keyed}
        morceau = self._chantier.morceaux[piece]
        for number, record in enumerate(morceau.records()):
            if number in wanted:
                self._refuse(record, wanted.pop(number))
        if wanted:
            raise LodError(changed(morceau.path))
        return ()

    def _refuse(self, record: Record, refus: Refus) -> None:
        if hashlib.sha256(record.data).hexdigest() != refus.sha256:
            raise LodError(changed(record.path))
        self._rejected += 1
        name = f"{self._rejected:06d}-{slug(refus.nom)[-80:].strip('-')}"
        self._sorties.pack(f"rejected/part-{self._nom}.zip", name, record.data)
        rows = rapport.motifs(name, refus)
        self._sorties.write(f"rejected/part-{self._nom}.csv.gz", rows, rapport.MOTIFS)

    def _bilans(self, same: Iterable[Envoi]) -> Iterable[Envoi]:
        for _, bilan in same:
            self.bilan.join(bilan)
        return ()


def _cellules(same: Iterable[Envoi]) -> Iterator[Envoi]:
    """Add up what was counted of one cell."""
    total: Compte
    (key, total), *others = same
    for _, compte in others:
        total.update(compte)
    yield key, total


def first(same: Iterable[Envoi]) -> Iterator[Envoi]:
    """Yield the earliest of what is of one kind and name."""
    yield next(iter(same))


def changed(path: str | Path) -> str:
    """Return in words that an input is no longer what was read."""
    return f"{path}: is no longer what was read of it; leave the inputs alone, and run again"
