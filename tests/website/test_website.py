"""The static site: somebody else's text is escaped, labels are ours, links are counted."""

import re
from pathlib import Path

import pytest
from lxml import html

from lod.base.settings import Settings
from lod.build import build
from lod.pipeline.report.build_report import BuildReport
from lod.publish.release import current
from lod.rdf.store import open_store, select
from lod.rdf.vocab import QP
from lod.reference.link_tables import item_suggestions
from tests.support.paths import BASE, GOOD, template_files
from tests.support.releases import page_of, pages_of

DATA = re.compile(r'<script type="application/(?:ld\+)?json"[^>]*>(.*?)</script>', re.S)
OURS = re.compile(r'<script(?: defer)? src="(?:\.\./)*static/[\w./-]+"(?: defer)?></script>')


def without_data(text: str) -> tuple[str, str]:
    """Return a page without its blocks of JSON and the scripts of the site, and those blocks."""
    return OURS.sub("", DATA.sub("", text)), "".join(DATA.findall(text))


HOSTILE = '<script>alert(1)</script> "><img src=x onerror=alert(2)> {{ 7*7 }}'
OUR_PICTURES = re.compile(r'<img src="(?:\.\./)?(?:static/question-|barometre)')  # guide, barometer


@pytest.mark.slow
def test_texts_of_others_are_escaped(tmp_path: Path) -> None:
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
            and "<img" not in OUR_PICTURES.sub("", text)
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
        "M. Pierre Dharréville", "Bouches-du-Rhône (13e circonscription)",
        "Gauche démocrate et républicaine", "28 décembre 2021", "page\u00a09097", "21 juin 2022",
        "Transition numérique et communications électroniques", "Fin de mandat",
        "Économie, finances, souveraineté industrielle et numérique",
    ):  # fmt: skip
        assert said in page, said


def test_templates_hold_french_typography() -> None:
    """No template leaves an ordinary space before `?`, `!`, `;` or a straight apostrophe."""
    templates = template_files("*.html")
    assert len(templates) > 40
    for path in templates:
        text = re.sub(r"\{[{%#].*?[}%#]\}|<[^>]*>", "", path.read_text("utf-8"), flags=re.S)
        assert not re.search(r"\w'\w", text), path


def test_the_page_of_links_says_what_the_tables_prove(sample: Path) -> None:
    """Coverage by legislature; candidates only of deputies who are in the data."""
    page = html.fromstring((current(sample) / "site/liens.html").read_bytes())
    rows = [
        [int(data.get("value")) for data in row.iter("data")]
        for row in page.xpath("//section[@id='couverture']//tbody/tr")
    ]
    assert [row[:4] for row in rows] == [  # linked: by an identifier, and where two sources agree
        [603, 435, 434, 1], [618, 599, 599, 0], [659, 603, 393, 210], [651, 645, 610, 35],
        [658, 616, 610, 6],
    ]  # fmt: skip
    waiting = page.xpath("//section[@id='candidats']//tbody/tr/td[1]/a/@href")
    here = {f"{BASE}{path.removesuffix('.html')}" for path in waiting}
    store = open_store(current(sample) / "store")
    authors = {row["a"] for row in select(store, f"SELECT DISTINCT ?a {{ ?q {QP.auteur} ?a }}")}
    assert len(here) == 6 and not here & authors  # ministers; all authors here are linked
    assert len(page.xpath("//section[@id='federation']/h3")) == 4
    [rest] = page.xpath("//section[@id='candidats']//p[@class='note']")
    elsewhere = len({p.acteur_ref for p in item_suggestions()}) - len(here)
    assert rest.text_content().startswith(f"{elsewhere} ")
