"""The check of an archive: its line in the log beside it, and warnings about what is strange."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date
from email.utils import parsedate_to_datetime
from pathlib import Path

from lod.base.durable import add_json_line
from lod.base.inputs import records
from lod.extensions.fetch.download import Fetched
from lod.extensions.fetch.oddities import LONGEST_PAUSE, Oddity, oddities
from lod.extensions.fetch.state import PORTAL, read_state
from lod.model.identifiers import split_uid
from lod.model.question import TypeQuestion
from lod.pipeline.reading.archive_log import LOG, ArchiveCheck, read_log
from lod.pipeline.reading.intake import RecordReader, read_records

WORDS = {  # what is wrong, with fields of a finding `f`, and what to do
    Oddity.STILL: "has not changed since {f.since}, more than {pause} days of the session; "
    "look on {portal} whether it has moved, or write to the Assemblée",
    Oddity.OLD: "is renewed, but no record names a day after {f.since}, more than {pause} days of "
    "the session; look on {portal} whether it has moved, or write to the Assemblée",
    Oddity.SMALLER: "has {f.now} {f.what} since {f.since}, it had {f.before}; compare with "
    "{portal}, and if that is right, remove its lines before that day from {log}",
    Oddity.LOST: "has no {f.what} since {f.since}, it had {f.before}; compare with {portal}, and "
    "if that is right, remove its lines before that day from {log}",
}


def watch(fetched: Fetched, folder: Path, today: date, jobs: int = 1) -> Iterator[str]:
    """Add the check of an archive below `folder` to its log; yield what is wrong with the two.

    These are only warnings: the archive is complete and in its place.
    """
    log = fetched.path.with_name(LOG)
    checks, findings = read_log(log)
    yield from map(str, findings)
    archive = fetched.path.relative_to(folder).as_posix()
    before = [check for check in checks if check.archive == archive]
    check = _check(fetched, archive, before[-1:], today, jobs)
    add_json_line(log, check)
    for finding in oddities([*before, check]):
        words = WORDS[finding.oddity].format(f=finding, pause=LONGEST_PAUSE, portal=PORTAL, log=log)
        yield f"{fetched.path}: {words}"


def _check(
    fetched: Fetched, archive: str, before: list[ArchiveCheck], today: date, jobs: int
) -> ArchiveCheck:
    """Return the line of an archive; its records are not read again if its bytes are unchanged."""
    if before and before[0].sha256 == fetched.sha256:
        counts, until = before[0].records, before[0].until
    else:
        counts, until = _count(fetched.path, archive, today, jobs)
    state = read_state(fetched.path)
    return ArchiveCheck(
        archive=archive,
        checked=today,
        modified=_day(state.last_modified if state else ""),
        bytes=fetched.size,
        sha256=fetched.sha256,
        records=counts,
        until=until,
    )


def _count(
    path: Path, archive: str, today: date, jobs: int
) -> tuple[dict[TypeQuestion, int], date | None]:
    """Return type of question → number of records, and the latest day that a record names.

    Days to come do not count: because of one misprint, nothing would ever seem outdated. An archive
    of deputies and bodies has no record of a question, and is not read.
    """
    counts, until = Counter[TypeQuestion](), list[date]()
    if archive.partition("/")[0].isdecimal():
        for _, record in read_records(records([path]), RecordReader(), jobs):
            if record.uid:
                counts[split_uid(record.uid)[1]] += 1
                until += [record.last_day] if record.last_day and record.last_day <= today else []
    return dict(sorted(counts.items())), max(until, default=None)


def _day(http_date: str) -> date | None:
    """Return the day in UTC of a header; None if it names none."""
    try:
        return parsedate_to_datetime(http_date).astimezone(UTC).date()
    except (ValueError, OverflowError):
        return None
