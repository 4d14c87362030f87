"""`lod fetch`: an archive is downloaded whole or not at all, whatever the server does."""

import hashlib
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from lod import __version__
from lod.base import inputs
from lod.base.durable import lock_folder
from lod.base.errors import LodError, UsageError
from lod.base.settings import read_settings
from lod.extensions.fetch.download import (
    ARCHIVE_LIMITS,
    ArchiveRow,
    Fetched,
    archives,
    fetch,
    followed,
    place,
    select,
)
from lod.pipeline.reading.archive_days import changed_on
from lod.remote.http import CHUNK
from tests.support.paths import ROOT
from tests.support.patience import HANG, wait_for
from tests.support.programs import lod
from tests.support.repository import (
    Answer,
    Depot,
    Request,
    archive_of,
    etag,
    running,
    saying,
    zipped,
)

NAME = "Questions.json.zip"
ROW = ArchiveRow(legislature="17", type="qg", forme="json", chemin=f"x/{NAME}", md5="")
PAGE = b"<!DOCTYPE html><title>503 Service Unavailable</title>"
GOOD, OTHER = archive_of(1), archive_of(2)
DEPUTY = zipped(b'{"acteur": {"uid": "PA1"}}')
HALF = len(GOOD) // 2


def serving(body: bytes, sent: int | None = None, **more: object) -> Answer:
    """An answer with ranges and tags; it may hang up after `sent` bytes."""

    def answer(request: Request) -> None:
        headers = {"ETag": etag(body), "Content_Type": "application/zip", **more}
        wanted = re.fullmatch(r"bytes=(\d+)-", request.headers["Range"] or "")
        if request.headers["If-None-Match"] == etag(body):
            request.start(304, ETag=etag(body))
            return
        first = 0
        if wanted and request.headers["If-Range"] in (None, headers["ETag"]):
            first = int(wanted[1])
            if first >= len(body):
                saying(416, b"no more", Content_Range=f"bytes */{len(body)}")(request)
                return
            headers["Content_Range"] = f"bytes {first}-{len(body) - 1}/{len(body)}"
        headers["Content_Length"] = len(body) - first
        request.start(206 if first else 200, **{n: v for n, v in headers.items() if v != ""})
        request.wfile.write(body[first:][:sent])
        request.close_connection = True

    return answer


class Run:
    """One archive, fetched into a folder; pauses are recorded instead of made."""

    def __init__(self, depot: Depot, folder: Path) -> None:
        self.depot, self.folder = depot, folder
        self.target = folder / "17" / NAME
        self.part = folder / "17" / f".{NAME}.part"
        self.pauses: list[float] = []

    def __call__(self, *script: Answer, md5: str = "", **limits: Any) -> Fetched | LodError:
        self.depot.script = list(script)
        self.depot.requests.clear()
        self.pauses.clear()
        [outcome] = fetch(
            [replace(ROW, md5=md5)], self.folder, self.depot.base,
            limits=replace(ARCHIVE_LIMITS, **limits), sleep=self.pauses.append,
        )  # fmt: skip
        return outcome

    def status(self, *script: Answer, **limits: Any) -> str:
        """Return how the archive came, which is whole, and alone in its place."""
        outcome = self(*script, **limits)
        assert isinstance(outcome, Fetched), outcome
        assert self.target.read_bytes() == GOOD and self.left() == {NAME, f".{NAME}.http.json"}
        return outcome.status

    def left(self) -> set[str]:
        return {path.name for path in self.folder.rglob("*") if path.is_file()}


@pytest.fixture
def depot() -> Iterator[Depot]:
    with running() as server:
        yield server


@pytest.fixture
def run(depot: Depot, tmp_path: Path) -> Run:
    return Run(depot, tmp_path)


def test_an_archive_is_fetched_whole(run: Run, depot: Depot) -> None:
    sha256 = hashlib.sha256(GOOD).hexdigest()
    assert run(serving(GOOD)) == Fetched("fetched", run.target, len(GOOD), sha256)
    assert run.target.read_bytes() == GOOD
    assert run.left() == {NAME, f".{NAME}.http.json"}
    assert depot.asked("Accept-Encoding") == ["identity"]
    assert depot.asked("User-Agent") == [f"questions-parlementaires-lod/{__version__}"]
    assert run.pauses == []


def test_only_a_changed_archive_is_sent_again(run: Run, depot: Depot) -> None:
    """304 on the second run; on the third there is a new version, and it replaces the old one."""
    stamp = "Tue, 06 Oct 2026 00:34:35 GMT"
    run(serving(GOOD, Last_Modified=stamp))
    assert changed_on(run.target) == date(2026, 10, 6)  # which a build tells
    assert run.status(serving(GOOD, Last_Modified=stamp)) == "unchanged"
    assert depot.asked("If-None-Match") == [etag(GOOD)]
    assert depot.asked("If-Modified-Since") == [stamp]
    third = run(serving(OTHER))
    assert isinstance(third, Fetched) and third.status == "fetched"
    assert run.target.read_bytes() == OTHER


def test_an_archive_that_was_altered_here_is_fetched_again(run: Run, depot: Depot) -> None:
    run(serving(GOOD))
    run.target.write_bytes(GOOD[:-1] + b"x")
    assert run.status(serving(GOOD)) == "fetched"
    assert depot.asked("If-None-Match") == [None]


@pytest.mark.parametrize("notes", [b"", b"{", b"[]", b'{"size": 1}', b"\xff"])
def test_notes_that_cannot_be_read_are_no_notes(run: Run, notes: bytes) -> None:
    run(serving(GOOD))
    run.target.with_name(f".{NAME}.http.json").write_bytes(notes)
    assert run.status(serving(GOOD)) == "fetched"


def chunked(request: Request) -> None:
    """The whole archive, without saying how long it is."""
    request.start(200, Transfer_Encoding="chunked")
    for first in range(0, len(GOOD), 50_000):
        piece = GOOD[first : first + 50_000]
        request.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
    request.wfile.write(b"0\r\n\r\n")


CUT = serving(GOOD, sent=HALF)
ARRIVES: dict[str, tuple[Answer, ...]] = {  # what the server does → its answers
    "in chunks": (chunked,),
    "until the connection ends": (saying(200, GOOD, Content_Length=""),),
    "with a wrong Content-Encoding": (serving(GOOD, Content_Encoding="gzip"),),
    "without ranges: a 200 instead of a 206 is the whole file": (CUT, saying(200, GOOD)),
    "another version, which If-Range brings whole": (serving(OTHER, sent=HALF), serving(GOOD)),
    "halves of two versions: without ETag the CRC tells": (
        serving(OTHER, sent=HALF, ETag=""), *[serving(GOOD, ETag="")] * 2),
    "a 206 that begins at another byte": (
        CUT, saying(206, GOOD[10:], Content_Range=f"bytes 10-200000/{len(GOOD)}"), serving(GOOD)),
}  # fmt: skip


@pytest.mark.parametrize("answers", ARRIVES.values(), ids=ARRIVES)
def test_an_archive_arrives_in_many_ways(run: Run, answers: tuple[Answer, ...]) -> None:
    assert run.status(*answers) == "fetched"


def test_notes_of_another_kind_do_no_harm(run: Run) -> None:
    """A number instead of a text is sent as a text, which is no tag of the server."""
    run(CUT, delays=())
    notes = run.part.with_name(f".{NAME}.part.http.json")
    notes.write_text(re.sub('"etag": ".*"', '"etag": 5', notes.read_text("utf-8")), "utf-8")
    assert run.status(serving(GOOD)) == "fetched"
    assert run.depot.asked("If-Range") == ["5"]


def test_a_transfer_that_is_cut_goes_on_where_it_was(run: Run, depot: Depot) -> None:
    assert run.status(CUT, serving(GOOD)) == "resumed"
    assert depot.asked("Range") == [None, f"bytes={HALF}-"]
    assert depot.asked("If-Range") == [None, etag(GOOD)]


def test_a_server_that_cuts_every_time_is_given_up_and_the_part_kept(run: Run) -> None:
    """Four tries; the file in the place stays; the next run requests only what is missing."""
    run(serving(OTHER))
    outcome = run(serving(GOOD, sent=1000))
    assert isinstance(outcome, LodError) and "goes on from what is there" in str(outcome)
    assert run.pauses == [2, 10, 30]
    assert run.part.read_bytes() == GOOD[:4000]
    assert run.target.read_bytes() == OTHER
    assert run.status(serving(GOOD)) == "resumed"


def test_another_address_is_another_file(run: Run, depot: Depot) -> None:
    """What one mirror sent is neither resumed nor compared by its tag at another mirror."""
    run(serving(GOOD))
    run(serving(OTHER, sent=HALF), delays=())
    depot.base += "mirror/"
    assert run.status(serving(GOOD)) == "fetched"
    assert depot.asked("Range") == depot.asked("If-None-Match") == [None]


@pytest.mark.parametrize("tag", ['"a\r\n b"', '"\xe9\x07"', '"a\rb"', "a" * 9000])
def test_a_strange_tag_does_no_harm(run: Run, tag: str) -> None:
    """Folded, not ASCII, with control characters, long: it is sent back, and nothing breaks."""
    run(saying(200, GOOD, ETag=tag))
    assert run.status(saying(304)) == "unchanged"


def test_a_weak_tag_does_not_join_two_halves(run: Run, depot: Depot) -> None:
    stamp = "Tue, 06 Oct 2026 00:34:35 GMT"
    cut = serving(GOOD, sent=HALF, ETag='W/"a"', Last_Modified=stamp)
    assert run.status(cut, saying(200, GOOD)) == "fetched"
    assert depot.asked("If-Range") == [None, stamp]


def test_a_range_that_says_another_length_is_noticed(run: Run) -> None:
    """The length of the whole file in a 206 must be what is there in the end."""
    wrong = saying(206, GOOD[HALF:], Content_Range=f"bytes {HALF}-{len(GOOD) - 1}/{len(GOOD) + 5}")
    outcome = run(CUT, wrong, delays=(0,))
    assert str(outcome).startswith(f"{run.depot.base}x/{NAME}: {len(GOOD)} bytes came, ")
    assert not run.target.exists()


def test_a_part_that_was_complete_already_is_verified_and_named(run: Run) -> None:
    """After a stop before the renaming the server answers 416: nothing is missing."""
    run(CUT, delays=())
    run.part.write_bytes(GOOD)
    assert run.status(serving(GOOD)) == "resumed"


@pytest.mark.parametrize("said", ["bytes */7", "", "nonsense"])
def test_a_part_that_the_server_cannot_go_on_with_is_thrown_away(run: Run, said: str) -> None:
    assert run.status(CUT, saying(416, Content_Range=said), serving(GOOD)) == "fetched"
    assert run.depot.asked("Range") == [None, f"bytes={HALF}-", None]


def test_a_page_does_not_replace_what_was_begun(run: Run) -> None:
    run(CUT, saying(200, PAGE, Content_Type="text/html"))
    assert run.part.read_bytes() == GOOD[:HALF]


def test_the_published_md5_decides(run: Run) -> None:
    """A closed archive has the MD5 that the Assemblée publishes, or it is refused."""
    right, wrong = hashlib.md5(GOOD).hexdigest(), hashlib.md5(OTHER).hexdigest()
    outcome = run(serving(GOOD), md5=wrong)
    assert f"its MD5 is {right}, not {wrong}; compare on" in str(outcome)
    assert run.left() == set()
    assert run.status(serving(GOOD), md5=right) == "fetched"


def test_a_redirection_on_the_same_server_is_followed(run: Run, depot: Depot) -> None:
    assert run.status(saying(301, Location="/new/place.zip"), serving(GOOD)) == "fetched"
    assert [request.path for request in depot.requests] == [f"/x/{NAME}", "/new/place.zip"]


def test_only_a_more_secure_scheme_is_another_scheme_that_is_followed() -> None:
    """From http to https of the same host, never back."""
    there = "https://example.org/a.zip"
    assert followed("http://example.org/a.zip", there) == there
    assert followed("http://EXAMPLE.org/a.zip", "http://example.org:80/b")
    for url, location in (
        ("https://example.org/a.zip", "http://example.org/a.zip"),
        ("http://example.org/a.zip", "https://example.com/a.zip"),
        ("http://example.org/a.zip", "http://example.org@example.com/a.zip"),
    ):
        with pytest.raises(LodError, match="another server"):
            followed(url, location)


def test_too_much_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the announced length, by the bytes that come, and by the size of the unpacked zip."""
    assert "which is too much" in str(run(serving(GOOD), size=len(GOOD) - 1))
    endless = saying(200, GOOD, Content_Length="?")
    assert "which is too much" in str(run(endless, size=1000))
    monkeypatch.setattr(inputs, "MAX_UNPACKED", 150_000)
    assert "unpacks to more than" in str(run(serving(GOOD)))
    assert run.left() == set()


def test_two_runs_do_not_write_the_same_files(run: Run) -> None:
    locked = lock_folder(run.folder, "lod fetch")
    with locked, pytest.raises(LodError, match="another lod fetch is at work here"):
        run(serving(GOOD))
    assert run.left() == set()
    assert run.status(serving(GOOD)) == "fetched"


def test_the_table_has_every_archive_once() -> None:
    rows, forms = archives(), ("json", "xml")
    expected = {*product(("14", "15", "16", "17"), ("qe", "qg", "qosd"), forms)}
    expected |= {*product([""], ("amo10", "amo30"), forms)}
    expected |= {*product(("15", "16", "17"), ("debats",), ("xml",))}
    assert {(a.legislature, a.type, a.forme) for a in rows} == expected
    assert len({place(a) for a in rows}) == len({a.chemin for a in rows}) == len(rows) == 31
    assert all(a.chemin.endswith(f".{a.forme}.zip") for a in rows)
    closed = {a.legislature for a in rows if re.fullmatch("[0-9a-f]{32}", a.md5)}
    assert closed == {"14", "15", "16"}


def test_what_is_asked_for_is_selected() -> None:
    names = [a.chemin.rsplit("/", 1)[1] for a in select(["17", "14"], "QG, qe", "xml", False)]
    assert names == [
        "Questions_ecrites_XIV.xml.zip", "Questions_gouvernement_XIV.xml.zip",
        "Questions_ecrites.xml.zip", "Questions_gouvernement.xml.zip",
    ]  # fmt: skip
    assert [a.type for a in select([], "qe", "json", True)] == ["amo10", "amo30"]


def test_sittings_stand_apart() -> None:
    """A build of the folder of their legislature does not read them. There is only XML."""
    [sittings] = select(["16"], "debats", "xml", False)
    assert place(sittings) == Path("debats/16/syseron.xml.zip")
    with pytest.raises(UsageError, match="none of these archives is json; give --form xml"):
        select(["16"], "debats", "json", False)


def lod_fetch(depot: Depot, folder: Path, *arguments: str) -> Result:
    return lod("fetch", *arguments, "--to", folder, "--from", depot.base)


def command(depot: Depot, folder: Path) -> list[str]:
    there = ("--to", str(folder), "--from", depot.base)
    return [sys.executable, "-m", "lod", "fetch", "17", "--types", "qg", *there]


def test_the_command_counts_and_goes_on_after_an_error(depot: Depot, tmp_path: Path) -> None:
    """One line an archive, what is wrong on standard error, the count last, exit 1."""
    depot.script = [
        lambda request: (saying(404) if "ecrites" in request.path else serving(DEPUTY))(request)
    ]
    done = lod_fetch(depot, tmp_path, "17", "--amo", "--types", "qe,qg")
    sha256 = hashlib.sha256(DEPUTY).hexdigest()
    names = ("17/Questions_gouvernement", "amo/AMO10_deputes_actifs_mandats_actifs_organes",
             "amo/AMO30_tous_acteurs_tous_mandats_tous_organes_historique")  # fmt: skip
    told = [f"{tmp_path / name}.json.zip: {len(DEPUTY)} bytes, sha256 {sha256}" for name in names]
    assert done.stdout.splitlines() == [
        *(f"fetched {line}" for line in told),
        f"3 fetched, 0 resumed, 0 unchanged, 1 failed; {tmp_path}",
    ]
    assert done.stderr.startswith(f"lod: {depot.base}17/questions/questions_ecrites/Questions_ec")
    assert done.stderr.count("\n") == 1 and "404 Not Found; has the address" in done.stderr
    assert done.exit_code == 1
    depot.script = [serving(DEPUTY)]
    done = lod_fetch(depot, tmp_path, "17", "--amo", "--types", "qe,qg")
    last = f"1 fetched, 0 resumed, 3 unchanged, 0 failed; {tmp_path}"
    assert (done.exit_code, done.stdout.splitlines()[-1], done.stderr) == (0, last, "")


SETTINGS = """legislatures = [18]
[[archives]]
legislature = 18
type = "qe"
adresse = "new/Questions_ecrites.json.zip"
[[archives]]
type = "amo30"
adresse = "{there}moved/AMO30.json.zip"
"""


def test_a_new_legislature_needs_no_new_program(
    depot: Depot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`lod.toml` names it, adds addresses and replaces others, below the repository or whole."""
    monkeypatch.chdir(tmp_path)
    Path("lod.toml").write_text(SETTINGS.format(there=depot.base), "utf-8")
    depot.script = [serving(DEPUTY)]
    done = lod_fetch(depot, Path("data"), "--amo", "--types", "qe")
    assert (done.exit_code, done.stderr) == (0, "") and done.stdout.count("fetched data/") == 3
    paths = [request.path for request in depot.requests]
    assert paths[0] == "/new/Questions_ecrites.json.zip" and "/moved/AMO30.json.zip" in paths
    assert Path("data/18/Questions_ecrites.json.zip").is_file()
    assert not [path for path in paths if "AMO30_tous" in path]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("legislatures = 17", "legislatures: Expected `array`, got `int`; write it so: [16, 17]"),
        ("[[archives]]\ntype = 'qe'", "archives: Object missing required field `adresse`"),
        ("[[archives]]\ntype='qe'\nadresse='a'\nmd5='b'", "archives: Object contains unk"),
    ],
)
def test_addresses_that_are_none_are_told(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "lod.toml").write_text(text, "utf-8")
    with pytest.raises(UsageError, match=re.escape(f"{tmp_path}/lod.toml: {said}")):
        read_settings(path=tmp_path / "lod.toml")


@pytest.mark.parametrize(
    ("body", "is_kept"),
    [
        (zipped(b'{"question": {"auteur": {"identite": {"acteurRef": "PA1"}}}}', count=20), False),
        (zipped(b"<question><acteurRef>PA1</acteurRef></question>", "x.xml"), False),
        (zipped(b'{"organe": {"uid": "PO1"}}'), False),
        (zipped(b'<acteur xmlns="http://schemas.assemblee-nationale.fr/referentiel"/>'), True),
        (zipped(b'{"export": {"organes": "' + b"x" * (CHUNK - 28) + b'", "acteurs" : {}}}'), True),
    ],
)
def test_an_archive_of_deputies_has_one(depot: Depot, tmp_path: Path, body, is_kept) -> None:  # type: ignore[no-untyped-def]
    """Else it is refused like a web page: one line, exit 1, and the one before stays."""
    for sent in (DEPUTY, body):
        depot.script = [serving(sent)]
        done = lod_fetch(depot, tmp_path, "17", "--types", "qosd", "--amo")
    archives_ = {path.read_bytes() for path in (tmp_path / "amo").glob("*.zip")}
    assert archives_ == {body if is_kept else DEPUTY} and not [*tmp_path.rglob(".*.part*")]
    assert done.exit_code == (not is_kept)
    assert is_kept or done.stderr.count("no deputy is in the zip, it is something else; has") == 2


@pytest.mark.parametrize(("more", "bar"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_a_terminal_sees_how_far_it_is(depot: Depot, tmp_path: Path, more, bar: bool) -> None:  # type: ignore[no-untyped-def]
    """One line that is overwritten, and removed at the end; none with NO_COLOR."""
    depot.script = [serving(archive_of(3, 700_000))]
    ours, theirs = os.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | more
    process = {"stdout": subprocess.DEVNULL, "stderr": theirs, "env": environment, "cwd": ROOT}
    subprocess.run(command(depot, tmp_path), check=True, **process)
    os.write(theirs, b"end")
    shown = b""
    while not shown.endswith(b"end"):
        shown += os.read(ours, 1000)
    os.close(ours)
    os.close(theirs)
    line = b"\r\x1b[KQuestions_gouvernement.json.zip: 1 of 1 MiB\r\x1b[K"
    assert shown == line * bar + b"end"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["18"], "legislature '18' has no archive here; choose among 14, 15, 16, 17, or put its a"),
        (
            ["17", "--types", "qe,qm"],
            "type 'qm' has no archive here; choose among debats, qe, qg, qosd",
        ),
        ([], "nothing to fetch; name a legislature, here or in lod.toml, or give --amo"),
        (["17", "--from", "file:///etc"], "--from 'file:///etc' is not an address; give https"),
    ],
)
def test_wrong_usage_exits_2_and_makes_nothing(
    arguments: list[str], message: str, tmp_path: Path
) -> None:
    done = lod("fetch", *arguments, "--to", tmp_path / "new")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"lod: {message}") and done.stderr.count("\n") == 1
    assert not (tmp_path / "new").exists()


@pytest.mark.slow
def test_a_run_that_is_killed_is_gone_on_with(depot: Depot, tmp_path: Path) -> None:
    hold = threading.Event()

    def half(request: Request) -> None:
        request.start(200, Content_Length=len(GOOD), ETag=etag(GOOD))
        request.wfile.write(GOOD[:HALF])
        hold.wait(HANG)

    depot.script = [half, serving(GOOD)]
    target = tmp_path / "17/Questions_gouvernement.json.zip"
    part = target.with_name(f".{target.name}.part")
    with subprocess.Popen(command(depot, tmp_path), cwd=ROOT) as process:
        try:
            wait_for(lambda: part.exists() and part.stat().st_size, 30, lambda: "nothing has come")
        finally:
            process.kill()
            hold.set()
    assert not target.exists()
    assert lod_fetch(depot, tmp_path, "17", "--types", "qg").stdout.startswith(f"resumed {target}")
    assert target.read_bytes() == GOOD
