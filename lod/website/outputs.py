"""The outputs of `lod build` that make up the site; `lod/build.py` has the loop over them.

The page of a question is made from the model, without the store; lists and counts are made by the
queries `site/queries/*.rq`. Links are relative, so that the site works from any folder.
"""

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain
from pathlib import Path

from pyoxigraph import Triple

from lod.base.parallel import batches
from lod.pipeline.partition_file import FOLDER
from lod.pipeline.reuse.memo import write_memo
from lod.pipeline.reuse.previous import Previous
from lod.publish.output import Output, Partition, Task, Workshop
from lod.publish.publication import Site
from lod.publish.query_cache import QueryCache
from lod.publish.query_catalogue import CatalogueQuery
from lod.website import feeds
from lod.website.documents import write_question, write_shared_answers
from lod.website.lists import SiteList, write_list
from lod.website.query_tables import is_self_contained
from lod.website.question_lists import QuestionLines
from lod.website.related_questions import RelatedQuestions, opened, read_questions
from lod.website.resources import IncomingLinks, Resource, Resources, incoming, write_resource
from lod.website.reuse import (
    RESOURCE_PAGES,
    Files,
    known_resource_pages,
    resource_key,
    reuse_or_write,
    reuse_partition,
)
from lod.website.statistics_page import PATH as STATISTICS
from lod.website.statistics_page import write_statistics

PARTITIONS = 8  # in a task
RESOURCES = 20  # in a task, or fewer, so that together they have at most …
QUESTIONS = 2000  # … so many: some resources have none, some nearly all


@dataclass(frozen=True)
class PageWorkshop(Workshop):
    """What a process needs to write pages."""

    previous: Previous  # the release before
    related: Path  # the file of the questions of each resource
    shared_key: str  # the hash of what the pages of all resources depend on

    @cached_property
    def question_lines(self) -> QuestionLines:
        """Return the lines of questions in lists; each is made once in a process."""
        return QuestionLines(self.site)

    @cached_property
    def known_pages(self) -> Files:
        """Return the files of the resources of the release before, by key."""
        return known_resource_pages(self.previous)


class QuestionPages(Output):
    """The documents of questions and of their own answers."""

    def __init__(self) -> None:
        self._waiting: list[Path] = []  # partitions of the next task

    def feed(self, partition: Partition) -> Iterable[Task]:
        """Yield a task for every few partitions."""
        self._waiting.append(partition.path)
        if len(self._waiting) == PARTITIONS:
            yield from self.finish()

    def finish(self) -> Iterable[Task]:
        """Yield a task for the partitions that wait."""
        if self._waiting:
            yield _write_questions, self._waiting
        self._waiting = []


def _write_questions(shop: PageWorkshop, paths: Sequence[Path]) -> None:
    for path in paths:
        reuse_partition(path, shop.site, shop.previous, write_question)


class Feeds(Output):
    """The feeds of all questions, and of each entity that can be followed."""

    def __init__(self, site: Site, resources: Resources) -> None:
        self._site, self._resources = site, resources
        self._followed = feeds.FollowedEvents(site)

    def feed(self, partition: Partition) -> Iterable[Task]:
        """Remember the newest events."""
        for q, _ in partition.questions:
            self._followed.add(q)
        return ()

    def close(self) -> None:
        """Write the feeds."""
        feeds.write_feeds(self._site, self._followed, self._resources.documents())


def ask_query(shop: PageWorkshop, query: CatalogueQuery) -> None:
    """Put the answer of a query that stands on several pages into the query cache."""
    if not query.why_costly:
        shop.query_cache.answer(query.text)


def write_one_list(shop: PageWorkshop, site_list: SiteList) -> None:
    """Write a list."""
    write_list(shop.site, site_list, shop.query_cache)


def write_statistics_page(shop: PageWorkshop, triples: list[Triple]) -> None:
    """Write the page of statistics, with what describes its data sets."""
    write_statistics(shop.site, triples, shop.query_cache)


def write_some_answers(shop: PageWorkshop, iris: list[str]) -> None:
    """Write the documents of some answers that serve several questions."""
    write_shared_answers(iris, shop.site, shop.query_cache.store)


class ResourcePages(Output):
    """The documents of deputies, ministries, groups, headings and all else that is referred to."""

    def __init__(
        self, site: Site, resources: Resources, query_cache: QueryCache, related: Path
    ) -> None:
        self._base, self._resources = site.publication.base, resources
        self._query_cache, self._path = query_cache, related
        self._related = RelatedQuestions(related, self._base, resources.portefeuilles())

    def feed(self, partition: Partition) -> Iterable[Task]:
        """Record which resources the questions are about."""
        for q, key in partition.questions:
            self._related.add(q, key)
        return ()

    def finish(self) -> Iterable[Task]:
        """Yield tasks of some resources, those with the most questions first: they take longest."""
        self._related.close()
        links, count_of = incoming(self._query_cache), self._related.count_of
        statistics = f"{self._base}{STATISTICS}"
        iris = [iri for iri in self._resources.documents() if iri != statistics]
        iris.sort(key=count_of, reverse=True)
        for part in batches(iris, RESOURCES, count_of, QUESTIONS):
            triples = chain.from_iterable(map(self._resources.about, part))
            pointing = {iri: links[iri] for iri in part if iri in links}
            yield _write_resources, (Resources(triples, self._base), pointing)

    def close(self) -> None:
        """Remove the file of related questions, which only a build needs."""
        self._path.unlink()


def _write_resources(shop: PageWorkshop, task: tuple[Resources, IncomingLinks]) -> None:
    """Write the pages of some resources, or reuse those of the release before."""
    resources, links = task
    files: Files = {}
    with closing(opened(shop.related)) as disk:
        for iri in resources.documents():
            rows, rows_hash = read_questions(disk, iri)
            resource = Resource(iri, resources.about(iri), links.get(iri, {}), rows)
            key = resource_key(resource, rows_hash, shop.shared_key)
            kind = shop.site.publication.path(iri).partition("/")[0]
            known = shop.known_pages.get(key, []) if is_self_contained(kind) else []
            write = partial(
                write_resource,
                resource=resource,
                query_cache=shop.query_cache,
                question_lines=shop.question_lines,
            )
            files[key] = reuse_or_write(known, shop.site, write)
    name = next(iter(files)) + RESOURCE_PAGES
    write_memo(shop.partitions.work / FOLDER / name, None, files)
