"""A release that is being written: what its outputs are made of."""

from concurrent.futures import Executor
from dataclasses import dataclass

from pyoxigraph import NamedNode, Triple

from lod.base.output_tree import OutputTree
from lod.pipeline.gather import Gathered
from lod.pipeline.reference_data import shortfalls
from lod.pipeline.settling import BuildPlan
from lod.publish.downloads import Downloads
from lod.publish.dumps import DumpHead, Dumps
from lod.publish.fill_store import StoreOutput
from lod.publish.publication import CrossReferences, Publication, Site, years_of_ministries
from lod.publish.query_cache import QueryCache
from lod.publish.release import Lineage, least_expected
from lod.publish.tables.output import Tables
from lod.rdf.ontology import ontology
from lod.rdf.vocab import RDFS_LABEL
from lod.reference.link_tables import rights


@dataclass(frozen=True, slots=True)
class Draft:
    """What every output of a release may ask; its store is filled when outputs are closed."""

    plan: BuildPlan
    gathered: Gathered
    site: Site
    query_cache: QueryCache
    lineage: Lineage
    store: StoreOutput
    tables: Tables
    dumps: Dumps
    downloads: Downloads


def begin(plan: BuildPlan, gathered: Gathered, lineage: Lineage, background: Executor) -> Draft:
    """Return a draft of which nothing is written yet; its store is filled in the background."""
    settings, report, day = plan.settings, gathered.report, gathered.report.data_until
    before = least_expected(plan.previous.folder)
    report.drops = list(shortfalls(report.by_legislature, before))
    head = DumpHead(settings.base, settings.licence, rights(), day.isoformat(), lineage.core)
    store = StoreOutput(plan, gathered, lineage, background)
    tables = Tables(plan.work / "dumps", settings, day, gathered.graphs)
    return Draft(
        plan,
        gathered,
        _site(plan, gathered),
        QueryCache(plan.work / "store", plan.work / "reponses"),
        lineage,
        store,
        tables,
        Dumps(head, gathered.graphs),
        Downloads(plan, gathered, store, tables.files, head, lineage.identity),
    )


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
