"""Fixtures: releases that many tests read, one question, and the option that accepts outcomes."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.test import Client

import lod.cli  # noqa: F401  it imports the commands of extensions, which import it
from lod.base import packaged
from lod.base.inputs import Record
from lod.base.settings import Settings
from lod.build import build
from lod.pipeline.report.build_report import BuildReport
from lod.pipeline.settling.convert import Accepted, convert
from lod.rdf.iris import Iris
from tests.support import outcome, weights
from tests.support.browsing import Sites
from tests.support.every_warning import EveryWarning
from tests.support.once import exported, linked, once
from tests.support.paths import BASE, CASES, GOOD, RICH, SHARED, beside
from tests.support.releases import Kept, build_lives, build_versions
from tests.support.server_data import Server, client_of, serving

# they are for other processes
collect_ignore = ["support/every_process", "suites/judges"]
collect_ignore_glob = ["extensions/*/judges"]
if "WHEEL" not in os.environ:  # `test_release_workflow` runs it, on the wheel that it has built
    collect_ignore.append("project/test_wheel_alone.py")
RELEASES = {"sample", "plain", "mixture", "vies", "made"}  # fixtures, each a whole release
EXPORTS = {"sample_files", "app_files", "mixture_files", "vies_files"}  # each one as files


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    parser.addoption("--accept", action="store_true", help="write what the cases expect")
    for plugin in (outcome, weights):
        pluginmanager.register(plugin)


def pytest_configure(config: pytest.Config) -> None:
    """With `PYTHONDEVMODE=1`, look at the warnings of every process. Let Ctrl+C reach the commands
    that tests start, where a shell that started the tests in the background has it ignored.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if sys.flags.dev_mode and "PYTEST_XDIST_WORKER" not in os.environ:
        config.pluginmanager.register(EveryWarning())


def marks_of(item: pytest.Item) -> set[str]:
    return {mark.name for mark in item.iter_markers()}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what reads a whole release, asks another program or is heavy, as is what reads
    an export, which takes longer to write than a release; skip, loudly, what needs the real records
    where they are not.
    """
    for item in items:
        given = getattr(getattr(item, "callspec", None), "params", {})  # may name fixtures too
        needed = {*getattr(item, "fixturenames", ()), *map(str, given.values())}
        if weights.part_of(item.nodeid):
            item.add_marker(pytest.mark.nightly)
        elif weights.is_heavy(item.nodeid) or EXPORTS & needed:
            item.add_marker(pytest.mark.heavy)
        if {"heavy", "nightly", "tool"} & marks_of(item) or RELEASES & needed:
            item.add_marker(pytest.mark.slow)
        if "shared" in marks_of(item) and not SHARED.is_dir():
            item.add_marker(pytest.mark.skip(reason=f"no real records: {SHARED} is absent"))
    if "PYTEST_XDIST_WORKER" in os.environ:  # none has a long file left when the others end
        items.sort(key=lambda item: (-weights.seconds(item.path), item.path))


@pytest.fixture(scope="session")
def iris() -> Iris:
    return Iris(BASE)


@pytest.fixture
def publie(iris: Iris) -> Iterator[Accepted]:
    """One good question with everything in it, to change one thing of."""
    verdict = convert(Record(str(RICH), RICH.name, RICH.read_bytes()), iris)
    assert isinstance(verdict, Accepted)
    yield verdict


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a release of the sample."""

    def make(folder: Path) -> None:
        build([packaged.SAMPLE], folder, Settings(), jobs=2, sample=True)

    return once(tmp_path_factory, "sample", make, is_kept=True)[0]


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, BuildReport]:
    """A release of one good record, and what was counted."""

    def make(folder: Path) -> BuildReport:
        return build([GOOD], folder, Settings())

    return once(tmp_path_factory, "plain", make, is_kept=True)


@pytest.fixture(scope="session")
def mixture(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, BuildReport]:
    """A release of the sample and of all cases, good and broken, and what was counted."""

    def make(folder: Path) -> BuildReport:
        return build([packaged.SAMPLE, CASES], folder, Settings(), jobs=2, beside=beside())

    return once(tmp_path_factory, "mixture", make, is_kept=True)


@pytest.fixture(scope="session")
def sample_files(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release of the sample as a folder of files, each document in every form."""
    return exported(tmp_path_factory, sample)


@pytest.fixture(scope="session")
def mixture_files(
    mixture: tuple[Path, BuildReport], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The release of the mixture as a folder of files, each document in every form."""
    return exported(tmp_path_factory, mixture[0])


@pytest.fixture(scope="session")
def vies_files(vies: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release of invented lives as a folder of files, each document in every form."""
    return exported(tmp_path_factory, vies)


@pytest.fixture(scope="session")
def app_files(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release of the sample as a site of its own on a host of files, by the usual options."""
    return exported(tmp_path_factory, sample, is_alone=True)


@pytest.fixture(scope="session")
def vies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of invented questions that lived through all that can happen to one."""
    return once(tmp_path_factory, "vies", build_lives, is_kept=True)[0] / "out"


@pytest.fixture(scope="session")
def browsed(
    sample: Path,
    mixture: tuple[Path, BuildReport],
    vies: Path,
    sample_files: Path,
    vies_files: Path,
) -> Sites:
    """The releases and copies that a browser looks at."""
    return Sites(
        {"echantillon": sample, "melange": mixture[0], "vies": vies},
        {"statique": sample_files, "copie": vies_files},
    )


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Three releases, one after the other."""
    return once(tmp_path_factory, "versions", build_versions, is_kept=True)[1]


@pytest.fixture
def kept(made: Kept, tmp_path: Path) -> Kept:
    """The same in a folder of its own, files shared, to do what one likes to."""
    return Kept(linked(made.out, tmp_path / "out"), made.records, made.ids)


@pytest.fixture(scope="session")
def sample_server(sample: Path) -> Iterator[Server]:
    """A server of the sample, for all tests that only ask it."""
    with serving(sample, workers=1) as server:
        yield server


@pytest.fixture(scope="session")
def client(sample_server: Server) -> Client:
    """Modules that ask another release have a fixture of this name themselves."""
    return client_of(sample_server)


@pytest.fixture(scope="session")
def vies_server(vies: Path) -> Iterator[Server]:
    """A server of the release of invented lives, for all tests that only ask it."""
    with serving(vies, workers=1) as server:
        yield server


@pytest.fixture(scope="session")
def vies_client(vies_server: Server) -> Client:
    return client_of(vies_server)
