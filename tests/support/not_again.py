"""A plugin of pytest: a slow test that has passed in one run need not run in another one. CI runs
each test, on one of its Pythons; those that are not slow run on all.
"""

import os
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--passed", type=Path, help="write there which tests have passed")
    parser.addoption("--not-again", type=Path, help="leave out the slow tests of such a list")


def pytest_configure(config: pytest.Config) -> None:
    path = config.getoption("passed")
    if path and "PYTEST_XDIST_WORKER" not in os.environ:
        config.pluginmanager.register(Teller(path))


@pytest.hookimpl(trylast=True)  # when each slow test is marked
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take slow tests that have passed out of the items."""
    if path := config.getoption("not_again"):
        passed = {*path.read_text("utf-8").splitlines()}
        by_need: dict[bool, list[pytest.Item]] = {True: [], False: []}
        for item in items:
            is_slow = item.get_closest_marker("slow") is not None
            by_need[not is_slow or item.nodeid not in passed].append(item)
        items[:] = by_need[True]
        config.hook.pytest_deselected(items=by_need[False])


class Teller:
    """Writes which tests have passed, a line each."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._passed: set[str] = set()
        self._failed: set[str] = set()  # when they were called, before that, or after it

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._failed.add(report.nodeid)
        elif report.when == "call" and report.passed:
            self._passed.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        told = sorted(self._passed - self._failed)
        self._path.write_text("".join(f"{nodeid}\n" for nodeid in told), "utf-8")
