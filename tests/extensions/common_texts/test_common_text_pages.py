"""The pages of common texts: passages are equal on both sides, and every place leads there."""

import re
from pathlib import Path

import feedparser
import pytest
from lxml import html

from lod.base import packaged
from lod.base.settings import Settings
from lod.build import build
from lod.extensions.common_texts.lists import write_lists
from lod.model.text import fold
from lod.pipeline.report.build_report import BuildReport
from lod.publish.query_cache import QueryCache
from lod.publish.release import current
from lod.rdf.store import open_store, select
from lod.rdf.vocab import QP, qp
from tests.support.paths import site_in

GROUPS = 6  # of the mixture
pytestmark = pytest.mark.slow


@pytest.fixture
def site(mixture: tuple[Path, BuildReport]) -> Path:
    return current(mixture[0]) / "site"


def pages(site: Path) -> list[Path]:
    """All pages of groups, further ones too."""
    found = sorted((site / "texte-commun").rglob("*.html"))
    assert len([page for page in found if page.parent.name == "texte-commun"]) == GROUPS
    return found


def test_marked_passages_are_equal_in_both_texts(site: Path) -> None:
    seen = 0
    for page in pages(site):
        for beside in html.parse(page).getroot().find_class("cote-a-cote"):
            first, other = (
                {m.get("data-passage"): fold(m.text_content()) for m in side.iter("mark")}
                for side in beside
            )
            assert first == other and first, page
            assert all(len(words.split()) >= 8 for words in first.values()), page
            seen += len(first)
    assert seen >= 20


def test_each_page_lists_what_it_compares(site: Path) -> None:
    """And no more: else a thousand equal texts would be listed a hundred thousand times."""
    for page in pages(site):
        root = html.parse(page).getroot()
        listed = root.xpath("//*[@id='textes']//tbody/tr/td[2]/a/@href")
        beside = [each.xpath(".//h3/a/@href") for each in root.find_class("cote-a-cote")]
        assert listed == [beside[0][0], *(own for _, own in beside)], page
        assert root.xpath("//a[contains(@href, 'guide-textes-communs.html#objection')]"), page


def test_a_text_is_shown_whole(site: Path) -> None:
    """Marks only mark: both texts are the plain texts that are published."""
    store = open_store(site.parent / "store")
    texts = {row["s"]: row["t"] for row in select(store, f"SELECT ?s ?t {{ ?s {QP.texte} ?t }}")}
    trees = [html.parse(page) for page in pages(site)]
    both = "//*[@class='cote-a-cote']//*[@class='texte']"
    shown = {side.text_content() for tree in trees for side in tree.xpath(both)}
    assert shown and shown <= set(texts.values())


def test_question_and_answer_lead_to_their_common_texts(site: Path) -> None:
    paths = f"{qp('paruLePremier')}|{qp('comparaison')}/{qp('texteCompare')}"
    query = f"SELECT ?tc ?t {{ GRAPH ?g {{ ?tc {paths} ?t }} }}"
    rows = list(select(open_store(site.parent / "store"), query))
    assert len(rows) > 2 * GROUPS
    for row in rows:
        group, path = (row[name].partition("8000/")[2] for name in ("tc", "t"))
        assert path.partition("/")[2] in (site / f"{group}.html").read_text("utf-8")
        page = site / f"{path}.html"
        if page.is_file():  # an answer to one question stands on the page of that
            assert f"{group}.html" in page.read_text("utf-8"), path


def test_lists_have_all_groups_in_each_order(site: Path) -> None:
    for path in ("", "/par-mois", "/par-rubrique", "/par-ministere"):
        root = html.parse(site / f"textes-communs{path}.html").getroot()
        links = root.xpath("//ol[@class='liste']//a/@href")
        assert len(links) == len(set(links)) == GROUPS, path


def test_the_feed_has_all_groups(site: Path) -> None:
    found = feedparser.parse((site / "textes-communs.atom").read_bytes())
    assert not found.bozo and len(found.entries) == GROUPS
    days = [entry.updated for entry in found.entries]
    assert days == sorted(days, reverse=True)


def test_the_demonstration_shares_two_passages(tmp_path: Path) -> None:
    build([packaged.INVENTED], tmp_path, Settings())
    listed = (current(tmp_path) / "site/textes-communs.html").read_text("utf-8")
    shared = set(re.findall(r"texte-commun/(QANR5L17QE\d+)", listed))
    assert shared == {"QANR5L17QE90001", "QANR5L17QE90004"}


def test_a_page_without_common_texts_says_so(mixture, tmp_path: Path) -> None:
    write_lists(site_in(tmp_path), [], QueryCache(current(mixture[0]) / "store", tmp_path))
    tree = html.parse(tmp_path / "textes-communs.html")
    assert "Aucun texte commun" in tree.xpath("string(//p[@class='absent'])")
    assert not tree.xpath("//*[@id='textes-communs-par-groupe']")
