"""Descriptions of dataset and service: Turtle templates, filled with what was counted."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pyoxigraph import NamedNode, RdfFormat, Store, Triple, parse

from lod import files
from lod.comptes import Comptes, ensemble
from lod.ontology import labels
from lod.settings import Settings
from lod.store import select
from lod.vocab import NAMESPACE, PREFIXES, QP, RDF_TYPE, RDFS_LABEL

FIRST_DAY = f"SELECT (MIN(?jour) AS ?premier) WHERE {{ ?question {QP.dateParution} ?jour }}"
VOCABULARIES = {
    "qp": "Questions parlementaires", "dcat": "DCAT", "dcterms": "DCMI Metadata Terms",
    "foaf": "FOAF", "org": "Organization Ontology", "owl": "OWL", "prov": "PROV-O",
    "qb": "Data Cube", "rdf": "RDF", "rdfs": "RDF Schema", "schema": "Schema.org",
    "sd": "SPARQL 1.1 Service Description", "sh": "SHACL", "skos": "SKOS", "void": "VoID",
    "void-ext": "VoID extensions",
}  # fmt: skip
# what the endpoint answers in, as W3C names file formats; a test holds `server/formats.py` to it
RESULTATS = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
    "Turtle", "N-Triples", "RDF_XML", "JSON-LD",
)  # fmt: skip
# the parts of the default graph beside the data: name → in French, in English
PARTIES = {
    "ontologie": ("ontologie", "ontology"),
    "exemples": ("exemples de requêtes", "example queries"),
    "void": ("description VoID", "VoID description"),
    "service": ("description du service SPARQL", "description of the SPARQL service"),
}


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
LICENCES = {
    "links.ttl.gz": CC0,
    "faits-wikidata.ttl.gz": CC0,
    "ontology.ttl": CC0,
    "shapes.ttl": KNOWN[-1],
}


def first_day(store: Store) -> str:
    """Return the day of the first question in `store`, or nothing if no question has one."""
    [row] = select(store, FIRST_DAY)
    return row["premier"]


def describe(template: str, settings: Settings, **values: Any) -> bytes:
    """Return a description, as Turtle or as a text; `template` is one of `site/templates/`."""
    environment = Environment(
        loader=FileSystemLoader(files.TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # no HTML: texts of the publisher go through `chaine`
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


def describe_void(settings: Settings, store: Store, comptes: Comptes, **values: Any) -> bytes:
    """Return VoID, with a question as example; the store has what it counts, and nothing else."""
    asked = store.quads_for_pattern(None, RDF_TYPE, QP.Question)
    exemple = next(q.subject.value for q in asked if isinstance(q.subject, NamedNode))
    values |= {"comptes": comptes, "exemple": exemple, "debut": first_day(store)}
    return describe("void.ttl", settings, **values)


def describe_service(
    settings: Settings,
    store: Store,
    comptes: Comptes,
    parts: dict[str, list[Triple]],
    **values: Any,
) -> bytes:
    """Return the description of the SPARQL service, which counts all that goes into the store.

    `store` has the data alone; `parts` are what comes beside them, but the description itself:
    its figures do not change its length.
    """
    beside = list(chain(*parts.values()))
    sizes = {name: len(triples) for name, triples in parts.items()} | {"service": 0}
    figures = ensemble(comptes, store, beside)
    for _ in range(3):  # first to be counted, then as what it uses itself leaves it
        text = describe(
            "service.ttl",
            settings,
            ensemble=figures,
            parties={name: (*PARTIES[name], n) for name, n in sizes.items()},
            formes=RESULTATS,
            comptes=comptes,
            **values,
        )
        itself = [quad.triple for quad in parse(text, format=RdfFormat.TURTLE)]
        sizes["service"] = len(itself)
        figures = ensemble(comptes, store, [*beside, *itself])
    return text


def read_turtle(path: Path) -> list[Triple]:
    """Return the triples of a file."""
    return [quad.triple for quad in parse(path=str(path), format=RdfFormat.TURTLE)]


def _licence(settings: Settings) -> Licence:
    """Return the licence of the records; one that we do not know is called by its address."""
    known = {licence.adresse: licence for licence in KNOWN}
    return known.get(settings.licence, Licence(settings.licence, settings.licence))


def _vocabularies(iris: Collection[str]) -> list[tuple[str, str]]:
    """Return (name, namespace) of every vocabulary that one of the terms is of."""
    return [
        (name, PREFIXES[prefix])
        for prefix, name in VOCABULARIES.items()
        if any(iri.startswith(PREFIXES[prefix]) for iri in iris)
    ]
