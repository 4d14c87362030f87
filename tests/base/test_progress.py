"""The bar of a stage: its name, how many of how many items, and what is left."""

from collections import Counter
from collections.abc import Iterable

import pytest

from lod.base.progress import Progress
from lod.publish.publication import Output, Task
from lod.website.outputs import _in_words, _tasks


def write(_shop: object, _item: object) -> None:
    pass


class Index(Output):
    """One task at once, two when the outputs before are finished."""

    name = "full-text index"

    def setup(self) -> Iterable[Task]:
        return [(write, None)]

    def finish(self) -> Iterable[Task]:
        return [(write, 1), (write, 2)]


def test_the_bar_of_outputs_moves(capfd: pytest.CaptureFixture[str]) -> None:
    """A total as soon as it is known, a moving count, the stage by name, what is left."""
    progress, left = Progress(is_shown=True), Counter[str]()
    for number, (name, _) in enumerate(_tasks([Index(), Output()], progress, left), start=1):
        left[name] -= 1
        progress.done(number, _in_words(left))
        progress.tick()
    shown = capfd.readouterr().err
    progress.end()
    for said in (
        "pages, dumps, full-text index, store:   0%",
        "0/1", "left: full-text index, store", "1/1", "left: store", "1/3", "2/3", "left: pages",
        "3/3",
    ):  # fmt: skip
        assert said in shown, shown
    assert shown.index("1/1") < shown.index("1/3") < shown.index("2/3") < shown.index("3/3")
