"""The page « Liens »: which deputies are linked to Wikidata, and what waits."""

from pathlib import Path

from lxml import html

from lod.publish.release import current
from lod.rdf.store import open_store, select
from lod.rdf.vocab import QP
from lod.reference.link_tables import item_suggestions


def test_the_page_says_what_the_tables_prove(sample: Path) -> None:
    """Coverage by legislature; candidates only of deputies who are in the data."""
    page = html.fromstring((current(sample) / "site/liens.html").read_bytes())
    rows = [
        [int(data.get("value")) for data in row.iter("data")]
        for row in page.xpath("//section[@id='couverture']//tbody/tr")
    ]
    assert [row[:2] for row in rows] == [[603, 435], [618, 599], [659, 603], [651, 645], [658, 616]]
    assert all(linked == by + agreed for _, linked, by, agreed, _ in rows)
    waiting = page.xpath("//section[@id='candidats']//tbody/tr/td[1]/a/@href")
    here = {f"http://localhost:8000/{path.removesuffix('.html')}" for path in waiting}
    store = open_store(current(sample) / "store")
    authors = {row["a"] for row in select(store, f"SELECT DISTINCT ?a {{ ?q {QP.auteur} ?a }}")}
    assert len(here) == 6 and not here & authors  # ministers; all authors here are linked
    assert len(page.xpath("//section[@id='federation']/h3")) == 3
    [rest] = page.xpath("//section[@id='candidats']//p[@class='note']")
    elsewhere = len({p.acteur_ref for p in item_suggestions()}) - len(here)
    assert rest.text_content().startswith(f"{elsewhere} ")
