"""What belongs to no partition: the description of all that questions refer to, statistics, links,
the head of the report, and last the manifest, which says that all is there.
"""

import json
from ast import literal_eval
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pyoxigraph import RdfFormat, parse

from lod import __version__
from lod.base import durable
from lod.base.errors import Finding, LodError
from lod.pipeline.build_report import BuildReport
from lod.pipeline.findings import Remark
from lod.pipeline.intake import IntakeRecord
from lod.pipeline.mapping import directory, headings
from lod.pipeline.mapping.descriptions import Descriptions
from lod.pipeline.mapping.links import published_link_triples
from lod.pipeline.statistics import StatisticsCounter
from lod.pipeline.validation import report as shacl_report
from lod.pipeline.validation.validate import versions
from lod.rdf.serialize import ntriples
from lod.spark import messages
from lod.spark.messages import JobContext, Message, Place, TaskFile
from lod.spark.settling import report
from lod.spark.task_files import TaskFiles

MANIFEST = "manifest.json"


@dataclass(slots=True)
class FirstPass:
    """What must be known of all records before any question is settled; small."""

    record_counts: dict[str, int] = field(default_factory=dict)  # input → records
    auteurs: set[str] = field(default_factory=set)  # references of persons
    data_until: dict[int, date] = field(default_factory=dict)  # legislature → the latest day read

    def add(self, record: IntakeRecord) -> "FirstPass":
        """Take in one record."""
        top = record.name.split("/")[0].split("#")[0]
        self.record_counts[top] = self.record_counts.get(top, 0) + 1
        if record.auteur:
            self.auteurs.add(record.auteur)
        if record.last_day:
            self._extend_to(record.legislature, record.last_day)
        return self

    def join(self, other: "FirstPass") -> "FirstPass":
        """Take in what is known of other records."""
        for top, count in other.record_counts.items():
            self.record_counts[top] = self.record_counts.get(top, 0) + count
        self.auteurs |= other.auteurs
        for legislature, day in other.data_until.items():
            self._extend_to(legislature, day)
        return self

    def _extend_to(self, legislature: int, day: date) -> None:
        self.data_until[legislature] = max(self.data_until.get(legislature, day), day)


class WholeJob:
    """What came of all partitions."""

    def __init__(self, job: JobContext, sent: Iterable[Message]) -> None:
        self._job = job
        self.build_report, self.files = BuildReport(), list[TaskFile]()
        self._statistics = StatisticsCounter()
        self._said: list[tuple[Place, str]] = []
        for (kind, name, place), content in sent:
            if kind == messages.BUILD_REPORT:
                self.build_report.join(content)
            elif kind == messages.CELL:
                self._statistics.cells[literal_eval(name)] = content
            elif kind == messages.FILE:
                self.files.append(content)
            else:
                self._said.append((place, name))

    def check(self, first_pass: FirstPass) -> None:
        """Raise LodError unless read = published + rejected, and every file can be seen."""
        build_report, read = self.build_report, sum(first_pass.record_counts.values())
        if not read == build_report.read == build_report.published + build_report.rejected:
            raise LodError(
                f"{read} records were read, {build_report.published} published, {build_report.rejected} "
                "rejected; leave the inputs alone, and run again"
            )
        if not build_report.published:
            raise LodError(f"{read} records read, none published; see {self._job.folder}")
        for file in self.files:
            path = self._job.folder / file.name
            if not path.is_file() or path.stat().st_size != file.size:
                raise LodError(
                    f"{path}: written elsewhere; --to must be a folder that all executors share"
                )

    def describe(self, auteurs: set[str]) -> Descriptions:
        """Return one description of what questions refer to, in the order of questions."""
        iris, tables = self._job.iris, self._job.tables
        descriptions = Descriptions()
        descriptions.add(headings.triples(iris))  # its labels are those that stay
        if tables.directory:
            descriptions.add(directory.triples(tables.directory, iris, auteurs))
        lines = "".join(f"{line}\n" for _, line in sorted(self._said))
        descriptions.add(q.triple for q in parse(lines, format=RdfFormat.N_TRIPLES))
        descriptions.add(self._statistics.triples(iris))
        return descriptions

    def write(self, descriptions: Descriptions, remarks: Iterable[Finding]) -> int:
        """Write what belongs to no partition; return how many links there are.

        Raises LodError if a shape refuses it.
        """
        iris, build_report = self._job.iris, self.build_report
        own = list(descriptions.triples())
        stated, subjects = set(own), set(descriptions.subjects())
        reviewed = self._job.tables.review.links
        found = [t for t in published_link_triples(subjects, iris, reviewed) if t not in stated]
        results, focus_nodes = shacl_report.validate_described(
            [*own, *found], iris.base, self._job.engine
        )
        build_report.triples += len(own)
        build_report.focus_nodes.update(focus_nodes)
        with TaskFiles(self._job.folder) as files:
            files.write("parts/references.nt.gz", ntriples(own))
            files.write("links.nt.gz", ntriples(found))
            for result in results:
                report(result, "quality/report.nt.gz", files, build_report, self._job)
            head = shacl_report.head(
                iris.base, not build_report.shape_counts, build_report.focus_nodes
            )
            files.write("quality/report.nt.gz", ntriples(head))
            for f in remarks:
                build_report.remarks += 1
                said = Remark(Path(f.where.path).name, f.where.line, f.wrong, f.remedy)
                row = shacl_report.remark_row(said)
                files.write("quality/remarques.csv.gz", row, shacl_report.REMARKS_HEAD)
        self.files += files.written
        return len(found)

    def finish(self, record_counts: Mapping[str, int], link_count: int) -> None:
        """Write the manifest: from here on, all is there."""
        build_report, folder = self.build_report, self._job.folder
        content = {
            "base": self._job.iris.base,
            "version": __version__,
            "shacl": versions(self._job.engine),
            **build_report.figures(),
            "triples": {"questions": build_report.triples, "links": link_count},
            "inputs": [{"name": name, "records": n} for name, n in sorted(record_counts.items())],
            "files": {
                f.name: {"bytes": f.size, "sha256": f.sha256}
                for f in sorted(self.files, key=lambda f: f.name)
            },
        }
        text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
        durable.write(folder / MANIFEST, text.encode())
