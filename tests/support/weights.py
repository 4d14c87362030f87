"""A plugin of pytest: which tests `make test` leaves to CI, and which CI leaves to the night.

`tests/heavy.csv` has tests that take long, `tests/nightly.csv` those of the night, by their parts.
Tests of one file that share what is dear to make are all heavy, or none is: else it is made twice.
`pytest --weigh` writes the seconds into both, for whatever it has run.
"""

import csv
import os
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from lod.base.tabular import rows
from tests.support.paths import ROOT, TESTS

# test: a file, or one test of it
HEAVY = TESTS / "heavy.csv"  # test, seconds
NIGHTLY = TESTS / "nightly.csv"  # test, part, seconds
LONG = 3.0  # seconds of a test, all its cases together
PREPARED = 10.0  # seconds of what the tests of a file share; without one test, the next pays it


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--weigh", action="store_true", help="write the seconds of long tests")
    parser.addoption("--part", action="append", help=f"only a part of {NIGHTLY.name}")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("weigh") and "PYTEST_XDIST_WORKER" not in os.environ:
        config.pluginmanager.register(Scales())


@cache
def heavy() -> dict[str, int]:
    """Return the seconds of the tests of CI that take long."""
    return {row["test"]: int(row["seconds"]) for row in rows(HEAVY)}


@cache
def nightly() -> dict[str, tuple[str, int]]:
    """Return the part and the seconds of the tests of the night."""
    return {row["test"]: (row["part"], int(row["seconds"])) for row in rows(NIGHTLY)}


def names(nodeid: str) -> tuple[str, str]:
    """Return the file and the test by which a table may name a test."""
    return nodeid.partition("::")[0], nodeid.partition("[")[0]


def is_heavy(nodeid: str) -> bool:
    return not heavy().keys().isdisjoint(names(nodeid))


@pytest.hookimpl(trylast=True)  # when each test has its marks
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the tests of the parts that are asked for."""
    if parts := config.getoption("part"):
        others = [item for item in items if part_of(item.nodeid) not in parts]
        items[:] = [item for item in items if part_of(item.nodeid) in parts]
        config.hook.pytest_deselected(items=others)


def part_of(nodeid: str) -> str:
    """Return the part of the night to which a test belongs; "" for one that CI runs."""
    return next((nightly()[name][0] for name in names(nodeid) if name in nightly()), "")


@cache
def seconds(path: Path) -> int:
    """Return how long the heavy and nightly tests of a file take."""
    name = path.relative_to(ROOT).as_posix()
    known = [*heavy().items(), *((test, taken) for test, (_, taken) in nightly().items())]
    return sum(taken for test, taken in known if test.partition("::")[0] == name)


class Scales:
    """Adds up how long files are prepared and tests run, and writes what is long."""

    def __init__(self) -> None:
        self._prepared, self._run = Counter[str](), Counter[str]()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        file, test = names(report.nodeid)
        if report.when == "setup":
            self._prepared[file] += report.duration
        else:
            self._run[test] += report.duration

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        if exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            return  # it was ended before all had run
        files = {names(test)[0] for test in self._run}
        long = {file: time for file, time in self._prepared.items() if time >= PREPARED}
        long |= {
            test: time
            for test, time in self._run.items()
            if time >= LONG and names(test)[0] not in long
        }
        kept = {test: n for test, n in heavy().items() if names(test)[0] not in files}
        of_ci = {test: round(time) for test, time in long.items() if not part_of(test)}
        write(HEAVY, ("test", "seconds"), sorted((kept | of_ci).items()))
        of_night = {
            test: round(self._run[test] or sum(time for name, time in self._run.items()
                                               if names(name)[0] == test) + self._prepared[test])
            for test in nightly() if names(test)[0] in files
        }  # fmt: skip
        told = [(test, part, of_night.get(test) or n) for test, (part, n) in nightly().items()]
        write(NIGHTLY, ("test", "part", "seconds"), sorted(told))


def write(path: Path, head: tuple[str, ...], lines: list[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([head, *lines])
