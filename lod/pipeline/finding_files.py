"""The files of a release that tell of findings: remarks, rejected records with their reasons, and
the report of SHACL. What goes into them is counted in the report of the build.
"""

import os
from contextlib import ExitStack
from pathlib import Path

from lod.base.errors import Finding
from lod.pipeline.build_report import LISTED, BuildReport
from lod.pipeline.findings import Rejection, Remark, remark_of
from lod.pipeline.validation import report as shacl_report
from lod.pipeline.validation.validate import Result
from lod.rdf.serialize import ntriples, write_turtle


class FindingFiles:
    """A context manager; `conclude` ends the report of SHACL."""

    def __init__(self, work: Path, base: str, report: BuildReport) -> None:
        self._work, self._base = work, base
        self.report = report  # of the build, in which findings are counted
        self._files = ExitStack()
        self._rejected = 0  # records written into `rejected/`

    def __enter__(self) -> "FindingFiles":
        for name in ("quality", "rejected"):
            (self._work / name).mkdir()
        enter = self._files.enter_context
        self._results = enter((self._work / "report.nt").open("wb"))
        self._reasons = enter((self._work / "rejected" / "index.csv").open("wb"))
        self._remarks = enter((self._work / "quality" / "remarques.csv").open("wb"))
        self._reasons.write(shacl_report.REASONS_HEAD)
        self._remarks.write(shacl_report.REMARKS_HEAD)
        return self

    def __exit__(self, *exc: object) -> None:
        self._files.close()

    def finding(self, finding: Finding, name: str) -> None:
        """Write down a remark that is about no question; `name` is what may be published."""
        self.report.remarks += 1
        self.remark(remark_of(name, finding))

    def remark(self, remark: Remark) -> None:
        """Write down a remark about a question."""
        self._remarks.write(shacl_report.remark_row(remark))
        if len(self.report.remarked) < LISTED:
            self.report.remarked.append((f"{remark.name}:{remark.line}", remark.wrong))

    def reject(self, rejection: Rejection, data: bytes) -> None:
        """Keep the bytes of a record that is not published, and why it is not."""
        self._rejected += 1
        name = rejection.file_name(self._rejected)
        (self._work / "rejected" / name).write_bytes(data)
        self._reasons.write(shacl_report.reason_rows(name, rejection))
        for reason in rejection.reasons:
            if len(self.report.rejections) < LISTED:
                self.report.rejections.append((f"{reason.name}:{reason.line}", reason.wrong))

    def result(self, result: Result) -> None:
        """Write down a result of SHACL."""
        self.report.count(result)
        number = sum(c.count for c in self.report.shape_counts.values())
        self._results.write(ntriples(shacl_report.triples(result, self._base, number)))

    def conclude(self) -> None:
        """Write what the report of SHACL says as a whole, and put it on the site, too."""
        conforms = not self.report.shape_counts
        head = shacl_report.head(self._base, conforms, self.report.focus_nodes)
        self._results.write(ntriples(head))
        self._results.close()
        lines, target = self._work / "report.nt", self._work / "quality" / "report.ttl"
        with target.open("wb") as file:
            write_turtle(lines, file)
        os.link(target, self._work / "site" / "qualite.ttl")
        lines.unlink()
