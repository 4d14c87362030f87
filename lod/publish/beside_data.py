"""Triples that stand beside the data in the default graph, compared with the data.

The ontology states its code lists, which the data has, too; the default graph has each triple once.
"""

from collections.abc import Iterator

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store

from lod.pipeline.report.usage import classes_of
from lod.rdf.serialize import ntriples, triples
from lod.rdf.vocab import RDF


class Beside:
    """What the data knows of such triples; `store` holds the data and the links alone.

    What was looked up is kept: nearly the same triples are asked about again.
    """

    def __init__(self, store: Store, base: str) -> None:
        self._store, self.base = store, base
        self._lines: dict[bytes, bool] = {}  # line of N-Triples → whether the data has it
        self._subjects: dict[bytes, bool] = {}
        self._classes: dict[bytes, list[bytes]] = {}

    def added(self, nt: bytes) -> list[bytes]:
        """Return the lines of N-Triples that the data does not have, each once, sorted."""
        lines = sorted(set(nt.splitlines(keepends=True)))
        unknown = [line for line in lines if line not in self._lines]
        for line, triple in zip(unknown, triples(b"".join(unknown)), strict=True):
            quad = Quad(triple.subject, triple.predicate, triple.object, DefaultGraph())
            self._lines[line] = quad in self._store
        return [line for line in lines if not self._lines[line]]

    def is_in_data(self, subject: bytes) -> bool:
        """Say whether the data has triples of a subject."""
        if subject not in self._subjects:
            node = NamedNode(subject.decode())
            there = self._store.quads_for_pattern(node, None, None, DefaultGraph())
            self._subjects[subject] = next(there, None) is not None
        return self._subjects[subject]

    def classes_in_data(self, iri: bytes) -> list[bytes]:
        """Return the classes that the data states of a resource."""
        if iri not in self._classes:
            node = NamedNode(iri.decode())
            quads = self._store.quads_for_pattern(node, RDF.type, None, DefaultGraph())
            self._classes[iri] = [str(quad.object)[1:-1].encode() for quad in quads]
        return self._classes[iri]

    def gaining(self, nt: bytes) -> Iterator[tuple[bytes, list[bytes], bytes]]:
        """Yield the subjects of the data to which N-Triples give more classes, these classes, and
        what the data says of each.
        """
        for subject, classes in classes_of(nt).items():
            if more := sorted({*classes} - {*self.classes_in_data(subject)}):
                node = NamedNode(subject.decode())
                said = self._store.quads_for_pattern(node, None, None, DefaultGraph())
                if about := ntriples(quad.triple for quad in said):
                    yield subject, more, about

    def classes(self, nt: bytes) -> dict[bytes, list[bytes]]:
        """Return subject, or object, of N-Triples → its classes, in them and in the data."""
        stated = classes_of(nt)
        terms = (term for line in nt.splitlines() for term in line[:-2].split(b" ", 2)[::2])
        for iri in {term[1:-1] for term in terms if term.startswith(b"<")}:
            if known := self.classes_in_data(iri):
                stated[iri] = sorted({*stated.get(iri, ()), *known})
        return stated
