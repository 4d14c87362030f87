"""Show how far a long command is, and log what each of its stages took.

Times are for the person who waits; nothing that is published depends on them.
"""

import os
import sys
import time
from pathlib import Path

import orjson
from tqdm import tqdm


class Progress:
    """The stages of a command, one after the other."""

    def __init__(self, is_shown: bool = False, log: Path | None = None) -> None:
        self._is_shown = is_shown  # whether each stage has a bar on standard error
        self._log = log  # file that gets a line of JSON for each stage
        self._bar: tqdm | None = None  # of the stage under way, if bars are shown
        self._name, self._done = "", 0  # stage under way, "" for none; how many items are done
        self._start, self._cpu = 0.0, 0.0  # when it began: seconds of the clock, of processors

    def stage(self, name: str, total: int = 0) -> None:
        """Begin a stage of `total` items, 0 if that is not known."""
        self.end()
        self._name, self._done = name, 0
        self._start, self._cpu = time.monotonic(), _cpu_seconds()
        if self._is_shown:
            self._bar = tqdm(desc=name, total=total or None, unit="", leave=False)

    def say(self, line: str) -> None:
        """Print a line beside the bars, if they are shown."""
        if self._is_shown:
            tqdm.write(line, file=sys.stderr)

    def more(self, count: int) -> None:
        """Add so many items to the stage."""
        if self._bar is not None:
            self._bar.total = (self._bar.total or 0) + count
            self._bar.refresh()

    def done(self, count: int, remaining: str = "") -> None:
        """Show how many items of the stage are done, and in words what remains."""
        if self._bar is not None:
            self._bar.set_postfix_str(remaining, refresh=bool(remaining))
            self._bar.update(count - self._done)
        self._done = count

    def tick(self) -> None:
        """Redraw the bar, whose clock moves on although no item is done."""
        if self._bar is not None:
            self._bar.refresh()

    def end(self) -> None:
        """End the last stage: remove its bar, write its line of the log."""
        if self._bar is not None:
            self._bar.close()
        if self._name and self._log:
            took = {
                "stage": self._name,
                "wall": round(time.monotonic() - self._start, 3),
                "cpu": round(_cpu_seconds() - self._cpu, 3),
                "items": self._done,
            }
            with self._log.open("ab") as file:
                file.write(orjson.dumps(took, option=orjson.OPT_APPEND_NEWLINE))
        self._name = ""


def _cpu_seconds() -> float:
    """Return the processor seconds of this process and of its children that have ended."""
    return sum(os.times()[:4])
