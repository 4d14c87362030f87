"""Test runs in Python's development mode: no process may warn, but as packages are known to do.

pytest makes errors of the warnings of its own processes. Those of programs that tests start are
listed by `every_process/sitecustomize.py`; readers of the server, whose environment is emptied, are
not among them.
"""

import csv
import os
import re
import tempfile
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.support.paths import TESTS

KNOWN = TESTS / "warnings.csv"  # paquet, version, avertissement (regular expression), raison
HOOK = TESTS / "support" / "every_process"
LIST = "TESTS_WARNINGS"


class EveryWarning:
    """A plugin of pytest that ends a run with an error if a process has warned."""

    def __init__(self) -> None:
        self._left: list[str] = []
        file, self._path = tempfile.mkstemp(prefix="warnings-")
        os.close(file)
        before = os.environ.get("PYTHONPATH")
        os.environ["PYTHONPATH"] = os.pathsep.join([str(HOOK), *([before] if before else [])])
        os.environ[LIST] = self._path

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self._left = left_over(Path(self._path).read_text("utf-8").splitlines())
        if self._left and not session.exitstatus:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_unconfigure(self) -> None:
        """Print them below everything else, where the end of a log is all that is seen."""
        print("warnings of all processes, but for those of tests/warnings.csv:")
        print("\n".join(self._left) or "none")


def left_over(lines: list[str]) -> list[str]:
    """Return the warnings, each once, that no row of the table explains; and stale rows of it."""
    with KNOWN.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    stale = [
        f"{KNOWN}: {row['paquet']} {row['version']} is not installed; look whether it still warns"
        for row in rows
        if version(row["paquet"]) != row["version"]
    ]
    known = [re.compile(row["avertissement"]) for row in rows]
    return stale + sorted({line for line in lines if not any(one.search(line) for one in known)})
