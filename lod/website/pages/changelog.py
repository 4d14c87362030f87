"""The changes of each release: pages with what became of each question, and an Atom feed.

The changes of a release stand on pages of their own, which later releases copy as they are. The IRI
of a change is a fragment of such a page.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial

from pyoxigraph import Triple

from lod.base.output_tree import page_path
from lod.base.tabular import group_by_key
from lod.pipeline.questions.fact_queries import MOST_OF_RESOURCE
from lod.publish.changes import CHANGE_KINDS, Change
from lod.publish.documents import every_document
from lod.publish.history import (
    CHANGES,
    PER_PAGE,
    REASONS,
    History,
    HistoryVersion,
    champ_names,
    kind_name,
    member_triples,
    version_iri,
    versions_triples,
)
from lod.publish.publication import Site
from lod.rdf.vocab import PREFIXES, RDFS, SKOS, fr, qp
from lod.website.indexes import feeds
from lod.website.rendering.templates import (
    list_pages,
    render,
    whole_number,
    write_forms,
    write_translated,
)

TITLE = "Changements d’une version à la suivante"


def summarize(version: HistoryVersion) -> str:
    """Return the changes of a version in French: « 3 ajoutées, 1 répondue »."""
    if version.motif:
        return f"pas de différence, {REASONS[version.motif]}"
    counts = [
        f"{whole_number(n)} {kind_name(kind).lower()}{'s' * (n > 1)}"
        for kind, n in version.comptes.items()
    ]
    return ", ".join(counts) or "aucun changement"


def write_changelog(site: Site, history: History, withheld: Collection[str]) -> None:
    """Write the list, the pages of a new version and the feed; copy the pages of earlier ones,
    without the titles of questions that are withheld by now.
    """
    known = history.followed and history.followed / "site" / CHANGES
    if known and known.is_dir():
        for path in sorted(path for path in known.rglob("*") if path.is_file()):
            page = path.read_bytes()
            for uid in withheld if path.suffix == ".html" else ():
                page = re.sub(rb'(<li id="%s">.*?) <span>.*?</span>' % uid.encode(), rb"\1", page)
            site.tree.write(f"{CHANGES}/{path.relative_to(known).as_posix()}", page)
    if history.is_longer:
        write_version(site, history.versions[-1], history.changes)
    write_versions(site, history)
    write_atom(site, history.compared)


def write_version(site: Site, version: HistoryVersion, changes: Sequence[Change]) -> None:
    """Write the pages of the changes of a version: one at least."""
    for page in list_pages(version.path, changes, PER_PAGE):
        page_html = partial(
            render,
            "version.html",
            site.publication,
            page.path,
            version=version,
            resume=summarize(version),
            titre=version.title,
            sections=sections(page.rows),
            champs=champ_names,
            feuillet=page,
        )
        _write(site, page.path, page_html, page_triples(site, version, page.number, page.rows))


def sections(members: Sequence[Change]) -> list[tuple[str, str, tuple[Change, ...]]]:
    """Return the changes of a page by their first kind, as (kind, name, changes)."""
    by_kind = group_by_key((member.kinds[0], member) for member in members)
    return [(kind, kind_name(kind), by_kind[kind]) for kind in CHANGE_KINDS if kind in by_kind]


def _write(site: Site, path: str, page: Callable[[], bytes], triples: Iterable[Triple]) -> None:
    """Write every form; the JSON-LD is not embedded in the page, whose length it would double."""
    forms = every_document(site.publication, path, [*dict.fromkeys(triples)])
    write_forms(site.tree, path, **forms)
    write_translated(site, path, page)


def page_triples(
    site: Site, version: HistoryVersion, number: int, members: Sequence[Change]
) -> Iterator[Triple]:
    """Yield the triples of a page of a version: its changes, and what they speak of by name."""
    base, path = site.publication.base, page_path(version.path, number)
    s = version_iri(base, version.id)
    yield Triple(s, RDFS.label, fr(version.title))
    if version.motif:
        yield Triple(s, RDFS.comment, fr(f"{summarize(version).capitalize()}."))
    for member in members:
        yield from member_triples(base, path, version, member)
    for kind in dict.fromkeys(kind for member in members for kind in member.kinds):
        yield Triple(qp(f"changement-{kind}"), SKOS.prefLabel, fr(kind_name(kind)))


def write_versions(site: Site, history: History) -> None:
    """Write the list of versions, which leads to the changes of each."""
    html = partial(
        render,
        "changements.html",
        site.publication,
        CHANGES,
        titre=TITLE,
        versions=history.compared[::-1],
        genres=CHANGE_KINDS,
        nom=kind_name,
    )
    described = versions_triples(site.publication.base, history.versions)
    _write(site, CHANGES, html, sorted(described, key=str))


def write_atom(site: Site, versions: Sequence[HistoryVersion]) -> None:
    """Write the feed of the versions, with one entry for each of the newest."""
    entries = [
        feeds.FeedEntry(
            f"{site.publication.base}{version.path}",
            f"{version.title}\u00a0: {summarize(version)}",
            version.moment,
            f"{site.publication.base}{version.path}.html",
            f"Version {version.id}, après {version.precedente}\u00a0: {summarize(version)}.",
            "Update",
            "Version publiée",
        )
        for version in versions[::-1][:MOST_OF_RESOURCE]
    ]
    text = feeds.feed(site.publication, CHANGES, TITLE, entries, namespace=PREFIXES["as"])
    site.tree.write(f"{CHANGES}.atom", text)
