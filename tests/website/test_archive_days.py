"""The quality page says on which day each archive changed, as its server has told."""

import json
from datetime import date
from pathlib import Path

import pytest
from lxml import html

from lod.base.settings import Settings
from lod.build import build
from lod.pipeline.reading.archive_days import changed_on
from lod.publish.release import current
from tests.support.paths import GOOD
from tests.support.repository import zipped

QE, QG = "Questions_ecrites.json.zip", "Questions_gouvernement.json.zip"


def modified(archive: Path, day: str) -> None:
    told = {"url": "https://example.org/", "last_modified": day}
    beside(archive).write_text(json.dumps(told), "utf-8")


def beside(archive: Path) -> Path:
    """The file in which `lod fetch` keeps what it knows of an archive."""
    return archive.with_name(f".{archive.name}.http.json")


@pytest.mark.slow
def test_only_news_of_an_archive_give_another_release(tmp_path: Path) -> None:
    """One of which nothing is known is not named."""
    folder, out = tmp_path / "17", tmp_path / "out"
    folder.mkdir()
    for name in (QE, QG):
        (folder / name).write_bytes(zipped(GOOD.read_bytes()))
    build([folder], out, Settings())
    first = current(out)
    assert "jour où chacune a changé" not in (first / "site/qualite.html").read_text("utf-8")
    modified(folder / QE, "Tue, 03 Mar 2026 23:30:00 GMT")
    for _ in range(2):
        build([folder], out, Settings())
    second = current(out)
    assert second != first and len([*(out / "releases").iterdir()]) == 2
    page = html.fromstring((second / "site/qualite.html").read_bytes())
    [line] = [p.text_content() for p in page.iter("p") if "chacune a changé" in p.text_content()]
    assert f"17/{QE} (3 mars 2026)." in line.replace("\xa0", " ") and QG not in line


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"last_modified": 5}',
             b'{"last_modified": "yesterday"}', b'{"last_modified": ""}'],
)  # fmt: skip
def test_a_file_that_states_no_day_is_none(tmp_path: Path, data: bytes) -> None:
    beside(tmp_path / QE).write_bytes(data)
    assert changed_on(tmp_path / QE) is changed_on(tmp_path / QG) is None


def test_a_day_is_that_of_utc(tmp_path: Path) -> None:
    modified(tmp_path / QE, "Wed, 21 Jan 2026 00:30:00 +0100")
    assert changed_on(tmp_path / QE) == date(2026, 1, 20)
