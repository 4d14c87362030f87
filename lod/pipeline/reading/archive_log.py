"""The log of checks of the official archives, and what it tells: an archive that stands still,
shrank, or lost a type of question.

`lod fetch` adds a line for each archive that it has checked; the log is hidden beside the archives,
so that no build takes it for records. Days come from the log: nothing here asks a clock.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import takewhile
from pathlib import Path
from typing import Annotated

import msgspec

from lod.base.errors import Finding, Where
from lod.base.inputs import files
from lod.base.tabular import group_by_key
from lod.model.question import TypeQuestion
from lod.reference.tables import legislature_on

LOG = ".checks.jsonl"  # in each folder of archives
MOST_BYTES = 2**26  # of a log that is read: two centuries of three archives a night
# days of the ordinary session that an archive may stand still. The JO prints written questions each
# Tuesday. Questions to the Government have longer pauses: of the 300 real ones of legislature 16
# the longest in a session is 27 days (2022-12-15 to 2023-01-11); one issue more makes 34.
# *Assumed* for oral questions without debate, of which no series of real records is known.
LONGEST_PAUSE = 35
BYTES = "bytes"  # in place of a type of question: it is the size of the archive that shrank
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveCheck:
    """A line of the log, with these fields as keys."""

    # below the folder of `lod fetch`: its legislature, or `amo`, then its file
    archive: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]{1,20}/[A-Za-z0-9_.-]{1,150}$")]
    checked: date  # here, when `lod fetch` asked for it
    modified: date | None  # as the server says
    bytes: Count
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    records: dict[TypeQuestion, Count]  # type that the records state → how many; none of AMO
    until: date | None = None  # the latest day that a record names, not after `checked`


class Oddity(StrEnum):
    """What may be strange about an archive: the keys of `site/etat-des-sources.toml`."""

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


@dataclass(frozen=True, slots=True)
class ArchiveState:
    """The state of an archive after its checks."""

    archive: str
    changed: date  # day of its last change: as the server says, else when it was first seen
    until: date | None  # the latest day that a record names
    records: tuple[tuple[str, int], ...]  # type → how many, the most first
    findings: tuple[ArchiveFinding, ...]


Checks = Sequence[ArchiveCheck]  # of one archive, the newest last


def read_log(path: Path) -> tuple[list[ArchiveCheck], list[Finding]]:
    """Return the checks of a log, the newest last, and a finding for each line that is no check."""
    checks, findings = list[ArchiveCheck](), list[Finding]()
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return checks, findings
    if len(data) > MOST_BYTES:
        wrong = f"a log of more than {MOST_BYTES // 2**20} MiB, which is not read"
        return checks, [Finding(Where(str(path)), wrong, "move it away; lod fetch begins another")]
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            checks.append(_DECODER.decode(line))
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            wrong = f"no check of an archive ({error})"
            findings.append(Finding(Where(str(path), number), wrong, "remove the line"))
    return checks, findings


def read_logs(inputs: Iterable[Path]) -> tuple[tuple[Checks, ...], tuple[Finding, ...]]:
    """Return the checks of each archive among some inputs, from the log beside it, and a finding
    for each line of these logs that is no check.
    """
    archives = {path for top in inputs for path in files(top) if path.suffix == ".zip"}
    logged, findings = list[Checks](), list[Finding]()
    for folder in sorted({path.parent for path in archives}):
        checks, wrong = read_log(folder / LOG)
        findings += wrong
        for archive, own_checks in group_by_key((check.archive, check) for check in checks).items():
            if folder / archive.rpartition("/")[2] in archives:
                logged.append(own_checks)
    return tuple(logged), tuple(findings)


def archive_states(checked: Iterable[Checks], data_until: date) -> tuple[ArchiveState, ...]:
    """Return the states of archives, by name; `data_until` is the day up to which the data goes."""
    states = {state_of(checks, data_until) for checks in checked}
    return tuple(sorted(states, key=lambda state: state.archive))


def state_of(checks: Checks, data_until: date = date.min) -> ArchiveState:
    """Return the state of an archive after its checks, at least one.

    Whether it stands still is judged on the day of the last check, or on `data_until` if later.
    """
    last = checks[-1]
    first = _first_so(checks, lambda check: check.sha256 == last.sha256)
    changed = min(first.modified or first.checked, first.checked)
    lacks = [*_stood_still(last, changed, max(last.checked, data_until)), *_lacks(checks)]
    records = tuple(sorted(last.records.items(), key=lambda count: (-count[1], count[0])))
    return ArchiveState(last.archive, changed, last.until, records, tuple(lacks))


def _stood_still(last: ArchiveCheck, changed: date, day: date) -> Iterator[ArchiveFinding]:
    """Yield a finding if an archive of the legislature of `day` has had nothing new for long."""
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
    since = _first_so(checks, lambda check: _count(check, what) < before).checked
    return ArchiveFinding(Oddity.SMALLER if now else Oddity.LOST, since, what, before, now)


def _count(check: ArchiveCheck, what: str) -> int:
    return check.bytes if what == BYTES else dict[str, int](check.records.items()).get(what, 0)


def _first_so(checks: Checks, is_so: Callable[[ArchiveCheck], bool]) -> ArchiveCheck:
    """Return the first check of the run at the end in which `is_so` holds for each."""
    return [*takewhile(is_so, reversed(checks))][-1]


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


_DECODER = msgspec.json.Decoder(ArchiveCheck)
