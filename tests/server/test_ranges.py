"""Parts of files, and conditions of requests, as RFC 9110 says (13.1, 13.2.2 and 14.2)."""

from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from werkzeug.test import Client, TestResponse

from lod.pipeline.report.build_report import BuildReport
from tests.support.server_data import client_of, serving

PATH = "/dcat.ttl"
DUMP = "/telechargements/questions.nt.gz"


@pytest.fixture(scope="module")
def client(plain: tuple[Path, BuildReport]) -> Iterator[Client]:
    with serving(plain[0], workers=1) as server:
        yield client_of(server)


@pytest.fixture(scope="module")
def whole(client: Client) -> TestResponse:
    return client.get(DUMP)


def date(whole: TestResponse, seconds: int = 0) -> str:
    """Return the date of a file, or one before or after it."""
    assert whole.last_modified
    return format_datetime(whole.last_modified + timedelta(seconds=seconds), usegmt=True)


def get(client: Client, path: str = DUMP, method: str = "GET", **headers: str) -> TestResponse:
    """Send headers to the application itself; `If_Match` stands for `If-Match`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.open(path, method=method, headers={"Cache-Control": "no-cache", **named})


@pytest.mark.parametrize(
    ("stated", "first", "last"),
    [("bytes=0-0", 0, 0), ("bytes=2-5", 2, 5), ("BYTES=2-5", 2, 5), ("bytes=2-", 2, -1),
     ("bytes=2-999999999", 2, -1), ("bytes=-3", -3, -1), ("bytes=-999999999", 0, -1),
     ("bytes=-99999999999999999", 0, -1)],
)  # fmt: skip
def test_one_range_is_sent(
    client: Client, whole: TestResponse, stated: str, first: int, last: int
) -> None:
    """A part has its place in Content-Range; a suffix longer than the file is the whole file."""
    size = len(whole.data)
    first, last = first % size, last % size
    part = get(client, Range=stated)
    assert (part.status_code, part.data) == (206, whole.data[first : last + 1])
    assert part.headers["Content-Range"] == f"bytes {first}-{last}/{size}"
    assert int(part.headers["Content-Length"]) == len(part.data)
    assert part.headers["ETag"] == whole.headers["ETag"]


@pytest.mark.parametrize(
    "stated",
    ["bytes=0-1,5-6", "bytes=0-1, -2", "lines=1-2", "lines=999999999-", "bytes=abc", "bytes",
     "bytes=5-2", "bytes=", "bytes=-", "bytes=--1", "=0-1", "0-1", "bytes=0-1;x", "bytes=+1-2",
     "bytes=" + "0-0," * 1000 + "0-0"],
)  # fmt: skip
def test_other_ranges_are_ignored(client: Client, whole: TestResponse, stated: str) -> None:
    answer = get(client, Range=stated)
    assert (answer.status_code, answer.data) == (200, whole.data)
    assert answer.headers["Accept-Ranges"] == "bytes" and "Content-Range" not in answer.headers


@pytest.mark.parametrize("stated", ["bytes=999999999-", "bytes=999999999-999999999", "bytes=-0"])
def test_a_range_after_the_end_is_refused(client: Client, whole: TestResponse, stated: str) -> None:
    """The answer says how long the file is."""
    answer = get(client, Range=stated)
    assert answer.status_code == 416 and answer.mimetype == "application/problem+json"
    assert answer.headers["Content-Range"] == f"bytes */{len(whole.data)}"


def test_only_get_has_ranges(client: Client, whole: TestResponse) -> None:
    """HEAD says what GET without Range would, whatever the range."""
    for stated in ("bytes=0-1", "bytes=999999999-", "lines=1-2"):
        head = get(client, method="HEAD", Range=stated)
        assert (head.status_code, head.data) == (200, b"")
        assert int(head.headers["Content-Length"]) == len(whole.data)


@pytest.mark.parametrize("path", [DUMP, PATH, "/", "/static/style.css", "/problemes/delai.ttl"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_conditions_with_any_tag(client: Client, path: str, method: str) -> None:
    answer = get(client, path, method, If_Match="*")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "public, max-age=300")
    for more in ({}, {"Range": "bytes=0-1"}, {"If_Match": "*"}):
        answer = get(client, path, method, If_None_Match="*", **more)
        assert (answer.status_code, answer.data) == (304, b"")
    assert get(client, "/absent", method, If_Match="*").status_code == 404


def test_conditions_with_a_tag(client: Client, whole: TestResponse) -> None:
    """If-Match is weighed strongly and first, before a range and a date."""
    tag, other = whole.headers["ETag"], '"other"'
    for stated in (tag, f"{other}, {tag}"):
        answer = get(client, If_Match=stated, If_Unmodified_Since=date(whole, -100))
        assert (answer.status_code, answer.data) == (200, whole.data)
    for stated in (other, f"W/{tag}"):
        for more in ({}, {"Range": "bytes=0-1"}, {"If_None_Match": tag}):
            answer = get(client, If_Match=stated, **more)
            assert (answer.status_code, answer.data) == (412, b"")
            assert answer.headers["Cache-Control"] == "no-store"
    for stated in (tag, f"W/{tag}", f"{other}, {tag}"):
        for more in ({}, {"Range": "bytes=0-1"}, {"If_Modified_Since": date(whole, -100)}):
            answer = get(client, If_None_Match=stated, **more)
            assert (answer.status_code, answer.data) == (304, b"")
            assert answer.headers["ETag"] == tag
    answer = get(client, If_None_Match=other, If_Modified_Since=date(whole))
    assert (answer.status_code, answer.data) == (200, whole.data)


def test_conditions_with_a_date(client: Client, whole: TestResponse) -> None:
    """A day before or after that of the file gives 412 or 304; what is no date does not count."""
    for name, seconds, status in (
        ("If_Unmodified_Since", -1, 412),
        ("If_Unmodified_Since", 0, 200),
        ("If_Unmodified_Since", 1, 200),
        ("If_Modified_Since", -1, 200),
        ("If_Modified_Since", 0, 304),
        ("If_Modified_Since", 1, 304),
    ):
        answer = get(client, **{name: date(whole, seconds)})
        assert (answer.status_code, len(answer.data)) == (
            status, len(whole.data) if status == 200 else 0
        ), (name, seconds)  # fmt: skip
        assert get(client, **{name: "yesterday"}).status_code == 200


def test_a_range_of_one_version(client: Client, whole: TestResponse) -> None:
    """If-Range brings the part of the very version that it names, the whole file of another."""
    tag = whole.headers["ETag"]
    for stated, status in (
        (tag, 206),
        (date(whole), 206),
        ('"other"', 200),
        (f"W/{tag}", 200),
        (date(whole, -1), 200),
        (date(whole, 1), 200),
        ("yesterday", 200),
    ):
        answer = get(client, Range="bytes=0-1", If_Range=stated)
        assert (answer.status_code, len(answer.data)) == (
            status, 2 if status == 206 else len(whole.data)
        ), stated  # fmt: skip
        after = get(client, Range="bytes=999999999-", If_Range=stated)
        assert after.status_code == (416 if status == 206 else 200), stated
    assert get(client, If_Range='"other"').status_code == 200  # without a range it says nothing


@pytest.mark.parametrize(
    "path",
    ["/api/", "/api/openapi.json", "/api/questions.json?q=a", "/api/statuts.json",
     "/recherche?q=a&format=json", "/problemes/delai.ttl"],
)  # fmt: skip
def test_conditions_of_what_is_made_on_request(client: Client, path: str) -> None:
    """What is made on request obeys If-Match and If-None-Match as files do, and has no parts."""
    answer = get(client, path, Range="bytes=0-1")
    tag = answer.headers["ETag"]
    assert (answer.status_code, answer.cache_control.max_age) == (200, 300)
    assert answer.last_modified or "problemes" in path
    for headers, status in (
        ({"If_Match": "*"}, 200),
        ({"If_Match": tag}, 200),
        ({"If_Match": '"other"'}, 412),
        ({"If_None_Match": "*"}, 304),
        ({"If_None_Match": tag}, 304),
    ):
        assert get(client, path, **headers).status_code == status, headers
