"""The quality page says on which day each archive changed; the log is an input like another."""

from datetime import date
from pathlib import Path

import pytest
from lxml import html

from lod.base.durable import add_json_line
from lod.base.settings import Settings
from lod.build import build
from lod.pipeline.reading.archive_log import LOG, ArchiveCheck
from lod.publish.release import current
from tests.support.repository import archive_of_questions

pytestmark = pytest.mark.slow

D = date.fromisoformat
QE, QG = "Questions_ecrites.json.zip", "Questions_gouvernement.json.zip"


def check(name: str, day: str, seed: int, modified: str = "") -> ArchiveCheck:
    """A line of the log; the bytes are those of a seed."""
    return ArchiveCheck(
        archive=f"17/{name}", checked=D(day), modified=D(modified) if modified else None,
        bytes=1000, sha256=f"{seed:064x}", records={},
    )  # fmt: skip


def archives(folder: Path) -> Path:
    """Two archives, and the log beside them, which knows a third and has a line that is none."""
    folder.mkdir(parents=True)
    (folder / QE).write_bytes(archive_of_questions(D("2026-03-03"), QE=2))
    (folder / QG).write_bytes(archive_of_questions(D("2026-01-06"), QG=3))
    (folder / LOG).write_bytes(b'{"archive": "<script>\n')
    for name, day, seed, modified in (
        (QE, "2026-01-06", 1, "2026-01-05"), (QG, "2026-01-06", 2, ""),
        (QE, "2026-03-03", 3, "2026-03-02"), (QG, "2026-03-03", 2, ""),
        ("Absente.json.zip", "2026-03-03", 4, ""),
    ):  # fmt: skip
        add_json_line(folder / LOG, check(name, day, seed, modified))
    return folder


def days(release: Path) -> dict[str, str]:
    """Archive → the day that the page says."""
    page = html.fromstring((release / "site/qualite.html").read_bytes())
    [line] = [p for p in page.iter("p") if "jour où chacune a changé" in p.text_content()]
    said = line.text_content().partition(":")[2].replace("\xa0", " ")
    pairs = (one.strip(" .)").split(" (") for one in said.split(","))
    return {archive: day for archive, day in pairs}


def test_only_news_of_an_archive_give_another_release(tmp_path: Path) -> None:
    """A day as the server says, else of the first check that saw these bytes; no other archive."""
    folder, out = archives(tmp_path / "17"), tmp_path / "out"
    build([folder], out, Settings())
    first = current(out)
    assert days(first) == {f"17/{QE}": "2 mars 2026", f"17/{QG}": "6 janvier 2026"}
    add_json_line(folder / LOG, check(QG, "2026-03-04", 2))
    build([folder], out, Settings())
    assert current(out) == first
    add_json_line(folder / LOG, check(QG, "2026-03-05", 7))
    build([folder], out, Settings())
    assert current(out) != first and days(current(out))[f"17/{QG}"] == "5 mars 2026"
