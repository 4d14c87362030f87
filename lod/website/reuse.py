"""Reuse of pages of the release before: each has a key, the hash of all that it depends on.

The pages of a resource are reused if its tables depend on no questions but its own, the page of an
answer if it serves the same questions.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import blake2b
from itertools import chain
from pathlib import Path

from lod.pipeline.gather import FACTS, LINKS
from lod.pipeline.questions.previous import Previous
from lod.pipeline.questions.question_db import REMAINDER
from lod.publish.publication import CrossReferences, KeyedPages, Publication, Site
from lod.rdf.vocab import QP
from lod.website.pages.resource_page import Resource

DAY = f" {QP.donneesAu} ".encode()  # of a legislature, on its own page alone
SIZE = 16  # bytes of a key


@dataclass
class Pages:
    """The pages that a task writes or takes over."""

    site: Site
    previous: Previous
    kept: KeyedPages = field(default_factory=list)  # those that the next build may take over

    def reuse(self, key: bytes | None) -> bool:
        """Take over the files of a key; return whether there were any. None: there are none."""
        paths = self.previous.pages(key) if key else []
        if not paths or not all(map(self.site.tree.link, paths)):
            return False
        self._keep(key, paths)
        return True

    def write(self, key: bytes | None, write: Callable[[Site], object]) -> None:
        """Call `write`, and keep under the key which files it writes."""
        paths = list[str]()
        write(replace(self.site, tree=replace(self.site.tree, written=paths)))
        self._keep(key, paths)

    def _keep(self, key: bytes | None, paths: Iterable[str]) -> None:
        self.kept += ((key, path) for path in paths if key)


def shared_key(work: Path, made_with: str, publication: Publication) -> bytes:
    """Return the hash of what all pages of resources and answers depend on.

    That is the triples of other resources but for statistics and the day up to which the data goes,
    links, facts of Wikidata, and what every page prints; `made_with` is the hash of the program and
    its files.
    """
    on_every_page = f"{publication.publisher}\n{publication.licence}\n{publication.sample}\n"
    hashed = blake2b(f"{made_with}\n{on_every_page}".encode(), digest_size=SIZE)
    own = f"<{publication.base}".encode()
    questions = f"<{publication.base}question/".encode()
    with (work / REMAINDER).open("rb") as file:
        for line in file:
            subject = line.partition(b" ")[0]
            is_resource = subject.startswith(own) and not subject.startswith(questions)
            if is_resource and b"#statistique" not in subject and DAY not in line:
                hashed.update(line)
    for name in (LINKS, FACTS):
        hashed.update((work / name).read_bytes())
    return hashed.digest()


def resource_key(
    resource: Resource,
    questions: Iterable[tuple[bytes, bytes]],
    shared: bytes,
    day: date | None = None,
) -> bytes:
    """Return the key of the pages of a resource; `questions` are facts and keys of its own, `day`
    is the last one of the data, if its pages say it.
    """
    triples = "".join(f"{triple}\n" for triple in resource.triples)
    hashed = blake2b(shared, digest_size=SIZE)
    own = (resource.iri, resource.roles, resource.annotations, resource.held.offices, day, triples)
    hashed.update("\n".join(map(str, own)).encode())
    for part in chain.from_iterable(questions):
        hashed.update(part)
    return hashed.digest()


def answer_key(iri: str, nt: bytes, references: CrossReferences, shared: bytes) -> bytes:
    """Return the key of the page of an answer, whose own triples are `nt`."""
    beside = references.shared_answers[iri], references.mentions.get(iri)
    return blake2b(shared + f"{beside}\n".encode() + nt, digest_size=SIZE).digest()
