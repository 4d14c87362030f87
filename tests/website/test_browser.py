"""The pages in a real browser: accessible, narrow, quick, to themselves."""

import re
from typing import Any

import pytest

from tests.support.browsing import Sites, look_at_pages

FIRST_PAINT = 1000  # milliseconds
Seen = list[dict[str, Any]]
pytestmark = pytest.mark.tool


@pytest.fixture(scope="module")
def seen(browsed: Sites) -> Seen:
    """What the browser has seen of a page of each kind."""
    return look_at_pages(browsed)


def told(seen: Seen, what: str) -> list[str]:
    """What was seen of the pages under one name, a line each."""
    return [f"{p['genre']}: {line}" for p in seen for line in p.get(what, ["not seen"])]


def test_every_kind_opens(seen: Seen) -> None:
    """Each kind of page is there, with the status that it should have."""
    assert len(seen) >= 40
    failed = [(p["genre"], p.get("statut"), p.get("echec")) for p in seen
              if p.get("statut") != p["attendu"] or "echec" in p]  # fmt: skip
    assert not failed


def test_axe(seen: Seen) -> None:
    """No page has a fault that axe can see, wide or narrow; dark, too, at night."""
    assert not told(seen, "violations")


def test_no_page_is_wider_than_the_window(seen: Seen) -> None:
    """At 1280 pixels and 360, at night 320, nobody has to scroll sideways, and no cell lies over
    another.
    """
    assert not told(seen, "debordements")


def test_pages_keep_to_themselves(seen: Seen) -> None:
    """Nobody else is asked for anything, no cookie is left, the console stays empty."""
    assert not told(seen, "ailleurs")
    assert not told(seen, "temoins")
    refusals = re.compile(r"the server responded with a status of 4\d\d")
    said = [(p["genre"], line) for p in seen for line in p.get("console", [])
            if p["attendu"] == 200 or not refusals.search(line)]  # fmt: skip
    assert not said


def test_every_page(browsed: Sites) -> None:
    """At night: every page of a pattern, seen within a second."""
    seen = look_at_pages(browsed, every=True)
    assert len(seen) > 100
    for test in (
        test_every_kind_opens, test_axe, test_no_page_is_wider_than_the_window,
        test_pages_keep_to_themselves,
    ):  # fmt: skip
        test(seen)
    assert not [(p["genre"], p["trait"]) for p in seen if p["trait"] >= FIRST_PAINT]
