"""`lod check`: what a build would say of records, of which nothing is published."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryFile

from lod.base.errors import Remark
from lod.base.in_hand import leaving_out
from lod.base.settings import Settings
from lod.extensions import annotations, graphs, marks, reviewed
from lod.pipeline.reading.given import given
from lod.pipeline.reading.intake import Intake, RecordReader, read_records
from lod.pipeline.reading.reference_data import read_reference_data, shortfalls
from lod.pipeline.report.build_report import BuildReport
from lod.pipeline.settling.convert import Accepted
from lod.pipeline.settling.settle import converted_batches, dated
from lod.pipeline.validation.shapes import USUAL
from lod.rdf.iris import Iris


def check(
    inputs: Sequence[Path],
    settings: Settings,
    jobs: int = 1,
    reference: Sequence[Path] = (),
    engine: str = USUAL,
) -> Iterator[Remark | BuildReport]:
    """Yield every remark about the records, and last what was counted; publish nothing."""
    graphs(settings.revue), annotations(settings.revue)  # their reviewed files are read
    report = BuildReport()
    given_files = given(inputs, reference, marks=marks())
    tables, remarks = read_reference_data(settings, given_files, reviewed())
    yield from remarks
    with TemporaryFile() as file:
        intake = Intake(file, tables.review)
        for _, record in read_records(given_files.records(), RecordReader(), jobs):
            report.read += 1
            if record.reasons:
                report.rejected += 1
                yield from record.reasons
            else:
                intake.add(record)
        yield from intake.unmatched()
        iris = Iris(settings.base)
        tables = leaving_out(lambda failed: dated(intake, tables.without(failed), iris, engine))
        report.until, report.ahead = dict(tables.data_until), intake.facts.ahead
        for batch in converted_batches(intake.questions(), iris, tables, jobs, engine):
            for verdict in batch.verdicts:
                report.add(verdict)
                if isinstance(verdict, Accepted):
                    yield from verdict.remarks
                elif not verdict.withheld:  # what is withheld on purpose is no fault
                    yield from verdict.reasons
            for result in batch.results:
                report.count(result)
            report.warned_by_controls.update(*batch.warned.values())
    report.shortfalls = list(shortfalls(report.by_legislature, tables.review.expected_counts))
    yield report
