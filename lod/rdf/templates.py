"""Templates."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lod.base import packaged
from lod.base.settings import Settings
from lod.rdf.ontology import labels
from lod.rdf.vocab import NAMESPACE, PREFIXES, RDFS_LABEL

VOCABULARIES = {
    "qp": "Questions parlementaires", "dcat": "DCAT", "dcterms": "DCMI Metadata Terms",
    "foaf": "FOAF", "org": "Organization Ontology", "owl": "OWL", "prov": "PROV-O",
    "qb": "Data Cube", "rdf": "RDF", "rdfs": "RDF Schema", "schema": "Schema.org",
    "sd": "SPARQL 1.1 Service Description", "sh": "SHACL", "skos": "SKOS", "void": "VoID",
    "void-ext": "VoID extensions",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FileFormat:
    """What a file is: its code in the EU list of file types, its name, its media type."""

    code: str
    name: str
    media: str


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence: its address, its name, its code in the ADMS list of types if that is known."""

    address: str
    name: str
    kind: str = ""


FILE_FORMATS = {
    "ttl": FileFormat("RDF_TURTLE", "Turtle", "text/turtle"),
    "nt": FileFormat("RDF_N_TRIPLES", "N-Triples", "application/n-triples"),
    "csv": FileFormat("CSV", "CSV", "text/csv"),
}
CC0 = Licence("https://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0", "PublicDomain")
KNOWN = (
    CC0,
    Licence(Settings().licence, "Licence Ouverte / Open Licence", "Attribution"),
    Licence("https://creativecommons.org/licenses/by/4.0/", "CC BY 4.0", "Attribution"),
    Licence("https://opensource.org/license/mit", "MIT", "Attribution"),
)
# what is not under the licence of the records
LICENCES = {
    "links.ttl.gz": CC0,
    "faits-wikidata.ttl.gz": CC0,
    "ontology.ttl": CC0,
    "shapes.ttl": KNOWN[-1],
}


def describe(template: str, settings: Settings, **values: Any) -> bytes:
    """Return a description, as Turtle or as a text; `template` is one of `site/templates/`."""
    environment = Environment(
        loader=FileSystemLoader(packaged.TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # no HTML: texts of the publisher go through `chaine`
    )
    # a JSON string is a Turtle string: the same escapes
    environment.filters["chaine"] = lambda text: json.dumps(text, ensure_ascii=False)
    environment.filters["forme"] = lambda name: FILE_FORMATS[name.split(".")[1]]
    environment.filters["licence"] = lambda name: LICENCES.get(name, _licence(settings))
    environment.filters["vocabulaires"] = _vocabularies
    page = environment.get_template(template)
    values |= {"settings": settings, "base": settings.base, "prefixes": PREFIXES}
    values |= {"ontologie": NAMESPACE.rstrip("#"), "nommes": labels(RDFS_LABEL)}
    return page.render(values).encode()


def _licence(settings: Settings) -> Licence:
    """Return the licence of the records; one that we do not know is called by its address."""
    known = {licence.address: licence for licence in KNOWN}
    return known.get(settings.licence, Licence(settings.licence, settings.licence))


def _vocabularies(iris: Collection[str]) -> list[tuple[str, str]]:
    """Return (name, namespace) of every vocabulary that one of the terms is of."""
    return [
        (name, PREFIXES[prefix])
        for prefix, name in VOCABULARIES.items()
        if any(iri.startswith(PREFIXES[prefix]) for iri in iris)
    ]
