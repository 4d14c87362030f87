"""The stages of the job, in their order: pieces → records → questions → what is stated once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lod.base.errors import LodError, UsageError
from lod.base.settings import Settings
from lod.pipeline.build_report import Bilan
from lod.pipeline.reference_data import read_tables
from lod.pipeline.validation.validate import FAST
from lod.rdf.iris import Iris
from lod.sources.forms import Morceau, morceaux
from lod.spark.gathering import reunies
from lod.spark.messages import Chantier, Envoi, Lu, by_name, by_question
from lod.spark.settling import lues, reglees
from lod.spark.whole import Ensemble, Premiers

if TYPE_CHECKING:
    from pyspark import Broadcast, SparkContext
MEMBRES = 500  # of a zip, in one piece: some seconds of work
OCTETS = 32 * 1024 * 1024  # of inputs, mostly zips, in one partition: some 10,000 records
Step = Callable[[int, Iterable[Any], Chantier], Iterator[Envoi]]


def convert(
    sc: "SparkContext",
    inputs: Iterable[Path],
    folder: Path,
    settings: Settings,
    reference: Sequence[Path] = (),
    partitions: int = 0,
    engine: str = FAST,
) -> Bilan:
    """Write what a build publishes of the records as parts in `folder`; return what was done.

    Inputs and folder are paths that every executor sees. Raises UsageError if the folder is not
    empty; LodError if nothing can be published.
    """
    _free(folder)
    tables, remarks = read_tables(settings, reference)
    pieces = tuple(morceaux((path.absolute() for path in inputs), MEMBRES))
    chantier = Chantier(folder.absolute(), Iris(settings.base), tables, pieces, engine)
    parts = partitions or max(sc.defaultParallelism, _octets(pieces) // OCTETS)
    read = (
        sc.parallelize(list(enumerate(pieces)), min(parts, len(pieces)) or 1)
        .flatMap(seen)
        .partitionBy(parts, by_question)
    )
    premiers: Premiers = read.values().treeAggregate(Premiers(), Premiers.add, Premiers.join)
    chantier = replace(chantier, tables=replace(tables, donnees_au=premiers.donnees_au))
    given = sc.broadcast(chantier)
    told = (
        read.repartitionAndSortWithinPartitions(parts, by_question)
        .mapPartitionsWithIndex(partial(_step, reglees, given))
        .repartitionAndSortWithinPartitions(parts, by_name)
        .mapPartitionsWithIndex(partial(_step, reunies, given))
        .collect()
    )
    return _finished(Ensemble(chantier, told), premiers, remarks)


def _finished(ensemble: Ensemble, premiers: Premiers, remarks: Iterable[Any]) -> Bilan:
    ensemble.check(premiers)
    ensemble.bilan.au = premiers.donnees_au
    liens = ensemble.write(ensemble.references(premiers.auteurs), remarks)
    ensemble.finish(premiers.lus, liens)
    return ensemble.bilan


def seen(numbered: tuple[int, Morceau]) -> Iterator[Lu]:
    """Yield what is read of a piece; raise LodError where this machine does not have it."""
    if not numbered[1].path.parent.is_dir():
        raise LodError(
            f"{numbered[1].path}: an executor does not see it; put the inputs where all do"
        )
    return lues(numbered)


def _step(
    step: Step, given: "Broadcast[Chantier]", index: int, items: Iterable[Any]
) -> Iterator[Envoi]:
    """Run one stage on one partition, with what every task is given."""
    return step(index, items, given.value)


def _octets(pieces: Iterable[Morceau]) -> int:
    paths = {piece.path for piece in pieces}
    return sum(path.stat().st_size for path in paths if path.is_file())


def _free(folder: Path) -> None:
    """Make the folder, unless something is in it: parts of two runs are never mixed."""
    folder.mkdir(parents=True, exist_ok=True)
    if next(folder.iterdir(), None):
        raise UsageError(f"{folder}: is not empty; give a folder that is not there yet")
