"""The locks: every package that the project needs, at one version, with the hashes of its files."""

import re
from collections import defaultdict
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.support.paths import ROOT

DEV, RUN = (ROOT / name for name in (".ci/lock.txt", "deploy/lock.txt"))
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


def test_what_is_deployed_is_what_is_tested() -> None:
    """The lock of the server has nothing that CI has not, and the same versions."""
    tested = locked(DEV)
    for name, ones in locked(RUN).items():
        assert {*map(version, ones)} <= {*map(version, tested[name])}, name


def test_everything_is_installed_by_hashes() -> None:
    """Each call of pip or uv checks hashes, or installs the project alone."""
    for name in ("Makefile", ".ci/nightly"):
        lines = re.sub(r"\\\n *", "", (ROOT / name).read_text("utf-8")).splitlines()
        calls = [line for line in lines if re.search(r"^[^#=]*(pip install|\$\((PIP|UV)\))", line)]
        assert calls, name
        for call in [part for line in calls for part in line.split("||")]:
            assert "--require-hashes" in call or "--no-deps" in call, f"{name}: {call}"


@pytest.mark.parametrize(
    ("system", "machine", "is_fast"),
    [("linux", "x86_64", True), ("linux", "aarch64", False), ("darwin", "arm64", False)],
)
def test_the_server_installs_on_other_machines(system: str, machine: str, is_fast: bool) -> None:
    """Without the engine that has no wheel there; nothing else is left out of any of them."""
    python = {"python_version": "3.11", "python_full_version": "3.11.0"}  # not the one that runs
    environment = {"sys_platform": system, "platform_machine": machine, **python}
    here = {
        name
        for name, versions in locked(RUN).items()
        if any(not v.marker or v.marker.evaluate(environment) for v in versions)
    }
    left_out = locked(RUN).keys() - here - {"backports-zstd", "colorama", "tzdata"}
    assert left_out == (set() if is_fast else {"shacl"})
