"""VoID as documents beside the dump: a page for people, and the other forms for machines."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from lod.rdf import jsonld
from lod.rdf.serialize import ntriples, read_turtle
from lod.rdf.vocab import RDFS_LABEL, SKOS_PREF_LABEL
from lod.website.rendering import Contexte, render, write_page

PATH = ".well-known/void"


@dataclass(frozen=True, slots=True)
class Sujet:
    """What is said of one resource: its name, the anchor of it, and (property, text, IRI or "")."""

    nom: str
    ancre: str
    iri: str
    faits: tuple[tuple[str, str, str], ...]


def write_void(contexte: Contexte, dump: Path) -> int:
    """Write VoID in four forms where robots look for it; return how many pages."""
    triples = read_turtle(dump)
    html = render("void.html", contexte, PATH, sujets=list(sujets(triples)))
    write_page(contexte, PATH, html)
    for extension, content in (
        ("ttl", dump.read_bytes()),
        ("jsonld", jsonld.document(triples)),
        ("nt", ntriples(triples)),
    ):
        contexte.site.write(f"{PATH}.{extension}", content)
    return 1


def sujets(triples: list[Triple]) -> Iterator[Sujet]:
    """Yield every subject with what is said of it, in the order of the file."""
    noms: dict[str, str] = {}
    said: dict[str, list[Triple]] = {}
    for triple in triples:
        assert isinstance(triple.subject, NamedNode), "no blank node is ever made"
        said.setdefault(triple.subject.value, []).append(triple)
        if triple.predicate in (RDFS_LABEL, SKOS_PREF_LABEL) and isinstance(triple.object, Literal):
            noms.setdefault(triple.subject.value, triple.object.value)
    for iri, about in said.items():
        faits = tuple((jsonld.compact(t.predicate.value), *_valeur(t, noms)) for t in about)
        yield Sujet(noms.get(iri, iri), iri.partition(f"{PATH}#")[2], iri, faits)


def _valeur(triple: Triple, noms: dict[str, str]) -> tuple[str, str]:
    """Return the object as a text, and its IRI if it is one."""
    value = triple.object
    if isinstance(value, NamedNode):
        return noms.get(value.value) or jsonld.compact(value.value), value.value
    assert isinstance(value, Literal), "no blank node is ever made"
    return value.value, ""
