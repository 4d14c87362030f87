"""Atom feeds (RFC 4287) of what happens to questions: of each, of each entity, of all."""

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
from lod.publish.publication import Site
from lod.rdf.iris import Iris
from lod.rdf.vocab import NAMESPACE
from lod.website.rendering import load_template

FEED_OF_ALL, MOST_OF_ALL, MOST_OF_ENTITY = (
    "flux",
    100,
    50,
)  # events of the feed of all, and of one entity
FOLLOWED_KINDS = (
    "depute",
    "auteur",
    "ministere",
    "rubrique",
)  # the kinds of resources that have a feed
DEFAULT_PUBLISHER = "Questions parlementaires"  # where the publisher gives no name
# what XML 1.0 has no way to write
_IMPOSSIBLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class EventKind:
    """A kind of event: its class in the ontology, its name, the sentence that says it."""

    classe: str
    nom: str
    phrase: str


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """An event of a question: its day, its kind, its number among those, page and detail."""

    day: date
    kind: str
    anchor: str
    page: int | None = None
    detail: str = ""


class FeedEntry(NamedTuple):
    """An entry of a feed, which the template unpacks, for speed: addresses are absolute."""

    iri: str
    title: str
    updated: str
    page: str
    sentence: str
    event_class: str
    kind_name: str
    ministere_scheme: str
    ministere: str
    ministere_name: str


@cache
def event_kinds() -> dict[str, EventKind]:
    """Return the kinds of events, as `site/flux.toml` has them."""
    told = tomllib.loads(packaged.FEEDS.read_text("utf-8"))
    return {name: EventKind(**said) for name, said in told.items()}


def events_of(q: Question) -> list[FeedEvent]:
    """Return the dated events of a question, the newest first."""
    found = list(_events(q))
    found.sort(key=lambda event: event.day)  # stable: on one day in the order of a life
    return found[::-1]


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
            jo = e.jo
            yield FeedEvent(jo.jour, f"erratum-{e.corrige}", f"erratum-{n}", jo.page)
    if q.retrait:
        yield FeedEvent(
            q.retrait.jour, "retrait", "retrait-1", None, q.retrait.libelle or "sans motif"
        )


def _event(kind: str, number: int, jo: JO, detail: str = "") -> FeedEvent:
    # a fragment of the question, as `rdf.py` names its events; for an answer, which may serve
    # many questions, it names what happened to this one: two entries must not have one id
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
    """Return in a sentence which question it is: its name, who asks, its heading."""
    auteur = site.references.name_of(iris.auteur(q).value)
    rubrique = f"\u00a0; rubrique «\u00a0{q.rubrique}\u00a0»" if q.rubrique else ""
    return _clean(f"{name}, de {auteur}{rubrique}.")


def _ministere_category(q: Question, iris: Iris, site: Site) -> tuple[str, str, str]:
    """Return the ministry in charge as a category: what its IRI begins with, its end, its name."""
    in_charge = q.ministere_attributaire or q.ministere_interroge
    if not in_charge:
        return "", "", ""
    iri = iris.ministere(in_charge).value
    scheme, slash, term = iri.rpartition("/")
    return scheme + slash, term, _clean(site.references.name_of(iri))


def _clean(text: str) -> str:
    return _IMPOSSIBLE.sub("", text)


def write_feed(q: Question, iris: Iris, site: Site) -> None:
    """Write the feed of one question: all that happened to it, so that its answer is not missed."""
    path = site.publication.path(iris.question(q.uid).value)
    name = question_triples.question_name(q)
    title = f"{name}\u00a0: {q.titre}" if q.titre else name
    write(site, path, _clean(title), path, feed_entries(q, iris, site))


def write(
    site: Site,
    path: str,
    title: str,
    page: str,
    entries: Iterable[FeedEntry],
    namespace: str = NAMESPACE,
) -> None:
    """Write a feed; `path` and `page` are below the base, without extension; `namespace` is where the
    classes of its events are from.

    A feed that has no entry yet is as old as the data.
    """
    told = list(entries)
    text = load_template("flux.atom").render(
        base=site.publication.base,
        path=path,
        titre=title,
        page=page,
        espace=namespace,
        licence=site.publication.licence,
        auteur=site.publication.publisher or DEFAULT_PUBLISHER,
        maj=told[0].updated if told else midnight_utc(site.publication.data_until),
        entrees=told,
    )
    site.tree.write(f"{path}.atom", text.encode())


class FollowedEvents:
    """The newest events of each entity and of all, gathered while the questions pass by.

    Its memory grows with the entities, not with the questions: of each only the newest stay.
    """

    def __init__(self, site: Site) -> None:
        self._site, self._iris = site, Iris(site.publication.base)
        self._heaps: dict[str, list[tuple[str, str, int, FeedEntry]]] = {}

    def add(self, q: Question) -> None:
        """Remember the events of a question for each entity that it is about."""
        followed = list(followed_subjects(q, self._iris))
        if not self._is_news(q, followed):
            return
        found = feed_entries(q, self._iris, self._site)
        for rank, entry in enumerate(found):
            item = (entry.updated, q.uid, -rank, entry)
            self._push(FEED_OF_ALL, item, MOST_OF_ALL)
            for iri in followed:
                self._push(iri, item, MOST_OF_ENTITY)

    def _is_news(self, q: Question, followed: list[str]) -> bool:
        """Say whether an event of a question may be among the newest of all, or of an entity."""
        newest = midnight_utc(max(q.jours, default=date.min))
        limits = [(FEED_OF_ALL, MOST_OF_ALL), *((iri, MOST_OF_ENTITY) for iri in followed)]
        known = ((self._heaps.get(key, []), most) for key, most in limits)
        return any(len(heap) < most or newest >= heap[0][0] for heap, most in known)

    def _push(self, key: str, item: tuple[str, str, int, FeedEntry], most: int) -> None:
        heap = self._heaps.setdefault(key, [])
        if len(heap) < most:
            heappush(heap, item)
        elif item > heap[0]:
            heappushpop(heap, item)

    def about(self, key: str) -> list[FeedEntry]:
        """Return the newest entries of an entity, or of all, the newest first."""
        return [entry for *_, entry in sorted(self._heaps.get(key, ()), reverse=True)]


def followed_subjects(q: Question, iris: Iris) -> Iterable[str]:
    """Return the IRIs of what a question is about and has a feed: author, ministries, heading."""
    found = [iris.auteur(q).value]
    found += [iris.ministere(a.ministere).value for a in q.attributions]
    for ministere in (q.ministere_interroge, q.ministere_repondant):
        if ministere:
            found.append(iris.ministere(ministere).value)
    if q.rubrique:
        found.append(iris.rubrique(q.rubrique).value)
    return dict.fromkeys(found)


def write_feeds(site: Site, followed: FollowedEvents, documents: Iterable[str]) -> int:
    """Write the feed of all, and one for each document of a kind that is followed; return how
    many.
    """
    write(site, FEED_OF_ALL, "Questions parlementaires", "index", followed.about(FEED_OF_ALL))
    count = 1
    for iri in documents:
        path = site.publication.path(iri)
        if path.partition("/")[0] in FOLLOWED_KINDS:
            count += 1
            write(site, path, _clean(site.references.name_of(iri)), path, followed.about(iri))
    return count
