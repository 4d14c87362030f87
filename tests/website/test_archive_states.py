"""The state of the sources: what the log beside the archives says, on the quality page and in its
feed; the log is an input like another.
"""

from datetime import date
from pathlib import Path

import feedparser
import pytest
from lxml import html

from lod.base.durable import add_json_line
from lod.base.settings import Settings
from lod.build import build
from lod.pipeline.reading.archive_log import LOG, ArchiveCheck, Oddity
from lod.publish.release import current
from lod.website.pages.archive_states import oddity_words
from tests.support.paths import BASE
from tests.support.repository import archive_of_questions

pytestmark = pytest.mark.slow

D = date.fromisoformat
QE, QG = "Questions_ecrites.json.zip", "Questions_gouvernement.json.zip"


def check(name: str, day: str, seed: int, until: str = "", **records: int) -> ArchiveCheck:
    """A line of the log; the bytes are those of a seed."""
    return ArchiveCheck(
        archive=f"17/{name}", checked=D(day), modified=D(day), bytes=1000 + seed,
        sha256=f"{seed:064x}", records=records, until=D(until or day),  # type: ignore[arg-type]
    )  # fmt: skip


CHECKS = (
    check(QE, "2026-01-06", 1, QE=1200, QOSD=2),
    check(QG, "2026-01-06", 2, QG=3),
    check(QE, "2026-01-13", 3, QE=1100),
    check(QG, "2026-03-03", 2, "2026-01-06", QG=3),
    check(QE, "2026-03-03", 4, QE=1150),
    check("Absente.json.zip", "2026-03-03", 4, QE=1),
)


def archives(folder: Path, checks: tuple[ArchiveCheck, ...] = CHECKS) -> Path:
    """Two archives, and the log beside them."""
    folder.mkdir(parents=True)
    (folder / QE).write_bytes(archive_of_questions(D("2026-03-03"), QE=2))
    (folder / QG).write_bytes(archive_of_questions(D("2026-01-06"), QG=3))
    for one in checks:
        add_json_line(folder / LOG, one)
    return folder


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a release of the archives."""
    folder = tmp_path_factory.mktemp("etat")
    build([archives(folder / "17")], folder / "out", Settings())
    return folder / "out"


def table(page: Path) -> list[list[str]]:
    """The cells of the table."""
    tree = html.fromstring(page.read_bytes())
    rows = tree.xpath("//*[@id='etat-des-sources']//tbody/tr")
    return [[cell.text_content().replace("\xa0", " ") for cell in row] for row in rows]


def test_the_quality_page_tells_the_state_of_each_archive(out: Path) -> None:
    """Last change, latest day, records by type, what is strange since when; no other archive."""
    assert table(current(out) / "site/qualite.html") == [
        [f"17/{QE}", "1\u202f150 QE depuis le 13 janvier 2026, contre 1\u202f200 auparavant."
         "Aucun QOSD depuis le 13 janvier 2026, contre 2 auparavant.",
         "3 mars 2026", "3 mars 2026", "1\u202f150 QE"],
        [f"17/{QG}", "Inchangée depuis le 6 janvier 2026, plus de 35 jours de session.",
         "6 janvier 2026", "6 janvier 2026", "3 QG"],
    ]  # fmt: skip


def test_the_feed_tells_what_is_strange(out: Path) -> None:
    """An entry a finding, dated from when it is so; it leads to the table."""
    feed = feedparser.parse((current(out) / "site/qualite.atom").read_bytes())
    assert not feed.bozo and feed.feed.id == f"{BASE}qualite.atom"
    assert [(entry.updated[:10], entry.title.replace("\xa0", " ")) for entry in feed.entries] == [
        ("2026-01-13", f"Type de question disparu : 17/{QE}"),
        ("2026-01-13", f"Archive plus petite : 17/{QE}"),
        ("2026-01-06", f"Archive qui ne change plus : 17/{QG}"),
    ]
    assert len({entry.id for entry in feed.entries}) == 3
    page = html.fromstring((current(out) / "site/qualite.html").read_bytes())
    for entry in feed.entries:
        address, _, anchor = entry.link.partition("#")
        assert address == f"{BASE}qualite.html" and page.get_element_by_id(anchor) is not None
    assert page.xpath("//link[@type='application/atom+xml'][@href='qualite.atom']")


def test_the_log_is_an_input_like_another(out: Path, tmp_path: Path) -> None:
    """Only news in it give another release."""
    before = current(out).name
    folder = archives(tmp_path / "17")
    build([folder], tmp_path / "out", Settings())
    first = current(tmp_path / "out")
    assert (first.name == before, first.is_dir()) == (True, True)
    add_json_line(folder / LOG, check(QG, "2026-03-04", 2, "2026-01-06", QG=3))
    build([folder], tmp_path / "out", Settings())
    assert current(tmp_path / "out") == first
    add_json_line(folder / LOG, check(QG, "2026-03-05", 7, QG=4))
    build([folder], tmp_path / "out", Settings())
    assert current(tmp_path / "out") != first
    assert table(current(tmp_path / "out") / "site/qualite.html")[1][1] == "Rien"


def test_a_build_of_one_archive_tells_of_that_one(out: Path, tmp_path: Path) -> None:
    """The log beside a file is read, too; and the day of the data counts if it is the later one."""
    folder = archives(tmp_path / "17", CHECKS[:2])
    build([folder / QG], tmp_path / "out", Settings())
    assert [row[0] for row in table(current(tmp_path / "out") / "site/qualite.html")] == [
        f"17/{QG}"
    ]
    build([folder], tmp_path / "out", Settings())
    rows = table(current(tmp_path / "out") / "site/qualite.html")
    assert rows[1][1].startswith("Inchangée depuis le 6 janvier 2026, plus de 35")


def test_lines_that_are_no_checks_are_remarks(tmp_path: Path) -> None:
    """Each with file and line, on the page and in the table of remarks; the build goes on."""
    folder = archives(tmp_path / "17")
    with (folder / LOG).open("ab") as file:
        file.write(b'{"archive": "<script>\n' + b"\xff\n" + b"[" * 100_000 + b"\n")
    report = build([folder], tmp_path / "out", Settings())
    places = [place for place, _ in report.remarked]
    assert places[:3] == [f"{LOG}:{number}" for number in (7, 8, 9)]
    remarks = (current(tmp_path / "out") / "quality/remarques.csv").read_text("utf-8")
    assert f"{LOG},7,no check of an archive (" in remarks and "remove the line" in remarks
    page = (current(tmp_path / "out") / "site/qualite.html").read_text("utf-8")
    assert f"{LOG}:9" in page and "<script>" not in page
    assert str(tmp_path) not in page + remarks


def test_without_a_log_the_page_says_so(sample: Path) -> None:
    """No row, and a feed without entries."""
    site = current(sample) / "site"
    assert not table(site / "qualite.html")
    assert "Aucun relevé d’archives" in (site / "qualite.html").read_text("utf-8")
    assert not feedparser.parse((site / "qualite.atom").read_bytes()).entries


def test_each_oddity_has_its_words() -> None:
    """A name and a sentence that takes what it is given."""
    assert set(oddity_words()) == set(Oddity) and len(Oddity) == 4
    assert not any("{" in words.nom for words in oddity_words().values())
