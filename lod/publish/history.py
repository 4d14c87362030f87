"""The history of the dataset, in a graph of its own: its versions, and what each has changed.

It goes on from that of the release before, and lives as long as releases follow each other. A
change has the IRI that it has in the stream of changes.
"""

import gzip
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from typing import IO

from pyoxigraph import Literal, NamedNode, Quad, QueryTriples, Store, Triple, Variable

from lod.base.compression import compress
from lod.base.output_tree import page_path
from lod.base.parallel import batches
from lod.model.dates import french_date, midnight_utc
from lod.publish.changes import (
    OLDER_PROGRAM,
    OTHER_BASE,
    UNREADABLE,
    Change,
    ChangeLog,
    TouchedUids,
    changes_between,
)
from lod.publish.release import Lineage, manifest
from lod.rdf.iris import Iris
from lod.rdf.ontology import labels
from lod.rdf.serialize import ntriples
from lod.rdf.store import RdfTerm, open_store
from lod.rdf.vocab import (
    DCAT_HAS_VERSION,
    DCAT_PREVIOUS,
    DCAT_RESOURCE,
    DCAT_VERSION,
    DCTERMS_CREATED,
    DCTERMS_PART_OF,
    DCTERMS_TYPE,
    DCTERMS_VERSION_OF,
    PREFIXES,
    QP,
    RDF_TYPE,
    RDFS_COMMENT,
    RDFS_LABEL,
    SKOS_PREF_LABEL,
    civil_date,
    fr,
    qp,
    term,
)

DATASET_NAME = "Questions parlementaires"  # what VoID calls the dataset
GRAPH, DATASET = ".well-known/void#historique", ".well-known/void#questions"  # below the base
NT, CHANGES_FILE, DUMP = "historique.nt", "changements.db", "dumps/historique.nt.gz"
STREAM, PER_PAGE = "changements", 1000  # where the stream stands, and members on one of its pages
ACTIVITIES = {"ajoutee": "as:Create", "supprimee": "as:Delete"}  # all else is an as:Update
REASONS = {  # why a version cannot be compared with the one before it, as a page says it
    OTHER_BASE: "la version précédente est publiée sous d’autres adresses",
    OLDER_PROGRAM: "la version précédente a été faite par un programme antérieur",
    UNREADABLE: "la version précédente n’est plus là, ou n’est pas lisible",
}
DESCRIBED = """
CONSTRUCT { ?version ?p ?o . ?jeu dcat:hasVersion ?version ; rdfs:label ?nom }
WHERE { GRAPH ?graphe { ?jeu dcat:hasVersion ?version ; rdfs:label ?nom . ?version ?p ?o } }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryVersion:
    """A release in the history, as the manifest has it: what it came after, what it changed.

    `motif` says why that is not known, where it is not: a key of REASONS. The first one came after
    nothing, "", and is in no manifest.
    """

    id: str
    precedente: str
    donnees_au: str
    pages: int = 1
    comptes: dict[str, int]
    motif: str = ""

    @property
    def path(self) -> str:
        """Where its changes stand, below the base."""
        return f"{STREAM}/{self.id}"

    @property
    def title(self) -> str:
        """What it is called: « Version du 1er mars 2022 »."""
        return f"Version du {french_date(date.fromisoformat(self.donnees_au))}"

    @property
    def moment(self) -> str:
        """The instant of its changes: the first of the day up to which its data goes."""
        return midnight_utc(date.fromisoformat(self.donnees_au))


@dataclass(frozen=True, slots=True)
class History:
    """The history that a release has: versions that came after another, the newest last.

    `followed` is the release whose history goes on, None if it begins here;
    `new_version` is the one of them that is being built, None if there is nothing new to be told;
    `triples` are those of the graph.
    """

    followed: Path | None
    versions: tuple[HistoryVersion, ...]
    new_version: HistoryVersion | None
    triples: int


def write(
    work: Path,
    base: str,
    lineage: Lineage,
    data_until: date,
    store: Store,
    touched: TouchedUids | None = None,
) -> History:
    """Write the graph as N-Triples, its dump, and the journal of what this release changes.

    `store` has the data of the release; the graph goes into it afterwards. `touched` are the
    questions that alone can have changed, before and after; None: any.
    """
    followed = _followed(base, lineage)
    versions = (
        [HistoryVersion(**told) for told in manifest(followed).get("versions", ())]
        if followed
        else []
    )
    new_version = None
    change_log, reason = _compare(work, base, lineage, store, touched)
    with change_log, (work / NT).open("wb") as file:
        is_followed = _carry(followed, base, file)
        if not (is_followed and lineage.is_rebuild):
            version = _version(lineage, data_until, change_log, reason)
            file.write(ntriples(version_triples(base, version, is_followed)))
            for members in batches(_changes(base, version, change_log, followed), PER_PAGE):
                file.write(ntriples(members))
            if lineage.previous and not lineage.is_rebuild:
                new_version = version
                versions.append(version)
    compress(work / NT, work / DUMP)
    with (work / NT).open("rb") as file:
        return History(followed, tuple(versions), new_version, sum(1 for _ in file))


def tidy(work: Path) -> None:
    """Remove the files that only the build needs."""
    (work / NT).unlink()
    (work / CHANGES_FILE).unlink()


def _followed(base: str, lineage: Lineage) -> Path | None:
    """Return the release whose history goes on: none if it is published under other addresses."""
    is_ours = lineage.current and manifest(lineage.current)["base"] == base
    return lineage.current if is_ours else None


def _compare(
    work: Path, base: str, lineage: Lineage, store: Store, touched: TouchedUids | None
) -> tuple[ChangeLog, str]:
    """Return what has changed since the release before, if there is one that is another."""
    if lineage.current is None or lineage.previous is None or lineage.is_rebuild:
        return ChangeLog(path=work / CHANGES_FILE), ""
    return changes_between(lineage.current, base, store, work / CHANGES_FILE, touched)


def _version(
    lineage: Lineage, data_until: date, change_log: ChangeLog, reason: str
) -> HistoryVersion:
    return HistoryVersion(
        id=lineage.identity,
        precedente=lineage.previous or "",
        donnees_au=data_until.isoformat(),
        pages=max(1, -(-len(change_log) // PER_PAGE)),
        comptes=change_log.counts(),
        motif=reason,
    )


def _carry(followed: Path | None, base: str, file: IO[bytes]) -> bool:
    """Write what is known already; return whether there was a history before this release."""
    if followed is None or not (followed / DUMP).is_file():
        file.write(ntriples([Triple(NamedNode(base + DATASET), RDFS_LABEL, fr(DATASET_NAME))]))
        return False
    with gzip.open(followed / DUMP) as dump:
        shutil.copyfileobj(dump, file)
    return True


def _changes(
    base: str, version: HistoryVersion, change_log: ChangeLog, followed: Path | None
) -> Iterator[Triple]:
    """Yield what a version changes; the name of a question that has changed before is there."""
    known = open_store(followed / "store") if followed and len(change_log) else Store()
    graph = NamedNode(base + GRAPH)
    for number, members in enumerate(batches(change_log, PER_PAGE), start=1):
        path = page_path(version.path, number)
        for triple in chain.from_iterable(member_triples(base, path, version, m) for m in members):
            if triple.predicate != RDFS_LABEL or not _is_in(known, triple, graph):
                yield triple


def _is_in(store: Store, triple: Triple, graph: NamedNode) -> bool:
    return Quad(triple.subject, triple.predicate, triple.object, graph) in store


def iri(base: str, identity: str) -> NamedNode:
    """Return the IRI of a version of the dataset."""
    return NamedNode(f"{base}{STREAM}#{identity}")


def version_triples(base: str, version: HistoryVersion, is_followed: bool) -> Iterator[Triple]:
    """Yield what a version is; `is_followed` says that the one before it is in the graph too."""
    s = iri(base, version.id)
    yield Triple(s, RDF_TYPE, DCAT_RESOURCE)
    yield Triple(s, RDFS_LABEL, fr(version.title))
    yield Triple(NamedNode(base + DATASET), DCAT_HAS_VERSION, s)
    yield Triple(s, DCAT_VERSION, Literal(version.id))
    yield Triple(s, QP.donneesAu, civil_date(date.fromisoformat(version.donnees_au)))
    if is_followed:
        yield Triple(s, DCAT_PREVIOUS, iri(base, version.precedente))
    if version.motif:
        yield Triple(s, RDFS_COMMENT, fr(f"Pas de différence, {REASONS[version.motif]}."))


def member_triples(
    base: str, path: str, version: HistoryVersion, change: Change
) -> Iterator[Triple]:
    """Yield a change: of which question it is a version, since when, and what became of it.

    `path` is the page of the stream on which it stands.
    """
    s, question = NamedNode(f"{base}{path}#{change.uid}"), Iris(base).question(change.uid)
    activity = ACTIVITIES.get(change.kinds[0], "as:Update")
    told = ", ".join(kind_name(kind).lower() for kind in change.kinds)
    yield Triple(s, RDF_TYPE, term(activity))
    yield Triple(s, RDFS_LABEL, fr(f"{change.name} : {told}"))
    yield Triple(s, DCTERMS_VERSION_OF, question)
    yield Triple(s, DCTERMS_PART_OF, iri(base, version.id))
    yield Triple(s, DCTERMS_CREATED, Literal(version.moment, datatype=term("xsd:dateTime")))
    for kind in change.kinds:
        yield Triple(s, DCTERMS_TYPE, qp(f"changement-{kind}"))
    yield Triple(question, RDFS_LABEL, fr(change.name))


def kind_name(kind: str) -> str:
    """Return what a kind of change is called: « Ajoutée »."""
    return labels(SKOS_PREF_LABEL)[qp(f"changement-{kind}").value]


def versions(store: Store, base: str) -> list[Triple]:
    """Return what the versions are that the graph of a store knows, in one order."""
    graph: dict[Variable, RdfTerm] = {Variable("graphe"): NamedNode(base + GRAPH)}
    found = store.query(DESCRIBED, prefixes=PREFIXES, substitutions=graph)
    assert isinstance(found, QueryTriples), "the query is a CONSTRUCT"
    return sorted(found, key=str)
