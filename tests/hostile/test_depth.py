"""Depth that no bracket shows is refused, or evaluated rightly, and no reader ends of it."""

from collections.abc import Iterator

import pytest

from tests.hostile.huge import DEEP, UNCOUNTED
from tests.support.live import Live, live
from tests.support.server_data import publish

pytestmark = pytest.mark.heavy

DEADLINE = 1.0  # seconds that a query may take
DEPTHS = (2_000, 7_200, 9_400, 30_000)  # at these the engine of today ends, or does not yet
# what an engine that does not end answers, where it is not refused
TRUE = {"not", "or", "and", "unions", "groups", "filters", "minuses"}
FALSE = {"sum", "difference", "alternative"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server of sixty numbers."""
    folder = tmp_path_factory.mktemp("depth")
    publish(folder)
    with live(folder, timeout=DEADLINE) as running:
        yield running


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("name", UNCOUNTED)
def test_depth_ends_no_reader(server: Live, name: str, depth: int) -> None:
    """The answer is right or a refusal, and the readers are those that they were."""
    server.post("ASK {}")  # whoever ended before is back
    before = {reader.pid for reader in server.readers}
    got = server.post(UNCOUNTED[name](depth))
    assert str(got.status) in DEEP | {"413"}, got.body[:300]
    if got.status == 200 and name in TRUE | FALSE:
        assert (b'"boolean":true' in got.body) == (name in TRUE)
    if got.status != 504:
        assert server.post("ASK {}").status == 200
        assert before <= {reader.pid for reader in server.readers}
