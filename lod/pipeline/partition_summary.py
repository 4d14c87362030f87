"""The summary of a partition: counts, rejections, and what else the rest of a build needs of it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from pyoxigraph import NamedNode, Triple

from lod.pipeline.build_report import Counts
from lod.pipeline.convert import Accepted, ConvertedBatch, Fate, Rejected
from lod.pipeline.findings import Rejection, Remark, rejection_of, remark_of
from lod.pipeline.intake import KnownRecord, RecordKey
from lod.pipeline.statistics import StatisticsCounter
from lod.pipeline.usage import Usage, classes_of, count_usage, within
from lod.pipeline.validation.validate import Result
from lod.rdf.iris import Iris, document_of
from lod.rdf.serialize import ntriples


@dataclass(slots=True)
class PartitionSummary:
    """What the rest of a build needs to know of a partition."""

    name: str
    key: str  # of all that it is made of: `Keys.partition`
    day: str  # up to which the data of its legislature goes
    depends_on_day: bool = False  # a question among them waits, so that this day counts
    known_records: dict[RecordKey, KnownRecord] = field(default_factory=dict)
    counts: Counts = field(default_factory=Counts)
    rejections: list[Rejection] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    documents: dict[str, int] = field(default_factory=dict)  # IRI → triples, but for `rappels`
    reponses: dict[str, list[str]] = field(default_factory=dict)  # answer → uids of its questions
    focus_nodes: dict[str, Counter[str]] = field(default_factory=dict)  # document → shape → nodes
    results: list[Result] = field(default_factory=list)  # of SHACL
    # number of the question that says them → N-Triples about what it refers to, each line once; as
    # terms they would take ten times as long to be passed on
    references: dict[int, bytes] = field(default_factory=dict)
    rappels: tuple[Triple, ...] = ()  # which earlier questions they recall
    neighbours: tuple[str, ...] = ()  # IRIs of ours that the documents point to
    keys: dict[str, str] = field(default_factory=dict)  # uid → key, of the published questions
    statistics: StatisticsCounter = field(default_factory=StatisticsCounter)
    usage: dict[str, Usage] = field(default_factory=dict)  # of the questions: "", of each answer


def summarize(
    summary: PartitionSummary,
    fates: Sequence[Fate],
    documents: dict[str, tuple[Triple, ...]],
    made: ConvertedBatch,
    iris: Iris,
) -> None:
    """Fill in what became of the questions of a partition."""
    said: set[bytes] = set()
    rappels: list[Triple] = []
    for fate in fates:
        summary.counts.add(fate)
        if isinstance(fate, Rejected):
            summary.rejections += [
                rejection_of(read.name, read.path, read.sha256, fate.findings)
                for read in fate.outcomes
            ]
            summary.results += fate.results
            continue
        q = fate.question
        summary.remarks += list(_remarks(fate))
        summary.depends_on_day |= q.attend
        for r in q.reponses:
            summary.reponses.setdefault(iris.reponse(q, r).value, []).append(q.uid)
        summary.references[q.numero] = _lines(fate.references, said)
        rappels += fate.rappels
        summary.statistics.add(q, iris)
    summary.rappels = tuple(rappels)
    summary.documents = {iri: len(triples) for iri, triples in documents.items()}
    summary.focus_nodes = {
        iri: made.focus_nodes[iri] for iri in documents if iri in made.focus_nodes
    }
    summary.results += [r for r in made.results if document_of(r.focus) in documents]
    summary.usage = _used(documents, summary.reponses, iris.base)
    summary.neighbours = tuple(_neighbours(documents, iris.base))


def _lines(references: Iterable[Triple], said: set[bytes]) -> bytes:
    """Return N-Triples line by line, but for those that were said; now they are."""
    new = dict.fromkeys(ntriples(references).splitlines(keepends=True))
    lines = [line for line in new if line not in said]
    said.update(lines)
    return b"".join(lines)


def _used(
    documents: Mapping[str, Sequence[Triple]], reponses: Iterable[str], base: str
) -> dict[str, Usage]:
    """Return which properties the classes of the questions use, under "", and those of each answer;
    answers that use as much share it.
    """
    classes = classes_of(chain.from_iterable(documents.values()))
    answers = [iri for iri in reponses if iri in documents]
    questions = (documents[iri] for iri in documents.keys() - set(answers))
    found = {"": within(count_usage(chain.from_iterable(questions), classes), base)}
    known: dict[frozenset[Any], Usage] = {}
    for iri in answers:
        own = within(count_usage(documents[iri], classes), base)
        found[iri] = known.setdefault(frozenset(own.items()), own)
    return found


def _neighbours(documents: Mapping[str, Sequence[Triple]], base: str) -> Iterator[str]:
    """Yield the IRIs below our base that some documents point to, and are not among them."""
    own = chain.from_iterable(documents.values())
    objects = {t.object.value for t in own if isinstance(t.object, NamedNode)}
    yield from (
        iri for iri in sorted(objects) if iri.startswith(base) and document_of(iri) not in documents
    )


def _remarks(fate: Accepted) -> Iterator[Remark]:
    names = {read.path: read.name for read in reversed(fate.outcomes)}
    for f in fate.remarks:
        name = names.get(f.where.path, fate.outcomes[0].name)
        yield remark_of(name, f)
