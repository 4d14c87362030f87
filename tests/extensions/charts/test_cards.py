"""Cards: the pictures of pages that are shared, whatever their titles are."""

import re
import struct
import time
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from lxml import html
from msgspec.structs import replace

from lod.extensions.charts.card_routes import question_card
from lod.extensions.charts.cards import HEIGHT, LONGEST, WIDTH, Card, card_svg, clean
from lod.extensions.charts.marks import fonts, png_of
from lod.pipeline.settling.convert import Accepted
from lod.publish.publication import Publication
from lod.website.rendering.language import written_in
from tests.support.paths import BASE
from tests.support.programs import absent
from tests.support.server_data import Server

PRINTED = Publication(BASE, "", date(2026, 1, 1))
HOSTILE = {
    "long": "mot " * 2500,
    "one word": "W" * 10_000,
    "right to left": "\u202eשלום עולם مرحبا " * 700,
    "emoji": "👩‍👩‍👧‍👦🎉" * 2000,
    "controls": "\x00\x01\x1b[31m\ud800\ufffe\u2028abc" * 1500,
    "markup": "</text><script>alert(1)</script><image href='file:///etc/passwd'/>&]]><!--" * 200,
    "accents": "Z" + "\u0301" * 10_000,
    "no text": "",
}
PLACES = ("question/QANR5L15QE43349", "question/QANR5L15QE43349.en", "depute/PA718926",
          "ministere/PO725689")  # fmt: skip


@pytest.fixture(autouse=True)
def with_fonts() -> None:
    if not fonts():
        absent(".ci/vendor has not brought it: this was NOT tried")


def size_of(png: bytes) -> tuple[int, int]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    wide, high = struct.unpack(">II", png[16:24])
    return wide, high


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_is_drawn_in_bounded_time(text: str) -> None:
    """By the elements of a card alone, in less than a second (0.1 is usual)."""
    before = time.process_time()
    card = Card(kind=text, title=text, lines=(text,) * 3, day=text, status=(text, text),
                numbers=((text, text),) * 3)  # fmt: skip
    svg = card_svg(card, PRINTED)
    assert size_of(png_of(svg, zoom=1.0)) == (WIDTH, HEIGHT)
    assert time.process_time() - before < 1
    assert len(svg) < 40_000
    names = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(svg).iter()}
    assert names <= {"svg", "g", "rect", "text", "tspan"}


def test_what_is_kept_of_a_text() -> None:
    assert clean("a\u202e\x00\u200b b\n c") == "a b c"
    assert clean("é" + "\u0301" * 9) == "é\u0301\u0301"
    assert len(clean("x" * 10_000)) == LONGEST


def test_a_card_says_who_asks_whom(publie: Accepted) -> None:
    q = replace(publie.question, titre=None, texte="Parlons des retraites. Oui.")
    for language, number in (("fr", "Question écrite n°"), ("en", "Written question no.")):
        with written_in(language):
            card = question_card(q)
            svg = card_svg(card, PRINTED).decode()
        assert card.title == "Parlons des retraites"
        assert q.ministere_attributaire and q.ministere_attributaire.libelle in card.lines[1]
        assert (q.auteur.nom or "") in card.lines[0] and card.status[1] in svg
        assert card.kind.startswith(number) and card.kind in svg


def test_the_picture_of_a_page_is_served(sample_server: Server) -> None:
    for place in PLACES:
        page = html.document_fromstring(sample_server.ask(f"/{place}.html").body)
        [address] = page.xpath("//meta[@property='og:image']/@content")
        assert address.endswith(f"/partage/{place}.png")
        [said] = page.xpath("//meta[@property='og:image:alt']/@content")
        assert page.findtext(".//h1")[:20] in said
        assert page.xpath("//meta[@name='twitter:card']/@content") == ["summary_large_image"]
        got = sample_server.ask(f"/partage/{place}.png")
        assert got.status == 200 and got.headers["content-type"] == "image/png"
        assert size_of(got.body) == (WIDTH, HEIGHT)
        tag = got.headers["etag"]
        again = sample_server.ask(f"/partage/{place}.png", **{"If-None-Match": tag})
        assert (again.status, again.body) == (304, b"")
    assert b"og:image" not in sample_server.ask("/deputes.html").body


@pytest.mark.parametrize(
    "path",
    ["question/QANR5L99QE1", "depute/PA0", "depute/..", "rubrique/energie",
     f"question/{'Q' * 300}"],
)  # fmt: skip
def test_what_has_no_page_has_no_picture(sample_server: Server, path: str) -> None:
    assert sample_server.ask(f"/partage/{path}.png").status == 404


def test_no_exported_page_names_a_picture_that_is_not_there(sample_files: Path) -> None:
    """A host of files draws nothing; the pictures of charts are files."""
    named = 0
    for page in sample_files.rglob("*.html"):
        for address in re.findall(rb'og:image" content="([^"]+)"', page.read_bytes()):
            path = sample_files / address.decode().partition("//")[2].partition("/")[2]
            assert size_of(path.read_bytes()) == (WIDTH, HEIGHT), page
            named += 1
    assert named >= 6
