"""Links to Wikidata, registers of persons and EuroVoc, each published with its evidence.

`owl:sameAs` needs an identifier (P4123), two independent sources that agree, a legal name, or the
name and the office of a minister with its days; items that a person has reviewed, and pages of
registers, are `rdfs:seeAlso`; beside a page, `schema:sameAs` leads to the IRI that the register has
in its own RDF; descriptors of EuroVoc are `skos:closeMatch`. A guess is never published.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from pyoxigraph import NamedNode, Triple

from lod.model.question import Circonscription
from lod.model.text import bare_name
from lod.pipeline.mapping.descriptions import Descriptions
from lod.pipeline.mapping.linked_data import Link, descriptor_links, digits, link_triples
from lod.rdf.iris import Iris
from lod.rdf.vocab import OWL, PREFIXES, RDFS, fr, wikidata
from lod.reference.executive import BY_OFFICE_AND_BIRTH, Minister
from lod.reference.executive_tables import from_tables
from lod.reference.link_tables import (
    OfficeName,
    RegisterIdentifier,
    evidence_sources,
    office_names,
    register_identifiers,
    registers,
    reviewed_authors,
)
from lod.reference.reviewed_files import (
    NOTHING_REVIEWED,
    P4123,
    REVIEWED,
    ReviewedLink,
    ReviewedLinks,
)
from lod.reference.tables import (
    DeputyRow,
    GroupRow,
    circonscriptions,
    departements,
    deputy_rows,
    group_rows,
    legislatures,
    lineages,
)

PREUVES = {P4123: "preuve-identifiant", "concordance": "preuve-concordance"}
WD = PREFIXES["wd"]
# rows of sources.csv: where the items of the tables were read
CIRCONSCRIPTIONS_SOURCE, LEGISLATURES_SOURCE = "wdqs2022", "releve2026"
DEPARTEMENTS_SOURCE, GOVERNMENTS_SOURCE = "drdepartements2026", "cabinet2022"
MINISTERS_SOURCE = "cabinet2022"


def known(reviewed: ReviewedLinks = NOTHING_REVIEWED) -> dict[str, Link]:
    """Return acteurRef → the `owl:sameAs` link to Wikidata.

    A P4123 that the publisher has read replaces the link of the table. There is no link that the
    publisher refused, none of the table that an anomaly names, and none to an item that would be
    linked to two deputies.
    """
    refused, excluded = reviewed.refused, reviewed.excluded
    links = {
        m.acteur_ref: _of_table(m)
        for m in deputy_rows()
        if m.qid
        and (m.acteur_ref, m.qid) not in refused
        and excluded.isdisjoint((m.acteur_ref, m.qid))
    }
    for r in reviewed.links:
        if r.preuve == P4123 and (r.acteur_ref, r.qid) not in refused:
            links[r.acteur_ref] = _read_again(r, links.get(r.acteur_ref))
    bearers = Counter(link.qid for link in links.values())
    return {ref: link for ref, link in links.items() if bearers[link.qid] == 1}


def _item_link(
    name: str,
    qid: str,
    preuve: str,
    value: str,
    sources: tuple[str, ...],
    constat: str,
    relation: NamedNode = OWL.sameAs,
) -> Link:
    """Return the link of a resource, which the label calls `name`, to an item."""
    return Link(
        target=wikidata(qid).value, preuve=preuve, value=value, sources=sources, constat=constat,
        label=f"Lien de {name} vers Wikidata ({qid})", relation=relation,
    )  # fmt: skip


def _of_table(m: DeputyRow) -> Link:
    is_identifier = m.preuve == P4123
    value = digits(m.acteur_ref) if is_identifier else f"{m.nom_complet}, {m.naissance[:4]}"
    sources = tuple(evidence_sources()[code].nom for code in m.sources)
    return _item_link(m.acteur_ref, m.qid, PREUVES[m.preuve], value, sources, m.constat)


def _read_again(r: ReviewedLink, before: Link | None) -> Link:
    """Return the link by an identifier that was read; `before` may be from the same identifier,
    and then its sources are kept.
    """
    link = _item_link(r.acteur_ref, r.qid, PREUVES[P4123], r.valeur, (r.source,), r.constat)
    if before and (before.target, before.preuve) == (link.target, link.preuve):
        return replace(link, sources=(*before.sources, r.source))
    return link


def item_of(node: object) -> str:
    """Return the `Q…` of a node that is an item of Wikidata, "" for any other."""
    iri = isinstance(node, NamedNode) and node.value.startswith(WD) and node.value
    return iri.removeprefix(WD) if iri else ""


def all_links(
    iris: Iris, reviewed: ReviewedLinks = NOTHING_REVIEWED
) -> Iterator[tuple[NamedNode, Link]]:
    """Yield (resource, link) of all tables and decisions, whether the resource is published or not.

    Pages of registers are linked only for a deputy whose item is known by its identifier (P4123).
    """
    identities = known(reviewed)
    for ref, link in identities.items():
        yield iris.reference("depute", ref), link
    for r in reviewed.links:
        if r.preuve == REVIEWED and r.acteur_ref not in identities:
            yield iris.reference("depute", r.acteur_ref), _reviewed(r)
    for a in reviewed_authors():
        link = _item_link(
            a.nom, a.qid, "preuve-revue", a.motif, (f"Revu par {a.par}",), a.constat, RDFS.seeAlso
        )
        yield NamedNode(f"{iris.base}auteur/{a.auteur}"), link
    for ref, identifiers in register_identifiers().items():
        if ref in identities and identities[ref].preuve == PREUVES[P4123]:
            for identifier in identifiers:
                yield iris.reference("depute", ref), _registered(ref, identifier)
    for m in ministers(reviewed, identities):
        kind, name = m.person
        yield iris.reference(kind, name), _in_office(m)
        if m.ref:  # archives may have a seat that the tables lack
            yield iris.reference("depute", m.ref), _in_office(m)
    for code, link in _offices(reviewed):
        yield iris.reference("ministere", code), link
    yield from _designated(iris)
    for g in group_rows():
        if g.qid:
            yield iris.reference("groupe", g.ref), _grouped(g, g.ref)
    for code, groups in lineages().items():
        if named := next((g for g in groups if g.qid), None):
            yield iris.lignee(code), _grouped(named, f"la lignée « {groups[0].libelle} »")
    yield from descriptor_links(iris)


def ministers(reviewed: ReviewedLinks, deputies: Mapping[str, Link]) -> Iterator[Minister]:
    """Yield the ministers, no deputies, whose item their name and office prove, but for items that
    a deputy is linked to, and what the publisher does not accept.
    """
    taken = {link.qid for link in deputies.values()}
    for m in from_tables().identified():
        if m.qid not in taken and _is_accepted(m, reviewed):
            yield m


def _is_accepted(m: Minister, reviewed: ReviewedLinks) -> bool:
    """Return whether the publisher refused no such pair, and no anomaly names person or item."""
    pair = m.ref or "", m.qid
    return pair not in reviewed.refused and reviewed.excluded.isdisjoint(pair)


def _in_office(m: Minister) -> Link:
    """Return the link of a minister by an office, with its first day."""
    fonction = m.fonction[:1].lower() + m.fonction[1:]
    value = f"{m.nom}, {fonction}, {m.start}"
    if m.preuve == BY_OFFICE_AND_BIRTH:
        value += ", même jour de naissance"
    source = evidence_sources()[MINISTERS_SOURCE]
    link = _item_link(m.nom, m.qid, "preuve-fonction", value, (source.nom,), source.constat)
    return replace(link, label=f"{m.nom} : lien vers Wikidata ({m.qid})")


def _offices(reviewed: ReviewedLinks) -> Iterator[tuple[str, Link]]:
    """Yield (code of a ministry, link to an office) if a minister holds both from the same day on,
    and the names of both were reviewed. It is not `owl:sameAs`: an office is no body, and outlives
    governments.
    """
    executive = from_tables()
    for code, held in executive.ministers.items():
        name = bare_name(executive.ministries[code].abrege)
        holders = {  # by office, the first holder
            office: m
            for m in sorted(held, key=lambda m: m.start, reverse=True)
            for poste in m.postes
            if (office := office_names().get((poste, name))) and _is_accepted(m, reviewed)
        }
        for office, m in holders.items():
            yield code, _of_office(executive.ministries[code].abrege, office, m)


def _of_office(ministry: str, office: OfficeName, m: Minister) -> Link:
    """Return the link of a ministry to an office, with who held both from a day on."""
    source, why = evidence_sources()[MINISTERS_SOURCE], f"{office.anglais} : {m.nom}, {m.start}"
    return Link(
        target=wikidata(office.poste).value,
        preuve="preuve-revue",
        value=why,
        sources=(source.nom,),
        constat=source.constat,
        label=f"{ministry} : fonction de ministre dans Wikidata ({office.poste})",
        anchor=f"poste-{office.poste}",
        relation=RDFS.seeAlso,
    )


def _reviewed(r: ReviewedLink) -> Link:
    by = (f"Revu par {r.par}",)
    return _item_link(r.acteur_ref, r.qid, "preuve-revue", r.motif, by, r.constat, RDFS.seeAlso)


def _registered(ref: str, identifier: RegisterIdentifier) -> Link:
    source, register = evidence_sources()[identifier.source], identifier.register
    return Link(
        target=identifier.address,
        preuve="preuve-registre",
        value=identifier.valeur,
        sources=(source.nom,),
        constat=source.constat,
        label=f"{register.nom} : identifiant de {ref}",
        anchor=f"identifiant-{register.code}",
        relation=RDFS.seeAlso,
        registre=WD + register.element,
        iri=identifier.iri,
    )


def _designated(iris: Iris) -> Iterator[tuple[NamedNode, Link]]:
    """Yield the links by legal name: department and number, code, number of the legislature, name
    of a government.
    """
    for (departement, numero), qid in circonscriptions().items():
        c = Circonscription(nom="", numero=numero, departement=departement)
        code = f"{departement}-{numero}"
        link = _named(f"la circonscription {code}", code, qid, CIRCONSCRIPTIONS_SOURCE)
        yield iris.circonscription(c), link
    for departement, area in departements().items():
        if area.qid:
            name = f"{area.nom} ({departement})"
            link = _named(name, departement, area.qid, DEPARTEMENTS_SOURCE)
            yield iris.departement(departement), link
    for area in {d.region_code: d for d in departements().values()}.values():
        # one item is often department and region at once: it is linked to the department alone
        if area.region_qid and area.region_qid != area.qid:
            name, code = f"la région {area.region}", area.region_code
            yield iris.region(code), _named(name, code, area.region_qid, DEPARTEMENTS_SOURCE)
    for numero, row in legislatures().items():
        if row.qid:
            link = _named(f"la {numero}e législature", str(numero), row.qid, LEGISLATURES_SOURCE)
            yield iris.legislature(numero), link
    for code, g in from_tables().governments.items():
        if g.qid:
            link = _named(g.nom, g.nom, g.qid, GOVERNMENTS_SOURCE)
            yield iris.reference("gouvernement", code), link


def _named(name: str, value: str, qid: str, code: str) -> Link:
    """Return a link by legal name; `code` is the row of `sources.csv` where the item was read."""
    source = evidence_sources()[code]
    return _item_link(name, qid, "preuve-designation", value, (source.nom,), source.constat)


def _grouped(g: GroupRow, name: str) -> Link:
    """Return the link of a group or of its lineage; not `owl:sameAs`, since an item may cover all
    legislatures, or those under one name.
    """
    named = _named(name, g.libelle, g.qid, g.source)
    return replace(named, preuve="preuve-revue", relation=RDFS.seeAlso)


def links_of(
    descriptions: Descriptions, iris: Iris, reviewed: ReviewedLinks = NOTHING_REVIEWED
) -> list[Triple]:
    """Return the links of all described resources, without the triples already described."""
    stated = set(descriptions.triples())
    # two headings may have one descriptor
    links = dict.fromkeys(published_link_triples(set(descriptions.subjects()), iris, reviewed))
    return [triple for triple in links if triple not in stated]


def published_link_triples(
    published: Collection[str], iris: Iris, reviewed: ReviewedLinks = NOTHING_REVIEWED
) -> Iterator[Triple]:
    """Yield the links of resources whose IRIs are in `published`, and a label of each register."""
    used = set()
    for subject, link in all_links(iris, reviewed):
        if subject.value in published:
            used.add(link.registre)
            yield from link_triples(subject, link)
    for register in registers().values():
        if WD + register.element in used:
            yield Triple(wikidata(register.element), RDFS.label, fr(register.nom))
