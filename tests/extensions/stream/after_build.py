"""What holds of the stream after each build that `tests/kills/build.py` kills and completes."""

from pathlib import Path

from lod.publish.release import CURRENT
from tests.extensions.stream.streams import replica, stored_states, whole_stream


def hold(folder: Path) -> None:
    assert replica(whole_stream(folder)) == stored_states(folder / CURRENT)
