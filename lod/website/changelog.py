"""The changes of each release: a Linked Data Event Stream (LDES), pages, and an Atom feed.

The changes of a release stand on pages of their own, which later releases copy as they are. Each
member of the stream is a version of a question; its IRI is a fragment of such a page.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from lod.base.output_tree import page_path
from lod.base.parallel import batches
from lod.pipeline.resource_questions import MOST_OF_RESOURCE
from lod.publish.changes import CHANGE_KINDS, Change, ChangeLog
from lod.publish.fill_store import StoreOutput
from lod.publish.history import (
    CHANGES_FILE,
    PER_PAGE,
    REASONS,
    STREAM,
    HistoryVersion,
    iri,
    kind_name,
    member_triples,
    tidy,
    versions,
)
from lod.publish.publication import Site
from lod.rdf.forms import every_form
from lod.rdf.vocab import (
    DCTERMS_CREATED,
    DCTERMS_VERSION_OF,
    PREFIXES,
    RDF_TYPE,
    RDFS_COMMENT,
    RDFS_LABEL,
    SHAPES_NAMESPACE,
    SKOS_PREF_LABEL,
    fr,
    qp,
    term,
)
from lod.website import feeds
from lod.website.pagination import ListPage
from lod.website.rendering import render, whole_number, write_forms

VERSIONS = (  # properties of the stream, and their values: the class of each kind of change
    ("ldes:versionCreatePath", "ldes:versionCreateObject", "as:Create"),
    ("ldes:versionUpdatePath", "ldes:versionUpdateObject", "as:Update"),
    ("ldes:versionDeletePath", "ldes:versionDeleteObject", "as:Delete"),
)
TITLE = "Changements d’une version à la suivante"
SHAPE = NamedNode(f"{SHAPES_NAMESPACE}ChangementDeQuestion")  # of a member


def summarize(version: HistoryVersion) -> str:
    """Return the changes of a version in French: « 3 ajoutées, 1 répondue »."""
    if version.motif:
        return f"pas de différence, {REASONS[version.motif]}"
    counts = [
        f"{whole_number(n)} {kind_name(kind).lower()}{'s' * (n > 1)}"
        for kind, n in version.comptes.items()
    ]
    return ", ".join(counts) or "aucun changement"


def write_changelog(site: Site, store: StoreOutput, work: Path) -> None:
    """Write the stream, the pages of a new version and the feed; copy those of other versions."""
    history = store.history
    known = history.followed and history.followed / "site" / STREAM
    if known and known.is_dir():
        site.tree.copy(known, STREAM)
    if history.new_version:
        with ChangeLog(path=work / CHANGES_FILE) as changes:
            write_version(site, history.new_version, changes)
    write_stream(site, history.versions, versions(store.store, site.publication.base))
    write_atom(site, history.versions)
    tidy(work)


def write_version(site: Site, version: HistoryVersion, changes: ChangeLog) -> None:
    """Write the pages of the changes of a version: one at least."""
    parts = batches(changes, PER_PAGE) if len(changes) else [[]]
    for number, members in enumerate(parts, start=1):
        page = ListPage(number, version.pages, version.path, members)
        html = render(
            "version.html",
            site.publication,
            page.path,
            version=version,
            resume=summarize(version),
            titre=version.title,
            sections=sections(members),
            feuillet=page,
        )
        _write(site, page.path, html, page_triples(site, version, number, members))


def sections(members: Sequence[Change]) -> list[tuple[str, str, list[Change]]]:
    """Return the changes of a page by their first kind, as (kind, name, changes)."""
    found: dict[str, list[Change]] = {}
    for member in members:
        found.setdefault(member.kinds[0], []).append(member)
    return [(kind, kind_name(kind), found[kind]) for kind in CHANGE_KINDS if kind in found]


def _write(site: Site, path: str, html: bytes, triples: Iterable[Triple]) -> None:
    """Write every form; the JSON-LD is not embedded in the page, whose length it would double."""
    write_forms(site.tree, path, html=html, **every_form([*dict.fromkeys(triples)]))


def page_triples(
    site: Site, version: HistoryVersion, number: int, members: Sequence[Change]
) -> Iterator[Triple]:
    """Yield the triples of a page of a version: a node, its members, the relation to the next."""
    base, path = site.publication.base, page_path(version.path, number)
    stream = NamedNode(f"{base}{STREAM}")
    yield Triple(stream, RDFS_LABEL, fr(TITLE))
    yield from node(base, path, f"{version.title}, page {number}")
    if version.motif:
        yield Triple(_node(base, path), RDFS_COMMENT, fr(f"{summarize(version)}."))
    if number < version.pages:
        link, following = NamedNode(f"{base}{path}#suite"), page_path(version.path, number + 1)
        yield from relation(_node(base, path), link, _node(base, following), f"page {number + 1}")
    for member in members:
        yield Triple(stream, term("tree:member"), NamedNode(f"{base}{path}#{member.uid}"))
    for member in members:
        yield from member_triples(base, path, version, member)
    if members:
        yield Triple(iri(base, version.id), RDFS_LABEL, fr(version.title))
    for kind in dict.fromkeys(kind for member in members for kind in member.kinds):
        yield Triple(qp(f"changement-{kind}"), SKOS_PREF_LABEL, fr(kind_name(kind)))


def _node(base: str, path: str) -> NamedNode:
    """Return a node of the tree: the Turtle file itself, which no server redirects.

    A client looks for the relations of the address that it has read.
    """
    return NamedNode(f"{base}{path}.ttl")


def node(base: str, path: str, label: str) -> Iterator[Triple]:
    """Yield the class and the label of a node of the tree."""
    yield Triple(_node(base, path), RDF_TYPE, term("tree:Node"))
    yield Triple(_node(base, path), RDFS_LABEL, fr(label))


def relation(
    source: NamedNode, link: NamedNode, target: NamedNode, label: str, kind: str = "tree:Relation"
) -> Iterator[Triple]:
    """Yield the relation `link` from one node of the tree to another, which has a label."""
    yield Triple(source, term("tree:relation"), link)
    yield Triple(link, RDF_TYPE, term(kind))
    yield Triple(link, RDFS_LABEL, fr(f"Vers {label}"))
    yield Triple(link, term("tree:node"), target)
    yield Triple(target, RDFS_LABEL, fr(label))


def write_stream(
    site: Site, versions: Sequence[HistoryVersion], described: Sequence[Triple]
) -> None:
    """Write the root of the stream, which leads to each version; `described` describes these."""
    html = render(
        "changements.html",
        site.publication,
        STREAM,
        titre=TITLE,
        versions=versions[::-1],
        genres=CHANGE_KINDS,
        nom=kind_name,
    )
    _write(site, STREAM, html, [*stream_triples(site.publication.base, versions), *described])


def stream_triples(base: str, versions: Sequence[HistoryVersion]) -> Iterator[Triple]:
    """Yield the description of the stream, and its root node, from which all others are reached."""
    s = NamedNode(f"{base}{STREAM}")
    yield Triple(s, RDF_TYPE, term("ldes:EventStream"))
    yield Triple(s, RDFS_LABEL, fr(TITLE))
    yield Triple(s, term("ldes:timestampPath"), DCTERMS_CREATED)
    yield Triple(s, term("ldes:versionOfPath"), DCTERMS_VERSION_OF)
    for path, value, kind in VERSIONS:
        yield Triple(s, term(path), RDF_TYPE)
        yield Triple(s, term(value), term(kind))
    yield Triple(s, term("tree:shape"), SHAPE)
    yield Triple(SHAPE, RDFS_LABEL, fr("Changement d’une question"))
    yield Triple(s, term("tree:view"), _node(base, STREAM))
    yield from node(base, STREAM, TITLE)
    for version in versions:
        yield from version_triples(base, version)


def version_triples(base: str, version: HistoryVersion) -> Iterator[Triple]:
    """Yield the relation from the root to the first page of a version.

    All members behind it have one instant, so that clients that have read later ones skip it.
    """
    link, root = NamedNode(f"{base}{STREAM}#version-{version.id}"), _node(base, STREAM)
    target, label = _node(base, version.path), f"{version.title}, page 1"
    yield from relation(root, link, target, label, "tree:EqualToRelation")
    yield Triple(link, term("tree:path"), DCTERMS_CREATED)
    yield Triple(link, term("tree:value"), Literal(version.moment, datatype=term("xsd:dateTime")))


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
            "", "", "",
        )
        for version in versions[::-1][: MOST_OF_RESOURCE]
    ]  # fmt: skip
    text = feeds.feed(site.publication, STREAM, TITLE, entries, namespace=PREFIXES["as"])
    site.tree.write(f"{STREAM}.atom", text)
