"""Which pages may be taken over from the release before: keys of all that pages are made of.

The pages of a partition in which nothing has changed are taken over without opening it; of another
one, those of each question that has not changed. So are those of a resource whose tables tell of
its own questions alone.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from pathlib import Path

from pyoxigraph import Triple

from lod.base.output_tree import OutputTree
from lod.model.question import Question
from lod.pipeline.gather import FACTS, LINKS
from lod.pipeline.partition_file import FOLDER, documents_in, summary_of
from lod.pipeline.partition_set import REMAINDER
from lod.pipeline.partition_summary import PartitionSummary
from lod.pipeline.reuse.memo import SUFFIX, Memo, read_memo, write_memo
from lod.pipeline.reuse.previous import Previous
from lod.publish.publication import Publication, Site
from lod.rdf.iris import Iris
from lod.website.documents import neighbours_in

PAGES = f".pages{SUFFIX}"  # after the name of a partition: key → files of each of its questions
RESOURCE_PAGES = f".resources{SUFFIX}"  # after the key of the first of some resources: likewise
Write = Callable[[Question, Mapping[str, bytes], Site], None]
Files = dict[str, list[str]]  # key → the files of the site that were made of it


@dataclass(frozen=True, slots=True)
class RecordingTree(OutputTree):
    """A tree that remembers which files were written."""

    written: list[str] = field(default_factory=list)  # paths

    def write(self, path: str, content: bytes) -> None:
        """Write a file, and remember its path."""
        self.written.append(path)
        OutputTree.write(self, path, content)


def reuse_or_write(names: list[str], site: Site, write: Callable[[Site], object]) -> list[str]:
    """Take over files, or have them written if that cannot be done; return which they are."""
    if names and all(map(site.tree.link, names)):
        return names
    tree = RecordingTree(site.tree.folder, site.tree.before)
    write(replace(site, tree=tree))
    return tree.written


def reuse_partition(path: Path, site: Site, previous: Previous, write: Write) -> None:
    """Take over the pages of a partition, or those of some of its questions, and have the others
    written; keep for the next release which they are.
    """
    summary, name = summary_of(path), path.name + PAGES
    key = partition_key(summary, site)
    old: Memo = previous.memo(name) or Memo(None, {})
    files: Files = old.value
    if old.key != key or not all(map(site.tree.link, chain.from_iterable(files.values()))):
        questions, said = documents_in(path)
        known, files, iris = files, {}, Iris(site.publication.base)
        for q in (site.references.as_published(q, iris) for q in questions):
            made_of = question_key(q, said, summary, site)
            written = partial(write, q, said)
            files[made_of] = reuse_or_write(known.get(made_of, []), site, written)
    write_memo(path.with_name(name), key, files)


def known_resource_pages(previous: Previous) -> Files:
    """Return the files of all resources that the release before has kept."""
    folder = previous.file("")
    found = sorted(folder.glob(f"*{RESOURCE_PAGES}")) if folder else []
    memos = (read_memo(path) for path in found)
    return dict(chain.from_iterable(memo.value.items() for memo in memos if memo))


def keep_resource_pages(work: Path, files: Files) -> None:
    """Keep for the next release which files were made of some resources."""
    write_memo(work / FOLDER / (next(iter(files)) + RESOURCE_PAGES), None, files)


def partition_key(summary: PartitionSummary, site: Site) -> str:
    """Return the key of all pages of a partition: the partition itself, what every page prints,
    what neighbours are called, whom answers serve besides, who recalls a question.
    """
    references, iris = site.references, Iris(site.publication.base)
    day = summary.day if summary.depends_on_day else ""
    told = [f"{summary.key}\n{day}\n{_on_every_page(site.publication)}"]
    told += [f"{iri} {references.names.get(iri)}\n" for iri in summary.neighbours]
    told += [f"{iri} {references.shared_answers.get(iri)}\n" for iri in summary.reponses]
    for uid in summary.keys:
        told.append(f"{uid} {references.recalled_by.get(iris.question(uid).value)}\n")
    for triple in summary.rappels:
        told.append(f"{triple.object.value in references.recalled_by}\n")  # type: ignore[union-attr]
    return _hash(told)


def question_key(
    q: Question, said: Mapping[str, bytes], summary: PartitionSummary, site: Site
) -> str:
    """Return the key of the pages of one question, likewise."""
    references, iris = site.references, Iris(site.publication.base)
    iri, day = iris.question(q.uid).value, summary.day if q.attend else ""
    told: list[str | bytes] = [f"{summary.keys[q.uid]}\n{day}\n{_on_every_page(site.publication)}"]
    told.append(f"{references.recalled_by.get(iri)}\n{q.rappels}\n")
    for document in (iri, *(iris.reponse(q, r).value for r in q.reponses)):
        own = said.get(document, b"")
        told += (f"{document} {references.shared_answers.get(document)}\n", own)
        told += [f"{other} {references.names.get(other)}\n" for other in neighbours_in(own)]
    return _hash(told)


def shared_key(work: Path, made_with: str, publication: Publication) -> str:
    """Return the key of what the pages of any resource may tell of others: all that is said of
    these but the statistics, links, what Wikidata says; and of what every page prints.
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


def resource_key(
    iri: str, triples: Iterable[Triple], roles: object, questions: str, shared: str
) -> str:
    """Return the key of the pages of a resource: what is said of it, what points to it (`roles`),
    the hash of its questions, and what all resources have in common.
    """
    return _hash((f"{iri}\n{shared}\n{questions}\n{roles}\n", *(f"{t}\n" for t in triples)))


def _on_every_page(publication: Publication) -> str:
    return f"{publication.publisher}\n{publication.licence}\n{publication.sample}\n"


def _hash(told: Iterable[str | bytes]) -> str:
    hashed = hashlib.sha256()
    for one in told:
        hashed.update(one.encode() if isinstance(one, str) else one)
    return hashed.hexdigest()
