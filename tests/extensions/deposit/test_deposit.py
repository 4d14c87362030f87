"""Test what an export has for archives and catalogues, by what reads it there."""

import gzip
import re
from pathlib import Path

import pytest
from lxml import etree
from pyoxigraph import RdfFormat, parse
from rdflib import DCAT, DCTERMS, FOAF, RDFS, Graph, URIRef
from rdflib.term import Node
from rocrate.rocrate import ROCrate

from lod.base import packaged
from lod.base.packing import sha256
from lod.base.settings import Settings
from lod.build import build
from lod.extensions.deposit import EXTENSION
from lod.extensions.deposit.files import RDF_XML
from lod.publish.dumps import NTRIPLES
from lod.publish.publication_log import read_log
from lod.website.export import export
from tests.support.once import everything, once
from tests.support.paths import CASES, PAGE

pytestmark = pytest.mark.slow

BASE, CONTACT = "https://questions.example.org/", "contact@example.org"
SCHEMA_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"


@pytest.fixture(scope="module")
def deposit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of a publisher with a name and a contact, of three legislatures, exported."""

    def make(folder: Path) -> None:
        settings = Settings(base=BASE, editeur="L’Observatoire & Cie", contact=CONTACT)
        build([packaged.INVENTED, CASES / "page_2022", PAGE], folder / "out", settings)
        chosen = everything(folder / "out")
        export(folder / "out", folder / "public", 2, chosen, [EXTENSION.exported])

    return once(tmp_path_factory, "deposit", make)[0] / "public"


@pytest.fixture(scope="module")
def dcat(deposit: Path) -> Graph:
    return Graph().parse(deposit / "telechargements" / "dcat.ttl")


def test_the_crate_has_every_download(deposit: Path, dcat: Graph) -> None:
    """As its library reads it: each distribution with its size and sum, and the RDF/XML."""
    crate = ROCrate(deposit)
    found = {entity.id: entity for entity in crate.data_entities}
    urls = (str(dcat.value(part, DCAT.downloadURL)) for part in dcat.subjects(DCAT.byteSize))
    expected = {url.removeprefix(BASE) for url in urls}
    assert len(expected) >= 45
    assert set(found) == expected | {"index.html", f"telechargements/{RDF_XML}"}
    for name in set(found) - {"index.html"}:
        assert found[name]["contentSize"] == str((deposit / name).stat().st_size)
        assert found[name]["sha256"] == sha256(deposit / name)
    published = read_log(deposit.parent / "out")[-1].instant[:10]  # later than the day of the data
    assert str(crate.root_dataset["datePublished"])[:10] == published
    assert crate.root_dataset["license"].id == Settings().licence
    assert found["telechargements/links.ttl.gz"]["license"]["name"] == "CC0 1.0"


def test_datacite_as_its_library_writes_it(deposit: Path, dcat: Graph) -> None:
    """The facts of DCAT, given to the library of DataCite, make the same XML."""
    from datacite import schema45  # here: it takes a second

    dataset, label = URIRef(f"{BASE}dcat.ttl#questions"), RDFS.label

    def fact(term: URIRef, of: Node | None = dataset, language: str | None = None) -> str:
        """Return what DCAT says of something, of what it leads to, or in a language."""
        literals = [o for o in dcat.objects(of, term) if not language or o.language == language]
        [text] = map(str, literals)
        return text

    published = read_log(deposit.parent / "out")[-1].instant[:10]  # later than the day of the data
    period, rights = dcat.value(dataset, DCTERMS.temporal), dcat.value(dataset, DCTERMS.rights)
    size = sum(int(str(o)) for o in dcat.objects(None, DCAT.byteSize))
    size += (deposit / "telechargements" / RDF_XML).stat().st_size
    formats = {fact(label, o) for o in dcat.objects(None, DCAT.mediaType)}
    pages = {fact(FOAF.page, o): o for o in dcat.objects(None, DCTERMS.license)}
    licences = dict.fromkeys((Settings().licence, *sorted(pages)))
    languages = {"fr": {}, "en": {"titleType": "TranslatedTitle"}}
    told = {
        "alternateIdentifiers": [{"alternateIdentifier": BASE, "alternateIdentifierType": "URL"}],
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Linked Open Data"},
        "creators": [{"name": "Assemblée nationale", "nameType": "Organizational"}],
        "titles": [{"title": fact(DCTERMS.title, language=code), "lang": code, **more}
                   for code, more in languages.items()],
        "publisher": {"name": fact(FOAF.name, dcat.value(dataset, DCTERMS.publisher))},
        "publicationYear": published[:4],
        "subjects": [{"subject": str(o), "lang": "fr"}
                     for o in sorted(dcat.objects(dataset, DCAT.keyword))],
        "dates": [{"date": f"{fact(DCAT.startDate, period)}/{fact(DCAT.endDate, period)}",
                   "dateType": "Other", "dateInformation": "Couverture"},
                  {"date": published, "dateType": "Updated"}],
        "language": "fr",
        "relatedIdentifiers": [
            {"relatedIdentifier": "https://data.assemblee-nationale.fr/",
             "relatedIdentifierType": "URL", "relationType": "IsDerivedFrom"},
            {"relatedIdentifier": f"{BASE}dcat.ttl",
             "relatedIdentifierType": "URL", "relationType": "HasMetadata",
             "relatedMetadataScheme": "DCAT", "schemeUri": "https://www.w3.org/ns/dcat"},
        ],
        "sizes": [f"{size} bytes"],
        "formats": sorted(formats | {"application/rdf+xml"}),
        "version": fact(URIRef(f"{DCAT}version")),
        "rightsList": [{"rights": fact(label, pages[page]), "rightsUri": page, "lang": "fr"}
                       for page in licences],
        "descriptions": [
            *({"description": fact(DCTERMS.description, language=code), "lang": code,
               "descriptionType": "Abstract"} for code in languages),
            {"description": fact(label, rights, "fr"), "descriptionType": "Other", "lang": "fr"}],
        "schemaVersion": "http://datacite.org/schema/kernel-4",
    }  # fmt: skip
    assert schema45.validator.is_valid(told), list(schema45.validator.iter_errors(told))
    told["doi"] = ":tba"  # its schema takes a real one only
    ours = elements((deposit / "datacite.xml").read_bytes())
    theirs = elements(schema45.tostring(told).encode())
    assert theirs[0] == ours[0]
    assert sorted(theirs) == sorted(ours)


def elements(xml: bytes) -> list[tuple[str, list[tuple[str, str]], str]]:
    """Return name, attributes and text of each element of a document, without its namespace."""
    return [
        (
            etree.QName(element).localname,
            sorted((str(k), str(v)) for k, v in element.attrib.items() if k != SCHEMA_LOCATION),
            (element.text or "").strip(),
        )
        for element in etree.fromstring(xml).iter()
    ]


def test_the_text_for_data_gouv(deposit: Path) -> None:
    text = (deposit / "data.gouv.fr.md").read_text("utf-8")
    found = re.findall(rf"^\| {BASE}(\S+) \|.*?\| (\d+) \| ([0-9a-f]{{64}}) \|", text, re.M)
    assert len(found) >= 46
    for name, size, digest in found:
        assert (int(size), digest) == ((deposit / name).stat().st_size, sha256(deposit / name))
    assert "Du" not in text and "du 28 décembre 2021 au" in text


def test_the_dump_of_rdf_xml_says_the_same(deposit: Path) -> None:
    downloads = deposit / "telechargements"
    said = [
        set(parse(gzip.decompress((downloads / name).read_bytes()), format=form))
        for name, form in ((NTRIPLES, RdfFormat.N_TRIPLES), (RDF_XML, RdfFormat.RDF_XML))
    ]
    assert said[0] == said[1]
    assert len(said[0]) > 10_000
