"""Triples about the classes and names of a resource, and what is read from these: portfolios."""

from collections.abc import Iterable, Iterator, Sequence

from pyoxigraph import NamedNode, Triple

from lod.rdf.iris import Iris
from lod.rdf.vocab import (
    FOAF_PERSON,
    ORG_CLASSIFICATION,
    ORG_ORGANIZATION_CLASS,
    QP,
    RDF_TYPE,
    SKOS_ALT_LABEL,
    SKOS_CONCEPT,
    SKOS_IN_SCHEME,
    SKOS_PREF_LABEL,
    fr,
)
from lod.reference import tables

# the class that tools of others know, beside ours
STANDARD = {
    QP.Depute: FOAF_PERSON,
    QP.Groupe: ORG_ORGANIZATION_CLASS,
    QP.Ministere: ORG_ORGANIZATION_CLASS,
    QP.Gouvernement: ORG_ORGANIZATION_CLASS,
}


def classes(s: NamedNode, ours: NamedNode) -> Iterator[Triple]:
    """Yield the class of a deputy, a group, a ministry or a government, and the standard one."""
    yield Triple(s, RDF_TYPE, ours)
    yield Triple(s, RDF_TYPE, STANDARD[ours])


def names(s: NamedNode, labels: Sequence[str]) -> Iterator[Triple]:
    """Yield the labels of a resource; the first becomes its `skos:prefLabel`."""
    yield Triple(s, SKOS_PREF_LABEL, fr(labels[0]))
    for other in labels[1:]:
        yield Triple(s, SKOS_ALT_LABEL, fr(other))


def portefeuilles(s: NamedNode, labels: Iterable[str], iris: Iris) -> Iterator[Triple]:
    """Yield the portfolios (`portefeuilles-ministeres.csv`) that a ministry has by its labels."""
    for name in tables.portefeuilles_of(labels):
        portefeuille = iris.portefeuille(name)
        yield Triple(s, ORG_CLASSIFICATION, portefeuille)
        yield Triple(portefeuille, RDF_TYPE, SKOS_CONCEPT)
        yield Triple(portefeuille, SKOS_IN_SCHEME, QP.portefeuilles)
        yield Triple(portefeuille, SKOS_PREF_LABEL, fr(tables.portefeuilles()[name]))
