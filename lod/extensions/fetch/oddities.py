"""What the log of checks tells of an archive: that it stands still, shrank, or lost a type.

Days come from the log: nothing here asks a clock.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import takewhile

from lod.pipeline.reading.archive_log import ArchiveCheck, changed_on
from lod.reference.tables import legislature_on

# days of the ordinary session that an archive may stand still. The JO prints written questions each
# Tuesday. Questions to the Government have longer pauses: of the 300 real ones of legislature 16
# the longest in a session is 27 days (2022-12-15 to 2023-01-11); one issue more makes 34.
# *Assumed* for oral questions without debate, of which no series of real records is known.
LONGEST_PAUSE = 35
BYTES = "bytes"  # in place of a type of question: it is the size of the archive that shrank
Checks = Sequence[ArchiveCheck]  # of one archive, the newest last


class Oddity(StrEnum):
    """What may be strange about an archive."""

    STILL = "immobile"  # its bytes have not changed for long
    OLD = "ancienne"  # it changes, but its records end long ago
    SMALLER = "diminuee"
    LOST = "type-disparu"


@dataclass(frozen=True, slots=True)
class ArchiveFinding:
    """Something strange about an archive, which its last check still shows."""

    oddity: Oddity
    since: date  # day from which on it has been so
    what: str = ""  # of what there is less: a type of question, or BYTES
    before: int = 0  # the most that there ever was of it
    now: int = 0


def oddities(checks: Checks) -> list[ArchiveFinding]:
    """Return what is strange about an archive after its checks, at least one."""
    return [*_stood_still(checks), *_lacks(checks)]


def _stood_still(checks: Checks) -> Iterator[ArchiveFinding]:
    """Yield a finding if an archive of the legislature of today has had nothing new for long."""
    last, changed = checks[-1], changed_on(checks)
    day = last.checked
    if last.archive.partition("/")[0] != str(legislature_on(day)):
        return
    if session_days(changed, day) > LONGEST_PAUSE:
        yield ArchiveFinding(Oddity.STILL, changed)
    elif last.until and session_days(last.until, day) > LONGEST_PAUSE:
        yield ArchiveFinding(Oddity.OLD, last.until)


def _lacks(checks: Checks) -> Iterator[ArchiveFinding]:
    """Yield a finding for each type that lost records; if none did, for bytes, if they are less."""
    types = sorted({type_ for check in checks for type_ in check.records})
    lacking = [*filter(None, (_lack(checks, type_) for type_ in types))]
    yield from lacking or filter(None, [_lack(checks, BYTES)])


def _lack(checks: Checks, what: str) -> ArchiveFinding | None:
    counts = [_count(check, what) for check in checks]
    before, now = max(counts), counts[-1]
    if now == before:
        return None
    lacking = [*takewhile(lambda check: _count(check, what) < before, reversed(checks))]
    since = lacking[-1].checked
    return ArchiveFinding(Oddity.SMALLER if now else Oddity.LOST, since, what, before, now)


def _count(check: ArchiveCheck, what: str) -> int:
    return check.bytes if what == BYTES else dict[str, int](check.records.items()).get(what, 0)


def session_days(start: date, end: date) -> int:
    """Return how many days after `start`, up to `end`, are days of an ordinary session.

    Article 28 of the Constitution: from October to June. In other months no pause is too long.

    >>> session_days(date(2025, 6, 28), date(2025, 10, 3))
    5
    """
    idle = (
        (min(end, date(year, 9, 30)) - max(start, date(year, 6, 30))).days
        for year in range(start.year, end.year + 1)
    )
    return (end - start).days - sum(max(0, days) for days in idle)
