"""Turtle as the pages about the model read it: statements by subject, in the order of the files.

A graph has no order, a file has one that somebody chose; and every IRI is here a prefixed name,
by the prefixes that the files themselves declare.
"""

from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from lod.rdf.vocab import RDF_TYPE
from lod.website.rendering import typeset

Term = NamedNode | BlankNode | Literal | Triple
LIST_END = "rdf:nil"


class OrderedGraph:
    """What some Turtle files say; the file of a subject is the first that speaks of it."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self.prefixes: dict[str, str] = {}
        self.files: dict[str, str] = {}
        self._said: dict[str, dict[str, list[Term]]] = {}
        self._types: dict[str, list[str]] = {}
        for path in paths:
            self._read(path)

    def _read(self, path: Path) -> None:
        parsed = parse(path=str(path), format=RdfFormat.TURTLE)
        triples = [quad.triple for quad in parsed]
        self.prefixes = dict(sorted((parsed.prefixes | self.prefixes).items()))
        for triple in triples:
            subject = self.short_name(triple.subject)
            self.files.setdefault(subject, path.stem)
            said = self._said.setdefault(subject, {})
            said.setdefault(self.short_name(triple.predicate), []).append(triple.object)
            if triple.predicate == RDF_TYPE:
                self._types.setdefault(self.short_name(triple.object), []).append(subject)

    def short_name(self, term: Term) -> str:
        """Return the prefixed name of an IRI, or its text where no prefix fits."""
        value = term.value if isinstance(term, NamedNode | Literal) else str(term)
        if isinstance(term, NamedNode):
            for prefix, namespace in self.prefixes.items():
                if value.startswith(namespace) and value != namespace:
                    return f"{prefix}:{value[len(namespace) :]}"
        return value

    def subjects(self, *types: str) -> list[str]:
        """Return the subjects of one of these types."""
        found = {s for kind in types for s in self._types.get(kind, [])}
        return [s for s in self._said if s in found]

    def statements(self, subject: str) -> dict[str, list[Term]]:
        """Return predicate → objects."""
        return self._said.get(subject, {})

    def iris(self, subject: str, *predicates: str) -> tuple[str, ...]:
        """Return the objects that are IRIs, as prefixed names."""
        found = (o for p in predicates for o in self.statements(subject).get(p, []))
        return tuple(self.short_name(o) for o in found if isinstance(o, NamedNode))

    def literals(self, subject: str, *predicates: str) -> tuple[str, ...]:
        """Return the objects that are literals, as texts."""
        found = (o for p in predicates for o in self.statements(subject).get(p, []))
        return tuple(o.value for o in found if isinstance(o, Literal))

    def text_in(self, subject: str, language: str, *predicates: str) -> str:
        """Return what is said in one language, with its typography; "" if nothing is."""
        for predicate in predicates:
            for o in self.statements(subject).get(predicate, []):
                if isinstance(o, Literal) and o.language == language:
                    return typeset(o.value) if language == "fr" else o.value
        return ""

    def list_items(self, subject: str, predicate: str) -> tuple[str, ...]:
        """Return the elements of a list that the subject points to."""
        found = []
        [node] = self.iris(subject, predicate) or (LIST_END,)
        while node != LIST_END:
            [first] = self.statements(node)["rdf:first"]
            found.append(self.short_name(first))
            [node] = self.iris(node, "rdf:rest")
        return tuple(found)


def local(name: str) -> str:
    """Return the local part of a prefixed name."""
    return name.partition(":")[2]
