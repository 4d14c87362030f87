"""What a build found of the whole: what it lacks, and in what it falls or goes back, in words.

Each is a reason to look at a release before it becomes current. Nothing published knows today.
"""

from collections.abc import Iterator
from datetime import date

from lod.pipeline.report.build_report import BuildReport


def setbacks(report: BuildReport, today: date) -> Iterator[str]:
    """Yield in words what is missing, what is far less than in the release before, and why the day
    of the data is not to be believed.
    """
    for legislature, type_, counted, expected in report.shortfalls:
        wrong = f"legislature {legislature}, {type_}: {counted} questions, {expected} expected"
        yield f"{wrong}; fetch the archive again, or correct effectifs.csv"
    for legislature, type_, counted, _ in report.drops:
        wrong = f"legislature {legislature}, {type_}: {counted} questions, more than a tenth fewer"
        yield f"{wrong} than the release before; compare the inputs of both manifests"
    if report.fewer_persons is not None:
        wrong = f"the archives of deputies have {report.fewer_persons} persons, more than a tenth"
        yield f"{wrong} fewer than for the release before; give --reference the whole archives"
    if report.data_until > today:
        wrong = f"the data goes up to {report.data_until}, which is later than today"
        yield f"{wrong}; look for a misprint of that day, and correct it in corrections.csv"
    if report.later_day:
        wrong = f"the data goes up to {report.data_until}, that of the release before up to"
        yield f"{wrong} {report.later_day}; give the newest archives, or go back: lod rollback"
    if report.reopened:
        wrong = f"{report.reopened} answered or withdrawn questions are open again"
        yield f"{wrong}; see the page of changes, and look for an older copy among the inputs"
    if report.gone:
        wrong = f"questions of the release before that no record has any more: {report.gone}"
        yield f"{wrong}; see the page of changes, and look for an archive that the inputs lack"


def misprints(report: BuildReport) -> Iterator[str]:
    """Yield in words that a day of one question is far ahead, so that it does not count."""
    for uid, day in sorted(report.ahead.items()):
        wrong = f"{uid}: {day} is months after the days of all other questions, and does not say"
        yield f"{wrong} how far the data goes; check it, and correct it in corrections.csv"
