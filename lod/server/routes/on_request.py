"""Pages of questions and resources, feeds, citations, records: what a release has in tables.

A browser gets a page that says what a feed is for, as it would show its XML; a reader of feeds, and
whatever else accepts any form, gets the feed.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from urllib.parse import quote

from flask import Response
from lxml import etree

from lod.pipeline.questions.fact_queries import FOLLOWED_KINDS, MOST_OF_RESOURCE
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.search.parameters import SearchRequest
from lod.publish.search.results import names_of_filters
from lod.rdf.iris import CORE_KINDS, source_path
from lod.server.common.problems import not_found
from lod.server.engine.current_release import ServedRelease
from lod.server.limits import PAGES_KEPT
from lod.server.routes.caching import MAX_AGE, answer_unless_known, conditional
from lod.server.routes.context import FromStore, ask_graph, current, prefers_html, state
from lod.server.routes.site_files import page, preferred_language, publication_of, search_index_of
from lod.website.indexes.feeds import CITATIONS, feed_about, feed_of_search
from lod.website.pages.kept_resources import ResourcePages, document_path, is_kept
from lod.website.pages.question_page import question_page
from lod.website.rendering.language import written_in

ATOM = {"a": "http://www.w3.org/2005/Atom"}
READERS = {  # readers of feeds on the web → where each takes an address
    "Feedly": "https://feedly.com/i/subscription/feed/",
    "Inoreader": "https://www.inoreader.com/?add_feed=",
    "NewsBlur": "https://www.newsblur.com/?url=",
}


FEED, FEED_MEDIA = "atom", "application/atom+xml"  # extension and media type
MADE = (FEED, *CITATIONS)  # extensions of what is made when it is asked for
_SOURCE = re.compile(r"sources/[0-9a-f]{2}/(?P<sha256>[0-9a-f]{64})\.txt")


def feed_page(release: ServedRelease, feed: bytes) -> Response:
    """Return the page about a feed of ours."""
    root = etree.fromstring(feed, etree.XMLParser(resolve_entities=False, no_network=True))

    def text(element: etree._Element, path: str) -> str:
        return element.findtext(path, "", ATOM)

    def link(element: etree._Element, rel: str) -> str:
        child = element.find(f"a:link[@rel='{rel}']", ATOM)
        return "" if child is None else child.get("href", "")

    address = link(root, "self")
    news = [
        {
            "page": link(entry, "alternate"),
            "titre": text(entry, "a:title"),
            "jour": text(entry, "a:updated")[:10],
            "phrase": text(entry, "a:content"),
        }
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


def feed(release: ServedRelease, path: str) -> Response | None:
    """Return the feed about a thing that is published, by the path of its document; None if it is
    of a kind without feeds.
    """
    if path.partition("/")[0] not in ("question", *FOLLOWED_KINDS):
        return None

    def make() -> bytes | None:
        publication, name_of = publication_of(release), search_index_of(release).name_of
        return feed_about(path, PublishedQuestions(release.folder), publication, name_of)

    return feed_response(release, make)


def in_language(release: ServedRelease, path: str, language: str) -> Response | None:
    """Return the page of a question or a resource, by its path without extension, in one of the
    languages of the site; None if there is no such thing. Raises Problem if the thing exists, but
    its list has no page of this number.
    """
    make = question_maker(release, path) or resource_maker(release, path, language)
    if make is None:
        return None

    def answer() -> Response:
        with written_in(language):
            if (html := make()) is None:
                raise not_found(path)
        return Response(html, mimetype="text/html", headers={"Content-Language": language})

    return answer_unless_known(release, "html", answer)


Make = Callable[[], bytes | None]


def question_maker(release: ServedRelease, path: str) -> Make | None:
    """Return what makes the page of a question; None if the path names no published question."""
    kind, _, uid = path.partition("/")
    questions = PublishedQuestions(release.folder)
    stored = questions.of_uid(uid) if kind == "question" else None
    if not stored:
        return None
    publication = publication_of(release)
    return partial(question_page, stored, questions, publication, ask_graph, state().beside)


def resource_maker(release: ServedRelease, path: str, language: str) -> Make | None:
    """Return what makes a page about a resource or an answer; None if the path names neither."""
    if not has_document(release, document_path(path)):
        return None
    return partial(_resource_page, release.folder, path, language)


@lru_cache(PAGES_KEPT)
def _resource_page(folder: Path, path: str, _language: str) -> bytes | None:
    """Return a page about a resource of the release of this request; `_language` is only a key of
    this cache, as the page is written in the language that is set.

    The cache of answers keeps an answer for each query string; here all of them share one page.
    """
    publication = publication_of(current())
    questions = PublishedQuestions(folder)
    return ResourcePages(questions, publication, FromStore(), state().pictures).page(path)


def has_document(release: ServedRelease, path: str) -> bool:
    """Say whether pages about the resource or answer at a path are made on request."""
    return path.partition("/")[0] in CORE_KINDS and is_kept(release.folder, release.base + path)


def citation(release: ServedRelease, path: str, form: str) -> Response | None:
    """Return how to cite a question, in one of CITATIONS; None if the path is no question's."""
    kind, _, uid = path.partition("/")
    stored = PublishedQuestions(release.folder).of_uid(uid) if kind == "question" else None
    if not stored:
        return None
    media, write = CITATIONS[form]
    question, publication = stored.question, publication_of(release)
    return answer_unless_known(
        release, form, lambda: Response(write(question, publication), mimetype=media)
    )


def search_feed(release: ServedRelease, asked: SearchRequest) -> Response:
    """Return the feed of what a search finds, on whatever page and in whatever order."""

    def make() -> bytes:
        index, questions = search_index_of(release), PublishedQuestions(release.folder)
        whole = replace(asked.whole, tri="")
        uids = index.newest_events(index.find(replace(whole, tri="date")), MOST_OF_RESOURCE)
        hits = (stored for uid in uids if (stored := questions.of_uid(uid)))
        address, page_address = whole.address(f"recherche.{FEED}"), whole.address("recherche")
        publication, name_of = publication_of(release), index.name_of
        filters = (name for _, name, _ in names_of_filters(index, whole))
        words = ", ".join(filter(None, (asked.q, *filters)))
        return feed_of_search(address, page_address, words, hits, publication, name_of)

    return feed_response(release, make)


def feed_response(release: ServedRelease, make: Callable[[], bytes | None]) -> Response:
    """Return a feed, or the page about it for a browser."""
    as_page, language = prefers_html(FEED_MEDIA), preferred_language()

    def answer() -> Response:
        text = make()
        if as_page and text is not None:
            with written_in(language):
                return feed_page(release, text)
        return Response(text, mimetype=FEED_MEDIA)

    form = f"html {language}" if as_page else FEED
    response = answer_unless_known(release, form, answer)
    response.vary.update(("Accept", "Accept-Language"))
    return response


def record(release: ServedRelease, path: str) -> Response | None:
    """Return the bytes of a record by its path below the site; None if there is none."""
    match = _SOURCE.fullmatch(path)
    data = match and PublishedQuestions(release.folder).source(match["sha256"])
    if not match or data is None or path != source_path(match["sha256"]):
        return None
    response = Response(data, mimetype="text/plain")
    response.set_etag(match["sha256"])
    response.cache_control.public, response.cache_control.max_age = True, MAX_AGE
    return conditional(response, len(data))
