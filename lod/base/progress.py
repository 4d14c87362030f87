"""How far a long command is: stage, share done, rate, time that remains; and what each stage took.

The clock is told to the person who waits, and never gets into what is published.
"""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

WIDTH = 20  # characters of the bar
EVERY = 0.1  # seconds between two showings


class Progress:
    """The stages of a command, one after the other; without `show`, nobody looks.

    `log` is a file that gets a line of JSON for each stage: name, seconds of the clock, seconds
    of all processors, items done.
    """

    def __init__(self, show: Callable[[str], None] | None = None, log: Path | None = None) -> None:
        self._show, self._log = show, log
        self._name, self._total, self._done = "", 0, 0
        self._start, self._cpu, self._shown = 0.0, 0.0, 0.0

    def stage(self, name: str, total: int = 0) -> None:
        """Begin a stage; `total` is how many items it has, if anybody knows."""
        self.end()
        self._name, self._total, self._done = name, total, 0
        self._start, self._cpu, self._shown = time.monotonic(), _cpu(), 0.0
        self._tell()

    def done(self, count: int) -> None:
        """Say how many items of the stage are done."""
        self._done = count
        if self._show and time.monotonic() - self._shown >= EVERY:
            self._tell()

    def end(self) -> None:
        """End the last stage."""
        if self._name and self._log:
            took: dict[str, Any] = {
                "stage": self._name,
                "wall": round(time.monotonic() - self._start, 3),
                "cpu": round(_cpu() - self._cpu, 3),
                "items": self._done,
            }
            with self._log.open("a", encoding="utf-8") as file:
                file.write(json.dumps(took) + "\n")
        self._name = ""
        if self._show:
            self._show("")

    def _tell(self) -> None:
        if self._show:
            self._shown = time.monotonic()
            self._show(line(self._name, self._done, self._total, self._shown - self._start))


def line(name: str, done: int, total: int, seconds: float) -> str:
    """Return the line that says how far a stage is.

    >>> line("settling questions", 9000, 45000, 6)
    'settling questions ████░░░░░░░░░░░░░░░░ 9,000 of 45,000, 1,500 a second, 24 s left'
    >>> line("reading records", 300, 0, 2), line("dumps", 0, 0, 1)
    ('reading records: 300, 150 a second', 'dumps')
    """
    if not done:
        return name
    rate = done / seconds if seconds else 0
    speed = f", {rate:,.0f} a second" if rate >= 1 else ""
    if not total:
        return f"{name}: {done:,}{speed}"
    full = min(WIDTH, WIDTH * done // total)
    left = f", {(total - done) / rate:,.0f} s left" if rate and done < total else ""
    return f"{name} {'█' * full}{'░' * (WIDTH - full)} {done:,} of {total:,}{speed}{left}"


def _cpu() -> float:
    """Return the seconds of this process, and of those below it that have ended."""
    return sum(os.times()[:4])
