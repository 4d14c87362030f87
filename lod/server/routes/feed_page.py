"""The page that a browser shows in place of the XML of a feed: what it is for, and its news."""

from typing import NamedTuple
from urllib.parse import quote

from flask import Response
from lxml import etree

from lod.server.engine.current_release import ServedRelease
from lod.server.routes.site_files import page

ATOM = {"a": "http://www.w3.org/2005/Atom"}
READERS = {  # readers of feeds on the web → where each takes an address
    "Feedly": "https://feedly.com/i/subscription/feed/",
    "Inoreader": "https://www.inoreader.com/?add_feed=",
    "NewsBlur": "https://www.newsblur.com/?url=",
}


class News(NamedTuple):
    """An entry of a feed, as its page shows it."""

    title: str
    day: str  # ISO 8601
    page: str
    sentence: str


def feed_page(release: ServedRelease, feed: bytes) -> Response:
    """Return the page about a feed of ours."""
    root = etree.fromstring(feed, etree.XMLParser(resolve_entities=False, no_network=True))

    def text(of: etree._Element, path: str) -> str:
        return of.findtext(path, "", ATOM)

    def link(of: etree._Element, rel: str) -> str:
        found = of.find(f"a:link[@rel='{rel}']", ATOM)
        return "" if found is None else found.get("href", "")

    address = link(root, "self")
    news = [
        News(
            text(entry, "a:title"),
            text(entry, "a:updated")[:10],
            link(entry, "alternate"),
            text(entry, "a:content"),
        )
        for entry in root.iterfind("a:entry", ATOM)
    ]
    return page(
        release,
        "flux_lisible.html",
        address.removeprefix(release.base).partition("?")[0].rpartition(".")[0],
        titre=text(root, "a:title"),
        adresse=address,
        fiche=link(root, "alternate"),
        nouvelles=news,
        lecteurs={name: start + quote(address, safe="") for name, start in READERS.items()},
    )
