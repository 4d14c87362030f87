"""A release that is being written: what its outputs are made of, and its manifest."""

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from lod import __version__
from lod.base import packaged, packing
from lod.base.inputs import digest
from lod.base.output_tree import OutputTree
from lod.base.settings import Settings
from lod.pipeline.gather import Gathered
from lod.pipeline.reading.archive_days import archive_days
from lod.pipeline.reading.given import NOTHING_BESIDE
from lod.pipeline.reading.reference_data import ReferenceData, shortfalls
from lod.pipeline.settling.settle import BuildPlan
from lod.pipeline.validation.validate import versions
from lod.publish import history
from lod.publish.downloads import Downloads
from lod.publish.dumps import DumpHead, Dumps
from lod.publish.fill_store import StoreOutput
from lod.publish.history import History
from lod.publish.publication import (
    CrossReferences,
    Publication,
    Site,
    french_names,
    years_of_ministries,
)
from lod.publish.query_cache import QueryCache
from lod.publish.release import Lineage, least_expected, least_persons
from lod.publish.tables.output import Tables
from lod.publish.views import Views
from lod.rdf.ontology import ontology
from lod.reference.link_tables import rights


@dataclass(frozen=True, slots=True)
class Draft:
    """What every output of a release may ask; its store is filled when outputs are closed."""

    plan: BuildPlan
    gathered: Gathered
    site: Site
    query_cache: QueryCache
    lineage: Lineage
    history: History
    store: StoreOutput
    tables: Tables
    dumps: Dumps
    views: Views
    downloads: Downloads


def begin(
    plan: BuildPlan,
    gathered: Gathered,
    lineage: Lineage,
    background: Executor,
    annotations: Mapping[str, Mapping[str, Any]],
) -> Draft:
    """Return a draft of which nothing is written yet; its store is filled in the background."""
    settings, report, day = plan.settings, gathered.report, gathered.report.data_until
    before = least_expected(plan.previous.folder)
    report.drops = list(shortfalls(report.by_legislature, before))
    if (persons := len(plan.tables.directory.persons)) < least_persons(plan.previous.folder):
        report.fewer_persons = persons
    head = DumpHead(settings.base, settings.licence, rights(), day.isoformat(), lineage.core)
    store = StoreOutput(plan, gathered, background)
    tables = Tables(plan.work / "dumps", settings, day, gathered.graphs)
    return Draft(
        plan,
        gathered,
        site_of(plan, gathered, annotations),
        QueryCache(plan.work / "store", plan.work / "reponses"),
        lineage,
        _history(plan, gathered, lineage),
        store,
        tables,
        Dumps(head, gathered.graphs),
        Views(head),
        Downloads(plan, gathered, store, tables.files, head, lineage.identity),
    )


def _history(plan: BuildPlan, gathered: Gathered, lineage: Lineage) -> History:
    """Write the log of changes; report what went back since the release before."""
    report = gathered.report
    written = history.write(
        plan.work, plan.settings.base, lineage, report.data_until, gathered.questions
    )
    if written.compared:
        newest = written.compared[-1]
        report.reason, report.later_day = newest.motif, newest.recul
        report.reopened = newest.comptes.get("rouverte", 0)
        deleted = {c.uid for c in written.changes if "supprimee" in c.kinds}
        report.gone = len(deleted - report.withheld.keys())
    return written


def site_of(
    plan: BuildPlan, gathered: Gathered, annotations: Mapping[str, Mapping[str, Any]]
) -> Site:
    """Return the site that is to be written, with the French name of every resource."""
    names = french_names((*ontology(), *gathered.descriptions, *gathered.links))
    settings, day = plan.settings, gathered.report.data_until
    references = CrossReferences(
        names,
        gathered.shared_answers,
        mentions=gathered.mentions(),
        years=years_of_ministries(gathered.descriptions),
        annotations=annotations,
    )
    return Site(
        Publication(
            base=settings.base,
            publisher=settings.editeur,
            data_until=day,
            sample=plan.sample,
            licence=settings.licence,
            report=settings.signaler or settings.contact,
        ),
        OutputTree(plan.work / "site"),
        references,
    )


def made_with(settings: Settings, tables: ReferenceData, engine: str) -> str:
    """Return the hash of what questions are made with: software, its files, archives AMO, base."""
    hashed = hashlib.sha256(f"{__version__}\n{settings.base}\n{versions(engine)}\n".encode())
    for value in tables.directory.values():
        hashed.update(f"{value}\n".encode())
    hashed.update(program_bytes().encode())
    return hashed.hexdigest()


def program_bytes() -> str:
    """Return the hash of the files of the software that a release depends on; a file that a process
    has read before is read again if it was written since.
    """
    hashed = hashlib.sha256()
    for path in (*packaged.published(), *packaged.program()):
        state = path.stat()
        content = _bytes_of(path, state.st_mtime_ns, state.st_size)
        hashed.update(f"{path.name}\0{content}\n".encode())
    return hashed.hexdigest()


@cache
def _bytes_of(path: Path, _mtime: int, _size: int) -> str:
    return packing.sha256(path)


def made_of(
    inputs: Sequence[Path],
    reference: Sequence[Path],
    settings: Settings,
    engine: str,
    beside: Mapping[str, Sequence[Path]] = NOTHING_BESIDE,
) -> str:
    """Return the hash of all that a release is made of, by the bytes of files: nothing is unpacked.

    Different bytes may make the same release: only `core_of`, once all records are read, can tell.
    Raises UsageError for a path that is not there.
    """
    days = archive_days((*inputs, *reference))
    ingredients: list[object] = [__version__, versions(engine), replace(settings, revue=None), days]
    reviewed = [settings.revue] if settings.revue else []
    ingredients += [digest(paths) for paths in (inputs, reference, reviewed)]
    ingredients.append(program_bytes())
    ingredients += [(name, digest(paths)) for name, paths in sorted(beside.items()) if paths]
    return hashlib.sha256(repr(ingredients).encode()).hexdigest()


def core_of(gathered: Gathered, plan: BuildPlan) -> str:
    """Return the hash of all that a release is made of: records, settings, software, its files, and
    what the logs of its archives tell.
    """
    hashed, settings = hashlib.sha256(plan.made_with.encode()), plan.settings
    reviewed = plan.tables.review.fingerprint, plan.tables.directory.archives
    publisher = (settings.editeur, settings.licence, settings.contact, *reviewed)
    hashed.update(f"{publisher}\n{plan.sample}\n{gathered.identity}\n".encode())
    hashed.update(f"{gathered.report.archives}\n".encode())
    hashed.update("".join(graph.made_of for graph in gathered.graphs).encode())
    return hashed.hexdigest()[:16]


def manifest_of(draft: Draft) -> dict[str, Any]:
    """Return what a release says of itself, in the order in which people read it."""
    plan, report, lineage = draft.plan, draft.gathered.report, draft.lineage
    return {
        "id": lineage.identity,
        "noyau": lineage.core,
        "precedente": lineage.previous,
        "base": plan.settings.base,
        "version": __version__,
        "shacl": report.engines,
        "sample": plan.sample,
        **report.figures(),
        "controls": {c.name: len(resources) for c, resources in report.control_rows.items()},
        "triples": draft.downloads.counts,
        "inputs": [
            {"name": name, "records": count, "sha256": sha256}
            for name, (count, sha256) in sorted(report.sources.items())
        ],
        "references": [
            {"name": name, "sha256": sha256} for name, sha256 in plan.tables.directory.archives
        ],
        "acteurs": len(plan.tables.directory.persons),
        "files": {f.name: {"bytes": f.size, "sha256": f.sha256} for f in draft.downloads.files},
        "versions": [asdict(version) for version in draft.history.versions],
    }
