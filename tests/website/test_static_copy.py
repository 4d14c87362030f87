"""Test that nothing of an export is dead: on a host of files, each link and each form is answered,
by that host or by the published site.
"""

import http.client
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, urldefrag, urlencode, urljoin, urlsplit

import pytest
from lxml import html

from lod.website.rendering.static_pages import StaticTree
from tests.support.live import live
from tests.support.paths import BASE
from tests.support.patience import HANG
from tests.support.server_data import files_served

FORM = "application/x-www-form-urlencoded"
Asked = tuple[str, str, str]  # method, address without fragment, body


def one_of_each(site: Path) -> list[Path]:
    """Return each page at the root, and one of each folder and language."""
    kinds: dict[tuple[str, str], Path] = {}
    for path in sorted(site.rglob("*.html")):
        kind = path.relative_to(site).parts[0]
        kinds.setdefault((kind, path.name.partition(".")[2]), path)
    return list(kinds.values())


def links(tree: html.HtmlElement, here: str) -> Iterator[Asked]:
    for link in dict.fromkeys(tree.xpath("//a/@href")):
        address = urldefrag(urljoin(here, str(link)))[0]
        yield "GET", quote(address, safe="/:?=&%#;+,@!$'()*~"), ""


def forms(tree: html.HtmlElement, here: str) -> Iterator[Asked]:
    """Yield what a browser sends for each form, with a word in each field that must have one."""
    for form in tree.forms:
        named = {str(name): str(value) for name, value in form.form_values()}
        named |= {name: "x" for name in map(str, form.xpath(".//*[@required]/@name"))}
        address, sent = urldefrag(urljoin(here, form.action))[0], urlencode(named)
        if form.method == "POST":
            yield "POST", address, sent
        else:
            yield "GET", f"{address}?{sent}", ""


def status(port: int, asked: Asked) -> int:
    method, address, body = asked
    parts = urlsplit(address)
    headers = {"Accept": "text/html"} | ({"Content-Type": FORM} if body else {})
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=HANG)) as line:
        line.request(method, parts._replace(scheme="", netloc="").geturl(), body, headers)
        got = line.getresponse()
        got.read()
        return got.status


@pytest.mark.slow
def test_nothing_of_an_export_is_dead(sample: Path, sample_files: Path) -> None:
    """What needs a server leads to the site at the base, whose server has the same release."""
    found: dict[str, dict[Asked, str]] = {"links": {}, "forms": {}}
    pages = one_of_each(sample_files)
    for page in pages:
        path = page.relative_to(sample_files).as_posix()
        tree, here = html.document_fromstring(page.read_bytes()), f"http://copy/{path}"
        found["links"] |= dict.fromkeys(links(tree, here), path)
        found["forms"] |= dict.fromkeys(forms(tree, here), path)
        words = ("a besoin d’un serveur", "needs a server")
        asking = [form for form in tree.xpath("//form") if form.get("action").startswith(BASE)]
        told = [any(word in form.text_content() for word in words) for form in asking]
        assert told == [True, *[False] * (len(told) - 1)][: len(told)], path
    dead, counts = [], dict[str, int]()
    with files_served(sample_files) as copy, live(sample) as site:
        for kind, all_asked in found.items():
            for asked, path in all_asked.items():
                leads_on = asked[1].startswith(BASE)
                if not leads_on and not asked[1].startswith("http://copy/"):
                    continue
                key = f"{kind} of {'the site' if leads_on else 'the copy'}"
                counts[key] = counts.get(key, 0) + 1
                got = status(site.port if leads_on else copy, asked)
                if got not in ((200, 303) if leads_on else (200,)):
                    dead.append((got, path, asked))
    assert not dead, (len(dead), dead[:20])
    assert len(pages) > 100
    assert counts["links of the copy"] > 1000 and counts["links of the site"] > 0
    assert counts["forms of the copy"] > 1 and counts["forms of the site"] > 100, counts


def test_the_catalogue_is_where_the_home_page_says(sample_files: Path) -> None:
    """And what the SPARQL service is, for who asks its address for Turtle."""
    home = html.parse(sample_files / "index.html")
    assert home.xpath("//link/@href[.=$there]", there=f"{BASE}dcat.ttl")
    assert b"dcat:Catalog" in (sample_files / "dcat.ttl").read_bytes()
    assert b"sd:Service" in (sample_files / "sparql.ttl").read_bytes()


PAGE = (
    '<form class="x" action="../sparql" method="get"><p>a</p></form>'
    '<form action="../recherche.en.html" method="get"></form>'
    '<form action="http://elsewhere/y"></form>'
    '<a rel="next" href="?a=1&amp;b=2">b</a> <a href="#x?y">c</a> <a href="p.html#?z">d</a>'
    ' <a href="../recherche.en.html?q=1">e</a> <a href="https://x/?y">f</a>'
)


@pytest.mark.parametrize("base", ["https://example.org/", "https://example.org/qp/"])
def test_which_addresses_lead_to_the_site(tmp_path: Path, base: str) -> None:
    """Forms, and links with parameters, but for the search and for what is elsewhere; once."""
    tree = StaticTree(tmp_path, base=base, server=base)
    tree.write("depute/X.en.html", PAGE.encode())
    once = (tmp_path / "depute/X.en.html").read_bytes()
    tree.write("depute/X.en.html", once)
    assert (tmp_path / "depute/X.en.html").read_bytes() == once
    note = (f'<p class="note">This form needs a server: its answers come from '
            f'<a href="{base}">{base}</a>.</p>\n')  # fmt: skip
    expected = PAGE.replace('"../sparql" method="get">', f'"{base}sparql" method="get">{note}')
    expected = expected.replace('"?a=1', f'"{base}depute/X.en.html?a=1')
    assert once.decode() == expected
    tree.write("404.html", PAGE.replace("../", "/qp/" if "qp" in base else "/").encode())
    lost = (tmp_path / "404.html").read_text("utf-8")
    assert f'"{base}sparql"' in lost and f'"{base}recherche' not in lost
