"""The dumps of the data: all of it in Turtle and N-Triples, each legislature in Turtle.

Each is complete by itself: after the questions come the status of those that wait, then what they
refer to, with code lists and links. The first lines of a file say what it is; each member of the
gzip file holds some questions. It is copied from the release before if they have not changed: the
status of a question that waits has another day in each release, and so stands apart.
"""

import gzip
import hashlib
import shutil
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, partial
from itertools import groupby
from pathlib import Path
from types import MappingProxyType

import pyoxigraph
from pyoxigraph import NamedNode, RdfFormat, Store, Triple

from lod.base import packaged, packing
from lod.base.packing import KeyedMembers, Member, MemberFile, keyed_member
from lod.base.parallel import batches
from lod.model.identifiers import split_uid
from lod.pipeline.gather import FACTS, LINKS
from lod.pipeline.questions.previous import DAMAGED
from lod.pipeline.questions.question_db import (
    PublishedQuestions,
    QuestionHead,
    StoredQuestion,
    Waiting,
)
from lod.pipeline.questions.question_memo import DocumentText
from lod.pipeline.settling.settle import MadeGraph
from lod.pipeline.validation.shapes import shapes
from lod.publish.publication import NamedList, Output, Task, Workshop
from lod.publish.release import is_whole
from lod.publish.void import named_graphs
from lod.rdf import serialize
from lod.rdf.ontology import definitions, implied
from lod.rdf.vocab import QP, civil_date

# questions in a member of a gzip file: another one begins with each number that is a multiple of
# the first, so that a new question changes one member only; no member has more than the second
EACH, MOST = 32, 64
Answers = Mapping[str, set[str]]  # uid → IRIs
Shared = Mapping[str, NamedList]  # answer → its questions, where there are several
TRIPLES = "# triplets : "  # begins the line of the head of a dump that says how many it has
DATA, EVERYTHING = (
    "Questions parlementaires : toutes les données",
    "Questions parlementaires : les données, ce qui les décrit, et chaque graphe nommé",
)
QUADS_TOGETHER = 10_000  # packed at once
TURTLE, NTRIPLES, QUADS = "questions.ttl.gz", "questions.nt.gz", "tout.nq.gz"


@dataclass(frozen=True, slots=True)
class DumpHead:
    """What the first lines of a dump say besides the number of its triples."""

    base: str
    licence: str
    rights: str  # whose work is in it, as a sentence
    data_until: str  # ISO
    content: str  # hash of all that the release is made of: `noyau` of the manifest

    def member(self, title: str, triples: int, prefixes: bytes = b"") -> bytes:
        """Return the first member of a dump: comments, then the prefixes of Turtle.

        It is not compressed: its size must not depend on the hash in it.
        """
        comments = (
            f"# {title}",
            "# source : Assemblée nationale, https://data.assemblee-nationale.fr/",
            f"# licence : {self.licence}",
            f"# droits : {self.rights}",
            f"# données au : {self.data_until}",
            f"# publié à : {self.base} (noyau {self.content})",
            f"{TRIPLES}{triples}",
        )
        text = "".join(f"{line}\n" for line in comments).encode() + prefixes
        return keyed_member(b"", triples, text, level=0).data


class Dumps(Output):
    """Questions, links, ontology, alignments and shapes as files to download."""

    name = "dumps"

    def __init__(self, head: DumpHead, graphs: Iterable[MadeGraph]) -> None:
        parts = {LINKS: "links.ttl.gz", FACTS: "faits-wikidata.ttl.gz"}
        self._head_and_parts = head, parts | {graph.file: graph.dump for graph in graphs}

    def setup(self) -> Iterable[Task]:
        """Write them all in one task: questions, links and graphs are on the disk already."""
        yield _write_dumps, self._head_and_parts


def _write_dumps(shop: Workshop, item: tuple[DumpHead, dict[str, str]]) -> None:
    (head, parts), work, dumps = item, shop.questions.release, shop.questions.release / "dumps"
    links, shared = (work / LINKS).read_bytes(), shop.site.references.shared_answers
    write_questions(
        dumps, shop.questions, links, head, shared, partial(earlier_members, shop.previous.folder)
    )
    for nt, name in parts.items():
        with packing.gzipped(dumps / name) as file:
            serialize.write_turtle(work / nt, file)
    defined = serialize.ntriples((*implied(), *definitions(head.base)))
    files = (path.read_bytes() for path in packaged.ontology())
    (dumps / "ontology.ttl").write_bytes(b"\n".join((*files, defined)))
    shutil.copyfile(packaged.ALIGNMENTS, dumps / "alignements.ttl")
    (dumps / "shapes.ttl").write_bytes(serialize.turtle(serialize.ntriples(shapes())))


def earlier_members(before: Path | None, name: str) -> KeyedMembers | None:
    """Return a download of the release before, unless it is damaged."""
    try:
        return KeyedMembers(before / "dumps" / name) if before and is_whole(before, name) else None
    except (*DAMAGED, struct.error):
        return None


def legislature_dump(number: int) -> str:
    return f"questions-{number}.ttl.gz"


def write_questions(
    dumps: Path, questions: PublishedQuestions, links: bytes, head: DumpHead, shared: Shared,
    earlier: Callable[[str], KeyedMembers | None] = lambda name: None,
) -> None:  # fmt: skip
    """Write what is published of questions, of what they refer to, and the links of these.

    `earlier` returns a file of the release before by its name, if its members may be copied.
    """
    rest = questions.remainder() + links
    rest_key, in_rest = hashlib.sha256(rest).digest(), rest.count(b"\n")

    @cache
    def rest_turtle() -> Member:
        return keyed_member(rest_key, in_rest, serialize.turtle_piece(serialize.triples(rest)))

    turtle_head = partial(head.member, prefixes=serialize.turtle_head())
    waiting = [*questions.waiting()]
    with (
        MemberFile(dumps / NTRIPLES, partial(head.member, DATA), earlier(NTRIPLES)) as nt,
        MemberFile(dumps / TURTLE, partial(turtle_head, DATA), earlier(TURTLE)) as ttl,
    ):
        groups = _together(questions, shared)
        for number, own_groups in groupby(groups, lambda group: group.legislature):
            title = f"Questions parlementaires : {number}e législature, et ce qu’elles désignent"
            name = legislature_dump(number)
            with MemberFile(dumps / name, partial(turtle_head, title), earlier(name)) as part:
                for group in own_groups:
                    nt.add(group.key, group.nt)
                    ttl.add(group.key, group.turtle)
                    part.add(group.own_key, group.own_turtle)
                own_waiting = [question for question in waiting if question.legislature == number]
                _add_status(part, own_waiting, serialize.turtle_piece)
                part.add(rest_key, rest_turtle)
        _add_status(nt, waiting, serialize.ntriples)
        _add_status(ttl, waiting, serialize.turtle_piece)
        nt.add(rest_key, lambda: keyed_member(rest_key, in_rest, rest))
        ttl.add(rest_key, rest_turtle)


def _add_status(
    file: MemberFile, waiting: Iterable[Waiting], serialized: Callable[[Iterable[Triple]], bytes]
) -> None:
    """Write the status of questions that wait, and the day for which it holds, if there are any."""
    triples = [
        Triple(NamedNode(question.iri), p, o)
        for question in waiting
        for p, o in (
            (QP.statut, NamedNode(question.statut)),
            (QP.statutAu, civil_date(date.fromisoformat(question.day))),
        )
    ]
    if triples:
        text = serialized(triples)
        file.add_member(keyed_member(hashlib.sha256(text).digest(), len(triples), text))


def write_quads(dumps: Path, store: Store, triples: int, described: bytes, head: DumpHead) -> None:
    """Write all graphs, once the dump of N-Triples is there: its lines, as many as `triples`, are
    the data; `described` are the other lines of the default graph.
    """
    with (
        MemberFile(dumps / QUADS, partial(head.member, EVERYTHING)) as file,
        (dumps / NTRIPLES).open("rb") as data,
    ):
        data.seek(len(head.member(DATA, triples)))
        file.copy(data, triples)
        key = hashlib.sha256(described).digest()
        file.add_member(keyed_member(key, described.count(b"\n"), described))
        for graph in named_graphs().values():
            quads = store.quads_for_pattern(None, None, None, NamedNode(head.base + graph.path))
            for group in batches(quads, QUADS_TOGETHER):
                lines = pyoxigraph.serialize(group, format=RdfFormat.N_QUADS) or b""
                file.add_member(keyed_member(hashlib.sha256(lines).digest(), len(group), lines))


def stated_triples(path: Path) -> int:
    """Return how many triples a dump says that it has."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        line = next(line for line in file if line.startswith(TRIPLES))
    return int(line.removeprefix(TRIPLES))


class DumpMember:
    """Some questions of a legislature that are a member of each dump; they are read when one of
    these must be made.
    """

    def __init__(
        self,
        questions: PublishedQuestions,
        heads: Sequence[QuestionHead],
        # uid → answers that it states first of its legislature, shared with an earlier one
        first_in_legislature: Answers,
    ) -> None:
        self._questions, self._ranks = questions, (heads[0].rank, heads[-1].rank)
        self.legislature = split_uid(heads[0].uid)[0]
        stated = ((h.uid, first_in_legislature.get(h.uid, set()) & {*h.before}) for h in heads)
        self._first = first = {uid: iris for uid, iris in stated if iris}
        self.key = hashlib.sha256(b"".join(h.key for h in heads)).digest()
        named = repr({uid: sorted(iris) for uid, iris in first.items()}).encode()
        self.own_key = hashlib.sha256(self.key + named).digest() if first else self.key

    @cached_property
    def _stored(self) -> list[tuple[StoredQuestion, list[DocumentText]]]:
        """Each with its documents, without a status that stands apart, unpacked once."""
        return [
            (stored, [text.without_status() if stored.day else text for text in stored.texts])
            for stored in self._questions.questions(*self._ranks)
        ]

    def nt(self) -> Member:
        """Return the member of what they state first of all questions, as N-Triples."""
        return self._member(lambda document: document.nt)

    def turtle(self) -> Member:
        return self._turtle

    @cached_property
    def _turtle(self) -> Member:
        return self._member(lambda document: document.turtle)

    def own_turtle(self) -> Member:
        """Return the member of what they state first of their legislature, as Turtle."""
        if not self._first:
            return self._turtle
        return self._member(lambda document: document.turtle, self._first)

    def _member(
        self, text_of: Callable[[DocumentText], bytes], own: Answers = MappingProxyType({})
    ) -> Member:
        documents = [
            document
            for stored, documents in self._stored
            for document in documents
            if document.iri not in stored.stated_before or document.iri in own.get(stored.uid, ())
        ]
        count = sum(document.nt.count(b"\n") for document in documents)
        key = self.own_key if own else self.key
        return keyed_member(key, count, b"".join(map(text_of, documents)))


def _together(questions: PublishedQuestions, shared: Shared) -> Iterator[DumpMember]:
    """Yield all questions, some together, in order."""
    first: dict[str, set[str]] = {}
    for iri, serving in shared.items():
        uids = sorted((question.rpartition("/")[2] for question, _ in serving), key=split_uid)
        for _, own_uids in groupby(uids, lambda uid: split_uid(uid)[0]):
            first.setdefault(next(own_uids), set()).add(iri)
    for heads in together(questions):
        yield DumpMember(questions, heads, first)


def together(questions: PublishedQuestions) -> Iterator[list[QuestionHead]]:
    """Yield what is known of the questions of each member of a gzip file, in order."""
    heads: list[QuestionHead] = []
    for head in questions.heads():
        legislature, _, number = split_uid(head.uid)
        is_next = number % EACH == 0 or len(heads) == MOST
        if heads and (is_next or split_uid(heads[0].uid)[0] != legislature):
            yield heads
            heads = []
        heads.append(head)
    if heads:
        yield heads
