"""The pages about the model: terms, shapes, the picture; the core as it is taught."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pytest
from lxml import html
from pyoxigraph import RdfFormat, Store, parse
from rdflib.namespace import RDF, SH

from lod.extensions.model_pages import terms
from lod.extensions.model_pages.model_graph import (
    DOMAINS,
    MEANINGS,
    NAMES,
    OrderedGraph,
    ontology_graph,
    own_terms,
    shapes_graph,
)
from lod.extensions.model_pages.page import (
    FOLDER,
    PICTURES,
    SUBJECTS,
    fixed_words,
    write_model_pages,
)
from lod.extensions.model_pages.shape_tables import PLACES, PropertyUse, sections
from lod.extensions.model_pages.terms import model_terms
from lod.pipeline.validation.pyshacl_engine import shapes_as_published
from lod.publish.release import current
from lod.rdf.store import open_store
from lod.rdf.vocab import QP, SHAPES_NAMESPACE
from lod.website.rendering.language import LANGUAGES, written_in
from tests.extensions.model_pages.diagram import CORE, places, svg
from tests.support.engines import by_oxigraph
from tests.support.paths import site_in

PAGES = [(subject, language) for subject in SUBJECTS for language in LANGUAGES]
OTHER = {"fr": "en", "en": "fr"}


class Page:
    """The text of a page, its links, its identifiers, and the language it says it is in."""

    def __init__(self, path: Path) -> None:
        tree = html.fromstring(path.read_text("utf-8"))
        self.links, self.ids = tree.xpath("//@href"), tree.xpath("//@id")
        self.language = tree.get("lang")
        told = tree.xpath("//@title | //@aria-label | //@content")
        self.text = plain(" ".join((tree.text_content(), *told)))


def plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    write_model_pages(site_in(folder))
    assert len(list(folder.glob("*.html"))) == len(PAGES)
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[tuple[str, str], Page]:
    return {(s, code): Page(site / f"{s}{LANGUAGES[code]}.html") for s, code in PAGES}


Pages = dict[tuple[str, str], Page]


def said(term: str, language: str) -> list[str]:
    """What the ontology calls a term, and what it says of it, as its file has it."""
    g = ontology_graph()
    return [plain(t) for of in (NAMES, MEANINGS) if (t := g.text_in(term, language, *of))]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.slow
def test_every_term_is_explained(pages: Pages, language: str) -> None:
    """`…/def#uid` lands on the term, with name and meaning in the language of the page."""
    found = pages["def", language]
    assert found.language == language
    assert len(own_terms()) > 100
    for term in own_terms():
        assert term.removeprefix("qp:") in found.ids, term
        for text in said(term, language):
            assert text in found.text or text[:1].upper() + text[1:] in found.text, (term, text)


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_has_one_language(pages: Pages, subject: str, language: str) -> None:
    """No meaning, message or fixed word of one language is on a page of the other."""
    g, other = ontology_graph(), OTHER[language]
    foreign = {plain(g.text_in(t, other, *MEANINGS)) for t in own_terms()}
    foreign |= {plain(c.message) for s in sections(other) for c in (*s.constraints, *s.rules)}
    with written_in(other):
        foreign |= {plain(w) for w in words(fixed_words()) if len(w) > 14}
    with written_in(language):
        own = {plain(w) for w in words(fixed_words())}
    assert len(foreign) > 250
    for text in foreign - own - {""}:
        assert text not in pages[subject, language].text, text
    assert "# thème" not in pages[subject, language].text  # the head of a query


def words(table: dict[str, object]) -> Iterator[str]:
    for value in table.values():
        if isinstance(value, dict):
            yield from words(value)
        else:
            yield str(value)


def test_every_shape_is_on_both_pages(pages: Pages) -> None:
    """Every shape has its anchor, every message its row, and every path leads to its term."""
    shapes = shapes_as_published()
    kinds = (SH.PropertyShape, SH.NodeShape)
    published = {shape for kind in kinds for shape in shapes.subjects(RDF.type, kind)}
    names = {str(shape).removeprefix(SHAPES_NAMESPACE) for shape in published}
    assert len(names) > 150
    for language in LANGUAGES:
        found = pages["formes", language]
        assert names <= set(found.ids)
        for shape in published:
            for message in shapes.objects(shape, SH.message):
                if message.language == language:  # type: ignore[attr-defined]
                    assert plain(str(message)) in found.text, shape


def test_nothing_that_a_shape_asks_is_left_out() -> None:
    """A constraint that has no place on the page is shown as it is spelt."""
    g = shapes_graph()
    asked = {p for s in g.subjects("sh:PropertyShape") for p in g.statements(s)}
    assert {"sh:pattern", "sh:lessThanOrEquals", "sh:hasValue"} <= asked
    for section in sections("fr"):
        for c in (*section.constraints, *section.rules):
            shown = {p for p, _ in c.value_rule.others}
            assert shown == set(g.statements(f"qs:{c.name}")) - PLACES, c.name


def test_a_class_has_what_its_shapes_ask() -> None:
    """How many comes from the shapes; what only some of a shape's classes bear is only there."""
    table = {c.term: {u.property_term: u for u in c.usage} for c in model_terms("fr").classes}

    def asked(u: PropertyUse) -> tuple[int | None, int | None, bool]:
        return u.minimum, u.maximum, u.is_expected

    question = table["qp:Question"]
    assert asked(question["qp:uid"]) == (1, 1, False)
    assert asked(question["qp:titre"]) == (0, 1, True)
    assert asked(question["qp:reponse"]) == (0, None, False)
    assert asked(table["qp:Mandat"]["schema:startDate"]) == (1, 1, False)
    assert "qp:dateDepot" in table["qp:Signalement"] and "qp:dateDepot" not in table["qp:Parution"]
    assert question["dcterms:source"].name == "adresse sur le site de l’Assemblée"
    assert set(table["qp:Evenement"]) == {"qp:date"}
    [source] = [e for e in model_terms("fr").borrowed if e.term == "prov:Entity"]
    assert source.is_class and "dcterms:identifier" in source.properties


def test_a_shape_allows_what_the_ontology_says() -> None:
    """A property of ours stands in the shape of a class only where it may be said of it."""
    g = ontology_graph()
    for section in sections("fr"):
        for c in section.constraints:
            domains = set(g.iris(c.path, *DOMAINS))
            assert not domains or domains & set(section.classes), c.name


def test_terms_name_the_queries_that_use_them() -> None:
    """`qp:reponse` is in two queries, and `qp:date` is not found in `qp:dateReponse`."""
    found = {p.term: p.queries for p in model_terms("fr").properties}
    assert "reponses-partagees" in found["qp:reponse"]
    assert "recentes" in found["qp:dateReponse"] and "recentes" not in found["qp:date"]


def test_examples_are_those_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Examples without language, then those of the page; a value in French only is printed so."""
    path = tmp_path / "x.ttl"
    path.write_text(
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix qp: <urn:x#> .\n"
        'qp:a skos:example "PA1" , "un"@fr , "one"@en . qp:b skos:example "deux"@fr . qp:c a qp:C .'
    )
    graph = OrderedGraph([path])
    monkeypatch.setattr(terms, "ontology_graph", lambda: graph)
    assert terms._examples("qp:a", "en") == (("PA1", ""), ("one", "en"))
    assert terms._examples("qp:b", "en") == (("deux", "fr"),)
    assert terms._examples("qp:c", "en") == ()


def test_every_class_has_its_place_on_the_picture() -> None:
    table = (Path(__file__).parent / "modele.csv").read_text("utf-8")
    rows = [row.split(",")[:2] for row in table.splitlines()[1:]]
    model = model_terms("fr")
    for picture in PICTURES:
        names = [name for shown, name in rows if shown == picture]
        assert len(names) == len(set(names)) == len(places(picture))
        classes = {c.term for c in model.classes if picture != CORE or c.term in model.core}
        assert classes <= set(names)
        assert {name for name in names if name in own_terms()} - classes <= {"qp:Circonscription"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("picture", PICTURES)
def test_the_pictures_are_those_that_are_drawn(picture: str, language: str) -> None:
    """Else the ontology has changed since: `python -m tests.extensions.model_pages.diagram`."""
    stored = (FOLDER / f"{picture}{LANGUAGES[language]}.svg").read_text("utf-8")
    assert stored == svg(picture, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", range(len(PICTURES)), ids=PICTURES)
def test_the_picture_can_be_read_aloud(site: Path, language: str, place: int) -> None:
    """It is an image with a title, and a text that names what the arrows say, in one language."""
    text = (site / f"def{LANGUAGES[language]}.html").read_text("utf-8")
    found = re.findall(r"<svg.*?</svg>", text, re.S)
    assert len(found) == len(PICTURES)
    svg = ElementTree.fromstring(found[place])
    space = "{http://www.w3.org/2000/svg}"
    title, desc = svg.find(f"{space}title"), svg.find(f"{space}desc")
    assert svg.get("role") == "group" and title is not None and desc is not None
    assert svg.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    with written_in(language):
        assert title.text == fixed_words()["images"][PICTURES[place]]
    told = {"fr": "question → réponse → réponse.", "en": "question → answer → answer."}
    assert told[language] in (desc.text or "")
    boxes = [a for a in svg.iter(f"{space}a") if "boite" in (a.get("class") or "")]
    assert len(boxes) == len(places(PICTURES[place]))


@pytest.fixture(scope="module")
def store(sample: Path) -> Store:
    return open_store(current(sample) / "store")


@pytest.fixture(scope="module", params=["def", "def.en"])
def published(sample: Path, request: pytest.FixtureRequest) -> str:
    return (current(sample) / f"site/{request.param}.html").read_text("utf-8")


def block(page: str, name: str) -> str:
    [found] = re.findall(rf'<pre tabindex="0" id="{name}"><code>(.*?)</code></pre>', page, re.S)
    return unescape(found)


def test_the_example_is_published(published: str, store: Store) -> None:
    text = block(published, "coeur-exemple")
    shown = {quad.triple for quad in parse(text, format=RdfFormat.TURTLE)}
    assert len(shown) >= 30 and shown <= {quad.triple for quad in store}
    used = {triple.predicate.value for triple in shown}
    assert {QP.auteur.value, QP.rubrique.value, QP.statut.value, QP.rang.value} <= used


def test_the_query_has_rows(published: str, store: Store) -> None:
    names, rows = by_oxigraph(store, block(published, "coeur-requete"))
    assert names == ["depute", "questions"]
    counts = [int(row[1]) for row in rows]
    assert counts and counts == sorted(counts, reverse=True)


def test_the_table_has_the_core(published: str) -> None:
    [core] = re.findall(r'<section class="coeur">.*?</section>', published, re.S)
    [table] = re.findall(r"<tbody>.*?</tbody>", core, re.S)
    model = model_terms("fr")
    properties = [p.term for p in model.properties if p.term in model.core]
    assert re.findall(r'<tr><td><a href="#\w+"><code>([\w:]+)', table) == properties
    assert len(properties) == 30
    numbers = re.findall(r'<span class="compte">(.*?)</span>', table)
    counts = dict(zip(properties, numbers, strict=True))
    # authors, groups and ministries that only their names identify have none; a new act has its day
    assert counts["qp:uid"] == counts["qp:date"] == ("0 ou 1" if "0 ou 1" in table else "0 or 1")
    assert counts["qp:numero"] == "1"
    assert not any("None" in count for count in counts.values())
    for c in model.classes:
        assert (f"<code>{c.term}</code></a> (" in core) == (c.term in model.core), c.term
