"""The triples of the document of a resource, as a query of `site/api/` asks the store for them."""

from collections.abc import Callable, Iterable
from functools import cache

from pyoxigraph import NamedNode, Triple

from lod.base import packaged
from lod.publish.query_catalogue import bind
from lod.rdf.iris import document_of
from lod.rdf.vocab import RDF_TYPE

Construct = Callable[[str], Iterable[Triple]]  # a query CONSTRUCT → its triples


def triples_about(construct: Construct, iri: str) -> list[Triple]:
    """Return the triples of a document; none if the store knows nothing of its resource.

    Those of the resource come first, then those of its parts, then the names of others; of each
    subject first what it is.
    """

    def place(triple: Triple) -> tuple[bool, bool, str, bool, str, str]:
        assert isinstance(triple.subject, NamedNode), "no blank node is ever made"
        subject, predicate = triple.subject.value, triple.predicate
        is_other = document_of(subject) != iri
        return (
            is_other, subject != iri, subject, predicate != RDF_TYPE, predicate.value,
            str(triple.object),
        )  # fmt: skip

    path = packaged.kind_queries().get(iri.split("/")[-2])  # of what stands in a named graph
    text = path.read_text("utf-8") if path else query_text("document")
    return sorted(set(construct(bind(text, "entite", NamedNode(iri)))), key=place)


@cache
def query_text(name: str) -> str:
    """Return a query of `site/api/`."""
    return (packaged.API / f"{name}.rq").read_text("utf-8")
