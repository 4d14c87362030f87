"""The locks: every package that the project needs, at one version, with the hashes of its files."""

import re
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.support.paths import ROOT

DEV, RUN, SPARK, SUITES = (
    ROOT / name
    for name in (".ci/lock.txt", "deploy/lock.txt", ".ci/lock-spark.txt", ".ci/lock-suites.txt")
)
_ENTRY = re.compile(r"^(\S+==[^\\\n]*?) \\\n((?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.M)


def locked(path: Path) -> dict[str, list[Requirement]]:
    """Return name → versions and markers, after each line of a lock was held to its form."""
    text, found = path.read_text("utf-8"), defaultdict[str, list[Requirement]](list)
    entries = _ENTRY.findall(text)
    lines = sum(1 + hashes.count("\n") for _, hashes in entries)
    assert lines == sum(not line.startswith("#") for line in text.splitlines()), path
    for line, _ in entries:
        one = Requirement(line)
        found[canonicalize_name(one.name)].append(one)
    return found


def version(one: Requirement) -> Version:
    [exact] = one.specifier
    return Version(exact.version)


@pytest.mark.parametrize(
    ("path", "groups"),
    [(DEV, ("dependencies", "dev", "build")), (RUN, ("dependencies",)),
     (SPARK, ("spark",)), (SUITES, ("suites",))],
)  # fmt: skip
def test_each_dependency_is_locked_within_its_bounds(path: Path, groups: tuple[str, ...]) -> None:
    """`make lock` writes what is missing."""
    project, lock = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8")), locked(path)
    needed = project["project"] | project["dependency-groups"]
    for line in (line for group in groups for line in needed[group] if isinstance(line, str)):
        one = Requirement(line)
        there = lock[canonicalize_name(one.name)]
        assert there and all(one.specifier.contains(version(other)) for other in there), line


def test_what_is_deployed_is_what_is_tested() -> None:
    """The lock of the server has nothing that CI has not, and the same versions."""
    tested = locked(DEV)
    for name, ones in locked(RUN).items():
        assert {*map(version, ones)} <= {*map(version, tested[name])}, name


def test_everything_is_installed_by_hashes() -> None:
    """Each call of pip checks hashes, or installs the project alone."""
    for name in ("Makefile", ".ci/nightly"):
        lines = re.sub(r"\\\n *", "", (ROOT / name).read_text("utf-8")).splitlines()
        calls = [line for line in lines if re.search(r"^[^#=]*(pip install|\$\(PIP\))", line)]
        assert calls, name
        for call in calls:
            assert "--require-hashes" in call or "--no-deps" in call, f"{name}: {call}"
