"""What a document says of itself: its subject, its licence, the dataset that it is a part of.

It says so in triples, and in links for programs that do not read these: https://signposting.org/
"""

from collections.abc import Sequence
from typing import NamedTuple

from pyoxigraph import NamedNode, Triple

from lod.publish.history import DATASET, DATASET_NAME
from lod.publish.publication import Publication
from lod.publish.search.parameters import kinds
from lod.rdf.serialize import DATA_FORMS, relative, trig, written, written_quads
from lod.rdf.templates import licence_at
from lod.rdf.vocab import DCTERMS, FOAF, PREFIXES, RDF, RDFS, VOID, fr, plain_literal

DOWNLOADS = "telechargements/"
DUMPS = ("questions.ttl.gz", "questions.nt.gz")  # all the data


def document_triples(publication: Publication, path: str, form: str) -> list[Triple]:
    """Return what one form of the document about a resource says of itself, with names."""
    iri = NamedNode(f"{publication.base}{path}.{form}")
    licence, dataset = NamedNode(publication.licence), NamedNode(publication.base + DATASET)
    return [
        Triple(iri, RDF.type, FOAF.Document),
        Triple(iri, RDFS.label, plain_literal(f"{path}.{form}")),
        Triple(iri, FOAF.primaryTopic, NamedNode(publication.base + path)),
        Triple(iri, DCTERMS.license, licence),
        Triple(iri, VOID.inDataset, dataset),
        Triple(licence, RDFS.label, plain_literal(licence_at(publication.licence).name)),
        Triple(dataset, RDFS.label, fr(DATASET_NAME)),
    ]


def written_document(
    publication: Publication, path: str, triples: Sequence[Triple], form: str
) -> bytes:
    """Serialize a document: its triples and its own metadata.

    In a form of QUAD_FORMS the triples stand in a graph that the metadata describes.
    """
    itself = document_triples(publication, path, form)
    if form in DATA_FORMS:
        text = written([*triples, *itself], form)
        return relative(text, publication.base + path) if form == "ttl" else text
    nquads = written_quads(NamedNode(f"{publication.base}{path}.{form}"), triples, itself)
    return trig(nquads) if form == "trig" else nquads


def every_document(
    publication: Publication, path: str, triples: Sequence[Triple]
) -> dict[str, bytes]:
    """Return extension → that form of a document, of all that are not left out."""
    forms = (form for form in DATA_FORMS if form not in publication.left_out)
    return {form: written_document(publication, path, triples, form) for form in forms}


class Signpost(NamedTuple):
    """A link from a document for programs."""

    relation: str
    address: str
    media: str = ""  # type of what is there


def signposts(publication: Publication, path: str, form: str) -> list[Signpost]:
    """Return the links of one form of a document: the IRI to cite, the licence; for a page its
    types and its data, for data the page.
    """
    iri = publication.base + path
    links = [Signpost("cite-as", iri), Signpost("license", publication.licence)]
    if form != "html":
        return [*links, Signpost("collection", f"{iri}.html", "text/html")]
    links += [Signpost("type", address) for address in page_types(path)]
    return links + [
        Signpost("item", f"{iri}.{end}", data_form.media) for end, data_form in DATA_FORMS.items()
    ]


def home_signposts(publication: Publication) -> list[Signpost]:
    """Return the links of the home page, which is about the dataset; its data are the dumps."""
    base = publication.base
    return [
        Signpost("cite-as", base),
        Signpost("license", publication.licence),
        *(Signpost("type", PREFIXES["schema"] + name) for name in ("AboutPage", "Dataset")),
        *(Signpost("item", base + DOWNLOADS + name, "application/gzip") for name in DUMPS),
        Signpost("describedby", f"{base}dcat.ttl", DATA_FORMS["ttl"].media),
        Signpost("describedby", f"{base}.well-known/void.ttl", DATA_FORMS["ttl"].media),
    ]


def page_types(path: str) -> list[str]:
    """Return the types of the page about a resource: a page about something, and of what kind."""
    row = kinds().get(path.partition("/")[0])
    names = ("AboutPage", row["type"]) if row else ("AboutPage",)
    return [PREFIXES["schema"] + name for name in names]
