"""The history of the dataset: the versions since the first, in the manifest, and a log of what
became of each question, a line for each change.

A build copies the log of the current release and adds the changes that `changes.py` finds. Each
change has an IRI on a page of the site.
"""

import gzip
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

import msgspec
from pyoxigraph import Literal, NamedNode, Triple

from lod.base.packing import compress
from lod.base.parallel import batches
from lod.model.dates import french_date, midnight_utc
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.changes import (
    OLDER_PROGRAM,
    OTHER_BASE,
    UNREADABLE,
    Change,
    changes_between,
    counts_of,
)
from lod.publish.release import Lineage, manifest
from lod.rdf.iris import Iris
from lod.rdf.ontology import labels
from lod.rdf.vocab import DCAT, DCTERMS, QP, RDF, RDFS, SKOS, civil_date, fr, qp, term

DATASET_NAME = "Questions parlementaires"  # the title of the dataset in VoID
DATASET = ".well-known/void#questions"  # below the base
LOG = "changements.jsonl.gz"  # among the dumps: what became of each question
GONE, NO_ANSWERS = b'"supprimee"', b'"reponses":[]}\n'  # in a line; the end of most
CHANGES, PER_PAGE = "changements", 1000  # path of the list of versions; changes on a page of one
REASONS = {  # why a version cannot be compared with the previous one → as pages say it
    OTHER_BASE: "la version précédente est publiée sous d’autres adresses",
    OLDER_PROGRAM: "la version précédente a été faite par un programme antérieur",
    UNREADABLE: "la version précédente n’est plus là, ou n’est pas lisible",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryVersion:
    """A release in the history; a manifest lists all, with these fields as keys."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedChange:
    """A line of the log, with these fields as keys."""

    version: str  # identity of the release that made the change
    donnees_au: str  # day up to which its data goes, in ISO form
    page: int  # of its changes, from 1 on
    uid: str
    nom: str
    genres: tuple[str, ...]  # kinds of change
    champs: tuple[str, ...]  # properties whose values differ
    reponses: tuple[tuple[str, str], ...]  # (IRI of an answer it had, its successor)


@dataclass(frozen=True, slots=True)
class History:
    """The history of a release that is being built."""

    followed: Path | None  # the release whose history is continued; None if it begins here
    versions: tuple[HistoryVersion, ...]  # the newest last
    is_longer: bool  # this build adds the last version, which follows another
    changes: tuple[Change, ...]  # of that version

    @property
    def compared(self) -> tuple[HistoryVersion, ...]:
        """The versions that follow another."""
        return tuple(version for version in self.versions if version.precedente)


def write(
    work: Path, base: str, lineage: Lineage, data_until: date, questions: PublishedQuestions
) -> History:
    """Write the log of a release with these questions."""
    followed = lineage.current
    if followed and manifest(followed)["base"] != base:
        followed = None
    listed = manifest(followed).get("versions", ()) if followed else ()
    versions, changes, reason = [HistoryVersion(**row) for row in listed], list[Change](), ""
    plain = work / LOG.removesuffix(".gz")
    with plain.open("wb") as file:
        if followed and (followed / "dumps" / LOG).is_file():
            with gzip.open(followed / "dumps" / LOG) as before:
                shutil.copyfileobj(before, file)
        if not lineage.is_rebuild:
            if lineage.current and lineage.previous:
                changes, reason = changes_between(lineage.current, base, questions)
            versions.append(version := _version(lineage, data_until, changes, reason))
            for number, members in enumerate(batches(changes, PER_PAGE), start=1):
                file.writelines(_line(version, number, change) for change in members)
    compress(plain, work / "dumps" / LOG)
    plain.unlink()
    is_longer = not lineage.is_rebuild and lineage.previous is not None
    return History(followed, tuple(versions), is_longer, tuple(changes))


def _line(version: HistoryVersion, page: int, c: Change) -> bytes:
    change = LoggedChange(
        version=version.id, donnees_au=version.donnees_au, page=page, uid=c.uid, nom=c.name,
        genres=c.kinds, champs=c.champs, reponses=c.reponses,
    )  # fmt: skip
    return msgspec.json.encode(change) + b"\n"


@dataclass(frozen=True, slots=True)
class Former:
    """What earlier releases had, and a release has no longer, as its log tells."""

    deletions: dict[str, LoggedChange] = field(default_factory=dict)  # uid → its last deletion
    # IRI of an answer → those that took its place
    successors: dict[str, set[str]] = field(default_factory=dict)

    def successors_of(self, answer: str) -> set[str]:
        """Return all that took the place of an answer, one after the other, without itself."""
        followed, ahead = {answer}, [answer]
        while ahead:
            new = self.successors.get(ahead.pop(), set()) - followed
            followed |= new
            ahead += new
        return followed - {answer}


@lru_cache(2)  # the log of a release never changes
def former(release: Path) -> Former:
    """Return what the log of a release tells; nothing if an earlier program has made it."""
    told, path = Former(), release / "dumps" / LOG
    if not path.is_file():
        return told
    with gzip.open(path) as lines:
        telling = (line for line in lines if GONE in line or not line.endswith(NO_ANSWERS))
        for change in map(_DECODER.decode, telling):
            if "supprimee" in change.genres:
                told.deletions[change.uid] = change
            for old, new in change.reponses:
                told.successors.setdefault(old, set()).add(new)
    return told


_DECODER = msgspec.json.Decoder(LoggedChange)


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


def version_iri(base: str, identity: str) -> NamedNode:
    return NamedNode(f"{base}{CHANGES}#{identity}")


def version_triples(base: str, version: HistoryVersion, is_continued: bool) -> Iterator[Triple]:
    """Yield a version; `is_continued` says that the previous one is known, too."""
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


def kind_name(kind: str) -> str:
    """Return the French name of a kind of change: « Ajoutée »."""
    return labels(SKOS.prefLabel)[qp(f"changement-{kind}").value]


def champ_names(change: Change) -> str:
    """Return the French names of the properties whose values have changed."""
    known = labels(RDFS.label)
    return ", ".join(known.get(qp(champ).value, champ) for champ in change.champs)


def versions_triples(base: str, versions: Sequence[HistoryVersion]) -> Iterator[Triple]:
    """Yield the versions of the dataset, each with the one before, if that is among them."""
    known = {version.id for version in versions}
    yield Triple(NamedNode(base + DATASET), RDFS.label, fr(DATASET_NAME))
    for version in versions:
        yield from version_triples(base, version, version.precedente in known)
