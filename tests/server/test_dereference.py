"""Test that every published IRI can be dereferenced: in the store, descriptions, report."""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from markupsafe import escape
from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Triple, parse
from werkzeug.test import Client

from lod.base.settings import Settings
from lod.build import build
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.pipeline.questions.statistics import components
from lod.pipeline.report.build_report import BuildReport
from lod.publish.release import current, manifest
from lod.rdf.iris import KINDS, document_of, is_resource, source_path
from lod.rdf.ontology import modules, parts
from lod.rdf.serialize import read_turtle
from lod.rdf.store import open_store
from lod.rdf.vocab import DCTERMS, ORG, QP, RDF, RDFS, SCHEMA
from lod.server.routes.release_files import DOCUMENT_FORMS, FORMS
from lod.website.pages.kept_resources import is_kept, kept_documents
from lod.website.pages.problem_pages import PROBLEMS
from lod.website.rendering.templates import typeset
from tests.support import amo
from tests.support.once import exported
from tests.support.paths import BASE, CASES, tables_of
from tests.support.releases import page_of, some_of_each
from tests.support.server_data import client_of, serving

TABLES = tables_of(__file__)

pytestmark = pytest.mark.slow

WITHHELD = "QANR5L17QE90005"


@pytest.fixture(scope="module")
def client(mixture: tuple[Path, BuildReport]) -> Iterator[Client]:
    with serving(mixture[0], workers=1) as server:
        yield client_of(server)


def documents(folder: Path) -> set[str]:
    """Return the document of every IRI below the base that is a subject or an object."""
    release = current(folder)
    triples = [q.triple for q in open_store(release / "store").quads_for_pattern(None, None, None)]
    for path in (release / "dumps/dcat.ttl", release / "quality/report.ttl"):
        triples += read_turtle(path)
    terms = {term for t in triples for term in (t.subject, t.object)}
    iris = {term.value for term in terms if isinstance(term, NamedNode)}
    return {document_of(iri) for iri in iris if iri.startswith(BASE)}


def test_every_top_page_is_found_without_its_extension(
    client: Client, mixture: tuple[Path, BuildReport]
) -> None:
    """`/deputes`, `/licence/` and all others lead to the page that people expect."""
    names = sorted(page.stem for page in (current(mixture[0]) / "site").glob("*.html"))
    assert len(names) > 40
    for name in names:
        for path in (f"/{name}", f"/{name}/"):
            answer = client.get(path, headers={"Accept": "text/html"}, follow_redirects=True)
            assert (answer.status_code, answer.mimetype) == (200, "text/html"), path
    assert client.get("/favicon.ico").mimetype == "image/svg+xml"  # where browsers ask for it


def test_a_missing_page_has_menu_and_search(client: Client) -> None:
    """At any depth: its links begin with the path of the base."""
    answer = client.get("/nulle/part", headers={"Accept": "text/html"})
    assert answer.status_code == 404 and "« nulle/part »" in answer.text.replace("\u00a0", " ")
    for link in ("deputes.html", "static/style.css", "problemes/introuvable.html"):
        found = re.search(rf'href="(/[^"]*{link})"', answer.text)
        assert found and client.get(found[1]).status_code == 200, link
    assert re.search(r'<form class="grande" action="/[^"]*recherche.html"', answer.text)


def test_every_iri_leads_to_a_document(client: Client, mixture: tuple[Path, BuildReport]) -> None:
    """A client that prefers Turtle gets 200 for some of each kind."""
    published = documents(mixture[0])
    assert len(published) > 1000
    # a question that was refused is a focus node of the report, and has no document
    refused = {iri for iri in published if "/question/" in iri} - {
        f"{BASE}question/{uid}" for _, uid in PublishedQuestions(current(mixture[0])).uids()
    }
    assert len(refused) <= 2
    for path in some_of_each(iri.removeprefix(BASE) for iri in published - refused):
        headers = {"Accept": "text/turtle, */*;q=0.1"}
        answer = client.get(f"/{path}", headers=headers, follow_redirects=True)
        assert answer.status_code == 200, path


def test_a_name_that_one_ministry_bears_leads_to_it(
    client: Client, mixture: tuple[Path, BuildReport]
) -> None:
    """With or without the rank before it; its documents follow it."""
    names = manifest(current(mixture[0]))["noms"]
    meant = {name: paths[0] for name, paths in names.items() if len(paths) == 1}
    assert len(meant) > 20
    for name, ministry in meant.items():
        ranked = name.replace("/", "/ministere-de-l-")
        for asked, right in ((name, ministry), (f"{ranked}.ttl", f"{ministry}.ttl")):
            answer = client.get(f"/{asked}")
            assert (answer.status_code, answer.headers["Location"]) == (301, f"/{right}")


def test_a_name_that_several_ministries_bear_has_a_list_of_them(
    client: Client, mixture: tuple[Path, BuildReport]
) -> None:
    """It never leads to one of them, whichever of them the records name."""
    path, release = "/ministere/solidarites-et-sante", current(mixture[0])
    bearers = manifest(release)["noms"][path[1:]]
    described = [each for each in bearers if is_kept(release, BASE + each)]
    assert len(described) < len(bearers)
    read = client.get(path, headers={"Accept": "text/html"})
    assert (read.status_code, read.mimetype) == (300, "text/html")
    linked = re.findall(r'<li><a href="/(ministere/[^"]+)">Solidarités et santé</a>', read.text)
    assert linked == described
    assert "Gouvernement Jean Castex, du 7 juillet 2020 au 16 mai 2022" in " ".join(
        read.text.split()
    )
    triples = parse(client.get(path, headers={"Accept": "text/turtle"}).data, RdfFormat.TURTLE)
    meant = {q.object for q in triples if q.predicate == RDFS.seeAlso}
    assert meant == {NamedNode(BASE + each) for each in described}
    for form, media in FORMS.items():
        document = client.get(f"{path}.{form}")
        assert (document.status_code, document.mimetype) == (200, media)
    whole = client.get("/ministere/Ministere-des-Solidarites-et-de-la-Sante")
    assert (whole.status_code, whole.headers["Location"]) == (301, path)
    assert client.get(path, headers={"Accept": "image/png"}).status_code == 406


def test_each_document_of_a_thing_says_what_it_is(mixture: tuple[Path, BuildReport]) -> None:
    """No name of a ministry is published as an address, or in the sitemap."""
    release = current(mixture[0])
    store = open_store(release / "store")
    replaced = NamedNode("http://purl.org/dc/terms/isReplacedBy")
    quads = store.quads_for_pattern(None, replaced, None, DefaultGraph())
    assert [q for q in quads if q.subject.value.startswith(BASE)] == []  # the ontology has others
    addresses = re.findall(
        f"<loc>{BASE}(.*?).html</loc>", (release / "site/sitemap-1.xml").read_text()
    )
    things = [
        NamedNode(BASE + path)
        for path in addresses
        if is_resource(path) and "/" in path and not path.endswith(".en")
    ]
    assert len(things) > 1000
    assert [iri for iri in things if not any(store.quads_for_pattern(iri, RDF.type, None))] == []


def test_a_raw_record_is_served_as_text(client: Client, mixture: tuple[Path, BuildReport]) -> None:
    raw = list(PublishedQuestions(current(mixture[0])).sources())
    assert len(raw) > 500
    for sha256, data in raw[:: len(raw) // 20]:
        assert hashlib.sha256(data).hexdigest() == sha256
        answer = client.get(f"/{source_path(sha256)}")
        assert answer.status_code == 200 and answer.data == data
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        part = client.get(f"/{source_path(sha256)}", headers={"Range": "bytes=2-9"})
        assert (part.status_code, part.data) == (206, data[2:10])
        known = {"If-None-Match": answer.headers["ETag"]}
        assert client.get(f"/{source_path(sha256)}", headers=known).status_code == 304
    for path in ("rejected/index.csv", f"sources/00/{sha256}.txt", f"sources/{sha256}.txt"):
        assert client.get(f"/{path}").status_code == 404, path


def test_the_folder_may_be_relative(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(sample.parent)
    paths = ("/", "/question/QANR5L15QE43349.ttl", "/telechargements/void.ttl", "/dcat.ttl")
    with serving(Path(sample.name), workers=1) as server:
        assert [server.ask(path).status for path in paths] == [200] * len(paths)


SYNTAXES = {
    "ttl": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES, "jsonld": RdfFormat.JSON_LD,
    "rdf": RdfFormat.RDF_XML,
}  # fmt: skip
EMBEDDED = re.compile(rb'<script type="application/ld\+json">\n(.*?)</script>', re.DOTALL)


def triples_of(data: bytes, syntax: RdfFormat) -> set[Triple]:
    return {quad.triple for quad in parse(data, format=syntax)}


def things(site: Path) -> list[Path]:
    """Return the Turtle files of all things that have documents."""
    singles = [site / "exemples.ttl", site / "statistiques.ttl"]
    return sorted(singles + [path for kind in KINDS for path in (site / kind).rglob("*.ttl")])


def of_all_documents(base: str) -> set[NamedNode]:
    """What each document describes beside its thing and itself: its licence and its dataset."""
    return {NamedNode(Settings().licence), NamedNode(f"{base}.well-known/void#questions")}


def check_forms(folder: Path, site: Path, distance: int = 1) -> int:
    """Check that all forms of each so many things state what the store states; count them."""
    release = current(folder)
    base = manifest(release)["base"]
    said: dict[str, set[Triple]] = {}
    held: dict[str, set[Triple]] = {}  # IRI of a person → who held a ministry
    store = open_store(release / "store")
    for quad in store.quads_for_pattern(None, ORG.member, None):
        part = store.quads_for_pattern(quad.subject, None, None)
        held.setdefault(getattr(quad.object, "value", ""), set()).update(q.triple for q in part)
    for quad in store:
        document = document_of(getattr(quad.subject, "value", ""))
        said.setdefault(document, set()).add(quad.triple)
    named = of_all_documents(base)
    found = things(site)
    for path in found[::distance]:
        told: dict[str, set[Triple]] = {}
        for form in SYNTAXES:
            document = path.with_suffix(f".{form}")
            stated = triples_of(document.read_bytes(), SYNTAXES[form])
            itself = NamedNode(base + document.relative_to(site).as_posix())
            told[form] = {t for t in stated if t.subject not in {itself, *named}}
            assert len(stated) == len(told[form]) + 7, (path, form)
            assert told[form] == told["ttl"], (path, form)
        turtle = told["ttl"]
        iri = base + str(path.relative_to(site).with_suffix(""))
        assert said[iri] - turtle == set(), iri
        others = {t for t in turtle if document_of(t.subject.value) != iri}  # type: ignore[union-attr]
        if path.stem == "statistiques":  # it tells of its measures, as clients of data cubes need
            others -= set(components())
        # a text elsewhere has no document here: those that speak of it describe it
        elsewhere = {t.subject for t in others if t.object == SCHEMA.CreativeWork}
        others = {t for t in others if t.subject not in elsewhere}
        leading = {t for t in others if getattr(t.object, "value", "") == iri}
        assert leading <= set.union(*(said[document_of(t.subject.value)] for t in leading), set())
        others -= leading | held.get(iri, set())
        assert {t.predicate for t in others - said[iri]} <= {RDFS.label}, iri
    return len(found)


def test_the_forms_of_each_thing_state_the_same(
    sample: Path, sample_files: Path, vies: Path, vies_files: Path
) -> None:
    """All that the store has of the thing and its fragments, what leads to it, names of others."""
    assert check_forms(sample, sample_files, 3) == 2465
    assert check_forms(vies, vies_files) == 880  # two of passages that texts elsewhere have


def test_what_is_exported_is_what_is_served(sample: Path, sample_files: Path) -> None:
    """Of every third document a form, byte for byte; pages have its triples as JSON-LD."""
    pages = 0
    found = things(sample_files)[::3]
    assert len(found) == 822
    with serving(sample, workers=2) as server:
        client = client_of(server)
        for place, path in enumerate(found):
            form = tuple(SYNTAXES)[place % len(SYNTAXES)]
            file = path.with_suffix(f".{form}")
            answer = client.get(f"/{file.relative_to(sample_files)}")
            assert (answer.status_code, answer.mimetype) == (200, FORMS[form]), file
            assert answer.data == file.read_bytes(), file
            if place % 20:
                continue
            page = client.get(f"/{path.relative_to(sample_files).with_suffix('.html')}")
            if page.status_code != 200:  # an answer may stand on another page
                continue
            pages += 1
            embedded = triples_of(EMBEDDED.findall(page.data)[0], RdfFormat.JSON_LD)
            stated = triples_of(path.read_bytes(), RdfFormat.TURTLE)
            itself = NamedNode(f"{BASE}{path.relative_to(sample_files)}")
            of_document = {itself, *of_all_documents(BASE)}
            assert embedded == {t for t in stated if t.subject not in of_document}, path
    assert pages > 30


def test_an_answer_stands_on_the_page_of_its_question(vies: Path, vies_client: Client) -> None:
    """Unless it serves several questions: then it has a page of its own."""
    documents = {*kept_documents(current(vies))}
    alone = shared = 0
    for iri in sorted({q.object.value for q in open_store(current(vies) / "store")
                       if q.predicate == QP.reponse}):  # fmt: skip
        path = iri.removeprefix(BASE)
        first = vies_client.get(f"/{path}", headers={"Accept": "text/html"})
        assert (first.status_code, first.headers["Location"]) == (303, f"/{path}.html")
        page = vies_client.get(f"/{path}.html")
        if iri in documents:
            shared += 1
            assert page.status_code == 200
        else:
            alone += 1
            place, _, anchor = page.headers["Location"].partition("#")
            assert (page.status_code, anchor) == (303, path.rpartition("/")[2])
            assert f'<section id="{anchor}">' in vies_client.get(place).text
        said = vies_client.get(f"/{path}", headers={"Accept": "application/rdf+xml"})
        assert (said.status_code, said.headers["Location"]) == (303, f"/{path}.rdf")
    assert (shared, alone) == (3, 18)
    for form in FORMS:
        assert vies_client.get(f"/reponse/2020-01-01-0000000000000000.{form}").status_code == 404
    assert vies_client.get("/reponse/2020-01-01-0000000000000000").status_code == 404


@pytest.mark.parametrize(
    "path", ["depute/PA718926/page-2", "ministere/PO1/repondues", "auteur/15", "auteur/15/x/y"]
)
def test_a_further_page_is_no_thing(client: Client, path: str) -> None:
    assert [client.get(f"/{path}{end}").status_code for end in ("", ".ttl")] == [404, 404]


@pytest.fixture(scope="module")
def amo_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a release with a government, ministries, a deputy of archives, a withheld question."""
    folder = tmp_path_factory.mktemp("amo")
    (folder / "revue").mkdir()
    (folder / "revue/retenues.csv").write_text(f"uid,motif\n{WITHHELD},demande de l’intéressé\n")
    archive = amo.archive(folder / "amo.zip", amo.EXEMPLE)
    names = (
        "an_json/plain/source.json",
        "an_json/recalls/source.json",
        "an_json/withdrawn/source.json",
        "page_recent/unresolved_author/source.md",
    )
    settings = Settings(revue=folder / "revue")
    build([CASES / name for name in names], folder / "out", settings, reference=[archive])
    return folder / "out"


@pytest.fixture(scope="module")
def amo_client(amo_release: Path) -> Iterator[Client]:
    with serving(amo_release, workers=1) as server:
        yield client_of(server)


def test_forms_where_there_is_reference_data(
    amo_release: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The documents of things from archives agree too: mandates, memberships, successors."""
    assert check_forms(amo_release, exported(tmp_path_factory, amo_release)) == 697


@pytest.mark.parametrize(
    ("path", "role", "what"),
    [("groupe/PO930001", "Membres", "depute/PA900001"),
     ("gouvernement/PO940001", "Ministères de ce gouvernement", "ministere/PO950001"),
     ("ministere/PO950001", "Ministères qui lui succèdent", "ministere/PO950002"),
     ("legislature/17", "Groupes de cette législature", "groupe/PO930002"),
     ("legislature/17", "Mandats de cette législature", "depute/PA900001")],
)  # fmt: skip
def test_what_points_to_a_thing_is_on_its_page(
    amo_client: Client, path: str, role: str, what: str
) -> None:
    listed = amo_client.get(f"/{path}.html").text.partition(f"<h2>{role} <small>")[2]
    assert f"{what}.html" in listed.partition("</ul>")[0]


@pytest.mark.parametrize(
    ("path", "leads"),
    [("gouvernement/PO940001", "ministere/PO950001 subOrganizationOf"),
     ("gouvernement/PO725688", "depute/PA345619 headOf"),
     ("ministere/PO950001", "ministere/PO950002 replaces"),
     ("depute/PA794038", "ministere/PO855064#ministre-1 member"),
     ("personne/PA702191", "ministere/PO834720#ministre-1 member")],
)  # fmt: skip
def test_what_leads_to_a_thing_is_in_its_document(
    amo_client: Client, client: Client, path: str, leads: str
) -> None:
    """A government its ministries and head, a ministry its successor, a person what it held."""
    subject, predicate = leads.split()
    given = amo_client if "PO9" in path else client
    stated = triples_of(given.get(f"/{path}.nt").data, RdfFormat.N_TRIPLES)
    to_it = [t for t in stated if t.object == NamedNode(BASE + path)]
    found = {f"{t.subject.value.removeprefix(BASE)} {t.predicate.value}" for t in to_it}
    assert any(each.startswith(subject) and each.endswith(predicate) for each in found), found


def test_an_answer_leads_to_its_questions(vies: Path, vies_client: Client) -> None:
    """In each form of its document, whether it has a page of its own or not."""
    answers: dict[str, set[str]] = {}
    for quad in open_store(current(vies) / "store").quads_for_pattern(None, QP.reponse, None):
        answers.setdefault(quad.object.value, set()).add(quad.subject.value)
    assert len(answers) == 21
    for iri, questions in answers.items():
        data = vies_client.get(f"/{iri.removeprefix(BASE)}.nt").data
        found = {t for t in triples_of(data, RdfFormat.N_TRIPLES) if t.predicate == QP.reponse}
        assert {t.subject.value for t in found} == questions


def test_one_address_a_person(client: Client, mixture: tuple[Path, BuildReport]) -> None:
    """Whoever was followed under the other role is found: 301, in each form."""
    documents = {iri.removeprefix(BASE) for iri in kept_documents(current(mixture[0]))}
    for kind, other in (("depute", "personne"), ("personne", "depute")):
        start = f"{kind}/P"
        names = sorted(path.rpartition("/")[2] for path in documents if path.startswith(start))
        assert names and documents.isdisjoint(f"{other}/{name}" for name in names)
        for name in names[:: max(1, len(names) // 9)]:
            for end in ("", ".ttl", ".html"):
                answer = client.get(f"/{other}/{name}{end}")
                assert (answer.status_code, answer.location) == (301, f"/{kind}/{name}{end}")
    assert client.get("/personne/PA123456").status_code == 404


def test_a_question_knows_who_recalls_it(vies: Path) -> None:
    store = open_store(current(vies) / "store")
    found = [*store.quads_for_pattern(None, QP.rappelle, None)]
    assert found
    for quad in found:
        later, earlier = (str(t.value).rpartition("/")[2] for t in (quad.subject, quad.object))
        assert f"{later}.html" in page_of(vies, earlier).partition("Rappelée par")[2]


@pytest.mark.parametrize(("asked", "right"), TABLES["one_spelling_each"])
def test_one_spelling_each(client: Client, asked: str, right: str) -> None:
    """Any other spelling redirects at once to the right one, and keeps the query string."""
    answer = client.get(asked, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    assert (answer.status_code, answer.headers["Location"]) == (301, right)
    after = client.get(right)
    assert after.status_code in (200, 303)


def test_a_withheld_question_is_gone(amo_client: Client, amo_release: Path, sample: Path) -> None:
    """Its documents answer 410 with the reason, in the form asked for."""
    assert manifest(current(sample))["retenues"] == {}
    assert manifest(current(amo_release))["retenues"] == {WITHHELD: "demande de l’intéressé"}
    for end in ("", ".ttl", ".jsonld", ".nt", ".rdf", "?format=nt"):
        answer = amo_client.get(f"/question/{WITHHELD}{end}")
        assert (answer.status_code, answer.mimetype) == (410, "application/problem+json")
        said = json.loads(answer.data)
        assert said["type"] == f"{BASE}problemes/retiree-de-la-publication"
        assert said["detail"] == "demande de l’intéressé"
        assert "Accept" in answer.headers["Vary"]
    spoken = {".html": {}, ".en.html": {}, "": {"Accept": "text/html"}, ".ttl?format=html": {}}
    for path, headers in spoken.items():
        answer = amo_client.get(f"/question/{WITHHELD}{path}", headers=headers)
        assert (answer.status_code, answer.mimetype) == (410, "text/html")
        is_english = ".en" in path
        assert answer.headers["Content-Language"] == ("en" if is_english else "fr")
        assert f'/{WITHHELD}{"" if is_english else ".en"}.html"' in answer.text
        assert "demande de l’intéressé" in answer.text
    again = amo_client.get(f"/question/{WITHHELD.lower()}")
    assert (again.status_code, again.headers["Location"]) == (301, f"/question/{WITHHELD}")
    assert amo_client.head(f"/question/{WITHHELD}").data == b""


def test_each_problem_is_explained(client: Client) -> None:
    """The IRI of a problem leads to a document in every form with the same triples."""
    for path in ("problemes", *(f"problemes/{slug}" for slug in PROBLEMS)):
        first = client.get(f"/{path}", headers={"Accept": "text/turtle"})
        assert (first.status_code, first.headers["Location"]) == (303, f"/{path}.ttl")
        turtle = triples_of(client.get(f"/{path}.ttl").data, RdfFormat.TURTLE)
        assert {t.subject.value for t in turtle} >= {BASE + path}  # type: ignore[union-attr]
        for form, syntax in SYNTAXES.items():
            answer = client.get(f"/{path}.{form}")
            assert (answer.status_code, answer.mimetype) == (200, FORMS[form])
            assert triples_of(answer.data, syntax) == turtle
            assert f'<{BASE}{path}.{form}>; rel="canonical"' in answer.headers["Link"]
        page = client.get(f"/{path}", headers={"Accept": "text/html"}, follow_redirects=True)
        assert (page.status_code, page.mimetype) == (200, "text/html")
        slug = path.rpartition("/")[2]
        assert path == "problemes" or escape(typeset(PROBLEMS[slug].conseil)) in page.text
    assert client.get("/problemes/inconnu").status_code == 404
    etag = client.get("/problemes/delai.ttl").headers["ETag"]
    again = client.get("/problemes/delai.ttl", headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")


def test_a_document_in_quads_is_a_graph_of_which_its_licence_is_said(client: Client) -> None:
    path = "question/QANR5L15QE43349"
    turtle = triples_of(client.get(f"/{path}.ttl").data, RdfFormat.TURTLE)
    for form, syntax in (("trig", RdfFormat.TRIG), ("nq", RdfFormat.N_QUADS)):
        asked = {"Accept": DOCUMENT_FORMS[form]}
        answer = client.get(f"/{path}", headers=asked, follow_redirects=True)
        quads, graph = [*parse(answer.data, format=syntax)], NamedNode(f"{BASE}{path}.{form}")
        named = {quad.triple for quad in quads if quad.graph_name == graph}
        assert named < turtle and len(quads) == len(turtle) == len(named) + 7
        assert graph in {q.subject for q in quads if q.predicate == DCTERMS.license}
    assert client.get("/exemples.trig").status_code == 404


def test_a_dump_is_unpacked_by_who_takes_gzip(client: Client) -> None:
    path = "/telechargements/questions.ttl"
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert (packed.mimetype, packed.headers["Content-Encoding"]) == ("text/turtle", "gzip")
    assert packed.data == client.get(f"{path}.gz").data
    for accepted in ({}, {"Accept-Encoding": "gzip;q=0"}):
        assert client.get(path, headers=accepted).headers["Location"] == f"{path}.gz"


def test_void_in_every_form(client: Client) -> None:
    path = "/.well-known/void"
    turtle = triples_of(client.get(path).data, RdfFormat.TURTLE)
    for form, syntax in SYNTAXES.items():
        answer = client.get(path, headers={"Accept": FORMS[form]})
        assert (answer.status_code, answer.mimetype) == (200, FORMS[form])
        assert answer.headers["Content-Location"] == f"{path}.{form}"
        assert "Accept" in answer.headers["Vary"]
        assert triples_of(answer.data, syntax) == turtle
    page = client.get(path, headers={"Accept": "text/html"})
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert 'id="classe-qp-Question"' in page.text  # fragments are anchors on the page
    assert client.get(path, headers={"Accept": "image/png"}).status_code == 406
    home = client.get("/", headers={"Accept": "text/turtle"})  # leads programs to it
    assert (home.status_code, home.headers["Location"]) == (303, f"{path}.ttl")
    assert "Accept" in home.headers["Vary"]


def test_what_the_ontology_is_made_of_leads_somewhere(client: Client) -> None:
    names = {part.rpartition("/")[2] for part in parts()}
    assert names == {*modules(), "26.11.0"} and len(names) == 12
    for name in (*names, "delais.html"):
        answer = client.get(f"/def/{name}", headers={"Accept": "text/html"})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/def"), name
    whole = triples_of(client.get("/def.nt").data, RdfFormat.N_TRIPLES)
    for name, stated in modules().items():  # each alone, together the whole
        answer = client.get(f"/def/{name}", headers={"Accept": "text/turtle"})
        assert answer.headers["Content-Location"] == f"/def/{name}.ttl"
        assert triples_of(answer.data, RdfFormat.TURTLE) == {*stated} < whole
    assert client.get("/def/inconnu").status_code == 404
    stated = client.get("/alignements")
    assert stated.mimetype == "text/turtle" and b"/alignements> a owl:Ontology" in b" ".join(
        stated.data.split()
    )
