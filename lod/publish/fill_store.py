"""The store of a release: in the default graph data, links, ontology and examples, controlled and
counted; in graphs of their own what describes them (VoID), facts of Wikidata, alignments, what
extensions make.

It is made from the store of the release before if that is nearly the same: both share the files,
and only what differs is removed or added. The large files of a store never change once they are
written; small ones, which name those that it is made of, are copied.
"""

import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import Executor, wait
from datetime import date
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
from lod.pipeline.questions.previous import DAMAGED, ChangedQuestions
from lod.pipeline.questions.question_db import REMAINDER, PublishedQuestions
from lod.pipeline.report.quality_files import tell_warned
from lod.pipeline.settling.settle import BuildPlan
from lod.pipeline.validation.controls import control_part, controls, run_controls, unseen
from lod.publish import history
from lod.publish.history import History
from lod.publish.publication import Output, Task
from lod.publish.query_catalogue import example_triples
from lod.publish.release import Lineage
from lod.publish.store_counts import count_store
from lod.publish.void import DESCRIPTIONS, Sizes, describe_service, describe_void, named_graphs
from lod.rdf import serialize
from lod.rdf.iris import Iris
from lod.rdf.ontology import definitions, ontology, stated
from lod.rdf.serialize import triples, turtle_triples
from lod.rdf.store import load, open_store, pieces
from lod.rdf.vocab import QP, civil_date

A_SECOND = 1.0
BESIDE = (REMAINDER, "links.nt")  # the data that is not about questions
# in a release: what the default graph has beside data and links, with none of their triples
ONTOLOGY_NT = "ontologie.nt"
DESCRIPTIONS_NT = "descriptions.nt"
ALIGNMENTS_NT = "alignements.nt"


def delta(
    before: Path, questions: PublishedQuestions, changed: ChangedQuestions, iris: Iris
) -> tuple[set[bytes], set[bytes]]:
    """Return the lines of N-Triples to remove and to add; unchanged lines are left out.

    Raises one of DAMAGED if the release before is damaged.
    """
    earlier = set(PublishedQuestions(before).lines(changed.there))
    later = set(questions.lines(changed.here))
    for uid, days in changed.redated.items():
        for lines, day in zip((earlier, later), days, strict=True):
            triple = Triple(iris.question(uid), QP.statutAu, civil_date(date.fromisoformat(day)))
            lines.add(serialize.ntriples([triple]))
    for name in BESIDE:
        earlier.update((before / name).read_bytes().splitlines(keepends=True))
        later.update((questions.release / name).read_bytes().splitlines(keepends=True))
    earlier.update((before / ONTOLOGY_NT).read_bytes().splitlines(keepends=True))
    return earlier - later, later - earlier


class StoreOutput(Output):
    """The store, filled in the background; it can be asked once this output is finished."""

    def __init__(
        self,
        plan: BuildPlan,
        gathered: Gathered,
        changed: ChangedQuestions | None,
        lineage: Lineage,
        background: Executor,
    ) -> None:
        self._plan, self._gathered, self._lineage = plan, gathered, lineage
        self._changed, self._background = changed, background
        self._folder = plan.work / "store"
        self.store: Store  # read-only, once it is finished
        self.history: History  # there once it is finished

    def setup(self) -> Iterable[Task]:
        self._filled = self._background.submit(named()(self._fill))
        return ()

    def finish(self) -> Iterable[Task]:
        """Wait until the store is filled; raise LodError if two counts do not agree."""
        while not wait([self._filled], A_SECOND).done:
            self._plan.progress.tick()
        self.store, self.history = self._filled.result()
        if self.history.compared:
            newest, report = self.history.compared[-1], self._gathered.report
            report.reason, report.later_day = newest.motif, newest.recul
            report.reopened = newest.comptes.get("rouverte", 0)
            deleted = {c.uid for c in self.history.changes if "supprimee" in c.kinds}
            report.gone = len(deleted - report.withheld.keys())
        return ()

    def _fill(self) -> tuple[Store, History]:
        plan, gathered, report = self._plan, self._gathered, self._gathered.report
        base, work = plan.settings.base, plan.work
        (work / ALIGNMENTS_NT).write_bytes(serialize.ntriples(stated(packaged.ALIGNMENTS)[0]))
        is_new, changed = self._load_data(), self._changed
        store = open_store(self._folder)
        beside_data = (graph.focus_nodes for graph in gathered.graphs)
        looked_at = report.focus_nodes - sum(beside_data, Counter())
        if unlooked := next(unseen(store, looked_at), None):
            raise LodError(f"{unlooked}; this is a fault of the program, please report it")
        touched = (changed.replaced, changed.added) if changed else None
        written_history = history.write(
            work, base, self._lineage, report.data_until, store, touched
        )
        beside = self._write_ontology(store)
        del store  # closed before the store is opened for writing again
        load(self._folder, [beside])
        files = self._named_graphs()
        described = self._describe(open_store(self._folder), files)
        files[DESCRIPTIONS] = work / DESCRIPTIONS_NT
        *_, last = files
        for name, nt in files.items():
            graph = base + named_graphs()[name].path
            load(self._folder, pieces(nt), graph, is_last=is_new and name == last)
        store = open_store(self._folder)
        warned = run_controls(store, (c for c in controls() if not c.is_local))
        # each question was controlled when it was settled
        data = gathered.questions.remainder(), (work / LINKS).read_bytes()
        report.warned_by_controls |= warned | control_part((*data, beside, described))
        tell_warned(work, report)
        give_back()
        return store, written_history

    def _load_data(self) -> bool:
        """Load the data and the links alone; return whether all of it was loaded, or only what
        differs from the release before.
        """
        questions, links = self._gathered.questions, self._plan.work / LINKS
        before, changed = self._plan.previous.folder, self._changed
        if before and changed and amend(before, questions, changed, self._plan.iris):
            expected = self._gathered.report.triples + count_lines(links)
            if len(open_store(self._folder)) == expected:
                return False
            shutil.rmtree(self._folder)  # somebody has changed the release before
        load(self._folder, chain(questions.ntriples(), pieces(links)))
        give_back()
        return True

    def _write_ontology(self, store: Store) -> bytes:
        """Write the examples; return them and the ontology as N-Triples, without the triples that
        `store`, which holds the data, has as well.
        """
        base, work = self._plan.settings.base, self._plan.work
        examples = serialize.ntriples(example_triples(base))
        (work / "dumps/exemples.ttl").write_bytes(serialize.turtle(examples))
        stated = {*ontology(), *definitions(base), *triples(examples)}
        lines = _sorted_lines(triple for triple in stated if Quad(*triple) not in store)
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


def amend(
    before: Path, questions: PublishedQuestions, changed: ChangedQuestions, iris: Iris
) -> bool:
    """Make a store with the data of a release alone out of the store of the release before; return
    whether that could be done.

    Descriptions and named graphs are left out: they are written anew.
    """
    folder = questions.release / "store"
    try:
        removed, added = delta(before, questions, changed, iris)
        _link_files(before / "store", folder)
        _take_out(folder, triples(b"".join(removed)))
        load(folder, [b"".join(sorted(added))])
    except DAMAGED:
        shutil.rmtree(folder, ignore_errors=True)
        return False
    return True


def _take_out(folder: Path, gone: Iterable[Triple]) -> None:
    """Remove triples and all named graphs from a store; it is closed at the end."""
    store = Store(str(folder))
    for graph in list(store.named_graphs()):
        store.remove_graph(graph)
    for triple in gone:
        store.remove(Quad(*triple))
    store.flush()


def _link_files(old: Path, new: Path) -> None:
    """Copy the files of a store into a new folder; those that never change are linked."""
    new.mkdir()
    for path in old.iterdir():
        if path.suffix == ".sst":
            _take_over(path, new / path.name)
        elif not path.name.startswith("LOG") and path.name != "LOCK":
            shutil.copyfile(path, new / path.name)


def _take_over(old: Path, new: Path) -> None:
    """Link a file to that of the release before, or copy it where no link can be."""
    try:
        new.hardlink_to(old)
    except OSError:
        shutil.copyfile(old, new)
