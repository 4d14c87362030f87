"""The dumps of views: what a query of `ontology/` says of the data in another vocabulary.

A view tells of a question what the question states, or what it refers to. So it is asked of some
questions at a time, in memory, with those properties alone that its query names: half the work of
asking the store.
"""

import re
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from pyoxigraph import RdfFormat, Store

from lod.base import packaged
from lod.base.packing import gzipped_member
from lod.base.parallel import batches
from lod.pipeline.gather import LINKS
from lod.pipeline.questions.question_db import PIECE, PublishedQuestions
from lod.publish.dumps import DumpFile, DumpHead, by_document, objects, referred_to
from lod.publish.publication import Output, Task, Workshop
from lod.rdf.serialize import ntriples
from lod.rdf.vocab import RDF

LINES_TOGETHER = 10_000  # packed at once
_PREFIX = re.compile(r"^PREFIX ([\w-]+): <([^>]*)>$", re.M)
_PREFIXED = re.compile(r"\b([\w-]+):([\w-]+)")


class Views(Output):
    """The dumps of all views."""

    name = "views"

    def __init__(self, head: DumpHead) -> None:
        self._head = head

    def setup(self) -> Iterable[Task]:
        """Yield one task: what a view reads of a question, another mostly reads too."""
        yield _write_all, self._head


def _write_all(shop: Workshop, head: DumpHead) -> None:
    release = shop.questions.release
    write_views(release / "dumps", shop.questions, (release / LINKS).read_bytes(), head)


def write_views(dumps: Path, questions: PublishedQuestions, links: bytes, head: DumpHead) -> None:
    """Write what each view makes of the data, as sorted N-Triples."""
    queries = {path.stem: path.read_text("utf-8") for path in packaged.views()}
    made = {name: set[bytes]() for name in queries}
    terms = set[bytes]().union(*map(terms_of, queries.values()))
    described = by_document(_lines_about(terms, questions.remainder() + links))
    for group in batches(questions.questions(), PIECE):
        texts = (text.nt for stored in group for text in stored.texts)
        own = b"".join(_lines_about(terms, nt) for nt in texts)
        store = Store()
        beside = b"".join(referred_to(objects(own), described))
        store.load(input=own + beside, format=RdfFormat.N_TRIPLES, lenient=True)
        for name, query in queries.items():
            answer = ntriples(store.query(query))  # type: ignore[arg-type]  # it is a CONSTRUCT
            made[name].update(answer.splitlines(keepends=True))
    for name, lines in made.items():
        title = f"Questions parlementaires : la forme {name}"
        with DumpFile(dumps / f"{name}.nt.gz", partial(head.lines, title)) as file:
            for together in batches(sorted(lines), LINES_TOGETHER):
                file.add(gzipped_member(b"".join(together)), len(together))


def terms_of(query: str) -> set[bytes]:
    """Return the IRIs that a query names by a prefix, and `rdf:type`, as N-Triples has them."""
    begin = dict(_PREFIX.findall(query))
    named = (begin[prefix] + rest for prefix, rest in _PREFIXED.findall(query) if prefix in begin)
    return {str(RDF.type).encode(), *(f"<{iri}>".encode() for iri in named)}


def _lines_about(terms: set[bytes], nt: bytes) -> bytes:
    """Return the lines of N-Triples whose property is one of the terms."""
    lines = nt.splitlines(keepends=True)
    return b"".join(line for line in lines if line.split(b" ", 2)[1] in terms)
