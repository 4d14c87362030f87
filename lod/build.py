"""The stages of `lod build`, in their order; and `lod check`, which is the first of them."""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile

from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from lod import __version__
from lod.base import compression, packaged
from lod.base.errors import Finding, LodError
from lod.base.progress import Progress
from lod.base.settings import Settings
from lod.pipeline.build_report import BuildReport
from lod.pipeline.convert import Accepted
from lod.pipeline.gather import Gathering
from lod.pipeline.intake import Intake, RecordReader, read_records
from lod.pipeline.mapping import directory, headings, wikidata_facts
from lod.pipeline.mapping.links import item_of, published_link_triples
from lod.pipeline.partition_set import PartitionSet
from lod.pipeline.partitions import FOLDER, PartitionMaker, converted_batches
from lod.pipeline.reference_data import ReferenceData, read_reference_data
from lod.pipeline.review import shortfalls
from lod.pipeline.validation.validate import FAST, REFERENCE, versions
from lod.publish import history, release
from lod.publish.downloads import DownloadFile, count_triples, describe_files
from lod.publish.fill_store import fill
from lod.publish.release import Lineage
from lod.publish.dataset_descriptions import first_day
from lod.rdf import serialize
from lod.rdf.iris import Iris
from lod.rdf.ontology import ontology
from lod.rdf.vocab import LABELS, OWL_SAME_AS
from lod.reference.reviewed_links import ReviewedLinks
from lod.sources.forms import records
from lod.website.changelog import manifested, write_changelog
from lod.website.query_cache import QueryCache
from lod.website.resources import Resources
from lod.website.robots import write_robot_files
from lod.website.single_pages import write_pages
from lod.website.statistics_pages import write_csv
from lod.website.void_pages import write_void
from lod.website.writer import PageContext, write_site

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
        tables = replace(tables, data_until=intake.data_until)
        for made in converted_batches(
            intake.partitions(), Iris(settings.base), tables, jobs, engine
        ):
            for fate in made.fates:
                report.add(fate)
                yield from fate.remarks if isinstance(fate, Accepted) else fate.findings
            for result in made.results:
                report.count(result)
    report.shortfalls = list(shortfalls(report.by_legislature, tables.review.expected_counts))
    yield report


def build(
    inputs: Iterable[Path],
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
    tables, findings = read_reference_data(settings, reference)
    before, engines = release.current_or_none(folder), versions(engine)
    made_with = _hash_made_with(settings, tables, engines)
    with release.building(folder) as work:
        with Gathering(work, Iris(settings.base), before, made_with) as gathering:
            gathering.build_report.engines = engines
            _collect(inputs, gathering, tables, findings, settings, jobs, progress, engine)
        report = gathering.build_report
        if not report.published:
            raise LodError(
                f"{report.read} records read, none published; the current release is left as it is"
            )
        report.shortfalls = list(shortfalls(report.by_legislature, tables.review.expected_counts))
        report.drops = list(shortfalls(report.by_legislature, _published_in(before)))
        lineage = release.lineage(folder, _identity(gathering, settings, tables, sample))
        _write_release(work, gathering, settings, lineage, sample, jobs, progress)
        progress.stage("all of it on the disk")
        release.publish(work, folder, lineage.identity)
    progress.end()
    return report


def _collect(
    inputs: Iterable[Path],
    gathering: Gathering,
    tables: ReferenceData,
    findings: Iterable[Finding],
    settings: Settings,
    jobs: int,
    progress: Progress,
    engine: str,
) -> None:
    """Read every record, then settle every question: the fate of each is written down."""
    for finding in findings:
        gathering.remark(finding, Path(finding.where.path).name)
    progress.stage("reading records")
    for count in gathering.read(records(inputs), jobs):
        progress.done(count)
    gathering.descriptions.add(headings.triples(gathering.iris))  # its labels are those that stay
    if tables.directory:
        known = directory.triples(tables.directory, gathering.iris, gathering.auteurs)
        gathering.descriptions.add(known)
    partition_maker = PartitionMaker(
        folder=gathering.work / FOLDER,
        site=gathering.site.folder,
        iris=gathering.iris,
        tables=replace(tables, data_until=gathering.data_until),
        made_with=gathering.made_with,
        engine=engine,
        before=gathering.before and gathering.before / FOLDER,
    )
    progress.stage("settling questions", gathering.build_report.read)
    for count in gathering.settle(partition_maker, jobs):
        progress.done(count)
    progress.stage("links, and what the questions refer to")
    (gathering.work / "reste.nt").write_bytes(serialize.ntriples(gathering.remainder()))
    _write_links(gathering, tables.review.links)
    gathering.prove(_described(gathering), engine)


def _write_release(
    work: Path,
    gathering: Gathering,
    settings: Settings,
    lineage: Lineage,
    sample: bool,
    jobs: int,
    progress: Progress,
) -> None:
    """Write links, dumps, store, site and descriptions from what was collected."""
    page_context = _page_context(gathering, settings, sample)
    resources = Resources(_described(gathering), settings.base)
    partition_set = PartitionSet(
        work, tuple(gathering.partitions), gathering.stated_before, gathering.before
    )
    partition_set.keep()
    query_cache = QueryCache(work / "store", work / "reponses")
    progress.stage("pages, dumps, full-text index, store")
    with ThreadPoolExecutor(1) as other:  # the store is filled while all else is written
        filled = other.submit(fill, partition_set, gathering, settings, lineage)
        write_site(page_context, partition_set, resources, filled.result, query_cache, jobs)
        store, dataset_history = filled.result()
    progress.stage("single pages, descriptions")
    observations = list(gathering.statistics.observations())
    write_csv(work / "dumps" / "statistiques.csv", observations, page_context)
    counts = count_triples(work, gathering.build_report.triples, store)
    dated = {"donnees_au": gathering.build_report.data_until, "debut": first_day(store)}
    download_files = describe_files(work, settings, counts, version=lineage.identity, **dated)
    write_pages(
        page_context,
        gathering.build_report,
        download_files,
        settings,
        query_cache,
        lineage.identity,
    )
    progress.stage("changes since the release before")
    write_changelog(page_context, dataset_history, work, store)
    gathering.build_report.reason = (
        dataset_history.versions[-1].motif if dataset_history.versions else ""
    )
    write_void(page_context, work / "dumps" / "void.ttl")
    write_robot_files(
        page_context, settings, gathering.build_report.questions
    )  # last: it lists the pages
    _write_quality(work, gathering)
    gathering.build_report.reused, gathering.build_report.files = gathering.site.reused()
    content = _manifest(lineage, gathering.build_report, settings, counts, download_files, sample)
    content["versions"] = manifested(dataset_history.versions)
    release.write_manifest(work, content)
    (work / "sources").symlink_to(Path("site") / "sources")
    gathering.tidy()
    query_cache.tidy()
    history.tidy(work)


def _published_in(before: Path | None) -> dict[tuple[int, str], int]:
    """Return (legislature, type) → nine tenths of what a release has, if there is one."""
    counted = release.manifest(before)["questions"] if before else {}
    keys = (key.split("-") for key in counted)
    return {
        (int(legislature), type_): n * 9 // 10
        for (legislature, type_), n in zip(keys, counted.values(), strict=True)
    }


def _identity(gathering: Gathering, settings: Settings, tables: ReferenceData, sample: bool) -> str:
    """Return the hash of all that a release is made of: records, settings, software, its files."""
    hashed = hashlib.sha256(gathering.made_with.encode())
    publisher = (settings.editeur, settings.licence, settings.contact, tables.review.fingerprint)
    hashed.update(f"{publisher}\n{sample}\n{gathering.identity}\n".encode())
    return hashed.hexdigest()[:16]


def _hash_made_with(settings: Settings, tables: ReferenceData, engines: dict[str, str]) -> str:
    """Return the hash of what questions are made with: software, its files, archives AMO, base."""
    hashed = hashlib.sha256(f"{__version__}\n{settings.base}\n{engines}\n".encode())
    for value in tables.directory.values() if tables.directory else ():
        hashed.update(f"{value}\n".encode())
    for path in (*packaged.published(), *packaged.program()):
        hashed.update(path.name.encode() + b"\0" + compression.sha256(path).encode())
    return hashed.hexdigest()


def _write_links(gathering: Gathering, reviewed_links: ReviewedLinks) -> None:
    """Write the links of what is published, and what Wikidata says of the deputies among it."""
    iris, stated = gathering.iris, set(gathering.descriptions.triples())
    published = set(gathering.descriptions.subjects())
    found = [t for t in published_link_triples(published, iris, reviewed_links) if t not in stated]
    (gathering.work / "links.nt").write_bytes(serialize.ntriples(found))
    qids = (item_of(t.object) for t in found if t.predicate == OWL_SAME_AS)
    gathering.build_report.reviewed_links, gathering.build_report.facts = (
        reviewed_links,
        wikidata_facts.published_facts(qids, reviewed_links),
    )
    said = dict.fromkeys(
        wikidata_facts.triples(gathering.build_report.facts)
    )  # many share a gender, a party
    (gathering.work / "faits.nt").write_bytes(serialize.ntriples(said))


def _described(gathering: Gathering) -> Iterator[Triple]:
    """Yield what is published of the resources that are neither questions nor answers."""
    yield from gathering.descriptions.triples()
    with (gathering.work / "links.nt").open("rb") as file:
        yield from (q.triple for q in parse(file, format=RdfFormat.N_TRIPLES))


def _page_context(gathering: Gathering, settings: Settings, sample: bool) -> PageContext:
    names: dict[str, Triple] = {}
    for triple in (*ontology(), *gathering.descriptions.triples()):
        french = getattr(triple.object, "language", None) in (None, "fr")
        if triple.predicate in LABELS and french and isinstance(triple.subject, NamedNode):
            names.setdefault(triple.subject.value, triple)
    return PageContext(
        site=gathering.site,
        base=settings.base,
        publisher=settings.editeur,
        data_until=gathering.build_report.data_until,
        sample=sample,
        names=names,
        shared_answers=gathering.shared_answers(),
        recalled_by=gathering.recalled_by(),
        licence=settings.licence,
        made_with=gathering.made_with,
    )


def _write_quality(work: Path, gathering: Gathering) -> None:
    """Write the report of SHACL as Turtle, for the release and for its site."""
    target = work / "quality" / "report.ttl"
    with target.open("wb") as file:
        serialize.write_turtle(gathering.report, file)
    os.link(target, work / "site" / "qualite.ttl")


def _manifest(
    lineage: Lineage,
    report: BuildReport,
    settings: Settings,
    counts: dict[str, int],
    download_files: list[DownloadFile],
    sample: bool,
) -> dict[str, object]:
    return {
        "id": lineage.identity,
        "noyau": lineage.core,
        "precedente": lineage.previous,
        "base": settings.base,
        "version": __version__,
        "shacl": report.engines,
        "sample": sample,
        **report.figures(),
        "controls": {c.name: len(found) for c, found in report.control_rows.items()},
        "triples": counts,
        "inputs": [
            {"name": name, "records": count, "sha256": sha256}
            for name, (count, sha256) in sorted(report.sources.items())
        ],
        "files": {f.name: {"bytes": f.size, "sha256": f.sha256} for f in download_files},
    }
