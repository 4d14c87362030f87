"""A server of the sample, for all tests of this folder that only ask it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.test import Client

from tests.support.server_data import client_of, serving


@pytest.fixture(scope="session")
def client(sample: Path) -> Iterator[Client]:
    """Modules that ask another release have a fixture of this name themselves."""
    with serving(sample, workers=1) as server:
        yield client_of(server)
