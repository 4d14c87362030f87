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
from lod.model.dates import en_toutes_lettres, moment
from lod.publish.changes import (
    AILLEURS,
    ANTERIEURE,
    ILLISIBLE,
    Changement,
    Journal,
    Touchees,
    entre,
)
from lod.publish.release import Suite, manifest
from lod.rdf.iris import Iris
from lod.rdf.ontology import labels
from lod.rdf.serialize import ntriples
from lod.rdf.store import Term, open_store
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
    fr,
    jour,
    qp,
    term,
)

NOM = "Questions parlementaires"  # what VoID calls the dataset
GRAPHE, JEU = ".well-known/void#historique", ".well-known/void#questions"  # below the base
NT, JOURNAL, DUMP = "historique.nt", "changements.db", "dumps/historique.nt.gz"
FLUX, PER_PAGE = "changements", 1000  # where the stream stands, and members on one of its pages
ACTIVITES = {"ajoutee": "as:Create", "supprimee": "as:Delete"}  # all else is an as:Update
MOTIFS = {  # why a version cannot be compared with the one before it, as a page says it
    AILLEURS: "la version précédente est publiée sous d’autres adresses",
    ANTERIEURE: "la version précédente a été faite par un programme antérieur",
    ILLISIBLE: "la version précédente n’est plus là, ou n’est pas lisible",
}
DESCRIBED = """
CONSTRUCT { ?version ?p ?o . ?jeu dcat:hasVersion ?version ; rdfs:label ?nom }
WHERE { GRAPH ?graphe { ?jeu dcat:hasVersion ?version ; rdfs:label ?nom . ?version ?p ?o } }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A release in the history, as the manifest has it: what it came after, what it changed.

    `motif` says why that is not known, where it is not: a key of MOTIFS. The first one came after
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
        return f"{FLUX}/{self.id}"

    @property
    def titre(self) -> str:
        """What it is called: « Version du 1er mars 2022 »."""
        return f"Version du {en_toutes_lettres(date.fromisoformat(self.donnees_au))}"

    @property
    def moment(self) -> str:
        """The instant of its changes: the first of the day up to which its data goes."""
        return moment(date.fromisoformat(self.donnees_au))


@dataclass(frozen=True, slots=True)
class Histoire:
    """The history that a release has: versions that came after another, the newest last.

    `avant` is the release whose history goes on, None if it begins here;
    `nouvelle` is the one of them that is being built, None if there is nothing new to be told;
    `triples` are those of the graph.
    """

    avant: Path | None
    versions: tuple[Version, ...]
    nouvelle: Version | None
    triples: int


def write(
    work: Path,
    base: str,
    suite: Suite,
    donnees_au: date,
    store: Store,
    touchees: Touchees | None = None,
) -> Histoire:
    """Write the graph as N-Triples, its dump, and the journal of what this release changes.

    `store` has the data of the release; the graph goes into it afterwards. `touchees` are the
    questions that alone can have changed, before and after; None: any.
    """
    avant = _followed(base, suite)
    versions = [Version(**told) for told in manifest(avant).get("versions", ())] if avant else []
    nouvelle = None
    journal, motif = _compare(work, base, suite, store, touchees)
    with journal, (work / NT).open("wb") as file:
        is_followed = _carry(avant, base, file)
        if not (is_followed and suite.est_reprise):
            version = _version(suite, donnees_au, journal, motif)
            file.write(ntriples(version_triples(base, version, is_followed)))
            for members in batches(_changes(base, version, journal, avant), PER_PAGE):
                file.write(ntriples(members))
            if suite.precedente and not suite.est_reprise:
                nouvelle = version
                versions.append(version)
    compress(work / NT, work / DUMP)
    with (work / NT).open("rb") as file:
        return Histoire(avant, tuple(versions), nouvelle, sum(1 for _ in file))


def tidy(work: Path) -> None:
    """Remove the files that only the build needs."""
    (work / NT).unlink()
    (work / JOURNAL).unlink()


def _followed(base: str, suite: Suite) -> Path | None:
    """Return the release whose history goes on: none if it is published under other addresses."""
    is_ours = suite.courante and manifest(suite.courante)["base"] == base
    return suite.courante if is_ours else None


def _compare(
    work: Path, base: str, suite: Suite, store: Store, touchees: Touchees | None
) -> tuple[Journal, str]:
    """Return what has changed since the release before, if there is one that is another."""
    if suite.courante is None or suite.precedente is None or suite.est_reprise:
        return Journal(path=work / JOURNAL), ""
    return entre(suite.courante, base, store, work / JOURNAL, touchees)


def _version(suite: Suite, donnees_au: date, journal: Journal, motif: str) -> Version:
    return Version(
        id=suite.identite,
        precedente=suite.precedente or "",
        donnees_au=donnees_au.isoformat(),
        pages=max(1, -(-len(journal) // PER_PAGE)),
        comptes=journal.comptes(),
        motif=motif,
    )


def _carry(avant: Path | None, base: str, file: IO[bytes]) -> bool:
    """Write what is known already; return whether there was a history before this release."""
    if avant is None or not (avant / DUMP).is_file():
        file.write(ntriples([Triple(NamedNode(base + JEU), RDFS_LABEL, fr(NOM))]))
        return False
    with gzip.open(avant / DUMP) as dump:
        shutil.copyfileobj(dump, file)
    return True


def _changes(base: str, version: Version, journal: Journal, avant: Path | None) -> Iterator[Triple]:
    """Yield what a version changes; the name of a question that has changed before is there."""
    known = open_store(avant / "store") if avant and len(journal) else Store()
    graph = NamedNode(base + GRAPHE)
    for number, members in enumerate(batches(journal, PER_PAGE), start=1):
        path = page_path(version.path, number)
        for triple in chain.from_iterable(member_triples(base, path, version, m) for m in members):
            if triple.predicate != RDFS_LABEL or not _is_in(known, triple, graph):
                yield triple


def _is_in(store: Store, triple: Triple, graph: NamedNode) -> bool:
    return Quad(triple.subject, triple.predicate, triple.object, graph) in store


def iri(base: str, identite: str) -> NamedNode:
    """Return the IRI of a version of the dataset."""
    return NamedNode(f"{base}{FLUX}#{identite}")


def version_triples(base: str, version: Version, is_followed: bool) -> Iterator[Triple]:
    """Yield what a version is; `is_followed` says that the one before it is in the graph too."""
    s = iri(base, version.id)
    yield Triple(s, RDF_TYPE, DCAT_RESOURCE)
    yield Triple(s, RDFS_LABEL, fr(version.titre))
    yield Triple(NamedNode(base + JEU), DCAT_HAS_VERSION, s)
    yield Triple(s, DCAT_VERSION, Literal(version.id))
    yield Triple(s, QP.donneesAu, jour(date.fromisoformat(version.donnees_au)))
    if is_followed:
        yield Triple(s, DCAT_PREVIOUS, iri(base, version.precedente))
    if version.motif:
        yield Triple(s, RDFS_COMMENT, fr(f"Pas de différence, {MOTIFS[version.motif]}."))


def member_triples(
    base: str, path: str, version: Version, changement: Changement
) -> Iterator[Triple]:
    """Yield a change: of which question it is a version, since when, and what became of it.

    `path` is the page of the stream on which it stands.
    """
    s, question = NamedNode(f"{base}{path}#{changement.uid}"), Iris(base).question(changement.uid)
    activite = ACTIVITES.get(changement.genres[0], "as:Update")
    told = ", ".join(nom(kind).lower() for kind in changement.genres)
    yield Triple(s, RDF_TYPE, term(activite))
    yield Triple(s, RDFS_LABEL, fr(f"{changement.nom} : {told}"))
    yield Triple(s, DCTERMS_VERSION_OF, question)
    yield Triple(s, DCTERMS_PART_OF, iri(base, version.id))
    yield Triple(s, DCTERMS_CREATED, Literal(version.moment, datatype=term("xsd:dateTime")))
    for kind in changement.genres:
        yield Triple(s, DCTERMS_TYPE, qp(f"changement-{kind}"))
    yield Triple(question, RDFS_LABEL, fr(changement.nom))


def nom(genre: str) -> str:
    """Return what a kind of change is called: « Ajoutée »."""
    return labels(SKOS_PREF_LABEL)[qp(f"changement-{genre}").value]


def versions(store: Store, base: str) -> list[Triple]:
    """Return what the versions are that the graph of a store knows, in one order."""
    graph: dict[Variable, Term] = {Variable("graphe"): NamedNode(base + GRAPHE)}
    found = store.query(DESCRIBED, prefixes=PREFIXES, substitutions=graph)
    assert isinstance(found, QueryTriples), "the query is a CONSTRUCT"
    return sorted(found, key=str)
