"""A plugin of pytest: how many tests were skipped, by reason; none that CI does not know of."""

from collections import Counter
from collections.abc import Generator

import pytest

KNOWN = {"tool", "shared"}  # CI runs whatever has one of these marks where nothing is missing
LINES = 10  # of reasons


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Make a failure of a test that is skipped and has no mark which says so."""
    report = yield
    if report.skipped and not KNOWN & {mark.name for mark in item.iter_markers()}:
        report.outcome, report.longrepr = "failed", f"{reason(report)}: mark it `tool`"
    return report


def reason(report: pytest.TestReport) -> str:
    said = report.longrepr
    return said[2].removeprefix("Skipped: ") if isinstance(said, tuple) else str(said)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print each reason with the number of tests, in a few lines."""
    skipped = Counter(map(reason, terminalreporter.stats.get("skipped", ())))
    for said, count in skipped.most_common(LINES):
        terminalreporter.write_line(f"skipped {count}: {said.splitlines()[0][:150]}")
    if rest := sum(skipped.values()) - sum(n for _, n in skipped.most_common(LINES)):
        terminalreporter.write_line(f"skipped {rest}: for {len(skipped) - LINES} other reasons")
