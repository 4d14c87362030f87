"""The statements of ontology and shapes, in the order of their files, for pages and forms.

Every IRI is given as a prefixed name, by the prefixes that the files declare.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from lod.base import packaged
from lod.rdf.ontology import stated
from lod.rdf.vocab import RDF
from lod.website.rendering.templates import typeset

Term = NamedNode | BlankNode | Literal | Triple
LIST_END = "rdf:nil"
CLASS, CONCEPT, SCHEME = "owl:Class", "skos:Concept", "skos:ConceptScheme"
PROPERTY_TYPES = ("owl:ObjectProperty", "owl:DatatypeProperty", "owl:AnnotationProperty")
DOMAINS = ("rdfs:domain", "schema:domainIncludes")
RANGES = ("rdfs:range", "schema:rangeIncludes")
NAMES, MEANINGS = ("rdfs:label", "skos:prefLabel"), ("rdfs:comment", "skos:definition")


class OrderedGraph:
    """The statements of some Turtle files, by subject, in the order of the files."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self.prefixes: dict[str, str] = {}  # prefix → namespace
        self.files: dict[str, str] = {}  # subject → name of the first file that has it
        self._statements: dict[str, dict[str, list[Term]]] = {}  # subject → predicate → objects
        self._types: dict[str, list[str]] = {}  # class → subjects
        for path in paths:
            self._read(path)

    def _read(self, path: Path) -> None:
        """Add the statements of a file; raise SyntaxError if it is not Turtle."""
        triples, prefixes = stated(path)
        self.prefixes = dict(sorted((prefixes | self.prefixes).items()))
        for triple in triples:
            subject = self.short_name(triple.subject)
            self.files.setdefault(subject, path.stem)
            about = self._statements.setdefault(subject, {})
            about.setdefault(self.short_name(triple.predicate), []).append(triple.object)
            if triple.predicate == RDF.type:
                self._types.setdefault(self.short_name(triple.object), []).append(subject)

    def short_name(self, term: Term) -> str:
        """Return an IRI as a prefixed name, or itself if no prefix fits; a literal as its text."""
        value = term.value if isinstance(term, NamedNode | Literal) else str(term)
        if isinstance(term, NamedNode):
            for prefix, namespace in self.prefixes.items():
                if value.startswith(namespace) and value != namespace:
                    return f"{prefix}:{value[len(namespace) :]}"
        return value

    def subjects(self, *types: str) -> list[str]:
        subjects = {s for kind in types for s in self._types.get(kind, [])}
        return [s for s in self._statements if s in subjects]

    def statements(self, subject: str) -> dict[str, list[Term]]:
        return self._statements.get(subject, {})

    def _objects(self, subject: str, predicates: tuple[str, ...]) -> Iterator[Term]:
        return (o for p in predicates for o in self.statements(subject).get(p, []))

    def iris(self, subject: str, *predicates: str) -> tuple[str, ...]:
        """Return the objects that are IRIs, as prefixed names."""
        objects = self._objects(subject, predicates)
        return tuple(self.short_name(o) for o in objects if isinstance(o, NamedNode))

    def iri(self, subject: str, predicate: str) -> str:
        """Return the first object that is an IRI, as a prefixed name; "" if there is none."""
        return next(iter(self.iris(subject, predicate)), "")

    def literals(self, subject: str, *predicates: str) -> tuple[str, ...]:
        """Return the objects that are literals, as texts."""
        objects = self._objects(subject, predicates)
        return tuple(o.value for o in objects if isinstance(o, Literal))

    def literal(self, subject: str, predicate: str) -> str:
        """Return the text of the first object that is a literal; "" if there is none."""
        return next(iter(self.literals(subject, predicate)), "")

    def text_in(self, subject: str, language: str, *predicates: str) -> str:
        """Return the first text in a language, French typeset; "" if there is none."""
        for o in self._objects(subject, predicates):
            if isinstance(o, Literal) and o.language == language:
                return typeset(o.value) if language == "fr" else o.value
        return ""

    def list_items(self, subject: str, predicate: str) -> tuple[str, ...]:
        """Return the items of the RDF list that is the object; none if there is no object."""
        names = []
        [node] = self.iris(subject, predicate) or (LIST_END,)
        while node != LIST_END:
            [first] = self.statements(node)["rdf:first"]
            names.append(self.short_name(first))
            [node] = self.iris(node, "rdf:rest")
        return tuple(names)


def local(name: str) -> str:
    return name.partition(":")[2]


@cache
def ontology_graph() -> OrderedGraph:
    return OrderedGraph(packaged.ontology())


@cache
def shapes_graph() -> OrderedGraph:
    return OrderedGraph(packaged.shapes())


@cache
def own_terms() -> tuple[str, ...]:
    """Return every term that the ontology defines, in its order.

    Its header has concepts of others, too: languages and themes of the European Union.
    """
    terms = ontology_graph().subjects(CLASS, *PROPERTY_TYPES, CONCEPT, SCHEME)
    return tuple(s for s in terms if s.startswith("qp:"))
