"""A copy of the site without any server, by the usual options: what it has, and that nothing of it
is dead.
"""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from lxml import html
from pyoxigraph import DefaultGraph, NamedNode, Triple

from lod.base.errors import UsageError
from lod.base.settings import Settings
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.release import current
from lod.rdf.iris import document_of
from lod.rdf.serialize import turtle_triples
from lod.rdf.store import open_store
from lod.rdf.vocab import QP
from lod.website.export import FORMS, selected, weight
from tests.support.paths import BASE

pytestmark = pytest.mark.slow


def pages(site: Path) -> Iterator[tuple[str, html.HtmlElement]]:
    """Yield the address and the tree of each page at the root, and of some in each folder."""
    folders: dict[str, int] = {}
    for path in sorted(site.rglob("*.html")):
        here = path.relative_to(site).as_posix()
        kind = here.rpartition("/")[0] and here.split("/")[0] + here.partition(".")[2]
        folders[kind] = folders.get(kind, 0) + 1
        if not kind or folders[kind] <= 4:
            yield here, html.document_fromstring(path.read_bytes())


def is_there(site: Path, here: str, link: str) -> bool:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc or not parts.path:
        return True
    path = site / unquote(urlsplit(urljoin(f"http://x/{here}", link)).path[1:])
    return path.is_file() or (path / "index.html").is_file()


def test_no_link_and_no_form_is_dead(app_files: Path) -> None:
    """Links lead to files; forms, and links with parameters, to a page whose script answers."""
    dead, forms, count = [], set[str](), 0
    for here, tree in pages(app_files):
        count += 1
        links = [*map(str, tree.xpath("//@href | //@src"))]
        dead += [(here, link) for link in links if not is_there(app_files, here, link)]
        asked = [*map(str, tree.xpath("//form/@action | //a/@href[contains(., '?')]"))]
        forms |= {urljoin(f"/{here}", a).partition("?")[0] for a in asked if "://" not in a}
        dead += [(here, form) for form in tree.xpath("//form/@action[contains(., '://')]")]
    assert not dead and count > 200
    answering = ("recherche", "recherche.en", "sparql", "sparql.en")
    assert forms == {f"/{page}.html" for page in answering}


def test_what_needs_a_server_says_so(app_files: Path) -> None:
    for name in ("comparer", "deja-posee", "verifier", "api", "assistants"):
        if (path := app_files / f"{name}.html").is_file():
            tree = html.document_fromstring(path.read_bytes())
            assert "demande un serveur" in tree.xpath("string(//main)"), name
            assert not tree.xpath("//main//form[not(contains(@action, 'sparql'))]"), name


def test_documents_are_pages_and_turtle(app_files: Path) -> None:
    """The Turtle of a question tells of its answers; its IRI is a folder."""
    uid = "QANR5L15QE2948"
    told = (app_files / f"question/{uid}.ttl").read_text("utf-8")
    assert told.startswith(f"@base <{BASE}question/{uid}> .\n")
    assert f"</reponse/2017-12-19-{uid}> a qp:Reponse" in told
    names = {p.name.removeprefix(uid) for p in (app_files / "question").glob(f"{uid}*")}
    assert names == {"", ".html", ".en.html", ".ttl"}
    assert f"../{uid}.html" in (app_files / f"question/{uid}/index.html").read_text("utf-8")
    assert not (app_files / "sources").exists() and not [*app_files.glob("reponse/*.html")]
    files, size = weight(app_files)
    assert files == sum(path.is_file() for path in app_files.rglob("*")) and size > 10_000_000


def test_the_turtle_of_a_question_states_what_the_store_does(sample: Path, app_files: Path) -> None:
    """Of the question and its answers, but for the HTML of texts, which the page shows; no names
    of others.
    """
    release = current(sample)
    licence, dataset = NamedNode(Settings().licence), NamedNode(f"{BASE}.well-known/void#questions")
    stated: dict[str, set[Triple]] = {}
    for quad in open_store(release / "store").quads_for_pattern(None, None, None, DefaultGraph()):
        if quad.predicate != QP.texteHtml:
            document = document_of(str(quad.subject)[1:-1])
            stated.setdefault(document, set()).add(quad.triple)
    for question in PublishedQuestions(release).questions():
        own = set().union(*(stated[text.iri] for text in question.texts))
        path = f"question/{question.uid}.ttl"
        told = set(turtle_triples((app_files / path).read_bytes()))
        assert own < told, path
        assert {t.subject for t in told - own} == {NamedNode(BASE + path), licence, dataset}


def test_what_may_be_chosen(sample: Path) -> None:
    """A small release has both languages; what is unknown, or has no pages, is refused."""
    usual = selected(sample, "", "", "", {})
    assert (usual.forms, usual.languages) == ({"html", "ttl", "iri"}, ("fr", "en"))
    assert selected(sample, "all", "fr", "", {}).forms == {*FORMS}
    assert selected(sample, "html", "fr", "", {}).left_out == {*FORMS} - {"html"}
    for forms, languages in (("html,pdf", ""), ("ttl", ""), ("", "en"), ("", "fr,de")):
        with pytest.raises(UsageError):
            selected(sample, forms, languages, "", {})
