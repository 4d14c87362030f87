"""Questions of one release after another, settled from records alone; one with little else."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import date
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryFile

from msgspec.structs import replace
from pyoxigraph import Literal, NamedNode, Triple

from lod.base.inputs import Record
from lod.model.question import JO, Auteur, Question
from lod.pipeline.questions import question_memo as memo
from lod.pipeline.questions.previous import NO_PREVIOUS, Previous
from lod.pipeline.questions.question_db import PublishedQuestions, QuestionWriter
from lod.pipeline.reading.intake import Intake, RecordReader, read_records
from lod.pipeline.reading.reference_data import ReferenceData
from lod.pipeline.settling.settle import Converter, Refusal, outcomes
from lod.pipeline.validation.shapes import FAST
from lod.rdf.iris import Iris
from lod.rdf.serialize import ntriples, turtle_piece
from lod.rdf.vocab import RDFS
from lod.website.pages.kept_resources import RESOURCES_FILE, SCHEMA
from tests.support.paths import BASE
from tests.support.paths import CASES as FORMS

Case = tuple[str, bytes]  # its folder, and its own number
CASES = FORMS / "an_json"
PLAIN, OPEN = ("plain", b"90001"), ("unknown_deputy", b"90009")  # answered; one that waits
WARNED = "without_text", b"90007"  # of which SHACL has something to say


def record(numero: int, titre: str = "", case: Case = PLAIN) -> Record:
    """A case, as a question with another number, and perhaps another title."""
    name, own = case
    data = (CASES / name / "source.json").read_bytes()
    assert data.count(own) == 2
    data = data.replace(own, b"%d" % numero)
    return Record(f"/x/{numero}.json", f"x/{numero}.json", data + titre.encode())


def uid(numero: int) -> str:
    return f"QANR5L17QE{numero}"


class Chantier:
    """Folders of one release after another, each made of records by the same program."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.number = folder, 0
        self.made: list[str] = []  # uids of the questions that were made anew for the last one

    @property
    def release(self) -> Path:
        return self.folder / str(self.number)

    @property
    def questions(self) -> PublishedQuestions:
        return PublishedQuestions(self.release)

    def previous(self) -> Previous:
        """The release before the last, as a build sees it."""
        return Previous(self.folder / str(self.number - 1)) if self.number > 1 else NO_PREVIOUS

    def make(
        self, *records: Record, made_with: str = "made", tables: ReferenceData | None = None
    ) -> dict[str, memo.QuestionMemo | Refusal]:
        """Settle the questions of a release on top of the one before; return them by uid."""
        self.number += 1
        self.release.mkdir(parents=True)
        before = self.previous()
        known = before if before.was_made_with(made_with) else NO_PREVIOUS
        with (
            TemporaryFile() as file,
            QuestionWriter(self.release, made_with, before.questions) as writer,
        ):
            intake = Intake(file)
            for _, found in read_records(records, RecordReader(known, keeps_bytes=True), 1):
                assert not found.reasons
                intake.add(found)
            tables = tables or intake.facts.dated(ReferenceData())
            converter = Counting(Iris(BASE), made_with, tables, FAST, before)
            made = {}
            for some, one in outcomes(converter, intake.questions(), 1):
                made[some[0].uid] = one
                if isinstance(one, Refusal):
                    continue
                writer.add(one, (), (), b"")
                for read in some:
                    writer.add_record(read.named)
        self.made = converter.seen
        return made


class Counting(Converter):
    @property
    def seen(self) -> list[str]:
        return self.__dict__.setdefault("_seen", [])

    def convert(self, some):  # type: ignore[no-untyped-def]
        self.seen.extend(records[0].uid for records in some)
        return super().convert(some)


def write_questions(
    folder: Path, questions: Iterable[Question] = (), base: str = BASE
) -> PublishedQuestions:
    """Write the file of some questions, of which only what feeds and lists tell is said."""
    with closing(sqlite3.connect(folder / RESOURCES_FILE)) as disk:
        disk.executescript(SCHEMA)
    iris, stated = Iris(base), set[str]()
    summary = memo.SUMMARY.pack(memo.QuestionSummary(1, {}, (), (), (), (), b"", (), ()))
    with QuestionWriter(folder, "made") as writer:
        for q in questions:
            subjects = memo.subjects_of(q, iris)
            facts = memo.facts_of(q, iris, subjects)
            key = sha256(memo.QUESTION.encode(replace(q, donnees_au=None))).digest()
            day = str(q.donnees_au) if q.attend else None
            answers = [*dict.fromkeys(iris.reponse(q, r).value for r in q.reponses)]
            texts = tuple(map(_text, (facts.iri, *answers)))
            before, packed = [iri for iri in answers if iri in stated], memo.TEXTS.pack(texts)
            told = facts, summary, memo.QUESTION.pack(q), packed
            writer.add(memo.QuestionMemo(q.uid, key, day, *told), subjects, before, b"")
            stated.update(answers)
    return PublishedQuestions(folder)


def _text(iri: str) -> memo.DocumentText:
    """Return a document of one triple."""
    triples = [Triple(NamedNode(iri), RDFS.label, Literal("x"))]
    return memo.DocumentText(iri, ntriples(triples), turtle_piece(triples))


D = date.fromisoformat


def question(parution: str, **values: object) -> Question:
    """A written question of the day, with nothing else in it."""
    q = Question(
        uid="QANR5L15QE90001", legislature=15, type="QE", numero=90001, sources=(),
        auteur=Auteur(nom="Camille Exemple"), chaine_complete=True,
        parutions=(JO(jour=D(parution)),), donnees_au=D("2025-06-03"),
    )  # fmt: skip
    return replace(q, **values)  # type: ignore[arg-type] # fields of any type
