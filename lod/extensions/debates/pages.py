"""The page of a sitting: its questions, with their places in the official record."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from pyoxigraph import Triple

from lod.base.parallel import batches
from lod.extensions.debates.triples import (
    DebateGraph,
    Linked,
    evidence_of,
    head_triples,
    point_iri,
    sitting_iri,
    sitting_name,
)
from lod.pipeline.mapping.question_triples import question_name_of
from lod.publish.publication import Output, Publication, Task, Workshop
from lod.rdf import jsonld
from lod.rdf.iris import Iris
from lod.rdf.serialize import ntriples
from lod.rdf.vocab import RDFS, fr
from lod.website.pages.page_data import embedded
from lod.website.rendering.templates import render, write_translated

TASK = 20  # sittings in a task


class SittingPages(Output):
    """The pages of all sittings."""

    def __init__(self, graph: DebateGraph) -> None:
        self._graph = graph

    def setup(self) -> Iterable[Task]:
        """Yield a task for every few sittings."""
        yield from ((_write_sittings, some) for some in batches(self._graph.sittings, TASK))


def _write_sittings(shop: Workshop, sittings: list[Linked]) -> None:
    site, iris = shop.site, Iris(shop.site.publication.base)
    for sitting, links in sittings:
        iri = sitting_iri(sitting, iris).value
        path = site.publication.path(iri)
        points = [
            {
                "id": point_iri(one, rank, iris).value.partition("#")[2],
                "title": one.place.point.title,
                "question": iris.question(one.asked.uid).value,
                "name": question_name_of(one.asked.uid),
                "evidence": evidence_of(one),
                "address": sitting.address_of(one.place.point.anchor),
            }
            for rank, one in enumerate(links, start=1)
        ]
        named = [Triple(iris.question(one.asked.uid), RDFS.label,
                        fr(question_name_of(one.asked.uid))) for one in links]  # fmt: skip
        data = jsonld.document(
            ntriples((*head_triples(sitting, links, iris), *named)), site.references.names
        )
        page = {"iri": iri, "nom": sitting_name(sitting), "seance": sitting, "points": points}
        make = partial(_page, site.publication, path, data, page)
        write_translated(site, path, make)


def _page(publication: Publication, path: str, data: bytes, values: Mapping[str, Any]) -> bytes:
    """Return a page in the language of the moment."""
    return embedded(render("seance.html", publication, path, **values), data)
