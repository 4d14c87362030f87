"""The first pass of a build: the fate of each record is written down as it comes.

Every record is kept byte for byte: below `site/sources` by its hash, or in `rejected` with the
reasons. Published: N-Triples, a row of CSV, and the question itself for the pages. In memory stay
counts, what questions refer to, and which answers were written.
"""

import hashlib
import pickle
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from lod.bilan import Bilan
from lod.convert import Lot, Publie, Recueil, Rejete, document_of
from lod.dump import CSV_HEADER, csv_line, csv_row, gzipped, ntriples
from lod.errors import Finding, LodError
from lod.iris import Iris, source_path
from lod.model import Question
from lod.references import References
from lod.site import Site
from lod.sources import Lecture, Record
from lod.statistiques import Statistiques
from lod.texts import slug
from lod.validate import Result, validate
from lod.vocab import QP, RDF_TYPE, RDFS_LABEL, entier, fr, term, vrai

LISTED = 500  # rejections and remarks listed on the quality page; all are in the files


class Collecte:
    """The open files of the first pass; a context manager, consumed batch by batch.

    `before` is the site of the release before, if there is one.
    """

    def __init__(self, work: Path, iris: Iris, before: Path | None = None) -> None:
        self.work, self.iris = work, iris
        self.site = Site(work / "site", before)
        self.bilan, self.references = Bilan(), References()
        self.statistiques = Statistiques(iris)
        self._written: set[str] = set()
        self._rappels: list[Triple] = []
        self._reported: set[tuple[str, str]] = set()
        self._files = ExitStack()
        self._identity = hashlib.sha256()

    def __enter__(self) -> "Collecte":
        for name in ("dumps", "quality", "rejected", "site", "site/sources"):
            (self.work / name).mkdir()
        enter = self._files.enter_context
        self._recueil = Recueil(enter((self.work / "lectures.pickle").open("w+b")))
        self._nt = enter(self.ntriples.open("wb"))
        self._spool = enter(self._questions.open("wb"))
        self._report = enter(self.report.open("wb"))
        self._reasons = enter((self.work / "rejected" / "index.csv").open("wb"))
        self._remarks = enter((self.work / "quality" / "remarques.csv").open("wb"))
        self._csv = enter(gzipped(self.work / "dumps" / "questions.csv.gz"))
        self._csv.write(csv_line(CSV_HEADER))
        self._reasons.write(csv_line(("fichier", "source", "ligne", "motif", "remede")))
        self._remarks.write(csv_line(("source", "ligne", "remarque", "remede")))
        return self

    def __exit__(self, *exc: object) -> None:
        self._files.close()

    @property
    def ntriples(self) -> Path:
        """The N-Triples of all that is published."""
        return self.work / "questions.nt"

    @property
    def report(self) -> Path:
        """The results of SHACL, as N-Triples."""
        return self.work / "report.nt"

    @property
    def _questions(self) -> Path:
        return self.work / "questions.pickle"

    @property
    def identity(self) -> str:
        """The hash of all that was read, in order: names and bytes."""
        return self._identity.hexdigest()

    def keep(self, record: Record, read: Lecture) -> None:
        """Write down one record as it came, and lay aside what was read of it."""
        self.bilan.read += 1
        self._identify(read)
        if read.reading:
            self.site.write(source_path(read.sha256), record.data)
            self._recueil.add(read)
        else:
            self.bilan.add(Rejete((read,), read.findings))
            self._refuse(read, read.findings, self.bilan.rejected, record.data)

    @property
    def auteurs(self) -> set[str]:
        """The references of the persons who are authors of a record."""
        return self._recueil.auteurs

    @property
    def donnees_au(self) -> dict[int, date]:
        """The day up to which the data of each legislature goes."""
        return self._recueil.donnees_au

    def remark(self, finding: Finding, nom: str) -> None:
        """Write down a remark that is about no question; `nom` is what may be published."""
        self.bilan.remarks += 1
        self._remark(finding, nom)

    def questions_read(self) -> Iterator[tuple[Lecture, ...]]:
        """Yield the records of each question; only after all were kept."""
        yield from self._recueil.questions()

    def add(self, lot: Lot) -> None:
        """Write down one batch of questions."""
        written: set[str] = set()
        for fate in lot.fates:
            self.bilan.add(fate)
            if isinstance(fate, Publie):
                written |= self._publish(fate)
            else:
                self._reject(fate)
        for iri in written:
            self.bilan.foyers.update(lot.foyers.get(iri, {}))
        for result in lot.results:
            # what several questions refer to is told once, by `prove`
            if document_of(result.focus) in written or self._refused(result):
                self._result(result)

    def close_triples(self) -> None:
        """Write what the questions refer to, and which earlier ones they recall of those that are
        published: all is known.
        """
        self.references.add(self.statistiques.triples())
        self._write(list(self.references.triples()))
        self._write([t for t in self._rappels if self._known(t.object)])

    def prove(self, described: Iterable[Triple]) -> None:
        """Validate what the questions refer to, and the links, as one whole; close the report.

        Batches have seen them one record at a time. Raises LodError.
        """
        results, foyers = proven(described, self.iris.base)
        for result in results:
            self._result(result)
        self.bilan.foyers.update(foyers)
        conforms = not self.bilan.constats
        self._report.write(ntriples(report_head(self.iris.base, conforms, self.bilan.foyers)))

    def questions(self) -> Iterator[Question]:
        """Yield the published questions again, in order; only after the pass has ended."""
        with self._questions.open("rb") as file:
            for _ in range(self.bilan.questions):
                q: Question = pickle.load(file)
                here = (uid for uid in q.rappels if self._known(self.iris.question(uid)))
                yield replace(q, rappels=tuple(here)) if q.rappels else q

    def tidy(self) -> None:
        """Remove the files that only the build needs."""
        for path in (self._questions, self.report, self.ntriples, self.work / "lectures.pickle"):
            path.unlink()

    def _write(self, triples: Sequence[Triple]) -> None:
        self._nt.write(ntriples(triples))
        self.bilan.triples += len(triples)

    def _known(self, document: object) -> bool:
        """Say whether a document was published."""
        return isinstance(document, NamedNode) and document.value in self._written

    def _raw(self, read: Lecture) -> Path:
        return self.site.folder / source_path(read.sha256)

    def _identify(self, read: Lecture) -> None:
        line = f"{read.nom}\0{read.sha256}\n"
        self._identity.update(line.encode())
        top = read.nom.split("/")[0].split("#")[0]
        count, so_far = self.bilan.sources.get(top, (0, ""))
        self.bilan.sources[top] = count + 1, hashlib.sha256((so_far + line).encode()).hexdigest()

    def _publish(self, fate: Publie) -> set[str]:
        """Write down a question; return the documents that are new."""
        q, new = fate.question, set()
        for iri, triples in fate.documents.items():
            if iri not in self._written:  # an answer may have come with an earlier question
                self._written.add(iri)
                new.add(iri)
                self._rappels += [t for t in triples if t.predicate == QP.rappelle]
                self._write([t for t in triples if t.predicate != QP.rappelle])
        self.references.add(fate.references)
        self.statistiques.add(q)
        self._csv.write(csv_line(csv_row(q, self.iris)))
        pickle.dump(q, self._spool)
        for finding, nom in named(fate):
            self._remark(finding, nom)
        return new

    def _remark(self, finding: Finding, nom: str) -> None:
        self._remarks.write(csv_line((nom, finding.where.line, finding.wrong, finding.remedy)))
        if len(self.bilan.remarked) < LISTED:
            self.bilan.remarked.append((f"{nom}:{finding.where.line}", finding.wrong))

    def _reject(self, fate: Rejete) -> None:
        """Move the bytes of each record from what is published to what is not, with the reasons."""
        before = self.bilan.rejected - len(fate.lectures)
        for number, read in enumerate(fate.lectures, start=before + 1):
            self._refuse(read, fate.findings, number, self._raw(read).read_bytes())
        for read in fate.lectures:  # last: two records may be the same bytes
            self._raw(read).unlink(missing_ok=True)

    def _refuse(self, read: Lecture, findings: Iterable[Finding], number: int, data: bytes) -> None:
        name = f"{number:06d}-{slug(read.nom)[-80:].strip('-')}"
        (self.work / "rejected" / name).write_bytes(data)
        for f in findings:
            wrong = told(f, read)
            self._reasons.write(csv_line((name, read.nom, f.where.line, wrong, f.remedy)))
            if len(self.bilan.rejections) < LISTED:
                self.bilan.rejections.append((f"{read.nom}:{f.where.line}", wrong))

    def _refused(self, result: Result) -> bool:
        """Say whether a result refuses records, and was not told yet; batches repeat some."""
        key = (result.focus, result.shape + result.component)
        known = key in self._reported
        self._reported.add(key)
        return result.severity == "Violation" and not known

    def _result(self, result: Result) -> None:
        self.bilan.count(result)
        number = sum(c.count for c in self.bilan.constats.values())
        self._report.write(ntriples(report_triples(result, self.iris.base, number)))


def named(fate: Publie) -> Iterator[tuple[Finding, str]]:
    """Yield each remark about a question, and the name of the record that it is about."""
    noms = {read.path: read.nom for read in reversed(fate.lectures)}
    for finding in fate.remarks:
        yield finding, noms.get(finding.where.path, fate.lectures[0].nom)


def told(finding: Finding, read: Lecture) -> str:
    """Return what is wrong with a record, as it may be published.

    The publisher's folders are nobody's business: only the published name is told.
    """
    return finding.wrong.replace(read.path, read.nom)


def proven(described: Iterable[Triple], base: str) -> tuple[list[Result], Counter[str]]:
    """Return the results about what belongs to no record, and how many nodes each shape looked at.

    Raises LodError: what is refused now is a table, not a record.
    """
    validation, foyers = validate(described), Counter[str]()
    for result in validation.results:
        if result.severity == "Violation":
            raise LodError(f"{result.focus}: {result.message_en}")
    for document, counted in validation.foyers.items():
        if document.startswith(base):  # the ontology is not counted
            foyers.update(counted)
    return validation.results, foyers


def report_head(base: str, conforms: bool, foyers: Mapping[str, int]) -> Iterator[Triple]:
    """Yield what the report says as a whole, and how many nodes each shape looked at.

    It conforms only without any result.
    """
    rapport = NamedNode(f"{base}qualite#rapport")
    yield Triple(rapport, RDF_TYPE, term("sh:ValidationReport"))
    yield Triple(rapport, RDFS_LABEL, fr("Rapport de validation SHACL"))
    yield Triple(rapport, term("sh:conforms"), vrai(conforms))
    for shape, number in sorted(foyers.items()):
        yield Triple(NamedNode(shape), term("void:entities"), entier(number))


def report_triples(result: Result, base: str, number: int | str) -> Iterator[Triple]:
    """Yield one result in the W3C's terms; nodes are fragments of the quality page."""
    node = NamedNode(f"{base}qualite#resultat-{number}")
    yield Triple(NamedNode(f"{base}qualite#rapport"), term("sh:result"), node)
    yield Triple(node, RDF_TYPE, term("sh:ValidationResult"))
    yield Triple(node, RDFS_LABEL, fr(result.message_fr))
    yield Triple(node, term("sh:focusNode"), NamedNode(result.focus))
    if result.path:
        yield Triple(node, term("sh:resultPath"), NamedNode(result.path))
    yield Triple(node, term("sh:resultSeverity"), term(f"sh:{result.severity}"))
    yield Triple(node, term("sh:sourceShape"), NamedNode(result.shape))
    yield Triple(node, term("sh:sourceConstraintComponent"), term(f"sh:{result.component}"))
    for message, language in ((result.message_fr, "fr"), (result.message_en, "en")):
        yield Triple(node, term("sh:resultMessage"), Literal(message, language=language))
