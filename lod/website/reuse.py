"""The pages of questions and of resources, taken over from the release before where nothing that
stands on them has changed: beside the tranches stands what they were made of, and which they are.

A tranche in which nothing has changed is not opened; of another one, the questions that are as they
were are taken over, each by itself. So is a resource whose tables tell of its questions alone.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from pathlib import Path

from pyoxigraph import Triple

from lod.base.output_tree import OutputTree, reuse_file
from lod.model.question import Question
from lod.pipeline.partition_summary import PartitionSummary
from lod.pipeline.partitions import FOLDER, PAGES, documents_in, summary_of
from lod.rdf.iris import Iris
from lod.website.documents import neighbours_in
from lod.website.rendering import PageContext

Write = Callable[[Question, Mapping[str, bytes], PageContext], None]
RESOURCES_SUFFIX = ".ressources"  # in the folder of the tranches: pages of some resources


@dataclass(frozen=True, slots=True)
class RecordingTree(OutputTree):
    """A site that remembers which files were written."""

    written: list[str] = field(default_factory=list)

    def write(self, path: str, content: bytes) -> None:
        """Write a file, and remember its path."""
        self.written.append(path)
        OutputTree.write(self, path, content)


@dataclass(frozen=True, slots=True)
class PartitionPages:
    """The pages of a tranche: what all of them were made of; and what each question was made of,
    with its files. Or of some resources likewise, of no tranche.
    """

    partition: str
    files_by_fingerprint: dict[str, list[str]]

    def text(self) -> str:
        """Return it as it stands in a file: a line a question, after that of the tranche."""
        lines = (
            " ".join((made_of, *names)) for made_of, names in self.files_by_fingerprint.items()
        )
        return "\n".join((self.partition, *lines))

    @classmethod
    def read(cls, path: Path | None) -> "PartitionPages":
        """Read a file; what is not there, or no such file, has no pages."""
        try:
            partition, *lines = path.read_text("ascii").splitlines() if path else ("",)
        except (OSError, ValueError):
            return cls("", {})
        return cls(partition, {made_of: names for made_of, *names in map(str.split, lines)})

    def files(self) -> list[str]:
        """Return the files of all questions."""
        return [*chain.from_iterable(self.files_by_fingerprint.values())]


def reuse_or_write(
    names: list[str], context: PageContext, write: Callable[[PageContext], object]
) -> list[str]:
    """Take over files, or have them written if that cannot be done; return which they are."""
    if names and all(map(context.site.link, names)):
        return names
    recording = RecordingTree(context.site.folder, context.site.before)
    write(replace(context, site=recording))
    return recording.written


def reuse_partition(path: Path, context: PageContext, write: Write) -> int:
    """Take over the pages of a tranche, or those of some of its questions, or none, and have the
    others written; return how many files they are.
    """
    site, summary = context.site, summary_of(path)
    beside = path.with_name(path.name + PAGES)
    old = site.before and site.before.parent / FOLDER / beside.name
    known, pages = (
        PartitionPages.read(old),
        PartitionPages(partition_fingerprint(summary, context), {}),
    )
    if old and known.partition == pages.partition and all(map(site.link, known.files())):
        reuse_file(old, beside)
        return len(known.files())
    questions, said = documents_in(path)
    for q in map(context.as_published, questions):
        made_of, told = question_fingerprint(q, said, summary, context), partial(write, q, said)
        pages.files_by_fingerprint[made_of] = reuse_or_write(
            known.files_by_fingerprint.get(made_of, []), context, told
        )
    beside.write_text(pages.text(), "ascii")
    return len(pages.files())


def partition_fingerprint(summary: PartitionSummary, context: PageContext) -> str:
    """Return the hash of all that the pages of a tranche are made of.

    That is the tranche itself, what is said on every page, and of the rest of the release: what
    neighbours are called, whom answers serve besides, who recalls a question.
    """
    iris = Iris(context.base)
    day = summary.day if summary.depends_on_day else ""
    hashed = hashlib.sha256(f"{summary.key}\n{day}\n{_on_every_page(context)}".encode())
    for iri in summary.neighbours:
        hashed.update(f"{iri} {context.names.get(iri)}\n".encode())
    for iri in summary.reponses:
        hashed.update(f"{iri} {context.shared_answers.get(iri)}\n".encode())
    for uid in summary.keys:
        recalling = context.recalled_by.get(iris.question(uid).value)
        hashed.update(f"{uid} {recalling}\n".encode())
    for triple in summary.rappels:
        hashed.update(f"{triple.object.value in context.recalled_by}\n".encode())  # type: ignore[union-attr]
    return hashed.hexdigest()


def question_fingerprint(
    q: Question, said: Mapping[str, bytes], summary: PartitionSummary, context: PageContext
) -> str:
    """Return the hash of all that the pages of one question are made of, likewise."""
    iris = Iris(context.base)
    iri, day = iris.question(q.uid).value, summary.day if q.attend else ""
    hashed = hashlib.sha256(f"{summary.keys[q.uid]}\n{day}\n{_on_every_page(context)}".encode())
    hashed.update(f"{context.recalled_by.get(iri)}\n{q.rappels}\n".encode())
    answers = [iris.reponse(q, r).value for r in q.reponses]
    for document in (iri, *answers):
        hashed.update(f"{document} {context.shared_answers.get(document)}\n".encode())
        told = said.get(document, b"")
        hashed.update(told)
        for neighbour in neighbours_in(told):
            hashed.update(f"{neighbour} {context.names.get(neighbour)}\n".encode())
    return hashed.hexdigest()


def known_resource_pages(folder: Path | None) -> dict[str, list[str]]:
    """Return what the pages of resources were made of in a release → their files."""
    found = sorted(folder.glob(f"*{RESOURCES_SUFFIX}")) if folder else []
    return dict(
        chain.from_iterable(
            PartitionPages.read(path).files_by_fingerprint.items() for path in found
        )
    )


def shared_fingerprint(work: Path, context: PageContext) -> str:
    """Return the hash of what the pages of any resource may tell of others: all that is said of
    these but the statistics, links, what Wikidata says; and of what is said on every page.
    """
    hashed = hashlib.sha256(f"{context.made_with}\n{_on_every_page(context)}".encode())
    own, questions = f"<{context.base}".encode(), f"<{context.base}question/".encode()
    with (work / "reste.nt").open("rb") as file:
        for line in file:
            subject = line.partition(b" ")[0]
            is_resource = subject.startswith(own) and not subject.startswith(questions)
            if is_resource and b"#statistique" not in subject:
                hashed.update(line)
    for name in ("links.nt", "faits.nt"):
        hashed.update((work / name).read_bytes())
    return hashed.hexdigest()


def resource_fingerprint(
    iri: str, triples: Iterable[Triple], roles: object, questions: str, shared: str
) -> str:
    """Return the hash of all that the pages of a resource are made of: what is said of it, what
    points to it, its questions, and what all have in common.
    """
    hashed = hashlib.sha256(f"{iri}\n{shared}\n{questions}\n{roles}\n".encode())
    for triple in triples:
        hashed.update(f"{triple}\n".encode())
    return hashed.hexdigest()


def _on_every_page(context: PageContext) -> str:
    """Return what is said on every page."""
    return f"{context.publisher}\n{context.licence}\n{context.sample}\n"
