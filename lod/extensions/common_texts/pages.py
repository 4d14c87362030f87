"""The pages of common texts, with passages side by side, and of passages in texts published
elsewhere: each build makes all of them anew.
"""

from collections.abc import Iterable

from lod.base.parallel import batches
from lod.extensions.common_texts.finding import CommonText
from lod.extensions.common_texts.graph import CommonTextGraph
from lod.extensions.common_texts.lists import write_feed, write_lists
from lod.extensions.common_texts.outside import OutsidePassage
from lod.extensions.common_texts.triples import (
    group_triples,
    named,
    outside_text_triples,
    passage_iri,
    passage_name,
    passage_triples,
    text_label,
)
from lod.extensions.common_texts.views import CommonTextViewer, pieces_of
from lod.publish.publication import Output, Site, Task, Workshop
from lod.rdf.iris import Iris
from lod.rdf.serialize import ntriples
from lod.website.documents import write_thing
from lod.website.pagination import list_pages
from lod.website.rendering import render, write_page

TASK, COMPARED = 20, 10  # groups in a task, comparisons on a page


class CommonTextPages(Output):
    """The pages of all groups and passages, their lists and their feed."""

    def __init__(self, graph: CommonTextGraph) -> None:
        self._graph = graph

    def setup(self) -> Iterable[Task]:
        """Yield a task for every few groups and passages."""
        yield from ((_write_some, some) for some in batches(self._graph.found, TASK))
        yield from ((_write_some, some) for some in batches(self._graph.outside, TASK))

    def finish(self) -> Iterable[Task]:
        """Yield the task of the lists, which ask the store."""
        yield _write_lists, self._graph.found


def _write_some(shop: Workshop, some: list[CommonText] | list[OutsidePassage]) -> None:
    viewer = _viewer(shop)
    for one in some:
        if isinstance(one, CommonText):
            write_common_text(shop.site, one, viewer)
        else:
            write_outside_passage(shop.site, one, viewer)


def _write_lists(shop: Workshop, found: tuple[CommonText, ...]) -> None:
    viewer = _viewer(shop)
    views = [viewer.view(one) for one in found]
    write_lists(shop.site, views, shop.query_cache)
    write_feed(shop.site, views)


def _viewer(shop: Workshop) -> CommonTextViewer:
    return CommonTextViewer(shop.questions, Iris(shop.site.publication.base), shop.site.references)


def write_common_text(site: Site, one: CommonText, viewer: CommonTextViewer) -> None:
    """Write the page of a group, and further pages if it has many texts."""
    view = viewer.view(one)
    path = site.publication.path(view.iri)
    for part in list_pages(path, one.members, COMPARED):
        html = render(
            "texte_commun.html",
            site.publication,
            part.path,
            vue=view,
            feuillet=part,
            comparaisons=viewer.compared(one, part.rows),
        )
        if part.path == path:
            own, others = group_triples(one, viewer.iris), list(named(one, viewer.iris))
            write_thing(site, view.iri, ntriples(own), others, html)
        else:
            write_page(site, part.path, html)


def write_outside_passage(site: Site, one: OutsidePassage, viewer: CommonTextViewer) -> None:
    """Write the page of a passage in a text published elsewhere."""
    iri = passage_iri(one, viewer.iris).value
    path = site.publication.path(iri)
    html = render(
        "texte_exterieur.html",
        site.publication,
        path,
        iri=iri,
        nom=passage_name(one),
        passage=one,
        question=viewer.text_view(one.question),
        morceaux=pieces_of(viewer.text_of(one.question), [(one.start, one.end)]),
    )
    others = [*outside_text_triples(one.reviewed), text_label(one.question)]
    write_thing(site, iri, ntriples(passage_triples(one, viewer.iris)), others, html)
