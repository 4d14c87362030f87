"""The history of the dataset: the versions since the first, and the changes of each, published as
a named graph.

A build copies the history of the current release and adds one version, with the changes that
`changes.py` finds. Each change has an IRI on a page of the site.
"""

import gzip
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from typing import IO

from pyoxigraph import Literal, NamedNode, Quad, QueryTriples, Store, Triple

from lod.base.output_tree import page_path
from lod.base.packing import compress
from lod.base.parallel import batches
from lod.model.dates import french_date, midnight_utc
from lod.publish.changes import (
    OLDER_PROGRAM,
    OTHER_BASE,
    UNREADABLE,
    Change,
    TouchedUids,
    changes_between,
    counts_of,
    day_of_answer,
)
from lod.publish.query_catalogue import bind
from lod.publish.release import Lineage, manifest
from lod.publish.void import named_graphs
from lod.rdf.iris import Iris
from lod.rdf.ontology import labels
from lod.rdf.serialize import ntriples, triples
from lod.rdf.store import open_store
from lod.rdf.vocab import DCAT, DCTERMS, PREFIXES, QP, RDF, RDFS, SKOS, civil_date, fr, qp, term

DATASET_NAME = "Questions parlementaires"  # the title of the dataset in VoID
HISTORY = "historique"  # the name of the graph
DATASET = ".well-known/void#questions"  # below the base
LABEL = f" {RDFS.label} ".encode()
NT, DUMP = "historique.nt", "dumps/historique.nt.gz"
CHANGES, PER_PAGE = "changements", 1000  # path of the list of versions; changes on a page of one
REASONS = {  # why a version cannot be compared with the previous one → as pages say it
    OTHER_BASE: "la version précédente est publiée sous d’autres adresses",
    OLDER_PROGRAM: "la version précédente a été faite par un programme antérieur",
    UNREADABLE: "la version précédente n’est plus là, ou n’est pas lisible",
}
DESCRIBED = """
CONSTRUCT { ?version ?p ?o . ?jeu dcat:hasVersion ?version ; rdfs:label ?nom }
WHERE { ?jeu rdfs:label ?nom GRAPH ?graphe { ?jeu dcat:hasVersion ?version . ?version ?p ?o } }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryVersion:
    """A release in the history; a manifest lists all but the first, with these fields as keys."""

    id: str  # identity of the release
    precedente: str  # identity of the release that it follows; "" for the first
    donnees_au: str  # day up to which its data goes, in ISO form
    pages: int = 1  # pages of its changes
    comptes: dict[str, int]  # kind of change → number of questions changed so
    motif: str = ""  # why its changes are not known, a key of REASONS; "" if they are
    recul: str = ""  # day up to which the data of the release before goes, if that is later

    @property
    def path(self) -> str:
        return f"{CHANGES}/{self.id}"

    @property
    def title(self) -> str:
        """Its French name, « Version du 1er mars 2022 », which also has the day of the release
        before if that is later.
        """
        day, *later = (
            french_date(date.fromisoformat(iso)) for iso in (self.donnees_au, self.recul) if iso
        )
        return "".join((f"Version du {day}", *(f", après celle du {last}" for last in later)))

    @property
    def moment(self) -> str:
        """The time of its changes: midnight UTC of the day up to which its data goes."""
        return midnight_utc(date.fromisoformat(self.donnees_au))


@dataclass(frozen=True, slots=True)
class History:
    """The history of a release that is being built."""

    followed: Path | None  # the release whose history is continued; None if it begins here
    versions: tuple[HistoryVersion, ...]  # all that follow another, the newest last
    new_version: HistoryVersion | None  # the last of them, if this build adds it
    changes: tuple[Change, ...]  # of that version


def write(
    work: Path,
    base: str,
    lineage: Lineage,
    data_until: date,
    store: Store,
    touched: TouchedUids | None = None,
) -> History:
    """Write the graph as N-Triples, and its dump.

    `store` holds the data of the release; the caller loads the graph into it. `touched` are the
    questions that may have changed; None: any may.
    """
    followed = lineage.current
    if followed and manifest(followed)["base"] != base:
        followed = None
    listed = manifest(followed).get("versions", ()) if followed else ()
    versions, new_version = [HistoryVersion(**row) for row in listed], None
    is_new, changes, reason = not lineage.is_rebuild, list[Change](), ""
    if lineage.current and lineage.previous and is_new:
        changes, reason = changes_between(lineage.current, base, store, touched)
    with (work / NT).open("wb") as file:
        is_continued = _copy_history(followed, base, store, file)
        if is_new or not is_continued:
            version = _version(lineage, data_until, changes, reason)
            file.write(ntriples(version_triples(base, version, is_continued)))
            for members in batches(_changes(base, version, changes, followed, store), PER_PAGE):
                file.write(ntriples(members))
            if lineage.previous and is_new:
                new_version = version
                versions.append(version)
    compress(work / NT, work / DUMP)
    return History(followed, tuple(versions), new_version, tuple(changes))


def _version(
    lineage: Lineage, data_until: date, changes: Sequence[Change], reason: str
) -> HistoryVersion:
    before = str(manifest(lineage.current)["donnees_au"]) if lineage.current else ""
    return HistoryVersion(
        id=lineage.identity,
        precedente=lineage.previous or "",
        donnees_au=data_until.isoformat(),
        pages=max(1, -(-len(changes) // PER_PAGE)),
        comptes=counts_of(changes),
        motif=reason,
        recul=before if lineage.previous and before > data_until.isoformat() else "",
    )


def _copy_history(followed: Path | None, base: str, store: Store, file: IO[bytes]) -> bool:
    """Write the history that `followed` has, without the names that the data has; return whether
    there was one.
    """
    if followed is None or not (followed / DUMP).is_file():
        return False
    name = ntriples([Triple(NamedNode(base + DATASET), RDFS.label, fr(DATASET_NAME))])
    with gzip.open(followed / DUMP) as dump:
        for line in dump:
            is_in_data = LABEL in line and Quad(*next(triples(line))) in store  # a line is a triple
            if line != name and not is_in_data:
                file.write(line)
    return True


def _changes(
    base: str,
    version: HistoryVersion,
    changes: Sequence[Change],
    followed: Path | None,
    store: Store,
) -> Iterator[Triple]:
    """Yield the changes of a version, without names and answers that the history has already, and
    without names that the data in `store` has: no triple is in two graphs.
    """
    known = open_store(followed / "store") if followed and changes else Store()
    graph = _graph(base)
    for number, members in enumerate(batches(changes, PER_PAGE), start=1):
        path = page_path(version.path, number)
        described = chain.from_iterable(member_triples(base, path, version, m) for m in members)
        for triple in chain(described, answer_triples(changes) if number == 1 else ()):
            quad = Quad(triple.subject, triple.predicate, triple.object, graph)
            if triple.predicate == RDFS.label and Quad(*triple) in store:
                continue
            if triple.predicate not in (RDFS.label, DCTERMS.isReplacedBy) or quad not in known:
                yield triple


def _graph(base: str) -> NamedNode:
    return NamedNode(base + named_graphs()[HISTORY].path)


def version_iri(base: str, identity: str) -> NamedNode:
    return NamedNode(f"{base}{CHANGES}#{identity}")


def version_triples(base: str, version: HistoryVersion, is_continued: bool) -> Iterator[Triple]:
    """Yield a version; `is_continued` says that the graph has the previous one, too."""
    s = version_iri(base, version.id)
    yield Triple(s, RDF.type, DCAT.Resource)
    yield Triple(s, RDFS.label, fr(version.title))
    yield Triple(NamedNode(base + DATASET), DCAT.hasVersion, s)
    yield Triple(s, DCAT.version, Literal(version.id))
    yield Triple(s, QP.donneesAu, civil_date(date.fromisoformat(version.donnees_au)))
    if is_continued:
        yield Triple(s, DCAT.previousVersion, version_iri(base, version.precedente))
    if version.motif:
        yield Triple(s, RDFS.comment, fr(f"Pas de différence, {REASONS[version.motif]}."))


def member_triples(
    base: str, path: str, version: HistoryVersion, change: Change
) -> Iterator[Triple]:
    """Yield a change: its question, its version and its kinds.

    `path` is the page of the changes of its version on which it stands.
    """
    s, question = NamedNode(f"{base}{path}#{change.uid}"), Iris(base).question(change.uid)
    kinds = ", ".join(kind_name(kind).lower() for kind in change.kinds)
    champs = f" ({champ_names(change)})" if change.champs else ""
    yield Triple(s, RDF.type, term("as:Activity"))
    yield Triple(s, RDFS.label, fr(f"{change.name} : {kinds}{champs}"))
    yield Triple(s, DCTERMS.isVersionOf, question)
    yield Triple(s, DCTERMS.isPartOf, version_iri(base, version.id))
    for kind in change.kinds:
        yield Triple(s, QP.changement, qp(f"changement-{kind}"))
    yield Triple(question, RDFS.label, fr(change.name))


def answer_triples(changes: Iterable[Change]) -> Iterator[Triple]:
    """Yield which answer is in the place of one that no question has any more."""
    for former, successor in dict(chain.from_iterable(c.reponses for c in changes)).items():
        day = french_date(date.fromisoformat(day_of_answer(former)))
        yield Triple(NamedNode(former), DCTERMS.isReplacedBy, NamedNode(successor))
        yield Triple(NamedNode(former), RDFS.label, fr(f"Réponse du {day}, corrigée depuis"))


def kind_name(kind: str) -> str:
    """Return the French name of a kind of change: « Ajoutée »."""
    return labels(SKOS.prefLabel)[qp(f"changement-{kind}").value]


def champ_names(change: Change) -> str:
    """Return the French names of the properties whose values have changed."""
    known = labels(RDFS.label)
    return ", ".join(known.get(qp(champ).value, champ) for champ in change.champs)


def versions(store: Store, base: str) -> list[Triple]:
    """Return the triples of all versions in the history graph of a store, sorted."""
    described = store.query(bind(DESCRIBED, "graphe", _graph(base)), prefixes=PREFIXES)
    assert isinstance(described, QueryTriples), "the query is a CONSTRUCT"
    return sorted(described, key=str)
