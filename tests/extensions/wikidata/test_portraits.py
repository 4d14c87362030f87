"""Portraits: only free, whole, small pictures are brought; only reviewed ones published."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from lxml import html

from lod import __version__
from lod.base.errors import LodError, UsageError
from lod.base.settings import Settings
from lod.build import build
from lod.extensions.wikidata.commons import (
    COMMONS_LIMITS,
    CommonsClient,
    is_free,
    page_of,
    title_of,
)
from lod.extensions.wikidata.link import LinkingInput, LinkingReport, portraits_of
from lod.extensions.wikidata.p4123 import IdentifierFindings, PublishedLink
from lod.extensions.wikidata.picture_files import MOST_BYTES, picture_kind
from lod.extensions.wikidata.portraits import (
    Brought,
    bring_portraits,
    linked_items,
    read_portraits,
    reviewed_portraits,
)
from lod.extensions.wikidata.query_service import QueryService
from lod.publish.release import current
from lod.rdf.vocab import PREFIXES
from lod.reference.link_tables import WikidataFact
from lod.reference.reviewed_files import NOTHING_REVIEWED
from tests.support.paths import GOOD
from tests.support.releases import site_of
from tests.support.repository import Answer, Depot, Request, results, running, saying
from tests.support.server_data import client_of, serving

CONTACT, DAY = "operateur@example.org", "2026-11-29"
SEED, AUTHOR = "PA718926", "PA721764"
# made by Pillow 12: 8 × 6 pixels
JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDACgcHiMeGSgjISMtKygwPGRBPDc3PHtYXUlkkYCZlo+AjIqgtObDoKra"
    "rYqMyP/L2u71////m8H////6/+b9//j/wAALCAAGAAgBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAAv/EABQQAQAA"
    "AAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AL//Z"
)
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAGCAIAAABxZ0isAAAAFElEQVR4nGOsiLJhwAaYsIrSSQIAoG4BGl/hHKYAAAAA"
    "SUVORK5CYII="
)
WEBP = base64.b64decode("UklGRiwAAABXRUJQVlA4ICAAAABQAQCdASoIAAYAB0CWJQBOgCgAAP7cUUHxcoTdOAAAAA==")
FREE = {  # as the answer of 2019 of Commons about « Wuppertal, Marienstr. 99.jpg » has it
    "LicenseShortName": "CC BY-SA 4.0",
    "LicenseUrl": "https://creativecommons.org/licenses/by-sa/4.0",
    "Artist": '<a href="//commons.wikimedia.org/wiki/User:Im_Fokus" title="User:Im">Im Fokus</a>',
    "AttributionRequired": "true",
}  # fmt: skip
SHA1 = "a" * 40


def info(base: str, picture: str = "a.jpg", **said: str) -> dict[str, Any]:
    told = {name: {"value": value, "source": "commons-desc-page"} for name, value in said.items()}
    return {
        "thumburl": f"{base}thumb/{picture}?utm_source=commons", "thumbwidth": 250, "sha1": SHA1,
        "url": f"{base}{picture}", "descriptionurl": "https://example.org/elsewhere",
        "extmetadata": told or [],
    }  # fmt: skip


class Commons:
    """A server that has files, and pictures of them."""

    def __init__(self, depot: Depot, folder: Path) -> None:
        self.depot, self.folder, self.said = depot, folder, list[str]()
        self.waits = list[float]()
        self.files: dict[str, dict[str, Any] | None] = {}  # name → what is said of it
        self.pictures: dict[str, Answer] = {}
        self.describing: Answer = self.describe
        depot.script = [self.answer]

    def answer(self, request: Request) -> None:
        parts = urlsplit(request.path)
        if parts.path == "/w/api.php":
            self.describing(request)
        else:
            self.pictures[parts.path.rpartition("/")[2]](request)

    def describe(self, request: Request) -> None:
        asked = parse_qs(urlsplit(request.path).query)
        assert asked["iiurlwidth"] == ["250"] and asked["formatversion"] == ["2"]
        pages = [
            {"title": title, "imageinfo": [said]} if said else {"title": title, "missing": True}
            for title in asked["titles"][0].split("|")
            if (said := self.files[title.removeprefix("File:")]) or True
        ]
        body = json.dumps({"batchcomplete": True, "query": {"pages": pages}}).encode()
        saying(200, body, Content_Type="application/json; charset=utf-8")(request)

    def has(self, name: str, picture: Any = JPEG, kind: str = "image/jpeg", **said: str) -> None:
        """Give it a file, with the bytes of its picture, or an answer instead of them."""
        key = f"{len(self.pictures)}.jpg"
        self.files[name] = info(self.depot.base, key, **(said or FREE))
        given = saying(200, picture, Content_Type=kind) if isinstance(picture, bytes) else picture
        self.pictures[key] = given

    def bring(self, *names: str, **limits: Any) -> Brought:
        """Bring the pictures of deputies PA1, PA2 …, whose items name these files."""
        client = CommonsClient(
            CONTACT, f"{self.depot.base}w/api.php", self.said.append,
            replace(COMMONS_LIMITS, **limits), sleep=self.waits.append,
        )  # fmt: skip
        facts = {f"PA{n}": image(f"Q{n}", name) for n, name in enumerate(names, start=1)}
        return bring_portraits(self.folder, client, facts, DAY, self.said.append)

    def refuses(self, *words: str, **limits: Any) -> bool:
        """Say that one file is refused, with these words, and nothing of it is there."""
        brought = self.bring("a.jpg", **limits)
        [reason] = brought.refused
        assert all(word in reason for word in words), reason
        return not brought.portraits and not (self.folder / "portraits").exists()

    def asked(self) -> list[str]:
        return [urlsplit(request.path).path for request in self.depot.requests]


def image(qid: str, name: str) -> WikidataFact:
    address = f"http://commons.wikimedia.org/wiki/Special:FilePath/{quote(name, safe='')}"
    of = {"propriete": "P18", "type": "adresse", "libelle": "", "source": "", "constat": DAY}
    return WikidataFact(qid=qid, valeur=address, **of)


@pytest.fixture
def commons(tmp_path: Path) -> Iterator[Commons]:
    with running() as depot:
        yield Commons(depot, tmp_path / "liens")


def test_a_free_picture_comes_with_its_credit(commons: Commons) -> None:
    """The credit is text; the name in the folder is that of the deputy."""
    commons.has("../../etc/L'élue (2).jpg")
    commons.has("b.png", PNG, "image/png", **(FREE | {"LicenseShortName": "CC0"}))
    commons.has("c.webp", WEBP, "image/webp", LicenseShortName="Public domain",
                AttributionRequired="false")  # fmt: skip
    brought = commons.bring("../../etc/L'élue (2).jpg", "b.png", "c.webp")
    assert str(brought) == "3 portraits, 0 refused"
    first, second, third = read_portraits(commons.folder)
    assert brought.portraits == (first, second, third)
    assert (first.auteur, first.licence, first.sha1) == ("Im Fokus", "CC BY-SA 4.0", SHA1)
    page = "https://commons.wikimedia.org/wiki/File:../../etc/L'%C3%A9lue_(2).jpg"
    assert page_of(first.fichier) == page
    assert [p.image for p in brought.portraits] == ["PA1.jpg", "PA2.png", "PA3.webp"]
    assert (third.auteur, third.adresse_licence, third.largeur, third.hauteur) == ("", "", "8", "6")
    there = sorted(str(p.relative_to(commons.folder)) for p in commons.folder.rglob("*.*"))
    assert there == ["portraits.csv", *(f"portraits/{p.image}" for p in brought.portraits)]
    agents = set(commons.depot.asked("User-Agent"))
    assert agents == {f"questions-parlementaires-lod/{__version__} ({CONTACT})"}


def test_what_is_there_is_not_fetched_again(commons: Commons) -> None:
    """Unless its file on Commons is another one, or the picture here is not whole."""
    commons.has("a.jpg")
    commons.bring("a.jpg")
    assert commons.asked() == ["/w/api.php", "/thumb/0.jpg"]
    commons.bring("a.jpg")
    assert commons.asked()[2:] == ["/w/api.php"]
    said = commons.files["a.jpg"]
    assert said
    said["sha1"] = "b" * 40
    assert commons.bring("a.jpg").portraits[0].sha1 == "b" * 40
    (commons.folder / "portraits" / "PA1.jpg").write_bytes(JPEG[:-2])
    commons.bring("a.jpg")
    assert commons.asked()[3:] == ["/w/api.php", "/thumb/0.jpg"] * 2
    assert (commons.folder / "portraits" / "PA1.jpg").read_bytes() == JPEG


def test_the_licences() -> None:
    free = ("CC0", "CC0 1.0", "Public domain", "CC BY 2.0", "CC BY 3.0 fr", "CC BY-SA 4.0",
            "CC BY-SA 3.0", "Licence Ouverte", "Licence Ouverte 2.0")  # fmt: skip
    other = ("", "Fair use", "CC BY-NC 4.0", "CC BY-ND 4.0", "CC BY-NC-SA 3.0", "GFDL",
             "CC BY 4.0\n", "CC BY-SA 4.0 NC", "All rights reserved", "cc0 not really",
             "CC BY ٤.٠")  # fmt: skip
    assert [name for name in (*free, *other) if is_free(name)] == [*free]


def test_what_is_not_free_is_refused(commons: Commons) -> None:
    """Or has no author where one is wanted, or is not there; no picture is asked for."""
    commons.has("a.jpg", **(FREE | {"LicenseShortName": "Fair use"}))
    assert commons.refuses("Fair use", "free")
    commons.has("a.jpg", **(FREE | {"NonFree": "true"}))
    assert commons.refuses("not among the free ones")
    commons.files["a.jpg"] = info(commons.depot.base)
    assert commons.refuses("licence ''")
    commons.has("a.jpg", **(FREE | {"Artist": "<p></p>"}))
    assert commons.refuses("wants an author")
    commons.files["a.jpg"] = None
    assert commons.refuses("not on Commons")
    assert set(commons.asked()) == {"/w/api.php"}
    for address in (
        "https://example.org/a.jpg",
        "http://c/Special:FilePath/a%7Cb.jpg",
        "http://c/Special:FilePath/%0A",
    ):
        assert not title_of(address)


def test_what_is_no_picture_is_refused(commons: Commons) -> None:
    """Whatever the header claims; nor is one that is too large, or on another server."""
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    wide = PNG[:16] + (2000).to_bytes(4) + PNG[20:]
    for data, kind, word in (
        (b"<html><script>alert(1)</script></html>", "image/jpeg", "no whole JPEG"),
        (svg, "image/svg+xml", "no whole JPEG"),
        (JPEG, "text/html", "text/html"),
        (JPEG[:-2], "image/jpeg", "no whole JPEG"),
        (JPEG + b"<script>", "image/jpeg", "no whole JPEG"),
        (wide, "image/png", "2000 × 6 pixels"),
        (JPEG[:-2] + b"\0" * MOST_BYTES + JPEG[-2:], "image/jpeg", f"more than {MOST_BYTES} bytes"),
        (b"", "image/jpeg", "no whole JPEG"),
    ):
        commons.has("a.jpg", data, kind)
        assert commons.refuses(word), word
    commons.has("a.jpg", saying(302, Location="/w/api.php"))
    assert commons.refuses("302 Found")
    commons.has("a.jpg", saying(404, b"no", Content_Type="image/jpeg"))
    assert commons.refuses("404 Not Found")
    for elsewhere in ("https://upload.wikimedia.org.evil.example/a.jpg", "file:///etc/passwd",
                      "http://127.0.0.1:1/a.jpg"):  # fmt: skip
        commons.has("a.jpg")
        said = commons.files["a.jpg"]
        assert said
        said["thumburl"] = elsewhere
        assert commons.refuses("another server")


def test_who_asks_too_often_waits(commons: Commons) -> None:
    """A pause that is too long ends the run; the next run brings the rest."""
    answers = [saying(429, Retry_After=7), saying(200, JPEG, Content_Type="image/jpeg")]
    commons.has("a.jpg", lambda request: answers.pop(0)(request))
    commons.has("b.jpg", saying(429, Retry_After=3600))
    commons.has("c.jpg")
    brought = commons.bring("a.jpg", "b.jpg", "c.jpg")
    assert commons.waits == [7]
    assert str(brought) == "1 portraits, 0 refused, 2 left: run the command again later"
    assert commons.asked() == ["/w/api.php", *["/thumb/0.jpg"] * 2, "/thumb/1.jpg"]
    commons.pictures["1.jpg"] = commons.pictures["2.jpg"]
    assert len(commons.bring("a.jpg", "b.jpg", "c.jpg").portraits) == 3
    assert commons.asked()[4:] == ["/w/api.php", "/thumb/1.jpg", "/thumb/2.jpg"]


@pytest.mark.parametrize(
    "answer",
    [
        saying(200, b"<h1>Hello</h1>", Content_Type="text/html"),
        *(saying(200, body, Content_Type="application/json")
          for body in (b"{", b'{"query": 3}', b'{"error": {"code": "maxlag", "info": "Wait"}}')),
        saying(301, Location="https://example.org/"),
        saying(500),
    ],
)  # fmt: skip
def test_a_failed_run_leaves_what_was_there(commons: Commons, answer: Answer) -> None:
    """If Commons does not describe its files, table and pictures stay as they were."""
    commons.has("a.jpg")
    commons.bring("a.jpg")
    before = (commons.folder / "portraits.csv").read_bytes()
    commons.describing = answer
    with pytest.raises(LodError):
        commons.bring("a.jpg", delays=(0,))
    assert (commons.folder / "portraits.csv").read_bytes() == before


def test_only_what_was_reviewed_is_read(commons: Commons) -> None:
    """A row that was changed, or a picture, ends the build, which says where."""
    commons.has("a.jpg", **(FREE | {"Artist": "@someone"}))
    commons.bring("a.jpg")
    table = commons.folder / "portraits.csv"
    right = table.read_text("utf-8")
    assert "'@someone" in right and next(read_portraits(commons.folder)).auteur == "@someone"
    for old, new in (
        ("CC BY-SA 4.0", "CC BY-NC 4.0"), ("PA1.jpg", "../../secret.jpg"), ("PA1.jpg", "PA2.jpg"),
        ("https://creative", "javascript:"), ("PA1,", "1,"), ("Q1", "1"), (",8,6,", ",80,60,"),
        ("File:a.jpg", "a<b"),
    ):  # fmt: skip
        assert old in right
        table.write_text(right.replace(old, new), "utf-8")
        with pytest.raises(UsageError, match=r"portraits\.csv:2: "):
            list(read_portraits(commons.folder))
    table.write_text(right, "utf-8")
    (commons.folder / "portraits" / "PA1.jpg").write_bytes(PNG)
    with pytest.raises(UsageError, match="not the picture that was reviewed"):
        list(read_portraits(commons.folder))
    assert picture_kind(WEBP).extension == "webp"


def test_a_run_brings_the_portraits_of_all_links(commons: Commons, tmp_path: Path) -> None:
    """None of an item that is set aside; of several images the first."""
    commons.has("a.jpg")
    commons.has("b.jpg")
    asked = list[str]()

    def answer(request: Request) -> None:
        if urlsplit(request.path).path != "/sparql":
            commons.answer(request)
            return
        [query] = request.form["query"]
        asked.append(query)
        said = (("Q1", "P18", "z.jpg"), ("Q1", "P18", "a.jpg"), ("Q2", "P18", "b.jpg"),
                ("Q4", "P856", "c.jpg"))  # fmt: skip
        rows = [
            {"item": f"{PREFIXES['wd']}{qid}", "propriete": f"{PREFIXES['wdt']}{property_}",
             "valeur": image(qid, name).valeur}
            for qid, property_, name in said if f"wd:{qid} " in query
        ]  # fmt: skip
        results(rows)(request)

    commons.depot.script = [answer]
    given = LinkingInput(deputies={}, published={"PA1": PublishedLink("Q1", "")})
    links = {"PA2": "Q2", "PA3": "Q3", "PA4": "Q4"}
    findings = IdentifierFindings(links=links, anomalies=(), set_aside=frozenset({"PA3"}))
    report = LinkingReport(given=given, findings=findings, candidates=(), folder=commons.folder)
    service = QueryService(f"{commons.depot.base}sparql", CONTACT, tmp_path / "cache")
    client = CommonsClient(CONTACT, f"{commons.depot.base}w/api.php")
    brought = portraits_of(service, client, report)
    files = {p.acteurRef: p.fichier for p in brought.portraits}
    assert files == {"PA1": "File:a.jpg", "PA2": "File:b.jpg"}
    assert len(asked) == 1 and "wd:Q3" not in asked[0]


def test_the_page_of_a_deputy_shows_it(commons: Commons, tmp_path: Path) -> None:
    """With its credit; not of who is linked to another item, or not published."""
    commons.has("a.jpg", **(FREE | {"Artist": "<b>Ada</b> & co"}))
    client = CommonsClient(CONTACT, f"{commons.depot.base}w/api.php")
    items = {AUTHOR: linked_items(NOTHING_REVIEWED)[AUTHOR], SEED: "Q1", "PA226": "Q630747"}
    facts = {ref: image(qid, "a.jpg") for ref, qid in items.items()}
    bring_portraits(commons.folder, client, facts, DAY)
    assert set(reviewed_portraits(commons.folder)) == {f"depute/{AUTHOR}", "depute/PA226"}
    build([GOOD], tmp_path / "out", Settings(revue=commons.folder))
    site = site_of(current(tmp_path / "out"))
    assert [p.name for p in site.glob("portraits/*")] == [f"{AUTHOR}.jpg"]
    [figure] = html.parse(site / f"depute/{AUTHOR}.html").xpath("//figure[@class='portrait']")
    assert figure.xpath("img/@src") == [f"../portraits/{AUTHOR}.jpg"]
    [row] = html.parse(site / "deputes.html").xpath("//main//tbody/tr")
    assert row.xpath("td[1]/img/@src") == [f"portraits/{AUTHOR}.jpg"]
    credit = "Photographie\u00a0: Ada & co, CC BY-SA 4.0, Wikimedia Commons"
    assert "".join(figure.itertext()).strip() == credit
    page = "https://commons.wikimedia.org/wiki/File:a.jpg"
    assert figure.xpath(".//a/@href") == [FREE["LicenseUrl"], page]
    with serving(tmp_path / "out") as server:
        answer = client_of(server).get(f"/portraits/{AUTHOR}.jpg")
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    (commons.folder / "portraits.csv").unlink()
    build([GOOD], tmp_path / "out", Settings(revue=commons.folder))
    after = site_of(current(tmp_path / "out"))
    assert not html.parse(after / f"depute/{AUTHOR}.html").xpath("//figure[@class='portrait']")
    assert not (after / "portraits").exists()
