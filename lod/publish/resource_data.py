"""The triples of the document of a resource, as `site/api/document.rq` asks the store for them."""

from collections.abc import Callable, Iterable
from functools import cache

from pyoxigraph import NamedNode, Triple

from lod.base import packaged
from lod.publish.query_catalogue import bind
from lod.rdf.forms import in_order

Construct = Callable[[str], Iterable[Triple]]  # a query CONSTRUCT → its triples


def triples_about(construct: Construct, iri: str) -> list[Triple]:
    """Return the triples of a document; none if the store knows nothing of its resource."""
    return in_order(set(construct(bind(_query(), "entite", NamedNode(iri)))), iri)


@cache
def _query() -> str:
    return (packaged.API / "document.rq").read_text("utf-8")
