"""Every page of the sample: valid, complete, light, reachable; every link leads somewhere."""

import http.client
import json
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from lxml import etree, html

from lod.extensions import beside
from lod.publish.release import current
from tests.support.live import Live, live
from tests.support.paths import BASE
from tests.support.patience import HANG
from tests.support.programs import MODULES, need
from tests.support.releases import pages_of, site_of, some_of_each

LIGHT = 150_000  # bytes of a page and its stylesheets, without its data
THREADS = 3
DATA = {
    ".well-known/void.html": "it is the description itself, property by property",
    "def.html": "it is the ontology itself, term by term",
    "def.en.html": "the same",
}
# messages of vnu that are no fault, and why: a pattern and what to answer who asks
IGNORED = {
    r"Duplicate “dt” name": "a property with several values is said once for each: rows of a table",
    r"The first occurrence of “dt” name": "belongs to the one above",
    r"This document appears to be written in": "a guess, by chance on a page of names of terms;"
    " `test_language.py` reads the words",
    r"(?:Resource|Inline script) violates Content Security Policy": "a file has no address, so that"
    " nothing is 'self', and JSON is no script: the browser of `test_browser.py` tells what is so",
}


@dataclass
class Page:
    """One page: where it stands below the site, and its tree."""

    path: str
    data: bytes

    @cached_property
    def tree(self) -> html.HtmlElement:
        return html.document_fromstring(self.data, parser=html.HTMLParser(encoding="utf-8"))

    @cached_property
    def ids(self) -> set[str]:
        return {str(found) for found in self.tree.xpath("//@id | //a/@name")}

    @cached_property
    def links(self) -> list[str]:
        """Every address that the page names, and that of a search."""
        named = "//@href | //@src | //@poster | //object/@data | //form[@role='search']/@action"
        found = [str(link) for link in self.tree.xpath(named)]
        sets = [str(link) for link in self.tree.xpath("//@srcset")]
        return [*found, *(piece.split()[0] for one in sets for piece in one.split(",") if piece)]

    def targets(self) -> Iterator[tuple[str, str, str]]:
        """Yield (link, path below the site, fragment) of each that stays in the site."""
        for link in dict.fromkeys(self.links):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            place = unquote(urlsplit(urljoin(f"http://x/{self.path}", link)).path)[1:]
            yield link, place, unquote(parts.fragment)


def pages_in(site: Path) -> Iterator[Page]:
    for path in sorted(site.rglob("*.html")):
        yield Page(str(path.relative_to(site)), path.read_bytes())


@pytest.fixture(scope="module")
def site(sample: Path) -> Path:
    return site_of(current(sample).resolve())


@pytest.fixture(scope="module")
def pages(sample: Path, site: Path) -> dict[str, Page]:
    """Every page of the site by its path."""
    questions = (Page(path, data) for path, data in pages_of(current(sample), beside=beside))
    found = {page.path: page for page in (*pages_in(site), *questions)}
    assert len(found) > 2000
    return found


@pytest.fixture(scope="module")
def server(sample: Path) -> Iterator[Live]:
    with live(sample) as running:
        yield running


# as files


def test_every_link_leads_somewhere(sample_files: Path, pages: dict[str, Page]) -> None:
    """Addresses are relative, but on the page of what is missing, and name what is there."""
    hold_links(sample_files, pages)


def test_every_link_of_the_cases_leads_somewhere(mixture_files: Path) -> None:
    """At night: the same of all cases, but for what is pointed to in a page."""
    hold_links(mixture_files, {})


def hold_links(site: Path, known: dict[str, Page]) -> None:
    there = {str(path.relative_to(site)) for path in site.rglob("*") if path.is_file()}
    broken, looked_at = [], 0
    for page in known.values() or pages_in(site):
        for link in page.links:
            pattern = r"https?://[^/]|mailto:|(?!//)[^:/]*(?:[/?#]|$)"
            assert re.match(pattern, link), (page.path, link)
        for link, place, fragment in page.targets():
            looked_at += 1
            missing = fragment and place in known and fragment not in known[place].ids
            has_path, is_anywhere = urlsplit(link).path, page.path == "404.html"
            is_wrong = has_path and link.startswith("/") != is_anywhere
            if place not in there or missing or is_wrong:
                broken.append(f"{page.path} → {link}")
    assert looked_at > 50_000
    assert not broken, (len(broken), broken[:20])


def test_nothing_is_fetched_from_elsewhere(pages: dict[str, Page]) -> None:
    fetched = (
        "//script/@src | //img/@src | //iframe/@src | //source/@srcset | "
        "//link[contains('stylesheet icon preload', @rel)]/@href"
    )
    asked = [(p.path, link) for p in pages.values() for link in p.tree.xpath(fetched)]
    assert asked and not [one for one in asked if urlsplit(one[1]).netloc]


def test_every_page_is_reached_from_the_first(pages: dict[str, Page]) -> None:
    """Who follows links from the home page comes to every page."""
    reached, todo = {"index.html"}, ["index.html"]
    while todo:
        page = pages[todo.pop()]
        new = {place for _, place, _ in page.targets() if place in pages} - reached
        reached |= new
        todo += new
    assert not sorted(pages.keys() - reached)


def test_every_head_is_complete(pages: dict[str, Page]) -> None:
    """Language, one title and heading, one main part, description, the address that counts."""
    lacking: dict[str, list[str]] = {}

    def need_(page: Page, what: str, is_there: object) -> None:
        if not is_there:
            lacking.setdefault(what, []).append(page.path)

    for page in pages.values():
        of = page.tree.xpath
        address = BASE if page.path == "index.html" else BASE + page.path
        english = page.path.endswith(".en.html")
        need_(page, "lang", of("string(/html/@lang)") == ("en" if english else "fr"))
        need_(page, "h1", of("count(//h1)") == 1)
        need_(page, "main", of("count(//main)") == 1)
        need_(page, "title", of("normalize-space(/html/head/title)"))
        need_(page, "description", of("string(/html/head/meta[@name='description']/@content)"))
        need_(page, "canonical", of("string(/html/head/link[@rel='canonical']/@href)") == address)
        need_(page, "viewport", of("/html/head/meta[@name='viewport']"))
    assert not {what: (len(paths), paths[:5]) for what, paths in lacking.items()}


def test_the_foot_of_a_page_lists_each_page_once(pages: dict[str, Page]) -> None:
    """In each language."""
    for name in ("index.html", "index.en.html"):
        links = pages[name].tree.xpath("//footer//li/a/@href")
        assert len(links) == len(set(links)) > 15, name


def test_no_two_pages_have_one_title(pages: dict[str, Page]) -> None:
    """A title tells a page from all others, in a history and in results."""
    titles = Counter(p.tree.xpath("normalize-space(/html/head/title)") for p in pages.values())
    twice = {title: n for title, n in titles.most_common() if n > 1}
    assert not twice, (sum(twice.values()), list(twice.items())[:20])


def test_a_guide_describes_itself(pages: dict[str, Page]) -> None:
    """By its first words; no two of what people look for are described alike."""
    names = ("index", "flux", "a-propos", "donnees", "exemples", "telechargements/index", "licence")
    for end in ("", ".en"):
        told = [pages[f"{name}{end}.html"].tree for name in names]
        described = [t.xpath("string(//meta[@name='description']/@content)") for t in told]
        assert len({*described}) == len(names) and all(len(one) > 30 for one in described)
    guide = pages["flux.html"].tree
    first = " ".join(guide.xpath("string(//article/p)").split())
    assert first.startswith(guide.xpath("string(//meta[@name='description']/@content)")[:100])


def test_a_resource_is_told_from_its_head(pages: dict[str, Page]) -> None:
    """It counts its questions, names each property once, and says how to cite it."""
    kinds = re.compile(
        r"(?:ministere|groupe|rubrique|departement|legislature)/[^/]+(?<!\.en)\.html"
    )
    about = [page for path, page in pages.items() if kinds.fullmatch(path)]
    assert len(about) > 100
    for page in about:
        of = page.tree.xpath
        number = int(of("string(//*[@id='questions']//data[@class='total']/@value)"))
        description = of("string(//meta[@name='description']/@content)").replace("\u202f", "")
        assert f": {number} question" in description, page.path
        assert f"/{page.path[:-5]}" in of("string(//p[@class='citer'])"), page.path
        names = of("//main/dl[@class='faits']/div/dt/text()")
        assert len(names) == len({*names}), page.path
        assert "Identifiant de l’Assemblée" not in names[:-1], page.path


def test_every_page_is_light(sample_files: Path, pages: dict[str, Page]) -> None:
    """Without tables, pictures, JSON-LD and queries, which are its data, it is small."""
    data = "//script[contains(@type, 'json')] | //table | //svg | //pre | //textarea"
    heavy = {}
    for page in pages.values():
        if len(page.data) + weight_of_sheets(sample_files, page) <= LIGHT:
            continue
        tree = html.document_fromstring(page.data, parser=html.HTMLParser(encoding="utf-8"))
        for element in tree.xpath(data):
            element.drop_tree()
        for image in tree.xpath("//img[starts-with(@src, 'data:')]"):
            image.set("src", "")
        weight = len(etree.tostring(tree, encoding="utf-8")) + weight_of_sheets(sample_files, page)
        if weight > LIGHT and page.path not in DATA:
            heavy[page.path] = weight
    assert not heavy


def weight_of_sheets(site: Path, page: Page) -> int:
    """Bytes of the stylesheets of a page."""
    sheets = page.tree.xpath("//link[@rel='stylesheet']/@href")
    return sum((site / page.path).parent.joinpath(str(sheet)).stat().st_size for sheet in sheets)


@pytest.mark.tool
def test_html_is_valid(pages: dict[str, Page], sample_files: Path) -> None:
    """The checker of the W3C has nothing to say of some pages of each kind, in each language."""
    some = [sample_files / path for path in some_of_each(pages, 4)]
    assert len(some) > 150
    assert not wrong_html(some, sample_files)


@pytest.mark.tool
def test_html_of_every_page_is_valid(site: Path, sample_files: Path) -> None:
    """At night: of all, and of questions in each language."""
    questions = sorted(sample_files.glob("question/*.html"))
    assert len(questions) > 800
    assert not wrong_html([site, *questions], site)


def wrong_html(paths: list[Path], site: Path) -> list[tuple[int, str, str]]:
    """Return what the checker says of files and folders: how often, what, and where first."""
    jar = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
    java = need("java") if jar.is_file() else need(jar)
    # one machine for all; its quick compiler alone halves the time
    quick = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xss4m"]
    options = ["--skip-non-html", "--format", "json", "--stdout", "--exit-zero-always"]
    run = subprocess.run(
        [java, *quick, "-jar", jar, *options, *paths],
        capture_output=True, text=True, timeout=HANG, check=True,
    )  # fmt: skip
    messages = json.loads(run.stdout)["messages"]
    ignored = re.compile("|".join(IGNORED))
    told = Counter[str]()
    examples: dict[str, str] = {}
    for message in messages:
        if not ignored.match(message["message"]):
            told[message["message"]] += 1
            path = message.get("url", "").partition(f"/{site.name}/")[2]
            place = f"{path}:{message.get('lastLine')}"
            examples.setdefault(message["message"], place)
    return [(n, text, examples[text]) for text, n in told.most_common(20)]


# as they are served


def fetched(server: Live, method: str, paths: list[str]) -> Iterator[tuple[str, int, str, bytes]]:
    """Ask for each path, over few connections that are kept; yield it, status, type and body."""

    def ask(part: list[str]) -> list[tuple[str, int, str, bytes]]:
        found = []
        with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=HANG)) as line:
            for path in part:
                line.request(method, f"/{path}", headers={"Accept": "text/html,*/*;q=0.5"})
                got = line.getresponse()
                found.append((path, got.status, got.getheader("Content-Type", ""), got.read()))
        return found

    with ThreadPoolExecutor(THREADS) as pool:
        for part in pool.map(ask, [paths[n::THREADS] for n in range(THREADS)]):
            yield from part


def test_addresses_are_served(server: Live, pages: dict[str, Page]) -> None:
    """Pages of every kind come as they were written, files of every kind are there."""
    made = {".well-known/void.html", "index.html", "index.en.html"}  # tell when it was published
    for path, status, _, body in fetched(server, "GET", some_of_each(pages, 3)):
        assert status == 200, (path, status)
        assert body == pages[path].data or path in made, path
    named = {place for page in pages.values() for _, place, _ in page.targets()} - pages.keys()
    assert len(named) > 5_000
    answers = list(fetched(server, "HEAD", some_of_each(named, 3)))
    moved = {path for path, status, *_ in answers if status == 303}
    assert len(moved) < 20 and all(path.startswith("reponse/") for path in moved)
    assert not [(path, status) for path, status, *_ in answers if status not in (200, 303)]


def test_what_the_server_makes_leads_somewhere(server: Live) -> None:
    """Links and forms of its own pages are answered, fragments included."""
    seen: dict[str, Page] = {}
    # what every page leads to; the rest is found by links
    todo = ["", "recherche", "recherche.html", "recherche.html?q=sant%C3%A9", "api/"]
    todo += ["problemes.html"]
    while todo:
        for path, status, media, body in fetched(server, "GET", todo):
            assert status in (200, 303), (path, status)
            if status == 200 and media.startswith("text/html"):
                seen[path] = Page(path, body)
        # explanations lead on; one facet leads to all others, once is enough
        new = {place for p in seen.values() for _, place, _ in p.targets() if "problemes/" in place}
        todo = sorted(place for place in new - seen.keys() if place.endswith(".html"))
    assert len(seen) > 20
    links: dict[str, str] = {}
    for page in seen.values():
        for link in page.links:
            absolute = urlsplit(urljoin(f"http://x/{page.path}", link))
            if absolute.netloc == "x":
                links[f"{absolute.path[1:]}?{absolute.query}".rstrip("?")] = page.path
            place, fragment = unquote(absolute.path[1:]), unquote(absolute.fragment)
            if fragment and absolute.netloc == "x" and place == page.path.partition("?")[0]:
                assert fragment in page.ids, (page.path, link)
    answers = list(fetched(server, "GET", sorted(links)))
    assert len(answers) > 50
    assert not [(p, status, links[p]) for p, status, *_ in answers if status not in (200, 303)]


def test_search_is_answered_alike(server: Live) -> None:
    """The address that works without the server is, with it, that of the full-text search."""
    for question in ("", "?q=h%C3%B4pital", "?q=sant%C3%A9&type=QE&format=json", "?q=x&page=zz"):
        one, other = (
            server.ask(f"/{path}{question}", Accept="text/html")
            for path in ("recherche", "recherche.html")
        )
        assert (one.status, one.type, one.body) == (other.status, other.type, other.body)
