"""The last stage, on the driver: references, statistics, links, the head of the report, manifest.

It does what a build does, with the same functions. The manifest is written last: it shows that
everything else is there.
"""

import hashlib
import json
from ast import literal_eval
from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from pathlib import Path

from lod import __version__
from lod.base import durable
from lod.base.errors import LodError, Remark
from lod.extensions.spark import messages
from lod.extensions.spark.messages import JobContext, Message, Place, TaskFile
from lod.extensions.spark.task_files import TaskFiles, TaskOutput
from lod.pipeline.mapping.authorities import days_of_data
from lod.pipeline.mapping.descriptions import Descriptions
from lod.pipeline.mapping.links import links_of
from lod.pipeline.questions.statistics import StatisticsCounter
from lod.pipeline.reading.intake import RecordFacts
from lod.pipeline.report import quality_files
from lod.pipeline.report.build_report import BuildReport
from lod.pipeline.report.quality_files import as_published, report_head, validate_described
from lod.pipeline.validation.validate import versions
from lod.rdf import serialize
from lod.rdf.ontology import code_lists
from lod.rdf.vocab import NAMESPACE

MANIFEST = "manifest.json"


class WholeJob:
    """The contents of all messages to the driver, from all partitions."""

    def __init__(self, job: JobContext, sent: Iterable[Message]) -> None:
        self._job = job
        self.build_report, self.files = BuildReport(), list[TaskFile]()
        self._statistics = StatisticsCounter()
        self._references: list[tuple[Place, str]] = []  # lines of N-Triples, by place
        for (kind, name, place), content in sent:
            if kind == messages.BUILD_REPORT:
                self.build_report.join(content)
            elif kind == messages.CELL:
                self._statistics.cells[literal_eval(name)] = content
            elif kind == messages.FILE:
                self.files.append(content)
            else:
                self._references.append((place, name))

    def publish(self, facts: RecordFacts, remarks: Iterable[Remark]) -> BuildReport:
        """Write what belongs to no partition, then the manifest; return the counts.

        Raises LodError if a file is missing, nothing is published, or a shape refuses it.
        """
        self.check(facts)
        self.build_report.until = dict(self._job.tables.data_until)
        links = self._write(self._describe(facts.auteurs), remarks)
        self._finish(facts, links)
        return self.build_report

    def check(self, facts: RecordFacts) -> None:
        """Raise LodError unless read = published + rejected, and every file can be seen here."""
        report, read = self.build_report, sum(facts.record_counts.values())
        if not read == report.read == report.published + report.rejected:
            raise LodError(
                f"{read} records were read, {report.published} published, {report.rejected} "
                "rejected; leave the inputs alone, and run again"
            )
        if not report.published:
            raise LodError(f"{read} records read, none published; see {self._job.folder}")
        for file in self.files:
            path = self._job.folder / file.name
            if not path.is_file() or path.stat().st_size != file.size:
                raise LodError(
                    f"{path}: written elsewhere; --to must be a folder that all executors share"
                )

    def _describe(self, auteurs: set[str]) -> Descriptions:
        """Return the description of all that questions refer to, in the order of questions."""
        iris, descriptions = self._job.iris, Descriptions()
        descriptions.add(self._job.tables.triples(iris, auteurs))
        lines = "".join(f"{line}\n" for _, line in sorted(self._references))
        descriptions.add(serialize.triples(lines.encode()))
        descriptions.add(self._statistics.triples(iris))
        descriptions.add(days_of_data(self.build_report.legislatures, iris))
        return descriptions

    def _write(self, descriptions: Descriptions, remarks: Iterable[Remark]) -> int:
        """Write what belongs to no partition; return the number of triples about links."""
        job, report = self._job, self.build_report
        own = [*code_lists(), *descriptions.triples()]
        links = links_of(descriptions, job.iris, job.tables.review.links)
        results, focus_nodes = validate_described(
            [*own, *links], (job.iris.base, NAMESPACE), job.engine
        )
        report.triples += len(own)
        report.focus_nodes.update(focus_nodes)
        with TaskFiles(job.folder) as files:
            output = TaskOutput(job, files, build_report=report)
            files.write("parts/references.nt.gz", serialize.ntriples(own))
            files.write("links.nt.gz", serialize.ntriples(links))
            for result in results:
                output.report(result)
            head = report_head(job.iris.base, not report.shape_counts, report.focus_nodes)
            files.write("quality/report.nt.gz", serialize.ntriples(head))
            for remark in remarks:
                report.remarks += 1
                output.remark(as_published(Path(remark.where.path).name, remark))
        self.files += files.written
        return len(links)

    def _finish(self, facts: RecordFacts, link_count: int) -> None:
        """Write the manifest."""
        counts = sorted(facts.record_counts.items())
        files = sorted(self.files, key=lambda file: file.name)
        content = {
            "base": self._job.iris.base,
            "version": __version__,
            "shacl": versions(self._job.engine),
            **self.build_report.figures(),
            "triples": {"questions": self.build_report.triples, "links": link_count},
            "inputs": [{"name": name, "records": n} for name, n in counts],
            "files": {f.name: {"bytes": f.size, "sha256": f.sha256} for f in files},
        }
        text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
        durable.write(self._job.folder / MANIFEST, text.encode())


def gather_partition(index: int, sent: Iterable[Message], job: JobContext) -> Iterator[Message]:
    """Write the contents of the messages of one partition; yield those for the driver."""
    with TaskFiles(job.folder) as files:
        gathering = MessageGathering(TaskOutput(job, files, f"-{index:05d}"))
        for (kind, _), same in groupby(sent, key=lambda message: message[0][:2]):
            yield from gathering.gather(kind, same)
    yield (messages.BUILD_REPORT, "", (index,)), gathering.output.build_report
    for file in files.written:
        yield (messages.FILE, file.name, ()), file


class MessageGathering:
    """Writes the contents of the messages of one partition."""

    def __init__(self, output: TaskOutput) -> None:
        self.output = output
        self._rejected = 0  # records so far, which number their files

    def gather(self, kind: str, same: Iterator[Message]) -> Iterator[Message]:
        """Write the contents of messages of one kind and name; yield what remains for the driver.

        They come in the order of their places. Raises LodError if an input has changed.
        """
        key, content = head = next(same)
        if kind == messages.REPONSE:
            self.output.state("reponses", content)
        elif kind == messages.VIOLATION:
            self.output.report(content, "report-reponses")
        elif kind == messages.RAPPEL:
            if key[2] == ():  # the question that is recalled is published
                for _, line in same:  # the recalls of it
                    self.output.files.write(f"parts/reponses{self.output.part}.nt.gz", line)
                    self.output.build_report.triples += 1
        elif kind == messages.REJECTION:
            self._reject(chain([head], same))
        elif kind == messages.BUILD_REPORT:
            for _, report in chain([head], same):
                self.output.build_report.join(report)
        else:
            if kind == messages.CELL:
                for _, count in same:
                    content.update(count)
            yield key, content

    def _reject(self, same: Iterable[Message]) -> None:
        """Read a chunk again; write the bytes of the rejected records, and the reasons."""
        rejections = {place[0]: (int(name), rejection) for (_, name, place), rejection in same}
        [number] = {number for number, _ in rejections.values()}
        chunk, part, files = self.output.job.chunks[number], self.output.part, self.output.files
        for n, record in enumerate(chunk.records()):
            if n not in rejections:
                continue
            _, rejection = rejections.pop(n)
            if hashlib.sha256(record.data).hexdigest() != rejection.sha256:
                raise LodError(changed(record.path))
            self._rejected += 1
            name = rejection.file_name(self._rejected)
            files.pack(f"rejected/part{part}.zip", name, record.data)
            rows = quality_files.reason_rows(name, rejection)
            files.write(f"rejected/part{part}.csv.gz", rows, quality_files.REASONS_HEAD)
        if rejections:
            raise LodError(changed(chunk.path))


def changed(path: str | Path) -> str:
    return f"{path}: is no longer what was read of it; leave the inputs alone, and run again"
