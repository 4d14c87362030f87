"""A page and its triples: as JSON-LD in its head, in other forms beside it."""

from collections.abc import Callable, Mapping

from pyoxigraph import Triple

from lod.publish.documents import every_document
from lod.publish.publication import Publication, Site
from lod.rdf import jsonld
from lod.rdf.serialize import ntriples, triples, written
from lod.website.rendering.templates import write_forms, write_page, write_translated


def write_thing(site: Site, iri: str, said: bytes, more: list[Triple], html: bytes) -> None:
    """Write the page of a resource; its data in other forms is asked of the store.

    `said` has its own triples as N-Triples, `more` other triples that it shows.
    """
    data = jsonld.document(said + ntriples(more), site.references.names)
    write_page(site, site.publication.path(iri), embedded(html, data))


def write_document(site: Site, path: str, nt: bytes, make: Callable[[], bytes]) -> None:
    """Write a page that stands for no resource of a kind, in its languages, and its triples in
    every form; `make` renders it in the language in which pages are written then.
    """
    names = site.references.names
    called = (names[iri] for iri in neighbours_in(nt) if iri in names)
    told = [*triples(nt), *called]
    write_forms(site.tree, path, **every_document(site.publication, path, told))
    data = written(told, "jsonld")
    write_translated(site, path, lambda: embedded(make(), data))


def neighbours_in(nt: bytes) -> list[str]:
    """Return the IRIs that are objects of some N-Triples, and subjects of none."""
    terms = [line[:-2].split(b" ", 2) for line in nt.splitlines()]
    described = {s for s, _, _ in terms}
    pointed = dict.fromkeys(o for _, _, o in terms if o.startswith(b"<"))
    return [iri[1:-1].decode() for iri in pointed if iri not in described]


def with_triples(
    html: bytes, publication: Publication, make: Callable[[], bytes], names: Mapping[str, Triple]
) -> bytes:
    """Return a page with its triples as JSON-LD; in an export, files beside it have them. `make`
    returns them as N-Triples.
    """
    return html if publication.is_exported else embedded(html, jsonld.document(make(), names))


def embedded(html: bytes, document: bytes) -> bytes:
    """Return a page with a JSON-LD document at the end of its head, as data that is never run.

    No text of the document can end the element, or begin another one.
    """
    data = document.replace(b"<", b"\\u003c")
    element = b'<script type="application/ld+json">\n' + data + b"</script>\n"
    return html.replace(b"</head>", element + b"</head>", 1)
