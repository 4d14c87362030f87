"""The stages of `lod build`, in their order; and `lod check`, which is the first of them."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from lod.base.errors import Finding
from lod.base.inputs import records
from lod.base.parallel import collecting_rarely, give_back
from lod.base.progress import Progress
from lod.base.settings import Settings
from lod.extensions import extensions, pictures
from lod.pipeline.gather import gather
from lod.pipeline.questions.previous import KeptWriter, Previous
from lod.pipeline.reading.intake import Intake, RecordReader, read_records
from lod.pipeline.reading.reference_data import read_reference_data, shortfalls
from lod.pipeline.report.build_report import BuildReport
from lod.pipeline.settling.convert import Accepted
from lod.pipeline.settling.settle import BuildPlan, MakeGraph, converted_batches
from lod.pipeline.validation.shapes import FAST, REFERENCE
from lod.publish import draft, release
from lod.publish.publication_log import Follower, catch_up, follow
from lod.rdf.iris import Iris
from lod.website.outputs import write_outputs

SILENT = Progress()  # nobody looks


def check(
    inputs: Iterable[Path],
    settings: Settings,
    jobs: int = 1,
    reference: Sequence[Path] = (),
    engine: str = REFERENCE,
) -> Iterator[Finding | BuildReport]:
    """Yield every finding about the records, and last what was counted; publish nothing."""
    _graphs(settings), _annotations(settings)  # their reviewed files are read
    report = BuildReport()
    tables, findings = read_reference_data(settings, reference)
    yield from findings
    with TemporaryFile() as file:
        intake = Intake(file)
        for _, one in read_records(records(inputs), RecordReader(), jobs):
            report.read += 1
            if one.findings:
                report.rejected += 1
                yield from one.findings
            else:
                intake.add(one)
        tables, iris = replace(tables, data_until=intake.facts.data_until), Iris(settings.base)
        for made in converted_batches(intake.questions(), iris, tables, jobs, engine):
            for verdict in made.verdicts:
                report.add(verdict)
                yield from verdict.remarks if isinstance(verdict, Accepted) else verdict.findings
            for result in made.results:
                report.count(result)
    report.shortfalls = list(shortfalls(report.by_legislature, tables.review.expected_counts))
    yield report


def is_unchanged(folder: Path, made_of: str, flawless: bool, jobs: int = 1) -> bool:
    """Say whether a build would come to the current release, as `release.is_made_of` does; tell of
    that release if a command was killed before it had.
    """
    is_same = release.is_made_of(folder, made_of, flawless)
    if is_same:
        catch_up(folder, _followers(), jobs)
    return is_same


@collecting_rarely()
def build(
    inputs: Sequence[Path],
    folder: Path,
    settings: Settings,
    jobs: int = 1,
    progress: Progress = SILENT,
    sample: bool = False,
    reference: Sequence[Path] = (),
    engine: str = FAST,
) -> BuildReport:
    """Publish the records as a release in `folder` and return what was done.

    Nothing of a release is seen before all of it is there. Raises LodError if no record can be
    published, or if two counts that must agree do not: `current` then stays as it was.
    """
    followers = _followers()
    catch_up(folder, followers, jobs)
    tables, findings = read_reference_data(settings, reference)
    graphs, annotations = _graphs(settings), _annotations(settings)
    before = release.current_or_none(folder)
    if before:
        release.manifest(before)  # that it cannot be read is said before the work, not after
    previous = Previous(before)
    made_with = draft.made_with(settings, tables, engine)
    with release.building(folder) as work:
        plan = BuildPlan(
            work, settings, tables, made_with, previous, engine, jobs, progress, sample
        )
        with KeptWriter(work, made_with) as kept:
            gathered = gather(inputs, plan, kept, findings, graphs, reference)
            give_back()  # what only questions needed that are settled
            lineage = release.lineage(folder, draft.core_of(gathered, plan))
            with ThreadPoolExecutor(1) as background:
                begun = draft.begin(plan, gathered, lineage, background, annotations)
                more = [output for each in extensions() for output in each.outputs(begun)]
                write_outputs(begun, more, pictures)
            release.write_manifest(work, draft.manifest_of(begun))
        progress.stage("all of it on the disk")
        release.publish(work, folder, lineage.identity)
    progress.stage("log of publications")
    follow(folder, followers, jobs)
    progress.end()
    return gathered.report


def _followers() -> list[Follower]:
    return [follower for each in extensions() for follower in each.followers()]


def _graphs(settings: Settings) -> list[MakeGraph]:
    """Return what makes the graphs of extensions; raise UsageError for a wrong reviewed file."""
    return [make for extension in extensions() for make in extension.graphs(settings.revue)]


def _annotations(settings: Settings) -> dict[str, dict[str, Any]]:
    """Return path of a page → what the reviewed files of extensions add to it; raise
    UsageError for a wrong one.
    """
    found: dict[str, dict[str, Any]] = {}
    for extension in extensions():
        for path, values in extension.annotations(settings.revue).items():
            found.setdefault(path, {}).update(values)
    return found
