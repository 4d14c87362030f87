"""The outputs of `lod build`, in their order, and the loop over them.

Lists and counts are made by the queries `site/queries/*.rq`. Links are relative, so that the site
works from any folder. The pages of questions and resources are made when they are asked for:
`question_page.py`, `kept_resources.py`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from lod.base import packaged
from lod.base.parallel import unordered
from lod.base.progress import Progress
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.draft import Draft
from lod.publish.publication import Each, Last, Output, Site, Task, Workshop
from lod.publish.query_catalogue import CatalogueQuery, all_queries, standalone_queries
from lod.publish.search.indexing import IndexOutput
from lod.reference.constituencies import Elected, elected
from lod.website.indexes import feeds
from lod.website.indexes.robots import write_robot_files
from lod.website.pages.changelog import write_changelog
from lod.website.pages.kept_resources import write_resources
from lod.website.pages.lists import site_lists, write_list
from lod.website.pages.question_tables import details_of
from lod.website.pages.resource_page import Resources
from lod.website.pages.single_pages import write_pages, write_void
from lod.website.pages.statistics_page import (
    BY_MINISTER,
    STATISTICS,
    write_csv,
    write_months,
    write_statistics,
)
from lod.website.rendering.query_tables import Pictures

PAGES, STORE = "pages", "store"  # what the person who waits is told
FEW = 100  # questions of a release that one process writes sooner than two have begun


def ask_query(shop: Workshop, query: CatalogueQuery) -> None:
    """Put the answer of a query that stands on several pages into the query cache."""
    if not query.why_costly:
        shop.query_cache.answer(query.text)


def write_feed_of_all(site: Site, questions: PublishedQuestions) -> None:
    """Write the feed of all questions; the others are made when they are asked for."""
    text = feeds.feed_of_all(questions, site.publication, site.references.name_of)
    site.tree.write(f"{feeds.FEED_OF_ALL}.atom", text)


def write_outputs(draft: Draft, more: Iterable[Output], pictures: Pictures) -> None:
    """Write what a release holds besides questions and remarks, with `more` of extensions.

    The steps of all outputs are taken together: setup, finish; then each is closed in order.
    """
    plan, gathered, site = draft.plan, draft.gathered, draft.site
    resources = Resources((*gathered.descriptions, *gathered.links), plan.settings.base)
    people = elected(plan.tables.directory, site.publication.data_until)
    begun = _in_processes(draft, resources, people)
    outputs = (*begun, *_at_the_end(draft, more, pictures))
    workshop = Workshop(site, gathered.questions, draft.query_cache, plan.previous)
    left = Counter[str]()
    tasks = _tasks(outputs, plan.progress, left)
    jobs = plan.jobs if gathered.report.published > FEW else 1
    for number, ((name, _), _) in enumerate(unordered(workshop.do, tasks, jobs), start=1):
        left[name] -= 1
        plan.progress.done(number, _in_words(left))
    for output in outputs:
        if output.stage:
            plan.progress.stage(output.stage)
        output.close()
    draft.query_cache.tidy()


def _in_processes(draft: Draft, resources: Resources, people: list[Elected]) -> Iterator[Output]:
    """Yield what has tasks: what takes longest comes first."""
    base = draft.plan.settings.base
    index = IndexOutput(draft.gathered.descriptions, base, people)
    yield from (index, draft.dumps, draft.views, draft.tables, draft.store)
    told = resources, details_of(draft.gathered.descriptions)
    yield Each(write_resources, [told])
    yield Each(ask_query, standalone_queries().values())
    yield Each(write_statistics, [resources.about(f"{base}{STATISTICS}")])
    yield Each(write_list, site_lists())
    yield Each(write_months, [all_queries()[BY_MINISTER]])


def _at_the_end(draft: Draft, more: Iterable[Output], pictures: Pictures) -> Iterator[Output]:
    """Yield the outputs that are made from `_in_processes`, one after the other."""
    plan, gathered, site, dumps = draft.plan, draft.gathered, draft.site, draft.plan.work / "dumps"
    yield Last(write_feed_of_all, site, gathered.questions)
    yield Last(site.tree.copy, packaged.STATIC, "static")
    yield Last(write_csv, dumps / "statistiques.csv", gathered.statistics, site.references)
    yield draft.downloads
    yield Last(write_pages, site, gathered.report, draft.downloads, draft.query_cache, pictures)
    yield from more
    changes = "changes since the release before"
    withheld = gathered.report.withheld
    yield Last(write_changelog, site, draft.history, withheld, stage=changes)
    yield Last(write_void, site, dumps / "void.ttl")
    version = draft.downloads.version
    yield Last(write_robot_files, site, plan.settings, plan.work, version)  # all pages


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
