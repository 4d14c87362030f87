"""The dumps of the data: all of it in Turtle and N-Triples, each legislature in Turtle.

Each file is complete by itself. After a head that says what it is, it has in this order:

1. the questions;
2. the statuses that follow the day of the data;
3. the resources that questions name;
4. the resources that those name, with code lists and links;
5. in the dumps of all data, everything else.
"""

import gzip
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import pyoxigraph
from pyoxigraph import NamedNode, RdfFormat, Store, Triple

from lod.base import packaged, packing
from lod.base.packing import PIECE, gzipped_member
from lod.base.parallel import batches
from lod.base.tabular import group_by_key
from lod.model.identifiers import split_uid
from lod.pipeline.gather import FACTS, LINKS
from lod.pipeline.questions.question_db import PublishedQuestions, StoredQuestion, Waiting
from lod.pipeline.questions.question_memo import DocumentText
from lod.pipeline.settling.settle import MadeGraph
from lod.pipeline.validation.constraints import constraint_triples
from lod.pipeline.validation.shapes import shapes
from lod.publish.publication import NamedList, Output, Task, Workshop
from lod.publish.void import named_graphs
from lod.rdf import serialize
from lod.rdf.ontology import definitions, implied
from lod.rdf.serialize import ntriples, triples, turtle_piece
from lod.rdf.vocab import QP, civil_date

TOGETHER = 256  # questions that are packed at once
Answers = Mapping[str, set[str]]  # uid → IRIs
Shared = Mapping[str, NamedList]  # answer → its questions, where there are several
TRIPLES = "# triplets : "  # begins the line of the head of a dump that says how many it has
DATA, EVERYTHING = (
    "Questions parlementaires : toutes les données",
    "Questions parlementaires : les données, ce qui les décrit, et chaque graphe nommé",
)
QUADS_TOGETHER = 10_000  # packed at once
# document of the object of a line of N-Triples, if that is a resource; it begins with a line end,
# so that texts are passed over at once
_OBJECT = re.compile(rb"\n<[^<>]*> <[^<>]*> <([^<>#]*)")
TURTLE, NTRIPLES, QUADS = "questions.ttl.gz", "questions.nt.gz", "tout.nq.gz"


@dataclass(frozen=True, slots=True)
class DumpHead:
    """What the first lines of a dump say besides the number of its triples."""

    base: str
    licence: str
    rights: str  # whose work is in it, as a sentence
    data_until: str  # ISO
    content: str  # hash of all that the release is made of: `noyau` of the manifest

    def lines(self, title: str, triples: int, prefixes: bytes = b"") -> bytes:
        """Return the first lines of a dump: comments, then the prefixes of Turtle."""
        comments = (
            f"# {title}",
            "# source : Assemblée nationale, https://data.assemblee-nationale.fr/",
            f"# licence : {self.licence}",
            f"# droits : {self.rights}",
            f"# données au : {self.data_until}",
            f"# publié à : {self.base} (noyau {self.content})",
            f"{TRIPLES}{triples}",
        )
        return "".join(f"{line}\n" for line in comments).encode() + prefixes


class DumpFile(AbstractContextManager["DumpFile"]):
    """Writes a dump piece by piece, each a member of a gzip file; its first lines are written last,
    as they say how many triples follow.
    """

    def __init__(self, path: Path, head: Callable[[int], bytes]) -> None:
        self._path, self._head = path, head
        self._body = TemporaryFile(dir=path.parent)  # noqa: SIM115  # `__exit__` closes it
        self._triples = 0

    def add(self, packed: bytes, triples: int) -> None:
        self._body.write(packed)
        self._triples += triples

    def copy(self, packed: IO[bytes], triples: int) -> None:
        """Append the rest of another dump, which has so many triples."""
        shutil.copyfileobj(packed, self._body, PIECE)
        self._triples += triples

    def __exit__(self, kind: object, *exc: object) -> None:
        with self._body:
            if kind is None:
                with self._path.open("wb") as file:
                    file.write(gzipped_head(self._head(self._triples)))
                    self._body.seek(0)
                    shutil.copyfileobj(self._body, file, PIECE)


def gzipped_head(lines: bytes) -> bytes:
    """Return the first lines of a dump as a member that is not compressed: its size must not hang
    on the hash in them.
    """
    return gzipped_member(lines, level=0)


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
    write_questions(dumps, shop.questions, links, head, shared)
    for nt, name in parts.items():
        with packing.gzipped(dumps / name) as file:
            serialize.write_turtle(work / nt, file)
    defined = ntriples((*implied(), *definitions(head.base)))
    files = (path.read_bytes() for path in packaged.ontology())
    (dumps / "ontology.ttl").write_bytes(b"\n".join((*files, defined)))
    shutil.copyfile(packaged.ALIGNMENTS, dumps / "alignements.ttl")
    (dumps / "shapes.ttl").write_bytes(serialize.turtle(ntriples(shapes())))
    (dumps / "controles.ttl").write_bytes(serialize.turtle(ntriples(constraint_triples())))


def legislature_dump(number: int) -> str:
    return f"questions-{number}.ttl.gz"


def write_questions(
    dumps: Path, questions: PublishedQuestions, links: bytes, head: DumpHead, shared: Shared
) -> None:
    """Write what is published of questions, of what they refer to, and the links of these."""
    rest = questions.remainder() + links
    in_rest, rest_turtle = rest.count(b"\n"), gzipped_member(turtle_piece(triples(rest)))
    turtle_head = partial(head.lines, prefixes=serialize.turtle_head())
    waiting, first = [*questions.waiting()], _first_in_legislature(shared)
    described = by_document(rest)
    with (
        DumpFile(dumps / NTRIPLES, partial(head.lines, DATA)) as nt,
        DumpFile(dumps / TURTLE, partial(turtle_head, DATA)) as ttl,
    ):
        by_legislature = groupby(questions.questions(), lambda stored: split_uid(stored.uid)[0])
        for number, own_questions in by_legislature:
            title = f"Questions parlementaires : {number}e législature, et ce qu’elles désignent"
            with DumpFile(dumps / legislature_dump(number), partial(turtle_head, title)) as part:
                named = set[bytes]()
                for group in batches(own_questions, TOGETHER):
                    named |= _write_group(group, first, nt, ttl, part)
                own_waiting = [question for question in waiting if question.legislature == number]
                _add_status(part, own_waiting, turtle_piece)
                own_rest = b"".join(referred_to(named, described))
                turtle = gzipped_member(turtle_piece(triples(own_rest)))
                part.add(turtle, own_rest.count(b"\n"))
        _add_status(nt, waiting, ntriples)
        _add_status(ttl, waiting, turtle_piece)
        nt.add(gzipped_member(rest), in_rest)
        ttl.add(rest_turtle, in_rest)


def _write_group(
    questions: Iterable[StoredQuestion], first: Answers, nt: DumpFile, ttl: DumpFile, part: DumpFile
) -> set[bytes]:
    """Write what questions of a legislature state: what they state first of all, as N-Triples and
    as Turtle; what they state first of their legislature, as Turtle. Return the documents of what
    they refer to.
    """
    whole, own = list[DocumentText](), list[DocumentText]()
    for stored in questions:
        for text in stored.texts:
            document = text.without_status() if stored.day else text
            is_new = document.iri not in stored.stated_before
            whole += [document] if is_new else []
            own += [document] if is_new or document.iri in first.get(stored.uid, ()) else []
    count, turtle = _count(whole), _packed_turtle(whole)
    nt.add(gzipped_member(b"".join(document.nt for document in whole)), count)
    ttl.add(turtle, count)
    part.add(turtle if len(own) == len(whole) else _packed_turtle(own), _count(own))
    return set[bytes]().union(*(objects(document.nt) for document in own))


def objects(nt: bytes) -> list[bytes]:
    """Return the documents of the resources that lines of N-Triples lead to."""
    return _OBJECT.findall(b"\n" + nt)


def by_document(nt: bytes) -> dict[bytes, bytes]:
    """Return IRI of a document → the lines of N-Triples about its resource and parts."""
    lines = nt.splitlines(keepends=True)
    grouped = group_by_key((line[1 : line.index(b">")].partition(b"#")[0], line) for line in lines)
    return {document: b"".join(own) for document, own in grouped.items()}


def referred_to(named: Iterable[bytes], described: Mapping[bytes, bytes]) -> Iterator[bytes]:
    """Return the lines about some documents, and about all that these lead to, in a fixed order."""
    reached, todo = set[bytes](), [*named]
    while todo:
        document = todo.pop()
        if document in described and document not in reached:
            reached.add(document)
            todo += objects(described[document])
    return (described[document] for document in described if document in reached)


def _count(documents: Iterable[DocumentText]) -> int:
    return sum(document.nt.count(b"\n") for document in documents)


def _packed_turtle(documents: Iterable[DocumentText]) -> bytes:
    return gzipped_member(b"".join(document.turtle for document in documents))


def _first_in_legislature(shared: Shared) -> dict[str, set[str]]:
    """Return question → the shared answers that it states first of its legislature."""
    first: dict[str, set[str]] = {}
    for iri, serving in shared.items():
        uids = sorted((question.rpartition("/")[2] for question, _ in serving), key=split_uid)
        for _, own_uids in groupby(uids, lambda uid: split_uid(uid)[0]):
            first.setdefault(next(own_uids), set()).add(iri)
    return first


def _add_status(
    file: DumpFile, waiting: Iterable[Waiting], serialized: Callable[[Iterable[Triple]], bytes]
) -> None:
    """Write the status of questions that wait, and the day for which it holds, if there are any."""
    status = [
        Triple(NamedNode(question.iri), p, o)
        for question in waiting
        for p, o in (
            (QP.statut, NamedNode(question.statut)),
            (QP.statutAu, civil_date(date.fromisoformat(question.day))),
        )
    ]
    if status:
        file.add(gzipped_member(serialized(status)), len(status))


def write_quads(dumps: Path, store: Store, triples: int, beside: bytes, head: DumpHead) -> None:
    """Write all graphs, once the dump of N-Triples is there: its lines, as many as `triples`, are
    the data; `beside` are the other lines of the default graph.
    """
    with (
        DumpFile(dumps / QUADS, partial(head.lines, EVERYTHING)) as file,
        (dumps / NTRIPLES).open("rb") as data,
    ):
        data.seek(len(gzipped_head(head.lines(DATA, triples))))
        file.copy(data, triples)
        file.add(gzipped_member(beside), beside.count(b"\n"))
        for graph in named_graphs().values():
            quads = store.quads_for_pattern(None, None, None, NamedNode(head.base + graph.path))
            for group in batches(quads, QUADS_TOGETHER):
                lines = pyoxigraph.serialize(group, format=RdfFormat.N_QUADS) or b""
                file.add(gzipped_member(lines), len(group))


def stated_triples(path: Path) -> int:
    """Return how many triples a dump says that it has."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        line = next(line for line in file if line.startswith(TRIPLES))
    return int(line.removeprefix(TRIPLES))
