"""Descriptions of the dataset, VoID and DCAT: Turtle templates, filled with what was counted."""

import json
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pyoxigraph import Store

from lod import files
from lod.jsonld import compact
from lod.ontology import labels
from lod.settings import Settings
from lod.store import select
from lod.vocab import NAMESPACE, PREFIXES, QP, RDFS_LABEL

CLASSES = """
SELECT ?terme (COUNT(?s) AS ?n) WHERE { ?s a ?terme } GROUP BY ?terme ORDER BY ?terme
"""
PROPERTIES = """
SELECT ?terme (COUNT(*) AS ?n) WHERE { ?s ?terme ?o } GROUP BY ?terme ORDER BY ?terme
"""
FIRST_DAY = f"SELECT (MIN(?jour) AS ?premier) WHERE {{ ?question {QP.dateParution} ?jour }}"
VOCABULARIES = {
    "qp": "Questions parlementaires", "dcat": "DCAT", "dcterms": "DCMI Metadata Terms",
    "foaf": "FOAF", "org": "Organization Ontology", "owl": "OWL", "prov": "PROV-O",
    "qb": "Data Cube", "rdf": "RDF", "rdfs": "RDF Schema", "schema": "Schema.org",
    "skos": "SKOS", "void": "VoID",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Forme:
    """What a file is: its code in the EU list of file types, its name, its media type."""

    code: str
    nom: str
    media: str


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence: its address, its name, its code in the ADMS list of types if that is known."""

    adresse: str
    nom: str
    genre: str = ""


FORMES = {
    "ttl": Forme("RDF_TURTLE", "Turtle", "text/turtle"),
    "nt": Forme("RDF_N_TRIPLES", "N-Triples", "application/n-triples"),
    "csv": Forme("CSV", "CSV", "text/csv"),
}
CC0 = Licence("https://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0", "PublicDomain")
KNOWN = (
    CC0,
    Licence(Settings().licence, "Licence Ouverte / Open Licence", "Attribution"),
    Licence("https://creativecommons.org/licenses/by/4.0/", "CC BY 4.0", "Attribution"),
    Licence("https://opensource.org/license/mit", "MIT", "Attribution"),
)
# what is not under the licence of the records
LICENCES = {"links.ttl.gz": CC0, "ontology.ttl": CC0, "shapes.ttl": KNOWN[-1]}


def class_counts(store: Store) -> list[tuple[str, str, int]]:
    """Return (name, IRI, number of instances) of every class of the dataset that is in `store`."""
    return _counts(store, CLASSES)


def property_counts(store: Store) -> list[tuple[str, str, int]]:
    """Return (name, IRI, number of triples) of every property of the dataset in `store`."""
    return _counts(store, PROPERTIES)


def _counts(store: Store, query: str) -> list[tuple[str, str, int]]:
    counted = [(row["terme"], int(row["n"])) for row in select(store, query)]
    return [(compact(iri).replace(":", "-"), iri, n) for iri, n in counted]


def first_day(store: Store) -> str:
    """Return the day of the first question in `store`, or nothing if no question has one."""
    [row] = select(store, FIRST_DAY)
    return row["premier"]


def describe(template: str, settings: Settings, **values: Any) -> bytes:
    """Return a description as Turtle; `template` is `void.ttl` or `dcat.ttl`."""
    environment = Environment(
        loader=FileSystemLoader(files.TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # Turtle, not HTML: texts of the publisher go through `chaine`
    )
    # a JSON string is a Turtle string: the same escapes
    environment.filters["chaine"] = lambda text: json.dumps(text, ensure_ascii=False)
    environment.filters["forme"] = lambda name: FORMES[name.split(".")[1]]
    environment.filters["licence"] = lambda name: LICENCES.get(name, _licence(settings))
    environment.filters["vocabulaires"] = _vocabularies
    page = environment.get_template(template)
    values |= {"settings": settings, "base": settings.base, "prefixes": PREFIXES}
    values |= {"ontologie": NAMESPACE.rstrip("#"), "nommes": labels(RDFS_LABEL)}
    return page.render(values).encode()


def _licence(settings: Settings) -> Licence:
    """Return the licence of the records; one that we do not know is called by its address."""
    known = {licence.adresse: licence for licence in KNOWN}
    return known.get(settings.licence, Licence(settings.licence, settings.licence))


def _vocabularies(terms: list[tuple[str, str, int]]) -> list[tuple[str, str]]:
    """Return (name, namespace) of every vocabulary that one of the terms is of."""
    return [
        (name, PREFIXES[prefix])
        for prefix, name in VOCABULARIES.items()
        if any(iri.startswith(PREFIXES[prefix]) for _, iri, _ in terms)
    ]
