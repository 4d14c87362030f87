"""The files of a release that tell of its quality: remarks, rejected records with their reasons,
the report of SHACL.

The publisher's own folders are named nowhere. What goes into the files is counted in the report of
the build.
"""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from lod.base.errors import LodError, Remark
from lod.base.tabular import csv_line
from lod.model.safe_html import CONTROLS
from lod.model.text import slug
from lod.pipeline.report.build_report import LISTED, BuildReport
from lod.pipeline.validation.shapes import Result
from lod.pipeline.validation.validate import validate
from lod.rdf.serialize import ntriples, write_turtle
from lod.rdf.vocab import RDF, RDFS, SH, VOID, boolean, fr, integer, term
from lod.reference.amo_records import LEFT_OUT

REASONS_HEAD = csv_line(("fichier", "source", "ligne", "motif", "remede"))
REMARKS = "quality/remarques.csv"  # in a release
REMARKS_HEAD = csv_line(("source", "ligne", "remarque", "remede"))


@dataclass(frozen=True, slots=True)
class Rejection:
    """A record that is not published."""

    name: str
    sha256: str  # of its bytes
    reasons: tuple[Remark, ...]

    def file_name(self, number: int) -> str:
        """Return the name of the file that keeps the bytes; `number` makes it unique."""
        return f"{number:06d}-{slug(self.name)[-80:].strip('-')}"


def as_published(name: str, remark: Remark) -> Remark:
    """Return a remark about the record called `name` with the name in place of its path."""
    return replace(remark, where=replace(remark.where, path=name))


def rejection_of(name: str, path: str, sha256: str, reasons: Iterable[Remark]) -> Rejection:
    """Return the rejection of a record; where a reason states its path, the name replaces it."""
    named = (replace(reason, wrong=reason.wrong.replace(path, name)) for reason in reasons)
    return Rejection(name, sha256, tuple(as_published(name, reason) for reason in named))


def reason_rows(name: str, rejection: Rejection) -> bytes:
    """Return a row for each reason why a record is rejected; its bytes are in the file `name`."""
    return b"".join(csv_line((name, *cells(reason))) for reason in rejection.reasons)


def cells(remark: Remark) -> tuple[str, int, str, str]:
    return remark.where.path, remark.where.line, remark.wrong, remark.remedy


def tell_warned(work: Path, report: BuildReport) -> None:
    """Write down the remarks of controls, a row each, behind those of readers: most run on the
    finished store, when these files are closed. Such a row has an IRI, and no line.
    """
    with (work / REMARKS).open("ab") as file:
        for control, subjects in report.control_rows.items():
            wrong, _, remedy = control.en.partition("; ")
            file.writelines(csv_line((iri, "", wrong, remedy)) for iri in subjects)


def _listed(remark: Remark) -> tuple[str, str]:
    """Return place and words; characters that are invisible, or turn a line round, are escaped."""
    place, wrong = (
        CONTROLS.sub(lambda sign: ascii(sign[0])[1:-1], text)
        for text in (str(remark.where), remark.wrong)
    )
    return place, wrong


def validate_described(
    described: Iterable[Triple], published: tuple[str, ...], engine: str
) -> tuple[list[Result], Counter[str]]:
    """Return the results about resources that are no questions, and shape → number of focus nodes
    below the addresses `published`, without others of the ontology, which is validated along.

    Raises LodError for a violation: it comes from a table, so that no record can be rejected.
    """
    validation, focus_nodes = validate(described, engine), Counter[str]()
    for result in validation.results:
        if result.severity == "Violation":
            raise LodError(f"{result.focus}: {result.message_en}")
    for document, counted in validation.focus_nodes.items():
        if f"{document}#".startswith(published):
            focus_nodes.update(counted)
    return validation.results, focus_nodes


def report_head(base: str, conforms: bool, focus_nodes: Mapping[str, int]) -> Iterator[Triple]:
    """Yield the node of the whole report, and the number of focus nodes of each shape.

    `conforms` must be true only without any result.
    """
    report = NamedNode(f"{base}qualite#rapport")
    yield Triple(report, RDF.type, SH.ValidationReport)
    yield Triple(report, RDFS.label, fr("Rapport de validation SHACL"))
    yield Triple(report, SH.conforms, boolean(conforms))
    for shape, number in sorted(focus_nodes.items()):
        yield Triple(NamedNode(shape), VOID.entities, integer(number))


def result_triples(result: Result, base: str, number: int | str) -> Iterator[Triple]:
    """Yield one result in the terms of SHACL; `number` names its node, below the quality page."""
    node = NamedNode(f"{base}qualite#resultat-{number}")
    yield Triple(NamedNode(f"{base}qualite#rapport"), SH.result, node)
    yield Triple(node, RDF.type, SH.ValidationResult)
    yield Triple(node, RDFS.label, fr(result.message_fr))
    yield Triple(node, SH.focusNode, NamedNode(result.focus))
    if result.path:
        yield Triple(node, SH.resultPath, NamedNode(result.path))
    yield Triple(node, SH.resultSeverity, term(f"sh:{result.severity}"))
    yield Triple(node, SH.sourceShape, NamedNode(result.shape))
    yield Triple(node, SH.sourceConstraintComponent, term(f"sh:{result.component}"))
    for message, language in ((result.message_fr, "fr"), (result.message_en, "en")):
        yield Triple(node, SH.resultMessage, Literal(message, language=language))


class QualityFiles(AbstractContextManager["QualityFiles"]):
    """Writes these files; a context manager. `conclude` ends the report of SHACL."""

    def __init__(self, work: Path, base: str, report: BuildReport) -> None:
        self._work, self._base = work, base
        self.report = report  # of the build, in which remarks are counted
        self._rejected = 0  # records written into `rejected/`
        for name in ("quality", "rejected"):
            (work / name).mkdir()
        self._files = ExitStack()
        enter = self._files.enter_context
        self._results = enter((work / "report.nt").open("wb"))
        self._reasons = enter((work / "rejected" / "index.csv").open("wb"))
        self._remarks = enter((work / REMARKS).open("wb"))
        self._reasons.write(REASONS_HEAD)
        self._remarks.write(REMARKS_HEAD)

    def __exit__(self, *exc: object) -> None:
        self._files.close()

    def beside(self, remark: Remark) -> None:
        """Write down a remark that is about no question; of its path, the name is published."""
        self.report.remarks += 1
        self.remark(as_published(Path(remark.where.path).name, remark))

    def flaw(self, remark: Remark) -> None:
        """Write down a remark about what the publisher gave besides records; it is printed, too."""
        self.beside(remark)
        self.report.flaws.append(str(remark))
        self.report.gaps += remark.remedy == LEFT_OUT

    def remark(self, remark: Remark) -> None:
        """Write down a remark about a question."""
        self._remarks.write(csv_line(cells(remark)))
        if len(self.report.remarked) < LISTED:
            self.report.remarked.append(_listed(remark))

    def reject(self, rejection: Rejection, data: bytes | None) -> None:
        """Keep why a record is not published, and its bytes; None: it is withheld, and they stay
        where they were given.
        """
        self._rejected += 1
        name = rejection.file_name(self._rejected) if data is not None else ""
        if data is not None:
            (self._work / "rejected" / name).write_bytes(data)
        self._reasons.write(reason_rows(name, rejection))
        for reason in rejection.reasons:
            if len(self.report.rejections) < LISTED:
                self.report.rejections.append(_listed(reason))
            else:
                self.report.unlisted += 1

    def result(self, result: Result) -> None:
        """Write down a result of SHACL."""
        self.report.count(result)
        number = sum(c.count for c in self.report.shape_counts.values())
        self._results.write(ntriples(result_triples(result, self._base, number)))

    def conclude(self) -> None:
        """Write what the report of SHACL says as a whole, and put it on the site, too."""
        conforms = not self.report.shape_counts
        head = report_head(self._base, conforms, self.report.focus_nodes)
        self._results.write(ntriples(head))
        self._results.close()
        lines, target = self._work / "report.nt", self._work / "quality" / "report.ttl"
        with target.open("wb") as file:
            write_turtle(lines, file)
        os.link(target, self._work / "site" / "qualite.ttl")
        lines.unlink()
