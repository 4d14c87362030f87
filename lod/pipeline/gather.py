"""The first pass of a build: every record is read, every question settled, and all that they refer
to described.

What is published of questions, and every record of them byte for byte, is in `questions.db`; a
record that is not published is in `rejected`, with the reasons. In memory stay counts, what
questions refer to, and which documents there are.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from tempfile import TemporaryFile

from pyoxigraph import NamedNode, Triple

from lod.base.errors import LodError, Remark, Where
from lod.base.in_hand import each, leaving_out
from lod.pipeline.mapping import bodies, linked_data
from lod.pipeline.mapping.authorities import days_of_data
from lod.pipeline.mapping.descriptions import Descriptions
from lod.pipeline.mapping.links import item_of, links_of
from lod.pipeline.mapping.question_triples import question_name_of
from lod.pipeline.questions.previous import NO_PREVIOUS
from lod.pipeline.questions.question_db import REMAINDER, PublishedQuestions, QuestionWriter
from lod.pipeline.questions.question_memo import SUMMARY, QuestionMemo, state_digest
from lod.pipeline.questions.statistics import StatisticsCounter
from lod.pipeline.reading.archive_days import archive_days
from lod.pipeline.reading.given import Given
from lod.pipeline.reading.intake import Intake, RecordReader, Room, bytes_of, input_of, read_records
from lod.pipeline.reading.reference_data import CORRECTIONS, shortfalls
from lod.pipeline.report.build_report import BuildReport, nothing_published
from lod.pipeline.report.quality_files import QualityFiles, rejection_of, validate_described
from lod.pipeline.settling.settle import (
    BuildPlan,
    Converter,
    MadeGraph,
    MakeGraph,
    Refusal,
    dated,
    outcomes,
)
from lod.pipeline.validation.validate import versions
from lod.rdf.iris import Iris, document_of
from lod.rdf.ontology import code_lists
from lod.rdf.serialize import ntriples, triples
from lod.rdf.vocab import FOAF, NAMESPACE, ORG, OWL, QP, SHAPES_NAMESPACE

LINKS, FACTS = "links.nt", "faits.nt"  # in a release: links, and what Wikidata says
# what is warned of in each record of the sample: it comes without its texts
STRIPPED = frozenset(
    f"{SHAPES_NAMESPACE}{name}"
    for name in (
        "Question-texte-absent", "Question-titre-absent", "Question-rubrique-absente",
        "Reponse-texte-absent",
    )
)  # fmt: skip
NamedLists = dict[str, list[tuple[str, str]]]  # resource → resources: IRI and name


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that is known once every question is settled."""

    report: BuildReport  # what was counted; the outputs add to it
    questions: PublishedQuestions
    descriptions: tuple[Triple, ...]  # what is published of the resources they refer to
    links: tuple[Triple, ...]  # of these, and their evidence
    statistics: StatisticsCounter
    shared_answers: NamedLists  # answer → the questions that it serves, where there are several
    identity: str  # hash of the names and bytes of all records, in order
    graphs: tuple[MadeGraph, ...]  # of extensions

    def mentions(self) -> dict[str, dict[str, list[tuple[str, str]]]]:
        """Return question or answer → graph of an extension → what of it is about them."""
        mentions: dict[str, dict[str, list[tuple[str, str]]]] = {}
        for graph in self.graphs:
            for iri, named in graph.mentions.items():
                mentions.setdefault(iri, {})[graph.name] = named
        return mentions


def gather(
    given: Given, plan: BuildPlan, remarks: Iterable[Remark] = (), graphs: Iterable[MakeGraph] = ()
) -> Gathered:
    """Read the records and settle the questions; `remarks` are about the tables.

    Raises LodError if no record can be published, or the shapes refuse what a table makes.
    """
    for name in ("dumps", "site"):
        (plan.work / name).mkdir()
    report = BuildReport(archives=archive_days((*given.inputs, *given.reference)))
    report.engines = versions(plan.engine)
    with (
        QualityFiles(plan.work, plan.settings.base, report) as files,
        TemporaryFile(dir=plan.work) as laid_aside,
    ):
        for remark in remarks:
            files.flaw(remark)
        intake = Intake(laid_aside, plan.tables.review)
        identity = _read(given, plan, intake, files)
        for remark in intake.unmatched():
            files.flaw(remark)
        all_settled = _settle(plan, intake, files)
        plan.progress.stage("links, and what the questions refer to")
        links = _describe(plan, all_settled)
        descriptions = tuple(all_settled.descriptions.triples())
        described = (*code_lists(), *descriptions, *links)
        results, focus_nodes = validate_described(
            described, (plan.settings.base, NAMESPACE), plan.engine
        )
        made_graphs = tuple(graph for make in graphs if (graph := make(plan)))
        for result in chain(results, *(graph.results for graph in made_graphs)):
            files.result(result)
        report.focus_nodes.update(focus_nodes)
        for graph in made_graphs:
            report.focus_nodes.update(graph.focus_nodes)
            report.told += [graph.told] if graph.told else []
            for remark in graph.rejected:
                report.rejected_rows.append(str(remark))
                files.beside(remark)
            for remark in graph.remarks:
                files.beside(remark)
        files.conclude()
    if not report.published:
        raise LodError(nothing_published(report))
    counted, expected = report.by_legislature, plan.tables.review.expected_counts
    report.shortfalls = list(shortfalls(counted, expected))
    return Gathered(
        report=report,
        questions=PublishedQuestions(plan.work),
        descriptions=descriptions,
        links=links,
        statistics=all_settled.statistics,
        shared_answers=all_settled.shared_answers(),
        identity=identity,
        graphs=made_graphs,
    )


def _read(given: Given, plan: BuildPlan, intake: Intake, files: QualityFiles) -> str:
    """Read every record and lay it aside; return the hash of all of them.

    A record that the release before published, with the same bytes, is not read again. Raises
    LodError if the disk has no room for the release.
    """
    is_same = plan.previous.was_made_with(plan.made_with)
    report = files.report
    reader = RecordReader(plan.previous if is_same else NO_PREVIOUS, keeps_bytes=True)
    plan.progress.stage("reading records")
    hashed, room = hashlib.sha256(), Room()
    for record, entry in read_records(given.records(), reader, plan.jobs):
        report.read += 1
        line, name = f"{entry.name}\0{entry.sha256}\n".encode(), input_of(entry.name)
        hashed.update(line)
        count, so_far = report.sources.get(name, (0, ""))
        report.sources[name] = count + 1, hashlib.sha256(so_far.encode() + line).hexdigest()
        if entry.reasons:
            report.rejected += 1
            rejection = rejection_of(entry.name, entry.path, entry.sha256, entry.reasons)
            files.reject(rejection, record.data)
        else:
            intake.add(entry)
            room.add(entry)
        plan.progress.done(report.read)
    plan.progress.say(f"the release will take {room.check(plan.work)}")
    return hashed.hexdigest()


def _settle(plan: BuildPlan, intake: Intake, files: QualityFiles) -> "SettledQuestions":
    """Settle every question, and write down what is published of it."""
    tables = leaving_out(
        lambda failed: dated(
            intake, plan.tables.without(failed), plan.iris, plan.engine, plan.previous
        )
    )
    files.report.until, files.report.ahead = dict(tables.data_until), intake.facts.ahead
    converter = Converter(plan.iris, plan.made_with, tables, plan.engine, plan.previous)
    plan.progress.stage("settling questions", files.report.read)
    with QuestionWriter(plan.work, plan.made_with, plan.previous.questions) as writer:
        all_settled = SettledQuestions(plan, files, writer)
        # the tables first: the first name of a resource is the one that stays
        all_settled.descriptions.add(plan.tables.triples(plan.iris, intake.facts.auteurs))
        all_outcomes = outcomes(converter, intake.questions(), plan.jobs)
        for own_records, outcome in each(all_outcomes, lambda pair: pair[0][0].uid):
            if isinstance(outcome, Refusal):
                all_settled.refuse(
                    outcome, {r.sha256: bytes_of(r, plan.previous) for r in own_records}
                )
            else:
                all_settled.add(outcome)
                for record in own_records:
                    writer.add_record(record.named)
            plan.progress.done(files.report.published + files.report.rejected)
        writer.add_portfolios(
            (t.subject.value, t.object.value)
            for t in all_settled.descriptions.triples()
            if t.predicate == ORG.classification
            and isinstance(t.subject, NamedNode)
            and isinstance(t.object, NamedNode)
        )
    return all_settled


def _describe(plan: BuildPlan, settled: "SettledQuestions") -> tuple[Triple, ...]:
    """Write what the questions refer to, links, and what Wikidata says of the linked deputies;
    return the links.
    """
    (plan.work / REMAINDER).write_bytes(ntriples(settled.remainder()))
    reviewed, report = plan.tables.review.links, settled.report
    described = frozenset(settled.descriptions.subjects())
    report.meanings = bodies.meanings(plan.tables.executive, plan.iris, described)
    link_triples = links_of(settled.descriptions, plan.iris, reviewed)
    (plan.work / LINKS).write_bytes(ntriples(link_triples))
    items = {
        item_of(t.object): settled.descriptions.name_of(t.subject.value, FOAF.name)
        for t in link_triples
        if t.predicate == OWL.sameAs and isinstance(t.subject, NamedNode)
    }
    report.reviewed_links = reviewed
    report.facts = linked_data.published_facts(items, reviewed)
    facts = dict.fromkeys(linked_data.fact_triples(report.facts, items))  # many share a party
    (plan.work / FACTS).write_bytes(ntriples(facts))
    return tuple(link_triples)


class SettledQuestions:
    """What the questions come to, added up in their order while they are written down."""

    def __init__(self, plan: BuildPlan, files: QualityFiles, writer: QuestionWriter) -> None:
        self._iris: Iris = plan.iris
        self._revue = plan.settings.revue
        self._expected = STRIPPED if plan.sample else frozenset[str]()  # shapes not reported
        self.report, self._files, self._writer = files.report, files, writer
        self.descriptions = Descriptions()  # of what questions refer to
        self.statistics = StatisticsCounter()
        self._documents: dict[str, bytes] = {}  # question or answer → digest of its state
        self._reponses: dict[str, list[str]] = {}  # answer → uids of the questions that it serves
        self._rappels: list[tuple[str, str]] = []  # IRIs of questions: recalling, recalled
        self._described: set[bytes] = set()  # lines of N-Triples in `descriptions`
        self._reported: set[tuple[str, str]] = set()  # results: focus node, shape and component

    def add(self, memo: QuestionMemo) -> None:
        """Take in one published question."""
        facts, summary = memo.facts, SUMMARY.unpack(memo.summary)
        stated_before = []
        for document in summary.documents:
            if document.iri in self._documents:  # an answer came with an earlier question
                stated_before.append(document.iri)
                continue
            self._documents[document.iri] = document.state
            self.report.triples += document.triples
            self.report.focus_nodes.update(document.focus_nodes)
        states = [self._documents[document.iri] for document in summary.documents]
        self._writer.add(memo, summary.subjects, stated_before, state_digest(states))
        question, *answers = (document.iri for document in summary.documents)
        for iri in answers:
            self._reponses.setdefault(iri, []).append(memo.uid)
        self._rappels += ((question, self._iris.question(uid).value) for uid in summary.rappels)
        self.statistics.add(facts, summary.subjects)
        key = facts.legislature, facts.type
        self.report.add_published(key, summary.records, len(summary.remarks), summary.repairs)
        for remark in summary.remarks:
            self._files.remark(remark)
            if remark.where.path == CORRECTIONS:  # a row that does nothing
                path = str((self._revue or Path()) / CORRECTIONS)
                self.report.flaws.append(str(replace(remark, where=Where(path, remark.where.line))))
        for result in summary.results:
            is_new = document_of(result.focus) not in stated_before
            if is_new and result.shape not in self._expected:
                self._files.result(result)
        for name, iri in summary.warned:
            if document_of(iri) not in stated_before:
                self.report.warned_by_controls.add((name, iri))
        references = summary.references.splitlines(keepends=True)
        if new := [line for line in references if line not in self._described]:  # rarely
            self._described.update(new)
            self.descriptions.add(triples(b"".join(new)))

    def refuse(self, refusal: Refusal, sources: Mapping[str, bytes]) -> None:
        """Take in one question that is not published; `sources` has its records, by their hash."""
        self.report.add_rejected(len(refusal.rejections), refusal.withheld)
        for rejection in refusal.rejections:
            data = None if refusal.withheld else sources[rejection.sha256]
            self._files.reject(rejection, data)
        for result in refusal.results:
            key = (result.focus, result.shape + result.component)
            if result.severity == "Violation" and key not in self._reported:
                self._reported.add(key)
                self._files.result(result)

    def remainder(self) -> list[Triple]:
        """Return the triples that stand in no question: code lists, what questions refer to,
        statistics, recalls of published questions. To be called once, when all are settled.
        """
        self.descriptions.add(self.statistics.triples(self._iris))
        self.descriptions.add(days_of_data(self.report.legislatures, self._iris))
        recalls = [
            Triple(NamedNode(recalling), QP.rappelle, NamedNode(recalled))
            for recalling, recalled in self._rappels
            if recalled in self._documents
        ]
        remainder = [*code_lists(), *self.descriptions.triples(), *recalls]
        self.report.triples += len(remainder)
        return remainder

    def shared_answers(self) -> NamedLists:
        """Return answer → the questions that it serves, where there are several."""
        return {
            iri: sorted((self._iris.question(uid).value, question_name_of(uid)) for uid in uids)
            for iri, uids in self._reponses.items()
            if len(uids) > 1
        }
