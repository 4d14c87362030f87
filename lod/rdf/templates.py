"""Describe releases in Turtle by templates (DCAT, VoID, service): datasets, formats, licences."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pyoxigraph import NamedNode

from lod.base import packaged
from lod.base.settings import Settings
from lod.base.words import english
from lod.rdf.ontology import labels, ontology
from lod.rdf.vocab import DCTERMS, NAMESPACE, OWL, PREFIXES, RDFS, SHAPES_NAMESPACE

VOCABULARIES = {
    "qp": "Questions parlementaires", "dcat": "DCAT", "dcterms": "DCMI Metadata Terms",
    "foaf": "FOAF", "org": "Organization Ontology", "owl": "OWL", "prov": "PROV-O",
    "qb": "Data Cube", "rdf": "RDF", "rdfs": "RDF Schema", "schema": "Schema.org",
    "sd": "SPARQL 1.1 Service Description", "sh": "SHACL", "skos": "SKOS", "void": "VoID",
    "void-ext": "VoID extensions", "vann": "VANN", "vcard": "vCard",
}  # fmt: skip
# of vocabularies that only descriptions use: they have no prefix in queries
NAMESPACES = PREFIXES | {
    "vann": "http://purl.org/vocab/vann/", "vcard": "http://www.w3.org/2006/vcard/ns#",
}  # fmt: skip
AUTHORITY = "http://publications.europa.eu/resource/authority/"  # lists of the EU


@dataclass(frozen=True, slots=True)
class FileFormat:
    code: str  # in the list of file types of the EU
    name: str
    media: str  # media type


@dataclass(frozen=True, slots=True)
class Licence:
    address: str
    name: str
    kind: str = ""  # code in the list of licence types of ADMS, if known
    code: str = ""  # in the list of licences of the EU, if it is there

    @property
    def iri(self) -> str:
        """The licence in the list of the EU, which catalogues know; else its address."""
        return AUTHORITY + "licence/" + self.code if self.code else self.address


@dataclass(frozen=True, slots=True)
class CataloguedDataset:
    """A dataset of the catalogue, whose files are the same or belong together."""

    nom: str  # the fragment of its IRI in DCAT
    fichiers: tuple[str, ...]  # patterns of the names of its files
    est_donnees: bool  # whether it is about questions, or about the data
    titre: str
    titre_en: str
    description: str
    description_en: str
    mots: str  # a keyword, beside those of all datasets

    def files(self, files: Iterable[Any]) -> list[Any]:
        """Return its files among the files to download, which have a `name`."""
        return [f for f in files if any(fnmatchcase(f.name, pattern) for pattern in self.fichiers)]


FILE_FORMATS = {
    "ttl": FileFormat("RDF_TURTLE", "Turtle", "text/turtle"),
    "nt": FileFormat("RDF_N_TRIPLES", "N-Triples", "application/n-triples"),
    "nq": FileFormat("RDF_N_QUADS", "N-Quads", "application/n-quads"),
    "csv": FileFormat("CSV", "CSV", "text/csv"),
    "Qleverfile": FileFormat("TXT", "texte", "text/plain"),
    "json": FileFormat("JSON", "JSON", "application/json"),
    "jsonl": FileFormat("TXT", "texte", "text/plain"),  # lines of JSON have no type of their own
    "parquet": FileFormat("PARQUET", "Parquet", "application/vnd.apache.parquet"),
    "zip": FileFormat("ZIP", "ZIP", "application/zip"),
    # the list of the EU does not know it
    "sqlite": FileFormat("BIN", "SQLite, fichier binaire", "application/vnd.sqlite3"),
}
_CC = "https://creativecommons.org/"
CC0 = Licence(_CC + "publicdomain/zero/1.0/", "CC0 1.0", "PublicDomain", "CC0")
OPEN_LICENCE = "Licence Ouverte / Open Licence"
KNOWN = (
    CC0,
    Licence(Settings().licence, OPEN_LICENCE, "Attribution", "ETALAB_2_0"),
    Licence(_CC + "licenses/by/4.0/", "CC BY 4.0", "Attribution", "CC_BY_4_0"),
    Licence("https://opensource.org/license/mit", "MIT", "Attribution", "MIT"),
)
# files that do not have the licence of the records
LICENCES = {
    "links.ttl.gz": CC0,
    "faits-wikidata.ttl.gz": CC0,
    "ontology.ttl": CC0,
    "alignements.ttl": CC0,
    "shapes.ttl": KNOWN[-1],
    "controles.ttl": KNOWN[-1],
}


def describe(template: str, settings: Settings, **values: Any) -> bytes:
    """Return the text that a template of `site/templates/` makes of settings and values."""
    page = _environment(settings).get_template(template)
    values |= {"settings": settings, "base": settings.base, "prefixes": PREFIXES}
    values |= {"ontologie": NAMESPACE.rstrip("#"), "ontologie_formes": SHAPES_NAMESPACE.rstrip("#")}
    core = NamedNode(values["ontologie"])
    itself = {t.predicate: t.object for t in ontology() if t.subject == core}
    values |= {"ontologie_du": itself[DCTERMS.modified], "nommes": labels(RDFS.label)}
    values["ontologie_version"] = itself[OWL.versionInfo]
    return page.render(values).encode()


@cache
def _environment(settings: Settings) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(packaged.template_folders()),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # it is no HTML: texts of the publisher are escaped by `chaine`
    )
    # a JSON string is a Turtle string, too
    environment.filters["chaine"] = lambda text: orjson.dumps(text).decode()
    environment.filters["anglais"] = english
    environment.filters["forme"] = file_format
    environment.filters["licence"] = lambda name: licence_of(name, settings)
    environment.filters["vocabulaires"] = _vocabularies
    environment.globals |= {"ajouts": packaged.additions, "jeux": datasets()}
    return environment


def file_format(name: str) -> FileFormat:
    """Return the format of a file to download, whether it is compressed or not.

    >>> file_format("tables/questions-17.parquet").name, file_format("questions.nt.gz").name
    ('Parquet', 'N-Triples')
    """
    return FILE_FORMATS[name.removesuffix(".gz").rpartition(".")[2]]


@cache
def datasets() -> dict[str, CataloguedDataset]:
    """Return the datasets of the catalogue by their `nom`, that of the questions first."""
    read = {}
    for row in packaged.table_rows(packaged.SITE / "jeux.csv"):
        files, is_data = tuple(row["fichiers"].split()), row["est_donnees"] == "oui"
        values: dict[str, Any] = row | {"fichiers": files, "est_donnees": is_data}
        read[row["nom"]] = CataloguedDataset(**values)
    return read


def licence_of(name: str, settings: Settings) -> Licence:
    """Return the licence of a file to download."""
    return LICENCES.get(name, licence_at(settings.licence))


def licence_at(address: str) -> Licence:
    """Return the licence at an address; if it is not known, the address is its name."""
    known = {licence.address: licence for licence in KNOWN}
    return known.get(address, Licence(address, address))


def _vocabularies(iris: Collection[str]) -> list[tuple[str, str]]:
    """Return (name, namespace) of every vocabulary with one of the terms."""
    return [
        (name, NAMESPACES[prefix])
        for prefix, name in VOCABULARIES.items()
        if any(iri.startswith(NAMESPACES[prefix]) for iri in iris)
    ]
