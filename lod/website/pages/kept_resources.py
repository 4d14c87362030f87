"""What the pages of resources, and of answers to several questions, are made of: `ressources.db`.

A build writes this file; the pages are made from it when they are asked for, or exported.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from pyoxigraph import Literal, NamedNode, Triple

from lod.base.durable import read_only
from lod.base.output_tree import OutputTree
from lod.base.packing import Codec
from lod.pipeline.questions.fact_queries import FactQueries
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.publication import (
    CrossReferences,
    NamedList,
    Publication,
    Site,
    Workshop,
    french_names,
)
from lod.publish.query_cache import Asked, QueryCache
from lod.rdf.ontology import ontology
from lod.rdf.serialize import ntriples, triples
from lod.rdf.vocab import NAMESPACE, RDFS, fr
from lod.website.pages.offices import Held, Office, Offices
from lod.website.pages.question_lists import STATUT_PREFIX
from lod.website.pages.question_page import answer_page
from lod.website.pages.question_tables import ResourceDetails, TableMaker
from lod.website.pages.resource_page import Resource, Resources, Roles, incoming, resource_pages
from lod.website.pages.statistics_page import STATISTICS
from lod.website.rendering.query_tables import Pictures

RESOURCES_FILE = "ressources.db"
TABLES = RESOURCES, ANSWERS = "ressource", "reponse"
SCHEMA = """
CREATE TABLE ressource (iri TEXT PRIMARY KEY, contenu BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE reponse (iri TEXT PRIMARY KEY, contenu BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE commun (contenu BLOB NOT NULL);
"""


class KeptResource(NamedTuple):
    """One resource, as `Resource` has it."""

    triples: bytes  # N-Triples
    roles: Roles
    leading: bytes  # N-Triples
    annotations: dict[str, Any]  # by reviewed files of extensions
    offices: list[Office]  # of a person
    awaited: list[str]  # ministries whose questions wait for that person


class KeptAnswer(NamedTuple):
    """An answer to several questions."""

    questions: NamedList
    mentions: dict[str, NamedList]  # as `CrossReferences` has those of one


class Shared(NamedTuple):
    """What the pages of all resources have in common."""

    names: dict[str, str]  # IRI of a resource → its French name
    years: dict[str, str]  # as in `CrossReferences`
    governments: dict[str, str]  # these three as in `ResourceDetails`
    numbers: dict[str, int]
    legislatures: dict[str, str]


RESOURCE, ANSWER, SHARED = Codec(KeptResource), Codec(KeptAnswer), Codec(Shared)


def shared_by_all(site: Site, details: ResourceDetails) -> Shared:
    """Return what the pages of all resources share.

    Names are kept of documents, of resources of other sites (a register may name persons by
    fragments), and of the fragments that pages link to: headings of a legislature, sets of
    statistics.
    """
    references, base = site.references, site.publication.base
    led_to = f"{base}legislature/", f"{base}{STATISTICS}#"
    names = {
        iri: named.object.value
        for iri, named in references.names.items()
        if isinstance(named.object, Literal) and not iri.startswith(NAMESPACE)
        if "#" not in iri
        or not iri.startswith(base)
        or (iri.startswith(led_to) and "#statistique-" not in iri)
    }
    return Shared(
        names,
        {**references.years},
        {**details.governments},
        {**details.numbers},
        {**details.legislatures},
    )


def write_resources(shop: Workshop, told: tuple[Resources, ResourceDetails]) -> None:
    """Write the file of a release, whose store is asked what leads to each resource."""
    release, site, (resources, details) = shop.questions.release, shop.site, told
    with closing(sqlite3.connect(release / RESOURCES_FILE, isolation_level=None)) as disk:
        disk.executescript(SCHEMA)
        disk.execute("BEGIN")
        shared = SHARED.pack(shared_by_all(site, details))
        disk.execute("INSERT INTO commun VALUES (?)", [shared])
        resource = (
            (iri, RESOURCE.pack(kept))
            for iri, kept in _kept_resources(site, resources, shop.query_cache)
        )
        disk.executemany("INSERT INTO ressource VALUES (?, ?)", resource)
        references = site.references
        answers = (
            (iri, ANSWER.pack(KeptAnswer(questions, {**references.mentions.get(iri, {})})))
            for iri, questions in sorted(references.shared_answers.items())
        )
        disk.executemany("INSERT INTO reponse VALUES (?, ?)", answers)
        disk.execute("COMMIT")


def _kept_resources(
    site: Site, resources: Resources, query_cache: QueryCache
) -> Iterator[tuple[str, KeptResource]]:
    """Yield IRI and content of each resource with a document."""
    links, leading = incoming(query_cache), resources.leading()
    publication, annotations = site.publication, site.references.annotations
    offices = Offices(resources.triples(), publication.data_until.isoformat())
    for iri in resources.documents():
        if iri == f"{publication.base}{STATISTICS}":
            continue
        held = offices.of(iri)
        yield (
            iri,
            KeptResource(
                ntriples(resources.about(iri)),
                links.get(iri, {}),
                ntriples(leading.get(iri, [])),
                {**annotations.get(publication.path(iri), {})},
                held,
                offices.awaited(held),
            ),
        )


@dataclass(frozen=True, slots=True)
class ResourcePages:
    """Makes the pages about the resources of a release, in the language of the moment."""

    questions: PublishedQuestions  # of a release
    publication: Publication
    asked: Asked  # answers the queries whose rows are kept nowhere
    pictures: Pictures

    def page(self, path: str) -> bytes | None:
        """Return the page at a path, without extension and language; None if there is none."""
        name = document_path(path)
        return next((html for _, html in self.pages(name, only=path)), None)

    def pages(self, name: str, only: str = "") -> Iterator[tuple[str, bytes]]:
        """Yield path and content of each page about a resource or an answer, by the path of its
        document, or of the one at a path.
        """
        iri = self.publication.base + name
        if name.startswith("reponse/"):
            if only in ("", name) and (kept_answer := _kept(self.questions.release, ANSWERS, iri)):
                yield name, self._answer_page(iri, ANSWER.unpack(kept_answer))
        elif kept := _kept(self.questions.release, RESOURCES, iri):
            yield from self._resource_pages(iri, RESOURCE.unpack(kept), only)

    def _resource_pages(
        self, iri: str, kept: KeptResource, only: str
    ) -> Iterator[tuple[str, bytes]]:
        queries = FactQueries(self.questions)
        resource = Resource(
            iri,
            list(triples(kept.triples)),
            kept.roles,
            list(triples(kept.leading)),
            [(rank, statut.removeprefix(STATUT_PREFIX)) for rank, statut in queries.listed(iri)],
            queries.facts,
            kept.annotations,
            Held.of(kept.offices, kept.awaited, queries),
        )
        references, details = shared(self.questions.release)
        names = {**references.names, **french_names(resource.triples)}
        references = CrossReferences(names, years=references.years)
        site = Site(self.publication, OutputTree(self.questions.release / "site"), references)
        maker = TableMaker(queries, references, details)
        yield from resource_pages(site, resource, self.asked, maker, self.pictures, only)

    def _answer_page(self, iri: str, kept: KeptAnswer) -> bytes:
        uids = (question.rpartition("/")[2] for question, _ in kept.questions)
        texts = (text for q in self.questions.of_uids(uids) for text in q.texts)
        nt = next(text.nt for text in texts if text.iri == iri)
        references = replace(shared(self.questions.release)[0], mentions={iri: kept.mentions})
        return answer_page(iri, nt, kept.questions, references, self.publication)


def document_path(path: str) -> str:
    """Return the path of the document of the resource that a page is about.

    >>> document_path("depute/PA1/page-2"), document_path("auteur/8/jean/repondues")
    ('depute/PA1', 'auteur/8/jean')
    """
    parts = path.split("/")
    return "/".join(parts[: 3 if parts[0] == "auteur" else 2])


def is_kept(release: Path, iri: str) -> bool:
    """Say whether there is a document about a resource, or of an answer to several questions."""
    return any(_kept(release, table, iri, "1") for table in TABLES)


def kept_documents(release: Path) -> Iterator[str]:
    """Yield the IRIs of all documents that are kept, kind by kind."""
    for table in TABLES:
        with closing(_opened(release)) as disk:
            yield from (iri for (iri,) in disk.execute(f"SELECT iri FROM {table} ORDER BY iri"))


def _kept(release: Path, table: str, iri: str, column: str = "contenu") -> Any:
    """Return what a table has of a document."""
    with closing(_opened(release)) as disk:
        row = disk.execute(f"SELECT {column} FROM {table} WHERE iri = ?", [iri]).fetchone()
        return row and row[0]


def references_of(release: Path) -> CrossReferences:
    """Return the names of all resources of a release."""
    return shared(release)[0]


@lru_cache(2)  # the release that is served, and the next
def shared(release: Path) -> tuple[CrossReferences, ResourceDetails]:
    """Return names and details of all resources; a release does not change."""
    with closing(_opened(release)) as disk:
        [packed] = disk.execute("SELECT contenu FROM commun").fetchone()
    shared = SHARED.unpack(packed)
    names = french_names(ontology()) | {
        iri: Triple(NamedNode(iri), RDFS.label, fr(name)) for iri, name in shared.names.items()
    }
    details = ResourceDetails(shared.governments, shared.numbers, shared.legislatures)
    return CrossReferences(names, years=shared.years), details


def _opened(release: Path) -> sqlite3.Connection:
    return sqlite3.connect(read_only(release / RESOURCES_FILE), uri=True, isolation_level=None)
