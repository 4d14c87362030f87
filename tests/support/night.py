"""`python -m tests.support.night [PART…]`: the parts of the night, each with what came of it.

A part is a set of tests (`tests/nightly.csv`) or a command (`COMMANDS`). The last result of each
stands in `tests/nightly.json`, and in a table of CONTRIBUTING.md. Ends with 1 if one has failed.
"""

import json
import subprocess
import sys
import time
from collections import Counter
from datetime import date
from xml.etree import ElementTree

from tests.support.paths import ROOT, TESTS
from tests.support.weights import nightly, part_of

RESULTS, PAGE = TESTS / "nightly.json", ROOT / "CONTRIBUTING.md"
BEGIN, END = "<!-- make nightly: begin -->\n", "<!-- make nightly: end -->\n"
COMMANDS = {  # part: targets of `make`, with less than they take by hand
    "bench": ("bench", "BENCH=small"),
    "debian": ("next-debian",),
    "fuzz": ("fuzz",),
    "mutations": ("mutate",),
}
Row = dict[str, str | int | float]


def tested(parts: list[str]) -> dict[str, Counter[str]]:
    """Run the tests of these parts; return for each how many had which outcome, and seconds."""
    report = ROOT / "build" / "nightly.xml"
    report.parent.mkdir(exist_ok=True)
    report.unlink(missing_ok=True)
    chosen = [f"WITH=-m nightly --weigh --junitxml={report} "
              + " ".join(f"--part={part}" for part in parts)]  # fmt: skip
    ended = subprocess.run(["make", "test-all", *chosen], cwd=ROOT, check=False).returncode
    counts = {part: Counter[str]() for part in parts}
    for case in ElementTree.parse(report).iter("testcase"):
        file = f"{case.attrib['classname'].replace('.', '/')}.py"
        outcomes = {child.tag for child in case} & {"failure", "error", "skipped"}
        count = counts[part_of(f"{file}::{case.attrib['name']}")]
        count["seconds"] += round(float(case.attrib["time"]))
        count["skipped" if outcomes == {"skipped"} else "failed" if outcomes else "passed"] += 1
    if ended and not any(count["failed"] for count in counts.values()):
        sys.exit(f"pytest ended with {ended}, and no test has failed")  # warnings of a process
    return counts


def commanded(part: str) -> Counter[str]:
    """Run the command of a part."""
    start = time.monotonic()
    ended = subprocess.run(["make", *COMMANDS[part]], cwd=ROOT, check=False).returncode
    passed = {"failed" if ended else "passed": 1}
    return Counter(passed | {"seconds": round(time.monotonic() - start)})


def table(results: dict[str, Row]) -> str:
    """Return the table of CONTRIBUTING.md."""
    lines = ["| part | day | commit | passed | failed | skipped | minutes |",
             "|---|---|---|--:|--:|--:|--:|"]  # fmt: skip
    lines += [
        "| " + " | ".join(map(str, (f"`{part}`", *row.values()))) + " |"
        for part, row in results.items()
    ]
    return "".join(f"{line}\n" for line in lines)


def tell(results: dict[str, Row]) -> None:
    """Write the results where people look."""
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(before + BEGIN + table(results) + END + after, "utf-8")


def main() -> None:
    known = {part for part, _ in nightly().values()}
    parts = sys.argv[1:] or sorted({*known, *COMMANDS})
    if strange := [part for part in parts if part not in {*known, *COMMANDS}]:
        sys.exit(f"no part of the night: {', '.join(strange)}; one of {', '.join(sorted(known))}")
    git = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(git, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    counts = tested([part for part in parts if part in known])
    for part in parts:
        if part in COMMANDS:
            counts[part] = counts.get(part, Counter()) + commanded(part)
    results: dict[str, Row] = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    for part, count in counts.items():
        results[part] = {
            "day": date.today().isoformat(), "commit": commit.strip(), "passed": count["passed"],
            "failed": count["failed"], "skipped": count["skipped"],
            "minutes": round(count["seconds"] / 60, 1),
        }  # fmt: skip
    tell(dict(sorted(results.items())))
    failed = [part for part, count in counts.items() if count["failed"]]
    print(f"{sum(c['passed'] for c in counts.values())} passed, "
          f"{sum(c['failed'] for c in counts.values())} failed, "
          f"{sum(c['skipped'] for c in counts.values())} skipped")  # fmt: skip
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
