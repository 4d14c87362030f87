"""Pages that explain the data: columns and codes of the tables, and VoID."""

from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from lod.base import packaged
from lod.base.tabular import group_by_key
from lod.publish.publication import Site
from lod.publish.tables.columns import BETWEEN, OPEN_LISTS, ColumnKind, codes_of, tables
from lod.rdf import jsonld
from lod.rdf.serialize import every_form, read_turtle
from lod.rdf.vocab import RDFS, SKOS
from lod.website.model.shape_tables import anchors
from lod.website.rendering.templates import MODEL_PAGE, render, write_forms, write_page

COLUMNS_PAGE = "colonnes"
KIND_NAMES: dict[ColumnKind, str] = {
    "texte": "texte",
    "prose": "texte",
    "nombre": "nombre entier",
    "decimal": "nombre",
    "jour": "jour",
    "booleen": "true ou false",
    "code": "code",
    "adresse": "adresse",
}
VOID = ".well-known/void"
Fact = tuple[str, str, str]  # property, text, IRI that the text leads to, or ""


def write_codebook(site: Site) -> None:
    """Write the page, of `site/tables.csv`, `site/colonnes.csv` and the ontology."""
    columns = ((table, column) for table in tables().values() for column in table.columns)
    listed = group_by_key((c.liste, f"{table.nom}.{c.nom}") for table, c in columns if c.liste)
    html = render(
        "colonnes.html",
        site.publication,
        COLUMNS_PAGE,
        tables=list(tables().values()),
        genres=KIND_NAMES,
        listes=listed,
        codes={name: codes_of(name) for name in listed},
        ouvertes=OPEN_LISTS,
        entre=BETWEEN.strip(),
        ancres=anchors() if packaged.has_template(MODEL_PAGE) else {},
    )
    write_page(site, COLUMNS_PAGE, html)


def write_void(site: Site, dump: Path) -> None:
    """Write the Turtle file of VoID in every form, at the path that clients try first."""
    triples = read_turtle(dump)
    html = render("void.html", site.publication, VOID, sujets=list(described_subjects(triples)))
    write_forms(site.tree, VOID, html=html, **every_form(triples) | {"ttl": dump.read_bytes()})


def described_subjects(triples: list[Triple]) -> Iterator[tuple[str, str, list[Fact]]]:
    """Yield the label of every subject, or its IRI if it has none; the fragment of its IRI, or "";
    and its facts, in the order of the file.
    """
    names: dict[str, str] = {}
    by_subject: dict[str, list[Triple]] = {}
    for triple in triples:
        assert isinstance(triple.subject, NamedNode), "no blank node is ever made"
        by_subject.setdefault(triple.subject.value, []).append(triple)
        if triple.predicate in (RDFS.label, SKOS.prefLabel) and isinstance(triple.object, Literal):
            names.setdefault(triple.subject.value, triple.object.value)
    for iri, about in by_subject.items():
        facts = [(jsonld.compact(t.predicate.value), *_object_text(t, names)) for t in about]
        yield names.get(iri, iri), iri.partition(f"{VOID}#")[2], facts


def _object_text(triple: Triple, names: dict[str, str]) -> tuple[str, str]:
    """Return the object as a text, and its IRI, or "" for a literal."""
    value = triple.object
    if isinstance(value, NamedNode):
        return names.get(value.value) or jsonld.compact(value.value), value.value
    assert isinstance(value, Literal), "no blank node is ever made"
    return value.value, ""
