"""`lod link`: ask Wikidata by identifier, then for candidates, and write files to review."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lod.base.durable import lock_folder, write_all
from lod.base.errors import LodError
from lod.extensions.wikidata import lookups, review_files
from lod.extensions.wikidata.candidates import PlaceItems, RankedCandidate, rank_candidates
from lod.extensions.wikidata.commons import CommonsClient
from lod.extensions.wikidata.p4123 import IdentifierFindings, PublishedLink, compare_identifiers
from lod.extensions.wikidata.people import KnownDeputy, WikidataItem, known_deputies
from lod.extensions.wikidata.portraits import Brought, bring_portraits
from lod.extensions.wikidata.query_service import QueryService
from lod.pipeline.mapping.linked_data import quickstatements
from lod.pipeline.mapping.links import known
from lod.publish.release import current_or_none
from lod.rdf.store import open_store
from lod.reference.matching import NameMatch, best_match, in_common
from lod.reference.reviewed_files import (
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

LINKS_FOLDER = "liens"  # below the folder of the releases
LOST_SHARE = 0.1  # of published links; if more are lost, the endpoint has not all of Wikidata


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkingInput:
    """What is known before the endpoint is asked."""

    deputies: Mapping[str, KnownDeputy]  # by acteurRef
    published: Mapping[str, PublishedLink] = field(default_factory=dict)  # by acteurRef
    refused: Collection[tuple[str, str]] = frozenset()  # (acteurRef, QID)
    place_items: PlaceItems = field(default_factory=PlaceItems)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkingReport:
    """The result of a run; its text is the last line that the command prints."""

    given: LinkingInput
    findings: IdentifierFindings
    candidates: tuple[RankedCandidate, ...]
    folder: Path  # of the files

    def __str__(self) -> str:
        new = sum(ref not in self.given.published for ref in self.findings.links)
        deputies = {ranked.candidate.deputy.ref for ranked in self.candidates}
        certain = sum(ranked.is_certain for ranked in self.candidates)
        return (
            f"{len(self.findings.links):,} identifiers ({new:,} new, "
            f"{len(self.findings.anomalies):,} anomalies); {len(deputies):,} candidates, "
            f"{certain:,} certain, {len(deputies) - certain:,} open; {self.folder}"
        )


def linking_input(
    folder: Path,
    reviewed_links: ReviewedLinks = NOTHING_REVIEWED,
    say: Callable[[str], None] = lambda text: None,
) -> LinkingInput:
    """Return what the tables, the current release of a folder (if any) and reviewed files state."""
    release = current_or_none(folder)
    say(f"deputies of {release.name if release else 'the tables'}")
    store = open_store(release / "store") if release else None
    reviewed = {row.acteur_ref: row for row in reviewed_links.links if row.preuve == REVIEWED}
    return LinkingInput(
        deputies=known_deputies(deputy_rows(), store),
        published={
            ref: PublishedLink(link.qid, link.preuve)
            for ref, link in (reviewed | dict(known(reviewed_links))).items()
        },
        refused=reviewed_links.refused,
        place_items=known_place_items(),
    )


def known_place_items() -> PlaceItems:
    groupes = {(row.legislature, row.sigle): row.qid for row in group_rows() if row.qid}
    return PlaceItems(circonscriptions=circonscriptions(), groupes=groupes)


def link(
    folder: Path,
    client: QueryService,
    given: LinkingInput,
    say: Callable[[str], None] = lambda text: None,
) -> LinkingReport:
    """Ask an endpoint, and replace all files below a folder; replace none if LodError is raised."""
    target = folder / LINKS_FOLDER
    with lock_folder(target, "lod link"):
        say("identifiers")
        findings = look_up_identifiers(client, given)
        deputies = without_link(given, findings)
        say(f"candidates for {len(deputies)} deputies")
        items = nearby_items(client, deputies).values()
        candidates = rank_candidates(
            deputies,
            [item for item in items if item.qid not in findings.set_aside],
            given.place_items,
            refused=given.refused,
            holders=holders(given, findings),
        )
        say("facts")
        report = LinkingReport(
            given=given, findings=findings, candidates=tuple(candidates), folder=target
        )
        write_all(target, file_contents(client, report))
        client.tidy()
    return report


def look_up_identifiers(client: QueryService, given: LinkingInput) -> IdentifierFindings:
    """Return the links and anomalies that P4123 states, compared with the published links.

    Raises LodError if many published links are lost: the endpoint has not all of Wikidata.
    """
    refs = {deputy.number: deputy.ref for deputy in given.deputies.values()}
    pairs = lookups.identifier_pairs(client, refs)
    links = compare_identifiers(pairs, refs, {}, {}).links
    stale = {link.qid for ref, link in given.published.items() if links.get(ref) != link.qid}
    findings = compare_identifiers(
        pairs,
        refs,
        given.published,
        lookups.redirections(client, sorted(stale)),
        mismatched(client, given, links),
    )
    lost = sum(a.kind in (AnomalyKind.LOST, AnomalyKind.DELETED) for a in findings.anomalies)
    if lost > LOST_SHARE * len(given.published):
        client.forget(lookups.query_text("identifiants"))
        wrong = f"{lost:,} of {len(given.published):,} published links are not there"
        raise LodError(f"{client.endpoint}: {wrong}; is this all of Wikidata?")
    return findings


def mismatched(client: QueryService, given: LinkingInput, links: Mapping[str, str]) -> list[str]:
    """Return the deputies whose new link leads to an item of another name and year of birth."""
    new = {qid: ref for ref, qid in links.items() if ref not in given.published}
    return [
        deputy.ref
        for item in lookups.describe_items(client, new)
        if item.names
        and (deputy := given.deputies[new[item.qid]])
        and best_match(deputy.names, item.names)[0] is NameMatch.NONE
        and in_common(deputy.birth_years, item.birth_years) is False
    ]


def without_link(given: LinkingInput, findings: IdentifierFindings) -> list[KnownDeputy]:
    """Return the deputies that have no link, published or by identifier, and no anomaly."""
    settled = {*given.published, *findings.links, *findings.set_aside}
    return [deputy for ref, deputy in given.deputies.items() if ref not in settled]


def nearby_items(client: QueryService, deputies: Iterable[KnownDeputy]) -> dict[str, WikidataItem]:
    """Return QID → item of everybody who sat in the legislatures of the deputies, and of French
    politicians who were born in the same years as they.
    """
    numbers = {number for deputy in deputies for number in deputy.legislatures}
    years = {int(year) for deputy in deputies for year in deputy.birth_years}
    known_terms = lookups.legislatures(client) if numbers else {}
    terms = {number: qid for number, qid in known_terms.items() if number in numbers}
    seated = lookups.deputies_of(client, terms) if terms else []
    items: dict[str, WikidataItem] = {}
    for item in (*seated, *lookups.born_in(client, years)):
        items[item.qid] = items[item.qid].united(item) if item.qid in items else item
    return items


def holders(given: LinkingInput, findings: IdentifierFindings) -> dict[str, str]:
    """Return QID → acteurRef of every item that is linked already."""
    return {
        **{link.qid: ref for ref, link in given.published.items()},
        **{a.target: a.ref for a in findings.anomalies if a.kind is AnomalyKind.MERGED},
        **{qid: ref for ref, qid in findings.links.items()},
    }


def file_contents(client: QueryService, report: LinkingReport) -> dict[str, bytes]:
    findings, published, day = report.findings, report.given.published, client.day
    linked = {link.qid for link in published.values()} | set(findings.links.values())
    facts = lookups.facts_about(client, linked - findings.set_aside)
    rows: dict[str, Iterable[Iterable[object]]] = {
        LINKS: review_files.link_rows(findings.links, client.endpoint, day),
        CANDIDATES: map(review_files.candidate_row, report.candidates),
        ANOMALIES: findings.anomalies,
        FACTS: map(review_files.fact_row, facts),
    }
    statements = quickstatements(lacking_p4123(report)).encode()
    tables = {name: review_files.table(name, lines) for name, lines in rows.items()}
    return {**tables, review_files.QUICKSTATEMENTS: statements}


def portraits_of(
    client: QueryService,
    commons: CommonsClient,
    report: LinkingReport,
    say: Callable[[str], None] = lambda text: None,
) -> Brought:
    """Bring the portraits of all linked deputies into the folder of a run; raise LodError."""
    findings, published = report.findings, report.given.published
    linked = {ref: link.qid for ref, link in published.items()} | dict(findings.links)
    items = {ref: qid for ref, qid in linked.items() if not {ref, qid} & findings.set_aside}
    facts = lookups.facts_about(client, items.values())  # the answers are kept since `link` asked
    images = {fact.qid: fact for fact in reversed(facts) if fact.propriete == "P18"}  # the first
    named = {ref: images[qid] for ref, qid in items.items() if qid in images}
    with lock_folder(report.folder, "lod link"):
        return bring_portraits(report.folder, commons, named, client.day.isoformat(), say)


def lacking_p4123(report: LinkingReport) -> list[tuple[str, str]]:
    """Return (acteurRef, QID) of the items that should bear P4123 and do not: certain candidates,
    and published links by other evidence.
    """
    findings = report.findings
    settled = {*findings.links, *(anomaly.ref for anomaly in findings.anomalies)}
    certain = [ranked.candidate.pair for ranked in report.candidates if ranked.is_certain]
    published = report.given.published.items()
    return [*certain, *((ref, link.qid) for ref, link in published if ref not in settled)]
