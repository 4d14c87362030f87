"""The page « Liens »: which deputies are linked to Wikidata, on which evidence, and proposals."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from lod.base import packaged
from lod.base.tabular import group_by_key
from lod.pipeline.mapping.linked_data import Link, quickstatements
from lod.pipeline.mapping.links import known, ministers
from lod.publish.publication import Site
from lod.publish.query_cache import QueryCache
from lod.rdf.iris import Iris
from lod.rdf.vocab import wikidata
from lod.reference.link_tables import item_suggestions
from lod.reference.reviewed_files import ReviewedLinks
from lod.reference.tables import deputy_rows, latest_names
from lod.website.rendering.query_tables import query_table
from lod.website.rendering.templates import render

TABLES = ("liens-par-legislature", "registres")  # queries


@dataclass(frozen=True, slots=True)
class LinkCoverage:
    """The deputies of a legislature in the reference tables, counted by the evidence of links."""

    legislature: int
    deputes: int  # all of them
    by_identifier: int  # linked by the identifier P4123 of their item
    by_concordance: int  # linked because two sources agree
    proposed: int  # not linked, with an item that is proposed

    @property
    def linked(self) -> int:
        return self.by_identifier + self.by_concordance


@dataclass(frozen=True, slots=True)
class WaitingItem:
    """An item of Wikidata that is proposed for a deputy, and waits for review."""

    ref: str  # the acteurRef of the deputy
    qid: str  # of the item
    reason: str
    found_on: str = ""  # a day, ISO 8601

    @property
    def name(self) -> str:
        return latest_names().get(self.ref, self.ref)

    @property
    def address(self) -> str:
        return wikidata(self.qid).value


class WaitingGroup(NamedTuple):
    """The items for which the same speaks."""

    reason: str
    items: tuple[tuple[WaitingItem, str], ...]  # with the IRI of the deputy

    @property
    def statements(self) -> str:
        """What QuickStatements takes to add the identifiers of the deputies to the items."""
        return quickstatements((item.ref, item.qid) for item, _ in self.items)


def make_links_page(site: Site, reviewed: ReviewedLinks, query_cache: QueryCache) -> bytes:
    """Return the page; items proposed for deputies without a page are only counted. Those with one
    stand by what speaks for them, with what QuickStatements takes to add their identifiers.
    """
    linked, iris = known(reviewed), Iris(site.publication.base)
    items = {i: iris.reference("depute", i.ref).value for i in waiting_items(reviewed, linked)}
    here = {item: iri for item, iri in items.items() if iri in site.references.names}
    return render(
        "liens.html",
        site.publication,
        "liens",
        tableaux=[query_table(query_cache, name, site.publication.base) for name in TABLES],
        couvertures=link_coverage(linked, {item.ref for item in items}),
        ministres=sum(1 for _ in ministers(reviewed, linked)),
        candidats=by_reason(here),
        ailleurs=len(set(items.values()) - set(here.values())),
        anomalies=reviewed.anomalies,
        sens=[
            federation_example(path, site.publication.base)
            for path in sorted(packaged.FEDERATION.glob("*.rq"))
        ],
    )


def link_coverage(linked: Mapping[str, Link], proposed: Collection[str]) -> list[LinkCoverage]:
    """Return the coverage of each legislature of the tables, the newest first."""
    counted: dict[int, Counter[str]] = {}
    for row in deputy_rows():
        link = linked.get(row.acteur_ref)
        how = link.preuve if link else "propose" if row.acteur_ref in proposed else ""
        counted.setdefault(row.legislature, Counter())[how] += 1
    return [
        LinkCoverage(n, c.total(), c["preuve-identifiant"], c["preuve-concordance"], c["propose"])
        for n, c in sorted(counted.items(), reverse=True)
    ]


def waiting_items(reviewed: ReviewedLinks, linked: Collection[str]) -> Iterator[WaitingItem]:
    """Yield the undecided proposals of the reviewed files, or of the table if these have none."""
    decided = {(r.acteur_ref, r.qid) for r in reviewed.links}
    if reviewed.candidates is None:
        items = [WaitingItem(p.acteur_ref, p.qid, p.regle, p.constat) for p in item_suggestions()]
    else:
        items = [
            WaitingItem(row["acteurRef"], row["qid"], row.get("explication", ""))
            for row in reviewed.candidates
        ]
    for item in items:
        if item.ref not in linked and (item.ref, item.qid) not in decided:
            yield item


def by_reason(items: Mapping[WaitingItem, str]) -> list[WaitingGroup]:
    """Return the items with the IRIs of their deputies by what speaks for them, most items first;
    within a group by name.
    """
    by_name = sorted(items.items(), key=lambda one: (one[0].name, one[0].qid))
    grouped = group_by_key((item.reason, (item, iri)) for item, iri in by_name)
    groups = (WaitingGroup(*group) for group in grouped.items())
    return sorted(groups, key=lambda group: (-len(group.items), group.reason))


def federation_example(path: Path, base: str) -> tuple[str, str, str]:
    """Return (title, at which endpoint to ask it, or "", text) of a federated query."""
    text = path.read_text("utf-8").replace("@BASE@", base)
    head = [line.removeprefix("# ") for line in text.splitlines() if line.startswith("# ")]
    body = "\n".join(line for line in text.splitlines() if not line.startswith("# "))
    return head[0], head[1] if len(head) > 1 else "", body
