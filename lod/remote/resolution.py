"""Whether the addresses in a published release resolve: IRIs, dumps, namespace.

They are asked for as by a client of linked data: for Turtle, following redirections.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from urllib.parse import urljoin

import urllib3
from pyoxigraph import NamedNode, RdfFormat, Store

from lod.base.errors import LodError
from lod.base.settings import Settings
from lod.rdf.iris import is_resource
from lod.rdf.vocab import NAMESPACE, PREFIXES, SHAPES_NAMESPACE
from lod.remote.http import HttpClient, Limits, checked_address, phrase

TURTLE = "text/turtle"
VOID, DCAT, SITEMAP = ".well-known/void", "telechargements/dcat.ttl", "sitemap.xml"
REDIRECTS = 5
SAMPLE = 200  # documents that are asked for, evenly spread over all of them
# one more try: a server may close a kept connection at the moment of a request; a sitemap of 50,000
# addresses has 8 MB
LIMITS = Limits(delays=(0.5,), whole=60, size=2**27)
LOCATION = re.compile(r"<loc>([^<]+)</loc>")
REQUEST = "ask for it as deploy/w3id says; until then the documents name BASE/def (rdfs:seeAlso)"
STATIC = (
    "a host that only sends files has it with the ending .ttl: let it choose by Accept, "
    "as deploy/nginx-static.conf does"
)


@dataclass(frozen=True, slots=True)
class Resolved:
    """Whether one address resolves."""

    address: str
    wrong: str = ""  # what is wrong and what to do; "" if it resolves

    def __str__(self) -> str:
        return f"{self.address}: {self.wrong}"


def resolutions(settings: Settings, limits: Limits = LIMITS) -> Iterator[Resolved]:
    """Yield for each address of a published release whether it resolves.

    The addresses are the site, its descriptions, those in VoID, the files of DCAT, SAMPLE of the
    documents in its sitemap, and the namespaces of ontology and shapes.
    """
    checked_address(settings.base, "base")
    with closing(HttpClient(limits)) as http:
        yield from _Resolver(http, settings.base).all()


@dataclass(frozen=True, slots=True)
class _Read:
    """The body at one address."""

    outcome: Resolved
    text: bytes = b""  # the body; empty if the address does not resolve
    places: tuple[str, ...] = ()  # the address, and those that redirections led to


class _Resolver:
    """Asks for the addresses of one publisher."""

    def __init__(self, http: HttpClient, base: str) -> None:
        self._http, self._base = http, base

    def all(self) -> Iterator[Resolved]:
        yield self._reached(self._base, "text/html", "is `lod serve` running, and is base right?")
        void = self._read(self._base + VOID, TURTLE)
        yield self._of_this_base(void)
        for address in _objects(void.text, f"{PREFIXES['void']}exampleResource"):
            yield self._described(address)
        for address in _objects(void.text, f"{PREFIXES['void']}sparqlEndpoint"):
            yield self._reached(address, TURTLE, "serve it, or push it to a store")
        dcat = self._read(self._base + DCAT, TURTLE)
        yield dcat.outcome
        for address in _objects(dcat.text, f"{PREFIXES['dcat']}downloadURL"):
            yield self._reached(address, "*/*", "publish the whole release")
        yield from self._documents()
        for namespace in (NAMESPACE, SHAPES_NAMESPACE):
            yield self._reached(namespace.rstrip("#"), TURTLE, REQUEST)

    def _of_this_base(self, void: _Read) -> Resolved:
        """Return whether the VoID description is there, and is that of a release for this base."""
        address = void.outcome.address
        if void.outcome.wrong or self._base in _objects(void.text, f"{PREFIXES['void']}uriSpace"):
            return void.outcome
        return Resolved(address, f"its IRIs do not begin with {self._base}; build with that base")

    def _documents(self) -> Iterator[Resolved]:
        """Yield whether the sitemaps resolve, and SAMPLE of the IRIs of resources in them."""
        index = self._read(self._base + SITEMAP, "*/*")
        yield index.outcome
        iris: list[str] = []
        for sitemap in LOCATION.findall(index.text.decode("utf-8", "replace")):
            read = self._read(sitemap, "*/*")
            yield read.outcome
            pages = LOCATION.findall(read.text.decode("utf-8", "replace"))
            documents = (page.removesuffix(".html") for page in pages)
            iris += (iri for iri in documents if is_resource(iri.removeprefix(self._base)))
        for iri in spread(iris, SAMPLE):
            yield self._described(iri)

    def _described(self, iri: str) -> Resolved:
        """Return whether Turtle comes for an IRI, with the IRI, or one that it redirects to, as a
        subject.
        """
        read = self._read(iri, TURTLE)
        if wrong := read.outcome.wrong:
            return Resolved(iri, f"{wrong}; {STATIC}" if wrong.endswith(phrase(404)) else wrong)
        try:
            store = Store()
            store.load(read.text, format=RdfFormat.TURTLE, base_iri=iri)
        except SyntaxError:
            return Resolved(iri, f"who asks for {TURTLE} gets something else; {STATIC}")
        subjects = {getattr(quad.subject, "value", "") for quad in store}
        if subjects.isdisjoint(read.places):
            return Resolved(
                iri, "the Turtle says nothing of it; is the release built for this base?"
            )
        return Resolved(iri)

    def _reached(self, address: str, accept: str, remedy: str) -> Resolved:
        """Return whether an address answers, without reading its body."""
        try:
            self._answer(address, accept)[0].close()
        except LodError as error:
            return Resolved(address, f"{str(error).removeprefix(f'{address}: ')}; {remedy}")
        return Resolved(address)

    def _read(self, address: str, accept: str) -> _Read:
        """Return whether an address answers, and its body."""
        try:
            answer, places = self._answer(address, accept)
            with closing(answer):
                return _Read(Resolved(address), self._http.body(answer, address), places)
        except LodError as error:
            return _Read(Resolved(address, str(error).removeprefix(f"{address}: ")))

    def _answer(
        self, address: str, accept: str
    ) -> tuple[urllib3.BaseHTTPResponse, tuple[str, ...]]:
        """Return the answer after all redirections, and the addresses asked on the way; raise
        LodError unless its status is 200.
        """
        place, places = address, [address]
        for _ in range(REDIRECTS + 1):
            ask = partial(self._http.open, "GET", place, {"Accept": accept})
            answer = self._http.patiently(place, ask)
            location = answer.headers.get("Location")
            if answer.status == 200:
                return answer, tuple(places)
            answer.close()
            if not 300 <= answer.status < 400 or location is None:
                redirection = "" if place == address else f"leads to {place}: "
                raise LodError(f"{address}: {redirection}{phrase(answer.status)}")
            place = checked_address(urljoin(place, location).partition("#")[0], "Location")
            places.append(place)
        raise LodError(f"{address}: more than {REDIRECTS} redirections, one after the other")


def _objects(turtle: bytes, predicate: str) -> list[str]:
    """Return the objects of a property in a Turtle text, sorted; none if it is not Turtle."""
    store = Store()
    try:
        store.load(turtle, format=RdfFormat.TURTLE)
    except SyntaxError:
        return []
    quads = store.quads_for_pattern(None, NamedNode(predicate), None)
    return sorted(getattr(quad.object, "value", "") for quad in quads)


def spread(items: Sequence[str], most: int) -> list[str]:
    """Return at most `most` items, evenly spread, the first one among them.

    >>> spread("abcdefghij", 4), spread("abc", 5)
    (['a', 'c', 'f', 'h'], ['a', 'b', 'c'])
    """
    count = min(most, len(items))
    return [items[n * len(items) // count] for n in range(count)]
