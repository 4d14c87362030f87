"""Archives that unpack to more than there is: stopped after a bounded number of bytes, by name."""

import gzip
import zipfile
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest

from lod.base import inputs
from lod.base.inputs import records
from tests.support.paths import GOOD
from tests.support.repository import sharing, zipped

MIB = 2**20
STOPPED = "; the rest of it is not read; if it is no bomb, unpack it, and give the folder"


def a_list(count: int) -> bytes:
    return b'{"a": {"question": [' + b'{"uid": "x"},' * count + b"{}]}}"


@pytest.mark.slow
def test_members_that_unpack_to_much(tmp_path: Path) -> None:
    """A zip of 160 kB that unpacks to 160 MiB is left after 128 MiB, with a message of its own."""
    bomb = tmp_path / "bomb.zip"
    bomb.write_bytes(zipped(bytes(inputs.MAX_BYTES), count=20))
    assert bomb.stat().st_size < 170_000
    found = list(records([bomb, GOOD]))
    assert sum(len(record.data) for record in found) < inputs.ALWAYS_UNPACKED + MIB
    told = [record for record in found if record.fault]
    assert [str(record.fault) for record in told] == [
        f"{bomb}:1: unpacks to more than 128 MiB{STOPPED}"
    ]
    assert found[-1].data == GOOD.read_bytes() or found[0].data == GOOD.read_bytes()


@pytest.mark.parametrize("most", [1, 100])
def test_members_that_share_their_bytes(most: int, tmp_path: Path) -> None:
    """A zip whose members share bytes is told once, and nothing of it is read."""
    bomb, outer = tmp_path / "bomb.zip", tmp_path / "outer.zip"
    bomb.write_bytes(sharing(zipped(bytes(inputs.MAX_BYTES)), count=1_000))
    with zipfile.ZipFile(outer, "w") as archive:
        archive.write(bomb, "a.zip")
        archive.write(GOOD, GOOD.name)
    wrong = "some of its members share bytes: it may be a zip bomb"
    cut = inputs.chunks([bomb, outer], most)
    told, inside, good = (record for chunk in cut for record in chunk.records())
    remedy = "fetch or copy it again"
    assert str(told.fault) == f"{bomb}:1: cannot be read: {wrong}; {remedy}"
    assert str(inside.fault) == f"{outer}/a.zip:1: cannot be read: {wrong}; {remedy}"
    assert good.data == GOOD.read_bytes()


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_take_memory(method: int, tmp_path: Path) -> None:
    """A member of another method is told by its name, in an inner archive, too; others are read."""
    inner, outer = tmp_path / "inner.zip", tmp_path / "outer.zip"
    with zipfile.ZipFile(inner, "w", method) as archive:
        archive.writestr("a.json", b"{}")
        archive.write(GOOD, "b.json", zipfile.ZIP_DEFLATED)
    outer.write_bytes(zipped(inner.read_bytes(), "x.zip"))
    wrong = f"'a.json' is compressed by method {method}, where only 0 (stored) and 8 (deflate) are"
    for path, place in ((inner, inner), (outer, outer / "0-x.zip")):
        told, good = records([path])
        said = f"{place}/a.json:1: cannot be read: member {wrong} read; pack it anew by deflate"
        assert str(told.fault) == said and good.data == GOOD.read_bytes()


def test_members_that_share_some_bytes(tmp_path: Path) -> None:
    whole = bytearray(zipped(b"x" * 90, count=2))
    second = whole.rindex(b"PK\x01\x02")
    offset = int.from_bytes(whole[second + 42 : second + 46], "little")
    whole[second + 42 : second + 46] = (offset - 10).to_bytes(4, "little")
    path = tmp_path / "some.zip"
    path.write_bytes(whole)
    [told] = records([path])
    assert "share bytes" in str(told.fault)


@pytest.mark.parametrize(
    ("name", "make"),
    {
        "list.zip": lambda: zipped(a_list(400_000)),
        "list.json.gz": lambda: gzip.compress(a_list(400_000)),
        "zip.zip": lambda: zipped(zipped(a_list(400_000)), "x.zip"),
        "gzip.zip": lambda: zipped(gzip.compress(a_list(400_000)), "x.gz"),
        "zips.zip": lambda: zipped(zipped(b"[" + b" " * MIB), "x.zip", count=5),
    }.items(),
)
@pytest.mark.slow
def test_bombs_of_other_kinds(
    name: str, make: Callable[[], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lists, gzip, and archives in archives count to the archive that was given."""
    monkeypatch.setattr(inputs, "ALWAYS_UNPACKED", 3 * MIB)
    bomb = tmp_path / name
    bomb.write_bytes(make())
    assert bomb.stat().st_size * inputs.MAX_RATIO < 4 * MIB
    *read, last = records([bomb])
    assert last.fault and last.path == str(bomb)
    assert str(last.fault).startswith(f"{bomb}:1: unpacks to more than ")
    assert str(last.fault).endswith(STOPPED)
    assert not any(record.fault for record in read)
    assert sum(len(record.data) for record in read) < 8 * MIB


def test_what_a_large_archive_may_unpack_to() -> None:
    """A hundred times its size, and 16 GiB; a small one 128 MiB."""
    usual, most = inputs.ALWAYS_UNPACKED, inputs.MAX_UNPACKED
    bounds = [inputs.Meter(size).most for size in (0, 10**6, 133 * MIB, 2**40)]
    assert bounds == [usual, usual, 133 * MIB * inputs.MAX_RATIO, most]


def test_an_archive_of_records_is_no_bomb(tmp_path: Path) -> None:
    whole = tmp_path / "whole.zip"
    whole.write_bytes(zipped(GOOD.read_bytes(), count=3_000))
    found = list(records([whole]))
    assert len(found) == 3_000 and not any(record.fault for record in found)
    assert {record.data for record in islice(found, 10)} == {GOOD.read_bytes()}
