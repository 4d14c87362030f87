"""The change feed of releases: a Linked Data Event Stream, pages for people, and an Atom feed.

What a release changes is on pages of its own, which no later release writes again: it takes them
over as they are. A member is a version of a question, and a fragment of its page.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, Store, Triple

from lod import jsonld
from lod.changements import GENRES, Changement, Comptees, Journal, comparer, etats
from lod.dates import en_toutes_lettres
from lod.dump import ntriples, turtle
from lod.errors import LodError
from lod.iris import Iris
from lod.ontology import labels
from lod.parallel import batches
from lod.release import Suite, manifest
from lod.store import open_store
from lod.vocab import (
    DCTERMS_CREATED,
    DCTERMS_TYPE,
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
from lod.website import flux
from lod.website.feuillets import Feuillet, page_path
from lod.website.rendering import Contexte, nombre, render, write_page

FLUX, PER_PAGE = "changements", 1000  # where the stream stands, and members on one of its pages
ACTIVITES = {"ajoutee": "as:Create", "supprimee": "as:Delete"}  # all else is an as:Update
VERSIONS = (  # how the stream tells what happened to what a member is a version of
    ("ldes:versionCreatePath", "ldes:versionCreateObject", "as:Create"),
    ("ldes:versionUpdatePath", "ldes:versionUpdateObject", "as:Update"),
    ("ldes:versionDeletePath", "ldes:versionDeleteObject", "as:Delete"),
)
TITRE = "Changements d’une version à la suivante"
FORME = NamedNode(f"{SHAPES_NAMESPACE}ChangementDeQuestion")
AILLEURS, ANTERIEURE, ILLISIBLE = "other base", "older program", "unreadable"
MOTIFS = {  # why a version cannot be compared with the one before it, as a page says it
    AILLEURS: "la version précédente est publiée sous d’autres adresses",
    ANTERIEURE: "la version précédente a été faite par un programme antérieur",
    ILLISIBLE: "la version précédente n’est plus là, ou n’est pas lisible",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A release in the history, as the manifest has it: what it came after, what it changed.

    `motif` says why that is not known, where it is not: a key of MOTIFS.
    """

    id: str
    precedente: str
    donnees_au: str
    pages: int
    comptes: dict[str, int]
    motif: str

    @property
    def path(self) -> str:
        """Where its changes stand, below the base."""
        return f"{FLUX}/{self.id}"

    @property
    def moment(self) -> str:
        """The instant of its changes: the first of the day up to which its data goes."""
        return flux.moment(date.fromisoformat(self.donnees_au))

    @property
    def resume(self) -> str:
        """What it changes, in words: « 3 ajoutées, 1 répondue »."""
        told = [
            f"{nombre(n)} {nom(kind).lower()}{'s' * (n > 1)}" for kind, n in self.comptes.items()
        ]
        changes = ", ".join(told) or "aucun changement"
        return f"pas de différence, {MOTIFS[self.motif]}" if self.motif else changes


def nom(genre: str) -> str:
    """Return what a kind of change is called: « Ajoutée »."""
    return labels(SKOS_PREF_LABEL)[qp(f"changement-{genre}").value]


def write_changements(contexte: Contexte, suite: Suite, store: Store) -> list[Version]:
    """Write the stream, its pages and its feed; return the history, the newest version last."""
    versions = _reprises(contexte, suite)
    if suite.precedente and not suite.est_reprise:
        versions.append(_write_version(contexte, suite, store))
    write_stream(contexte, versions)
    write_atom(contexte, versions)
    return versions


def _reprises(contexte: Contexte, suite: Suite) -> list[Version]:
    """Take over the pages of earlier versions, byte for byte; return which versions these are."""
    if suite.courante is None or manifest(suite.courante)["base"] != contexte.base:
        return []
    there = suite.courante / "site" / FLUX
    if there.is_dir():
        contexte.site.copy(there, FLUX)
    return [Version(**told) for told in manifest(suite.courante).get("versions", ())]


def _write_version(contexte: Contexte, suite: Suite, store: Store) -> Version:
    """Write what has changed since the current release, a page after another."""
    assert suite.courante is not None and suite.precedente is not None
    journal, motif = _journal(contexte, suite.courante, store)
    with journal:
        version = Version(
            id=suite.identite,
            precedente=suite.precedente,
            donnees_au=contexte.donnees_au.isoformat(),
            pages=max(1, -(-len(journal) // PER_PAGE)),
            comptes=journal.comptes(),
            motif=motif,
        )
        pages = batches(journal, PER_PAGE) if len(journal) else [[]]
        for number, members in enumerate(pages, start=1):
            write_page_of(contexte, version, number, members)
    return version


def _journal(contexte: Contexte, courante: Path, store: Store) -> tuple[Journal, str]:
    """Return what has changed since a release, or nothing, and why that cannot be told."""
    told = manifest(courante)
    if told["base"] != contexte.base:
        return Journal(), AILLEURS
    if "noyau" not in told:
        return Journal(), ANTERIEURE
    try:
        avant = Comptees(etats(open_store(courante / "store")))
        journal = Journal(comparer(avant, etats(store)))
    except (LodError, OSError):
        return Journal(), ILLISIBLE
    # our query may have no hold on what another version of the program has written
    is_whole = avant.nombre == sum(told["questions"].values())
    return (journal, "") if is_whole else (Journal(), ANTERIEURE)


# ---- the documents


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
        titre=_titre(version),
        sections=sections(members),
        feuillet=Feuillet(number, version.pages, version.path, members),
    )
    _write(contexte, path, html, list(page_triples(contexte, version, number, members)))


def _titre(version: Version) -> str:
    return f"Version du {en_toutes_lettres(date.fromisoformat(version.donnees_au))}"


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
    yield from node(base, path, f"{_titre(version)}, page {number}")
    if version.motif:
        yield Triple(_node(base, path), RDFS_COMMENT, fr(f"{version.resume}."))
    if number < version.pages:
        suivante = page_path(version.path, number + 1)
        yield from relation(base, path, f"{path}#suite", suivante, f"page {number + 1}")
    for member in members:
        yield Triple(stream, term("tree:member"), NamedNode(f"{base}{path}#{member.uid}"))
    for member in members:
        yield from member_triples(base, path, version, member)


def member_triples(
    base: str, path: str, version: Version, changement: Changement
) -> Iterator[Triple]:
    """Yield a member: which question it is a version of, since when, and what became of it."""
    s, question = NamedNode(f"{base}{path}#{changement.uid}"), Iris(base).question(changement.uid)
    activite = ACTIVITES.get(changement.genres[0], "as:Update")
    told = ", ".join(nom(kind).lower() for kind in changement.genres)
    yield Triple(s, RDF_TYPE, term(activite))
    yield Triple(s, RDFS_LABEL, fr(f"{changement.nom} : {told}"))
    yield Triple(s, DCTERMS_VERSION_OF, question)
    yield Triple(s, DCTERMS_CREATED, _moment(version))
    yield Triple(question, RDFS_LABEL, fr(changement.nom))
    for kind in changement.genres:
        concept = qp(f"changement-{kind}")
        yield Triple(s, DCTERMS_TYPE, concept)
        yield Triple(concept, SKOS_PREF_LABEL, fr(nom(kind)))


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


def write_stream(contexte: Contexte, versions: Sequence[Version]) -> None:
    """Write the stream itself: the page and the data that lead to each version."""
    html = render(
        "changements.html", contexte, FLUX, titre=TITRE, versions=versions[::-1], genres=GENRES,
        nom=nom,
    )  # fmt: skip
    _write(contexte, FLUX, html, list(stream_triples(contexte.base, versions)))


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
    name, label = f"{FLUX}#version-{version.id}", f"{_titre(version)}, page 1"
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
            f"{_titre(version)}\u00a0: {version.resume}",
            version.moment,
            f"{contexte.base}{version.path}.html",
            f"Version {version.id}, après {version.precedente}\u00a0: {version.resume}.",
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
