"""The outputs of `lod build`, in their order, and the loop over them.

Lists and counts are made by the queries `site/queries/*.rq`. Links are relative, so that the site
works from any folder. The pages of questions are made when they are asked for: `question_page.py`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from itertools import chain

from pyoxigraph import NamedNode

from lod.base import packaged
from lod.base.parallel import batches, unordered
from lod.base.progress import Progress
from lod.pipeline.questions.by_resource import ResourceQuestions
from lod.pipeline.questions.previous import KeptWriter
from lod.pipeline.questions.question_db import PublishedQuestions, facts_of
from lod.publish.draft import Draft
from lod.publish.publication import Each, KeyedPages, Last, Output, Site, Task, Workshop
from lod.publish.query_cache import QueryCache
from lod.publish.query_catalogue import CatalogueQuery, all_queries, standalone_queries
from lod.publish.search.indexing import IndexOutput
from lod.rdf.serialize import ntriples
from lod.reference.constituencies import Elected, elected
from lod.website.indexes import feeds
from lod.website.indexes.robots import write_robot_files
from lod.website.model.codebook import write_void
from lod.website.pages.changelog import write_changelog
from lod.website.pages.kept_resources import ResourceWriter
from lod.website.pages.lists import site_lists, write_list
from lod.website.pages.offices import Held, Offices, Ranks, held_of
from lod.website.pages.question_lists import QuestionLines, newest_first
from lod.website.pages.question_page import write_answer
from lod.website.pages.question_tables import ResourceDetails, TableMaker, details_of
from lod.website.pages.resource_page import Resource, Resources, incoming, write_resource
from lod.website.pages.single_pages import write_pages
from lod.website.pages.statistics_page import (
    BY_MINISTER,
    STATISTICS,
    write_csv,
    write_months,
    write_statistics,
)
from lod.website.rendering.query_tables import Pictures, is_self_contained
from lod.website.reuse import Pages, answer_key, resource_key, shared_key

PAGES, STORE = "pages", "store"  # what the person who waits is told
ANSWERS = 200  # in a task
RESOURCES = 20  # in a task, or fewer, so that together they have at most …
LISTED = 2000  # … so many questions: some resources have none, some nearly all


@dataclass(frozen=True)
class PageWorkshop(Workshop):
    """What a process needs to write pages."""

    shared_key: bytes  # the hash of what the pages of all resources depend on
    details: ResourceDetails  # what tables say of resources
    pictures: Pictures  # what is drawn of tables

    @cached_property
    def question_lines(self) -> QuestionLines:
        """Each is made once in a process."""
        return QuestionLines(self.site)


def ask_query(shop: Workshop, query: CatalogueQuery) -> None:
    """Put the answer of a query that stands on several pages into the query cache."""
    if not query.why_costly:
        shop.query_cache.answer(query.text)


def write_feed_of_all(site: Site, questions: PublishedQuestions) -> None:
    """Write the feed of all questions; the others are made when they are asked for."""
    text = feeds.feed_of_all(questions, site.publication, site.references.name_of)
    site.tree.write(f"{feeds.FEED_OF_ALL}.atom", text)


# a resource without questions; the ranks of those about it, and of those of its offices
ResourceTask = tuple[Resource, Iterable[int], Ranks]


def resource_tasks(
    writer: ResourceWriter,
    site: Site,
    resources: Resources,
    query_cache: QueryCache,
    by_resource: ResourceQuestions,
) -> Iterator[list[ResourceTask]]:
    """Yield what the documents of resources are made of, the most questions first: they take
    longest; and keep it in the release. It asks the store, once it is filled.
    """
    ranks = by_resource.with_portfolios(resources.portefeuilles())
    links, leading = incoming(query_cache), resources.leading()
    base, annotations = site.publication.base, site.references.annotations
    day = site.publication.data_until.isoformat()
    offices = Offices(resources.triples(), by_resource, day)
    held = {iri: offices.of(iri) for iri in offices.persons()}
    of_offices = {iri: offices.ranks(some) for iri, some in held.items()}

    def count_of(iri: str) -> int:
        received = of_offices.get(iri, Ranks()).received
        return len(ranks.get(iri, ())) + sum(map(len, received))

    iris = [iri for iri in resources.documents() if iri != f"{base}{STATISTICS}"]
    iris.sort(key=count_of, reverse=True)
    with writer:
        for part in batches(iris, RESOURCES, count_of, LISTED):
            about = (
                Resource(
                    iri,
                    resources.about(iri),
                    links.get(iri, {}),
                    leading.get(iri, []),
                    annotations=annotations.get(site.publication.path(iri), {}),
                    held=Held(held.get(iri, ())),
                )
                for iri in part
            )
            tasks: list[ResourceTask] = [
                (each, ranks.get(each.iri, ()), of_offices.get(each.iri, Ranks())) for each in about
            ]
            for task in tasks:
                writer.add(*task)
            yield tasks


def _write_resources(shop: PageWorkshop, tasks: list[ResourceTask]) -> KeyedPages:
    """Write the pages of some resources, or reuse the pages of the release before."""
    pages = Pages(shop.site, shop.previous)
    for resource, ranks, of_offices in tasks:
        packed = shop.questions.packed_facts(ranks)
        received = [shop.questions.packed_facts(some) for some in of_offices.received]
        due = shop.questions.packed_facts(of_offices.due)
        day = shop.site.publication.data_until if due else None
        own = chain(packed, *received, due)
        key = resource_key(resource, own, shop.shared_key, day)
        kind = shop.site.publication.path(resource.iri).partition("/")[0]
        known = key if is_self_contained(kind) else None
        if pages.reuse(known):
            continue
        write = partial(
            write_resource,
            resource=replace(
                resource,
                questions=newest_first(facts_of(packed)),
                held=held_of(resource.held.offices, received, due),
            ),
            query_cache=shop.query_cache,
            question_lines=shop.question_lines,
            table_maker=TableMaker(shop.site.references, shop.details),
            pictures=shop.pictures,
        )
        pages.write(known, write)
    return pages.kept


def _write_answers(shop: PageWorkshop, iris: list[str]) -> KeyedPages:
    """Write the pages of answers that serve several questions, from the store, or reuse those of
    the release before.
    """
    pages = Pages(shop.site, shop.previous)
    for iri in iris:
        about = shop.query_cache.store.quads_for_pattern(NamedNode(iri), None, None)
        nt = ntriples(sorted((quad.triple for quad in about), key=str))
        key = answer_key(iri, nt, shop.site.references, shop.shared_key)
        if not pages.reuse(key):
            pages.write(key, partial(write_answer, iri=iri, nt=nt))
    return pages.kept


def write_outputs(
    draft: Draft, more: Iterable[Output], kept: KeptWriter, pictures: Pictures
) -> None:
    """Write what a release holds besides questions and findings, with `more` of extensions.

    The steps of all outputs are taken together: setup, finish; then each is closed in order.
    """
    plan, gathered, site = draft.plan, draft.gathered, draft.site
    resources = Resources((*gathered.descriptions, *gathered.links), plan.settings.base)
    details = details_of(gathered.descriptions)
    people = elected(plan.tables.directory, site.publication.data_until)
    as_of = max((person.as_of for person in people if person.as_of), default=None)
    begun = _in_processes(draft, resources, details, people)
    outputs = (*begun, *_at_the_end(draft, more, pictures, as_of))
    workshop = PageWorkshop(
        site,
        gathered.questions,
        draft.query_cache,
        plan.previous,
        draft.changed,
        shared_key(plan.work, plan.made_with, site.publication),
        details,
        pictures,
    )
    left = Counter[str]()
    tasks = _tasks(outputs, plan.progress, left)
    for number, ((name, _), pages) in enumerate(unordered(workshop.do, tasks, plan.jobs), start=1):
        kept.add_pages(pages)
        left[name] -= 1
        plan.progress.done(number, _in_words(left))
    for output in outputs:
        if output.stage:
            plan.progress.stage(output.stage)
        output.close()
    draft.query_cache.tidy()
    gathered.report.reused, gathered.report.files = site.tree.reused()


def _in_processes(
    draft: Draft, resources: Resources, details: ResourceDetails, people: list[Elected]
) -> Iterator[Output]:
    """Yield what has tasks: what takes longest comes first."""
    site, base = draft.site, draft.plan.settings.base
    index = IndexOutput(draft.gathered.descriptions, base, people)
    yield from (index, draft.dumps, draft.tables, draft.store)
    yield Each(ask_query, standalone_queries().values())
    yield Each(write_statistics, [resources.about(f"{base}{STATISTICS}")])
    yield Each(write_list, site_lists())
    yield Each(write_months, [all_queries()[BY_MINISTER]])
    yield Each(_write_answers, batches(site.references.shared_answers, ANSWERS))
    writer = ResourceWriter(draft.plan.work, site, details)
    by_resource = draft.gathered.by_resource
    about = resource_tasks(writer, site, resources, draft.query_cache, by_resource)
    yield Each(_write_resources, about)


def _at_the_end(
    draft: Draft, more: Iterable[Output], pictures: Pictures, as_of: date | None
) -> Iterator[Output]:
    """Yield the outputs that are made from `_in_processes`, one after the other; `as_of` is the day
    on which it is known who sits.
    """
    plan, gathered, site, dumps = draft.plan, draft.gathered, draft.site, draft.plan.work / "dumps"
    yield Last(write_feed_of_all, site, gathered.questions)
    yield Last(site.tree.copy, packaged.STATIC, "static")
    yield Last(write_csv, dumps / "statistiques.csv", gathered.statistics, site.references)
    yield draft.downloads
    yield Last(
        write_pages, site, gathered.report, draft.downloads, draft.query_cache, pictures, as_of
    )
    yield from more
    changes = "changes since the release before"
    yield Last(write_changelog, site, draft.store, plan.work, stage=changes)
    yield Last(write_void, site, dumps / "void.ttl")
    version = draft.downloads.version
    yield Last(write_robot_files, site, plan.settings, gathered.questions, version)  # all pages


def _tasks(
    outputs: Sequence[Output], progress: Progress, left: Counter[str]
) -> Iterator[tuple[str, Task]]:
    """Yield the tasks of all outputs, step by step, each with what it is called; count in `left`
    those that are known.
    """
    first = [(output.name, task) for output in outputs for task in output.setup()]
    left.update([STORE, *(name for name, _ in first)])
    progress.stage("pages, dumps, full-text index, store", len(first))
    progress.done(0, _in_words(left))
    yield from first
    then = [(PAGES, task) for output in outputs for task in output.finish()]
    left[STORE] -= 1  # it is waited for, to be asked by those
    left.update(name for name, _ in then)
    progress.more(len(then))
    yield from then


def _in_words(left: Counter[str]) -> str:
    return f"left: {', '.join(sorted(+left))}" if +left else ""
