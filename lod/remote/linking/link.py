"""`lod link`: ask by identifier, then for candidates, and write what a person is to review."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lod.base.durable import lock_folder, write_all
from lod.base.errors import LodError
from lod.pipeline.mapping.links import known
from lod.publish.release import current_or_none
from lod.rdf.store import open_store
from lod.reference.names import NameMatch
from lod.reference.reviewed_links import (
    ANOMALIES,
    CANDIDATES,
    FACTS,
    LINKS,
    NOTHING_REVIEWED,
    REVIEWED,
    AnomalyKind,
    ReviewedLinks,
)
from lod.reference.tables import circonscriptions, deputy_rows, group_rows
from lod.remote.linking import criteria, review_files
from lod.remote.linking.candidates import RankedCandidate, rank_candidates
from lod.remote.linking.criteria import PlaceItems, Verdict
from lod.remote.linking.p4123 import IdentifierFindings, PublishedLink, compare_identifiers
from lod.remote.linking.people import KnownDeputy, known_deputies
from lod.remote.wikidata import lookups
from lod.remote.wikidata.item import WikidataItem
from lod.remote.wikidata.query_service import QueryService

FOLDER = "liens"  # below the folder of the releases
LOST = 0.1  # of the published links; where more are gone, it is the endpoint that lacks them


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkingInput:
    """What is known before anybody is asked: persons, links published, pairs refused, places."""

    deputies: Mapping[str, KnownDeputy]
    published: Mapping[str, PublishedLink] = field(default_factory=dict)
    refused: Collection[tuple[str, str]] = frozenset()
    place_items: PlaceItems = field(default_factory=PlaceItems)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkingReport:
    """What a run came to, and the folder where it stands."""

    given: LinkingInput
    findings: IdentifierFindings
    candidates: tuple[RankedCandidate, ...]
    folder: Path

    def __str__(self) -> str:
        new = sum(ref not in self.given.published for ref in self.findings.links)
        by_person = {p.candidate.deputy.ref for p in self.candidates}
        certain = sum(p.is_certain for p in self.candidates)
        return (
            f"{len(self.findings.links):,} identifiers ({new:,} new, "
            f"{len(self.findings.anomalies):,} anomalies); {len(by_person):,} candidates, "
            f"{certain:,} certain, {len(by_person) - certain:,} open; {self.folder}"
        )


def linking_input(folder: Path, reviewed_links: ReviewedLinks = NOTHING_REVIEWED) -> LinkingInput:
    """Return what the tables know, the current release of a folder, if there is one, and what the
    publisher has decided.
    """
    release = current_or_none(folder)
    store = open_store(release / "store") if release else None
    reviewed = {
        r.acteur_ref: PublishedLink(r.qid, r.preuve)
        for r in reviewed_links.links
        if r.preuve == REVIEWED
    }
    published = {
        ref: PublishedLink(published_link.qid, published_link.preuve)
        for ref, published_link in known(reviewed_links).items()
    }
    return LinkingInput(
        deputies=known_deputies(deputy_rows(), store),
        published=reviewed | published,
        refused=reviewed_links.refused,
        place_items=known_place_items(),
    )


def known_place_items() -> PlaceItems:
    """Return the items of places and groups that the tables have."""
    known = {(g.legislature, g.sigle): g.qid for g in group_rows() if g.qid}
    return PlaceItems(circonscriptions=circonscriptions(), groupes=known)


def link(
    folder: Path,
    client: QueryService,
    given: LinkingInput,
    say: Callable[[str], None] = lambda text: None,
) -> LinkingReport:
    """Ask an endpoint and write all files anew below a folder; raise LodError, and none is new."""
    target = folder / FOLDER
    with lock_folder(target, "lod link"):
        say("identifiers")
        findings = look_up_identifiers(client, given)
        left = without_link(given, findings)
        say(f"candidates for {len(left)} deputies")
        found = rank_candidates(
            left,
            free_items(nearby_items(client, left), findings),
            given.place_items,
            refused=given.refused,
            holders=holders(given, findings),
        )
        say("facts")
        report = LinkingReport(
            given=given, findings=findings, candidates=tuple(found), folder=target
        )
        write_all(target, file_contents(client, report))
        client.tidy()
    return report


def look_up_identifiers(client: QueryService, given: LinkingInput) -> IdentifierFindings:
    """Return what P4123 says now of the deputies, held against what is published.

    Raises LodError for an endpoint that lacks much of that: a short list is not the truth.
    """
    refs = {p.number: p.ref for p in given.deputies.values()}
    pairs = lookups.identifier_pairs(client, refs)
    first = compare_identifiers(pairs, refs, {}, {})
    stale = {
        published_link.qid
        for ref, published_link in given.published.items()
        if first.links.get(ref) != published_link.qid
    }
    new = {ref: qid for ref, qid in first.links.items() if ref not in given.published}
    described = {e.qid: e for e in lookups.describe_items(client, sorted(new.values()))}
    findings = compare_identifiers(
        pairs,
        refs,
        given.published,
        lookups.redirections(client, sorted(stale)),
        [
            ref
            for ref, qid in new.items()
            if qid in described and _disagree(given.deputies[ref], described[qid])
        ],
    )
    lost = sum(a.kind in (AnomalyKind.LOST, AnomalyKind.DELETED) for a in findings.anomalies)
    if lost > LOST * len(given.published):
        client.forget(lookups.query_text("identifiants"))
        told = f"{lost:,} of {len(given.published):,} published links are not there"
        raise LodError(f"{client.endpoint}: {told}; is this all of Wikidata?")
    return findings


def _disagree(deputy: KnownDeputy, item: WikidataItem) -> bool:
    """Whether nothing of an item is the person's: a number that was typed wrong."""
    return (
        bool(item.names)
        and criteria.best_name_match(deputy, item)[0] is NameMatch.NONE
        and criteria.birth_year(deputy, item) is Verdict.NO
    )


def without_link(given: LinkingInput, findings: IdentifierFindings) -> list[KnownDeputy]:
    """Return the persons without a link, published or by identifier, who are in no anomaly."""
    known = {*given.published, *findings.links, *findings.set_aside}
    return [p for ref, p in given.deputies.items() if ref not in known]


def nearby_items(client: QueryService, deputies: Iterable[KnownDeputy]) -> dict[str, WikidataItem]:
    """Return the items among which persons may be: deputies of their legislatures, politicians
    born in their years; QID → item, with what all answers say of it.
    """
    numbers = {number for p in deputies for number in p.legislatures}
    years = sorted({int(year) for p in deputies for year in p.birth_years})
    known = lookups.legislatures(client) if numbers else {}
    found: dict[str, WikidataItem] = {}
    asked = {number: qid for number, qid in known.items() if number in numbers}
    for item in (
        *(lookups.deputies_of(client, asked) if asked else ()),
        *lookups.born_in(client, years),
    ):
        found[item.qid] = _merged(found.get(item.qid), item)
    return found


def _merged(one: WikidataItem | None, two: WikidataItem) -> WikidataItem:
    if one is None:
        return two
    return WikidataItem(
        qid=one.qid,
        names=one.names | two.names,
        births=one.births | two.births,
        p4123=one.p4123 | two.p4123,
        seats=one.seats | two.seats,
        groupes=one.groupes | two.groupes,
    )


def free_items(
    items: Mapping[str, WikidataItem], findings: IdentifierFindings
) -> list[WikidataItem]:
    """Return the items that are in no anomaly."""
    return [item for qid, item in items.items() if qid not in findings.set_aside]


def holders(given: LinkingInput, findings: IdentifierFindings) -> dict[str, str]:
    """Return QID → acteurRef of every item that is a deputy's already."""
    return {
        **{published_link.qid: ref for ref, published_link in given.published.items()},
        **{a.target: a.ref for a in findings.anomalies if a.kind is AnomalyKind.MERGED},
        **{qid: ref for ref, qid in findings.links.items()},
    }


def file_contents(client: QueryService, report: LinkingReport) -> dict[str, bytes]:
    """Return name → content of every file."""
    findings, published, day = report.findings, report.given.published, client.day
    linked = {p.qid for p in published.values()} | set(findings.links.values())
    facts = lookups.facts_about(client, sorted(linked - findings.set_aside))
    return {
        LINKS: review_files.table(
            LINKS, review_files.link_rows(findings.links, client.endpoint, day)
        ),
        CANDIDATES: review_files.table(
            CANDIDATES, map(review_files.candidate_row, report.candidates)
        ),
        ANOMALIES: review_files.table(ANOMALIES, findings.anomalies),
        FACTS: review_files.table(FACTS, map(review_files.fact_row, facts)),
        review_files.QUICKSTATEMENTS: review_files.quickstatements(lacking_p4123(report), day),
    }


def lacking_p4123(report: LinkingReport) -> list[tuple[str, str]]:
    """Return (acteurRef, QID) of items that should bear P4123 and do not: certain candidates, and
    published links whose evidence is another.
    """
    findings = report.findings
    told = {a.ref for a in findings.anomalies}
    certain = [p.candidate.pair for p in report.candidates if p.is_certain]
    published = [
        (ref, published_link.qid)
        for ref, published_link in report.given.published.items()
        if ref not in findings.links and ref not in told
    ]
    return [*certain, *published]
