"""The store of a release: data and links, controlled and counted; then what describes them, and
the facts of Wikidata beside them.
"""

import shutil
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from pyoxigraph import Store, Triple

from lod.base.compression import count_lines
from lod.base.errors import LodError
from lod.base.settings import Settings
from lod.pipeline.gather import Gathering
from lod.pipeline.mapping import wikidata_facts
from lod.pipeline.partition_set import PartitionSet
from lod.pipeline.validation.controls import control_part, global_controls, run_controls, unseen
from lod.publish import history
from lod.publish.dataset_descriptions import describe_service, describe_void
from lod.publish.history import History
from lod.publish.query_catalogue import example_triples
from lod.publish.release import Lineage
from lod.publish.update_store import ChangedPartitions, amend, changed_partitions
from lod.publish.void_counts import count_store
from lod.rdf import serialize
from lod.rdf.ontology import ontology
from lod.rdf.serialize import read_turtle
from lod.rdf.store import load, open_store, pieces


def fill(
    partition_set: PartitionSet, gathering: Gathering, settings: Settings, lineage: Lineage
) -> tuple[Store, History]:
    """Load what was collected, then what describes it and counts it, and beside them the facts of
    Wikidata and the history; reopen read-only.
    """
    report, work = gathering.build_report, partition_set.work
    folder, differing = work / "store", changed_partitions(gathering.before, partition_set)
    is_new = _load_data(partition_set, gathering, settings.base, differing)
    store = open_store(folder)
    if unlooked := next(unseen(store, report.focus_nodes), None):
        raise LodError(f"{unlooked}; this is a fault of the program, please report it")
    changed = (differing.uids_before, differing.uids_after) if differing else None
    dataset_history = history.write(work, settings.base, lineage, report.data_until, store, changed)
    more = serialize.ntriples(_descriptions(work, gathering, settings, store, dataset_history))
    del store  # closed before the store is opened for writing again
    load(folder, [more])
    load(folder, pieces(work / "faits.nt"), settings.base + wikidata_facts.GRAPH)
    load(folder, pieces(work / history.NT), settings.base + history.GRAPH, is_last=is_new)
    store = open_store(folder)
    report.control_rows = run_controls(store, global_controls())
    # each question was proven with its tranche
    control_part((partition_set.remainder(), (work / "links.nt").read_bytes(), more))
    return store, dataset_history


def _load_data(
    partition_set: PartitionSet,
    gathering: Gathering,
    base: str,
    differing: ChangedPartitions | None,
) -> bool:
    """Load the data and the links alone; return whether all of it was loaded, or only what differs
    from the release before.
    """
    work, graphs = partition_set.work, (base + wikidata_facts.GRAPH, base + history.GRAPH)
    folder, links, before = work / "store", work / "links.nt", gathering.before
    if before and differing and amend(before, partition_set, differing, graphs):
        if len(open_store(folder)) == gathering.build_report.triples + count_lines(links):
            return False
        shutil.rmtree(folder)  # somebody has changed the release before
    load(folder, chain(partition_set.ntriples(), pieces(links)))
    return True


def _descriptions(
    work: Path, gathering: Gathering, settings: Settings, store: Store, dataset_history: History
) -> Iterator[Triple]:
    """Write VoID, examples and the description of the service; yield all that goes beside the
    data.
    """
    dumps, report = work / "dumps", gathering.build_report
    counts = count_store(store, gathering.usage, gathering.classes)
    dated = {"donnees_au": report.data_until, "faits": report.facts}
    void = {"legislatures": report.legislatures, "lectures": wikidata_facts.readings(report.facts)}
    void_ttl = describe_void(settings, store, counts, **dated, **void, histoire=dataset_history)
    (dumps / "void.ttl").write_bytes(void_ttl)
    queries = serialize.ntriples(example_triples(settings.base))
    (dumps / "exemples.ttl").write_bytes(serialize.turtle(queries))
    parts = {name: read_turtle(dumps / f"{name}.ttl") for name in ("exemples", "void")}
    parts["ontologie"] = list(ontology())
    service = describe_service(settings, store, counts, parts, **dated)
    (dumps / "service.ttl").write_bytes(service)
    yield from chain(*parts.values(), read_turtle(dumps / "service.ttl"))
