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
    constat,
    fr,
    qp,
    texte_simple,
    wikidata,
)
from lod.reference.link_tables import Identifiant, autorites, identifiants, sources
from lod.reference.reviewed_links import P4123, REVUE, RIEN, LienRevu, LiensRevus
from lod.reference.tables import Groupe, Mandat, circonscriptions, groupes, legislatures, mandats

PREUVES = {P4123: "IdentifiantP4123", "concordance": "Concordance"}
WD = PREFIXES["wd"]
CIRCONSCRIPTIONS, LEGISLATURES = "wdqs2022", "releve2026"  # where their items were read


@dataclass(frozen=True, slots=True, kw_only=True)
class Lien:
    """A link of one resource: to what, on what evidence, seen where and when.

    `preuve` is a concept of `qp:preuves`, `valeur` what was found, `sources` are texts, `constat` a
    day, a month or a year; `ancre` tells the links of a resource apart.
    """

    cible: str
    preuve: str
    valeur: str
    sources: tuple[str, ...]
    constat: str
    libelle: str
    ancre: str = "lien-wikidata"
    relation: NamedNode = OWL_SAME_AS
    registre: str = ""

    @property
    def qid(self) -> str:
        """The item of Wikidata."""
        return self.cible.removeprefix(WD)


def known(revus: LiensRevus = RIEN) -> dict[str, Lien]:
    """Return acteurRef → the link of identity; an item of two deputies is no link of either.

    What was read since (P4123) comes over the table. What the publisher has refused is none, and
    neither is what an anomaly speaks of, unless its identifier was read since.
    """
    refus, ecartes = revus.refus, revus.ecartes
    found = {
        m.acteur_ref: _of_table(m)
        for m in mandats()
        if m.qid
        and (m.acteur_ref, m.qid) not in refus
        and ecartes.isdisjoint((m.acteur_ref, m.qid))
    }
    for r in revus.liens:
        if r.preuve == P4123 and (r.acteur_ref, r.qid) not in refus:
            found[r.acteur_ref] = _read_again(r, found.get(r.acteur_ref))
    bearers = Counter(lien.qid for lien in found.values())
    return {ref: lien for ref, lien in found.items() if bearers[lien.qid] == 1}


def _of_table(m: Mandat) -> Lien:
    is_identifier = m.preuve == P4123
    return Lien(
        cible=wikidata(m.qid).value,
        preuve=PREUVES[m.preuve],
        valeur=chiffres(m.acteur_ref) if is_identifier else f"{m.nom_complet}, {m.naissance[:4]}",
        sources=tuple(sources()[code].nom for code in m.sources),
        constat=m.constat,
        libelle=_libelle(m.acteur_ref, m.qid),
    )


def _read_again(r: LienRevu, before: Lien | None) -> Lien:
    """Return a link by identifier; readings of the same identifier add up."""
    lien = Lien(
        cible=wikidata(r.qid).value,
        preuve=PREUVES[P4123],
        valeur=r.valeur,
        sources=(r.source,),
        constat=r.constat,
        libelle=_libelle(r.acteur_ref, r.qid),
    )
    if before and (before.cible, before.preuve) == (lien.cible, lien.preuve):
        return replace(lien, sources=(*before.sources, r.source))
    return lien


def element(node: object) -> str:
    """Return the item of Wikidata that a node is, "" for any other."""
    found = isinstance(node, NamedNode) and node.value.startswith(WD) and node.value
    return found.removeprefix(WD) if found else ""


def chiffres(acteur_ref: str) -> str:
    """Return the value of P4123 that is the reference of the Assemblée: its digits.

    >>> chiffres("PA718926")
    '718926'
    """
    return acteur_ref.removeprefix("PA")


def _libelle(name: str, qid: str) -> str:
    return f"Lien de {name} vers Wikidata ({qid})"


def liens(iris: Iris, revus: LiensRevus = RIEN) -> Iterator[tuple[NamedNode, Lien]]:
    """Yield every link that there is, whatever is published: deputies, then what they sit for."""
    identites = known(revus)
    for ref, lien in identites.items():
        yield iris.reference("depute", ref), lien
    for r in revus.liens:
        if r.preuve == REVUE and r.acteur_ref not in identites:
            yield iris.reference("depute", r.acteur_ref), _reviewed(r)
    for ref, some in identifiants().items():
        if ref in identites and identites[ref].preuve == PREUVES[P4123]:
            for one in some:
                yield iris.reference("depute", ref), _registered(ref, one)
    yield from _designated(iris)
    for g in groupes():
        if g.qid:
            yield iris.reference("groupe", g.ref), _grouped(g)


def _reviewed(r: LienRevu) -> Lien:
    return Lien(
        cible=wikidata(r.qid).value,
        preuve="LienRevu",
        valeur=r.motif,
        sources=(f"Revu par {r.par}",),
        constat=r.constat,
        libelle=_libelle(r.acteur_ref, r.qid),
        relation=RDFS_SEE_ALSO,
    )


def _registered(ref: str, one: Identifiant) -> Lien:
    source = sources()[one.source]
    return Lien(
        cible=one.adresse,
        preuve="IdentifiantRegistre",
        valeur=one.valeur,
        sources=(source.nom,),
        constat=source.constat,
        libelle=f"{one.autorite.nom} : identifiant de {ref}",
        ancre=f"identifiant-{one.autorite.code}",
        relation=RDFS_SEE_ALSO,
        registre=WD + one.autorite.element,
    )


def _designated(iris: Iris) -> Iterator[tuple[NamedNode, Lien]]:
    """Yield the links by legal name: department and number, number of the legislature."""
    for (departement, numero), qid in circonscriptions().items():
        name = f"{departement}-{numero}"
        lieu = iris.circonscription(Circonscription(nom="", numero=numero, departement=departement))
        yield lieu, _named(f"la circonscription {name}", name, qid, CIRCONSCRIPTIONS)
    for numero, x in legislatures().items():
        if x.qid:
            nom = f"la {numero}e législature"
            yield iris.legislature(numero), _named(nom, str(numero), x.qid, LEGISLATURES)


def _named(nom: str, valeur: str, qid: str, code: str) -> Lien:
    """Return a link by legal name, as one source has it."""
    return Lien(
        cible=wikidata(qid).value,
        preuve="DesignationOfficielle",
        valeur=valeur,
        sources=(sources()[code].nom,),
        constat=sources()[code].constat,
        libelle=_libelle(nom, qid),
    )


def _grouped(g: Groupe) -> Lien:
    """Return what a group has: an item serves it in all legislatures, so it is not the same."""
    named = _named(g.ref, g.libelle, g.qid, g.source)
    return replace(named, preuve="LienRevu", relation=RDFS_SEE_ALSO)


def links(published: Collection[str], iris: Iris, revus: LiensRevus = RIEN) -> Iterator[Triple]:
    """Yield the links of what is published, with their evidence, and what the registers are."""
    registres = set()
    for sujet, lien in liens(iris, revus):
        if sujet.value in published:
            registres.add(lien.registre)
            yield from link(sujet, lien)
    for autorite in autorites().values():
        if WD + autorite.element in registres:
            yield Triple(wikidata(autorite.element), RDFS_LABEL, fr(autorite.nom))


def link(sujet: NamedNode, lien: Lien) -> Iterator[Triple]:
    """Yield one link and its evidence."""
    node, cible = NamedNode(f"{sujet.value}#{lien.ancre}"), NamedNode(lien.cible)
    yield Triple(sujet, lien.relation, cible)
    yield Triple(node, RDF_TYPE, QP.Lien)
    yield Triple(node, RDFS_LABEL, fr(lien.libelle))
    yield Triple(node, QP.sujet, sujet)
    yield Triple(node, QP.cible, cible)
    yield Triple(node, QP.preuve, qp(lien.preuve))
    yield Triple(node, QP.valeurPreuve, texte_simple(lien.valeur))
    for source in lien.sources:
        yield Triple(node, QP.sourcePreuve, fr(source))
    yield Triple(node, QP.dateConstat, constat(lien.constat))
    if lien.registre:
        yield Triple(node, QP.registre, NamedNode(lien.registre))
