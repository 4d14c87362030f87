"""Triples about governments, ministries and ministers, from the tables and the archives AMO; and
what all bodies have: classes, names, portfolios, periods.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache

from pyoxigraph import NamedNode, Triple

from lod.model.dates import french_date
from lod.model.text import slug
from lod.rdf.iris import Iris
from lod.rdf.ontology import coded
from lod.rdf.vocab import (
    DCTERMS,
    FOAF,
    ORG,
    QP,
    RDF,
    RDFS,
    SCHEMA,
    SKOS,
    civil_date,
    en,
    fr,
    plain_literal,
)
from lod.reference import tables
from lod.reference.directory import Period
from lod.reference.executive import Executive, Minister, Ministry

# the class that tools of others know, beside ours
STANDARD = {
    QP.Depute: FOAF.Person,
    QP.Groupe: ORG.Organization,
    QP.Lignee: ORG.Organization,
    QP.Ministere: ORG.Organization,
    QP.Gouvernement: ORG.Organization,
}


def period_triples(s: NamedNode, p: Period) -> Iterator[Triple]:
    """Yield first and last day of a resource."""
    yield Triple(s, SCHEMA.startDate, civil_date(p.start))
    if p.end:
        yield Triple(s, SCHEMA.endDate, civil_date(p.end))


def period_words(start: date, end: date | None) -> str:
    """Return a period in words: « du 1er mars 2022 au 2 mars 2022 »."""
    if end is None:
        return f"à partir du {french_date(start)}"
    return f"du {french_date(start)} au {french_date(end)}"


def class_triples(s: NamedNode, ours: NamedNode) -> Iterator[Triple]:
    """Yield the class of a person or a body of the Assemblée or the Government, and the standard
    one.
    """
    yield Triple(s, RDF.type, ours)
    yield Triple(s, RDF.type, STANDARD[ours])


def name_triples(s: NamedNode, labels: Sequence[str]) -> Iterator[Triple]:
    """Yield the labels of a resource; the first becomes its `skos:prefLabel`."""
    yield Triple(s, SKOS.prefLabel, fr(labels[0]))
    for label in labels[1:]:
        yield Triple(s, SKOS.altLabel, fr(label))


def full_name_triples(s: NamedNode, first_name: str, last_name: str) -> Iterator[Triple]:
    """Yield the name of a person, and its two parts."""
    yield Triple(s, FOAF.name, plain_literal(f"{first_name} {last_name}"))
    yield Triple(s, FOAF.givenName, plain_literal(first_name))
    yield Triple(s, FOAF.familyName, plain_literal(last_name))


def portfolio_triples(s: NamedNode, labels: Iterable[str], iris: Iris) -> Iterator[Triple]:
    """Yield the portfolios (`portefeuilles-ministeres.csv`) that a ministry has by its labels."""
    for name in tables.portefeuilles_of(labels):
        portefeuille, row = iris.portefeuille(name), tables.portefeuilles()[name]
        yield Triple(s, ORG.classification, portefeuille)
        yield Triple(portefeuille, RDF.type, SKOS.Concept)
        yield Triple(portefeuille, SKOS.inScheme, QP.portefeuilles)
        yield Triple(portefeuille, SKOS.prefLabel, fr(row.nom))
        yield from (Triple(portefeuille, p, en(row.anglais)) for p in (SKOS.prefLabel, RDFS.label))


def gouvernement(code: str, executive: Executive, iris: Iris) -> Iterator[Triple]:
    """Yield what is published about a government, and who led it."""
    g, s = executive.governments[code], iris.reference("gouvernement", code)
    yield from class_triples(s, QP.Gouvernement)
    if g.ref:
        yield Triple(s, QP.uid, plain_literal(g.ref))
    yield Triple(s, SKOS.prefLabel, fr(g.nom))
    yield from period_triples(s, g)
    for head in executive.heads.get(code, ()):
        yield from personne(head, iris)
        yield Triple(iris.reference(*head.person), ORG.headOf, s)


@lru_cache(4096)  # each is asked for by every question that names it
def ministere(code: str, executive: Executive, iris: Iris) -> tuple[Triple, ...]:
    """Return what is published about a ministry, its government and its ministers."""
    return tuple(dict.fromkeys(_ministere(code, executive, iris)))


def _ministere(code: str, executive: Executive, iris: Iris) -> Iterator[Triple]:
    m, s = executive.ministries[code], iris.reference("ministere", code)
    yield from class_triples(s, QP.Ministere)
    if m.ref:
        yield Triple(s, QP.uid, plain_literal(m.ref))
    yield from name_triples(s, m.noms)
    yield from portfolio_triples(s, m.noms, iris)
    yield from period_triples(s, m)
    if m.gouvernement:
        government = iris.reference("gouvernement", m.gouvernement)
        yield Triple(s, ORG.subOrganizationOf, government)
        yield from gouvernement(m.gouvernement, executive, iris)
    for n, minister in enumerate(executive.ministers.get(code, ()), start=1):
        yield from _membership(iris.part(s, "ministre", n), s, minister, iris)


@lru_cache(4096)
def succession(before: str, after: str, executive: Executive, iris: Iris) -> tuple[Triple, ...]:
    """Return the former ministry, that the later one replaces it, and their change, if any."""
    ministries = [executive.ministries[code] for code in (before, after)]
    old, new = (iris.reference("ministere", m.code) for m in ministries)
    stated = [*ministere(before, executive, iris), Triple(new, DCTERMS.replaces, old)]
    previous, m = ministries
    if previous.end and previous.end <= m.start:
        number = executive.predecessors(after).index(before) + 1
        stated += _change_event(iris.part(new, "changement", number), previous, m, iris)
    return tuple(stated)


def _change_event(node: NamedNode, previous: Ministry, m: Ministry, iris: Iris) -> Iterator[Triple]:
    """Yield the change in which a ministry replaces one that has ended."""
    names = f"{previous.abrege} devient {m.abrege}"
    yield Triple(node, RDF.type, ORG.ChangeEvent)
    yield Triple(node, RDFS.label, fr(f"{french_date(m.start)} : {names}"))
    yield Triple(node, ORG.originalOrganization, iris.reference("ministere", previous.code))
    yield Triple(node, ORG.resultingOrganization, iris.reference("ministere", m.code))
    yield Triple(node, DCTERMS.date, civil_date(m.start))


def _membership(node: NamedNode, ministere: NamedNode, m: Minister, iris: Iris) -> Iterator[Triple]:
    held = f"{m.nom}, {m.fonction[:1].lower()}{m.fonction[1:]}, {period_words(m.start, m.end)}"
    yield Triple(node, RDF.type, ORG.Membership)
    yield Triple(node, RDFS.label, fr(held))
    yield Triple(node, ORG.organization, ministere)
    yield Triple(node, ORG.member, iris.reference(*m.person))
    if m.role:
        yield Triple(node, ORG.role, coded(QP.fonctions)[m.role])
    yield Triple(node, QP.libelle, fr(m.fonction))
    yield from period_triples(node, m)
    yield from personne(m, iris)


def personne(m: Minister, iris: Iris) -> Iterator[Triple]:
    """Yield class, reference and name of a minister, who may be a deputy too."""
    s = iris.reference(*m.person)
    if m.est_depute:
        yield from class_triples(s, QP.Depute)
    else:
        yield Triple(s, RDF.type, FOAF.Person)
    if m.ref:
        yield Triple(s, QP.uid, plain_literal(m.ref))
    yield from full_name_triples(s, m.first_name, m.last_name)


def meanings(executive: Executive, iris: Iris, described: Container[str]) -> dict[str, list[str]]:
    """Return path made of a bare name → paths of all ministries that bear it, published or not, so
    that records do not decide whether a name is ambiguous.

    Only names of which one ministry is described, and whose path no resource itself has.
    """
    named: dict[str, list[str]] = {}
    for name, ministries in executive.by_name.items():
        iri = iris.reference("ministere", slug(name)).value
        meant = [iris.reference("ministere", m.code).value for m in ministries]
        if iri not in described and any(meaning in described for meaning in meant):
            named[iri.removeprefix(iris.base)] = [
                meaning.removeprefix(iris.base) for meaning in meant
            ]
    return named
