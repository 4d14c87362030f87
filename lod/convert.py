"""Records → what is published about them, batch by batch and in parallel; pure but for its input.

First every record is read, and laid aside by the question that it is about; then each question is
merged from its records, corrected, completed from the tables, mapped and validated. What goes on
and what is refused comes in the order of the records, whatever the number of processes.
"""

import pickle
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from itertools import chain
from typing import IO

from pyoxigraph import Triple

from lod import autorites, rdf
from lod.citations import rappels
from lod.errors import Finding, Where
from lod.iris import Iris
from lod.mappings import legislatures
from lod.merge import merge, ranked
from lod.model import Question
from lod.parallel import batches, ordered
from lod.references import References
from lod.referentiel import Referentiel
from lod.resolve import complete
from lod.revue import Revue, corrected
from lod.sources import Lecture, Record, lecture
from lod.sources.fields import shorten
from lod.validate import REFERENCE, Result, validate

BATCH = 250  # records; engines are linear from about 200 questions a call on, memory is bounded
BATCH_BYTES = 8 * 1024 * 1024  # of records in one batch: long records come alone


@dataclass(frozen=True, slots=True)
class Publie:
    """A question that may be published: its triples by document, and what it refers to."""

    question: Question
    lectures: tuple[Lecture, ...]
    remarks: tuple[Finding, ...]
    documents: dict[str, tuple[Triple, ...]]
    references: tuple[Triple, ...]
    repairs: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rejete:
    """Records that are not published, with every reason; several if they are of one question.

    `retenue` is the identifier and the publisher's reason, if it was the publisher who said so.
    """

    lectures: tuple[Lecture, ...]
    findings: tuple[Finding, ...]
    retenue: tuple[str, str] | None = None


Fate = Publie | Rejete


@dataclass(frozen=True, slots=True)
class Tables:
    """What questions are completed from: the publisher's review, the archives AMO if given, and the
    day up to which the data of each legislature goes.
    """

    revue: Revue = field(default_factory=Revue)
    referentiel: Referentiel | None = None
    donnees_au: Mapping[int, date] = field(default_factory=dict)


@dataclass(slots=True)
class Lot:
    """What became of one batch: a fate for each question, in order, the results of SHACL, and how
    many nodes each shape looked at in each document.
    """

    fates: list[Fate] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    foyers: dict[str, Counter[str]] = field(default_factory=dict)


class Recueil:
    """The records as read, in a file; in memory stays where those of each question are."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._places: dict[str, list[int]] = {}
        self.auteurs: set[str] = set()  # references of persons
        self.donnees_au: dict[int, date] = {}  # legislature → the latest day read

    def add(self, read: Lecture) -> None:
        """Lay aside one record that could be read."""
        assert read.reading, "what cannot be read is of no question"
        q = read.reading.question
        self._places.setdefault(q.uid, []).append(self._file.tell())
        if q.auteur.acteur_ref:
            self.auteurs.add(q.auteur.acteur_ref)
        if jour := dernier_jour(q):
            self.donnees_au[q.legislature] = max(self.donnees_au.get(q.legislature, jour), jour)
        pickle.dump(read, self._file)

    def questions(self) -> Iterator[tuple[Lecture, ...]]:
        """Yield the records of each question, in the order in which they first came."""
        for places in self._places.values():
            yield tuple(self._load(place) for place in places)

    def _load(self, place: int) -> Lecture:
        self._file.seek(place)
        read: Lecture = pickle.load(self._file)
        return read


def readings(records: Iterable[Record], jobs: int = 1) -> Iterator[tuple[Record, Lecture]]:
    """Yield each record with what was read of it, in order."""
    grouped = batches(records, BATCH, lambda record: len(record.data), BATCH_BYTES)
    for batch, read in ordered(read_batch, grouped, jobs):
        yield from zip(batch, read, strict=True)


def read_batch(batch: list[Record]) -> list[Lecture]:
    """Return what was read of each record of one batch."""
    return [lecture(record) for record in batch]


def lots(
    questions: Iterable[tuple[Lecture, ...]],
    iris: Iris,
    tables: Tables,
    jobs: int = 1,
    engine: str = REFERENCE,
) -> Iterator[Lot]:
    """Yield the fate of every question, batch by batch."""
    make = partial(lot, iris=iris, tables=tables, engine=engine)
    for _, made in ordered(make, batches(questions, BATCH, _longueur, BATCH_BYTES), jobs):
        yield made


def _longueur(lectures: tuple[Lecture, ...]) -> int:
    return sum(read.reading.question.longueur for read in lectures if read.reading)


def lot(
    batch: list[tuple[Lecture, ...]], iris: Iris, tables: Tables, engine: str = REFERENCE
) -> Lot:
    """Return the fate of each question of one batch."""
    made = Lot([settle(lectures, iris, tables) for lectures in batch])
    documents: dict[str, tuple[Triple, ...]] = {}
    references = References()
    for fate in made.fates:
        if isinstance(fate, Publie):
            references.add(fate.references)
            # an answer that serves several questions is stated once, by the first of them
            documents |= {iri: t for iri, t in fate.documents.items() if iri not in documents}
    own = chain.from_iterable(documents.values())
    validation = validate(chain(own, references.triples()), engine)
    made.results = validation.results
    made.foyers = {iri: n for iri, n in validation.foyers.items() if iri in documents}
    broken: dict[str, list[Result]] = {}
    for result in made.results:
        if result.severity == "Violation":
            broken.setdefault(document_of(result.focus), []).append(result)
    made.fates = [_judge(fate, broken) if broken else fate for fate in made.fates]
    return made


def convert(record: Record, iris: Iris) -> Fate:
    """Return what one record alone says, or why it cannot be read; the shapes are not asked."""
    read = lecture(record)
    return settle((read,), iris, Tables()) if read.reading else Rejete((read,), read.findings)


def settle(lectures: tuple[Lecture, ...], iris: Iris, tables: Tables) -> Fate:
    """Return what the records of one question say together, or why it is withheld."""
    lectures = ranked(lectures)
    first, merged = lectures[0], merge(lectures)
    place = Where(first.path, first.line)
    if motif := tables.revue.retenues.get(merged.question.uid):
        uid = merged.question.uid
        wrong = f"{uid} is withheld by the publisher: {motif}"
        finding = Finding(place, wrong, "remove it from retenues.csv")
        return Rejete(lectures, (finding,), retenue=(uid, motif))
    reading = complete(corrected(merged, tables.revue, place), first.path, tables.referentiel)
    q = replace(
        reading.question,
        rappels=rappels(reading.question),
        donnees_au=tables.donnees_au.get(merged.question.legislature)
        or dernier_jour(merged.question),
    )
    documents = {iris.question(q.uid).value: _distinct(rdf.question(q, iris))}
    for r in q.reponses:
        documents[iris.reponse(q, r).value] = _distinct(rdf.reponse(q, r, iris))
    references = tuple(autorites.references(q, iris))
    return Publie(q, lectures, reading.remarks, documents, references, dict(reading.repairs))


def dernier_jour(q: Question) -> date | None:
    """Return the latest day that a record names; a day after its legislature is a misprint."""
    period = legislatures().get(q.legislature)
    fin = period.fin if period and period.fin else date.max
    return max((jour for jour in q.jours if jour <= fin), default=None)


def _distinct(triples: Iterable[Triple]) -> tuple[Triple, ...]:
    return tuple(dict.fromkeys(triples))


def document_of(iri: str) -> str:
    """Return the IRI of the document that describes a node: the part before the fragment."""
    return iri.partition("#")[0]


def _judge(fate: Fate, broken: dict[str, list[Result]]) -> Fate:
    """Refuse a question if a shape refuses a node that it, or what it refers to, is made of."""
    if isinstance(fate, Rejete):
        return fate
    referred = (document_of(t.subject.value) for t in fate.references)  # type: ignore[union-attr]
    concerned = dict.fromkeys([*fate.documents, *referred])
    results = [result for iri in concerned for result in broken.get(iri, ())]
    if not results:
        return fate
    first = fate.lectures[0]
    place = Where(first.path, first.line)
    return Rejete(fate.lectures, tuple(finding(result, place) for result in results))


def finding(result: Result, place: Where) -> Finding:
    """Return a result of SHACL as a finding about the record."""
    wrong, _, remedy = result.message_en.partition("; ")
    value = f" ('{shorten(result.value)}')" if result.value not in ("", result.focus) else ""
    return Finding(place, f"{result.focus}: {wrong}{value}", remedy or "check the source")
