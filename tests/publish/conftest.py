"""Three releases, one after the other."""

import pytest

from tests.support.once import once
from tests.support.versions import Kept, build_versions


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return once(tmp_path_factory, "versions", build_versions)[1]
