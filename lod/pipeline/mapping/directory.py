"""What is published of the reference data: deputies, their mandates and groups, ministries and
governments; the same terms as `rdf.py`, for things that are no question.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date

from pyoxigraph import NamedNode, Triple

from lod.model.dates import french_date
from lod.pipeline.mapping import authorities
from lod.rdf.iris import Iris
from lod.rdf.vocab import (
    DCTERMS_DATE,
    DCTERMS_REPLACES,
    FOAF_NAME,
    FOAF_TITLE,
    ORG_CHANGE_EVENT,
    ORG_ORGANIZATION,
    ORG_ORIGINAL,
    ORG_RESULTING,
    ORG_SUB_ORGANIZATION_OF,
    QP,
    RDF_TYPE,
    RDFS_LABEL,
    RDFS_SEE_ALSO,
    SCHEMA_BIRTH_DATE,
    SCHEMA_DEATH_DATE,
    SCHEMA_END_DATE,
    SCHEMA_START_DATE,
    SKOS_PREF_LABEL,
    civil_date,
    fr,
    plain_literal,
)
from lod.reference.amo.values import (
    GOUVERNEMENT,
    GROUPE,
    MINISTERE,
    Body,
    DeputySeat,
    Directory,
    GroupMembership,
    Period,
    Person,
)

WORD = re.compile(r"[^\W\d_]+")


def triples(r: Directory, iris: Iris, auteurs: Collection[str] = ()) -> Iterator[Triple]:
    """Yield what is published of the reference data: deputies, groups, ministries, governments.

    A person without a mandate in the archives is published if she is one of `auteurs` (`PA…`).
    What a mandate refers to is described each time that it is named.
    """
    mandats: dict[str, list[DeputySeat]] = {}
    for m in sorted(r.seats.values(), key=lambda m: (m.first_day, m.ref)):
        mandats.setdefault(m.acteur_ref, []).append(m)
    for ref, a in sorted(r.persons.items()):
        if ref in mandats or ref in auteurs:
            groupes = [(x, r.body(x.groupe_ref)) for x in r.memberships.get(ref, ())]
            yield from depute(a, mandats.get(ref, []), [(x, g) for x, g in groupes if g], iris)
    for ref, body in sorted(r.bodies.items()):
        if body.type == GROUPE:
            yield from groupe(body, iris)
        elif body.type == MINISTERE:
            previous = r.body(body.predecessor) if body.predecessor else None
            yield from ministere(body, r.gouvernement_of(ref), previous, iris)
        elif body.type == GOUVERNEMENT:
            yield from gouvernement(body, iris)


def depute(
    a: Person,
    mandats: Iterable[DeputySeat],
    appartenances: Iterable[tuple[GroupMembership, Body]],
    iris: Iris,
) -> Iterator[Triple]:
    """Yield what is published about a deputy, her mandates, and her groups with their days."""
    s = iris.reference("depute", a.ref)
    yield Triple(s, RDF_TYPE, QP.Depute)
    yield Triple(s, QP.uid, plain_literal(a.ref))
    if a.civilite:
        yield Triple(s, FOAF_TITLE, plain_literal(a.civilite))
    yield Triple(s, FOAF_NAME, plain_literal(a.full_name))
    if a.birth_date:
        yield Triple(s, SCHEMA_BIRTH_DATE, civil_date(a.birth_date))
    if a.death_date:
        yield Triple(s, SCHEMA_DEATH_DATE, civil_date(a.death_date))
    if a.profession:
        yield Triple(s, QP.profession, fr(a.profession))
    if a.hatvp:
        yield Triple(s, RDFS_SEE_ALSO, NamedNode(a.hatvp))
    seats = {iris.part(s, "mandat", m.ref): m for m in mandats}
    memberships = {iris.part(s, "appartenance", x[0].ref): x for x in appartenances}
    for node in seats:
        yield Triple(s, QP.mandat, node)
    for node in memberships:
        yield Triple(s, QP.appartenance, node)
    for node, mandat in seats.items():
        yield from _mandat(node, mandat, iris)
    for node, (appartenance, body) in memberships.items():
        yield from _appartenance(node, appartenance, body, iris)


def _mandat(s: NamedNode, m: DeputySeat, iris: Iris) -> Iterator[Triple]:
    legislature, c = iris.legislature(m.legislature), m.circonscription
    where = f", {authorities.circonscription_name(c)}" if c else ""
    yield Triple(s, RDF_TYPE, QP.Mandat)
    period = _period_words(m.first_day, m.end)
    yield Triple(s, RDFS_LABEL, fr(f"Mandat de la {m.legislature}e législature{where}, {period}"))
    yield Triple(s, QP.uid, plain_literal(m.ref))
    yield Triple(s, QP.legislature, legislature)
    yield from authorities.legislature(legislature, m.legislature)
    if c and c.departement:
        yield Triple(s, QP.circonscription, iris.circonscription(c))
        yield from authorities.circonscription(iris.circonscription(c), c, c.departement)
    yield from _period(s, m)
    if m.prise_de_fonction:
        yield Triple(s, QP.datePriseFonction, civil_date(m.prise_de_fonction))


def _appartenance(s: NamedNode, a: GroupMembership, g: Body, iris: Iris) -> Iterator[Triple]:
    yield Triple(s, RDF_TYPE, QP.Appartenance)
    yield Triple(s, RDFS_LABEL, fr(f"Groupe {g.libelle}, {_period_words(a.start, a.end)}"))
    yield Triple(s, ORG_ORGANIZATION, iris.reference("groupe", g.ref))
    yield from _period(s, a)


def groupe(g: Body, iris: Iris) -> Iterator[Triple]:
    """Yield what is published about a group."""
    s = iris.reference("groupe", g.ref)
    yield Triple(s, RDF_TYPE, QP.Groupe)
    if g.legislature:
        yield Triple(s, QP.legislature, iris.legislature(g.legislature))
        yield from authorities.legislature(iris.legislature(g.legislature), g.legislature)
    yield from authorities.label_triples(s, g.organe, g.libelle)
    yield from _period(s, g)


def ministere(
    m: Body, gouvernement: Body | None, previous: Body | None, iris: Iris
) -> Iterator[Triple]:
    """Yield what is published about a ministry; of the bodies beside it only what is known."""
    s = iris.reference("ministere", m.ref)
    yield Triple(s, RDF_TYPE, QP.Ministere)
    yield from authorities.label_triples(s, m.organe, m.organe.libelle)
    yield from authorities.portefeuille_triples(s, m.organe, iris)
    yield from _period(s, m)
    if gouvernement:
        yield Triple(s, ORG_SUB_ORGANIZATION_OF, iris.reference("gouvernement", gouvernement.ref))
    if previous and previous.type == MINISTERE:
        yield Triple(s, DCTERMS_REPLACES, iris.reference("ministere", previous.ref))
        if previous.end and previous.end <= m.start:
            yield from _change_event(s, m, previous, iris)


def _change_event(s: NamedNode, m: Body, previous: Body, iris: Iris) -> Iterator[Triple]:
    """Yield the event in which one ministry follows another that has ended."""
    node = iris.part(s, "changement", 1)
    names = f"{previous.organe.libelle} devient {m.organe.libelle}"
    yield Triple(node, RDF_TYPE, ORG_CHANGE_EVENT)
    yield Triple(node, RDFS_LABEL, fr(f"{french_date(m.start)} : {names}"))
    yield Triple(node, ORG_ORIGINAL, iris.reference("ministere", previous.ref))
    yield Triple(node, ORG_RESULTING, s)
    yield Triple(node, DCTERMS_DATE, civil_date(m.start))


def gouvernement(g: Body, iris: Iris) -> Iterator[Triple]:
    """Yield what is published about a government."""
    s = iris.reference("gouvernement", g.ref)
    yield Triple(s, RDF_TYPE, QP.Gouvernement)
    yield Triple(s, QP.uid, plain_literal(g.ref))
    yield Triple(s, SKOS_PREF_LABEL, fr(gouvernement_name(g)))
    yield from _period(s, g)


def gouvernement_name(g: Body) -> str:
    """Return what a government is called: « Gouvernement Fillon 2 », from FILLON 2.

    The archive calls each of them « Gouvernement »; the short label has its head, in capitals.
    """
    if not g.short_label:
        return f"Gouvernement du {french_date(g.start)}"
    return f"Gouvernement {WORD.sub(_cased_word, g.short_label) if g.short_label.isupper() else g.short_label}"


def _cased_word(match: re.Match[str]) -> str:
    word = match[0]
    return word if set(word) <= set("IVX") else word.lower() if word == "DE" else word.capitalize()


def _period(s: NamedNode, p: Period) -> Iterator[Triple]:
    yield Triple(s, SCHEMA_START_DATE, civil_date(p.start))
    if p.end:
        yield Triple(s, SCHEMA_END_DATE, civil_date(p.end))


def _period_words(start: date, end: date | None) -> str:
    if end is None:
        return f"à partir du {french_date(start)}"
    return f"du {french_date(start)} au {french_date(end)}"
