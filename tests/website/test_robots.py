"""What programs look for: sitemaps, robots.txt, llms.txt, citations, the dataset in schema.org."""

import datetime
import re
import struct
import tomllib
from pathlib import Path
from typing import Any
from urllib.robotparser import RobotFileParser

import orjson
import pytest
import yaml
from lxml import etree, html
from rdflib import Graph, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF, Namespace
from werkzeug.test import Client

from lod.base import packaged
from lod.base.settings import Settings
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.downloads import CONTENTS, DownloadFile
from lod.publish.query_catalogue import standalone_queries
from lod.publish.release import current, manifest
from lod.publish.void import first_day
from lod.rdf.ontology import labels
from lod.rdf.store import open_store, select
from lod.rdf.vocab import NAMESPACE, PREFIXES, RDFS
from lod.website.indexes import robots as machines
from lod.website.indexes import schema_org
from lod.website.pages.kept_resources import kept_documents
from lod.website.rendering.language import LANGUAGES, languages_of
from tests.support.chantier import question, write_questions
from tests.support.paths import BASE, DAY, ROOT, site_files, site_in
from tests.support.releases import page_of
from tests.support.server_data import client_of, publish, serving

MAPS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
DCAT, SCHEMA = Namespace(PREFIXES["dcat"]), Namespace(PREFIXES["schema"])
SPDX = Namespace("http://spdx.org/rdf/terms#")
ELSEWHERE = "https://example.org/qp/"
TYPES = {
    "robots.txt": "text/plain", "llms.txt": "text/plain", "llms-full.txt": "text/plain",
    "CITATION.cff": "application/yaml", "sitemap.xml": "application/xml",
    "sitemap-1.xml": "application/xml",
}  # fmt: skip


@pytest.fixture(scope="module")
def site(sample: Path) -> Path:
    return current(sample) / "site"


def entries(path: Path, name: str) -> dict[str, str]:
    """Address → day, after the rules of the protocol were held to the file."""
    data = path.read_bytes()
    root = etree.fromstring(data)
    assert len(data) < 50 * 1024 * 1024 and len(root) <= machines.MOST
    assert root.tag == MAPS + {"url": "urlset", "sitemap": "sitemapindex"}[name]
    found = {}
    for entry in root:
        assert entry.tag == MAPS + name and [e.tag for e in entry] == [
            MAPS + "loc",
            MAPS + "lastmod",
        ]
        address, day = entry[0].text or "", entry[1].text or ""
        assert address.startswith(BASE) and len(address) < 2048 and address not in found
        found[address] = datetime.date.fromisoformat(day).isoformat()
    return found


def test_sitemaps_have_every_page(sample: Path, site: Path) -> None:
    """And nothing else; the index names them all."""
    index = entries(site / "sitemap.xml", "sitemap")
    assert list(index) == [f"{BASE}sitemap-1.xml"]
    told = entries(site / "sitemap-1.xml", "url")
    pages = {p.relative_to(site).as_posix() for p in site.rglob("*.html")}
    resources = {iri.removeprefix(BASE) for iri in kept_documents(current(sample))}
    pages |= {f"{p}{LANGUAGES[code]}.html" for p in resources for code in languages_of(p)}
    uids = [uid for _, uid in PublishedQuestions(current(sample)).uids()]
    pages |= {f"question/{uid}{end}.html" for uid in uids for end in LANGUAGES.values()}
    assert len(told) > 2000 and len(uids) > 400
    assert set(told) == {BASE + page for page in pages - {"index.html"}} | {BASE}


def test_a_page_is_as_old_as_what_it_tells(sample: Path, site: Path) -> None:
    """A question: its last event. A list: the data."""
    told = entries(site / "sitemap-1.xml", "url")
    for end in LANGUAGES.values():
        assert told[f"{BASE}question/QANR5L15QE43349{end}.html"] == "2022-06-21"  # withdrawn
    donnees_au = manifest(current(sample))["donnees_au"]
    assert {told[BASE], told[f"{BASE}ministeres.html"]} == {donnees_au}
    assert max(told.values()) == donnees_au
    assert len({day for place, day in told.items() if "/question/" in place}) > 20


def test_many_pages_make_several_sitemaps(site: Path, tmp_path: Path) -> None:
    """Each has its part; together they have all."""
    here = tmp_path / "site"
    here.mkdir()
    for n in range(5):
        (here / f"p{n}.html").touch()
    write_questions(tmp_path, [question("2025-01-01", uid=f"QANR5L15QE{n}") for n in (5, 6)])
    machines.write_sitemaps(site_in(here), tmp_path, most=3)
    index = entries(here / "sitemap.xml", "sitemap")
    parts = [entries(here / place.removeprefix(BASE), "url") for place in index]
    assert [len(part) for part in parts] == [3, 3, 3]
    names = [f"p{n}" for n in range(5)]
    names += [f"question/QANR5L15QE{n}{end}" for n in (5, 6) for end in LANGUAGES.values()]
    assert [p for part in parts for p in part] == [f"{BASE}{name}.html" for name in names]


def test_robots_may_read_pages_only(site: Path) -> None:
    """What computes is closed to them; the sitemap is named."""
    robots = RobotFileParser()
    robots.parse((site / "robots.txt").read_text("utf-8").splitlines())
    for open_ in (
        *("", "sparql.html", "sparql.en.html", "recherche.en.html"),
        *("api.html", "api.en.html", "question/QANR5L15QE43349.html", "llms.txt", "flux.atom"),
    ):
        assert robots.can_fetch("Googlebot", BASE + open_), open_
    for closed in ("sparql?query=x", "sparql", "recherche?q=x", "api/questions.json"):
        assert not robots.can_fetch("Googlebot", BASE + closed), closed
    assert robots.site_maps() == [f"{BASE}sitemap.xml"]
    lines = (site / "robots.txt").read_text("utf-8").splitlines()
    assert all(line.count(":") == 1 for line in lines if line.startswith(("Allow", "Disallow")))


def test_llms_txt_tells_what_is_there(sample: Path, site: Path) -> None:
    """A title, a summary, sections of links; each leads to a file, each query gives rows."""
    text = (site / "llms.txt").read_text("utf-8")
    lines = text.splitlines()
    assert lines[0] == "# Questions parlementaires" and lines[2].startswith("> ")
    assert "479 questions" in text and [h for h in lines if h.startswith("## ")] == [
        "## Adresses", "## Formes", "## Alertes et flux", "## SPARQL", "## Optional"]  # fmt: skip
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert len(links) > 12
    # what extensions lead to may be made when it is asked for
    added = "".join(path.read_text("utf-8") for path in site_files("ajouts", "llms*.txt"))
    for link in links:
        assert link.startswith(BASE)
        place = link.removeprefix(BASE) or "index.html"
        is_dated = place == "dcat.ttl"  # when it is served or exported
        assert (site / place).is_file() or is_dated or f"}}}}{place})" in added, link
    queries = re.findall(r"```sparql\n(.*?)```", text, re.S)
    wrong_and_right = [q for q in queries if q.startswith(("# faux", "# juste"))]
    assert len(wrong_and_right) == 16  # test_traps.py asks them
    examples = [query for query in queries if query not in wrong_and_right]
    store = open_store(current(sample) / "store")
    assert len(examples) == 3 and all(list(select(store, query)) for query in examples)


def test_llms_full_txt_has_all_that_asking_needs(sample: Path, site: Path) -> None:
    """Every term of the ontology, every pitfall, every query as it is."""
    text = (site / "llms-full.txt").read_text("utf-8")
    terms = re.findall(r"^- `qp:([\w-]+)` \(", text, re.M)
    assert {NAMESPACE + term for term in terms} == {
        iri for iri in labels(RDFS.label) if iri.startswith(NAMESPACE)
    }
    assert len(terms) == len(set(terms)) > 100
    queries = standalone_queries()
    assert re.findall(r"^### ([\w-]+)$", text, re.M) == [*queries]
    for query in queries.values():
        assert f"```sparql\n{query.body}\n```" in text
        assert not query.caveat or f"- {query.caveat} (`{query.name}`)" in text


# of CFF 1.2.0: keys → what their values are; `type`, `license` are of lists
CFF = {
    "cff-version": "1.2.0", "message": str, "type": ("dataset", "software"), "title": str,
    "abstract": str, "version": str, "date-released": str, "authors": list,
    "license": ("MIT",), "license-url": "https?://.+", "url": "https?://.+", "keywords": list,
    "identifiers": list,
}  # fmt: skip


def cff(path: Path) -> dict[str, Any]:
    """Read a citation file, after the rules of CFF 1.2.0 were held to it."""
    told: dict[str, Any] = yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)
    assert set(told) <= set(CFF) and {"cff-version", "message", "title", "authors"} <= set(told)
    for key, value in told.items():
        rule = CFF[key]
        if isinstance(rule, tuple):
            assert value in rule, key
        elif isinstance(rule, str):
            assert re.fullmatch(rule, value), key
        else:
            assert isinstance(value, rule) and value, key
    assert all(set(author) == {"name"} and author["name"] for author in told["authors"])
    assert len(set(told["keywords"])) == len(told["keywords"])
    return told


def test_the_data_can_be_cited(sample: Path, site: Path) -> None:
    """By their day, and with those who made them."""
    told = cff(site / "CITATION.cff")
    day = manifest(current(sample))["donnees_au"]
    assert (told["type"], told["version"], told["date-released"]) == ("dataset", day, day)
    assert (told["url"], told["license-url"]) == (BASE, Settings().licence)
    assert [a["name"] for a in told["authors"]] == ["Assemblée nationale"]
    [identifier] = told["identifiers"]
    assert identifier["value"] == f"{BASE}versions/{current(sample).name}/SHA256SUMS"


def test_the_program_can_be_cited() -> None:
    """By its version and by its licence, which the package names first."""
    told = cff(ROOT / "CITATION.cff")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    licence, *_ = project["license"].split(" AND ")
    assert (told["version"], told["license"]) == (project["version"], licence)
    assert told["abstract"] == project["description"] + "."


def write_files(folder: Path, **settings: str) -> None:
    """Write the files of a publisher whose site has no page, and does not begin at the root."""
    release = write_questions(folder).release
    stated = Settings(base=ELSEWHERE, **settings)  # type: ignore[arg-type]  # of texts alone
    machines.write_robot_files(site_in(folder, base=ELSEWHERE), stated, release, "v1")


def test_a_publisher_of_any_name_is_cited(tmp_path: Path) -> None:
    """Quotation marks and colons are no syntax."""
    name = 'Éd. "x": \\ # y'
    write_files(tmp_path, editeur=name)
    told = cff(tmp_path / "CITATION.cff")
    assert [a["name"] for a in told["authors"]] == [name, "Assemblée nationale"]
    assert "Disallow: /qp/sparql\n" in (tmp_path / "robots.txt").read_text("utf-8")


def security_fields(path: Path) -> dict[str, str]:
    """Read a security.txt, after the rules of RFC 9116 were held to it."""
    text = path.read_text("ascii")
    assert text.endswith("\n")
    pairs = [line.split(": ", 1) for line in text.splitlines()]
    told = {name: value for name, value in pairs}
    assert len(told) == len(pairs) and {"Contact", "Expires"} <= set(told)
    assert re.fullmatch(r"(?:mailto:|https://)\S+", told["Contact"])
    return told


@pytest.mark.parametrize(
    ("contact", "address"),
    [
        ("lod@example.org", "mailto:lod@example.org"),
        ("https://example.org/c", "https://example.org/c"),
    ],
)
def test_who_is_told_of_a_hole(tmp_path: Path, contact: str, address: str) -> None:
    """Whom lod.toml names; for less than a year from the day of the data."""
    write_files(tmp_path, contact=contact)
    told = security_fields(tmp_path / ".well-known/security.txt")
    assert (told["Contact"], told["Canonical"]) == (address, f"{ELSEWHERE}.well-known/security.txt")
    holds = datetime.datetime.fromisoformat(told["Expires"]).date() - DAY
    assert datetime.timedelta(days=360) < holds < datetime.timedelta(days=365)
    assert ".well-known" not in (tmp_path / "sitemap.xml").read_text("utf-8")


def test_nobody_is_told_without_a_contact(site: Path, tmp_path: Path) -> None:
    """A file without Contact would be none."""
    write_files(tmp_path)
    assert not (tmp_path / ".well-known/security.txt").exists()
    assert not (site / ".well-known/security.txt").exists()


def test_schema_org_says_what_dcat_says(sample: Path) -> None:
    """The same dataset, the same files, sizes and sums; all by IRI, in a context of its own."""
    release = current(sample)
    told, settings, debut = manifest(release), Settings(), first_day(open_store(release / "store"))
    fichiers = [DownloadFile(nom, CONTENTS.get(nom, ""), None, f["bytes"], f["sha256"])
                for nom, f in told["files"].items() if nom != "dcat.ttl"]  # fmt: skip
    data = schema_org.dataset_jsonld(
        settings, fichiers, version=told["id"], data_until=told["donnees_au"], start=debut
    )
    ours, dcat = Graph().parse(data, format="json-ld"), Graph().parse(release / "dumps/dcat.ttl")
    dataset, licence = URIRef(f"{BASE}dcat.ttl#questions"), URIRef(settings.licence)
    assert ours.value(dataset, RDF.type) == SCHEMA.Dataset
    assert ours.value(dataset, SCHEMA.license) == licence
    for name, same in (("version", DCAT.version), ("dateModified", DCTERMS.modified),
                       ("publisher", DCTERMS.publisher),
                       ("spatialCoverage", DCTERMS.spatial)):  # fmt: skip
        assert str(ours.value(dataset, SCHEMA[name])) == str(dcat.value(dataset, same)), name
    french = [str(o) for o in dcat.objects(dataset, DCTERMS.description) if o.language == "fr"]  # type: ignore[union-attr]
    assert [str(ours.value(dataset, SCHEMA.description))] == french
    assert str(ours.value(dataset, SCHEMA.temporalCoverage)) == f"{debut}/{told['donnees_au']}"
    assert len(list(ours.objects(dataset, SCHEMA.variableMeasured))) == 11
    described = set(dcat.subjects(RDF.type, DCAT.Dataset))
    assert set(ours.subjects(RDF.type, SCHEMA.Dataset)) == described and len(described) > 6
    for one in described:
        parts = set(ours.objects(one, SCHEMA.distribution))
        assert parts == set(dcat.objects(one, DCAT.distribution))
        assert ours.value(one, SCHEMA.description) and ours.value(one, SCHEMA.name)
        licences = {ours.value(part, SCHEMA.license) for part in parts}
        assert one == dataset or set(ours.objects(one, SCHEMA.license)) == licences
        creator = "assemblee-nationale" if licence in licences else "editeur"
        assert ours.value(one, SCHEMA.creator) == URIRef(f"{BASE}#{creator}"), one
    parts = set(ours.objects(None, SCHEMA.distribution))
    assert len(parts) == len(fichiers)
    for part in parts:
        assert ours.value(part, SCHEMA.contentUrl) == dcat.value(part, DCAT.downloadURL)
        # that of the EU, which has ours as a page
        page = dcat.value(dcat.value(part, DCTERMS.license), FOAF.page)
        assert ours.value(part, SCHEMA.license) == page
        size, checksum = dcat.value(part, DCAT.byteSize), dcat.value(part, SPDX.checksum)
        assert str(ours.value(part, SCHEMA.contentSize)) == f"{size} B"
        assert str(ours.value(part, SCHEMA.sha256)) == str(dcat.value(checksum, SPDX.checksumValue))
        media = str(dcat.value(part, DCAT.mediaType)).partition("media-types/")[2]
        assert media in {str(o) for o in ours.objects(part, SCHEMA.encodingFormat)}
    assert all(isinstance(s, URIRef) for s in ours.subjects())
    assert orjson.loads(data)["@context"]["@vocab"] == PREFIXES["schema"]


def test_a_head_escapes_what_it_says(sample: Path) -> None:
    """What a page is called, for those that show links; a title of somebody else is a text."""
    page = page_of(sample, "QANR5L15QE43349")
    head = html.fromstring(page).find("head")
    told = {meta.get("property"): meta.get("content") for meta in head.iter("meta")}
    assert head.findtext("title").startswith(f"{told['og:title']} (")  # the number stands behind it
    assert "« clouds »" in told["og:title"].replace("\u00a0", " ")
    png = (packaged.STATIC / told["og:image"].removeprefix(f"{BASE}static/")).read_bytes()
    stated = (int(told[f"og:image:{side}"]) for side in ("width", "height"))
    assert png[:8] == b"\x89PNG\r\n\x1a\n" and struct.unpack(">II", png[16:24]) == (*stated,)
    links = [(link.get("rel"), link.get("href")) for link in head.iter("link")]
    canonical = [href for rel, href in links if rel == "canonical"]
    assert canonical == [f"{BASE}question/QANR5L15QE43349.html"]
    assert [rel for rel, _ in links].count("describedby") == 1


def test_they_are_served_at_the_root(client: Client) -> None:
    """Each with its media type, and a tag."""
    for name, media in TYPES.items():
        answer = client.get(f"/{name}")
        assert (answer.status_code, answer.mimetype) == (200, media), name
        assert answer.headers["ETag"] and client.head(f"/{name}").status_code == 200


@pytest.mark.slow
def test_security_txt_is_served(tmp_path: Path) -> None:
    """As plain text in UTF-8, from the same place as in a copy of the site; else 404."""
    publish(tmp_path)
    with serving(tmp_path, workers=1) as server:
        client = client_of(server)
        path = current(tmp_path) / "site/.well-known/security.txt"
        assert client.get("/.well-known/security.txt").status_code == 404
        path.parent.mkdir(exist_ok=True)
        path.write_text("Contact: mailto:lod@example.org\n", "utf-8")
        for method in (client.get, client.head):
            answer = method("/.well-known/security.txt", headers={"Accept": "text/html"})
            assert answer.status_code == 200
            assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert client.get("/.well-known/security.txt").text.startswith("Contact: ")
        for other in ("security.txt.html", "security", "../site/index.html", "x"):
            assert client.get(f"/.well-known/{other}").status_code == 404, other
