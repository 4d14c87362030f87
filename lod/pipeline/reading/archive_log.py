"""The log of checks of the official archives, which tells when each of them changed.

`lod fetch` adds a line for each archive that it has checked; the log is hidden beside the archives,
so that no build takes it for records. Days come from the log: nothing here asks a clock.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from pathlib import Path
from typing import Annotated

import msgspec

from lod.base.errors import Finding, Where
from lod.base.inputs import files
from lod.base.tabular import group_by_key
from lod.model.question import TypeQuestion

LOG = ".checks.jsonl"  # in each folder of archives
MOST_BYTES = 2**26  # of a log that is read: two centuries of three archives a night
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


def last_changes(inputs: Iterable[Path]) -> tuple[tuple[str, date], ...]:
    """Return name → day of its last change, of the archives among some inputs that the log beside
    them knows. A line of it that is no check is for `lod fetch` to tell.
    """
    archives = {path for top in inputs for path in files(top) if path.suffix == ".zip"}
    days = dict[str, date]()
    for folder in {path.parent for path in archives}:
        checks = group_by_key((check.archive, check) for check in read_log(folder / LOG)[0])
        for archive, own_checks in checks.items():
            if folder / archive.rpartition("/")[2] in archives:
                days[archive] = changed_on(own_checks)
    return tuple(sorted(days.items()))


def changed_on(checks: Sequence[ArchiveCheck]) -> date:
    """Return the day of the last change of an archive, whose newest check is the last one: as the
    server said, else when it was first seen.
    """
    last = checks[-1]
    first = [*takewhile(lambda check: check.sha256 == last.sha256, reversed(checks))][-1]
    return min(first.modified or first.checked, first.checked)


_DECODER = msgspec.json.Decoder(ArchiveCheck)
