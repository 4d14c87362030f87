"""Links to Wikidata and to registers of persons: by evidence only, each with what proves it.

`owl:sameAs` rests on an identifier (P4123), on two sources that agree independently, or on a legal
name; what a person has reviewed, and what registers say, is `rdfs:seeAlso`. A guess is no link.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from pyoxigraph import NamedNode, Triple

from lod.model.question import Circonscription
from lod.rdf.iris import Iris
from lod.rdf.vocab import (
    OWL_SAME_AS,
    PREFIXES,
    QP,
    RDF_TYPE,
    RDFS_LABEL,
    RDFS_SEE_ALSO,
    fr,
    partial_date,
    plain_literal,
    qp,
    wikidata,
)
from lod.reference.link_tables import (
    RegisterIdentifier,
    evidence_sources,
    register_identifiers,
    registers,
)
from lod.reference.reviewed_links import (
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
    deputy_rows,
    group_rows,
    legislatures,
)

PREUVES = {P4123: "IdentifiantP4123", "concordance": "Concordance"}
WD = PREFIXES["wd"]
CIRCONSCRIPTIONS_SOURCE, LEGISLATURES_SOURCE = (
    "wdqs2022",
    "releve2026",
)  # where their items were read


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link of one resource: to what, on what evidence, seen where and when.

    `preuve` is a concept of `qp:preuves`, `value` what was found, `sources` are texts, `constat` a
    day, a month or a year; `anchor` tells the links of a resource apart.
    """

    target: str
    preuve: str
    value: str
    sources: tuple[str, ...]
    constat: str
    label: str
    anchor: str = "lien-wikidata"
    relation: NamedNode = OWL_SAME_AS
    registre: str = ""

    @property
    def qid(self) -> str:
        """The item of Wikidata."""
        return self.target.removeprefix(WD)


def known(reviewed: ReviewedLinks = NOTHING_REVIEWED) -> dict[str, Link]:
    """Return acteurRef → the link of identity; an item of two deputies is no link of either.

    What was read since (P4123) comes over the table. What the publisher has refused is none, and
    neither is what an anomaly speaks of, unless its identifier was read since.
    """
    refused, set_aside = reviewed.refused, reviewed.excluded
    found = {
        m.acteur_ref: _of_table(m)
        for m in deputy_rows()
        if m.qid
        and (m.acteur_ref, m.qid) not in refused
        and set_aside.isdisjoint((m.acteur_ref, m.qid))
    }
    for r in reviewed.links:
        if r.preuve == P4123 and (r.acteur_ref, r.qid) not in refused:
            found[r.acteur_ref] = _read_again(r, found.get(r.acteur_ref))
    bearers = Counter(link.qid for link in found.values())
    return {ref: link for ref, link in found.items() if bearers[link.qid] == 1}


def _of_table(m: DeputyRow) -> Link:
    is_identifier = m.preuve == P4123
    return Link(
        target=wikidata(m.qid).value,
        preuve=PREUVES[m.preuve],
        value=digits(m.acteur_ref) if is_identifier else f"{m.nom_complet}, {m.naissance[:4]}",
        sources=tuple(evidence_sources()[code].nom for code in m.sources),
        constat=m.constat,
        label=_label(m.acteur_ref, m.qid),
    )


def _read_again(r: ReviewedLink, before: Link | None) -> Link:
    """Return a link by identifier; readings of the same identifier add up."""
    link = Link(
        target=wikidata(r.qid).value,
        preuve=PREUVES[P4123],
        value=r.valeur,
        sources=(r.source,),
        constat=r.constat,
        label=_label(r.acteur_ref, r.qid),
    )
    if before and (before.target, before.preuve) == (link.target, link.preuve):
        return replace(link, sources=(*before.sources, r.source))
    return link


def item_of(node: object) -> str:
    """Return the item of Wikidata that a node is, "" for any other."""
    found = isinstance(node, NamedNode) and node.value.startswith(WD) and node.value
    return found.removeprefix(WD) if found else ""


def digits(acteur_ref: str) -> str:
    """Return the value of P4123 that is the reference of the Assemblée: its digits.

    >>> digits("PA718926")
    '718926'
    """
    return acteur_ref.removeprefix("PA")


def _label(name: str, qid: str) -> str:
    return f"Lien de {name} vers Wikidata ({qid})"


def all_links(
    iris: Iris, reviewed: ReviewedLinks = NOTHING_REVIEWED
) -> Iterator[tuple[NamedNode, Link]]:
    """Yield every link that there is, whatever is published: deputies, then what they sit for."""
    identities = known(reviewed)
    for ref, link in identities.items():
        yield iris.reference("depute", ref), link
    for r in reviewed.links:
        if r.preuve == REVIEWED and r.acteur_ref not in identities:
            yield iris.reference("depute", r.acteur_ref), _reviewed(r)
    for ref, some in register_identifiers().items():
        if ref in identities and identities[ref].preuve == PREUVES[P4123]:
            for one in some:
                yield iris.reference("depute", ref), _registered(ref, one)
    yield from _designated(iris)
    for g in group_rows():
        if g.qid:
            yield iris.reference("groupe", g.ref), _grouped(g)


def _reviewed(r: ReviewedLink) -> Link:
    return Link(
        target=wikidata(r.qid).value,
        preuve="LienRevu",
        value=r.motif,
        sources=(f"Revu par {r.par}",),
        constat=r.constat,
        label=_label(r.acteur_ref, r.qid),
        relation=RDFS_SEE_ALSO,
    )


def _registered(ref: str, one: RegisterIdentifier) -> Link:
    source = evidence_sources()[one.source]
    return Link(
        target=one.address,
        preuve="IdentifiantRegistre",
        value=one.valeur,
        sources=(source.nom,),
        constat=source.constat,
        label=f"{one.register.nom} : identifiant de {ref}",
        anchor=f"identifiant-{one.register.code}",
        relation=RDFS_SEE_ALSO,
        registre=WD + one.register.element,
    )


def _designated(iris: Iris) -> Iterator[tuple[NamedNode, Link]]:
    """Yield the links by legal name: department and number, number of the legislature."""
    for (departement, numero), qid in circonscriptions().items():
        name = f"{departement}-{numero}"
        place = iris.circonscription(
            Circonscription(nom="", numero=numero, departement=departement)
        )
        yield place, _named(f"la circonscription {name}", name, qid, CIRCONSCRIPTIONS_SOURCE)
    for numero, x in legislatures().items():
        if x.qid:
            title = f"la {numero}e législature"
            yield iris.legislature(numero), _named(title, str(numero), x.qid, LEGISLATURES_SOURCE)


def _named(name: str, value: str, qid: str, code: str) -> Link:
    """Return a link by legal name, as one source has it."""
    return Link(
        target=wikidata(qid).value,
        preuve="DesignationOfficielle",
        value=value,
        sources=(evidence_sources()[code].nom,),
        constat=evidence_sources()[code].constat,
        label=_label(name, qid),
    )


def _grouped(g: GroupRow) -> Link:
    """Return what a group has: an item serves it in all legislatures, so it is not the same."""
    named = _named(g.ref, g.libelle, g.qid, g.source)
    return replace(named, preuve="LienRevu", relation=RDFS_SEE_ALSO)


def published_link_triples(
    published: Collection[str], iris: Iris, reviewed: ReviewedLinks = NOTHING_REVIEWED
) -> Iterator[Triple]:
    """Yield the links of what is published, with their evidence, and what the registers are."""
    used = set()
    for subject, link in all_links(iris, reviewed):
        if subject.value in published:
            used.add(link.registre)
            yield from link_triples(subject, link)
    for register in registers().values():
        if WD + register.element in used:
            yield Triple(wikidata(register.element), RDFS_LABEL, fr(register.nom))


def link_triples(subject: NamedNode, link: Link) -> Iterator[Triple]:
    """Yield one link and its evidence."""
    node, target = NamedNode(f"{subject.value}#{link.anchor}"), NamedNode(link.target)
    yield Triple(subject, link.relation, target)
    yield Triple(node, RDF_TYPE, QP.Lien)
    yield Triple(node, RDFS_LABEL, fr(link.label))
    yield Triple(node, QP.sujet, subject)
    yield Triple(node, QP.cible, target)
    yield Triple(node, QP.preuve, qp(link.preuve))
    yield Triple(node, QP.valeurPreuve, plain_literal(link.value))
    for source in link.sources:
        yield Triple(node, QP.sourcePreuve, fr(source))
    yield Triple(node, QP.dateConstat, partial_date(link.constat))
    if link.registre:
        yield Triple(node, QP.registre, NamedNode(link.registre))
