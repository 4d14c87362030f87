"""The lists of common texts, by size, month, heading and ministry, and their feed."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import groupby
from typing import NamedTuple

from lod.base.parallel import batches
from lod.extensions.common_texts.finding import CommonText, Member
from lod.extensions.common_texts.outside import OutsidePassage
from lod.extensions.common_texts.texts import UNDATED, SignedText, TextReader
from lod.extensions.common_texts.triples import (
    METHOD,
    RULE,
    CommonTextGraph,
    common_text_iri,
    common_text_name,
    group_triples,
    label_triples,
    outside_text_triples,
    passage_iri,
    passage_name,
    passage_triples,
    text_label,
    text_name,
)
from lod.model.dates import iso_in_french, midnight_utc
from lod.pipeline.questions.fact_queries import FactQueries
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.pipeline.questions.question_memo import QuestionFacts
from lod.publish.publication import CrossReferences, Output, Site, Task, Workshop
from lod.publish.query_cache import QueryCache
from lod.rdf.iris import Iris
from lod.rdf.serialize import ntriples
from lod.website.indexes.feeds import FeedEntry, feed
from lod.website.pages.page_data import write_thing
from lod.website.rendering.query_tables import query_table
from lod.website.rendering.templates import (
    list_pages,
    render,
    write_forms,
    write_page,
    write_translated,
)

PATH, TITLE = "textes-communs", "Textes communs"  # of the list, and of the feed
LISTED, NEWEST = 200, 50  # groups on a page of a list, entries of the feed
# names of the queries of the tables below the list
BY_GROUP, ELSEWHERE = "textes-communs-par-groupe", "textes-exterieurs"
TASK, COMPARED = 20, 10  # groups in a task, comparisons on a page


class Piece(NamedTuple):
    text: str
    passage: int  # number of the passage that this piece is, from 1 on; 0 if it is none


@dataclass(frozen=True, slots=True)
class TextView:
    """A text of a group, with what the page says of its question."""

    iri: str
    name: str
    day: str  # ISO, or ""
    question: str  # IRI of its question
    # IRI and name; both "" if unknown
    author: tuple[str, str]
    group: tuple[str, str]
    ministry: tuple[str, str]
    heading: tuple[str, str]


class ComparisonView(NamedTuple):
    """A text beside the one that was published first."""

    view: TextView
    member: Member
    first: list[Piece]
    own: list[Piece]


@dataclass(frozen=True, slots=True)
class CommonTextView:
    """A group: its texts, by day."""

    iri: str
    name: str
    first: TextView
    texts: list[TextView]  # all of them
    last_day: str  # on which a text of it was published


@dataclass(frozen=True, slots=True)
class CommonTextViewer:
    """Makes the views of groups, from what is published."""

    questions: PublishedQuestions
    iris: Iris
    references: CrossReferences

    def view(self, group: CommonText) -> CommonTextView:
        texts = self.text_views(group.texts)
        days = [text.day for text in texts]
        iri = common_text_iri(group, self.iris).value
        return CommonTextView(iri, common_text_name(group), texts[0], texts, max(days))

    def compared(self, group: CommonText, members: Sequence[Member]) -> Iterator[ComparisonView]:
        """Yield these members of a group beside its first text."""
        first, *texts = TextReader(self.questions, self.iris).read(
            [group.first, *(member.text for member in members)]
        )
        views = self.text_views([member.text for member in members])
        for member, text, view in zip(members, texts, views, strict=True):
            of_first = pieces_of(first, [(p.first_start, p.first_end) for p in member.passages])
            own = pieces_of(text, [(p.start, p.end) for p in member.passages])
            yield ComparisonView(view, member, of_first, own)

    def text_views(self, texts: Sequence[SignedText]) -> list[TextView]:
        """Return texts, with what is said of their questions."""
        facts = FactQueries(self.questions).facts_of([text.uid for text in texts])
        return [self._view(*pair) for pair in zip(texts, facts, strict=True)]

    def _view(self, text: SignedText, facts: QuestionFacts) -> TextView:
        author, group, ministry, heading = (
            (iri, self.references.name_of(iri) if iri else "")
            for iri in (facts.auteur, facts.groupe, facts.ministere, facts.rubrique)
        )
        name, day = text_name(text), "" if text.day == UNDATED else text.day
        return TextView(text.iri, name, day, facts.iri, author, group, ministry, heading)


def pieces_of(text: str, passages: Sequence[tuple[int, int]]) -> list[Piece]:
    """Return the pieces of a text: its passages, stated as (start, end), and what is between them.

    >>> [*map(tuple, pieces_of("abcd", [(1, 3)]))]
    [('a', 0), ('bc', 1), ('d', 0)]
    """
    pieces, place = [], 0
    for (start, end), number in sorted((span, n) for n, span in enumerate(passages, start=1)):
        pieces += [Piece(text[place:start], 0), Piece(text[start:end], number)]
        place = end
    return [piece for piece in (*pieces, Piece(text[place:], 0)) if piece.text]


@dataclass(frozen=True, slots=True)
class ListOrder:
    """A way to list the groups."""

    path: str
    name: str
    part: Callable[[CommonTextView], str]  # groups of one part stand below one heading
    heading: Callable[[str], str] = str  # of a part
    is_newest_first: bool = False

    def sorted(self, views: list[CommonTextView]) -> list[CommonTextView]:
        """Return the groups in this order; in each part the largest first."""
        by_size = sorted(views, key=lambda view: (-len(view.texts), view.iri))
        return sorted(by_size, key=self.part, reverse=self.is_newest_first)


ORDERS = (
    ListOrder(PATH, "par nombre de textes", lambda view: ""),
    ListOrder(
        f"{PATH}/par-mois",
        "par mois",
        lambda view: view.first.day[:7],
        lambda month: iso_in_french(month).capitalize() if month else "Sans date",
        is_newest_first=True,
    ),
    ListOrder(
        f"{PATH}/par-rubrique",
        "par rubrique",
        lambda view: view.first.heading[1],
        lambda name: name or "Sans rubrique",
    ),
    ListOrder(
        f"{PATH}/par-ministere",
        "par ministère",
        lambda view: view.first.ministry[1],
        lambda name: name or "Sans ministère",
    ),
)


def write_lists(site: Site, views: list[CommonTextView], query_cache: QueryCache) -> None:
    """Write the list of all groups in each of its orders."""
    names = (ELSEWHERE, BY_GROUP) if views else (ELSEWHERE,)  # without a group, each row has 0
    tables = [query_table(query_cache, name, site.publication.base) for name in names]
    for order in ORDERS:
        for part in list_pages(order.path, order.sorted(views), LISTED):
            page = partial(
                render,
                "textes_communs.html",
                site.publication,
                part.path,
                ordre=order,
                ordres=ORDERS,
                methode=METHOD.partition("#")[2],
                regle=RULE,
                nombre=len(views),
                feuillet=part,
                groupes=[
                    (order.heading(key), [*rows]) for key, rows in groupby(part.rows, order.part)
                ],
                tableaux=tables if part.path == PATH else [],
            )
            write_translated(site, part.path, page)


def write_feed(site: Site, views: list[CommonTextView]) -> None:
    """Write the feed of the groups with the newest texts."""
    undated = site.publication.data_until.isoformat()
    newest = sorted(views, key=lambda view: (view.last_day, view.iri), reverse=True)[:NEWEST]
    entries = [_entry(view, view.last_day or undated) for view in newest]
    write_forms(site.tree, PATH, atom=feed(site.publication, PATH, TITLE, entries))


def _entry(view: CommonTextView, day: str) -> FeedEntry:
    """Return the entry of a group: it is as new as the last of its texts."""
    iri, name = view.first.ministry
    scheme, slash, term = iri.rpartition("/")
    return FeedEntry(
        view.iri,
        view.name,
        midnight_utc(date.fromisoformat(day)),
        f"{view.iri}.html",
        f"{view.name}. Paraître le premier n’est pas être la source.",
        "TexteCommun",
        "Texte commun",
        scheme + slash,
        term,
        name,
    )


class CommonTextPages(Output):
    """The pages of all groups and passages, their lists and their feed."""

    def __init__(self, graph: CommonTextGraph) -> None:
        self._graph = graph

    def setup(self) -> Iterable[Task]:
        """Yield a task for every few groups and passages."""
        graph = self._graph
        yield from ((_write_common_texts, batch) for batch in batches(graph.groups, TASK))
        yield from ((_write_outside_passages, batch) for batch in batches(graph.outside, TASK))

    def finish(self) -> Iterable[Task]:
        """Yield the task of the lists, which ask the store."""
        yield _write_lists, self._graph.groups


def _write_lists(shop: Workshop, groups: tuple[CommonText, ...]) -> None:
    viewer = _viewer(shop)
    views = [viewer.view(group) for group in groups]
    write_lists(shop.site, views, shop.query_cache)
    write_feed(shop.site, views)


def _viewer(shop: Workshop) -> CommonTextViewer:
    return CommonTextViewer(shop.questions, Iris(shop.site.publication.base), shop.site.references)


def _write_common_texts(shop: Workshop, groups: list[CommonText]) -> None:
    """Write the pages of groups, and further pages of those with many texts."""
    site, viewer = shop.site, _viewer(shop)
    for group in groups:
        view = viewer.view(group)
        path = site.publication.path(view.iri)
        for part in list_pages(path, group.members, COMPARED):
            html = render(
                "texte_commun.html",
                site.publication,
                part.path,
                vue=view,
                feuillet=part,
                comparaisons=[*viewer.compared(group, part.rows)],
            )
            if part.path == path:
                own, labels = (
                    group_triples(group, viewer.iris),
                    [*label_triples(group, viewer.iris)],
                )
                write_thing(site, view.iri, ntriples(own), labels, html)
            else:
                write_page(site, part.path, html)


def _write_outside_passages(shop: Workshop, passages: list[OutsidePassage]) -> None:
    site, viewer = shop.site, _viewer(shop)
    for passage in passages:
        iri = passage_iri(passage, viewer.iris).value
        [view] = viewer.text_views([passage.question])
        [text] = TextReader(viewer.questions, viewer.iris).read([passage.question])
        html = render(
            "texte_exterieur.html",
            site.publication,
            site.publication.path(iri),
            iri=iri,
            nom=passage_name(passage),
            passage=passage,
            question=view,
            morceaux=pieces_of(text, [(passage.start, passage.end)]),
        )
        labels = [*outside_text_triples(passage.reviewed), text_label(passage.question)]
        write_thing(site, iri, ntriples(passage_triples(passage, viewer.iris)), labels, html)
