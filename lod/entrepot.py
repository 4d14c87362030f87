"""The store of a release: data and links, controlled and counted; then what describes them, and
the facts of Wikidata beside them.
"""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from pyoxigraph import Store, Triple

from lod import dump, faits, historique
from lod.bilan import Bilan
from lod.collect import Collecte
from lod.comptes import compter
from lod.controles import ecarts, unseen
from lod.dataset import describe_service, describe_void, read_turtle
from lod.errors import LodError
from lod.historique import Histoire
from lod.ontology import ontology
from lod.release import Suite
from lod.settings import Settings
from lod.store import load, open_store, pieces
from lod.telechargements import Publiees
from lod.website.requetes import exemples


def fill(
    publiees: Publiees, collecte: Collecte, settings: Settings, suite: Suite
) -> tuple[Store, Histoire]:
    """Load what was collected, then what describes it and counts it, and beside them the facts of
    Wikidata and the history; reopen read-only.
    """
    bilan, work = collecte.bilan, publiees.work
    folder = work / "store"
    load(folder, chain(publiees.ntriples(), pieces(work / "links.nt")))
    store = open_store(folder)
    if unlooked := next(unseen(store, bilan.foyers), None):
        raise LodError(f"{unlooked}; this is a fault of the program, please report it")
    histoire = historique.write(work, settings.base, suite, bilan.donnees_au, store)
    more = dump.ntriples(_descriptions(work, collecte, settings, store, histoire))
    del store  # closed before the store is opened for writing again
    load(folder, [more])
    load(folder, pieces(work / "faits.nt"), settings.base + faits.GRAPHE)
    load(folder, pieces(work / historique.NT), settings.base + historique.GRAPHE, is_last=True)
    store = open_store(folder)
    control(store, bilan)
    return store, histoire


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


def control(store: Store, bilan: Bilan) -> None:
    """Count what does not agree in the store; raise LodError unless it is a mere warning."""
    for ecart in ecarts(store):
        if ecart.controle.severity == "Violation":
            raise LodError(
                f"{ecart.sujet}: {ecart.controle.en} ({ecart.valeur}); "
                f"control {ecart.controle.nom}, a fault of the program, please report it"
            )
        bilan.ecarts.setdefault(ecart.controle, []).append(ecart.sujet)
