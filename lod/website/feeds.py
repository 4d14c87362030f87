"""Atom feeds (RFC 4287) of the events of questions: for each question, each entity, and all."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from heapq import heappush, heappushpop
from typing import NamedTuple

from lod.base import packaged
from lod.model.dates import french_date, midnight_utc
from lod.model.question import JO, Question
from lod.pipeline.mapping import question_triples
from lod.pipeline.mapping.subjects import subjects
from lod.publish.publication import Site
from lod.rdf.iris import Iris
from lod.rdf.vocab import NAMESPACE
from lod.website.rendering import load_template

FEED_OF_ALL = "flux"  # the path of the feed of all questions
MOST_OF_ALL, MOST_OF_ENTITY = 100, 50  # entries of that feed, and of the feed of an entity
FOLLOWED_KINDS = ("depute", "auteur", "ministere", "rubrique")  # of entities that have a feed
DEFAULT_PUBLISHER = "Questions parlementaires"  # where the publisher gives no name
# characters that XML 1.0 cannot contain
_IMPOSSIBLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class EventKind:
    """A kind of event, as `site/flux.toml` describes it."""

    classe: str  # the name of its class in the ontology
    nom: str
    phrase: str  # the sentence of an entry, with places for day, page and detail


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """An event of a question."""

    day: date
    kind: str  # a key of `event_kinds`
    anchor: str  # kind and number of the event: a fragment of the question
    page: int | None = None  # of the Journal officiel
    detail: str = ""  # the ministry of an attribution, the reason of a withdrawal


class FeedEntry(NamedTuple):
    """An entry of a feed; a tuple, which the template unpacks, for speed."""

    iri: str
    title: str
    updated: str  # an instant in UTC
    page: str  # the absolute address of the page
    sentence: str
    event_class: str
    kind_name: str
    ministere_scheme: str  # the IRI of the ministry in charge up to its last slash, or ""
    ministere: str  # the rest of that IRI
    ministere_name: str


@cache
def event_kinds() -> dict[str, EventKind]:
    """Return the kinds of events of `site/flux.toml`."""
    described = tomllib.loads(packaged.FEEDS.read_text("utf-8"))
    return {name: EventKind(**values) for name, values in described.items()}


def events_of(q: Question) -> list[FeedEvent]:
    """Return the dated events of a question, the newest first."""
    # the sort is stable: events of one day stay in the order in which they must have happened
    return sorted(_events(q), key=lambda event: event.day)[::-1]


def _events(q: Question) -> Iterator[FeedEvent]:
    for n, jo in enumerate(q.parutions, start=1):
        yield _event("parution", n, jo)
    for n, a in enumerate(q.attributions, start=1):
        if a.jo:
            yield _event("attribution", n, a.jo, a.ministere.libelle)
    for n, s in enumerate(q.signalements, start=1):
        yield _event("signalement", n, s.jo)
    for n, jo in enumerate(q.renouvellements, start=1):
        yield _event("renouvellement", n, jo)
    for n, r in enumerate(q.reponses, start=1):
        yield _event("reponse", n, r.jo)
    for n, e in enumerate(q.errata, start=1):
        if e.jo:
            yield FeedEvent(e.jo.jour, f"erratum-{e.corrige}", f"erratum-{n}", e.jo.page)
    if q.retrait and q.retrait.jour:
        reason = q.retrait.libelle or "sans motif"
        yield FeedEvent(q.retrait.jour, "retrait", "retrait-1", None, reason)


def _event(kind: str, number: int, jo: JO, detail: str = "") -> FeedEvent:
    # the anchor is that of `question_triples`, except for an answer: it may serve many questions,
    # and the ids of their entries must differ
    return FeedEvent(jo.jour, kind, f"{kind}-{number}", jo.page, detail)


def feed_entries(q: Question, iris: Iris, site: Site) -> list[FeedEntry]:
    """Return the entries of all events of a question, the newest first."""
    iri, name = iris.question(q.uid).value, question_triples.question_name(q)
    title, subject = _clean(q.titre or name), _subject(q, name, iris, site)
    ministere, known = _ministere_category(q, iris, site), event_kinds()
    return [
        FeedEntry(
            f"{iri}#{event.anchor}",
            f"{kind.nom}\u00a0: {title}",
            midnight_utc(event.day),
            f"{iri}.html",
            f"{_sentence(event, kind)} {subject}",
            kind.classe,
            kind.nom,
            *ministere,
        )
        for event in events_of(q)
        for kind in (known[event.kind],)
    ]


def _sentence(event: FeedEvent, kind: EventKind) -> str:
    place = f", page\u00a0{event.page}" if event.page else ""
    detail = _clean(event.detail)
    return kind.phrase.format(jour=french_date(event.day), lieu=place, detail=detail)


def _subject(q: Question, name: str, iris: Iris, site: Site) -> str:
    """Return a phrase that identifies a question: its name, its author, its heading."""
    iri = iris.auteur(q)
    auteur = f", de {site.references.name_of(iri.value)}" if iri else ""
    rubrique = f"\u00a0; rubrique «\u00a0{q.rubrique}\u00a0»" if q.rubrique else ""
    return _clean(f"{name}{auteur}{rubrique}.")


def _ministere_category(q: Question, iris: Iris, site: Site) -> tuple[str, str, str]:
    """Return the ministry in charge as the last three fields of a FeedEntry."""
    in_charge = q.ministere_attributaire or q.ministere_interroge
    if not in_charge:
        return "", "", ""
    iri = iris.ministere(in_charge).value
    scheme, slash, term = iri.rpartition("/")
    return scheme + slash, term, _clean(site.references.name_of(iri))


def _clean(text: str) -> str:
    return _IMPOSSIBLE.sub("", text)


def write_question_feed(q: Question, iris: Iris, site: Site) -> None:
    """Write the feed of one question, so that readers can wait for its answer."""
    path = site.publication.path(iris.question(q.uid).value)
    name = question_triples.question_name(q)
    title = f"{name}\u00a0: {q.titre}" if q.titre else name
    write_feed(site, path, title, feed_entries(q, iris, site))


def write_feed(
    site: Site,
    path: str,
    title: str,
    entries: list[FeedEntry],
    *,
    page: str = "",
    namespace: str = NAMESPACE,
) -> None:
    """Write a feed; one without entries is as old as the data.

    `path` is below the base, without extension; `page` is that of its page, if another one, and
    `namespace` that of the classes of its events.
    """
    text = load_template("flux.atom").render(
        base=site.publication.base,
        path=path,
        titre=_clean(title),
        page=page or path,
        espace=namespace,
        licence=site.publication.licence,
        auteur=site.publication.publisher or DEFAULT_PUBLISHER,
        maj=entries[0].updated if entries else midnight_utc(site.publication.data_until),
        entrees=entries,
    )
    site.tree.write(f"{path}.atom", text.encode())


class FollowedEvents:
    """The newest events of each entity and of all questions.

    Its memory grows with the entities, not with the questions.
    """

    def __init__(self, site: Site) -> None:
        self._site, self._iris = site, Iris(site.publication.base)
        self._followed = tuple(f"{self._iris.base}{kind}/" for kind in FOLLOWED_KINDS)
        # IRI of an entity, or FEED_OF_ALL → heap of (instant, uid, order in the question, entry)
        self._heaps: dict[str, list[tuple[str, str, int, FeedEntry]]] = {}

    def add(self, q: Question) -> None:
        """Remember the events of a question for all, and for each followed entity."""
        limits = {FEED_OF_ALL: MOST_OF_ALL}
        for _, iri in subjects(q, self._iris):
            if iri.value.startswith(self._followed):
                limits[iri.value] = MOST_OF_ENTITY
        if not self._has_news(q, limits):
            return
        for rank, entry in enumerate(feed_entries(q, self._iris, self._site)):
            item = (entry.updated, q.uid, -rank, entry)
            for key, most in limits.items():
                heap = self._heaps.setdefault(key, [])
                if len(heap) < most:
                    heappush(heap, item)
                elif item > heap[0]:
                    heappushpop(heap, item)

    def _has_news(self, q: Question, limits: dict[str, int]) -> bool:
        """Say whether an event of a question may be among the newest of all, or of an entity."""
        newest = midnight_utc(max(q.jours, default=date.min))
        heaps = ((self._heaps.get(key, []), most) for key, most in limits.items())
        return any(len(heap) < most or newest >= heap[0][0] for heap, most in heaps)

    def about(self, key: str) -> list[FeedEntry]:
        """Return the newest entries of an entity, or of all (FEED_OF_ALL), the newest first."""
        return [entry for *_, entry in sorted(self._heaps.get(key, ()), reverse=True)]


def write_feeds(site: Site, followed: FollowedEvents, documents: Iterable[str]) -> None:
    """Write the feed of all, and one for each document of a kind that is followed."""
    entries = followed.about(FEED_OF_ALL)
    write_feed(site, FEED_OF_ALL, "Questions parlementaires", entries, page="index")
    for iri in documents:
        path = site.publication.path(iri)
        if path.partition("/")[0] in FOLLOWED_KINDS:
            write_feed(site, path, site.references.name_of(iri), followed.about(iri))
