"""Two things side by side: the rows are those of the query printed below them."""

from pathlib import Path

import pytest
from lxml import html
from werkzeug.test import Client

from lod.publish.release import current
from lod.rdf.store import open_store, select
from lod.server.routes.app import create_app
from lod.server.routes.context import state_of
from lod.server.routes.gates import gate_of
from tests.support.releases import resource_pages_of

COUNTED = ("posees", "repondues", "part_repondues", "dans_le_delai", "hors_delai", "attendues",
           "en_retard", "retirees", "sans_reponse", "suite_inconnue", "mediane")  # fmt: skip


def page(client: Client, **sides: str) -> html.HtmlElement:
    found = client.get("/comparer", query_string=sides)
    assert found.status_code == 200 and found.mimetype == "text/html"
    return html.fromstring(found.data)


@pytest.mark.parametrize(
    ("a", "b"),
    [("depute/PA718926", "Wauquiez"), ("groupe/PO730958", "groupe/PO845401"),
     ("ministere/PO855081", "depute/PA718926")],
)  # fmt: skip
def test_the_numbers_are_those_of_the_query(client: Client, sample: Path, a: str, b: str) -> None:
    tree = page(client, a=a, b=b)
    [query] = [area.text_content() for area in tree.iter("textarea")]
    rows = [dict(row) for row in select(open_store(current(sample) / "store"), query)]
    heads = tree.xpath("//thead//a/@href")
    entities = [row["entite"].split("/", 3)[3] for row in rows]
    assert len(set(entities)) == 2 and {f"{path}.html" for path in entities} == set(heads)
    bodies, read = tree.xpath("//tbody"), 0
    parts = list(dict.fromkeys((row["legislature"], row["type"]) for row in rows))
    assert parts == sorted(parts, key=lambda part: (-int(part[0]), part[1]))
    for (legislature, type_), body in zip(parts, bodies, strict=True):
        head, *lines = body.iter("tr")
        assert head.text_content().startswith(f"{type_}, {legislature}e")
        for column, path in enumerate(heads):
            shown = [line.findall("td")[column].find("data") for line in lines]
            values = [data.get("value") for data in shown if data is not None]
            key = (legislature, type_, path)
            wanted = [
                [row[name] for name in COUNTED if row[name]]
                for row, entity in zip(rows, entities, strict=True)
                if (row["legislature"], row["type"], f"{entity}.html") == key
            ]
            assert values == (wanted[0] if wanted else [])
            read += len(wanted)
        assert all(line.xpath("td/data") for line in lines)
    assert read == len(rows)


def test_the_fields_show_names(client: Client) -> None:
    """A name stands for what it was given to; another one in its place for what it names."""
    asked = page(client, a="groupe/PO730958", b="depute/PA718926")
    fields = {field.get("name"): field.get("value") for field in asked.xpath("//main//input")}
    assert (fields["a"], fields["b"]) == ("La France insoumise", "Pierre Dharréville")
    again = page(client, **fields)
    assert again.xpath("//thead//a/@href") == ["groupe/PO730958.html", "depute/PA718926.html"]
    changed = page(client, **(fields | {"b": "Wauquiez"}))
    assert changed.xpath("//thead//a")[1].text == "Laurent Wauquiez"
    again = page(client, a="Wauquiez", a_iri="depute/PA718926")
    assert again.xpath("string(//main//h1)") == "Comparer Laurent Wauquiez"


def test_what_is_not_known_is_said(client: Client) -> None:
    tree = page(client, a="<b>zzyzx", b="sante")
    assert not tree.xpath("//table") and not tree.xpath("//main//b")
    assert "ne s’appelle «\u00a0<b>zzyzx\u00a0» ici" in tree.text_content()
    fields = {field.get("name"): field.get("value") for field in tree.xpath("//main//input")}
    assert fields["a"] == "<b>zzyzx" and fields["b_iri"].startswith("ministere/")
    offered = tree.xpath("//main//a[contains(@href, 'comparer?')]/@href")
    assert offered and all("a=%3Cb%3Ezzyzx&b=ministere/" in href for href in offered)


def test_the_form_alone(client: Client) -> None:
    assert len(page(client).xpath("//main//input[@required]")) == 2
    assert client.get("/comparer?c=x").status_code == 400


def test_pages_lead_to_it(sample: Path) -> None:
    paths = ("depute/PA718926", "groupe/PO730958", "ministere/PO855081", "rubrique/sante")
    pages = dict(resource_pages_of(current(sample), *paths))
    for path in paths[:3]:
        tree = html.fromstring(pages[f"{path}.html"])
        [form] = tree.xpath("//form[@class='comparer']")
        assert form.get("action") == "../comparer" and form.get("method") == "get"
        assert form.xpath(".//input[@name='a']/@value") == [path]
        assert form.xpath("preceding::section[@id='questions']")
    other = html.fromstring(pages["rubrique/sante.html"])
    assert not other.xpath("//form[@class='comparer']")


def test_queries_of_clients_do_not_hold_it_up(tmp_path: Path) -> None:
    """It shares places with searches."""
    costly = state_of(create_app(tmp_path)).costly
    paths = ("/comparer", "/api/questions", "/sparql")
    named = [gate_of(costly, path, "a=x", "", has_body=False) for path in paths]
    assert named == ["search", "tables", "store"]
