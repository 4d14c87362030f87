"""The locks: every package that the project needs, at one version, with the hashes of its files."""

import re
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.support.paths import ROOT

DEV, RUN, SPARK, SUITES = (
    ROOT / name
    for name in (".ci/lock.txt", "deploy/lock.txt", ".ci/lock-spark.txt", ".ci/lock-suites.txt")
)
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
_ENTRY = re.compile(r"^(\S+==[^\\\n]*?) \\\n((?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.M)


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


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


def applies(one: Requirement, python: str) -> bool:
    """Say whether a line of a lock is for a version of Python."""
    known = {"python_version": python, "python_full_version": f"{python}.1"}
    return one.marker is None or one.marker.evaluate(known)


@pytest.mark.parametrize(
    ("path", "groups"),
    [(DEV, ("", "dev", "build")), (RUN, ("",)), (SPARK, ("spark",)), (SUITES, ("suites",))],
)
def test_each_dependency_is_locked_within_its_bounds(path: Path, groups: tuple[str, ...]) -> None:
    """With hashes, for each Python that is supported: `make lock` writes what is missing."""
    stated, lock = project(), locked(path)
    needed = {"": stated["project"]["dependencies"], **stated["dependency-groups"]}
    lines = (line for group in groups for line in needed[group] if isinstance(line, str))
    for line in lines:
        one = Requirement(line)
        there = lock[canonicalize_name(one.name)]
        assert all(one.specifier.contains(version(other)) for other in there), line
        for python in (python for python in PYTHONS if applies(one, python)):
            assert sum(applies(other, python) for other in there) == 1, f"{line}: {path.name}"


def test_what_is_deployed_is_what_is_tested() -> None:
    """The lock of the server has nothing that CI has not, and the same versions."""
    tested = locked(DEV)
    for name, ones in locked(RUN).items():
        assert {*map(version, ones)} <= {*map(version, tested[name])}, name


def test_what_builds_the_project_is_locked() -> None:
    """The project, and pyspark, are built without the isolation in which pip would fetch anything:
    what builds them is in the lock.
    """
    built = [*project()["build-system"]["requires"], "editables", "setuptools"]
    lock = locked(DEV)
    assert all(Requirement(line).name in lock for line in built)


def test_everything_is_installed_by_hashes() -> None:
    """Each call of pip checks hashes, or installs the project alone."""
    for name in ("Makefile", ".ci/run"):
        lines = re.sub(r"\\\n *", "", (ROOT / name).read_text("utf-8")).splitlines()
        calls = [line for line in lines if re.search(r"^[^#=]*(pip install|\$\(PIP\))", line)]
        assert calls, name
        for call in calls:
            assert "--require-hashes" in call or "--no-deps" in call, f"{name}: {call}"
