"""The stages of `lod build`, in their order; and `lod check`, which is the first of them."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from pyoxigraph import NamedNode, Triple

from lod import __version__
from lod.base import packaged, packing
from lod.base.errors import Finding, LodError
from lod.base.inputs import records
from lod.base.output_tree import OutputTree
from lod.base.parallel import batches, collecting_rarely, give_back, unordered
from lod.base.progress import Progress
from lod.base.settings import Settings
from lod.extensions import extensions, pictures
from lod.pipeline.archive_log import archive_states, read_logs
from lod.pipeline.build_report import BuildReport
from lod.pipeline.convert import Accepted
from lod.pipeline.gather import Gathered, gather
from lod.pipeline.intake import Intake, RecordReader, read_records
from lod.pipeline.made_graph import MakeGraph
from lod.pipeline.reference_data import ReferenceData, read_reference_data, shortfalls
from lod.pipeline.reuse.kept import KeptWriter
from lod.pipeline.reuse.previous import Previous
from lod.pipeline.settling import BuildPlan, converted_batches
from lod.pipeline.validation.shapes import FAST, REFERENCE
from lod.pipeline.validation.validate import versions
from lod.publish import release
from lod.publish.downloads import Downloads
from lod.publish.draft import Draft
from lod.publish.dumps import DumpHead, Dumps
from lod.publish.fill_store import StoreOutput
from lod.publish.publication import (
    CrossReferences,
    Each,
    Last,
    Output,
    Publication,
    Site,
    Task,
    years_of_ministries,
)
from lod.publish.publication_log import catch_up, follow
from lod.publish.query_cache import QueryCache
from lod.publish.query_catalogue import standalone_queries
from lod.publish.release import Lineage
from lod.publish.search.indexing import IndexOutput
from lod.publish.tables.output import Tables
from lod.rdf.iris import Iris
from lod.rdf.ontology import ontology
from lod.rdf.vocab import RDFS_LABEL
from lod.reference.link_tables import rights
from lod.website import outputs as website
from lod.website.changelog import write_changelog
from lod.website.documents import BATCH as ANSWERS
from lod.website.lists import site_lists
from lod.website.minister_months import BY_MINISTER
from lod.website.question_tables import details_of
from lod.website.resources import Resources
from lod.website.reuse import shared_key
from lod.website.robots import write_robot_files
from lod.website.single_pages import write_pages
from lod.website.statistics_page import PATH as STATISTICS
from lod.website.statistics_page import write_csv
from lod.website.void_page import write_void

SILENT = Progress()  # nobody looks


def check(
    inputs: Iterable[Path],
    settings: Settings,
    jobs: int = 1,
    reference: Sequence[Path] = (),
    engine: str = REFERENCE,
) -> Iterator[Finding | BuildReport]:
    """Yield every finding about the records, and last what was counted; publish nothing."""
    report = BuildReport()
    tables, findings = read_reference_data(settings, reference)
    _graphs(settings)  # their reviewed files are read
    yield from findings
    with TemporaryFile() as file:
        intake = Intake(file)
        for _, one in read_records(records(inputs), RecordReader(), jobs):
            report.read += 1
            if one.findings:
                report.rejected += 1
                yield from one.findings
            else:
                intake.add(one)
        tables, iris = replace(tables, data_until=intake.facts.data_until), Iris(settings.base)
        for made in converted_batches(intake.questions(), iris, tables, jobs, engine):
            for verdict in made.verdicts:
                report.add(verdict)
                yield from verdict.remarks if isinstance(verdict, Accepted) else verdict.findings
            for result in made.results:
                report.count(result)
    report.shortfalls = list(shortfalls(report.by_legislature, tables.review.expected_counts))
    yield report


@collecting_rarely()
def build(
    inputs: Sequence[Path],
    folder: Path,
    settings: Settings,
    jobs: int = 1,
    progress: Progress = SILENT,
    sample: bool = False,
    reference: Sequence[Path] = (),
    engine: str = FAST,
) -> BuildReport:
    """Publish the records as a release in `folder` and return what was done.

    Nothing of a release is seen before all of it is there. Raises LodError if no record can be
    published, or if two counts that must agree do not: `current` then stays as it was.
    """
    followers = [follower for each in extensions() for follower in each.followers()]
    catch_up(folder, followers, jobs)
    tables, findings = read_reference_data(settings, reference)
    graphs = _graphs(settings)
    engines, previous = versions(engine), Previous(release.current_or_none(folder))
    made_with = _hash_made_with(settings, tables, engines)
    with release.building(folder) as work:
        plan = BuildPlan(
            work, settings, tables, made_with, previous, engine, jobs, progress, sample
        )
        with KeptWriter(work, made_with) as kept:
            checks, lines = read_logs((*inputs, *reference))
            gathered = gather(inputs, plan, kept, (*findings, *lines), graphs)
            give_back()  # what only questions needed that are settled
            report = gathered.report
            report.engines = engines
            report.archives = archive_states(checks, report.data_until)
            if not report.published:
                left = "none published; the current release is left as it is"
                raise LodError(f"{report.read} records read, {left}")
            counted, expected = report.by_legislature, tables.review.expected_counts
            report.shortfalls = list(shortfalls(counted, expected))
            report.drops = list(shortfalls(counted, _published_in(previous.folder)))
            lineage = release.lineage(folder, _identity(gathered, plan, lines))
            with ThreadPoolExecutor(1) as background:
                _write_outputs(plan, gathered, lineage, background, kept)
        progress.stage("all of it on the disk")
        release.publish(work, folder, lineage.identity)
    progress.stage("log of publications")
    follow(folder, followers, jobs)
    progress.end()
    return report


def _write_outputs(
    plan: BuildPlan, gathered: Gathered, lineage: Lineage, background: Executor, kept: KeptWriter
) -> None:
    """Write what a release holds besides questions and findings, and last its manifest.

    The steps of all outputs are taken together: setup, finish; then each is closed in order.
    """
    site, settings, dumps = _site(plan, gathered), plan.settings, plan.work / "dumps"
    query_cache = QueryCache(plan.work / "store", plan.work / "reponses")
    resources = Resources((*gathered.descriptions, *gathered.links), settings.base)
    questions = gathered.questions
    store = StoreOutput(plan, gathered, lineage, background)
    day, licence = gathered.report.data_until, settings.licence
    head = DumpHead(settings.base, licence, rights(), day.isoformat(), lineage.core)
    tables = Tables(dumps, settings, day, gathered.graphs)
    downloads = Downloads(plan, gathered, store, tables.files, head, lineage.identity)
    draft = Draft(plan, gathered, site, query_cache, store, downloads)
    outputs: Sequence[Output] = (
        # in processes and in the background: what takes longest comes first
        IndexOutput(),
        Dumps(head, gathered.graphs),
        tables,
        store,
        Each(website.ask_query, standalone_queries().values()),
        Each(website.write_statistics_page, [resources.about(f"{settings.base}{STATISTICS}")]),
        Each(website.write_one_list, site_lists()),
        Each(website.write_minister_months, [BY_MINISTER]),
        Each(website.write_some_answers, batches(site.references.shared_answers, ANSWERS)),
        website.ResourcePages(site, resources, query_cache, gathered.by_resource),
        # then, one after the other, what is made of these
        Last(website.write_feed_of_all, site, questions),
        Last(site.tree.copy, packaged.STATIC, "static"),
        Last(write_csv, dumps / "statistiques.csv", gathered.statistics, site.references),
        downloads,
        Last(write_pages, site, gathered.report, downloads, query_cache, pictures),
        *(output for extension in extensions() for output in extension.outputs(draft)),
        Last(write_changelog, site, store, plan.work, stage="changes since the release before"),
        Last(write_void, site, dumps / "void.ttl"),
        Last(write_robot_files, site, settings, questions),  # lists all pages
    )
    workshop = website.PageWorkshop(
        site, questions, query_cache, plan.previous,
        shared_key(plan.work, plan.made_with, site.publication), details_of(gathered.descriptions),
        pictures,
    )  # fmt: skip
    plan.progress.stage("pages, dumps, full-text index, store")
    for pages in unordered(workshop.do, _tasks(outputs), plan.jobs):
        kept.add_pages(pages)
    for output in outputs:
        if output.stage:
            plan.progress.stage(output.stage)
        output.close()
    query_cache.tidy()
    gathered.report.reused, gathered.report.files = site.tree.reused()
    content = _manifest(plan, gathered.report, lineage, downloads)
    content["versions"] = [asdict(version) for version in store.history.versions]
    release.write_manifest(plan.work, content)


def _tasks(outputs: Sequence[Output]) -> Iterator[Task]:
    """Yield the tasks of all outputs, step by step."""
    for output in outputs:
        yield from output.setup()
    for output in outputs:
        yield from output.finish()


def _site(plan: BuildPlan, gathered: Gathered) -> Site:
    """Return the site that is to be written, with the French name of every resource."""
    names: dict[str, Triple] = {}
    for triple in (*ontology(), *gathered.descriptions, *gathered.links):
        french = getattr(triple.object, "language", None) == "fr"  # terms have an English one, too
        if triple.predicate == RDFS_LABEL and french and isinstance(triple.subject, NamedNode):
            names.setdefault(triple.subject.value, triple)
    settings, day = plan.settings, gathered.report.data_until
    years = years_of_ministries(gathered.descriptions)
    return Site(
        Publication(settings.base, settings.editeur, day, plan.sample, settings.licence),
        OutputTree(plan.work / "site", plan.previous.site),
        CrossReferences(names, gathered.shared_answers, mentions=gathered.mentions(), years=years),
    )


def _graphs(settings: Settings) -> list[MakeGraph]:
    """Return what makes the graphs of extensions; raise UsageError for a wrong reviewed file."""
    return [make for extension in extensions() for make in extension.graphs(settings.revue)]


def _published_in(before: Path | None) -> dict[tuple[int, str], int]:
    """Return (legislature, type) → nine tenths of what a release has, if there is one."""
    counted = release.manifest(before)["questions"] if before else {}
    keys = {key: key.partition("-") for key in counted}
    return {(int(keys[key][0]), keys[key][2]): n * 9 // 10 for key, n in counted.items()}


def _identity(gathered: Gathered, plan: BuildPlan, lines: Iterable[Finding]) -> str:
    """Return the hash of all that a release is made of: records, settings, software, its files, and
    what the logs of its archives tell, with `lines` of them that cannot be read.
    """
    hashed, settings = hashlib.sha256(plan.made_with.encode()), plan.settings
    reviewed = plan.tables.review.fingerprint
    publisher = (settings.editeur, settings.licence, settings.contact, reviewed)
    logs = (gathered.report.archives, [(line.where.line, line.wrong) for line in lines])
    hashed.update(f"{publisher}\n{plan.sample}\n{gathered.identity}\n{logs}\n".encode())
    return hashed.hexdigest()[:16]


def _hash_made_with(settings: Settings, tables: ReferenceData, engines: dict[str, str]) -> str:
    """Return the hash of what questions are made with: software, its files, archives AMO, base."""
    hashed = hashlib.sha256(f"{__version__}\n{settings.base}\n{engines}\n".encode())
    for value in tables.directory.values():
        hashed.update(f"{value}\n".encode())
    for path in (*packaged.published(), *packaged.program()):
        hashed.update(path.name.encode() + b"\0" + packing.sha256(path).encode())
    return hashed.hexdigest()


def _manifest(
    plan: BuildPlan, report: BuildReport, lineage: Lineage, downloads: Downloads
) -> dict[str, Any]:
    """Return what a release says of itself, in the order in which people read it."""
    return {
        "id": lineage.identity,
        "noyau": lineage.core,
        "precedente": lineage.previous,
        "base": plan.settings.base,
        "version": __version__,
        "shacl": report.engines,
        "sample": plan.sample,
        **report.figures(),
        "controls": {c.name: len(found) for c, found in report.control_rows.items()},
        "triples": downloads.counts,
        "inputs": [
            {"name": name, "records": count, "sha256": sha256}
            for name, (count, sha256) in sorted(report.sources.items())
        ],
        "files": {f.name: {"bytes": f.size, "sha256": f.sha256} for f in downloads.files},
    }
