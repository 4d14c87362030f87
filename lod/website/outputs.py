"""The outputs of the site, in the order in which they are made.

A question's page is made from the model and asks the store nothing; lists and counts come from
`site/queries/*.rq`. Links are relative: the site works from any folder, without Python.
"""

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain
from pathlib import Path

from pyoxigraph import Triple

from lod.base import packaged
from lod.base.parallel import batches
from lod.pipeline.gather import Gathered
from lod.pipeline.reuse.previous import Previous
from lod.publish.downloads import Downloads
from lod.publish.fill_store import StoreOutput
from lod.publish.output import Output, Partition, Task, Workshop
from lod.publish.publication import Site
from lod.publish.query_cache import QueryCache
from lod.publish.query_catalogue import standalone_queries
from lod.publish.search.indexing import INDEX_FILE
from lod.website import changelog, feeds, related_questions
from lod.website.documents import BATCH, write_question, write_shared_answers
from lod.website.lists import SiteList, site_lists, write_list
from lod.website.query_tables import is_self_contained
from lod.website.question_lists import QuestionLines
from lod.website.resources import IncomingLinks, Resources, incoming, write_resource
from lod.website.reuse import (
    Files,
    keep_resource_pages,
    known_resource_pages,
    resource_key,
    reuse_or_write,
    reuse_partition,
)
from lod.website.robots import write_robot_files
from lod.website.single_pages import write_examples, write_pages
from lod.website.static_search import write_static_search
from lod.website.statistics_pages import write_csv, write_statistics
from lod.website.void_pages import write_void

PARTITIONS = 8  # a task
RESOURCES = 20  # a task, or fewer that have as many questions as
QUESTIONS = 2000  # together: some have none, some nearly all
ResourceBatch = tuple[Resources, IncomingLinks]  # some resources, and what points to these


@dataclass(frozen=True)
class PageWorkshop(Workshop):
    """What a process needs to write pages."""

    previous: Previous
    related: Path  # the questions of each resource
    shared_key: str  # of what the pages of all resources are made of

    @cached_property
    def question_lines(self) -> QuestionLines:
        """Return the questions as lists print them: each is made ready once in a process."""
        return QuestionLines(self.site)

    @cached_property
    def known_pages(self) -> Files:
        """Return the files of the resources of the release before."""
        return known_resource_pages(self.previous)


class StaticFiles(Output):
    """Stylesheet, scripts, pictures."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def setup(self) -> Iterable[Task]:
        """Copy them."""
        self._site.tree.copy(packaged.STATIC, "static")
        return ()


class QuestionPages(Output):
    """The documents of questions and of their own answers."""

    def __init__(self) -> None:
        self._waiting: list[Path] = []

    def feed(self, partition: Partition) -> Iterable[Task]:
        """Write the documents of some partitions at a time."""
        self._waiting.append(partition.path)
        if len(self._waiting) == PARTITIONS:
            yield from self.finish()

    def finish(self) -> Iterable[Task]:
        """Write those of the last partitions."""
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


class QueryAnswers(Output):
    """The answers of queries that stand on several pages: asked once, in any process."""

    def finish(self) -> Iterable[Task]:
        """Ask each query that is about the whole."""
        asked = (query for query in standalone_queries().values() if not query.why_costly)
        return ((_ask, query.text) for query in asked)


def _ask(shop: PageWorkshop, text: str) -> None:
    shop.query_cache.answer(text)


class Lists(Output):
    """The lists of the site, and the page of statistics."""

    def __init__(self, site: Site, resources: Resources) -> None:
        self._iri = f"{site.publication.base}statistiques"
        self._resources = resources

    def finish(self) -> Iterable[Task]:
        """Write each list."""
        yield _write_statistics, self._resources.about(self._iri)
        yield from ((_write_list, one) for one in site_lists())


def _write_statistics(shop: PageWorkshop, triples: list[Triple]) -> None:
    write_statistics(shop.site, triples, shop.query_cache)


def _write_list(shop: PageWorkshop, site_list: SiteList) -> None:
    write_list(shop.site, site_list, shop.query_cache)


class SharedAnswers(Output):
    """The documents of answers that serve several questions."""

    def __init__(self, site: Site) -> None:
        self._shared = site.references.shared_answers

    def finish(self) -> Iterable[Task]:
        """Write some at a time, as the store has them."""
        return ((_write_answers, part) for part in batches(self._shared, BATCH))


def _write_answers(shop: PageWorkshop, iris: list[str]) -> None:
    write_shared_answers(iris, shop.site, shop.query_cache.store)


class ResourcePages(Output):
    """The documents of deputies, ministries, groups, headings and all else that is referred to."""

    def __init__(
        self, site: Site, resources: Resources, query_cache: QueryCache, related: Path
    ) -> None:
        self._base, self._resources, self._query_cache = (
            site.publication.base,
            resources,
            query_cache,
        )
        self._path = related
        self._related = related_questions.RelatedQuestions(
            related, self._base, resources.portefeuilles()
        )

    def feed(self, partition: Partition) -> Iterable[Task]:
        """Lay down whose the questions are."""
        for q, key in partition.questions:
            self._related.add(q, key)
        return ()

    def finish(self) -> Iterable[Task]:
        """Write the resources: those with the most questions first, which take longest."""
        self._related.close()
        found, count_of = incoming(self._query_cache), self._related.count_of
        about = [iri for iri in self._resources.documents() if iri != f"{self._base}statistiques"]
        about.sort(key=count_of, reverse=True)
        for part in batches(about, RESOURCES, count_of, QUESTIONS):
            triples = chain.from_iterable(map(self._resources.about, part))
            pointing = {iri: found[iri] for iri in part if iri in found}
            yield _write_resources, (Resources(triples, self._base), pointing)

    def close(self) -> None:
        """Remove what only the build needs."""
        self._path.unlink()


def _write_resources(shop: PageWorkshop, some: ResourceBatch) -> None:
    """Write some resources, or take over their pages from the release before."""
    resources, links = some
    files: Files = {}
    with closing(related_questions.opened(shop.related)) as disk:
        for iri in resources.documents():
            roles, (rows, questions) = (
                links.get(iri, {}),
                related_questions.read_questions(disk, iri),
            )
            key = resource_key(iri, resources.about(iri), roles, questions, shop.shared_key)
            kind = shop.site.publication.path(iri).partition("/")[0]
            known = shop.known_pages.get(key, []) if is_self_contained(kind) else []
            write = partial(
                write_resource, iri=iri, resources=resources, roles=roles, rows=rows,
                query_cache=shop.query_cache, question_lines=shop.question_lines,
            )  # fmt: skip
            files[key] = reuse_or_write(known, shop.site, write)
    keep_resource_pages(shop.partitions.work, files)


class StaticSearch(Output):
    """The search of a static host, made of the full-text index."""

    def __init__(self, site: Site, work: Path) -> None:
        self._site, self._index = site, work / INDEX_FILE

    def close(self) -> None:
        """Write its page and its files."""
        write_static_search(self._site, self._index)


class StatisticsTable(Output):
    """Every number of the statistics, as CSV."""

    def __init__(self, site: Site, gathered: Gathered, dumps: Path) -> None:
        self._site, self._gathered, self._dumps = site, gathered, dumps

    def close(self) -> None:
        """Write the table."""
        observations = self._gathered.statistics.observations()
        write_csv(self._dumps / "statistiques.csv", observations, self._site.references)


class SinglePages(Output):
    """The pages that are there once: home, downloads, quality, examples, guides, model."""

    def __init__(
        self, site: Site, gathered: Gathered, downloads: Downloads, query_cache: QueryCache
    ) -> None:
        self._site, self._gathered = site, gathered
        self._downloads, self._query_cache = downloads, query_cache

    def close(self) -> None:
        """Write them."""
        write_examples(self._site, self._query_cache)
        write_pages(self._site, self._gathered.report, self._downloads, self._query_cache)


class ChangePages(Output):
    """What each release has changed: pages, a stream for programs, a feed."""

    stage = "changes since the release before"

    def __init__(self, site: Site, store: StoreOutput, work: Path) -> None:
        self._site, self._store, self._work = site, store, work

    def close(self) -> None:
        """Write them; pages of earlier versions are taken over."""
        changelog.write_changelog(self._site, self._store.history, self._work, self._store.store)


class DescriptionPages(Output):
    """VoID for people and programs, and last what robots read: it lists all pages."""

    def __init__(self, site: Site, gathered: Gathered, downloads: Downloads, dumps: Path) -> None:
        self._site, self._gathered, self._dumps = site, gathered, dumps
        self._settings = downloads.settings

    def close(self) -> None:
        """Write them."""
        write_void(self._site, self._dumps / "void.ttl")
        write_robot_files(self._site, self._settings, self._gathered.report.questions)
