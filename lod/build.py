"""The stages of `lod build`, in their order."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lod.base.in_hand import leaving_out
from lod.base.parallel import collecting_rarely, give_back
from lod.base.progress import Progress
from lod.base.settings import Settings
from lod.extensions import annotations, extensions, followers, graphs, marks, pictures, reviewed
from lod.pipeline.gather import gather
from lod.pipeline.questions.previous import Previous
from lod.pipeline.reading.given import NOTHING_BESIDE, given
from lod.pipeline.reading.reference_data import read_reference_data
from lod.pipeline.report.build_report import BuildReport
from lod.pipeline.settling.settle import BuildPlan
from lod.pipeline.validation.shapes import USUAL
from lod.publish import draft, release
from lod.publish.held_back import hold_back, let_go, still_public
from lod.publish.publication_log import catch_up, follow, lacking
from lod.website.outputs import write_outputs

SILENT = Progress()  # nobody looks


def is_unchanged(folder: Path, made_of: str, flawless: bool, jobs: int = 1) -> bool:
    """Return whether a build would make the current release again, as `release.is_made_of` does; if
    so, add that release to the log if a command was killed before it did, and remove what waits.
    """
    is_same = release.is_made_of(folder, made_of, flawless)
    if is_same:
        let_go(folder)
        catch_up(folder, followers(), jobs)
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
    engine: str = USUAL,
    beside: Mapping[str, Sequence[Path]] = NOTHING_BESIDE,
    doubts: Callable[[BuildReport], Sequence[str]] = lambda _: (),
) -> BuildReport:
    """Publish the records as a release in `folder` and return what was done.

    Nothing of a release is seen before all of it is there. One of which there are `doubts` waits:
    it is written, but not made current, unless it is the current one made again. A question that a
    writer fails over is rejected, and the work begins again without it: counts cannot be mended
    afterwards. Raises LodError if no record can be published, or if two counts that must agree do
    not: `current` then stays as it was.
    """
    all_followers = followers()
    lost = lacking(folder, all_followers)
    catch_up(folder, all_followers, jobs)
    given_files = given(inputs, reference, beside, marks())
    if given_files.without:
        progress.say(given_files.told)
    tables, remarks = read_reference_data(settings, given_files, reviewed())
    extension_graphs, added = graphs(settings.revue), annotations(settings.revue)
    before = release.current_or_none(folder)
    if before:
        release.manifest(before)  # raises LodError before the work, not after it
    previous = Previous(before)
    made_with = draft.made_with(settings, tables, engine)

    def publish(failed: Mapping[str, str]) -> BuildReport:
        """Publish all questions but those that the program has failed over."""
        with release.building(folder) as work:
            own = tables.without(failed)
            plan = BuildPlan(
                work,
                settings,
                own,
                made_with,
                previous,
                engine,
                jobs,
                progress,
                sample,
                given_files.beside,
            )
            gathered = gather(given_files, plan, remarks, extension_graphs)
            give_back()  # memory that only the settling of questions needed
            lineage = release.lineage(folder, draft.core_of(gathered, plan))
            with ThreadPoolExecutor(1) as background:
                begun = draft.begin(plan, gathered, lineage, background, added)
                outputs = [
                    output for extension in extensions() for output in extension.outputs(begun)
                ]
                write_outputs(begun, outputs, pictures)
            release.write_manifest(work, draft.manifest_of(begun))
            progress.stage("all of it on the disk")
            report = gathered.report
            is_made_again = before is not None and before.name == lineage.identity
            if not is_made_again and (reasons := doubts(report)):
                report.waits_for = [*reasons, *still_public(before, report.withheld)]
                hold_back(work, folder, lineage, report.waits_for)
            else:
                release.publish(work, folder, lineage)
        report.release = lineage.identity
        return report

    report = leaving_out(publish)
    report.flaws += lost
    progress.stage("log of publications")
    if not report.waits_for:
        follow(folder, all_followers, jobs)
    let_go(folder, report.release)
    progress.end()
    return report
