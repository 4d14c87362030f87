"""Labels, concepts and rules of the ontology, its core and its modules, read once."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from lod.base import packaged
from lod.base.tabular import group_by_key
from lod.model.text import fold
from lod.rdf.vocab import NAMESPACE, QP, RDF, RDFS, SKOS, en, fr

CORE_NAME = "coeur"


@cache
def ontology() -> tuple[Triple, ...]:
    """Return what the files of the ontology state, in their order, and what follows from it."""
    return (*_written(), *implied())


@cache
def stated(path: Path) -> tuple[tuple[Triple, ...], dict[str, str]]:
    """Return the triples of a file of ontology or shapes, in its order, and its prefixes."""
    parsed = parse(path=str(path), format=RdfFormat.TURTLE)
    return tuple(quad.triple for quad in parsed), dict(parsed.prefixes)


@cache
def _written() -> tuple[Triple, ...]:
    return tuple(triple for path in packaged.ontology() for triple in stated(path)[0])


@cache
def implied() -> tuple[Triple, ...]:
    """Return what its files leave out: the names of each concept and list as `rdfs:label`, which
    all that is published has; and the top concepts of each list.
    """
    names = (t for t in _written() if t.predicate == SKOS.prefLabel)
    labels = (Triple(t.subject, RDFS.label, t.object) for t in names)
    return (*labels, *top_concepts(_written()))


def top_concepts(statements: Iterable[Triple]) -> Iterator[Triple]:
    """Yield that a concept without a broader one in its list is a top concept, both ways."""
    statements = list(statements)
    lists = group_by_key((s, o) for s, p, o in statements if p == SKOS.inScheme)
    broader = ((t.subject, t.object) for t in statements if t.predicate == SKOS.broader)
    below = {(concept, list_) for concept, parent in broader for list_ in lists.get(parent, ())}
    for t in statements:
        if t.predicate == SKOS.inScheme and (t.subject, t.object) not in below:
            assert isinstance(t.object, NamedNode), "a list is no literal, by the shapes"
            yield Triple(t.object, SKOS.hasTopConcept, t.subject)
            yield Triple(t.subject, SKOS.topConceptOf, t.object)


@cache
def parts() -> frozenset[str]:
    """Return the IRIs of its modules and of its version."""
    whole = f"{NAMESPACE.rstrip('#')}/"
    subjects = (t.subject.value for t in ontology() if isinstance(t.subject, NamedNode))
    return frozenset(iri for iri in subjects if iri.startswith(whole))


@cache
def modules() -> dict[str, tuple[Triple, ...]]:
    """Return name of each file of it, as its address ends → what that states, and what follows."""
    return {
        CORE_NAME if path == packaged.CORE else path.stem: _with_implied(stated(path)[0])
        for path in packaged.ontology()
    }


def _with_implied(triples: tuple[Triple, ...]) -> tuple[Triple, ...]:
    subjects = {triple.subject for triple in triples}
    return (*triples, *(triple for triple in implied() if triple.subject in subjects))


@cache
def defined() -> frozenset[NamedNode]:
    """Return its terms and concepts, without the external resources that it describes, too."""
    subjects = (t.subject for t in ontology() if isinstance(t.subject, NamedNode))
    return frozenset(s for s in subjects if s.value.startswith(NAMESPACE))


@cache
def code_lists() -> tuple[Triple, ...]:
    """Return what it says of its code lists and their concepts, which belong to the data, too."""
    kinds = {SKOS.Concept, SKOS.ConceptScheme}
    kept = {t.subject for t in ontology() if t.predicate == RDF.type and t.object in kinds}
    listed = kept & defined()
    return tuple(t for t in ontology() if t.subject in listed)


def definitions(base: str) -> list[Triple]:
    """Return that the ontology defines each term and concept; and where it can be read below a base
    even where its own address does not lead to it yet.
    """
    whole, copy = NamedNode(NAMESPACE.rstrip("#")), NamedNode(f"{base}def")
    return [
        *(Triple(term, RDFS.isDefinedBy, whole) for term in sorted(defined(), key=str)),
        Triple(whole, RDFS.seeAlso, copy),
        Triple(copy, RDFS.label, fr("Ontologie qp, la copie de ce site")),
        Triple(copy, RDFS.label, en("Ontology qp, the copy of this site")),
    ]


@cache
def labels(predicate: NamedNode, language: str = "fr") -> dict[str, str]:
    """Return subject → value of a predicate in one language."""
    return {
        t.subject.value: t.object.value
        for t in ontology()
        if t.predicate == predicate
        and isinstance(t.subject, NamedNode)
        and isinstance(t.object, Literal)
        and t.object.language == language
    }


@cache
def concepts(scheme: NamedNode) -> dict[str, NamedNode]:
    """Return folded French label → concept, for every concept of a scheme."""
    members = {t.subject for t in ontology() if (t.predicate, t.object) == (SKOS.inScheme, scheme)}
    return {
        fold(label): NamedNode(iri)
        for iri, label in labels(SKOS.prefLabel).items()
        if NamedNode(iri) in members
    }


@cache
def described(scheme: NamedNode) -> dict[NamedNode, dict[NamedNode, Literal]]:
    """Return concept → property → its first literal, for every concept of a scheme, in order."""
    literals: dict[NamedNode, dict[NamedNode, Literal]]
    literals = {iri: {} for iri in concepts(scheme).values()}
    for t in ontology():
        if isinstance(t.object, Literal) and isinstance(t.subject, NamedNode):
            literals.get(t.subject, {}).setdefault(t.predicate, t.object)
    return literals


@cache
def coded(scheme: NamedNode) -> dict[str, NamedNode]:
    """Return code (`skos:notation`) → concept, for every concept of a scheme that has one."""
    stated = described(scheme).items()
    return {own[SKOS.notation].value: iri for iri, own in stated if SKOS.notation in own}


def types() -> dict[str, NamedNode]:
    """Return code of a type of question (`QE`) → its concept."""
    return coded(QP.types)
