"""What archives and catalogues ask for, beside the files of an export: RO-Crate, DataCite, the form
of data.gouv.fr, a dump in RDF/XML.

All facts come from the DCAT description of the release, so that no two files contradict each other.
"""

import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import pyoxigraph
from pyoxigraph import RdfFormat, Store

from lod.base import packing
from lod.base.tabular import indented_json
from lod.publish import release
from lod.publish.dumps import NTRIPLES
from lod.publish.publication import Site
from lod.publish.publication_log import instant_of
from lod.rdf.serialize import DATA_FORMS
from lod.rdf.store import select
from lod.rdf.vocab import PREFIXES
from lod.website.rendering.templates import load_template

TEXTS = ("datacite.xml", "data.gouv.fr.md")
RDF_XML = "questions.rdf.gz"  # only in an export: the slowest form to write
HOME = "index.html"
CRATE = "ro-crate-metadata.json"  # the name that RO-Crate prescribes
PROFILE = "https://w3id.org/ro/crate/1.3"
DOWNLOADS = "telechargements/"  # below the root of the deposit
SITE = (
    "Une page par question, député, ministère, rubrique ; chacune aussi en RDF, en quatre formes."
)
SOURCE = "https://data.assemblee-nationale.fr/"
_PREFIXES = "".join(
    f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("dcat", "dcterms", "foaf", "rdfs")
)
VCARD = "http://www.w3.org/2006/vcard/ns#"
# the catalogue has a licence from the list of the EU; archives want its address
ADDRESS = "OPTIONAL { ?connue foaf:page ?adresse } BIND(COALESCE(?adresse, ?connue) AS ?licence)"
# the dataset of the catalogue that the endpoint serves
DATASET = f"""{_PREFIXES}
SELECT ?titre ?title ?resume ?abstract ?editeur ?licence ?nomLicence ?droits ?version ?debut ?fin
  ?contact {{
  ?catalogue dcat:service/dcat:servesDataset ?jeu ; dcterms:license ?connue .
  ?jeu a dcat:Dataset ; dcterms:title ?titre , ?title ; dcat:version ?version ;
    dcterms:description ?resume , ?abstract ; dcterms:publisher/foaf:name ?editeur ;
    dcterms:rights/rdfs:label ?droits ; dcterms:temporal ?periode .
  ?periode dcat:endDate ?fin
  OPTIONAL {{ ?periode dcat:startDate ?debut }}
  OPTIONAL {{ ?jeu dcat:contactPoint/(<{VCARD}hasEmail>|<{VCARD}hasURL>) ?contact }}
  ?connue rdfs:label ?nomLicence
  {ADDRESS}
  FILTER(LANG(?titre) = "fr" && LANG(?resume) = "fr")
  FILTER(LANG(?title) = "en" && LANG(?abstract) = "en")
}}
"""
FILES = f"""{_PREFIXES}PREFIX spdx: <http://spdx.org/rdf/terms#>
SELECT ?nom ?contenu ?type ?gzip ?octets ?sha256 ?licence ?nomLicence {{
  ?fichier a dcat:Distribution ; rdfs:label ?nom ; dcterms:title ?contenu ;
    dcat:byteSize ?octets ; dcat:mediaType/rdfs:label ?type ; dcterms:license ?connue ;
    spdx:checksum/spdx:checksumValue ?sha256 .
  FILTER(LANG(?contenu) = "fr")
  ?connue rdfs:label ?nomLicence
  {ADDRESS}
  OPTIONAL {{ ?fichier dcat:compressFormat/rdfs:label ?gzip }}
}}
"""
KEYWORDS = f"""{_PREFIXES}
SELECT ?mot {{ ?service dcat:servesDataset/dcat:keyword ?mot }} ORDER BY ?mot
"""


@dataclass(frozen=True, slots=True)
class DepositedFile:
    name: str  # below the downloads
    content: str  # what it holds, in French
    media: tuple[str, ...]  # media type; if the file is compressed, then that of the compression
    size: int  # bytes
    sha256: str
    licence: str  # an address
    licence_name: str


@dataclass(frozen=True, slots=True)
class Deposit:
    """A release as archives and catalogues describe it."""

    base: str  # where it is published
    dataset: dict[str, str]  # the row of DATASET
    keywords: tuple[str, ...]
    files: tuple[DepositedFile, ...]
    home_size: int  # bytes of the first page of the site
    published_on: str  # a day, ISO 8601

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)

    @property
    def formats(self) -> list[str]:
        return sorted({file.media[0] for file in self.files})

    @property
    def licences(self) -> dict[str, str]:
        """The licences of the data and of the files: address → name."""
        own = {self.dataset["licence"]: self.dataset["nomLicence"]}
        return own | {file.licence: file.licence_name for file in self.files}


def write_deposit(folder: Path, site: Site) -> None:
    """Write the dump in RDF/XML, and the files for archives and catalogues, into an exported site;
    `folder` is that of the releases.
    """
    root, published_on = site.tree.folder, instant_of(release.current(folder))[:10]
    write_rdf_xml(root / DOWNLOADS)
    deposit = read_deposit(root, site.publication.base, published_on)
    site.tree.write(CRATE, ro_crate(deposit))
    for name in TEXTS:
        text = load_template(name).render(deposit=deposit, source=SOURCE)
        site.tree.write(name, text.encode())


def write_rdf_xml(dumps: Path) -> None:
    """Write the dump of N-Triples as RDF/XML, one triple at a time."""
    with gzip.open(dumps / NTRIPLES) as source, packing.gzipped(dumps / RDF_XML) as file:
        triples = pyoxigraph.parse(cast("IO[bytes]", source), format=RdfFormat.N_TRIPLES)
        pyoxigraph.serialize(triples, file, RdfFormat.RDF_XML, prefixes=PREFIXES)


def read_deposit(site: Path, base: str, published_on: str) -> Deposit:
    """Return the deposit of the files of a site: those that its `dcat.ttl` describes, and the
    RDF/XML, under the licence of the data. If `published_on` is "", the day is that of the data.
    """
    store = Store()
    store.load(path=str(site / DOWNLOADS / "dcat.ttl"), format=RdfFormat.TURTLE)
    [dataset] = select(store, DATASET)
    files = [
        DepositedFile(
            row["nom"], row["contenu"], tuple(filter(None, (row["type"], row["gzip"]))),
            int(row["octets"]), row["sha256"], row["licence"], row["nomLicence"],
        )
        for row in select(store, FILES)
    ]  # fmt: skip
    path, media = site / DOWNLOADS / RDF_XML, (DATA_FORMS["rdf"].media, "application/gzip")
    files.append(
        DepositedFile(
            RDF_XML, "Questions, réponses, tout ce qu’elles désignent, liens (RDF/XML)", media,
            path.stat().st_size, packing.sha256(path), dataset["licence"], dataset["nomLicence"],
        )
    )  # fmt: skip
    keywords = tuple(row["mot"] for row in select(store, KEYWORDS))
    files.sort(key=lambda file: file.name)
    home_size, day = (site / HOME).stat().st_size, published_on or dataset["fin"]
    return Deposit(base, dataset, keywords, tuple(files), home_size, day)


def ro_crate(deposit: Deposit) -> bytes:
    """Return the metadata file of a RO-Crate 1.3 whose root is the folder of the site."""
    dataset, contact = deposit.dataset, deposit.dataset["contact"]
    publisher, source = f"{deposit.base}#editeur", SOURCE
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": dataset["titre"],
        "description": dataset["resume"],
        "datePublished": deposit.published_on,
        "temporalCoverage": "/".join(filter(None, (dataset["debut"], dataset["fin"]))),
        "version": dataset["version"],
        "url": deposit.base,
        "inLanguage": "fr",
        "keywords": ", ".join(deposit.keywords),
        "license": {"@id": dataset["licence"]},
        "usageInfo": dataset["droits"],
        "author": {"@id": source},
        "publisher": {"@id": publisher},
        "isBasedOn": {"@id": source},
        "hasPart": [{"@id": HOME}, *({"@id": DOWNLOADS + f.name} for f in deposit.files)],
    }
    graph = [
        {
            "@id": CRATE, "@type": "CreativeWork", "about": {"@id": "./"},
            "conformsTo": {"@id": PROFILE},
        },
        root,
        {
            "@id": HOME, "@type": "File", "name": "Le site", "encodingFormat": "text/html",
            "description": SITE, "contentSize": str(deposit.home_size),
        },
        *(_file_entity(file, dataset["licence"]) for file in deposit.files),
        *(
            {"@id": address, "@type": "CreativeWork", "name": name, "url": address,
             "description": f"Licence : {name}"}
            for address, name in deposit.licences.items()
        ),
        {"@id": source, "@type": "Organization", "name": "Assemblée nationale", "url": source},
        {"@id": publisher, "@type": "Organization", "name": dataset["editeur"], "url": deposit.base}
        | ({"contactPoint": {"@id": contact}} if contact else {}),
    ]  # fmt: skip
    if contact:  # `mailto:…` or `https:…`
        entity = {"@id": contact, "@type": "ContactPoint", "contactType": "publisher"}
        mail = contact.removeprefix("mailto:")
        address = {"email": mail} if mail != contact else {"url": contact}
        graph.append({**entity, "name": dataset["editeur"], **address})
    return indented_json({"@context": f"{PROFILE}/context", "@graph": graph})


def _file_entity(file: DepositedFile, licence: str) -> dict[str, Any]:
    """Return the entity of a file; it states its licence only if that is not `licence`, the one of
    the whole.
    """
    entity = {
        "@id": DOWNLOADS + file.name,
        "@type": "File",
        "name": file.name,
        "description": file.content,
        "encodingFormat": file.media[0] if len(file.media) == 1 else list(file.media),
        "contentSize": str(file.size),
        "sha256": file.sha256,
    }
    return entity if file.licence == licence else entity | {"license": {"@id": file.licence}}
