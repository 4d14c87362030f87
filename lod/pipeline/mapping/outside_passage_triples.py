"""The triples of passages that questions have in common with texts published elsewhere: links with
their evidence, in the graph of common texts.
"""

from collections.abc import Iterable, Iterator

from pyoxigraph import NamedNode, Triple

from lod.model.dates import iso_in_french
from lod.pipeline.common_texts.outside import OutsidePassage
from lod.pipeline.common_texts.texts import QUESTION
from lod.pipeline.mapping.common_text_triples import text_name
from lod.rdf.iris import Iris
from lod.rdf.vocab import (
    QP,
    RDF_TYPE,
    RDFS_LABEL,
    SCHEMA_CREATIVE_WORK,
    SCHEMA_DATE_PUBLISHED,
    SCHEMA_PUBLISHER,
    fr,
    integer,
    partial_date,
    plain_literal,
    qp,
)
from lod.reference.reviewed_files import OutsideText


def outside_triples(found: Iterable[OutsidePassage], iris: Iris) -> Iterator[Triple]:
    """Yield the triples of all passages, and of each text once."""
    texts: dict[str, OutsideText] = {}
    for one in found:
        yield from passage_triples(one, iris)
        texts[one.reviewed.texte.adresse] = one.reviewed.texte
    for text in texts.values():
        yield from text_triples(text)


def passage_triples(one: OutsidePassage, iris: Iris) -> Iterator[Triple]:
    """Yield the triples of one passage."""
    s, reviewed = passage_iri(one, iris), one.reviewed
    yield Triple(s, RDF_TYPE, QP.Lien)
    yield Triple(s, RDFS_LABEL, fr(passage_name(one)))
    yield Triple(s, QP.sujet, NamedNode(one.question.iri))
    yield Triple(s, QP.cible, NamedNode(reviewed.texte.adresse))
    yield Triple(s, QP.preuve, qp("preuve-revue"))
    yield Triple(s, QP.valeurPreuve, plain_literal(reviewed.motif))
    yield Triple(s, QP.sourcePreuve, fr(f"Revu par {reviewed.par}"))
    yield Triple(s, QP.dateConstat, partial_date(reviewed.constat))
    yield Triple(s, QP.motsCommuns, integer(one.words))
    yield Triple(s, QP.debut, integer(one.start))
    yield Triple(s, QP.fin, integer(one.end))


def text_triples(text: OutsideText) -> Iterator[Triple]:
    """Yield the triples of a text published elsewhere."""
    s = NamedNode(text.adresse)
    yield Triple(s, RDF_TYPE, SCHEMA_CREATIVE_WORK)
    yield Triple(s, RDFS_LABEL, fr(text.titre))
    yield Triple(s, SCHEMA_PUBLISHER, plain_literal(text.editeur))
    yield Triple(s, SCHEMA_DATE_PUBLISHED, partial_date(text.date))


def question_label(one: OutsidePassage) -> Triple:
    """Return the name of the question."""
    name = text_name(one.question.iri, QUESTION, one.question.day)
    return Triple(NamedNode(one.question.iri), RDFS_LABEL, fr(name))


def passage_iri(one: OutsidePassage, iris: Iris) -> NamedNode:
    """Return the IRI of a passage."""
    reviewed = one.reviewed
    return iris.passage_exterieur(reviewed.uid, reviewed.texte.adresse, reviewed.folded)


def passage_name(one: OutsidePassage) -> str:
    """Return a sentence that says what was found, with the day of the text elsewhere."""
    text = one.reviewed.texte
    told = f"{text.editeur}, {iso_in_french(text.date)}"
    return f"Un texte publié ailleurs contient le même passage : « {text.titre} » ({told})"
