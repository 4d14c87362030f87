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
from lod.pipeline.gather import Collecte
from lod.pipeline.mapping import wikidata_facts as faits
from lod.pipeline.partition_set import Publiees
from lod.pipeline.validation.controls import control, control_part, globales, unseen
from lod.publish import history as historique
from lod.publish.history import Histoire
from lod.publish.query_catalogue import exemples
from lod.publish.release import Suite
from lod.publish.update_store import Modifiees, amend, modifiees
from lod.publish.void import describe_service, describe_void
from lod.publish.void_counts import compter
from lod.rdf import serialize as dump
from lod.rdf.ontology import ontology
from lod.rdf.serialize import read_turtle
from lod.rdf.store import load, open_store, pieces


def fill(
    publiees: Publiees, collecte: Collecte, settings: Settings, suite: Suite
) -> tuple[Store, Histoire]:
    """Load what was collected, then what describes it and counts it, and beside them the facts of
    Wikidata and the history; reopen read-only.
    """
    bilan, work = collecte.bilan, publiees.work
    folder, where = work / "store", modifiees(collecte.before, publiees)
    is_new = _load_data(publiees, collecte, settings.base, where)
    store = open_store(folder)
    if unlooked := next(unseen(store, bilan.foyers), None):
        raise LodError(f"{unlooked}; this is a fault of the program, please report it")
    changed = (where.avant, where.apres) if where else None
    histoire = historique.write(work, settings.base, suite, bilan.donnees_au, store, changed)
    more = dump.ntriples(_descriptions(work, collecte, settings, store, histoire))
    del store  # closed before the store is opened for writing again
    load(folder, [more])
    load(folder, pieces(work / "faits.nt"), settings.base + faits.GRAPHE)
    load(folder, pieces(work / historique.NT), settings.base + historique.GRAPHE, is_last=is_new)
    store = open_store(folder)
    bilan.ecarts = control(store, globales())
    # each question was proven with its tranche
    control_part((publiees.rest(), (work / "links.nt").read_bytes(), more))
    return store, histoire


def _load_data(publiees: Publiees, collecte: Collecte, base: str, where: Modifiees | None) -> bool:
    """Load the data and the links alone; return whether all of it was loaded, or only what differs
    from the release before.
    """
    work, graphs = publiees.work, (base + faits.GRAPHE, base + historique.GRAPHE)
    folder, links, before = work / "store", work / "links.nt", collecte.before
    if before and where and amend(before, publiees, where, graphs):
        if len(open_store(folder)) == collecte.bilan.triples + count_lines(links):
            return False
        shutil.rmtree(folder)  # somebody has changed the release before
    load(folder, chain(publiees.ntriples(), pieces(links)))
    return True


def _descriptions(
    work: Path, collecte: Collecte, settings: Settings, store: Store, histoire: Histoire
) -> Iterator[Triple]:
    """Write VoID, examples and the description of the service; yield all that goes beside the
    data.
    """
    dumps, bilan = work / "dumps", collecte.bilan
    comptes = compter(store, collecte.usages, collecte.classes)
    dated = {"donnees_au": bilan.donnees_au, "faits": bilan.faits}
    void = {"legislatures": bilan.legislatures, "lectures": faits.lectures(bilan.faits)}
    void_ttl = describe_void(settings, store, comptes, **dated, **void, histoire=histoire)
    (dumps / "void.ttl").write_bytes(void_ttl)
    queries = dump.ntriples(exemples(settings.base))
    (dumps / "exemples.ttl").write_bytes(dump.turtle(queries))
    parts = {name: read_turtle(dumps / f"{name}.ttl") for name in ("exemples", "void")}
    parts["ontologie"] = list(ontology())
    service = describe_service(settings, store, comptes, parts, **dated)
    (dumps / "service.ttl").write_bytes(service)
    yield from chain(*parts.values(), read_turtle(dumps / "service.ttl"))
