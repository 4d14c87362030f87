"""The change feed of releases: a Linked Data Event Stream, pages for people, and an Atom feed.

What a release changes is on pages of its own, which no later release writes again: it takes them
over as they are. A member is a version of a question, and a fragment of its page.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, Store, Triple

from lod.base.output_tree import page_path
from lod.base.parallel import batches
from lod.publish.changes import CHANGE_KINDS, Change, ChangeLog
from lod.publish.history import (
    CHANGES_FILE,
    PER_PAGE,
    REASONS,
    STREAM,
    History,
    HistoryVersion,
    iri,
    kind_name,
    member_triples,
    tidy,
    versions,
)
from lod.publish.publication import Site
from lod.rdf import jsonld
from lod.rdf.serialize import ntriples, turtle
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
from lod.website.rendering import render, whole_number, write_page

VERSIONS = (  # how the stream tells what happened to what a member is a version of
    ("ldes:versionCreatePath", "ldes:versionCreateObject", "as:Create"),
    ("ldes:versionUpdatePath", "ldes:versionUpdateObject", "as:Update"),
    ("ldes:versionDeletePath", "ldes:versionDeleteObject", "as:Delete"),
)
TITLE = "Changements d’une version à la suivante"
SHAPE = NamedNode(f"{SHAPES_NAMESPACE}ChangementDeQuestion")


def summarize(version: HistoryVersion) -> str:
    """Return what a version changes, in words: « 3 ajoutées, 1 répondue »."""
    if version.motif:
        return f"pas de différence, {REASONS[version.motif]}"
    told = [
        f"{whole_number(n)} {kind_name(kind).lower()}{'s' * (n > 1)}"
        for kind, n in version.comptes.items()
    ]
    return ", ".join(told) or "aucun changement"


def write_changelog(site: Site, history: History, work: Path, store: Store) -> None:
    """Write the stream, its pages and its feed; pages of earlier versions are taken over."""
    there = history.followed and history.followed / "site" / STREAM
    if there and there.is_dir():
        site.tree.copy(there, STREAM)
    if history.new_version:
        with ChangeLog(path=work / CHANGES_FILE) as journal:
            write_version(site, history.new_version, journal)
    write_stream(site, history.versions, versions(store, site.publication.base))
    write_atom(site, history.versions)
    tidy(work)


def write_version(site: Site, version: HistoryVersion, journal: ChangeLog) -> None:
    """Write what a version changes, a page after another."""
    pages = batches(journal, PER_PAGE) if len(journal) else [[]]
    for number, members in enumerate(pages, start=1):
        write_page_of(site, version, number, members)


def write_page_of(
    site: Site, version: HistoryVersion, number: int, members: Sequence[Change]
) -> None:
    """Write one page of a version in four forms."""
    path = page_path(version.path, number)
    html = render(
        "version.html",
        site.publication,
        path,
        version=version,
        resume=summarize(version),
        titre=version.title,
        sections=sections(members),
        feuillet=ListPage(number, version.pages, version.path, members),
    )
    _write(site, path, html, list(page_triples(site, version, number, members)))


def sections(members: Sequence[Change]) -> list[tuple[str, str, list[Change]]]:
    """Return the changes of a page by their first kind: kind, name, changes."""
    found: dict[str, list[Change]] = {}
    for member in members:
        found.setdefault(member.kinds[0], []).append(member)
    return [(kind, kind_name(kind), found[kind]) for kind in CHANGE_KINDS if kind in found]


def _write(site: Site, path: str, html: bytes, triples: list[Triple]) -> None:
    """Write the four forms; the page does not bear its JSON-LD, which would double its length."""
    write_page(site, path, html)
    nt = ntriples(dict.fromkeys(triples))
    for extension, content in (
        ("ttl", turtle(nt)),
        ("jsonld", jsonld.document(dict.fromkeys(triples))),
        ("nt", nt),
    ):
        site.tree.write(f"{path}.{extension}", content)


def page_triples(
    site: Site, version: HistoryVersion, number: int, members: Sequence[Change]
) -> Iterator[Triple]:
    """Yield a page of the stream: the node, its members, the way to the next page."""
    base, path = site.publication.base, page_path(version.path, number)
    stream = NamedNode(f"{base}{STREAM}")
    yield Triple(stream, RDFS_LABEL, fr(TITLE))
    yield from node(base, path, f"{version.title}, page {number}")
    if version.motif:
        yield Triple(_node(base, path), RDFS_COMMENT, fr(f"{summarize(version)}."))
    if number < version.pages:
        next_path = page_path(version.path, number + 1)
        yield from relation(base, path, f"{path}#suite", next_path, f"page {number + 1}")
    for member in members:
        yield Triple(stream, term("tree:member"), NamedNode(f"{base}{path}#{member.uid}"))
    for member in members:
        yield from member_triples(base, path, version, member)
    if members:
        yield Triple(iri(base, version.id), RDFS_LABEL, fr(version.title))
    for kind in dict.fromkeys(kind for member in members for kind in member.kinds):
        yield Triple(qp(f"changement-{kind}"), SKOS_PREF_LABEL, fr(kind_name(kind)))


def _node(base: str, path: str) -> NamedNode:
    """Return a node of the tree: it is the Turtle document itself, which every web server has.

    A client looks for the relations of the address that it got: it must not be redirected.
    """
    return NamedNode(f"{base}{path}.ttl")


def node(base: str, path: str, label: str) -> Iterator[Triple]:
    """Yield what a node of the tree is."""
    yield Triple(_node(base, path), RDF_TYPE, term("tree:Node"))
    yield Triple(_node(base, path), RDFS_LABEL, fr(label))


def relation(
    base: str, path: str, name: str, target: str, label: str, kind: str = "tree:Relation"
) -> Iterator[Triple]:
    """Yield the way from one node to another."""
    link = NamedNode(f"{base}{name}")
    yield Triple(_node(base, path), term("tree:relation"), link)
    yield Triple(link, RDF_TYPE, term(kind))
    yield Triple(link, RDFS_LABEL, fr(f"Vers {label}"))
    yield Triple(link, term("tree:node"), _node(base, target))
    yield Triple(_node(base, target), RDFS_LABEL, fr(label))


def write_stream(
    site: Site, versions: Sequence[HistoryVersion], described: Sequence[Triple]
) -> None:
    """Write the stream itself: the page and the data that lead to each version, and say what it
    is.
    """
    html = render("changements.html", site.publication, STREAM, titre=TITLE, versions=versions[::-1], genres=CHANGE_KINDS,
        nom=kind_name,
    )  # fmt: skip
    _write(site, STREAM, html, [*stream_triples(site.publication.base, versions), *described])


def stream_triples(base: str, versions: Sequence[HistoryVersion]) -> Iterator[Triple]:
    """Yield what the stream is, and its first node, from which all others are reached."""
    s = NamedNode(f"{base}{STREAM}")
    yield Triple(s, RDF_TYPE, term("ldes:EventStream"))
    yield Triple(s, RDFS_LABEL, fr(TITLE))
    yield Triple(s, term("ldes:timestampPath"), DCTERMS_CREATED)
    yield Triple(s, term("ldes:versionOfPath"), DCTERMS_VERSION_OF)
    for path, told, kind in VERSIONS:
        yield Triple(s, term(path), RDF_TYPE)
        yield Triple(s, term(told), term(kind))
    yield Triple(s, term("tree:shape"), SHAPE)
    yield Triple(SHAPE, RDFS_LABEL, fr("Changement d’une question"))
    yield Triple(s, term("tree:view"), _node(base, STREAM))
    yield from node(base, STREAM, TITLE)
    for version in versions:
        yield from version_triples(base, version)


def version_triples(base: str, version: HistoryVersion) -> Iterator[Triple]:
    """Yield the way to the first page of a version.

    All members behind it have one instant: a client that is further on need not follow.
    """
    name, label = f"{STREAM}#version-{version.id}", f"{version.title}, page 1"
    yield from relation(base, STREAM, name, version.path, label, "tree:EqualToRelation")
    yield Triple(NamedNode(f"{base}{name}"), term("tree:path"), DCTERMS_CREATED)
    yield Triple(NamedNode(f"{base}{name}"), term("tree:value"), _moment(version))


def _moment(version: HistoryVersion) -> Literal:
    return Literal(version.moment, datatype=term("xsd:dateTime"))


def write_atom(site: Site, versions: Sequence[HistoryVersion]) -> None:
    """Write the feed of the versions, an entry each, the newest first."""
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
        for version in versions[::-1][: feeds.MOST_OF_ENTITY]
    ]  # fmt: skip
    feeds.write(site, STREAM, TITLE, STREAM, entries, PREFIXES["as"])


def manifested(versions: Sequence[HistoryVersion]) -> list[dict[str, Any]]:
    """Return the history as the manifest has it."""
    return [asdict(version) for version in versions]
