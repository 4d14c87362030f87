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
from lod.publish.changes import GENRES, Changement, Journal
from lod.publish.history import (
    FLUX,
    JOURNAL,
    MOTIFS,
    PER_PAGE,
    Histoire,
    Version,
    iri,
    member_triples,
    nom,
    versions,
)
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
from lod.website import feeds as flux
from lod.website.pagination import Feuillet
from lod.website.rendering import Contexte, nombre, render, write_page

VERSIONS = (  # how the stream tells what happened to what a member is a version of
    ("ldes:versionCreatePath", "ldes:versionCreateObject", "as:Create"),
    ("ldes:versionUpdatePath", "ldes:versionUpdateObject", "as:Update"),
    ("ldes:versionDeletePath", "ldes:versionDeleteObject", "as:Delete"),
)
TITRE = "Changements d’une version à la suivante"
FORME = NamedNode(f"{SHAPES_NAMESPACE}ChangementDeQuestion")


def resume(version: Version) -> str:
    """Return what a version changes, in words: « 3 ajoutées, 1 répondue »."""
    if version.motif:
        return f"pas de différence, {MOTIFS[version.motif]}"
    told = [
        f"{nombre(n)} {nom(kind).lower()}{'s' * (n > 1)}" for kind, n in version.comptes.items()
    ]
    return ", ".join(told) or "aucun changement"


def write_changements(contexte: Contexte, histoire: Histoire, work: Path, store: Store) -> None:
    """Write the stream, its pages and its feed; pages of earlier versions are taken over."""
    there = histoire.avant and histoire.avant / "site" / FLUX
    if there and there.is_dir():
        contexte.site.copy(there, FLUX)
    if histoire.nouvelle:
        with Journal(path=work / JOURNAL) as journal:
            write_version(contexte, histoire.nouvelle, journal)
    write_stream(contexte, histoire.versions, versions(store, contexte.base))
    write_atom(contexte, histoire.versions)


def write_version(contexte: Contexte, version: Version, journal: Journal) -> None:
    """Write what a version changes, a page after another."""
    pages = batches(journal, PER_PAGE) if len(journal) else [[]]
    for number, members in enumerate(pages, start=1):
        write_page_of(contexte, version, number, members)


def write_page_of(
    contexte: Contexte, version: Version, number: int, members: Sequence[Changement]
) -> None:
    """Write one page of a version in four forms."""
    path = page_path(version.path, number)
    html = render(
        "version.html",
        contexte,
        path,
        version=version,
        resume=resume(version),
        titre=version.titre,
        sections=sections(members),
        feuillet=Feuillet(number, version.pages, version.path, members),
    )
    _write(contexte, path, html, list(page_triples(contexte, version, number, members)))


def sections(members: Sequence[Changement]) -> list[tuple[str, str, list[Changement]]]:
    """Return the changes of a page by their first kind: kind, name, changes."""
    found: dict[str, list[Changement]] = {}
    for member in members:
        found.setdefault(member.genres[0], []).append(member)
    return [(kind, nom(kind), found[kind]) for kind in GENRES if kind in found]


def _write(contexte: Contexte, path: str, html: bytes, triples: list[Triple]) -> None:
    """Write the four forms; the page does not bear its JSON-LD, which would double its length."""
    write_page(contexte, path, html)
    nt = ntriples(dict.fromkeys(triples))
    for extension, content in (
        ("ttl", turtle(nt)),
        ("jsonld", jsonld.document(dict.fromkeys(triples))),
        ("nt", nt),
    ):
        contexte.site.write(f"{path}.{extension}", content)


def page_triples(
    contexte: Contexte, version: Version, number: int, members: Sequence[Changement]
) -> Iterator[Triple]:
    """Yield a page of the stream: the node, its members, the way to the next page."""
    base, path = contexte.base, page_path(version.path, number)
    stream = NamedNode(f"{base}{FLUX}")
    yield Triple(stream, RDFS_LABEL, fr(TITRE))
    yield from node(base, path, f"{version.titre}, page {number}")
    if version.motif:
        yield Triple(_node(base, path), RDFS_COMMENT, fr(f"{resume(version)}."))
    if number < version.pages:
        suivante = page_path(version.path, number + 1)
        yield from relation(base, path, f"{path}#suite", suivante, f"page {number + 1}")
    for member in members:
        yield Triple(stream, term("tree:member"), NamedNode(f"{base}{path}#{member.uid}"))
    for member in members:
        yield from member_triples(base, path, version, member)
    if members:
        yield Triple(iri(base, version.id), RDFS_LABEL, fr(version.titre))
    for kind in dict.fromkeys(kind for member in members for kind in member.genres):
        yield Triple(qp(f"changement-{kind}"), SKOS_PREF_LABEL, fr(nom(kind)))


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
    base: str, path: str, name: str, target: str, label: str, genre: str = "tree:Relation"
) -> Iterator[Triple]:
    """Yield the way from one node to another."""
    link = NamedNode(f"{base}{name}")
    yield Triple(_node(base, path), term("tree:relation"), link)
    yield Triple(link, RDF_TYPE, term(genre))
    yield Triple(link, RDFS_LABEL, fr(f"Vers {label}"))
    yield Triple(link, term("tree:node"), _node(base, target))
    yield Triple(_node(base, target), RDFS_LABEL, fr(label))


def write_stream(
    contexte: Contexte, versions: Sequence[Version], described: Sequence[Triple]
) -> None:
    """Write the stream itself: the page and the data that lead to each version, and say what it
    is.
    """
    html = render(
        "changements.html", contexte, FLUX, titre=TITRE, versions=versions[::-1], genres=GENRES,
        nom=nom,
    )  # fmt: skip
    _write(contexte, FLUX, html, [*stream_triples(contexte.base, versions), *described])


def stream_triples(base: str, versions: Sequence[Version]) -> Iterator[Triple]:
    """Yield what the stream is, and its first node, from which all others are reached."""
    s = NamedNode(f"{base}{FLUX}")
    yield Triple(s, RDF_TYPE, term("ldes:EventStream"))
    yield Triple(s, RDFS_LABEL, fr(TITRE))
    yield Triple(s, term("ldes:timestampPath"), DCTERMS_CREATED)
    yield Triple(s, term("ldes:versionOfPath"), DCTERMS_VERSION_OF)
    for path, told, kind in VERSIONS:
        yield Triple(s, term(path), RDF_TYPE)
        yield Triple(s, term(told), term(kind))
    yield Triple(s, term("tree:shape"), FORME)
    yield Triple(FORME, RDFS_LABEL, fr("Changement d’une question"))
    yield Triple(s, term("tree:view"), _node(base, FLUX))
    yield from node(base, FLUX, TITRE)
    for version in versions:
        yield from version_triples(base, version)


def version_triples(base: str, version: Version) -> Iterator[Triple]:
    """Yield the way to the first page of a version.

    All members behind it have one instant: a client that is further on need not follow.
    """
    name, label = f"{FLUX}#version-{version.id}", f"{version.titre}, page 1"
    yield from relation(base, FLUX, name, version.path, label, "tree:EqualToRelation")
    yield Triple(NamedNode(f"{base}{name}"), term("tree:path"), DCTERMS_CREATED)
    yield Triple(NamedNode(f"{base}{name}"), term("tree:value"), _moment(version))


def _moment(version: Version) -> Literal:
    return Literal(version.moment, datatype=term("xsd:dateTime"))


def write_atom(contexte: Contexte, versions: Sequence[Version]) -> None:
    """Write the feed of the versions, an entry each, the newest first."""
    entrees = [
        flux.Entree(
            f"{contexte.base}{version.path}",
            f"{version.titre}\u00a0: {resume(version)}",
            version.moment,
            f"{contexte.base}{version.path}.html",
            f"Version {version.id}, après {version.precedente}\u00a0: {resume(version)}.",
            "Update",
            "Version publiée",
            "", "", "",
        )
        for version in versions[::-1][: flux.MOINS]
    ]  # fmt: skip
    flux.write(contexte, FLUX, TITRE, FLUX, entrees, PREFIXES["as"])


def manifested(versions: Sequence[Version]) -> list[dict[str, Any]]:
    """Return the history as the manifest has it."""
    return [asdict(version) for version in versions]
