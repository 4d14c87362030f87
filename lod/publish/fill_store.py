"""The store of a release: data and links, controlled and counted; then what describes them, and
beside them, in graphs of their own, the facts of Wikidata and the history.
"""

import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from itertools import chain

from pyoxigraph import Store, Triple

from lod.base.compression import count_lines
from lod.base.errors import LodError
from lod.pipeline.build_plan import BuildPlan
from lod.pipeline.gather import FACTS, LINKS, Gathered
from lod.pipeline.mapping import wikidata_facts
from lod.pipeline.reuse.data_delta import ChangedQuestions, changed_questions
from lod.pipeline.validation.controls import control_part, global_controls, run_controls, unseen
from lod.publish import history
from lod.publish.dataset_descriptions import describe_service, describe_void
from lod.publish.history import History
from lod.publish.output import Output, Task
from lod.publish.query_catalogue import example_triples
from lod.publish.release import Lineage
from lod.publish.update_store import amend
from lod.publish.void_counts import count_store
from lod.rdf import serialize
from lod.rdf.ontology import ontology
from lod.rdf.serialize import read_turtle
from lod.rdf.store import load, open_store, pieces


class StoreOutput(Output):
    """The store, filled in the background; it can be asked once this output is finished."""

    def __init__(
        self, plan: BuildPlan, gathered: Gathered, lineage: Lineage, background: Executor
    ) -> None:
        self._plan, self._gathered, self._lineage = plan, gathered, lineage
        self._background = background
        self._folder = plan.work / "store"
        self.store: Store  # read-only, once it is finished
        self.history: History  # likewise

    def setup(self) -> Iterable[Task]:
        """Begin to fill the store."""
        self._filled = self._background.submit(self._fill)
        return ()

    def finish(self) -> Iterable[Task]:
        """Wait until the store is filled; raise LodError if two counts do not agree."""
        self.store, self.history = self._filled.result()
        versions = self.history.versions
        self._gathered.report.reason = versions[-1].motif if versions else ""
        return ()

    def _fill(self) -> tuple[Store, History]:
        plan, gathered, report = self._plan, self._gathered, self._gathered.report
        base, work = plan.settings.base, plan.work
        changed = changed_questions(plan.previous.folder, gathered.questions)
        is_new = self._load_data(changed)
        store = open_store(self._folder)
        if unlooked := next(unseen(store, report.focus_nodes), None):
            raise LodError(f"{unlooked}; this is a fault of the program, please report it")
        touched = changed.remade if changed else None
        told = history.write(work, base, self._lineage, report.data_until, store, touched)
        more = serialize.ntriples(self._descriptions(store, told))
        del store  # closed before the store is opened for writing again
        load(self._folder, [more])
        load(self._folder, pieces(work / FACTS), base + wikidata_facts.GRAPH)
        load(self._folder, pieces(work / history.NT), base + history.GRAPH, is_last=is_new)
        store = open_store(self._folder)
        report.control_rows = run_controls(store, global_controls())
        # each question was controlled when it was settled
        control_part((gathered.questions.remainder(), (work / LINKS).read_bytes(), more))
        return store, told

    def _load_data(self, changed: ChangedQuestions | None) -> bool:
        """Load the data and the links alone; return whether all of it was loaded, or only what
        differs from the release before.
        """
        questions, before = self._gathered.questions, self._plan.previous.folder
        base, links = self._plan.settings.base, self._plan.work / LINKS
        graphs = (base + wikidata_facts.GRAPH, base + history.GRAPH)
        if before and changed and amend(before, questions, changed, graphs):
            expected = self._gathered.report.triples + count_lines(links)
            if len(open_store(self._folder)) == expected:
                return False
            shutil.rmtree(self._folder)  # somebody has changed the release before
        load(self._folder, chain(questions.ntriples(), pieces(links)))
        return True

    def _descriptions(self, store: Store, told: History) -> Iterator[Triple]:
        """Write VoID, examples and the description of the service; yield all that goes beside the
        data.
        """
        settings, report = self._plan.settings, self._gathered.report
        dumps, facts = self._plan.work / "dumps", self._gathered.report.facts
        counts = count_store(store, self._gathered.usage, self._gathered.classes)
        dated = {"donnees_au": report.data_until, "faits": facts}
        void = {"legislatures": report.legislatures, "lectures": wikidata_facts.readings(facts)}
        void_ttl = describe_void(settings, store, counts, **dated, **void, histoire=told)
        (dumps / "void.ttl").write_bytes(void_ttl)
        queries = serialize.ntriples(example_triples(settings.base))
        (dumps / "exemples.ttl").write_bytes(serialize.turtle(queries))
        parts = {name: read_turtle(dumps / f"{name}.ttl") for name in ("exemples", "void")}
        parts["ontologie"] = list(ontology())
        service = describe_service(settings, store, counts, parts, **dated)
        (dumps / "service.ttl").write_bytes(service)
        yield from chain(*parts.values(), read_turtle(dumps / "service.ttl"))
