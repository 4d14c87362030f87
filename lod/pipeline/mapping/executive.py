"""Triples about governments, ministries and ministers, from the tables and the archives AMO."""

from collections.abc import Container, Iterator
from functools import lru_cache

from pyoxigraph import NamedNode, Triple

from lod.model.dates import french_date
from lod.model.text import slug
from lod.pipeline.mapping import naming, periods
from lod.rdf.iris import Iris
from lod.rdf.vocab import (
    DCTERMS_DATE,
    DCTERMS_REPLACES,
    FOAF_NAME,
    FOAF_PERSON,
    ORG_CHANGE_EVENT,
    ORG_HEAD_OF,
    ORG_MEMBER,
    ORG_MEMBERSHIP,
    ORG_ORGANIZATION,
    ORG_ORIGINAL,
    ORG_RESULTING,
    ORG_SUB_ORGANIZATION_OF,
    QP,
    RDF_TYPE,
    RDFS_LABEL,
    SKOS_PREF_LABEL,
    civil_date,
    fr,
    plain_literal,
)
from lod.reference.executive import Executive, Minister, Ministry


def gouvernement(code: str, executive: Executive, iris: Iris) -> Iterator[Triple]:
    """Yield what is published about a government, and who led it."""
    g, s = executive.governments[code], iris.reference("gouvernement", code)
    yield from naming.classes(s, QP.Gouvernement)
    if g.ref:
        yield Triple(s, QP.uid, plain_literal(g.ref))
    yield Triple(s, SKOS_PREF_LABEL, fr(g.nom))
    yield from periods.period(s, g)
    for head in executive.heads_of(code):
        yield from personne(head, iris)
        yield Triple(iris.reference(*head.person), ORG_HEAD_OF, s)


@lru_cache(4096)  # each is asked for by every question that names it
def ministere(code: str, executive: Executive, iris: Iris) -> tuple[Triple, ...]:
    """Return what is published about a ministry, its government and its ministers."""
    return tuple(dict.fromkeys(_ministere(code, executive, iris)))


def _ministere(code: str, executive: Executive, iris: Iris) -> Iterator[Triple]:
    m, s = executive.ministries[code], iris.reference("ministere", code)
    yield from naming.classes(s, QP.Ministere)
    if m.ref:
        yield Triple(s, QP.uid, plain_literal(m.ref))
    yield from naming.names(s, m.noms)
    yield from naming.portefeuilles(s, m.noms, iris)
    yield from periods.period(s, m)
    if m.gouvernement:
        government = iris.reference("gouvernement", m.gouvernement)
        yield Triple(s, ORG_SUB_ORGANIZATION_OF, government)
        yield from gouvernement(m.gouvernement, executive, iris)
    for n, minister in enumerate(executive.ministers.get(code, ()), start=1):
        yield from _membership(iris.part(s, "ministre", n), s, minister, iris)


@lru_cache(4096)
def succession(before: str, after: str, executive: Executive, iris: Iris) -> tuple[Triple, ...]:
    """Return that a ministry follows another, which is described, and in which change."""
    ministries = [executive.ministries[code] for code in (before, after)]
    old, new = (iris.reference("ministere", m.code) for m in ministries)
    said = [*ministere(before, executive, iris), Triple(new, DCTERMS_REPLACES, old)]
    previous, m = ministries
    if previous.end and previous.end <= m.start:
        number = executive.predecessors(after).index(before) + 1
        said += _change_event(iris.part(new, "changement", number), previous, m, iris)
    return tuple(said)


def _change_event(node: NamedNode, previous: Ministry, m: Ministry, iris: Iris) -> Iterator[Triple]:
    """Yield the change in which a ministry replaces one that has ended."""
    names = f"{previous.abrege} devient {m.abrege}"
    yield Triple(node, RDF_TYPE, ORG_CHANGE_EVENT)
    yield Triple(node, RDFS_LABEL, fr(f"{french_date(m.start)} : {names}"))
    yield Triple(node, ORG_ORIGINAL, iris.reference("ministere", previous.code))
    yield Triple(node, ORG_RESULTING, iris.reference("ministere", m.code))
    yield Triple(node, DCTERMS_DATE, civil_date(m.start))


def _membership(node: NamedNode, ministere: NamedNode, m: Minister, iris: Iris) -> Iterator[Triple]:
    """Yield who held a ministry, and when."""
    held = f"{m.nom}, {m.fonction[:1].lower()}{m.fonction[1:]}, {periods.words(m.start, m.end)}"
    yield Triple(node, RDF_TYPE, ORG_MEMBERSHIP)
    yield Triple(node, RDFS_LABEL, fr(held))
    yield Triple(node, ORG_ORGANIZATION, ministere)
    yield Triple(node, ORG_MEMBER, iris.reference(*m.person))
    yield Triple(node, QP.libelle, fr(m.fonction))
    yield from periods.period(node, m)
    yield from personne(m, iris)


def personne(m: Minister, iris: Iris) -> Iterator[Triple]:
    """Yield class, reference and name of a minister, who may be a deputy too."""
    s = iris.reference(*m.person)
    if m.est_depute:
        yield from naming.classes(s, QP.Depute)
    else:
        yield Triple(s, RDF_TYPE, FOAF_PERSON)
    if m.ref:
        yield Triple(s, QP.uid, plain_literal(m.ref))
    yield Triple(s, FOAF_NAME, plain_literal(m.nom))


def meanings(executive: Executive, iris: Iris, described: Container[str]) -> dict[str, list[str]]:
    """Return path made of a bare name → paths of all ministries that bear it, published or not, so
    that records do not decide whether a name is ambiguous.

    One of them is described, and the path is not that of a ministry known by its name alone.
    """
    named: dict[str, list[str]] = {}
    for name, ministries in executive.by_name.items():
        iri = iris.reference("ministere", slug(name)).value
        meant = [iris.reference("ministere", m.code).value for m in ministries]
        if iri not in described and any(each in described for each in meant):
            named[iri.removeprefix(iris.base)] = [each.removeprefix(iris.base) for each in meant]
    return named
