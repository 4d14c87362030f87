"""The dumps of the data: all of it in Turtle and N-Triples, each legislature in Turtle.

Each is complete by itself: after the questions comes what they refer to, with code lists and links.
The first lines of a file say what it is; some questions together are a member of the gzip file.
"""

import gzip
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, cast

import pyoxigraph
from pyoxigraph import NamedNode, RdfFormat, Store

from lod.base import packaged, packing
from lod.base.packing import gzipped_member
from lod.base.parallel import batches
from lod.pipeline.gather import FACTS, LINKS
from lod.pipeline.questions.question_db import PublishedQuestions, StoredQuestion
from lod.pipeline.questions.question_memo import DocumentText
from lod.pipeline.settling.settle import MadeGraph
from lod.pipeline.validation.shapes import shapes
from lod.publish.publication import Output, Task, Workshop
from lod.publish.void import named_graphs
from lod.rdf import serialize
from lod.rdf.ontology import definitions, implied
from lod.rdf.vocab import PREFIXES

MEMBER = 64  # questions in a member of a gzip file
TRIPLES = "# triplets : "  # begins the line of the head of a dump that says how many it has
DATA, EVERYTHING = (
    "Questions parlementaires : toutes les données",
    "Questions parlementaires : les données, et chaque graphe nommé",
)
PIECE, QUADS_TOGETHER = 1 << 20, 10_000  # bytes copied, quads packed at once
TURTLE, NTRIPLES, QUADS = "questions.ttl.gz", "questions.nt.gz", "tout.nq.gz"
RDF_XML = "questions.rdf.gz"  # only where a release is exported: the slowest form to write


@dataclass(frozen=True, slots=True)
class DumpHead:
    """What the first lines of a dump say besides the number of its triples."""

    base: str
    licence: str
    rights: str  # of those whose work is in it
    data_until: str  # ISO
    content: str  # hash of all that the release is made of: `noyau` of the manifest

    def member(self, title: str, triples: int, prefixes: bytes = b"") -> bytes:
        """Return the first member of a dump: comments, then the prefixes of Turtle.

        It is not compressed: its size must not depend on the hash in it.
        """
        said = (
            f"# {title}",
            "# source : Assemblée nationale, https://data.assemblee-nationale.fr/",
            f"# licence : {self.licence}",
            f"# droits : {self.rights}",
            f"# données au : {self.data_until}",
            f"# publié à : {self.base} (noyau {self.content})",
            f"{TRIPLES}{triples}",
        )
        return gzipped_member("".join(f"{line}\n" for line in said).encode() + prefixes, level=0)


class MemberFile(AbstractContextManager["MemberFile"]):
    """A gzip file of members; the first, which says how many triples there are, is written last."""

    def __init__(self, path: Path, head: Callable[[int], bytes]) -> None:  # triples → member
        self._path, self._head = path, head
        self._body = TemporaryFile(dir=path.parent)  # noqa: SIM115  # `__exit__` closes it
        self.triples = 0

    def add(self, member: bytes, triples: int) -> None:
        """Append a member that has so many triples."""
        self._body.write(member)
        self.triples += triples

    def copy(self, members: IO[bytes], triples: int) -> None:
        """Append the rest of another such file, which has so many triples."""
        shutil.copyfileobj(members, self._body, PIECE)
        self.triples += triples

    def __exit__(self, kind: object, *exc: object) -> None:
        if kind:  # nobody will read it
            self._body.close()
            return
        with self._body, self._path.open("wb") as file:
            file.write(self._head(self.triples))
            self._body.seek(0)
            shutil.copyfileobj(self._body, file, PIECE)


class Dumps(Output):
    """Questions, links, ontology, alignments and shapes as files to download."""

    def __init__(self, head: DumpHead, graphs: Iterable[MadeGraph]) -> None:
        parts = {LINKS: "links.ttl.gz", FACTS: "faits-wikidata.ttl.gz"}
        self._given = head, parts | {graph.file: graph.dump for graph in graphs}

    def setup(self) -> Iterable[Task]:
        """Write them all in one task: questions, links and graphs are on the disk already."""
        yield _write_dumps, self._given


def _write_dumps(shop: Workshop, given: tuple[DumpHead, dict[str, str]]) -> None:
    (head, parts), work, dumps = given, shop.questions.release, shop.questions.release / "dumps"
    write_questions(dumps, shop.questions, (work / LINKS).read_bytes(), head)
    for nt, name in parts.items():
        with packing.gzipped(dumps / name) as file:
            serialize.write_turtle(work / nt, file)
    defined = serialize.ntriples((*implied(), *definitions(head.base)))
    files = (path.read_bytes() for path in packaged.ontology())
    (dumps / "ontology.ttl").write_bytes(b"\n".join((*files, defined)))
    shutil.copyfile(packaged.ALIGNMENTS, dumps / "alignements.ttl")
    (dumps / "shapes.ttl").write_bytes(serialize.turtle(serialize.ntriples(shapes())))


def legislature_dump(number: int) -> str:
    """Return the name of the dump of one legislature."""
    return f"questions-{number}.ttl.gz"


def write_questions(
    dumps: Path, questions: PublishedQuestions, links: bytes, head: DumpHead
) -> None:
    """Write what is published of questions, of what they refer to, and the links of these."""
    rest = questions.remainder() + links
    rest_turtle = gzipped_member(serialize.turtle_piece(serialize.triples(rest)))
    in_rest = rest.count(b"\n")
    turtle_head = partial(head.member, prefixes=serialize.turtle_head())
    with (
        MemberFile(dumps / NTRIPLES, partial(head.member, DATA)) as nt,
        MemberFile(dumps / TURTLE, partial(turtle_head, DATA)) as ttl,
    ):
        for number, some in questions.by_legislature():
            title = f"Questions parlementaires : {number}e législature, et ce qu’elles désignent"
            path = dumps / legislature_dump(number)
            with MemberFile(path, partial(turtle_head, title)) as part:
                for whole, own in _documents(some):
                    count, text = _joined(whole)
                    nt.add(gzipped_member(b"".join(d.nt for d in whole)), count)
                    ttl.add(packed := gzipped_member(text), count)
                    if own != whole:
                        count, text = _joined(own)
                        packed = gzipped_member(text)
                    part.add(packed, count)
                part.add(rest_turtle, in_rest)
        nt.add(gzipped_member(rest), in_rest)
        ttl.add(rest_turtle, in_rest)


def write_quads(dumps: Path, store: Store, triples: int, head: DumpHead) -> None:
    """Write all graphs, once the dump of N-Triples is there: its lines are the data, as many as
    `triples`.
    """
    with (
        MemberFile(dumps / QUADS, partial(head.member, EVERYTHING)) as file,
        (dumps / NTRIPLES).open("rb") as data,
    ):
        data.seek(len(head.member(DATA, triples)))
        file.copy(data, triples)
        for graph in named_graphs().values():
            quads = store.quads_for_pattern(None, None, None, NamedNode(head.base + graph.path))
            for some in batches(quads, QUADS_TOGETHER):
                lines = pyoxigraph.serialize(some, format=RdfFormat.N_QUADS) or b""
                file.add(gzipped_member(lines), len(some))


def write_rdf_xml(dumps: Path) -> None:
    """Write the dump of N-Triples as RDF/XML, one triple at a time."""
    with gzip.open(dumps / NTRIPLES) as source, packing.gzipped(dumps / RDF_XML) as file:
        triples = pyoxigraph.parse(cast("IO[bytes]", source), format=RdfFormat.N_TRIPLES)
        pyoxigraph.serialize(triples, file, RdfFormat.RDF_XML, prefixes=PREFIXES)


def stated_triples(path: Path) -> int:
    """Return how many triples a dump says that it has."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        line = next(line for line in file if line.startswith(TRIPLES))
    return int(line.removeprefix(TRIPLES))


def _documents(
    questions: Iterable[StoredQuestion],
) -> Iterator[tuple[list[DocumentText], list[DocumentText]]]:
    """Yield, for some questions together, the documents that they state first of all questions, and
    those that they state first of these.
    """
    answers: set[str] = set()  # IRIs
    for some in batches(questions, MEMBER):
        whole: list[DocumentText] = []
        own: list[DocumentText] = []
        for stored in some:
            texts = stored.texts
            whole += (text for text in texts if text.iri not in stored.stated_before)
            own += (text for text in texts if text.iri not in answers)
            answers.update(text.iri for text in texts[1:])
        yield whole, own


def _joined(documents: Iterable[DocumentText]) -> tuple[int, bytes]:
    """Return how many triples documents have, and their Turtle."""
    return sum(d.nt.count(b"\n") for d in documents), b"".join(d.turtle for d in documents)
