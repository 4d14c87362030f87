"""The store of a release: in the default graph data, links, ontology and examples, controlled and
counted; in graphs of their own what describes them (VoID), facts of Wikidata, alignments, what
extensions make.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import Executor, wait
from itertools import chain
from pathlib import Path

from pyoxigraph import Quad, Store, Triple

from lod.base import packaged
from lod.base.errors import LodError
from lod.base.in_hand import named
from lod.base.packing import count_lines
from lod.base.parallel import give_back
from lod.pipeline.gather import FACTS, LINKS, Gathered
from lod.pipeline.mapping import linked_data
from lod.pipeline.report.quality_files import tell_warned
from lod.pipeline.settling.settle import BuildPlan
from lod.pipeline.validation.controls import control_part, controls, run_controls, unseen
from lod.publish.publication import Output, Task
from lod.publish.query_catalogue import example_triples
from lod.publish.store_counts import count_store
from lod.publish.void import DESCRIPTIONS, Sizes, describe_service, describe_void, named_graphs
from lod.rdf import serialize
from lod.rdf.ontology import definitions, ontology, stated
from lod.rdf.serialize import triples, turtle_triples
from lod.rdf.store import load, open_store, pieces

A_SECOND = 1.0
# in a release: what the default graph has beside data and links, with none of their triples
ONTOLOGY_NT = "ontologie.nt"
DESCRIPTIONS_NT = "descriptions.nt"
ALIGNMENTS_NT = "alignements.nt"


class StoreOutput(Output):
    """The store, filled in the background; it can be asked once this output is finished."""

    def __init__(self, plan: BuildPlan, gathered: Gathered, background: Executor) -> None:
        self._plan, self._gathered, self._background = plan, gathered, background
        self._folder = plan.work / "store"
        self.store: Store  # read-only, once it is finished

    def setup(self) -> Iterable[Task]:
        self._filled = self._background.submit(named()(self._fill))
        return ()

    def finish(self) -> Iterable[Task]:
        """Wait until the store is filled; raise LodError if two counts do not agree."""
        while not wait([self._filled], A_SECOND).done:
            self._plan.progress.tick()
        self.store = self._filled.result()
        return ()

    def _fill(self) -> Store:
        plan, gathered, report = self._plan, self._gathered, self._gathered.report
        base, work = plan.settings.base, plan.work
        (work / ALIGNMENTS_NT).write_bytes(serialize.ntriples(stated(packaged.ALIGNMENTS)[0]))
        load(self._folder, chain(gathered.questions.ntriples(), pieces(work / LINKS)))
        give_back()
        store = open_store(self._folder)
        beside_data = (graph.focus_nodes for graph in gathered.graphs)
        looked_at = report.focus_nodes - sum(beside_data, Counter())
        if unlooked := next(unseen(store, looked_at), None):
            raise LodError(f"{unlooked}; this is a fault of the program, please report it")
        beside = self._write_ontology(store)
        del store  # closed before the store is opened for writing again
        load(self._folder, [beside])
        files = self._named_graphs()
        described = self._describe(open_store(self._folder), files)
        files[DESCRIPTIONS] = work / DESCRIPTIONS_NT
        *_, last = files
        for name, nt in files.items():
            graph = base + named_graphs()[name].path
            load(self._folder, pieces(nt), graph, is_last=name == last)
        store = open_store(self._folder)
        warned = run_controls(store, (c for c in controls() if not c.is_local))
        # each question was controlled when it was settled
        data = gathered.questions.remainder(), (work / LINKS).read_bytes()
        report.warned_by_controls |= warned | control_part((*data, beside, described))
        tell_warned(work, report)
        give_back()
        return store

    def _write_ontology(self, store: Store) -> bytes:
        """Write the examples; return them and the ontology as N-Triples, without the triples that
        `store`, which holds the data, has as well.
        """
        base, work = self._plan.settings.base, self._plan.work
        examples = serialize.ntriples(example_triples(base))
        (work / "dumps/exemples.ttl").write_bytes(serialize.turtle(examples))
        beside = {*ontology(), *definitions(base), *triples(examples)}
        lines = _sorted_lines(triple for triple in beside if Quad(*triple) not in store)
        (work / ONTOLOGY_NT).write_bytes(lines)
        return lines

    def _describe(self, store: Store, graphs: Mapping[str, Path]) -> bytes:
        """Write the descriptions of a store, whose default graph is whole, and of its named graphs,
        by their files; return them as N-Triples.
        """
        settings, report, work = self._plan.settings, self._gathered.report, self._plan.work
        dumps, facts, counts = work / "dumps", report.facts, count_store(store)
        sizes: Sizes = {
            "donnees": counts.triples - count_lines(work / ONTOLOGY_NT),
            "liens-prouves": count_lines(work / LINKS),
            "ontologie": len(ontology()) + len(definitions(settings.base)),
            "exemples": len(serialize.read_turtle(dumps / "exemples.ttl")),
            **dict.fromkeys(named_graphs(), 0),  # one that is not made has no triple
            **{name: count_lines(nt) for name, nt in graphs.items()},
            DESCRIPTIONS: None,
        }
        service = describe_service(settings, counts, sizes, report.data_until)
        void = describe_void(
            settings, store, counts, sizes, donnees_au=report.data_until, faits=facts,
            legislatures=report.legislatures, lectures=linked_data.readings(facts),
        )  # fmt: skip
        (dumps / "void.ttl").write_bytes(void)
        (dumps / "service.ttl").write_bytes(service)
        lines = _sorted_lines({t for text in (void, service) for t in turtle_triples(text)})
        (work / DESCRIPTIONS_NT).write_bytes(lines)
        return lines

    def _named_graphs(self) -> dict[str, Path]:
        """Return the name of each named graph, but for that of the descriptions → the file of its
        N-Triples.
        """
        made = {graph.name: graph.file for graph in self._gathered.graphs}
        files = {"faits-wikidata": FACTS, "alignements": ALIGNMENTS_NT} | made
        return {name: self._plan.work / file for name, file in files.items()}


def _sorted_lines(stated: Iterable[Triple]) -> bytes:
    return b"".join(sorted(serialize.ntriples(stated).splitlines(keepends=True)))
