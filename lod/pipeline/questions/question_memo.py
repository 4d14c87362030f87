"""The memo of a question: what is made of its records once, and kept from release to release.

The summary is what the rest of a build adds up of every question; the facts stand in lists and
tables; the question itself is on its page, the texts are pieces of the dumps.

The state of a question is all that it and its answers state, but for what the calendar changes. The
status of a question that waits has another day in each release, although nothing has happened to
the question: it follows from the deadline, which is in the state. Members of the stream
(the extension `stream`) carry states, and tell two of them apart by their digests.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import NamedTuple

from msgspec import structs
from pyoxigraph import NamedNode

from lod.base.errors import Remark
from lod.base.packing import Codec
from lod.model.question import Question, events_of
from lod.model.shown_title import title_of
from lod.pipeline.reading.reference_data import CORRECTIONS
from lod.pipeline.report.quality_files import as_published
from lod.pipeline.settling.convert import Accepted, ConvertedBatch
from lod.pipeline.validation.controls import Warned
from lod.pipeline.validation.shapes import Result
from lod.rdf import deadlines
from lod.rdf.iris import Iris
from lod.rdf.serialize import ntriples, turtle_piece
from lod.rdf.vocab import ORG, QP, SCHEMA
from lod.reference.executive import Executive
from lod.reference.tables import departements, portefeuilles_of

STATUS_DAY = str(QP.statutAu), "qp:statutAu"  # in N-Triples, and in Turtle
_CALENDAR = {str(term).encode() for term in (QP.statut, QP.statutAu)}
_CALENDAR_IN_TURTLE = (b"\tqp:statut ", b"\tqp:statutAu ")  # how its lines begin
Subjects = tuple[tuple[str, str], ...]  # what a question is about, as IRIs: role and resource


def state_lines(nt: bytes, waits: bool) -> list[bytes]:
    """Return the lines of N-Triples that belong to the state; `waits` says that the status of the
    question `follows_data`.
    """
    lines = nt.splitlines(keepends=True)
    return [line for line in lines if line.split(b" ", 2)[1] not in _CALENDAR] if waits else lines


def state_digest(lines: Iterable[bytes]) -> bytes:
    """Return a hash (16 bytes) of lines of N-Triples, whatever their order."""
    return sha256(b"".join(sorted(lines))).digest()[:16]


def subjects(q: Question, iris: Iris) -> Iterator[tuple[NamedNode, NamedNode]]:
    """Yield (role, IRI) of each author, body, heading … of a question; an IRI may have many roles.

    A role is the property that leads from the question to the resource, or the last of a path:
    `qp:ministere` of an attribution, `org:classification` of the ministry in charge,
    `schema:containedInPlace` of the constituency and of its department.
    """
    yield QP.legislature, iris.legislature(q.legislature)
    if q.rubrique:
        yield QP.rubrique, iris.rubrique(q.rubrique)
    if auteur := iris.auteur(q):
        yield QP.auteur, auteur
    if q.groupe:
        yield QP.groupe, iris.groupe(q, q.groupe)
    if q.circonscription and q.circonscription.departement:
        yield QP.circonscription, iris.circonscription(q.circonscription)
        if row := departements().get(q.circonscription.departement):
            yield SCHEMA.containedInPlace, iris.departement(row.code)
            if row.region_code:
                yield SCHEMA.containedInPlace, iris.region(row.region_code)
    if q.ministere_interroge:
        yield QP.ministereInterroge, iris.ministere(q.ministere_interroge)
    if in_charge := q.ministere_attributaire:
        yield QP.ministereAttributaire, iris.ministere(in_charge)
        for name in portefeuilles_of(in_charge.noms or in_charge.libelles):
            yield ORG.classification, iris.portefeuille(name)
    if q.ministere_repondant:
        yield QP.ministereRepondant, iris.ministere(q.ministere_repondant)
    if motif := q.retrait and iris.motif(q.retrait):
        yield QP.motifRetrait, motif
    for attribution in q.attributions:
        yield QP.ministere, iris.ministere(attribution.ministere)


class QuestionFacts(NamedTuple):
    """What lists and tables say of a question; "" stands for what it does not have."""

    iri: str
    legislature: int
    type: str
    numero: int
    titre: str
    shown_title: str  # as pages show it; "" if that is the same
    # days, ISO 8601
    parution: str
    reponse: str
    retrait: str
    limite: str  # on which an answer is due
    last_event: str  # of the newest event
    delai: int | None  # days until the answer
    # IRIs
    statut: str
    auteur: str
    groupe: str
    circonscription: str
    ministere: str  # that in charge
    rubrique: str
    motif: str  # of the withdrawal


class DocumentSummary(NamedTuple):
    """What is counted of the triples of the question, or of one of its answers."""

    iri: str
    triples: int
    focus_nodes: dict[str, int]  # shape → number
    state: bytes  # digest of its part of the state of the question: `state_lines`


@dataclass(frozen=True, slots=True)
class QuestionSummary:
    """What the rest of a build needs to know of a question."""

    records: int
    repairs: dict[str, int]  # kind of repair of a text → number
    remarks: tuple[Remark, ...]
    documents: tuple[DocumentSummary, ...]  # its own, then one of each answer
    results: tuple[Result, ...]  # of SHACL, about its documents
    warned: tuple[Warned, ...]  # of the local controls, about its documents
    references: bytes  # N-Triples about what it refers to, each line once
    subjects: Subjects
    rappels: tuple[str, ...]  # uids of the questions that it recalls, published or not


class DocumentText(NamedTuple):
    """The triples of the question, or of one of its answers."""

    iri: str
    nt: bytes  # N-Triples
    turtle: bytes  # a piece of a Turtle file

    def without_status(self) -> "DocumentText":
        """Return the text of a question that waits, without its status: see `state_lines`."""
        lines = self.turtle.splitlines(keepends=True)
        turtle = b"".join(line for line in lines if not line.startswith(_CALENDAR_IN_TURTLE))
        return DocumentText(self.iri, b"".join(state_lines(self.nt, waits=True)), turtle)


class QuestionMemo(NamedTuple):
    """A question that is published, as it is kept; the codecs below say what is in the bytes."""

    uid: str
    key: bytes  # of all that it is made of: `Converter.key`
    day: str | None  # of the status if it follows the data, "" if none is known; else None
    facts: QuestionFacts
    summary: bytes
    question: bytes
    texts: bytes


SUMMARY = Codec(QuestionSummary)
QUESTION, TEXTS = Codec(Question), Codec(tuple[DocumentText, ...])  # documents: its own first


def memo_of(
    verdict: Accepted, converted: ConvertedBatch, iris: Iris, key: bytes, day: str | None
) -> QuestionMemo:
    """Return the memo of a question; `converted` is the batch that it was validated in."""
    q, summary = verdict.question, summary_of(verdict, converted, iris)
    return QuestionMemo(
        q.uid,
        key,
        day if deadlines.follows_data(q) else None,
        facts_of(q, iris, summary.subjects),
        SUMMARY.pack(summary),
        QUESTION.pack(q),
        TEXTS.pack(texts_of(verdict, converted)),
    )


def on_day(memo: QuestionMemo, day: str, executive: Executive) -> QuestionMemo | None:
    """Return a memo moved to another day; None if either day is not known, or if the status or
    who has to answer may differ on that day.
    """
    if not (day and memo.day):
        return None
    before, after = map(date.fromisoformat, (memo.day, day))
    q = structs.replace(QUESTION.unpack(memo.question), donnees_au=after)
    statut = deadlines.statut(q)
    differs = not statut or statut[0].value != memo.facts.statut
    if differs or executive.changes(before, after):
        return None
    question, *answers = TEXTS.unpack(memo.texts)
    nt, turtle = (  # the object of the property; in a literal, a quotation mark is escaped
        form.replace(f'{term} "{memo.day}"'.encode(), f'{term} "{day}"'.encode())
        for form, term in zip((question.nt, question.turtle), STATUS_DAY, strict=True)
    )
    texts = TEXTS.pack((question._replace(nt=nt, turtle=turtle), *answers))
    return memo._replace(day=day, question=QUESTION.pack(q), texts=texts)


def subjects_of(q: Question, iris: Iris) -> Subjects:
    return tuple((role.value, iri.value) for role, iri in subjects(q, iris))


def facts_of(q: Question, iris: Iris, about: Subjects) -> QuestionFacts:
    """Return the facts of a question; `about` are its subjects."""
    statut = deadlines.statut(q)
    titre, shown = q.titre or "", title_of(q)
    resources = dict(about[::-1])  # role → resource, of the roles that a question has once
    return QuestionFacts(
        iri=iris.question(q.uid).value,
        legislature=q.legislature,
        type=q.type,
        numero=q.numero,
        titre=titre,
        shown_title=shown if shown != titre else "",
        parution=_iso(q.parution.jour if q.parution else None),
        reponse=_iso(q.date_reponse),
        retrait=_iso(q.retrait.jour if q.retrait else None),
        limite=_iso(deadlines.date_limite(q)),
        last_event=_iso(next((event.day for event in events_of(q)), None)),
        delai=deadlines.delai_jours(q),
        statut=statut[0].value if statut else "",
        auteur=resources.get(QP.auteur.value, ""),
        groupe=resources.get(QP.groupe.value, ""),
        circonscription=resources.get(QP.circonscription.value, ""),
        ministere=resources.get(QP.ministereAttributaire.value, ""),
        rubrique=resources.get(QP.rubrique.value, ""),
        motif=resources.get(QP.motifRetrait.value, ""),
    )


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def summary_of(verdict: Accepted, converted: ConvertedBatch, iris: Iris) -> QuestionSummary:
    documents = verdict.documents
    texts = {iri: converted.text(iri, triples) for iri, triples in documents.items()}
    return QuestionSummary(
        records=len(verdict.records),
        repairs=verdict.repairs,
        remarks=tuple(_remarks(verdict)),
        documents=tuple(
            DocumentSummary(
                iri,
                len(documents[iri]),
                converted.focus_nodes.get(iri, {}),
                state_digest(state_lines(nt, deadlines.follows_data(verdict.question))),
            )
            for iri, nt in texts.items()
        ),
        results=tuple(r for iri in documents for r in converted.results_by_document.get(iri, ())),
        warned=tuple(w for iri in documents for w in converted.warned.get(iri, ())),
        references=b"".join(dict.fromkeys(ntriples(verdict.references).splitlines(keepends=True))),
        subjects=subjects_of(verdict.question, iris),
        rappels=verdict.question.rappels,
    )


def texts_of(verdict: Accepted, converted: ConvertedBatch) -> tuple[DocumentText, ...]:
    """Return the documents of a question: its own, then one of each answer."""
    return tuple(
        DocumentText(iri, converted.text(iri, triples), turtle_piece(triples))
        for iri, triples in verdict.documents.items()
    )


def _remarks(verdict: Accepted) -> Iterator[Remark]:
    """Yield each remark under the name of its record, as records of one file may have the same path
    and line; one about a correction that does not match, under the name of that file.
    """
    names = {
        id(f): read.name for read in verdict.records if read.reading for f in read.reading.remarks
    }
    for f in verdict.remarks:
        is_row = f.where.path == CORRECTIONS
        yield as_published(CORRECTIONS if is_row else names.get(id(f), verdict.records[0].name), f)
