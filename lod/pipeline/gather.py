"""The first pass of a build: every record is read, every question settled, and what is said of all
other things gathered.

Every record is kept byte for byte: below `site/sources` by its hash, or in `rejected` with the
reasons. What is published of questions is in the files of partitions; in memory stay counts, what
questions refer to, and which documents there are.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryFile

from pyoxigraph import NamedNode, Triple

from lod.base.errors import Finding
from lod.base.output_tree import OutputTree
from lod.pipeline.build_plan import BuildPlan
from lod.pipeline.build_report import BuildReport
from lod.pipeline.finding_files import FindingFiles
from lod.pipeline.findings import rejection_of
from lod.pipeline.intake import (
    Intake,
    KnownRecord,
    RecordKey,
    RecordReader,
    input_of,
    range_of,
    read_records,
)
from lod.pipeline.mapping import wikidata_facts
from lod.pipeline.mapping.descriptions import Descriptions
from lod.pipeline.mapping.links import item_of, links_of
from lod.pipeline.mapping.question_triples import question_name_of
from lod.pipeline.partition_file import FOLDER
from lod.pipeline.partition_set import REMAINDER, PartitionSet
from lod.pipeline.partition_summary import PartitionSummary
from lod.pipeline.partitions import PartitionMaker, make_partitions
from lod.pipeline.reuse.keys import Keys
from lod.pipeline.reuse.previous import keep_records
from lod.pipeline.statistics import StatisticsCounter
from lod.pipeline.usage import Classes, Usage, classes_of, count_usage
from lod.pipeline.validation.report import validate_described
from lod.pipeline.validation.validate import Result
from lod.rdf.iris import Iris, document_of, source_path
from lod.rdf.serialize import ntriples, triples
from lod.rdf.vocab import OWL_SAME_AS, QP
from lod.sources.forms import records

LINKS, FACTS = "links.nt", "faits.nt"  # in a release: links, and what Wikidata says
NamedLists = dict[str, list[tuple[str, str]]]  # resource → others: IRI and name


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that is known once every question is settled."""

    report: BuildReport  # what was counted; the outputs add to it
    partitions: PartitionSet  # what is published of questions
    descriptions: tuple[Triple, ...]  # what is published of the resources they refer to
    links: tuple[Triple, ...]  # of these, and their evidence
    statistics: StatisticsCounter
    usage: Usage  # what is used of the vocabulary, for VoID
    classes: Classes  # of the resources that questions refer to
    shared_answers: NamedLists  # answer → the questions that it serves, where there are several
    recalled_by: NamedLists  # question → the later ones that recall it
    identity: str  # hash of the names and bytes of all records, in order


def gather(inputs: Iterable[Path], plan: BuildPlan, findings: Iterable[Finding] = ()) -> Gathered:
    """Read the records and settle the questions; `findings` are those about the tables.

    Raises LodError if a table makes something that the shapes refuse.
    """
    for name in ("dumps", "site", "site/sources", FOLDER):
        (plan.work / name).mkdir()
    report = BuildReport()
    with (
        FindingFiles(plan.work, plan.settings.base, report) as files,
        TemporaryFile(dir=plan.work) as laid_aside,
    ):
        for finding in findings:
            files.finding(finding, Path(finding.where.path).name)
        intake = Intake(laid_aside)
        identity = _read(inputs, plan, intake, files)
        settled = _settle(plan, intake, files)
        plan.progress.stage("links, and what the questions refer to")
        links = _describe(plan, settled)
        descriptions = tuple(settled.descriptions.triples())
        described = (*descriptions, *links)
        classes = classes_of(described)
        settled.usage.update(count_usage(described, classes))
        results, focus_nodes = validate_described(described, plan.settings.base, plan.engine)
        for result in results:
            files.result(result)
        report.focus_nodes.update(focus_nodes)
        files.conclude()
    names = tuple(settled.partitions)
    partitions = PartitionSet(plan.work, names, settled.stated_before, plan.previous)
    partitions.keep()
    return Gathered(
        report=report,
        partitions=partitions,
        descriptions=descriptions,
        links=links,
        statistics=settled.statistics,
        usage=settled.usage,
        classes=classes,
        shared_answers=settled.shared_answers(),
        recalled_by=settled.recalled_by(),
        identity=identity,
    )


def _read(inputs: Iterable[Path], plan: BuildPlan, intake: Intake, files: FindingFiles) -> str:
    """Read every record and lay it aside; return the hash of all of them.

    What the release before has read in the same way is not read again.
    """
    tree = OutputTree(plan.work / "site", plan.previous.site)
    report, reader = files.report, RecordReader(tree, plan.previous.known_records(plan.made_with))
    plan.progress.stage("reading records")
    hashed = hashlib.sha256()
    for record, found in read_records(records(inputs), reader, plan.jobs):
        report.read += 1
        line, name = f"{found.name}\0{found.sha256}\n".encode(), input_of(found.name)
        hashed.update(line)
        count, so_far = report.sources.get(name, (0, ""))
        report.sources[name] = count + 1, hashlib.sha256(so_far.encode() + line).hexdigest()
        if found.findings:
            report.rejected += 1
            rejection = rejection_of(found.name, found.path, found.sha256, found.findings)
            files.reject(rejection, record.data)
        else:
            intake.add(found)
        plan.progress.done(report.read)
    report.until = dict(intake.facts.data_until)
    return hashed.hexdigest()


def _settle(plan: BuildPlan, intake: Intake, files: FindingFiles) -> "SettledQuestions":
    """Settle every question; what was read of the records is kept for the next release."""
    report, settled = files.report, SettledQuestions(plan, files)
    # the tables first: the first name of a resource is the one that stays
    settled.descriptions.add(plan.tables.triples(plan.iris, intake.facts.auteurs))
    maker = PartitionMaker(
        folder=plan.work / FOLDER,
        site=plan.work / "site",
        iris=plan.iris,
        keys=Keys(plan.made_with, replace(plan.tables, data_until=intake.facts.data_until)),
        engine=plan.engine,
        previous=plan.previous,
    )
    plan.progress.stage("settling questions", report.read)
    known_records: dict[RecordKey, KnownRecord] = {}
    made = make_partitions(maker, intake.partitions(), plan.jobs)
    for _, number_range in groupby(made, key=lambda summary: range_of(summary.name)):
        references: dict[int, bytes] = {}
        for summary in number_range:
            settled.add(summary)
            references |= summary.references
            known_records |= summary.known_records
            plan.progress.done(report.published + report.rejected)
        for numero in sorted(references):
            settled.refer(references[numero])
    keep_records(maker.folder, plan.made_with, known_records)
    return settled


def _describe(plan: BuildPlan, settled: "SettledQuestions") -> tuple[Triple, ...]:
    """Write what the questions refer to, links, and what Wikidata says of the linked deputies;
    return the links.
    """
    (plan.work / REMAINDER).write_bytes(ntriples(settled.remainder()))
    reviewed, report = plan.tables.review.links, settled.report
    base = plan.iris.base
    report.replaced = {
        earlier.removeprefix(base): now.removeprefix(base)
        for earlier, now in settled.descriptions.replaced()
    }
    found = links_of(settled.descriptions, plan.iris, reviewed)
    (plan.work / LINKS).write_bytes(ntriples(found))
    qids = (item_of(t.object) for t in found if t.predicate == OWL_SAME_AS)
    report.reviewed_links = reviewed
    report.facts = wikidata_facts.published_facts(qids, reviewed)
    facts = dict.fromkeys(wikidata_facts.triples(report.facts))  # many share a gender, a party
    (plan.work / FACTS).write_bytes(ntriples(facts))
    return tuple(found)


class SettledQuestions:
    """What the summaries of partitions come to, added up in the order of the questions."""

    def __init__(self, plan: BuildPlan, files: FindingFiles) -> None:
        self._iris: Iris = plan.iris
        self._site = plan.work / "site"  # where the bytes of the records are
        self.report, self._files = files.report, files
        self.partitions: list[str] = []
        self.stated_before: dict[str, set[str]] = {}  # partition → answers an earlier one states
        self.descriptions = Descriptions()  # of what questions refer to
        self.statistics = StatisticsCounter()
        self.usage: Usage = Counter()
        self._documents: set[str] = set()
        self._reponses: dict[str, list[str]] = {}  # answer → uids of the questions that it serves
        self._rappels: list[Triple] = []
        self._said: set[bytes] = set()  # of what questions refer to: lines of N-Triples
        self._reported: set[tuple[str, str]] = set()  # results: focus node, shape and component

    def add(self, summary: PartitionSummary) -> None:
        """Take in one partition."""
        self.partitions.append(summary.name)
        new = {iri for iri in summary.documents if iri not in self._documents}
        if len(new) < len(summary.documents):  # an answer came with an earlier question
            self.stated_before[summary.name] = summary.documents.keys() - new
        for iri, used in summary.usage.items():
            if not iri or iri in new:
                self.usage.update(used)
        self._documents |= new
        self.report.triples += sum(summary.documents[iri] for iri in new)
        for iri in new:
            self.report.focus_nodes.update(summary.focus_nodes.get(iri, {}))
        for iri, uids in summary.reponses.items():
            self._reponses.setdefault(iri, []).extend(uids)
        self._rappels += summary.rappels
        self.statistics.update(summary.statistics)
        self._tell(summary, new)

    def _tell(self, summary: PartitionSummary, new: set[str]) -> None:
        """Write down the findings about a partition; `new` are its documents, told by it first."""
        for remark in summary.remarks:
            self._files.remark(remark)
        for rejection in summary.rejections:
            self._files.reject(rejection, self._raw(rejection.sha256).read_bytes())
        for rejection in summary.rejections:  # last: two records may be the same bytes
            self._raw(rejection.sha256).unlink(missing_ok=True)
        self.report.update(summary.counts)
        for result in summary.results:
            # results about what several questions refer to are told once, of the whole
            if document_of(result.focus) in new or self._refuses(result):
                self._files.result(result)

    def _refuses(self, result: Result) -> bool:
        """Say whether a result refuses records and was not told yet: partitions repeat some."""
        key = (result.focus, result.shape + result.component)
        known = key in self._reported
        self._reported.add(key)
        return result.severity == "Violation" and not known

    def _raw(self, sha256: str) -> Path:
        return self._site / source_path(sha256)

    def refer(self, nt: bytes) -> None:
        """Take in what a question says of others; what was said already adds nothing."""
        new = [line for line in nt.splitlines(keepends=True) if line not in self._said]
        self._said.update(new)
        self.descriptions.add(triples(b"".join(new)))

    def remainder(self) -> list[Triple]:
        """Return what the questions refer to, their statistics, and which earlier ones they recall
        of those that are published; to be asked once, when all questions are settled.
        """
        self.descriptions.add(self.statistics.triples(self._iris))
        rappels = [t for t in self._rappels if self._is_published(t.object)]
        nodes = (node for t in rappels for node in (t.subject, t.object))
        about = {n.value: [QP.Question.value] for n in nodes if isinstance(n, NamedNode)}
        self.usage.update(count_usage(rappels, about))
        found = [*self.descriptions.triples(), *rappels]
        self.report.triples += len(found)
        return found

    def _is_published(self, document: object) -> bool:
        return isinstance(document, NamedNode) and document.value in self._documents

    def shared_answers(self) -> NamedLists:
        """Return answer → the questions that it serves, where there are several."""
        return {
            iri: sorted((self._iris.question(uid).value, question_name_of(uid)) for uid in uids)
            for iri, uids in self._reponses.items()
            if len(uids) > 1
        }

    def recalled_by(self) -> NamedLists:
        """Return question → the later ones that recall it."""
        found: NamedLists = {}
        for triple in filter(lambda t: self._is_published(t.object), self._rappels):
            recalling, recalled = (term.value for term in (triple.subject, triple.object))  # type: ignore[union-attr]  # IRIs
            named = (recalling, question_name_of(recalling.rpartition("/")[2]))
            found.setdefault(recalled, []).append(named)
        return {iri: sorted(those, key=lambda one: one[::-1]) for iri, those in found.items()}
