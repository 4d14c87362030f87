"""The text of the stream of publications, a Linked Data Event Stream (LDES): its root in Turtle,
its pages in TriG.

A member says what became of one question in one publication. Its IRI is also the name of a graph
with the state of the question, as in the store; the graph is empty if the question is gone.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache

from pyoxigraph import Literal, NamedNode, Triple

from lod.base import packaged
from lod.extensions.stream.log import StreamPage
from lod.model.dates import french_date
from lod.pipeline.mapping.question_triples import question_name_of
from lod.publish.history import version_iri
from lod.publish.publication_log import LoggedPublication
from lod.rdf.iris import Iris
from lod.rdf.serialize import ntriples, read_turtle, turtle, turtle_head, turtle_piece
from lod.rdf.vocab import DCTERMS, RDF, RDFS, SH, SHAPES_NAMESPACE, XSD, boolean, fr, term

STREAM = "publications"  # path of the stream; its root is there in Turtle, its pages are below it
TITLE = "Publications : chaque état de chaque question"
SHAPE = NamedNode(f"{SHAPES_NAMESPACE}MembreDuFlux")
CREATE, UPDATE, DELETE = "as:Create", "as:Update", "as:Delete"
CLASSES = (  # properties of the stream, and their values: the class of each kind of member
    ("ldes:versionCreatePath", "ldes:versionCreateObject", CREATE),
    ("ldes:versionUpdatePath", "ldes:versionUpdateObject", UPDATE),
    ("ldes:versionDeletePath", "ldes:versionDeleteObject", DELETE),
)
_INSTANT = XSD.dateTime


def page_iri(base: str, number: int) -> NamedNode:
    """Return the IRI of a page: the address of its file, which no server redirects.

    A client looks for relations whose subject is the address that it has read.
    """
    return NamedNode(f"{base}{STREAM}/{number}.trig")


def page_head(base: str, number: int) -> bytes:
    """Return the beginning of a page, before its members."""
    page = page_iri(base, number)
    return turtle_head() + turtle_piece(
        [
            *_nature(base),
            *_view(base),
            Triple(page, RDF.type, term("tree:Node")),
            Triple(page, RDFS.label, fr(_page_name(number))),
        ]
    )


def page_end(base: str, number: int) -> bytes:
    """Return the end of a page to which nothing will be added."""
    return turtle_piece([Triple(page_iri(base, number), term("ldes:immutable"), boolean(True))])


def version_text(publication: LoggedPublication) -> bytes:
    """Return the triple that names the release of the members after it."""
    day = date.fromisoformat(publication.donnees_au)
    version = version_iri(publication.base, publication.version)
    return turtle_piece([Triple(version, RDFS.label, fr(f"Version du {french_date(day)}"))])


def member_text(
    publication: LoggedPublication, page: int, uid: str, kind: str, state: bytes
) -> bytes:
    """Return a member: the triples about it, then its graph; `state` is a piece of Turtle."""
    base = publication.base
    s = NamedNode(f"{base}{STREAM}/{page}#{publication.numero}-{uid}")  # a fragment of its page
    question, name = Iris(base).question(uid), fr(question_name_of(uid))
    described = [
        Triple(NamedNode(f"{base}{STREAM}"), term("tree:member"), s),
        Triple(s, RDF.type, term(kind)),
        Triple(s, RDFS.label, name),
        Triple(s, DCTERMS.isVersionOf, question),
        Triple(s, DCTERMS.isPartOf, version_iri(base, publication.version)),
        Triple(s, DCTERMS.created, Literal(publication.instant, datatype=_INSTANT)),
    ]
    if not state:
        return turtle_piece([*described, Triple(question, RDFS.label, name)])
    return turtle_piece(described) + f"{s} {{\n".encode() + state + b"}\n"


def root_text(base: str, pages: Sequence[StreamPage]) -> bytes:
    """Return the root of the stream: its description, and the relations to each page, by instants.

    It states no retention policy: by LDES, only a stream without one keeps every member.
    """
    triples = [*_stream_triples(base), *(t for page in pages for t in _ways(base, page))]
    return turtle(ntriples(triples), triples)


def _root(base: str) -> NamedNode:
    return NamedNode(f"{base}{STREAM}.ttl")


def _page_name(number: int) -> str:
    return f"Publications, page {number}"


def _stream_triples(base: str) -> Iterator[Triple]:
    s = NamedNode(f"{base}{STREAM}")
    yield from _nature(base)
    for path, value, kind in CLASSES:
        yield Triple(s, term(path), RDF.type)
        yield Triple(s, term(value), term(kind))
    yield Triple(s, term("tree:shape"), SHAPE)
    yield Triple(SHAPE, RDFS.label, fr("Membre du flux des publications"))
    yield from _shape_triples()
    yield from _view(base)


def _nature(base: str) -> Iterator[Triple]:
    """Yield the type and name of the stream, and the properties of a member that have its instant
    and its question.
    """
    s = NamedNode(f"{base}{STREAM}")
    yield Triple(s, RDF.type, term("ldes:EventStream"))
    yield Triple(s, RDFS.label, fr(TITLE))
    yield Triple(s, term("ldes:timestampPath"), DCTERMS.created)
    yield Triple(s, term("ldes:versionOfPath"), DCTERMS.isVersionOf)


def _view(base: str) -> Iterator[Triple]:
    """Yield the link from the stream to its root, with the types and name of the root."""
    root = _root(base)
    yield Triple(NamedNode(f"{base}{STREAM}"), term("tree:view"), root)
    yield Triple(root, RDF.type, term("tree:Node"))
    yield Triple(root, RDF.type, term("ldes:EventSource"))
    yield Triple(root, RDFS.label, fr(TITLE))


@cache
def _shape_triples() -> tuple[Triple, ...]:
    """Return the shape of a member with its properties, so that no client has to look for it."""
    files = packaged.with_extensions(packaged.SHAPES, "description", "*.ttl")
    triples = [triple for path in files for triple in read_turtle(path)]
    parts = [t.object for t in triples if (t.subject, t.predicate) == (SHAPE, SH.property)]
    return tuple(t for subject in (SHAPE, *parts) for t in triples if t.subject == subject)


def _ways(base: str, page: StreamPage) -> Iterator[Triple]:
    """Yield the relations to a page: its members are of its first instant or later and, once it is
    finished, of its last instant or earlier.
    """
    bounds = [("depuis", "tree:GreaterThanOrEqualToRelation", page.first)]
    if page.is_finished:
        bounds.append(("jusque", "tree:LessThanOrEqualToRelation", page.last))
    name, target = _page_name(page.number), page_iri(base, page.number)
    for fragment, kind, instant in bounds:
        way = NamedNode(f"{_root(base).value}#{page.number}-{fragment}")
        yield Triple(_root(base), term("tree:relation"), way)
        yield Triple(way, RDF.type, term(kind))
        yield Triple(way, RDFS.label, fr(f"Vers {name}, {fragment} {instant}"))
        yield Triple(way, term("tree:path"), DCTERMS.created)
        yield Triple(way, term("tree:value"), Literal(instant, datatype=_INSTANT))
        yield Triple(way, term("tree:node"), target)
    yield Triple(target, RDFS.label, fr(name))


def without_state(text: bytes, uid: str) -> bytes:
    """Return a page without the states in its members about a question."""
    of_it = re.escape(uid.encode())
    return re.sub(rb"(?ms)^<[^>\n]*#\d+-%s> \{\n.*?^\}\n" % of_it, b"", text)
