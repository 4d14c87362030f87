"""Pages of resources in English, which are made when they are asked for."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from lxml import html
from werkzeug.test import Client

from lod.extensions import pictures
from lod.publish.publication import Publication
from lod.publish.query_cache import QueryCache
from lod.publish.release import current
from lod.publish.search.indexing import INDEX_FILE
from lod.publish.search.search_index import SearchIndex
from lod.website.pages.kept_resources import ResourcePages, is_about_resource
from lod.website.rendering.language import LANGUAGES
from tests.support.server_data import client_of, serving

DATA = re.compile(rb'<script type="application/ld\+json">.*?</script>\n', re.S)


@pytest.mark.parametrize("name", ["sample", "mixture"])
def test_a_page_on_request_is_the_page_of_the_build(
    name: str, request: pytest.FixtureRequest
) -> None:
    """In French, to the byte, but for the data that the build embeds: what is kept suffices."""
    made = request.getfixturevalue(name)
    release = current(made[0] if isinstance(made, tuple) else made).resolve()
    with closing(SearchIndex(release / INDEX_FILE)) as index:
        publication = Publication.saved(index.properties)
    asked = QueryCache(release / "store", release)
    pages = ResourcePages(release, publication, asked, pictures)
    site, compared = release / "site", 0
    for path in sorted(site.rglob("*.html")):
        if is_about_resource(name := str(path.relative_to(site)).removesuffix(".html")):
            compared += 1
            assert pages.page(name) == DATA.sub(b"", path.read_bytes()), name
    assert compared > 500


@pytest.fixture(scope="module")
def client(vies: Path) -> Iterator[Client]:
    with serving(vies) as server:
        yield client_of(server)


def test_a_resource_in_english(client: Client, vies: Path) -> None:
    """It is served as a page of a question is, and there is none of what has no French page."""
    site = current(vies) / "site"
    french = next(path for path in sorted(site.glob("ministere/*.html")))
    path = f"ministere/{french.name.removesuffix('.html')}"
    seen = client.get(f"/{path}.en.html")
    assert (seen.status_code, seen.mimetype) == (200, "text/html")
    assert seen.headers["Content-Language"] == "en"
    assert "public" in seen.headers["Cache-Control"] and "canonical" in seen.headers["Link"]
    assert html.fromstring(seen.data).get("lang") == "en"
    again = client.get(f"/{path}.en.html", headers={"If-None-Match": seen.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    for headers, end in (({"Accept-Language": "en"}, ".en"), ({}, "")):
        thing = client.get(f"/{path}", headers={"Accept": "text/html", **headers})
        assert (thing.status_code, thing.location) == (303, f"/{path}{end}.html")
        assert "Accept-Language" in thing.headers["Vary"]
    for missing in ("ministere/personne", f"{path}/page-99", f"{path}/rien", "depute/PA0"):
        assert client.get(f"/{missing}{LANGUAGES['en']}.html").status_code == 404
