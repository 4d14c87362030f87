"""Names of records, and the place of a byte that is not UTF-8."""

import os
from pathlib import Path

import pytest

from lod.base.errors import SourceError
from lod.base.inputs import decode, digest, records


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_a_wrong_byte_is_named_with_its_line(bom: bytes) -> None:
    with pytest.raises(SourceError, match=r"^x:3: byte 0xE9 is not UTF-8"):
        decode(bom + b"a\nb\n\xe9\nc", "x")


def test_inputs_of_one_name_are_told_apart(tmp_path: Path) -> None:
    """The first keeps its name, and no folder of the publisher is named."""
    files = [tmp_path / folder / "x.json" for folder in ("a", "b", "c")]
    for path in files:
        path.parent.mkdir()
        path.write_text(str(path.parent.name))
    (other := tmp_path / "2-x.json").write_text("d")
    found = {record.name: record.data for record in records([*files, other])}
    assert found == {"2-x.json": b"d", "x.json": b"a", "3-x.json": b"b", "4-x.json": b"c"}
    assert [record.name for record in records([files[1]])] == ["x.json"]
    assert [r.name for r in records([tmp_path])][1:] == [
        f"{tmp_path.name}/{folder}/x.json" for folder in ("a", "b", "c")
    ]
    assert digest(files[:1]) != digest(files[:2])


def test_a_name_that_is_not_utf_8_is_escaped(tmp_path: Path) -> None:
    """In names and paths, so that it can be printed and published; the file is read."""
    name = os.fsdecode(b"D\xe9put\xe9.json")
    (tmp_path / name).write_text("d")
    [record] = records([tmp_path])
    assert record.name == rf"{tmp_path.name}/D\xe9put\xe9.json" and record.data == b"d"
    assert record.path == rf"{tmp_path}/D\xe9put\xe9.json"
