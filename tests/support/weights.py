"""A plugin of pytest: which tests `make test` leaves to CI, by the time that they were measured to
take. `pytest --weigh` writes the table; it is run on all tests, on a quiet machine.
"""

import csv
import os
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from lod.base.tabular import rows
from tests.support.paths import ROOT, TESTS

TABLE = TESTS / "heavy.csv"  # test: a file, or one test of it; seconds
HEAVY = 3.0  # seconds of a test, all its cases together
PREPARED = 10.0  # seconds of what the tests of a file share; without one test, the next pays it


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--weigh", action="store_true", help=f"write {TABLE.name}")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("weigh") and "PYTEST_XDIST_WORKER" not in os.environ:
        config.pluginmanager.register(Scales())


@cache
def table() -> dict[str, int]:
    """Return the files and tests of the table, with their seconds."""
    return {row["test"]: int(row["seconds"]) for row in rows(TABLE)}


def is_heavy(nodeid: str) -> bool:
    return not table().keys().isdisjoint({nodeid.partition("::")[0], nodeid.partition("[")[0]})


@cache
def seconds(path: Path) -> int:
    """Return how long the heavy tests of a file take."""
    name = path.relative_to(ROOT).as_posix()
    return sum(time for test, time in table().items() if test.partition("::")[0] == name)


class Scales:
    """Adds up how long files are prepared and tests run, and writes what is heavy."""

    def __init__(self) -> None:
        self._prepared, self._run = Counter[str](), Counter[str]()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "setup":
            self._prepared[report.nodeid.partition("::")[0]] += report.duration
        else:
            self._run[report.nodeid.partition("[")[0]] += report.duration

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        if exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            return  # it was ended before all had run
        weights = {file: time for file, time in self._prepared.items() if time >= PREPARED}
        for test, time in self._run.items():
            if time >= HEAVY and test.partition("::")[0] not in weights:
                weights[test] = time
        with TABLE.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("test", "seconds"))
            writer.writerows((test, round(time)) for test, time in sorted(weights.items()))
