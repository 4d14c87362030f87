"""Fixtures: the sample release, one question, and the option that accepts new outcomes."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from lod.base import packaged as files
from lod.base.settings import Settings
from lod.build import build
from lod.pipeline.build_report import Bilan
from lod.pipeline.convert import Publie, convert
from lod.rdf.iris import Iris
from lod.sources.forms import Record
from tests.synthetic import lives
from tests.synthetic.forms import FORMS

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
BASE = "http://localhost:8000/"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="write what the cases expect")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, loudly, what needs the real records where they are not."""
    if not SHARED.is_dir():
        for item in items:
            if item.get_closest_marker("shared"):
                item.add_marker(pytest.mark.skip(reason=f"no real records: {SHARED} is absent"))


@pytest.fixture(scope="session")
def iris() -> Iris:
    return Iris(BASE)


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a release of the sample."""
    folder = tmp_path_factory.mktemp("sample")
    build([files.SAMPLE], folder, Settings(), jobs=2, sample=True)
    return folder


@pytest.fixture(scope="session")
def mixture(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Bilan]:
    """A release of the sample and of all cases, good and broken, and what was counted."""
    folder = tmp_path_factory.mktemp("mixture")
    return folder, build([files.SAMPLE, ROOT / "tests" / "cases"], folder, Settings(), jobs=2)


@pytest.fixture
def publie(iris: Iris) -> Iterator[Publie]:
    """One good question with everything in it, to change one thing of."""
    source = ROOT / "tests/cases/an_json/whole_life/source.json"
    fate = convert(Record(str(source), source.name, source.read_bytes()), iris)
    assert isinstance(fate, Publie)
    yield fate


@pytest.fixture(scope="session")
def vies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of invented questions that lived through all that can happen to one."""
    folder, form = tmp_path_factory.mktemp("vies"), FORMS["JSON L15"]
    records = folder / "records"
    records.mkdir()
    for question in lives.cases(form.legislature).values():
        (records / f"{question.uid}.json").write_bytes(form.write(question, Random(1)))
    names = ("plain", "recalls", "shared_answer")
    told = [ROOT / f"tests/cases/an_json/{name}/source.json" for name in names]
    page = ROOT / "tests/cases/page_recente/withdrawn/source.md"  # question 15-43349
    inputs = [records, ROOT / "tests/queries/records", *told, page]
    build(inputs, folder / "out", Settings(), jobs=2)
    return folder / "out"
