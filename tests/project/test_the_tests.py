"""What the tables of the tests say is there."""

import re

from tests.support.paths import ROOT, TESTS
from tests.support.weights import heavy, nightly


def test_heavy_and_nightly_tests_are_there() -> None:
    """One that has a new name must be weighed; those of an extension go with its folder."""
    tables = [*heavy(), *nightly()]
    assert len(tables) == len({*tables}) > 100
    folders = {path.name for path in (TESTS / "extensions").glob("[a-z]*")}
    there = [name for name in tables if name.split("/")[1] != "extensions"
             or {*name.split("/")} & folders or name.count("/") == 2]  # fmt: skip
    for name in there:
        path, _, test = name.partition("::")
        text = (ROOT / path).read_text("utf-8")
        assert not test or re.search(rf"^(?:async )?def {test}\(", text, re.M), name
