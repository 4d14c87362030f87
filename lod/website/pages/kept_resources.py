"""What the pages of resources are made of, kept in a release: the file `ressources.db`.

A build writes these pages in French; in other languages they are made from it when they are asked
for, by the same functions.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Self

from pyoxigraph import Literal, NamedNode, Triple

from lod.base.durable import read_only
from lod.base.output_tree import OutputTree
from lod.base.packing import Codec
from lod.pipeline.questions.question_db import PublishedQuestions, facts_of
from lod.publish.publication import CrossReferences, Publication, Site, french_names
from lod.publish.query_cache import Asked
from lod.rdf.ontology import ontology
from lod.rdf.serialize import ntriples, triples
from lod.rdf.vocab import RDFS, fr
from lod.website.pages.offices import Office, Ranks, held_of
from lod.website.pages.question_lists import QuestionLines, newest_first
from lod.website.pages.question_tables import ResourceDetails, TableMaker
from lod.website.pages.resource_page import Resource, Roles, resource_pages
from lod.website.rendering.query_tables import Pictures

RESOURCES_FILE = "ressources.db"
SCHEMA = """
CREATE TABLE ressource (iri TEXT PRIMARY KEY, contenu BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE commun (contenu BLOB NOT NULL);
"""


class KeptResource(NamedTuple):
    """One resource, as `Resource` has it."""

    triples: bytes  # N-Triples
    roles: Roles
    leading: bytes  # N-Triples
    ranks: list[int]  # of its questions
    annotations: dict[str, Any]  # by reviewed files of extensions
    offices: list[Office]  # of a person
    received: list[list[int]]  # ranks of the questions received in each of them
    due: list[int]  # of those that wait


class Shared(NamedTuple):
    """What the pages of all resources have in common."""

    names: dict[str, str]  # IRI of a resource → its French name
    years: dict[str, str]  # as in `CrossReferences`
    governments: dict[str, str]  # these three as in `ResourceDetails`
    numbers: dict[str, int]
    legislatures: dict[str, str]


RESOURCE, SHARED = Codec(KeptResource), Codec(Shared)


def shared_by_all(site: Site, details: ResourceDetails) -> Shared:
    """Return what the pages of all resources have in common; of names, those of documents, and of
    the parts of documents that others lead to: the headings of a legislature.
    """
    references, base = site.references, site.publication.base
    lists = f"{base}legislature/"
    names = {
        iri: named.object.value
        for iri, named in references.names.items()
        if iri.startswith(base) and isinstance(named.object, Literal)
        if "#" not in iri or (iri.startswith(lists) and "#statistique" not in iri)
    }
    return Shared(
        names,
        {**references.years},
        {**details.governments},
        {**details.numbers},
        {**details.legislatures},
    )


class ResourceWriter(AbstractContextManager["ResourceWriter"]):
    """Writes the file of a release."""

    def __init__(self, release: Path, site: Site, details: ResourceDetails) -> None:
        self._path, self._shared = release / RESOURCES_FILE, shared_by_all(site, details)

    def __enter__(self) -> Self:
        self._disk = sqlite3.connect(self._path, isolation_level=None)
        self._disk.executescript(SCHEMA)
        self._disk.execute("BEGIN")
        self._disk.execute("INSERT INTO commun VALUES (?)", [SHARED.pack(self._shared)])
        return self

    def __exit__(self, *exc: object) -> None:
        self._disk.execute("COMMIT")
        self._disk.close()

    def add(self, resource: Resource, ranks: Iterable[int], of_offices: Ranks) -> None:
        """Write a resource, with the ranks of its questions, and of those of its offices."""
        said, leading = ntriples(resource.triples), ntriples(resource.leading)
        kept = KeptResource(
            said,
            resource.roles,
            leading,
            [*ranks],
            {**resource.annotations},
            [*resource.held.offices],
            [*map(list, of_offices.received)],
            [*of_offices.due],
        )
        self._disk.execute(
            "INSERT INTO ressource VALUES (?, ?)", (resource.iri, RESOURCE.pack(kept))
        )


@dataclass(frozen=True, slots=True)
class ResourcePages:
    """Makes the pages about the resources of a release, in the language of the moment."""

    release: Path
    publication: Publication
    asked: Asked  # answers the queries whose rows are kept nowhere
    pictures: Pictures

    def page(self, path: str) -> bytes | None:
        """Return the page at a path, without extension and language; None if there is none."""
        parts = path.split("/")
        name = "/".join(parts[: 3 if parts[0] == "auteur" else 2])
        return next((html for _, html in self.pages(name, only=path)), None)

    def pages(self, name: str, only: str = "") -> Iterator[tuple[str, bytes]]:
        """Yield path and content of each page about a resource, by the path of its document, or of
        the one at a path.
        """
        iri = self.publication.base + name
        if (kept := _kept_resource(self.release, iri)) is None:
            return
        facts = PublishedQuestions(self.release).packed_facts
        resource = Resource(
            iri,
            list(triples(kept.triples)),
            kept.roles,
            list(triples(kept.leading)),
            newest_first(facts_of(facts(kept.ranks))),
            kept.annotations,
            held_of(kept.offices, map(facts, kept.received), facts(kept.due)),
        )
        references, details = _shared(self.release)
        names = {**references.names, **french_names(resource.triples)}
        references = CrossReferences(names, years=references.years)
        site = Site(self.publication, OutputTree(self.release / "site"), references)
        lines, maker = QuestionLines(site), TableMaker(references, details)
        yield from resource_pages(site, resource, self.asked, lines, maker, self.pictures, only)


def _kept_resource(release: Path, iri: str) -> KeptResource | None:
    text = "SELECT contenu FROM ressource WHERE iri = ?"
    with closing(_opened(release)) as disk:
        row = disk.execute(text, [iri]).fetchone()
    return RESOURCE.unpack(row[0]) if row else None


@lru_cache(2)  # the release that is served, and the next
def _shared(release: Path) -> tuple[CrossReferences, ResourceDetails]:
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
