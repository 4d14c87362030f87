"""Terms and literals that are published, and prefixes; no other module spells a namespace.

`QP.titre` is a term of the ontology, and a misspelt one an AttributeError. External terms, such as
`SKOS.prefLabel`, are looked for in their vocabulary by a test. All are pyoxigraph's, as terms of
rdflib take ten times as long to make.
"""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from pyoxigraph import Literal, NamedNode

from lod.base.packaged import CORE, ONTOLOGY

NAMESPACE = "https://w3id.org/questions-parlementaires/def#"
SHAPES_NAMESPACE = "https://w3id.org/questions-parlementaires/shapes#"
PREFIXES = {
    "qp": NAMESPACE,
    "as": "https://www.w3.org/ns/activitystreams#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "eurovoc": "http://eurovoc.europa.eu/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "ldes": "https://w3id.org/ldes#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "qb": "http://purl.org/linked-data/cube#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "tree": "https://w3id.org/tree#",
    "void": "http://rdfs.org/ns/void#",
    "void-ext": "http://ldf.fi/void-ext#",
    "wd": "http://www.wikidata.org/entity/",
    "wdt": "http://www.wikidata.org/prop/direct/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
# only used beside the data: in descriptions, shapes, pages of changes, facts of Wikidata
BESIDE = {"as", "dcat", "ldes", "sd", "sh", "tree", "void", "void-ext", "wdt"}
DATA_PREFIXES = {prefix: iri for prefix, iri in PREFIXES.items() if prefix not in BESIDE}


def term(name: str) -> NamedNode:
    """Return the term that a prefixed name such as `skos:prefLabel` stands for."""
    prefix, local = name.split(":", 1)
    return NamedNode(PREFIXES[prefix] + local)


def qp(name: str) -> NamedNode:
    """Return a term of the ontology by its name: a concept, such as `statut-retiree`, or a term
    that an extension adds.
    """
    return term(f"qp:{name}")


class Vocabulary:
    """The terms of an external vocabulary: `SKOS.prefLabel` is `skos:prefLabel`."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def __getattr__(self, name: str) -> NamedNode:
        if name.startswith("_"):  # what Python asks of any value
            raise AttributeError(name)
        node = term(f"{self._prefix}:{name}")
        setattr(self, name, node)  # made once
        return node


class OwnVocabulary(Vocabulary):
    """The terms that the ontology defines, but for those of extensions."""

    def __getattr__(self, name: str) -> NamedNode:
        if name not in _own_names():
            raise AttributeError(f"the ontology has no term qp:{name}")
        return super().__getattr__(name)


@cache
def _own_names() -> frozenset[str]:
    texts = (path.read_text("utf-8") for path in (CORE, *ONTOLOGY.glob("modules/*.ttl")))
    return frozenset(name for text in texts for name in re.findall(r"(?m)^qp:(\w+)$", text))


DCAT, DCTERMS, FOAF, ORG = map(Vocabulary, ("dcat", "dcterms", "foaf", "org"))
OWL, PROV, QB, RDF, RDFS = map(Vocabulary, ("owl", "prov", "qb", "rdf", "rdfs"))
SCHEMA, SH, SKOS, VOID, XSD = map(Vocabulary, ("schema", "sh", "skos", "void", "xsd"))
QP = OwnVocabulary("qp")
LABELS = (RDFS.label, SKOS.prefLabel, FOAF.name)  # of a resource: the first of these
_DATES = {10: XSD.date, 7: XSD.gYearMonth, 4: XSD.gYear}
NUMBERS = frozenset(  # datatypes
    PREFIXES["xsd"] + name
    for name in ("integer", "decimal", "double", "float", "int", "long", "short", "byte",
                 "nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger",
                 "unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte")
)  # fmt: skip


def fr(text: str) -> Literal:
    return Literal(text, language="fr")


def en(text: str) -> Literal:
    return Literal(text, language="en")


def plain_literal(text: str) -> Literal:
    """Return a plain string: an identifier or a code, in no language."""
    return Literal(text)


def typed_literal(text: str, datatype: NamedNode) -> Literal:
    return Literal(text, datatype=datatype)


def integer(number: int) -> Literal:
    return Literal(str(number), datatype=XSD.integer)


def decimal(number: float) -> Literal:
    """Return a number to a tenth, a half rounded up, in the canonical form.

    >>> decimal(13.25).value, decimal(70).value
    ('13.3', '70')
    """
    tenths = Decimal(str(number)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return Literal(f"{tenths}".removesuffix(".0"), datatype=XSD.decimal)


def boolean(value: bool) -> Literal:
    return Literal("true" if value else "false", datatype=XSD.boolean)


def civil_date(day: date) -> Literal:
    return Literal(day.isoformat(), datatype=_DATES[10])


def partial_date(text: str) -> Literal:
    """Return a date as precise as it is known: `2022-11-07`, `2017-12` or `2024`."""
    return Literal(text, datatype=_DATES[len(text)])


def media_type(name: str) -> NamedNode:
    return NamedNode(f"https://www.iana.org/assignments/media-types/{name}")


def wikidata(qid: str) -> NamedNode:
    return NamedNode(PREFIXES["wd"] + qid)


def eurovoc(number: str) -> NamedNode:
    return NamedNode(PREFIXES["eurovoc"] + number)
