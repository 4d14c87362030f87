"""The static site: every link leads somewhere, somebody else's text is escaped, labels are ours."""

import posixpath
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from lxml import html

from lod.base.settings import Settings
from lod.build import build
from lod.pipeline.report.build_report import BuildReport
from lod.publish.release import current
from lod.website.rendering.templates import typeset
from tests.support.paths import GOOD, template_files
from tests.support.releases import page_of, pages_of


def test_every_link_leads_to_a_file(mixture_files: Path) -> None:
    """The site works from any folder: relative links, and each to something that is there; but for
    the page of what is missing, which stands at any address.
    """
    site = mixture_files
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 1500
    there = {str(path.relative_to(site)) for path in site.rglob("*") if path.is_file()}
    for page in pages:
        folder = str(page.parent.relative_to(site))
        for link in set(html.fromstring(page.read_bytes()).xpath("//@href | //@src")):
            parts = urlsplit(link)
            if parts.scheme or not parts.path:
                assert parts.scheme in ("", "http", "https"), (page, link)
                continue
            assert parts.path.startswith("/") == (page.name == "404.html"), (page, link)
            path = unquote(parts.path).lstrip("/")
            target = posixpath.normpath(posixpath.join(folder, path))
            assert target in there, f"{page.relative_to(site)} links to {link}"


def test_every_resource_has_a_page(mixture_files: Path) -> None:
    """Each kind of IRI has documents, and each document as a file every form."""
    site = mixture_files
    for kind in ("question", "reponse", "depute", "auteur", "groupe", "ministere", "rubrique",
                 "legislature", "circonscription", "departement", "region", "motif"):  # fmt: skip
        found = sorted(p for p in (site / kind).rglob("*.ttl"))
        assert found, kind
        for path in found:
            forms = (".jsonld", ".nt", ".rdf", *((".html",) if kind != "reponse" else ()))
            assert all(path.with_suffix(form).is_file() for form in forms)


DATA = re.compile(r'<script type="application/(?:ld\+)?json"[^>]*>(.*?)</script>', re.S)
OURS = re.compile(r'<script(?: defer)? src="(?:\.\./)*static/[\w./-]+"(?: defer)?></script>')


def without_data(text: str) -> tuple[str, str]:
    """Return a page without its blocks of JSON and the scripts of the site, and those blocks."""
    return OURS.sub("", DATA.sub("", text)), "".join(DATA.findall(text))


HOSTILE = '<script>alert(1)</script> "><img src=x onerror=alert(2)> {{ 7*7 }}'


@pytest.mark.slow
def test_texts_of_others_are_escaped(tmp_path: Path) -> None:
    """A title or a text with markup is printed, never run."""
    source = GOOD.read_text("utf-8")
    quoted = HOSTILE.replace('"', '\\"')
    for field in ("Titre inventé pour un essai", "commerce et artisanat", "Économie et finances"):
        assert field in source
        source = source.replace(field, quoted)
    (tmp_path / "x.json").write_text(source, "utf-8")
    build([tmp_path / "x.json"], tmp_path / "out", Settings(editeur=HOSTILE))
    release = current(tmp_path / "out")
    pages = {str(page): page.read_bytes() for page in (release / "site").rglob("*.html")}
    pages |= pages_of(release)
    assert any(b"alert(1)" in page for page in pages.values())
    for path, page in pages.items():
        text, data = without_data(page.decode())
        assert (
            "<" not in data
            and "<script" not in text
            and "<img" not in text
            and "49" not in re.findall(r"<h1>(.*?)</h1>", text, re.S)
        ), path


def test_the_sample_says_that_it_is_one(sample: Path, mixture: tuple[Path, BuildReport]) -> None:
    """Home page and all others: a sample, and where the full data is."""
    page = (current(sample) / "site/index.html").read_text("utf-8")
    assert "Démonstration." in page and "data.assemblee-nationale.fr" in page
    assert "Démonstration." not in (current(mixture[0]) / "site/index.html").read_text("utf-8")


def test_the_page_of_the_first_question(sample: Path) -> None:
    """What the page of the Assemblée states is on ours."""
    page = page_of(sample, "QANR5L15QE43349")
    for said in (
        "M. Pierre Dharréville",
        "Bouches-du-Rhône (13e circonscription)",
        "Gauche démocrate et républicaine",
        "Transition numérique et communications électroniques",
        "Économie, finances, souveraineté industrielle et numérique",
        "28 décembre 2021",
        "page\u00a09097",
        "21 juin 2022",
        "Fin de mandat",
    ):
        assert said in page, said


@pytest.mark.parametrize(
    ("plain", "set_"),
    [
        ("Quelle suite ?", "Quelle suite\u00a0?"),
        ("Question écrite n° 3", "Question écrite n°\u00a03"),
        ("« oui »", "«\u00a0oui\u00a0»"),
    ],
)
def test_french_typography(plain: str, set_: str) -> None:
    """A no-break space stands before high punctuation and inside quotation marks."""
    assert typeset(plain) == set_


def test_templates_hold_french_typography() -> None:
    """No template leaves an ordinary space before `?`, `!`, `;` or a straight apostrophe."""
    templates = template_files("*.html")
    assert len(templates) > 40
    for path in templates:
        text = re.sub(r"\{[{%#].*?[}%#]\}|<[^>]*>", "", path.read_text("utf-8"), flags=re.S)
        assert not re.search(r"\w'\w", text), path
