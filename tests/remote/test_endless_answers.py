"""Answers without end: whatever a server sends, a request ends, and says what was wrong."""

import re
from contextlib import closing
from dataclasses import replace

import pytest

from lod.remote.http import HttpClient, Limits
from tests.support.patience import HANG
from tests.support.repository import ENDLESS, LIMITS, WHOLE, ended, sending


def body(url: str, limits: Limits = LIMITS) -> bytes:
    with closing(HttpClient(limits)) as client, closing(client.open("GET", url, {})) as answer:
        return client.body(answer, url)


@pytest.mark.parametrize("name", ENDLESS)
def test_what_has_no_end_is_given_up(name: str) -> None:
    """As much as is allowed is read, however fast it comes."""
    first, piece, message = ENDLESS[name]
    with sending(first, piece) as url:
        slow = replace(LIMITS, whole=HANG)  # the amount ends it, not the time
        assert re.search(message, ended(lambda: body(url, slow), HANG))


@pytest.mark.parametrize("name", ENDLESS)
def test_what_comes_drop_by_drop_ends_in_time(name: str) -> None:
    """A byte now and then, or a line, does not make the time begin anew."""
    first, piece, _ = ENDLESS[name]
    with sending(first, piece[:10], pause=0.01) as url:
        said = ended(lambda: body(url), HANG)
    assert f"{WHOLE} seconds" in said, said
