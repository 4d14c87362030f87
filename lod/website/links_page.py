"""The page « Liens »: who is linked to Wikidata, and how surely; what waits for a person."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lod.base import packaged
from lod.pipeline.mapping.links import Link, known
from lod.publish.publication import Site
from lod.publish.query_cache import QueryCache
from lod.rdf.iris import Iris
from lod.rdf.vocab import wikidata
from lod.reference.link_tables import item_suggestions
from lod.reference.reviewed_links import ReviewedLinks
from lod.reference.tables import deputy_rows, latest_names
from lod.website.query_tables import query_table
from lod.website.rendering import render

TABLES = ("liens-par-legislature", "registres")


@dataclass(frozen=True, slots=True)
class LinkCoverage:
    """How many deputies of a legislature the tables have, and how many are linked by which proof.

    `proposed` are those without a link for whom an item is proposed.
    """

    legislature: int
    deputes: int
    by_identifier: int
    by_concordance: int
    proposed: int

    @property
    def linked(self) -> int:
        """How many have a link."""
        return self.by_identifier + self.by_concordance


@dataclass(frozen=True, slots=True)
class WaitingItem:
    """An item that waits for a person: whose it may be, and what speaks for it."""

    ref: str
    qid: str
    reason: str
    found_on: str = ""

    @property
    def name(self) -> str:
        """What the deputy is called."""
        return latest_names().get(self.ref, self.ref)

    @property
    def address(self) -> str:
        """The page of the item."""
        return wikidata(self.qid).value


def make_links_page(site: Site, reviewed: ReviewedLinks, query_cache: QueryCache) -> bytes:
    """Return the page; candidates of deputies that have no page here are only counted."""
    linked, iris = known(reviewed), Iris(site.publication.base)
    waiting = {c: iris.reference("depute", c.ref).value for c in waiting_items(reviewed, linked)}
    here = {c: iri for c, iri in waiting.items() if iri in site.references.names}
    return render(
        "liens.html",
        site.publication,
        "liens",
        tableaux=[query_table(query_cache, name, site.publication.base) for name in TABLES],
        couvertures=link_coverage(linked, {c.ref for c in waiting}),
        candidats=here,
        ailleurs=len(set(waiting.values()) - set(here.values())),
        anomalies=reviewed.anomalies,
        sens=[
            federation_example(path, site.publication.base)
            for path in sorted(packaged.FEDERATION.glob("*.rq"))
        ],
    )


def link_coverage(linked: Mapping[str, Link], proposed: Collection[str]) -> list[LinkCoverage]:
    """Return, for each legislature of the tables, the newest first, how its deputies are linked."""
    counted: dict[int, Counter[str]] = {}
    for m in deputy_rows():
        link = linked.get(m.acteur_ref)
        how = link.preuve if link else "propose" if m.acteur_ref in proposed else ""
        counted.setdefault(m.legislature, Counter())[how] += 1
    return [
        LinkCoverage(n, c.total(), c["IdentifiantP4123"], c["Concordance"], c["propose"])
        for n, c in sorted(counted.items(), reverse=True)
    ]


def waiting_items(reviewed: ReviewedLinks, linked: Collection[str]) -> Iterator[WaitingItem]:
    """Yield who waits: what `lod link` found last, else the table; never one that is decided."""
    decided = {(r.acteur_ref, r.qid) for r in reviewed.links}
    if reviewed.candidates is None:
        stated = [WaitingItem(p.acteur_ref, p.qid, p.regle, p.constat) for p in item_suggestions()]
    else:
        stated = [
            WaitingItem(row["acteurRef"], row["qid"], row.get("explication", ""))
            for row in reviewed.candidates
        ]
    for item in stated:
        if item.ref not in linked and (item.ref, item.qid) not in decided:
            yield item


def federation_example(path: Path, base: str) -> tuple[str, str, str]:
    """Return (what it shows, where it is to be asked, its text) of an example of federation."""
    text = path.read_text("utf-8").replace("@BASE@", base)
    said = [line.removeprefix("# ") for line in text.splitlines() if line.startswith("# ")]
    body = "\n".join(line for line in text.splitlines() if not line.startswith("# "))
    return said[0], said[1] if len(said) > 1 else "", body
