"""Reuse of pages of the release before: each has a key, the hash of all that it depends on.

- The pages of a whole partition are reused if its key is the same; it is not even read.
- Else the pages of each question are reused whose own key is the same.
- The pages of a resource are reused likewise, if its tables depend on no questions but its own.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path

from lod.model.question import Question
from lod.pipeline.gather import FACTS, LINKS
from lod.pipeline.partition_file import documents_in, summary_of
from lod.pipeline.partition_set import REMAINDER
from lod.pipeline.partition_summary import PartitionSummary
from lod.pipeline.reuse.memo import SUFFIX, Memo, read_memo, write_memo
from lod.pipeline.reuse.previous import Previous
from lod.publish.publication import Publication, Site
from lod.rdf.iris import Iris
from lod.website.documents import neighbours_in
from lod.website.resources import Resource

# ends of the names of the files that have, for the next release, key → files of the site
PAGES = f".pages{SUFFIX}"  # after the name of a partition, for its questions
RESOURCE_PAGES = f".resources{SUFFIX}"  # after the key of the first of some resources
Write = Callable[[Question, Mapping[str, bytes], Site], None]
Files = dict[str, list[str]]  # key → paths of the files of the site


def reuse_or_write(names: list[str], site: Site, write: Callable[[Site], object]) -> list[str]:
    """Reuse all files, or call `write` if that fails or there are none; return the paths."""
    if names and all(map(site.tree.link, names)):
        return names
    written: list[str] = []
    write(replace(site, tree=replace(site.tree, written=written)))
    return written


def reuse_partition(path: Path, site: Site, previous: Previous, write: Write) -> None:
    """Reuse the pages of a partition, or those of its questions; write those that are not the same.

    A file beside the partition has the key and the paths for the next release.
    """
    summary, name = summary_of(path), path.name + PAGES
    key = partition_key(summary, site)
    old: Memo = previous.memo(name) or Memo(None, {})
    files: Files = old.value
    if old.key != key or not all(map(site.tree.link, chain.from_iterable(files.values()))):
        questions, said = documents_in(path)
        known, files, iris = files, {}, Iris(site.publication.base)
        for q in (site.references.as_published(q, iris) for q in questions):
            own = question_key(q, said, summary, site)
            files[own] = reuse_or_write(known.get(own, []), site, partial(write, q, said))
    write_memo(path.with_name(name), key, files)


def known_resource_pages(previous: Previous) -> Files:
    """Return the files of all resources of the release before, by key."""
    folder = previous.file("")
    found = sorted(folder.glob(f"*{RESOURCE_PAGES}")) if folder else []
    memos = (read_memo(path) for path in found)
    return dict(chain.from_iterable(memo.value.items() for memo in memos if memo))


def partition_key(summary: PartitionSummary, site: Site) -> str:
    """Return the key of all pages of a partition.

    They depend on the partition, on what every page prints, on the names of neighbours, on the
    other questions of its answers, and on the questions that recall its own.
    """
    references, iris = site.references, Iris(site.publication.base)
    day = summary.day if summary.depends_on_day else ""
    parts = [f"{summary.key}\n{day}\n{_on_every_page(site.publication)}"]
    parts += map(references.called, summary.neighbours)
    parts += [f"{iri} {references.shared_answers.get(iri)}\n" for iri in summary.reponses]
    for uid in summary.keys:
        parts.append(f"{uid} {references.recalled_by.get(iris.question(uid).value)}\n")
    for triple in summary.rappels:
        parts.append(f"{triple.object.value in references.recalled_by}\n")  # type: ignore[union-attr]
    return _hash(parts)


def question_key(
    q: Question, said: Mapping[str, bytes], summary: PartitionSummary, site: Site
) -> str:
    """Return the key of the pages of one question, which depend on the like."""
    references, iris = site.references, Iris(site.publication.base)
    iri, day = iris.question(q.uid).value, summary.day if q.attend else ""
    parts: list[str | bytes] = [
        f"{summary.keys[q.uid]}\n{day}\n{_on_every_page(site.publication)}",
        f"{references.recalled_by.get(iri)}\n{q.rappels}\n",
    ]
    for document in (iri, *(iris.reponse(q, r).value for r in q.reponses)):
        own = said.get(document, b"")
        parts += (f"{document} {references.shared_answers.get(document)}\n", own)
        parts += map(references.called, neighbours_in(own))
    return _hash(parts)


def shared_key(work: Path, made_with: str, publication: Publication) -> str:
    """Return the hash of what all pages of resources depend on.

    That is the triples of other resources but for statistics, links, facts of Wikidata, and what
    every page prints; `made_with` is the hash of the program and its files.
    """
    hashed = hashlib.sha256(f"{made_with}\n{_on_every_page(publication)}".encode())
    own = f"<{publication.base}".encode()
    questions = f"<{publication.base}question/".encode()
    with (work / REMAINDER).open("rb") as file:
        for line in file:
            subject = line.partition(b" ")[0]
            is_resource = subject.startswith(own) and not subject.startswith(questions)
            if is_resource and b"#statistique" not in subject:
                hashed.update(line)
    for name in (LINKS, FACTS):
        hashed.update((work / name).read_bytes())
    return hashed.hexdigest()


def resource_key(resource: Resource, questions: str, shared: str) -> str:
    """Return the key of the pages of a resource; `questions` is the hash of its own, see above."""
    head = f"{resource.iri}\n{shared}\n{questions}\n{resource.roles}\n"
    return _hash((head, *(f"{triple}\n" for triple in resource.triples)))


def _on_every_page(publication: Publication) -> str:
    return f"{publication.publisher}\n{publication.licence}\n{publication.sample}\n"


def _hash(parts: Iterable[str | bytes]) -> str:
    hashed = hashlib.sha256()
    for part in parts:
        hashed.update(part.encode() if isinstance(part, str) else part)
    return hashed.hexdigest()
