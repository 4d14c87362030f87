"""The query builder: fields of the shapes, the same rows on all engines, values escaped."""

from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import pytest
from lxml import html
from pyoxigraph import Literal, Store
from rdflib import Dataset, Graph
from rdflib.plugins.sparql import prepareQuery
from werkzeug.test import Client

from lod.base import packaged
from lod.extensions.query_builder.fields import LEFT_OUT, subjects
from lod.extensions.query_builder.page import FEW, names_of, write_builder_page
from lod.extensions.query_builder.request import periods, read_request
from lod.extensions.query_builder.sparql import accent_pattern, query_of
from lod.publish.query_cache import QueryCache
from lod.publish.release import current
from lod.rdf.jsonld import expand
from lod.rdf.ontology import labels
from lod.rdf.store import open_store, select
from lod.rdf.vocab import RDFS
from lod.server.limits import WorkerLimits
from lod.website.rendering.language import written_in
from lod.website.rendering.templates import typeset
from tests.support.engines import by_oxigraph, by_rdflib, graph_of
from tests.support.paths import site_in, tables_of
from tests.support.server_data import client_of, serving

TABLES = tables_of(__file__)

BASE = "http://localhost:8000/"
# forms of which each says something else, and has rows in the sample
FORMS = TABLES["forms"]
HOSTILE = TABLES["hostile"]


@pytest.fixture(scope="module")
def store(sample: Path) -> Store:
    return open_store(current(sample) / "store")


@pytest.fixture(scope="module")
def graph(store: Store) -> Dataset:
    return graph_of(store)


def text_of(form: str, store: Store | None = None) -> str:
    asked = read_request(parse_qsl(form))
    assert not asked.errors
    known = names_of(asked.subject, lambda query: [*select(store, query)]) if store else {}
    return query_of(asked, {key: frozenset(names) for key, names in known.items()})


def page(client: Client, form: str, status: int = 200, language: str = "") -> html.HtmlElement:
    found = client.get(f"/construire{language}?{form}")
    assert found.status_code == status and found.mimetype == "text/html", found.data[:500]
    return html.fromstring(found.data.decode())


SINGLE = """SELECT DISTINCT ?path WHERE {
  ?node sh:targetClass qp:Question ; sh:property ?shape . ?shape sh:path ?path ; sh:maxCount 1
  FILTER NOT EXISTS { ?shape sh:severity ?severity FILTER(?severity != sh:Violation) }
  ?shape sh:datatype|sh:class|sh:in ?kind
}"""


def test_the_form_is_that_of_the_shapes() -> None:
    """A field for each property of a question with at most one value whose kind the shapes say."""
    graph = Graph()
    for path in packaged.shapes():
        graph.parse(path)
    wanted = {graph.qname(row[0]) for row in graph.query(SINGLE)} - LEFT_OUT  # type: ignore[index]
    found = {f.path[0]: f for f in subjects()["question"].fields if len(f.path) == 1}
    assert found.keys() == wanted and len(wanted) == 30
    assert found["qp:ministereAttributaire"].name == "ministère chargé de répondre"
    for path, field in found.items():
        if path.startswith("qp:"):
            assert field.name == typeset(labels(RDFS.label)[expand(path)]), path
    assert [*subjects()] == [
        "question", "legislature", "rubrique", "depute", "groupe", "circonscription", "ministere",
        "motifRetrait", "lignee", "departement", "gouvernement", "region",
    ]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_engines_agree(form: str, store: Store, graph: Dataset) -> None:
    text = text_of(form, store)
    ours = by_oxigraph(store, text)
    assert ours[1] and ours == by_rdflib(graph, text)


def test_counts_are_those_of_the_things(store: Store) -> None:
    subject = subjects()["question"]
    counted = 0
    for field in subject.fields:
        for by in periods(field) if field.is_countable else ():
            rows = [*select(store, text_of(f"par={by}&lignes=1000"))]
            prefixes = text_of("par=departement").partition("SELECT")[0]
            prefixes += "PREFIX org: <http://www.w3.org/ns/org#> "
            query = f"SELECT (COUNT(*) AS ?n) {{ ?q a qp:Question ; {'/'.join(field.path)} ?v }}"
            [whole] = select(store, prefixes + query)
            assert sum(int(row["nombre"]) for row in rows) == int(whole["n"]), by
            counted += 1
    assert counted == 33


@pytest.mark.parametrize("form", FORMS[1:])
def test_the_page_shows_the_rows_of_its_query(client: Client, store: Store, form: str) -> None:
    """As many as the query that it prints, the addresses lead to the same, and names are links."""
    tree = page(client, form)
    [text] = tree.xpath("//main//textarea/text()")
    rows = [*select(store, text)]
    lines = tree.xpath("//main//tbody/tr")
    assert len(lines) == len(rows) > 0
    for row, line in zip(rows, lines, strict=True):
        shown = [data.get("value") for data in line.iter("data")]
        assert row.get("nombre", "") in ("", *shown[-1:])
        names = [name for n, name in row.items() if n.endswith("_nom") and name]
        assert all(name.split()[0] in line.text_content() for name in names)
    [again] = tree.xpath("//main//a[starts-with(., 'Adresse permanente')]/@href")
    same = page(client, again.partition("?")[2])
    assert same.xpath("//main//textarea/text()") == [text]
    [csv] = tree.xpath("//main//a[contains(., 'CSV')]/@href")
    assert client.get(f"/{csv}").data.count(b"\r\n") == len(rows) + 1
    [editor] = tree.xpath("//main//a[contains(., 'éditeur')]/@href")
    assert parse_qsl(editor.partition("#")[2]) == [("query", text.strip("\n") + "\n")]


def test_names_are_chosen_or_suggested(client: Client, store: Store) -> None:
    """Few from a list, more by suggestions; accents and capitals do not count."""
    tree = page(client, "groupe=gau")
    few = tree.xpath("//details[@open]//select[@name='groupe']/option")  # it is asked for: seen
    assert 2 < len(few) <= FEW + 2
    assert [o.text for o in few if o.get("selected") is not None] == ["… gau …"]
    [field] = tree.xpath("//input[@name='ministereAttributaire']")
    assert len(tree.xpath(f"//datalist[@id='{field.get('list')}']/option")) > FEW
    chosen = page(client, urlencode({"groupe": "Gauche démocrate et républicaine"}))
    [text] = chosen.xpath("//main//textarea/text()")
    assert 'qp:groupe/rdfs:label "Gauche démocrate et républicaine"@fr' in text
    alike = [
        [*select(store, text_of(urlencode({"auteur": name}), store))]
        for name in ("Jérôme", "jerome", "JEROME")
    ]
    assert alike[0] and alike[0] == alike[1] == alike[2]
    assert not page(client, "").xpath("//form[@class='construire']/details[@open]")


@pytest.mark.parametrize(
    ("form", "name", "said"),
    [("dateParution-de=2024-13-01", "dateParution-de", "n’est pas un jour comme 2024-01-31"),
     ("dateParution-de=2024-02-01&dateParution-a=2024-01-01", "dateParution-a", "échangez"),
     ("delaiJours-a=1e9", "delaiJours-a", "n’est pas un nombre"),
     ("delaiJours-a=NaN", "delaiJours-a", "n’est pas un nombre"),
     ("statut=statut-x", "statut", "choisissez dans la liste"),
     ("chaineComplete=peut-etre", "chaineComplete", "oui ou non"),
     ("par=titre", "par", "choisissez dans la liste"), ("lignes=1000000", "lignes", "au choix"),
     ("montrer=rien", "montrer", "colonne inconnue"), ("titre=" + "x" * 201, "titre", "trop long"),
     ("titre=%5Cu0022", "titre", "barre oblique inverse"), ("quoi=rien", "quoi", "inconnu"),
     ("titre=a%00b", "titre", "caractère de contrôle"), ("zz=1", "zz", "paramètre inconnu"),
     ("titre=a&titre=b", "titre", "donné deux fois")],
)  # fmt: skip
def test_what_is_wrong_is_said(client: Client, form: str, name: str, said: str) -> None:
    """In French, above the form and beside the field, which points to it; nothing is asked."""
    tree = page(client, form, 400)
    assert said in tree.xpath("string(//main//*[@role='alert'])")
    assert not tree.xpath("//main//table") and not tree.xpath("//main//textarea")
    beside = tree.xpath(f"//form[@class='construire']//*[@id='faute-{name}']")
    if name in ("quoi", "zz"):
        assert not beside
        return
    assert len(beside) == 1 and said in beside[0].text
    fields = tree.xpath(f"//form[@class='construire']//*[@name='{name}'][@aria-invalid]")
    assert name == "montrer" or [f.get("aria-describedby") for f in fields] == [f"faute-{name}"]


@pytest.mark.parametrize("quoi", subjects())
def test_the_form_in_english(client: Client, quoi: str) -> None:
    """Its words are those of ontology and shapes in English; only names of the data are French."""
    with written_in("en"):
        subject = subjects()[quoi]
    french, tree = page(client, f"quoi={quoi}"), page(client, f"quoi={quoi}", language=".en")
    names = "//form//*[self::label[@for] or self::legend or self::label[input]]/text()[1]"
    [told, shown] = ([name.strip() for name in t.xpath(names)] for t in (french, tree))
    assert len(told) == len(shown) and {f.name for f in subject.fields} <= {*shown}
    assert not {"nom", "prénom", "nom de famille", "Nom"} & {*shown}
    assert not tree.xpath("//main/nav//@lang | //select[@name='par']//@lang | //label//@lang")
    for name in ("par", "statut", "chaineComplete"):
        options = f"//select[@name='{name}']/option/text()"
        assert not {*french.xpath(options)} & {*tree.xpath(options)}
    asked = f"quoi={quoi}&par=tout&label=a"
    assert subject.name == tree.xpath("string(//main/nav//a[@aria-current='true'])")
    counted = page(client, asked, language=".en")
    said = ": how many; conditions: name – Without SPARQL – Parliamentary questions"
    assert counted.findtext(".//title").endswith(said)
    wrong = page(client, asked + "&lignes=3&zz=1", 400, language=".en")
    assert "one of: 20, 100, 1000" in wrong.xpath("string(//*[@role='alert'])")


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("name", ["titre", "auteur", "groupe", "uid"])
def test_a_value_is_but_a_value(client: Client, value: str, name: str) -> None:
    """The query is that of a harmless word, with another text; the page has no markup of it."""
    tree = page(client, urlencode({name: value, "montrer": name}))
    [text] = tree.xpath("//main//textarea/text()")
    harmless = text_of(f"{name}=zzyzx&montrer={name}")
    literal = str(Literal(accent_pattern(value)))
    assert text.count(literal) == 1
    assert text.strip() == harmless.replace(str(Literal(accent_pattern("zzyzx"))), literal).strip()
    prepareQuery(text)
    assert not tree.xpath("//main//table")
    assert "aucune ligne" in tree.xpath("string(//section)").lower()
    kept = tree.xpath(f"//main//input[@name='{name}']/@value | //option[@selected]/@value")
    assert value in kept and not tree.xpath("//main//script")


def test_limits_are_those_of_the_endpoint(sample: Path) -> None:
    """The page says why there are no rows; no cache keeps it, as the next one may have."""
    asked = "lignes=1000&montrer=titre&montrer=auteur&montrer=statut&montrer=dateParution"
    with serving(sample, limits=WorkerLimits(seconds=5, size=100_000)) as server:
        client = client_of(server)
        tree = page(client, asked, 413)
        headers = client.get(f"/construire?{asked}").headers
    assert headers["Cache-Control"] == "no-store" and not headers.get("ETag")
    assert tree.xpath("//main//textarea") and tree.xpath("//section//p[@role='alert']")


def test_the_file_says_that_it_needs_a_server(sample_files: Path) -> None:
    """A copy of the files has the form, which asks the server of the base; a server answers it."""
    tree = html.parse(sample_files / "construire.html")
    [form] = tree.xpath("//form[@class='construire']")
    assert form.get("action") == f"{BASE}construire#resultat" and form.get("method") == "get"
    assert "a besoin d’un serveur" in tree.xpath("string(//main)")
    for name in ("sparql", "exemples", "index"):
        assert html.parse(sample_files / f"{name}.html").xpath("//a[@href='construire.html']")


@pytest.mark.slow
def test_a_release_without_things(tmp_path: Path) -> None:
    """Where a class has no instance, its field is a text like any other."""
    Store(tmp_path / "store")
    write_builder_page(site_in(tmp_path), QueryCache(tmp_path / "store", tmp_path))
    tree = html.parse(tmp_path / "construire.html")
    assert tree.xpath("//input[@name='region']") and not tree.xpath("//datalist")
