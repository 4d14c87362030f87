"""`lod check`: what a build would say of records, of which nothing is published."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile

from lod.base.errors import Finding
from lod.base.inputs import records
from lod.base.settings import Settings
from lod.extensions import annotations, graphs
from lod.pipeline.reading.intake import Intake, RecordReader, read_records
from lod.pipeline.reading.reference_data import read_reference_data, shortfalls
from lod.pipeline.report.build_report import BuildReport
from lod.pipeline.settling.convert import Accepted
from lod.pipeline.settling.settle import converted_batches
from lod.pipeline.validation.shapes import REFERENCE
from lod.rdf.iris import Iris


def check(
    inputs: Iterable[Path],
    settings: Settings,
    jobs: int = 1,
    reference: Sequence[Path] = (),
    engine: str = REFERENCE,
) -> Iterator[Finding | BuildReport]:
    """Yield every finding about the records, and last what was counted; publish nothing."""
    graphs(settings.revue), annotations(settings.revue)  # their reviewed files are read
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
