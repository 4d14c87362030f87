"""VoID as documents beside the dump: a page for people, and the other forms for machines."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from lod.publish.publication import Site
from lod.rdf import jsonld
from lod.rdf.serialize import ntriples, read_turtle
from lod.rdf.vocab import RDFS_LABEL, SKOS_PREF_LABEL
from lod.website.rendering import render, write_page

PATH = ".well-known/void"


@dataclass(frozen=True, slots=True)
class DescribedSubject:
    """What is said of one resource: its name, the anchor of it, and (property, text, IRI or "")."""

    name: str
    anchor: str
    iri: str
    facts: tuple[tuple[str, str, str], ...]


def write_void(site: Site, dump: Path) -> int:
    """Write VoID in four forms where robots look for it; return how many pages."""
    triples = read_turtle(dump)
    html = render("void.html", site.publication, PATH, sujets=list(described_subjects(triples)))
    write_page(site, PATH, html)
    for extension, content in (
        ("ttl", dump.read_bytes()),
        ("jsonld", jsonld.document(triples)),
        ("nt", ntriples(triples)),
    ):
        site.tree.write(f"{PATH}.{extension}", content)
    return 1


def described_subjects(triples: list[Triple]) -> Iterator[DescribedSubject]:
    """Yield every subject with what is said of it, in the order of the file."""
    names: dict[str, str] = {}
    said: dict[str, list[Triple]] = {}
    for triple in triples:
        assert isinstance(triple.subject, NamedNode), "no blank node is ever made"
        said.setdefault(triple.subject.value, []).append(triple)
        if triple.predicate in (RDFS_LABEL, SKOS_PREF_LABEL) and isinstance(triple.object, Literal):
            names.setdefault(triple.subject.value, triple.object.value)
    for iri, about in said.items():
        facts = tuple((jsonld.compact(t.predicate.value), *_object_text(t, names)) for t in about)
        yield DescribedSubject(names.get(iri, iri), iri.partition(f"{PATH}#")[2], iri, facts)


def _object_text(triple: Triple, names: dict[str, str]) -> tuple[str, str]:
    """Return the object as a text, and its IRI if it is one."""
    value = triple.object
    if isinstance(value, NamedNode):
        return names.get(value.value) or jsonld.compact(value.value), value.value
    assert isinstance(value, Literal), "no blank node is ever made"
    return value.value, ""
