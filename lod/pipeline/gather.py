"""The first pass of a build: every record is read, every question settled, what is said of all
other things gathered.

Every record is kept byte for byte: below `site/sources` by its hash, or in `rejected` with the
reasons. What is published of the questions is in the files of `partitions`. In memory stay counts,
what questions refer to, and which documents there are.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import date
from itertools import groupby
from pathlib import Path

from pyoxigraph import NamedNode, Triple

from lod.base.errors import Finding
from lod.base.output_tree import OutputTree
from lod.model.text import slug
from lod.pipeline import partitions
from lod.pipeline.build_report import LISTED, BuildReport
from lod.pipeline.findings import Rejection, Remark, rejection_of
from lod.pipeline.intake import (
    Intake,
    IntakeRecord,
    KnownRecord,
    RecordReader,
    range_of,
    read_records,
)
from lod.pipeline.mapping.descriptions import Descriptions
from lod.pipeline.mapping.question_triples import question_name_of
from lod.pipeline.partition_summary import PartitionSummary
from lod.pipeline.partitions import PartitionMaker
from lod.pipeline.statistics import StatisticsCounter
from lod.pipeline.usage import Classes, Usage, classes_of, count_usage
from lod.pipeline.validation import report as shacl_report
from lod.pipeline.validation.validate import REFERENCE, Result
from lod.rdf.iris import Iris, document_of, source_path
from lod.rdf.serialize import ntriples, triples
from lod.rdf.vocab import QP
from lod.sources.forms import Record


class Gathering:
    """The open files of the first pass; a context manager, consumed tranche by tranche.

    `before` is the release before, if there is one; `made_with` the hash of what all is made
    with: program, tables, settings.
    """

    def __init__(
        self, work: Path, iris: Iris, before: Path | None = None, made_with: str = ""
    ) -> None:
        self.work, self.iris, self.before, self.made_with = work, iris, before, made_with
        self.site = OutputTree(work / "site", before and before / "site")
        self.build_report, self.descriptions = BuildReport(), Descriptions()
        self.statistics = StatisticsCounter()
        self.partitions: list[str] = []
        self.usage: Usage = Counter()
        self.classes: Classes = {}  # of what questions refer to, once that is proven
        self.stated_before: dict[str, set[str]] = {}  # tranche → answers that an earlier one has
        self._written: set[str] = set()
        self._reponses: dict[str, list[str]] = {}
        self._rappels: list[Triple] = []
        self._said: set[bytes] = set()  # of what questions refer to: lines of N-Triples
        self._reported: set[tuple[str, str]] = set()
        self._files = ExitStack()
        self._identity = hashlib.sha256()

    def __enter__(self) -> "Gathering":
        for name in ("dumps", "quality", "rejected", "site", "site/sources", partitions.FOLDER):
            (self.work / name).mkdir()
        enter = self._files.enter_context
        self._intake = Intake(enter((self.work / "lectures.pickle").open("w+b")))
        self._report = enter(self.report.open("wb"))
        self._reasons = enter((self.work / "rejected" / "index.csv").open("wb"))
        self._remarks = enter((self.work / "quality" / "remarques.csv").open("wb"))
        self._reasons.write(shacl_report.REASONS_HEAD)
        self._remarks.write(shacl_report.REMARKS_HEAD)
        return self

    def __exit__(self, *exc: object) -> None:
        self._files.close()

    @property
    def report(self) -> Path:
        """The results of SHACL, as N-Triples."""
        return self.work / "report.nt"

    @property
    def identity(self) -> str:
        """The hash of all that was read, in order: names and bytes."""
        return self._identity.hexdigest()

    # ---- records

    def read(self, records: Iterable[Record], jobs: int) -> Iterator[int]:
        """Read every record, and lay it aside; yield how many there are so far.

        What the release before has read in the same way is not read again.
        """
        before = self.before and self.before / partitions.FOLDER
        reader = RecordReader(self.site, partitions.read_known_records(before, self.made_with))
        for record, found in read_records(records, reader, jobs):
            self._keep(record, found)
            yield self.build_report.read

    def _keep(self, record: Record, found: IntakeRecord) -> None:
        self.build_report.read += 1
        self._identify(found)
        if not found.findings:
            self._intake.add(found)
            return
        self.build_report.rejected += 1
        rejection = rejection_of(found.name, found.path, found.sha256, found.findings)
        self._refuse(rejection, self.build_report.rejected, record.data)

    def _identify(self, found: IntakeRecord) -> None:
        line = f"{found.name}\0{found.sha256}\n"
        self._identity.update(line.encode())
        top = found.name.split("/")[0].split("#")[0]
        count, so_far = self.build_report.sources.get(top, (0, ""))
        self.build_report.sources[top] = (
            count + 1,
            hashlib.sha256((so_far + line).encode()).hexdigest(),
        )

    @property
    def auteurs(self) -> set[str]:
        """The references of the persons who are authors of a record."""
        return self._intake.auteurs

    @property
    def data_until(self) -> dict[int, date]:
        """The day up to which the data of each legislature goes."""
        return self._intake.data_until

    def remark(self, finding: Finding, name: str) -> None:
        """Write down a remark that is about no question; `name` is what may be published."""
        self.build_report.remarks += 1
        self._remark(Remark(name, finding.where.line, finding.wrong, finding.remedy))

    # ---- questions

    def settle(self, maker: PartitionMaker, jobs: int) -> Iterator[int]:
        """Settle every question; yield how many records have their fate so far."""
        self.build_report.until = dict(self.data_until)
        known_records: dict[str, KnownRecord] = {}
        made = partitions.make_partitions(maker, self._intake.partitions(), jobs)
        for _, number_range in groupby(made, key=lambda summary: range_of(summary.name)):
            references: dict[int, bytes] = {}
            for summary in number_range:
                self._add(summary)
                references |= summary.references
                known_records |= summary.known_records
                yield self.build_report.published + self.build_report.rejected
            for numero in sorted(references):
                self._refer(references[numero])
        partitions.write_known_records(maker.folder, self.made_with, known_records)

    def _add(self, summary: PartitionSummary) -> None:
        """Take in one tranche of questions."""
        self.partitions.append(summary.name)
        new = {iri for iri in summary.documents if iri not in self._written}
        if len(new) < len(summary.documents):  # an answer came with an earlier question
            self.stated_before[summary.name] = summary.documents.keys() - new
        for iri, used in summary.usage.items():
            if not iri or iri in new:
                self.usage.update(used)
        self._written |= new
        self.build_report.triples += sum(summary.documents[iri] for iri in new)
        for iri in new:
            self.build_report.focus_nodes.update(summary.focus_nodes.get(iri, {}))
        for iri, uids in summary.reponses.items():
            self._reponses.setdefault(iri, []).extend(uids)
        self._rappels += summary.rappels
        self.statistics.update(summary.statistics)
        for remark in summary.remarks:
            self._remark(remark)
        for number, rejection in enumerate(
            summary.rejections, start=self.build_report.rejected + 1
        ):
            self._refuse(rejection, number, self._raw(rejection.sha256).read_bytes())
        for rejection in summary.rejections:  # last: two records may be the same bytes
            self._raw(rejection.sha256).unlink(missing_ok=True)
        self.build_report.update(summary.counts)
        for result in summary.results:
            # what several questions refer to is told once, by `prove`
            if document_of(result.focus) in new or self._refused(result):
                self._result(result)

    def _refer(self, nt: bytes) -> None:
        """Take in what a question says of others; what was said already adds nothing."""
        new = [line for line in nt.splitlines(keepends=True) if line not in self._said]
        self._said.update(new)
        self.descriptions.add(triples(b"".join(new)))

    def _raw(self, sha256: str) -> Path:
        return self.site.folder / source_path(sha256)

    def _remark(self, remark: Remark) -> None:
        self._remarks.write(shacl_report.remark_row(remark))
        if len(self.build_report.remarked) < LISTED:
            self.build_report.remarked.append((f"{remark.name}:{remark.line}", remark.wrong))

    def _refuse(self, rejection: Rejection, number: int, data: bytes) -> None:
        name = f"{number:06d}-{slug(rejection.name)[-80:].strip('-')}"
        (self.work / "rejected" / name).write_bytes(data)
        self._reasons.write(shacl_report.reason_rows(name, rejection))
        for reason in rejection.reasons:
            if len(self.build_report.rejections) < LISTED:
                self.build_report.rejections.append((f"{reason.name}:{reason.line}", reason.wrong))

    def _refused(self, result: Result) -> bool:
        """Say whether a result refuses records, and was not told yet; tranches repeat some."""
        key = (result.focus, result.shape + result.component)
        known = key in self._reported
        self._reported.add(key)
        return result.severity == "Violation" and not known

    def _result(self, result: Result) -> None:
        self.build_report.count(result)
        number = sum(c.count for c in self.build_report.shape_counts.values())
        self._report.write(ntriples(shacl_report.triples(result, self.iris.base, number)))

    # ---- what is known when all questions are settled

    def remainder(self) -> list[Triple]:
        """Return what the questions refer to, what counts them, and which earlier ones they recall
        of those that are published.
        """
        self.descriptions.add(self.statistics.triples(self.iris))
        rappels = [t for t in self._rappels if self._known(t.object)]
        nodes = (node for t in rappels for node in (t.subject, t.object))
        about = {n.value: [QP.Question.value] for n in nodes if isinstance(n, NamedNode)}
        self.usage.update(count_usage(rappels, about))
        found = [*self.descriptions.triples(), *rappels]
        self.build_report.triples += len(found)
        return found

    def prove(self, described: Iterable[Triple], engine: str = REFERENCE) -> None:
        """Validate what the questions refer to, and the links, as one whole; count what is used
        there; close the report.

        Batches have seen them one record at a time. Raises LodError.
        """
        described = list(described)
        self.classes = classes_of(described)
        self.usage.update(count_usage(described, self.classes))
        results, focus_nodes = shacl_report.validate_described(described, self.iris.base, engine)
        for result in results:
            self._result(result)
        self.build_report.focus_nodes.update(focus_nodes)
        conforms = not self.build_report.shape_counts
        self._report.write(
            ntriples(shacl_report.head(self.iris.base, conforms, self.build_report.focus_nodes))
        )

    def _known(self, document: object) -> bool:
        """Say whether a document was published."""
        return isinstance(document, NamedNode) and document.value in self._written

    def shared_answers(self) -> dict[str, list[tuple[str, str]]]:
        """Return answer → the questions (IRI, name) that it serves, where there are several."""
        return {
            iri: sorted((self.iris.question(uid).value, question_name_of(uid)) for uid in uids)
            for iri, uids in self._reponses.items()
            if len(uids) > 1
        }

    def recalled_by(self) -> dict[str, list[tuple[str, str]]]:
        """Return question → the later ones (IRI, name) that recall it."""
        found: dict[str, list[tuple[str, str]]] = {}
        for triple in self._rappels:
            if self._known(triple.object):
                assert isinstance(triple.subject, NamedNode) and isinstance(
                    triple.object, NamedNode
                )
                uid = triple.subject.value.rpartition("/")[2]
                named = (triple.subject.value, question_name_of(uid))
                found.setdefault(triple.object.value, []).append(named)
        return {iri: sorted(those, key=lambda one: one[::-1]) for iri, those in found.items()}

    def tidy(self) -> None:
        """Remove the files that only the build needs."""
        for path in (self.report, self.work / "lectures.pickle"):
            path.unlink()
