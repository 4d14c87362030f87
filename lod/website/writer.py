"""The second pass of a build: four forms of each document, and the static pages.

A question's page is made from the model and asks the store nothing; lists and counts come from
`site/queries/*.rq`. Links are relative: the site works from any folder, from any web server,
without Python.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain
from pathlib import Path
from typing import Any

from pyoxigraph import Triple

from lod.base import packaged
from lod.base.parallel import batches, unordered
from lod.pipeline.partition_set import PartitionSet
from lod.pipeline.partitions import FOLDER, keyed_questions, questions_of
from lod.publish.downloads import write_dumps
from lod.publish.query_catalogue import example_triples, queries_by_theme, standalone_queries
from lod.publish.search.indexing import INDEX_FILE, write_index
from lod.rdf.iris import Iris
from lod.rdf.serialize import ntriples
from lod.website import feeds, related_questions
from lod.website.documents import BATCH, write_document, write_question, write_shared_answers
from lod.website.lists import SiteList, site_lists, write_list
from lod.website.query_cache import QueryCache
from lod.website.query_results import query_rows
from lod.website.query_tables import is_self_contained
from lod.website.question_lists import QuestionLines
from lod.website.rendering import PageContext, render
from lod.website.resources import IncomingLinks, Resources, incoming, write_resource
from lod.website.reuse import (
    RESOURCES_SUFFIX,
    PartitionPages,
    known_resource_pages,
    resource_fingerprint,
    reuse_or_write,
    reuse_partition,
    shared_fingerprint,
)
from lod.website.static_search import write_static_search
from lod.website.statistics_pages import statistics_tables

__all__ = ["PageContext", "write_site"]
PARTITIONS = 8  # a task
RESOURCES = 20  # a task, or fewer that have as many questions as
QUESTIONS = 2000  # together: some have none, some nearly all
ResourceBatch = tuple[Resources, IncomingLinks]  # some resources, and what points to these


@dataclass(frozen=True)
class PageWriter:
    """What a process has to write pages with: the context, and where it asks the store. Each method
    writes some pages, and returns how many.
    """

    context: PageContext
    partition_set: PartitionSet
    related: Path  # of the questions of each resource
    query_cache: QueryCache  # which each process opens for itself
    shared: str  # the hash of what the pages of all resources are made of

    @cached_property
    def question_lines(self) -> QuestionLines:
        """The questions as lists print them."""
        return QuestionLines(self.context)

    @cached_property
    def known_pages(self) -> dict[str, list[str]]:
        """What the pages of resources were made of in the release before → their files."""
        before = self.partition_set.before
        return known_resource_pages(before and before / FOLDER)

    def questions(self, some: Sequence[Path]) -> int:
        """Write the questions of some tranches, and their answers."""
        return sum(reuse_partition(path, self.context, write_question) for path in some)

    def index(self, _: None) -> int:
        """Write the full-text index of all questions, and what the search of the pages needs."""
        found = chain.from_iterable(questions_of(path) for path in self.partition_set.paths())
        context, path = self.context, self.partition_set.work / INDEX_FILE
        write_index(path, found, Iris(context.base), context.name_of, context.saved_properties())
        return write_static_search(context, path)

    def dumps(self, _: None) -> int:
        """Write the files to download; there is no page among them."""
        write_dumps(self.partition_set)
        return 0

    def shared_answers(self, some: list[str]) -> int:
        """Write answers that serve several questions."""
        return write_shared_answers(some, self.context, self.query_cache.store)

    def resources(self, some: ResourceBatch) -> int:
        """Write resources."""
        about, links = some
        pages = PartitionPages("", {})
        with closing(related_questions.opened(self.related)) as disk:
            for iri in about.documents():
                roles, (rows, questions) = (
                    links.get(iri, {}),
                    related_questions.read_questions(disk, iri),
                )
                told = about.about(iri), roles, questions, self.shared
                made_of = resource_fingerprint(iri, *told)
                write = partial(
                    write_resource, iri=iri, resources=about, roles=roles, rows=rows,
                    query_cache=self.query_cache, question_lines=self.question_lines,
                )  # fmt: skip
                pages.files_by_fingerprint[made_of] = reuse_or_write(
                    self._known_files(iri, made_of), self.context, write
                )
        path = (
            self.partition_set.work
            / FOLDER
            / (next(iter(pages.files_by_fingerprint)) + RESOURCES_SUFFIX)
        )
        path.write_text(pages.text(), "ascii")
        return len(pages.files())

    def _known_files(self, iri: str, made_of: str) -> list[str]:
        """Return the files of a resource that may be taken over from the release before."""
        kind = self.context.path(iri).partition("/")[0]
        return self.known_pages.get(made_of, []) if is_self_contained(kind) else []

    def site_list(self, site_list: SiteList) -> int:
        """Write a list."""
        return write_list(self.context, site_list, self.query_cache)

    def statistics(self, triples: list[Triple]) -> int:
        """Write the page of statistics, about what these triples say."""
        return write_statistics(self.context, triples, self.query_cache)

    def ask(self, text: str) -> int:
        """Ask a query whose answer stands on several pages."""
        self.query_cache.answer(text)
        return 0

    def do(self, task: "Task") -> int:
        """Do one of all these."""
        method, part = task
        return method(self, part)


Task = tuple[Callable[[PageWriter, Any], int], Any]


def write_site(
    context: PageContext,
    partition_set: PartitionSet,
    resources: Resources,
    filled: Callable[[], object],
    query_cache: QueryCache,
    jobs: int,
) -> int:
    """Write every document and every list, and in the same processes dumps and full-text index;
    return the number of pages.

    `filled` waits until the store is: questions need it not.
    """
    context.site.copy(packaged.STATIC, "static")
    disk = partition_set.work / "liees.db"
    shared = shared_fingerprint(partition_set.work, context)
    page_writer = PageWriter(context, partition_set, disk, query_cache, shared)
    followed = feeds.FollowedEvents(context)
    gathered = related_questions.RelatedQuestions(disk, context.base, resources.portefeuilles())
    passing = (_noted(path, followed, gathered) for path in partition_set.paths())
    # what takes longest comes first
    long: list[Task] = [(PageWriter.index, None), (PageWriter.dumps, None)]
    some = ((PageWriter.questions, part) for part in batches(passing, PARTITIONS))
    later = _store_tasks(context, resources, gathered, filled, query_cache)
    pages = sum(unordered(page_writer.do, chain(long, some, later), jobs))
    disk.unlink()
    feeds.write_feeds(context, followed, resources.documents())
    return pages + write_examples(context, f"{context.base}exemples", query_cache)


def _noted(
    path: Path, followed: feeds.FollowedEvents, gathered: related_questions.RelatedQuestions
) -> Path:
    """Remember what is told elsewhere of the questions of a tranche; return where they are."""
    for q, key in keyed_questions(path):
        followed.add(q)
        gathered.add(q, key)
    return path


def _store_tasks(
    context: PageContext,
    resources: Resources,
    gathered: related_questions.RelatedQuestions,
    filled: Callable[[], object],
    query_cache: QueryCache,
) -> Iterator[Task]:
    """Yield what is written once all questions have passed, and the store is filled."""
    gathered.close()
    filled()
    found = incoming(query_cache)
    statistics_iri = f"{context.base}statistiques"  # they have a page of their own
    about = [iri for iri in resources.documents() if iri != statistics_iri]
    yield from ((PageWriter.ask, r.text) for r in standalone_queries().values() if not r.why_costly)
    yield PageWriter.statistics, resources.about(statistics_iri)
    yield from ((PageWriter.site_list, site_list) for site_list in site_lists())
    yield from (
        (PageWriter.shared_answers, part) for part in batches(context.shared_answers, BATCH)
    )
    about.sort(key=gathered.count_of, reverse=True)
    for part in batches(about, RESOURCES, gathered.count_of, QUESTIONS):
        yield PageWriter.resources, _resource_batch(part, resources, found, context.base)


def _resource_batch(
    iris: Iterable[str], resources: Resources, links: IncomingLinks, base: str
) -> ResourceBatch:
    """Return some resources, to be sent to another process."""
    triples = chain.from_iterable(map(resources.about, iris))
    return Resources(triples, base), {iri: links[iri] for iri in iris if iri in links}


def write_statistics(context: PageContext, triples: list[Triple], query_cache: QueryCache) -> int:
    """Write the page with the numbers of all, and what their sets are made of."""
    shown = statistics_tables(query_cache, context.base)
    html = render("statistiques.html", context, "statistiques", tableaux=shown)
    write_document(context, f"{context.base}statistiques", ntriples(triples), [], html)
    return 1


def write_examples(context: PageContext, iri: str, query_cache: QueryCache) -> int:
    """Write the page with every query and what it gives, and the queries as RDF."""
    found = {
        theme: [(query, query_rows(query_cache, query)) for query in queries]
        for theme, queries in queries_by_theme().items()
    }
    html = render(
        "exemples.html", context, context.path(iri), themes=found, nombre=len(standalone_queries())
    )
    write_document(context, iri, ntriples(example_triples(context.base)), [], html)
    return 1
