"""Describe releases in Turtle by templates (DCAT, VoID, service): formats, licences, filters."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lod.base import packaged
from lod.base.settings import Settings
from lod.rdf.ontology import labels
from lod.rdf.vocab import NAMESPACE, PREFIXES, RDFS_LABEL, SHAPES_NAMESPACE

VOCABULARIES = {
    "qp": "Questions parlementaires", "dcat": "DCAT", "dcterms": "DCMI Metadata Terms",
    "foaf": "FOAF", "org": "Organization Ontology", "owl": "OWL", "prov": "PROV-O",
    "qb": "Data Cube", "rdf": "RDF", "rdfs": "RDF Schema", "schema": "Schema.org",
    "sd": "SPARQL 1.1 Service Description", "sh": "SHACL", "skos": "SKOS", "void": "VoID",
    "void-ext": "VoID extensions",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FileFormat:
    """The format of a file to download."""

    code: str  # in the list of file types of the EU
    name: str
    media: str  # media type


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence."""

    address: str
    name: str
    kind: str = ""  # code in the list of licence types of ADMS, if known


FILE_FORMATS = {
    "ttl": FileFormat("RDF_TURTLE", "Turtle", "text/turtle"),
    "nt": FileFormat("RDF_N_TRIPLES", "N-Triples", "application/n-triples"),
    "nq": FileFormat("RDF_N_QUADS", "N-Quads", "application/n-quads"),
    "csv": FileFormat("CSV", "CSV", "text/csv"),
    "Qleverfile": FileFormat("TXT", "texte", "text/plain"),
    "json": FileFormat("JSON", "JSON", "application/json"),
    "parquet": FileFormat("PARQUET", "Parquet", "application/vnd.apache.parquet"),
    # the list of the EU does not know it
    "sqlite": FileFormat("BIN", "SQLite, fichier binaire", "application/vnd.sqlite3"),
}
CC0 = Licence("https://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0", "PublicDomain")
KNOWN = (
    CC0,
    Licence(Settings().licence, "Licence Ouverte / Open Licence", "Attribution"),
    Licence("https://creativecommons.org/licenses/by/4.0/", "CC BY 4.0", "Attribution"),
    Licence("https://opensource.org/license/mit", "MIT", "Attribution"),
)
# files that do not have the licence of the records
LICENCES = {
    "links.ttl.gz": CC0,
    "faits-wikidata.ttl.gz": CC0,
    "ontology.ttl": CC0,
    "shapes.ttl": KNOWN[-1],
}


def describe(template: str, settings: Settings, **values: Any) -> bytes:
    """Return the text that a template of `site/templates/` makes of settings and values."""
    environment = Environment(
        loader=FileSystemLoader(packaged.template_folders()),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # it is no HTML: texts of the publisher are escaped by `chaine`
    )
    # a JSON string is a Turtle string, too
    environment.filters["chaine"] = lambda text: orjson.dumps(text).decode()
    environment.filters["forme"] = file_format
    environment.filters["licence"] = lambda name: LICENCES.get(name, licence_at(settings.licence))
    environment.filters["vocabulaires"] = _vocabularies
    environment.globals["ajouts"] = packaged.additions
    page = environment.get_template(template)
    values |= {"settings": settings, "base": settings.base, "prefixes": PREFIXES}
    values |= {"ontologie": NAMESPACE.rstrip("#"), "ontologie_formes": SHAPES_NAMESPACE.rstrip("#")}
    values |= {"nommes": labels(RDFS_LABEL)}
    return page.render(values).encode()


def file_format(name: str) -> FileFormat:
    """Return the format of a file to download, whether it is compressed or not.

    >>> file_format("tables/questions-17.parquet").name, file_format("questions.nt.gz").name
    ('Parquet', 'N-Triples')
    """
    return FILE_FORMATS[name.removesuffix(".gz").rpartition(".")[2]]


def licence_at(address: str) -> Licence:
    """Return the licence of an address, which is the name of one that is not known."""
    known = {licence.address: licence for licence in KNOWN}
    return known.get(address, Licence(address, address))


def _vocabularies(iris: Collection[str]) -> list[tuple[str, str]]:
    """Return (name, namespace) of every vocabulary with one of the terms."""
    return [
        (name, PREFIXES[prefix])
        for prefix, name in VOCABULARIES.items()
        if any(iri.startswith(PREFIXES[prefix]) for iri in iris)
    ]
