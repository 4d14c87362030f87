"""Cards: one picture for each kind of page, files that a build draws and no request does."""

import struct
from pathlib import Path

import pytest
from lxml import html

from lod.base.packaged import fonts
from lod.extensions.charts.cards import FOLDER, titles
from lod.publish.release import current
from tests.support.programs import absent
from tests.support.server_data import Server

QUESTION = "question/QANR5L15QE43349"
CARDS = {  # page → its card
    f"{QUESTION}.html": "question.png", f"{QUESTION}.en.html": "question.en.png",
    "depute/PA718926.html": "depute.png", "ministere/PO725689.html": "ministere.png",
    "images.html": "images.png", "": "accueil.png", "deputes.en.html": "accueil.en.png",
}  # fmt: skip


@pytest.fixture(autouse=True)
def with_fonts() -> None:
    if not fonts():
        absent(".ci/vendor has not brought it: this was NOT tried")


def files_of(site: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (site / FOLDER).iterdir()}


def test_a_release_and_its_export_have_each_card(sample: Path, sample_files: Path) -> None:
    """In both languages, each another one, of the size that its pages state."""
    cards = files_of(current(sample) / "site")
    assert cards == files_of(sample_files) and len({*cards.values()}) == len(cards)
    assert cards.keys() == {f"{kind}{end}.png" for kind in titles() for end in ("", ".en")}
    for png in cards.values():
        assert png[:8] == b"\x89PNG\r\n\x1a\n" and struct.unpack(">II", png[16:24]) == (1200, 630)


def test_a_page_names_the_card_of_its_kind_which_is_a_file(
    sample: Path, sample_server: Server
) -> None:
    cards = files_of(current(sample) / "site")
    for page, card in CARDS.items():
        tree = html.document_fromstring(sample_server.ask(f"/{page}").body)
        [address] = tree.xpath("//meta[@property='og:image']/@content")
        assert address.endswith(f"/{FOLDER}/{card}"), page
        got, head = (sample_server.ask(f"/{FOLDER}/{card}", way) for way in ("GET", "HEAD"))
        assert (got.status, got.body) == (200, cards[card])
        assert (head.status, head.body, head.headers["etag"]) == (200, b"", got.headers["etag"])
    assert sample_server.ask(f"/{FOLDER}/{QUESTION}.png").status == 404  # drawn by requests before
