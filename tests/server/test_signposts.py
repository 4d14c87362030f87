"""Documents say what they are part of and under which licence; pages, what programs look for."""

import json
import re
from collections import defaultdict
from pathlib import Path

import pytest
from lxml import html
from rdflib import Graph, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF, RDFS, VOID
from werkzeug.test import Client

from lod.base.settings import Settings
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.release import current
from lod.server.routes.release_files import FORMS
from lod.website.rendering.language import LANGUAGES
from tests.support.paths import BASE

QUESTION = "question/QANR5L15QE43349"
PATHS = (QUESTION, "depute/PA718926", "ministere/PO774113", "legislature/15", "statistiques")
DATA = [form for form in FORMS if form != "html"]
SYNTAX = {"ttl": "turtle", "jsonld": "json-ld", "nt": "nt", "rdf": "xml"}
LINK = re.compile(r'<([^>]*)>; rel="([^"]*)"(?:; type="([^"]*)")?')
SCHEMA = "https://schema.org/"


def links_of(client: Client, path: str) -> dict[str, set[str]]:
    """Return relation → addresses of the header Link of an address."""
    found = defaultdict(set)
    for address, relation, _ in LINK.findall(client.get(f"/{path}").headers["Link"]):
        found[relation].add(address)
    return found


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("form", DATA)
def test_a_document_states_licence_and_dataset(
    client: Client, sample_files: Path, path: str, form: str
) -> None:
    """Of itself, not of its resource, with names; the server and the copy say the same."""
    text = client.get(f"/{path}.{form}").data
    assert text == (sample_files / f"{path}.{form}").read_bytes()
    graph = Graph().parse(text, format=SYNTAX[form])
    iri, dataset = URIRef(f"{BASE}{path}.{form}"), URIRef(f"{BASE}.well-known/void#questions")
    licence = URIRef(Settings().licence)
    assert (iri, RDF.type, FOAF.Document) in graph
    assert (iri, FOAF.primaryTopic, URIRef(BASE + path)) in graph
    assert (iri, DCTERMS.license, licence) in graph and (iri, VOID.inDataset, dataset) in graph
    assert all(graph.value(node, RDFS.label) for node in (iri, licence, dataset))
    assert not list(graph.objects(URIRef(BASE + path), VOID.inDataset))


@pytest.mark.parametrize("path", PATHS)
def test_pages_and_data_lead_to_each_other(client: Client, path: str) -> None:
    """By the relations of Signposting, in the header and in the page; each address answers."""
    page, iri = links_of(client, f"{path}.html"), BASE + path
    assert page["cite-as"] == {iri} and page["license"] == {Settings().licence}
    assert page["item"] == {f"{iri}.{form}" for form in DATA}
    assert page["describedby"] and f"{SCHEMA}AboutPage" in page["type"]
    assert len(page["type"]) == (1 if path == "statistiques" else 2)
    head = html.fromstring(client.get(f"/{path}.html").data).find("head")
    told = defaultdict(set)
    for link in head.iter("link"):
        for relation in link.get("rel").split():
            told[relation].add(link.get("href"))
    for relation in ("cite-as", "license", "type"):
        assert told[relation] == page[relation], relation
    assert len(told["item"]) == len(DATA)
    for form in DATA:
        links = links_of(client, f"{path}.{form}")
        assert links["cite-as"] == {iri} and links["license"] == {Settings().licence}
        assert links["collection"] == {f"{iri}.html"} and not links["item"]
    for address in {*page["item"], *page["cite-as"]}:
        assert client.get(address.removeprefix(BASE[:-1])).status_code in (200, 303)
    assert page["canonical"] == {f"{iri}.html"}
    if path == QUESTION:  # whose English page is about the same thing
        english = links_of(client, f"{path}.en.html")
        assert english == page | {"canonical": {f"{iri}.en.html"}}


def test_the_home_page_is_about_the_dataset(client: Client, sample: Path) -> None:
    """Its data are the dumps, and it is described by DCAT and VoID."""
    links = links_of(client, "")
    assert links["cite-as"] == {BASE} and links["license"] == {Settings().licence}
    assert links["type"] == {f"{SCHEMA}AboutPage", f"{SCHEMA}Dataset"}
    dumps = {f"{BASE}telechargements/questions.{form}.gz" for form in ("ttl", "nt")}
    assert links["item"] == dumps
    for address in links["item"] | links["describedby"]:
        assert client.head(address.removeprefix(BASE[:-1])).status_code == 200, address
    text = (current(sample) / "site/index.html").read_text("utf-8")
    assert all(f'<link rel="item" href="{address}"' in text for address in links["item"])


@pytest.mark.parametrize("end", LANGUAGES.values())
def test_a_question_tells_search_engines_what_it_is(client: Client, sample: Path, end: str) -> None:
    """A page about a question, its answers, who asks; its breadcrumbs are pages."""
    questions = PublishedQuestions(current(sample))
    stored = [one for _, uid in list(questions.uids()) if (one := questions.of_uid(uid))]
    known = [q for q in (one.question for one in stored) if q.type == "QE" and q.reponses]
    uid = next(q.uid for q in known if q.titre and q.rubrique)
    path = f"question/{uid}{end}.html"
    page = html.fromstring(client.get(f"/{path}").data)
    scripts = page.xpath("/html/head/script[@type='application/ld+json']/text()")
    [told] = [read for read in map(json.loads, scripts) if "mainEntity" in read]
    assert told["@context"]["@vocab"] == SCHEMA and told["@type"] == "WebPage"
    assert told["@context"]["@base"] == BASE + path and told["inLanguage"] == (end or ".fr")[1:]
    question = told["mainEntity"]
    assert question["@type"] == "Question" and question["name"] == page.findtext(".//h1")
    answers = question["acceptedAnswer"]
    assert question["answerCount"] == len(answers) > 0
    for answer in answers:
        assert page.get_element_by_id(answer["url"].partition("#")[2]) is not None
    crumbs = told["breadcrumb"]["itemListElement"]
    assert [crumb["position"] for crumb in crumbs] == [1, 2, 3]
    assert "item" not in crumbs.pop() and told["@id"] == ""  # the page itself
    addresses = [crumb["item"] for crumb in crumbs] + [question["author"]["url"]]
    for address in addresses:
        assert client.get(address.removeprefix(BASE[:-1])).status_code == 200, address
    graph = Graph().parse(data=json.dumps(told), format="json-ld")
    assert all(isinstance(term, URIRef) for term in graph.subjects())
