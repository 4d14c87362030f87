"""The pictures: every number is that of the rows, as long as it says, legible, said in words."""

import csv
import io
import re
from datetime import date
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pyoxigraph import Store

from lod.base import packaged
from lod.base.output_tree import OutputTree
from lod.base.tabular import rows as csv_rows
from lod.extensions.charts.files import CHART_KINDS, draw_chart, draw_charts, write_charts
from lod.extensions.charts.map import departements
from lod.extensions.charts.marks import Chart, Mark, format_number, text_width
from lod.extensions.charts.spec import DATA, read_spec, series
from lod.publish.publication import Site
from lod.publish.query_cache import QueryCache
from lod.publish.query_catalogue import CatalogueQuery, all_queries, columns_of
from lod.publish.release import current
from lod.rdf.store import open_store, select
from lod.website.pages.question_tables import counted_tables
from lod.website.rendering.language import catalogue
from lod.website.rendering.query_tables import QueryTable, TableCell, table_column
from lod.website.rendering.templates import environment
from tests.support.paths import BASE, site_in

DRAWN = {name: r for name, r in all_queries().items() if r.image}
SVG = "{http://www.w3.org/2000/svg}"
LONG = (
    "Ministère auprès du ministre de l’aménagement, chargé des transports, du logement et du reste"
)
HOSTILE = "<script>alert(1)</script> & \"deux\" 'fois' ]]> -->"
PARTS = "dans_le_delai, hors_delai, en_attente, en_retard, retirees"
BARRES, MOIS = f"barres | ministere | {PARTS}", "colonnes | annee mois | questions"
SEMAINES = "colonnes | semaines | dans_le_delai, hors_delai | repère: 8, limite : deux mois"
CARTE = "carte | departement | par_siege"


def table(image: str, rows: list[tuple[object, ...]]) -> QueryTable:
    """A table as a query would give it; its columns are those that the picture names, in order."""
    asked = read_spec(image)
    names = (*asked.categories, *asked.series)
    text = f"SELECT {' '.join(f'?{n}' for n in names)} WHERE {{ }}"
    query = CatalogueQuery(
        name="essai", title="Un essai ?", theme="", audience="", caveat="", why_costly="",
        text=text, image=image,
    )  # fmt: skip
    cells = ([TableCell(str(value), f"{BASE}ministere/x") for value in row] for row in rows)
    lines = tuple(dict(zip(names, row, strict=True)) for row in cells)
    return QueryTable(query, text, tuple(map(table_column, names)), lines)


def bars(count: int, name: str = "Ministère", factor: int = 1) -> QueryTable:
    numbers = {n: [factor * (n * k % 7) for k in range(1, 6)] for n in range(count, 0, -1)}
    return table(BARRES, [(f"{name} {n}", *parts) for n, parts in numbers.items()])


CASES: dict[str, QueryTable] = {
    "one bar": bars(1),
    "bars that fit": bars(13),
    "many bars": bars(200),
    "long names": bars(12, LONG),
    "hostile names": bars(3, HOSTILE),
    "bars of nothing": bars(4, factor=0),
    "huge bars": bars(9, factor=987_654_321),
    "one series": table("barres | nom | questions", [(f"Nom {n}", 40 - n) for n in range(40)]),
    "means": table("barres | ministere | mediane", [(f"M {n}", f"{n}.5") for n in range(40)]),
    "one month": table(MOIS, [(2024, 3, 12)]),
    "a year": table(MOIS, [(2024, n, n * 1000) for n in range(1, 13)]),
    "months with gaps": table(MOIS, [(2019, 11, 5), (2020, 2, 7), (2023, 1, 1)]),
    "all months": table(MOIS, [(1988 + n // 12, n % 12 + 1, n) for n in range(0, 400, 3)]),
    "months of nothing": table(MOIS, [(2024, 1, 0), (2024, 4, 0)]),
    "one week": table(SEMAINES, [(3, 1, 0)]),
    "weeks": table(SEMAINES, [(n, 900 * (n < 9), 300 * (n >= 9)) for n in range(1, 40)]),
    "a peak at the limit": table(SEMAINES, [(3, 9, 0), (8, 23326, 0), (9, 0, 4), (400, 0, 70)]),
    "columns by name": table("colonnes | nom | n", [(f"{LONG} {n}", n) for n in range(60)]),
    "names": table("colonnes | tranche | n", [("un mois", 5), ("deux mois au plus", 9), ("+", 3)]),
    "map": table(CARTE, [(code, n * 1.5) for n, code in enumerate(departements())]),
    "a map with a place more": table(CARTE, [("75", 10), ("ZZ", 5)]),
    "huge map": table(CARTE, [("75", 99999), ("2A", 0)]),
}  # fmt: skip


def drawn(case: str) -> Chart:
    image = draw_chart(CASES[case])
    assert image
    return image


@pytest.fixture(scope="module")
def store(vies: Path) -> Store:
    return open_store(current(vies) / "store")


@pytest.fixture(scope="module")
def query_cache(vies: Path, tmp_path_factory: pytest.TempPathFactory) -> QueryCache:
    return QueryCache(current(vies) / "store", tmp_path_factory.mktemp("query_cache") / "reponses")


def site_of(folder: Path) -> Site:
    return site_in(folder, "Bibliothèque d’essai", date(2025, 6, 3))


@pytest.fixture(scope="module")
def site(query_cache: QueryCache, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("images")
    OutputTree(folder).copy(packaged.STATIC, "static")
    write_charts(site_of(folder), query_cache)
    return folder


def fragment(image: Chart, identity: str = "x") -> str:
    macros = environment().get_template("images_macros.html").module
    return str(macros.image(image, identity, lambda iri: f"../{iri}"))  # type: ignore[attr-defined]


def values(marks: tuple[Mark, ...]) -> list[str]:
    """What the tooltips of the marks say, without those of the keys."""
    return [m.tooltip.rpartition("\u00a0: ")[2] for m in marks if "cle" not in m.css_class]


def test_the_heads_of_the_queries() -> None:
    """A picture names a known kind, and columns of its query; its words have an English."""
    assert len(DRAWN) >= 4
    known = catalogue("en").words.keys()
    assert {row["titre"] for row in csv_rows(DATA / "series.csv")} - {""} <= known
    for name, query in DRAWN.items():
        asked, names = read_spec(query.image), columns_of(query.text)
        said = re.findall(r"\{(?:somme )?(\w+)\}", asked.fact)
        assert asked.kind in CHART_KINDS, name
        assert {*asked.categories, *asked.series, *said} <= {*names, "plus", "combien"}, name
        assert all(table_column(name).genre == "nombre" for name in asked.series), name
        marker = asked.marker[1] if asked.marker else ""
        assert query.page_kinds or {asked.fact, asked.yearly, marker} - {""} <= known, name


def test_colours_are_there_in_the_stylesheet() -> None:
    css = (packaged.STATIC / "style.css").read_text("utf-8")
    rows = list(csv_rows(DATA / "series.csv"))
    assert len(rows) > 10
    assert all(f".teinte-{row['teinte']} {{" in css for row in rows)
    heads = (*DRAWN.values(), *(table for table in counted_tables() if table.image))
    pictures = [series(read_spec(head.image).series) for head in heads]
    assert sum(len(kinds) > 1 for kinds in pictures) >= 3
    for kinds in pictures:  # whoever cannot see colours sees textures
        for told in ([k.title for k in kinds], [k.hue for k in kinds], [k.texture for k in kinds]):
            assert len({*told}) == len(told)


def test_a_title_says_what_is_drawn() -> None:
    head = f"{MOIS} | années: Par an ?"
    long, short = (draw_chart(table(head, [(y, 1, 2), (2025, 1, 3)])) for y in (1988, 2024))
    assert long and (long.title, long.heading) == ("Par an ?", "Année par année")
    assert short and short.title == short.table.query.title != "Par an ?"


def test_no_row_no_picture() -> None:
    """And where there are no files, nothing leads to them."""
    assert draw_chart(table(BARRES, [])) is None
    macros = environment().get_template("images_macros.html").module
    text = str(macros.image(drawn("a year"), "x", str, fichiers=False))  # type: ignore[attr-defined]
    assert "images/" not in text and "<p class" not in text


@pytest.mark.parametrize(
    "case", [c for c in CASES if read_spec(CASES[c].query.image).kind == "barres"]
)
def test_bars_are_the_rows(case: str) -> None:
    """Nothing is lost; a bar is as long as its number, and comes before shorter ones."""
    rows, image = CASES[case], drawn(case)
    asked, drawing = read_spec(rows.query.image), image.drawing
    all_values = [[Decimal(line[n].value) for n in asked.series] for line in rows.rows]
    all_values.sort(key=sum, reverse=True)
    shown = all_values if len(all_values) <= 13 else all_values[:12]
    marks = [m for m in drawing.marks if m.css_class != "cle"]
    assert values(drawing.marks) == [format_number(v) for line in shown for v in line if v]
    totals = [m.text for m in drawing.words if m.css_class == "fort"]
    assert totals == [format_number(sum(v)) for v in shown]
    most = max(map(sum, shown)) or Decimal(1)
    sizes = [float(v / most) * drawing.width for line in shown for v in line if v]
    assert all(abs(m.width - s) < 0.02 for m, s in zip(marks, sizes, strict=True))
    rest = sum((v for line in all_values[len(shown) :] for v in line), Decimal(0))
    words = " ".join(m.text for m in drawing.words)
    assert bool(drawing.note) == (len(shown) < len(all_values)) == ("autre" in words)
    if drawing.note and image.series[0].is_additive:
        noun = "noms" if case == "one series" else "ministères"
        others = f"{len(all_values) - 12} autres {noun}"
        assert words.endswith(f"{others}\u00a0: {format_number(rest)} questions")


@pytest.mark.parametrize("case", [c for c in CASES if "colonnes" in CASES[c].query.image])
def test_columns_are_the_rows(case: str) -> None:
    """Whatever is put together, the sum of the columns is that of the rows; heights are values."""
    rows, image = CASES[case], drawn(case)
    asked, drawing = read_spec(rows.query.image), image.drawing
    marks = [m for m in drawing.marks if m.css_class != "cle"]
    numbers = [int(v.replace("\u202f", "")) for v in values(drawing.marks)]
    shown = 24 if case == "columns by name" else None  # the rest is left to the table
    assert sum(numbers) == sum(sum(rows.whole_numbers(name)[:shown]) for name in asked.series)
    scale = [m for m in drawing.words if m.css_class == "petit sourd" and m.anchor == "end"]
    steps = [int(m.text.replace("\u202f", "")) for m in scale]
    assert steps == sorted(steps) and len(steps) >= 2
    for mark, number in zip(marks, numbers, strict=True):
        assert abs(mark.height - number / steps[-1] * 150) < 0.02


def test_months_without_a_question_are_there() -> None:
    marks = drawn("months with gaps").drawing.marks
    assert [m.tooltip for m in marks] == [
        "novembre 2019\u00a0: 5", "février 2020\u00a0: 7", "janvier 2023\u00a0: 1",
    ]  # fmt: skip
    step = (marks[1].x - marks[0].x) / 3
    assert abs(marks[2].x - marks[1].x - 35 * step) < 0.1


def test_what_does_not_fit_is_put_together_and_said() -> None:
    years = drawn("all months").drawing
    assert years.note == "Total par année."
    assert years.marks[0].tooltip == f"1988\u00a0: {0 + 3 + 6 + 9}"
    weeks = drawn("a peak at the limit").drawing
    assert weeks.marks[-1].tooltip.endswith("hors délai\u00a0: 70")
    assert weeks.note == "La dernière colonne compte tout à partir de 55."
    assert drawn("a map with a place more").drawing.note == "Hors de la carte\u00a0: ZZ."
    drawing = drawn("weeks").drawing
    [line] = [t for t in drawing.lines if t.css_class == "repere"]  # after the last week in time
    marks = [m for m in drawing.marks if m.css_class != "cle"]
    early = max(m.x + m.width for m in marks if m.series == "dans_le_delai")
    assert early < line.x1 < min(m.x for m in marks if m.series == "hors_delai")
    assert "limite : deux mois" in [m.text for m in drawing.words]


def test_squares_are_the_rows() -> None:
    drawing = drawn("map").drawing
    expected = [format_number(Decimal(str(n * 1.5))) for n in range(107)]
    assert values(drawing.marks) == expected
    assert [m.text for m in drawing.words if m.css_class.endswith("fort")] == expected
    empty = values(drawn("a map with a place more").drawing.marks)
    assert sorted(empty) == ["10", *["pas de donnée"] * 106]


def test_the_map_has_every_department() -> None:
    """107 places of their own, as the query of the seats and the list of deputies have them."""
    places = departements()
    assert len(places) == 107 == len({(d.column, d.row) for d in places.values()})
    text = all_queries()["questions-par-siege"].text
    listed = re.findall(r'\("(\w+)" "([^"]+)" (\d+)\)', text)
    assert [(d.code, d.name) for d in places.values()] == [(code, name) for code, name, _ in listed]
    assert sum(int(n) for *_, n in listed) == 577
    seats: dict[str, int] = {}
    for row in csv_rows(packaged.MAPPINGS / "deputes-an.csv"):
        if int(row["legislature"]) >= 14 and row["circonscription"].isdigit():
            code, number = row["departement"], int(row["circonscription"])
            seats[code] = max(seats.get(code, 0), number)
    assert {code: int(n) for code, _, n in listed} == seats


@pytest.mark.parametrize("case", CASES)
def test_words_stay_inside_and_apart(case: str) -> None:
    drawing = drawn(case).drawing
    words = [(m, m.rectangle) for m in drawing.words]
    marks = [(m, (m.x, m.y, m.x + m.width, m.y + m.height)) for m in drawing.marks]
    for drawn_, (left, top, right, bottom) in (*words, *marks):
        assert left >= -0.5 and top >= 0, drawn_
        assert right <= drawing.width + 0.5 and bottom <= drawing.height, drawn_
    for (one, a), (two, b) in combinations(words, 2):
        meet = a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
        assert not meet, (one, two)


@pytest.mark.parametrize("case", CASES)
def test_a_picture_can_be_read_aloud(case: str) -> None:
    """It is well-formed, an image with a title and a fact, without style or script."""
    text = fragment(drawn(case))
    figure = ElementTree.fromstring(text.replace("&nbsp;", " "))
    svg = figure.find(f".//{SVG}svg")
    assert svg is not None and svg.get("role") == "group"
    title, desc = svg.find(f"{SVG}title"), svg.find(f"{SVG}desc")
    assert title is not None and desc is not None and title.text == "Un essai\u00a0?"
    assert svg.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    assert (desc.text or "").startswith(("Maximum\u00a0: ", "Zéro partout"))
    assert not re.search(r"<script|style=| on\w+=|None", text)
    marks = [r for r in svg.iter(f"{SVG}rect") if r.find(f"{SVG}title") is not None]
    assert len(marks) == len(drawn(case).drawing.marks)
    assert all(link.get("tabindex") == "-1" for link in svg.iter(f"{SVG}a"))


SUMS = f"{BARRES} | fait: Retards : {{ministere}}, {{en_retard}} ; en tout {{somme en_retard}}."
LATE = f"{BARRES} | fait: Retards : {{en_retard}} ({{ministere}})."


@pytest.mark.parametrize(
    ("image", "rows", "fact"),
    [
        (SUMS, [("Mer", 1, 1, 1, 1204, 1), ("Terre", 9000, 0, 0, 3, 0)],
         "Retards\u00a0: Mer, 1\u202f204\u00a0; en tout 1\u202f207."),
        (MOIS, [(2024, 11, 11_000), (2024, 12, 12_000)],
         "Maximum\u00a0: 12\u202f000 en décembre 2024."),
        ("colonnes | annee | questions", [(2023, 8), (2024, 3), (2025, 8)],
         "Maximum\u00a0: 8 en 2023 et 2025."),
        (LATE, [(name, 1, 1, 1, 5, 1) for name in ("Mer", "Terre", "Ciel", "Ville", "Sport")],
         "Retards\u00a0: 5 (Mer, Terre, Ciel et 2 autres)."),
        (LATE, [("Mer", 1, 1, 1, 0, 1)], "En retard\u00a0: zéro partout dans ces données."),
        (CARTE, [("75", 0), ("2A", 0)], "Zéro partout dans ces données."),
    ],
)  # fmt: skip
def test_the_main_fact(image: str, rows: list[tuple[object, ...]], fact: str) -> None:
    """A sentence about the greatest rows, with sums; nothing has won where all is zero."""
    found = draw_chart(table(image, rows))
    assert found and found.fact == fact


def test_files_of_the_site(site: Path, store: Store, query_cache: QueryCache) -> None:
    page = (site / "images.html").read_text("utf-8")
    found = draw_charts(query_cache, site_of(site))
    assert set(found) == set(DRAWN) - {name for name, r in DRAWN.items() if r.page_kinds}
    for name, image in found.items():
        assert f'<h2 id="{name}">' in page and image.fact.split("«")[0].strip()[:30] in page
        svg = ElementTree.fromstring((site / f"images/{name}.svg").read_bytes())
        said = [t.text for t in svg.iter(f"{SVG}title") if t.text and "\u00a0: " in t.text]
        told = [m.tooltip for m in image.drawing.marks if "\u00a0: " in m.tooltip]
        assert told == [text for text in said if text in {*told}]
        rows = list(csv.reader(io.StringIO((site / f"images/{name}.csv").read_text("utf-8"))))
        given = list(select(store, image.table.text))
        assert rows == [list(given[0]), *(list(row.values()) for row in given)]
    assert page.count("<svg ") == len(found)


def test_a_file_of_its_own_needs_nothing_else(site: Path) -> None:
    for path in sorted((site / "images").glob("*.svg")):
        text = path.read_text("utf-8")
        [style] = re.findall(r"<style>(.+?)</style>", text, re.S)
        assert "var(" not in style and "light-dark(" not in style
        assert style.count(".image text") == 2 and "prefers-color-scheme: dark" in style
        svg = ElementTree.fromstring(text.encode())
        said = " ".join(t.text or "" for t in svg.findall(f"{SVG}text"))
        assert "Assemblée nationale, Licence Ouverte" in said and said.endswith("3 juin 2025")
        for word in svg.findall(f"{SVG}text"):
            body = {"titre": 16, "sourd": 13}.get(word.get("class") or "", 12)
            assert 18 + text_width(word.text or "", body) <= float(svg.get("width", 0)), word.text


def contrast(a: str, b: str) -> float:
    def light(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        r, g, b = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    low, high = sorted((light(a), light(b)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("side", [1, 2], ids=["light", "dark"])
def test_colours_can_be_told_from_the_page(side: int) -> None:
    """3:1 for what is drawn, 4.5:1 for numbers on a shade."""
    css = (packaged.STATIC / "style.css").read_text("utf-8")
    rules = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", css)
    colours = {rule[0]: rule[side] for rule in rules}
    for name in ("bleu", "orange", "rougevif", "gris", "ardoise", "vert", "t4", "t5"):
        assert contrast(colours[name], colours["fond"]) >= 3, name
    for n in range(6):
        text = colours["sur-clair" if n < 4 else "sur-fonce"]
        assert contrast(text, colours[f"t{n}"]) >= 4.5, n
