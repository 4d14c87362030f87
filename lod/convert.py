"""Records → what is published about them, batch by batch and in parallel; pure but for its input.

A batch is read, completed from the tables, mapped and validated in one process. What goes on
and what is refused comes back in the order of the records, whatever the number of processes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

from pyoxigraph import Triple

from lod import rdf, sources
from lod.errors import Finding, SourceError, Where
from lod.iris import Iris
from lod.model import Question
from lod.parallel import batches, ordered
from lod.references import References
from lod.resolve import complete
from lod.sources import Record
from lod.sources.fields import shorten
from lod.validate import Result, violations

BATCH = 250  # records; pySHACL is linear from about 200 questions a call on, and memory is bounded


@dataclass(frozen=True, slots=True)
class Publie:
    """A question that may be published: its triples by document, and what it refers to."""

    question: Question
    record: Record
    remarks: tuple[Finding, ...]
    documents: dict[str, tuple[Triple, ...]]
    references: tuple[Triple, ...]


@dataclass(frozen=True, slots=True)
class Rejete:
    """A record that is not published, with every reason."""

    record: Record
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class Lot:
    """What became of one batch: a fate for each record, in order, and the results of SHACL."""

    fates: list[Publie | Rejete] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)


Seen = dict[str, tuple[str, str]]  # uid → SHA-256 and name of the record that came first


def lots(records: Iterable[Record], iris: Iris, jobs: int = 1) -> Iterator[Lot]:
    """Yield the fate of every record, batch by batch; of two records of one question, the first."""
    return once(ordered(partial(lot, iris=iris), batches(records, BATCH), jobs))


def once(made: Iterable[Lot]) -> Iterator[Lot]:
    """Yield the batches with every question that was there already refused."""
    seen: Seen = {}
    for one in made:
        fates = [_first(fate, seen) for fate in one.fates]
        again = _documents(one.fates) - _documents(fates)
        yield Lot(fates, [r for r in one.results if document_of(r.focus) not in again])


def _documents(fates: Iterable[Publie | Rejete]) -> set[str]:
    return {iri for fate in fates if isinstance(fate, Publie) for iri in fate.documents}


def _first(fate: Publie | Rejete, seen: Seen) -> Publie | Rejete:
    if isinstance(fate, Rejete):
        return fate
    q, nom = fate.question, fate.record.nom
    if q.uid not in seen:
        seen[q.uid] = (q.sources[0].sha256, nom)
        return fate
    sha256, first = seen[q.uid]
    same = "the same bytes as" if sha256 == q.sources[0].sha256 else "other content than"
    wrong = f"question {q.uid} again, with {same} {first}"
    remedy = "a question has one record: keep the right one, and remove the other"
    return Rejete(fate.record, (Finding(Where(fate.record.path), wrong, remedy),))


def lot(batch: list[Record], iris: Iris) -> Lot:
    """Return the fate of each record of one batch."""
    seen: Seen = {}
    made = Lot([_first(convert(record, iris), seen) for record in batch])
    documents: dict[str, tuple[Triple, ...]] = {}
    references = References()
    for fate in made.fates:
        if isinstance(fate, Publie):
            references.add(fate.references)
            # an answer that serves several questions is stated once, by the first of them
            documents |= {iri: t for iri, t in fate.documents.items() if iri not in documents}
    own = chain.from_iterable(documents.values())
    made.results = violations(chain(own, references.triples()))
    broken: dict[str, list[Result]] = {}
    for result in made.results:
        if result.severity == "Violation":
            broken.setdefault(document_of(result.focus), []).append(result)
    made.fates = [_judge(fate, broken) if broken else fate for fate in made.fates]
    return made


def convert(record: Record, iris: Iris) -> Publie | Rejete:
    """Return what one record says, or why it cannot be read."""
    try:
        reading = complete(sources.read(record), record.path)
    except SourceError as error:
        return Rejete(record, (error.finding,))
    q = reading.question
    documents = {iris.question(q).value: _distinct(rdf.question(q, iris))}
    for r in q.reponses:
        documents[iris.reponse(q, r).value] = _distinct(rdf.reponse(q, r, iris))
    return Publie(q, record, reading.remarks, documents, tuple(rdf.references(q, iris)))


def _distinct(triples: Iterable[Triple]) -> tuple[Triple, ...]:
    return tuple(dict.fromkeys(triples))


def document_of(iri: str) -> str:
    """Return the IRI of the document that describes a node: the part before the fragment."""
    return iri.partition("#")[0]


def _judge(fate: Publie | Rejete, broken: dict[str, list[Result]]) -> Publie | Rejete:
    """Refuse a question if a shape refuses a node that it, or what it refers to, is made of."""
    if isinstance(fate, Rejete):
        return fate
    referred = (document_of(t.subject.value) for t in fate.references)  # type: ignore[union-attr]
    concerned = dict.fromkeys([*fate.documents, *referred])
    results = [result for iri in concerned for result in broken.get(iri, ())]
    if not results:
        return fate
    return Rejete(fate.record, tuple(finding(result, fate.record.path) for result in results))


def finding(result: Result, path: str) -> Finding:
    """Return a result of SHACL as a finding about the record."""
    wrong, _, remedy = result.message_en.partition("; ")
    value = f" ('{shorten(result.value)}')" if result.value not in ("", result.focus) else ""
    return Finding(Where(path), f"{result.focus}: {wrong}{value}", remedy or "check the source")
