"""`lod link`: ask by identifier, then for candidates, and write what a person is to review."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lod.base.durable import alone, write_all
from lod.base.errors import LodError
from lod.pipeline.mapping.links import known
from lod.publish.release import previous
from lod.rdf.store import open_store
from lod.reference.names import Accord
from lod.reference.reviewed_links import (
    ANOMALIES,
    CANDIDATS,
    FAITS,
    LIENS,
    REVUE,
    RIEN,
    Genre,
    LiensRevus,
)
from lod.reference.tables import circonscriptions, groupes, mandats
from lod.remote.linking import criteria as criteres
from lod.remote.linking import review_files as tables
from lod.remote.linking.candidates import Proposition, propositions
from lod.remote.linking.criteria import Reperes, Reponse
from lod.remote.linking.p4123 import Constat, Publie, constater
from lod.remote.linking.people import Personne, personnes
from lod.remote.wikidata import lookups as demandes
from lod.remote.wikidata.item import Element
from lod.remote.wikidata.query_service import Client

FOLDER = "liens"  # below the folder of the releases
LOST = 0.1  # of the published links; where more are gone, it is the endpoint that lacks them


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """What is known before anybody is asked: persons, links published, pairs refused, places."""

    personnes: Mapping[str, Personne]
    publies: Mapping[str, Publie] = field(default_factory=dict)
    refus: Collection[tuple[str, str]] = frozenset()
    reperes: Reperes = field(default_factory=Reperes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bilan:
    """What a run came to, and the folder where it stands."""

    dossier: Dossier
    constat: Constat
    propositions: tuple[Proposition, ...]
    folder: Path

    def __str__(self) -> str:
        new = sum(ref not in self.dossier.publies for ref in self.constat.liens)
        by_person = {p.candidat.personne.ref for p in self.propositions}
        certain = sum(p.est_certaine for p in self.propositions)
        return (
            f"{len(self.constat.liens):,} identifiers ({new:,} new, "
            f"{len(self.constat.anomalies):,} anomalies); {len(by_person):,} candidates, "
            f"{certain:,} certain, {len(by_person) - certain:,} open; {self.folder}"
        )


def dossier(folder: Path, revus: LiensRevus = RIEN) -> Dossier:
    """Return what the tables know, the current release of a folder, if there is one, and what the
    publisher has decided.
    """
    release = previous(folder)
    store = open_store(release / "store") if release else None
    reviewed = {r.acteur_ref: Publie(r.qid, r.preuve) for r in revus.liens if r.preuve == REVUE}
    published = {ref: Publie(lien.qid, lien.preuve) for ref, lien in known(revus).items()}
    return Dossier(
        personnes=personnes(mandats(), store),
        publies=reviewed | published,
        refus=revus.refus,
        reperes=reperes(),
    )


def reperes() -> Reperes:
    """Return the items of places and groups that the tables have."""
    known = {(g.legislature, g.sigle): g.qid for g in groupes() if g.qid}
    return Reperes(circonscriptions=circonscriptions(), groupes=known)


def link(
    folder: Path, client: Client, dossier: Dossier, say: Callable[[str], None] = lambda text: None
) -> Bilan:
    """Ask an endpoint and write all files anew below a folder; raise LodError, and none is new."""
    target = folder / FOLDER
    with alone(target, "lod link"):
        say("identifiers")
        constat = identifies(client, dossier)
        left = restants(dossier, constat)
        say(f"candidates for {len(left)} deputies")
        found = propositions(
            left,
            libres(voisins(client, left), constat),
            dossier.reperes,
            refus=dossier.refus,
            pris=pris(dossier, constat),
        )
        say("facts")
        bilan = Bilan(dossier=dossier, constat=constat, propositions=tuple(found), folder=target)
        write_all(target, contenus(client, bilan))
        client.tidy()
    return bilan


def identifies(client: Client, dossier: Dossier) -> Constat:
    """Return what P4123 says now of the deputies, held against what is published.

    Raises LodError for an endpoint that lacks much of that: a short list is not the truth.
    """
    refs = {p.numero: p.ref for p in dossier.personnes.values()}
    pairs = demandes.identifiants(client, refs)
    first = constater(pairs, refs, {}, {})
    stale = {
        publie.qid for ref, publie in dossier.publies.items() if first.liens.get(ref) != publie.qid
    }
    new = {ref: qid for ref, qid in first.liens.items() if ref not in dossier.publies}
    described = {e.qid: e for e in demandes.elements(client, sorted(new.values()))}
    constat = constater(
        pairs,
        refs,
        dossier.publies,
        demandes.redirections(client, sorted(stale)),
        [
            ref
            for ref, qid in new.items()
            if qid in described and _discordent(dossier.personnes[ref], described[qid])
        ],
    )
    lost = sum(a.genre in (Genre.PERDU, Genre.SUPPRIME) for a in constat.anomalies)
    if lost > LOST * len(dossier.publies):
        client.forget(demandes.texte("identifiants"))
        told = f"{lost:,} of {len(dossier.publies):,} published links are not there"
        raise LodError(f"{client.endpoint}: {told}; is this all of Wikidata?")
    return constat


def _discordent(personne: Personne, element: Element) -> bool:
    """Whether nothing of an item is the person's: a number that was typed wrong."""
    return (
        bool(element.noms)
        and criteres.nommes(personne, element)[0] is Accord.AUCUN
        and criteres.annee(personne, element) is Reponse.NON
    )


def restants(dossier: Dossier, constat: Constat) -> list[Personne]:
    """Return the persons without a link, published or by identifier, who are in no anomaly."""
    known = {*dossier.publies, *constat.liens, *constat.ecartes}
    return [p for ref, p in dossier.personnes.items() if ref not in known]


def voisins(client: Client, personnes: Iterable[Personne]) -> dict[str, Element]:
    """Return the items among which persons may be: deputies of their legislatures, politicians
    born in their years; QID → item, with what all answers say of it.
    """
    numeros = {number for p in personnes for number in p.legislatures}
    annees = sorted({int(annee) for p in personnes for annee in p.annees})
    known = demandes.legislatures(client) if numeros else {}
    found: dict[str, Element] = {}
    asked = {number: qid for number, qid in known.items() if number in numeros}
    for element in (
        *(demandes.deputes(client, asked) if asked else ()),
        *demandes.nes_en(client, annees),
    ):
        found[element.qid] = _fusion(found.get(element.qid), element)
    return found


def _fusion(one: Element | None, two: Element) -> Element:
    if one is None:
        return two
    return Element(
        qid=one.qid,
        noms=one.noms | two.noms,
        naissances=one.naissances | two.naissances,
        p4123=one.p4123 | two.p4123,
        sieges=one.sieges | two.sieges,
        groupes=one.groupes | two.groupes,
    )


def libres(elements: Mapping[str, Element], constat: Constat) -> list[Element]:
    """Return the items that are in no anomaly."""
    return [element for qid, element in elements.items() if qid not in constat.ecartes]


def pris(dossier: Dossier, constat: Constat) -> dict[str, str]:
    """Return QID → acteurRef of every item that is a deputy's already."""
    return {
        **{publie.qid: ref for ref, publie in dossier.publies.items()},
        **{a.cible: a.ref for a in constat.anomalies if a.genre is Genre.FUSIONNE},
        **{qid: ref for ref, qid in constat.liens.items()},
    }


def contenus(client: Client, bilan: Bilan) -> dict[str, bytes]:
    """Return name → content of every file."""
    constat, publies, jour = bilan.constat, bilan.dossier.publies, client.jour
    linked = {p.qid for p in publies.values()} | set(constat.liens.values())
    facts = demandes.faits(client, sorted(linked - constat.ecartes))
    return {
        LIENS: tables.table(LIENS, tables.lignes_liens(constat.liens, client.endpoint, jour)),
        CANDIDATS: tables.table(CANDIDATS, map(tables.ligne, bilan.propositions)),
        ANOMALIES: tables.table(ANOMALIES, constat.anomalies),
        FAITS: tables.table(FAITS, map(tables.ligne_fait, facts)),
        tables.QUICKSTATEMENTS: tables.quickstatements(manquants(bilan), jour),
    }


def manquants(bilan: Bilan) -> list[tuple[str, str]]:
    """Return (acteurRef, QID) of items that should bear P4123 and do not: certain candidates, and
    published links whose evidence is another.
    """
    constat = bilan.constat
    told = {a.ref for a in constat.anomalies}
    certain = [p.candidat.pair for p in bilan.propositions if p.est_certaine]
    published = [
        (ref, publie.qid)
        for ref, publie in bilan.dossier.publies.items()
        if ref not in constat.liens and ref not in told
    ]
    return [*certain, *published]
