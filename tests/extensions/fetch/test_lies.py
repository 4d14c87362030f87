"""A server that lies: each lie is told in one sentence, within the limit, and does no harm."""

import time
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from struct import pack

import pytest

from lod.base.errors import LodError
from lod.extensions.fetch.download import FETCH_LATER
from tests.extensions.fetch.test_archives import GOOD, HALF, NAME, OTHER, PAGE, Run, serving
from tests.support.patience import patience
from tests.support.repository import Answer, Request, running, saying, sharing, zipped

WHOLE = 0.15  # seconds of one try where a lie has no end
ASKS = 2  # how often what may pass is asked for here

OK = b"HTTP/1.1 200 OK\r\n"
LONG = OK + b"Content-Length: %d\r\n\r\n" % len(GOOD)
CHUNKS = OK + b"Transfer-Encoding: chunked\r\n\r\n"
CHUNK = b"4\r\nPK\x03\x04\r\n"


def raw(*pieces: bytes) -> Answer:
    """These bytes, and no more."""

    def answer(request: Request) -> None:
        request.wfile.write(b"".join(pieces))
        request.close_connection = True

    return answer


def endless(first: bytes, piece: bytes, pause: float = 0) -> Answer:
    """A piece again and again, until the client leaves."""

    def answer(request: Request) -> None:
        request.wfile.write(first)
        while True:
            request.wfile.write(piece)
            time.sleep(pause)

    return answer


NO_ANSWER, TOO_FEW = f"no answer within {WHOLE:.1g} seconds", f"in {WHOLE:.1g} seconds"
DROP = 0.005
ENDLESS: dict[str, tuple[Answer, str]] = {  # what has no end → the answer, what is said
    "silence": (endless(b"", b"", 1), NO_ANSWER),
    "a status, byte by byte": (endless(b"HTTP/1.1 2", b"0", DROP), NO_ANSWER),
    "headers, byte by byte": (endless(OK + b"X: ", b"x", DROP), NO_ANSWER),
    "headers, line by line": (endless(OK, b"X: 1\r\n", DROP), NO_ANSWER),
    "100 Continue": (endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), NO_ANSWER),
    "100 Continue, now and then": (endless(b"", b"HTTP/1.1 100 \r\n\r\n", DROP), NO_ANSWER),
    "silence after the headers": (endless(LONG, b"", 1), f"only 0 bytes {TOO_FEW}"),
    "a body, byte by byte": (endless(LONG, b"x", DROP), TOO_FEW),
    "a body of one byte, then silence": (endless(LONG + b"x", b"", 1), f"only 1 bytes {TOO_FEW}"),
    "chunks, byte by byte": (endless(CHUNKS, b"1\r\nx\r\n", DROP), TOO_FEW),
    "the line of a chunk, byte by byte": (endless(CHUNKS, b"0", DROP), TOO_FEW),
    "the extension of a chunk": (endless(CHUNKS + b"4;", b"x", DROP), TOO_FEW),
    "no end of a chunk": (endless(CHUNKS + CHUNK[:-2], b"", 1), TOO_FEW),
    "a trailer": (endless(CHUNKS + CHUNK + b"0\r\n", b"X: 1\r\n"), TOO_FEW),
    "a trailer, byte by byte": (endless(CHUNKS + CHUNK + b"0\r\nX: ", b"x", DROP), TOO_FEW),
}  # fmt: skip

HUNG_UP, BROKE_OFF = "hung up without an answer", "the answer broke off"
PASSES: dict[str, tuple[Answer, str]] = {  # what may pass
    "nothing": (raw(), HUNG_UP),
    "an empty line": (raw(b"\r\n"), HUNG_UP),
    "another protocol": (raw(b"SSH-2.0-OpenSSH_9.9\r\n"), HUNG_UP),
    "TLS": (raw(b"\x15\x03\x01\0\x02\x02\x46"), HUNG_UP),
    "a version of HTTP": (raw(b"HTTP/9.9 200 OK\r\n\r\n", GOOD), HUNG_UP),
    "a status that is no number": (raw(b"HTTP/1.1 abc OK\r\n\r\n"), HUNG_UP),
    "a status that is none": (raw(b"HTTP/1.1 99 OK\r\n\r\n"), HUNG_UP),
    "two lengths": (
        raw(OK, b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", GOOD),
        "multiple unmatching values (1, 2)"),
    "a length that is too long": (saying(200, GOOD, Content_Length=len(GOOD) + 1), BROKE_OFF),
    "half of it": (saying(200, GOOD[:HALF], Content_Length=len(GOOD)), BROKE_OFF),
    "a chunk that is cut": (raw(CHUNKS, b"fff\r\n", GOOD[:9]), BROKE_OFF),
    "a chunk of gigabytes": (raw(CHUNKS, b"fffffffff\r\n", GOOD), BROKE_OFF),
    "a chunk of no number": (raw(CHUNKS, b"zz\r\n", GOOD), BROKE_OFF),
    "a chunk of less than nothing": (raw(CHUNKS, b"-5\r\n", GOOD), BROKE_OFF),
    "chunks without a last one": (raw(CHUNKS, CHUNK), BROKE_OFF),
    "a chunk whose line is too long": (raw(CHUNKS, b"0" * 10**5), BROKE_OFF),
    "chunks that are none": (raw(CHUNKS, GOOD), BROKE_OFF),
    "a trailer whose line is too long": (raw(CHUNKS, b"0\r\n", b"x" * 10**5), BROKE_OFF),
    "a server that is busy": (saying(503), "503 Service Unavailable"),
    "a status that does not exist": (saying(799), "799"),
}  # fmt: skip

MOVED = "has the address changed? look on https://data.assemblee-nationale.fr/"
NO_ZIP = f"a web page came instead of a zip; {MOVED}"
TOO_LONG = "its headers are too long; is this the right address?"
OTHER_BYTES = "other bytes came instead of a zip"
STAYS: dict[str, tuple[Answer, str]] = {  # what will not pass
    "a status line without an end": (raw(b"HTTP/1.1 200 " + b"x" * 10**6), TOO_LONG),
    "headers without an end": (endless(OK, b"X-More: 1\r\n"), TOO_LONG),
    "a header without an end": (endless(OK + b"X: ", b"x" * 1000), TOO_LONG),
    "a short length": (saying(200, GOOD, Content_Length=len(GOOD) - 9), "the zip is damaged"),
    "a length of more than there is": (
        raw(OK, b"Content-Length: 99999999999\r\n\r\nx"), "99999999999 bytes, which is too much"),
    "a page, by its type": (saying(200, b"Indisponible", Content_Type="Text/HTML; x"), NO_ZIP),
    "a page, by its first bytes": (saying(200, b"\r\n" + PAGE), NO_ZIP),
    "no content": (saying(204), f"204 No Content; {MOVED}"),
    "an address that is gone": (saying(404), f"404 Not Found; {MOVED}"),
    "a 416, though no range was requested": (saying(416), "416 "),
    "a 304 without a condition": (saying(304), "304 Not Modified"),
    "a 206 without a range": (saying(206, GOOD), "206 Partial Content"),
    "a long pause": (saying(503, Retry_After=3600), f"503 Service Unavailable; {FETCH_LATER}"),
    "redirections in a circle": (saying(302, Location="/round"), "more than 5 redirections"),
} | {
    place: (saying(302, Location=place), f"is redirected to another server, '{place}'; has the")
    for place in (
        "http://localhost:1/x.zip", "//example.org/x.zip", "file:///etc/passwd", "http://[",
        "ftp:x", "http://127.0.0.1:99999/x", "http://127.0.0.1:1/x.zip",
    )
}  # fmt: skip


def compressed(method: int) -> bytes:
    path = Path(f"{method}.zip")
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("x.json", b"{}" * 100)
    return path.read_bytes()


def altered(mark: bytes, at: int, new: bytes) -> bytes:
    start = GOOD.index(mark) + at
    return GOOD[:start] + new + GOOD[start + len(new) :]


listed = partial(altered, b"PK\x01\x02")  # what the list says of the first member
ending = partial(altered, b"PK\x05\x06")  # what the last record says of the list


def greedy() -> bytes:
    """A member whose dictionary would take four gigabytes."""
    whole = bytearray(compressed(zipfile.ZIP_LZMA))
    whole[41:45] = pack("<I", 2**32 - 1)
    return bytes(whole)


ZIPS = {  # the bytes → what is said
    "nothing": (b"", OTHER_BYTES),
    "a record": (b"{}", OTHER_BYTES),
    "a line before it": (b"\n" + GOOD, OTHER_BYTES),
    "an empty one": (b"PK\x05\x06" + bytes(18), "the zip is damaged (nothing is in it)"),
    "only a beginning": (b"PK\x03\x04", "the zip is damaged (File is not a zip file)"),
    "without its end": (GOOD[:-30], "the zip is damaged (File is not a zip file)"),
    "with another name": (
        GOOD.replace(b"1.json", b"7.json", 1), "the zip is damaged (File name in directory"),
    "with another byte": (
        GOOD[:5000] + bytes([GOOD[5000] ^ 1]) + GOOD[5001:],
        "the zip is damaged (Bad CRC-32 for file 'json/QANR5L17QG1.json')"),
    "bytes that members share": (
        sharing(zipped(bytes(2000)), count=9), "some of its members share bytes"),
    "encrypted": (listed(8, b"\1"), "is encrypted, password required for extraction)"),
    "a patch": (listed(8, b"\x20"), "compressed patched data (flag bit 5)"),
    "encrypted strongly": (listed(8, b"\x40"), "strong encryption (flag bit 6)"),
    "of a version to come": (listed(6, b"\x63"), "zip file version 9.9"),
    "another sum": (listed(16, b"\0\0\0\0"), "Bad CRC-32"),
    "a length of gigabytes": (listed(20, b"\xfe\xff\xff\xff"), "share bytes"),
    "a length that is short": (listed(20, b"\1\0\0\0\1\0\0\0"), "Bad CRC-32"),
    "a member beyond its end": (listed(42, b"\xf0\xff\xff\xf0"), "the zip is damaged ("),
    "a member elsewhere": (listed(42, b"\1"), "Bad magic number for file header"),
    "a long list": (ending(12, b"\xff\xff\xff\0"), "the zip is damaged ("),
    "a list that is elsewhere": (ending(16, b"\xff\xff\xff\0"), "the zip is damaged ("),
    **{f"method {n}": (listed(10, pack("<H", n)), f"is compressed by method {n}, where only 0 ")
       for n in (1, 9, 12, 14, 93, 95, 99)},
}  # fmt: skip


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    monkeypatch.chdir(tmp_path)
    with running() as server:
        yield Run(server, tmp_path / "data")


def told(run: Run, answer: Answer, words: str, seconds: float) -> bool:
    """Check what is said of a lie; return whether it was asked for again.

    What was in the place stays, and the next honest answer comes.
    """
    run.target.parent.mkdir(parents=True)
    run.target.write_bytes(OTHER)
    begun = time.monotonic()
    outcome = run(answer, delays=(0,) * (ASKS - 1), whole=seconds)
    assert time.monotonic() - begun < patience(ASKS * seconds + 1)
    assert isinstance(outcome, LodError) and words in str(outcome)
    assert "\n" not in str(outcome) and len(str(outcome)) < 600
    assert run.target.read_bytes() == OTHER and run.left() <= {
        NAME, f".{NAME}.part", f".{NAME}.part.http.json"
    }  # fmt: skip
    is_kept, is_again = run.part.exists(), len(run.pauses) > 0
    assert (FETCH_LATER in str(outcome)) >= is_again >= is_kept
    run.part.unlink(missing_ok=True)
    assert run.status(serving(GOOD)) == "fetched"
    return is_again


@pytest.mark.parametrize("name", ENDLESS)
def test_what_has_no_end_is_given_up(run: Run, name: str) -> None:
    assert told(run, *ENDLESS[name], seconds=WHOLE)


@pytest.mark.parametrize("name", PASSES)
def test_what_may_pass_is_asked_for_again(run: Run, name: str) -> None:
    assert told(run, *PASSES[name], seconds=30)


@pytest.mark.parametrize("name", STAYS)
def test_what_cannot_become_right_is_asked_for_once(run: Run, name: str) -> None:
    """The message says what to do. A few redirections are followed, no more."""
    assert not told(run, *STAYS[name], seconds=30)


@pytest.mark.parametrize("name", ZIPS)
def test_what_is_not_a_whole_zip_is_thrown_away(run: Run, name: str) -> None:
    """Each member is read and its CRC compared."""
    body, words = ZIPS[name]
    assert not told(run, serving(body), words, seconds=30)


@pytest.mark.parametrize("make", [greedy, lambda: compressed(zipfile.ZIP_BZIP2)])
def test_a_method_that_takes_memory_is_not_begun(run: Run, make) -> None:  # type: ignore[no-untyped-def]
    assert not told(run, serving(make()), "where only 0 (stored) and 8 (def", seconds=30)
