"""Triples about deputies, seats, groups and ministries, from the archives AMO.

What a question states of such a resource too is stated with the functions of `authorities.py`.
"""

from collections.abc import Collection, Iterable, Iterator

from pyoxigraph import NamedNode, Triple

from lod.base.tabular import group_by_key
from lod.model.question import Question
from lod.pipeline.mapping import authorities, bodies
from lod.rdf.iris import Iris
from lod.rdf.ontology import coded, labels
from lod.rdf.vocab import FOAF, ORG, QP, RDF, RDFS, SCHEMA, SKOS, civil_date, fr, plain_literal
from lod.reference.directory import (
    GROUPE,
    MINISTERE,
    Body,
    DeputySeat,
    Directory,
    GroupMembership,
    Person,
)
from lod.reference.executive import Executive


def triples(
    directory: Directory, executive: Executive, iris: Iris, auteurs: Collection[str] = ()
) -> Iterator[Triple]:
    """Yield what is published of the archives: deputies, groups, ministries.

    A person without a seat in the archives is published only as one of `auteurs` (`PA…`), which
    holds for senators and ministers. A resource is described each time that it is referred to.
    """
    in_order = sorted(directory.seats.values(), key=lambda seat: (seat.first_day, seat.ref))
    seats = group_by_key((seat.acteur_ref, seat) for seat in in_order)
    for ref, person in sorted(directory.persons.items()):
        if ref in seats or ref in auteurs:
            memberships = directory.memberships.get(ref, ())
            groups = [(m, g) for m in memberships if (g := directory.bodies.get(m.groupe_ref))]
            yield from depute(person, seats.get(ref, ()), groups, iris)
    for _, body in sorted(directory.bodies.items()):
        if body.type == GROUPE:
            yield from authorities.groupe(body, iris)
        elif body.type == MINISTERE:
            code = executive.codes.get(body.ref, body.ref)
            yield from bodies.ministere(code, executive, iris)
            for before in executive.predecessors(code):
                yield from bodies.succession(before, code, executive, iris)


def mandate_of(q: Question, directory: Directory, iris: Iris) -> NamedNode | None:
    """Return the mandate that a question names, if it is published, as one of its author."""
    seat, ref = directory.seats.get(q.auteur.mandat_ref or ""), q.auteur.acteur_ref
    if not seat or seat.acteur_ref != ref or ref not in directory.persons:
        return None
    return iris.part(iris.reference("depute", ref), "mandat", seat.ref)


def depute(
    person: Person,
    seats: Iterable[DeputySeat],
    groups: Iterable[tuple[GroupMembership, Body]],
    iris: Iris,
) -> Iterator[Triple]:
    """Yield what is published about a deputy, with seats and memberships of groups."""
    s = iris.reference("depute", person.ref)
    yield from bodies.class_triples(s, QP.Depute)
    yield Triple(s, QP.uid, plain_literal(person.ref))
    if person.civilite:
        yield Triple(s, FOAF.title, plain_literal(person.civilite))
    yield from bodies.full_name_triples(s, person.first_name, person.last_name)
    if person.birth_date:
        yield Triple(s, SCHEMA.birthDate, civil_date(person.birth_date))
    if person.death_date:
        yield Triple(s, SCHEMA.deathDate, civil_date(person.death_date))
    if person.profession:
        yield Triple(s, QP.profession, fr(person.profession))
    if person.categorie:
        yield Triple(s, QP.categorieSocioprofessionnelle, fr(person.categorie))
    if person.famille:
        yield Triple(s, QP.familleSocioprofessionnelle, fr(person.famille))
    if person.hatvp:
        yield Triple(s, RDFS.seeAlso, NamedNode(person.hatvp))
    mandats = {iris.part(s, "mandat", seat.ref): seat for seat in seats}
    appartenances = {iris.part(s, "appartenance", m.ref): (m, g) for m, g in groups}
    for node in mandats:
        yield Triple(s, QP.mandat, node)
    for node, seat in mandats.items():
        yield from _mandat(node, seat, iris)
    for node, (membership, group) in appartenances.items():
        yield from _appartenance(node, s, membership, group, iris)


def _mandat(s: NamedNode, seat: DeputySeat, iris: Iris) -> Iterator[Triple]:
    c = seat.circonscription
    where = f", {authorities.circonscription_name(c)}" if c else ""
    label = f"Mandat de la {seat.legislature}e législature{where}"
    yield Triple(s, RDF.type, QP.Mandat)
    yield Triple(s, RDFS.label, fr(f"{label}, {bodies.period_words(seat.first_day, seat.end)}"))
    yield Triple(s, QP.uid, plain_literal(seat.ref))
    yield Triple(s, QP.legislature, iris.legislature(seat.legislature))
    yield from authorities.legislature(seat.legislature, iris)
    if c and c.departement:
        yield Triple(s, QP.circonscription, iris.circonscription(c))
        yield from authorities.circonscription(c, c.departement, iris)
    yield from bodies.period_triples(s, seat)
    if seat.prise_de_fonction:
        yield Triple(s, QP.datePriseFonction, civil_date(seat.prise_de_fonction))
    if seat.cause:
        yield Triple(s, QP.causeMandat, fr(seat.cause))
    if seat.end_cause:
        yield Triple(s, QP.causeFin, fr(seat.end_cause))
    for ref in seat.suppleants:
        yield Triple(s, QP.suppleantRef, plain_literal(ref))


def _appartenance(
    s: NamedNode, depute: NamedNode, membership: GroupMembership, group: Body, iris: Iris
) -> Iterator[Triple]:
    role = coded(QP.roles)[membership.role] if membership.role else None
    words = [f"Groupe {group.libelle}", bodies.period_words(membership.start, membership.end)]
    if role:
        words.insert(1, labels(SKOS.prefLabel)[role.value].lower())
    yield Triple(s, RDF.type, ORG.Membership)
    yield Triple(s, RDFS.label, fr(", ".join(words)))
    yield Triple(s, ORG.organization, iris.reference("groupe", group.ref))
    yield Triple(s, ORG.member, depute)
    if role:
        yield Triple(s, ORG.role, role)
    yield from bodies.period_triples(s, membership)
