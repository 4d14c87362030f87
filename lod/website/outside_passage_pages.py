"""The pages of passages that questions have in common with texts published elsewhere."""

from dataclasses import dataclass

from lod.pipeline.common_texts.outside import OutsidePassage
from lod.pipeline.mapping.outside_passage_triples import (
    passage_iri,
    passage_name,
    passage_triples,
    question_label,
    text_triples,
)
from lod.publish.publication import Site
from lod.rdf.serialize import ntriples
from lod.reference.reviewed_files import ReviewedPassage
from lod.website.common_text_view import CommonTextViewer, Piece, TextView, pieces_of
from lod.website.documents import write_thing
from lod.website.rendering import render


@dataclass(frozen=True, slots=True)
class OutsideView:
    """What the page of a passage shows."""

    iri: str
    name: str
    question: TextView
    reviewed: ReviewedPassage
    words: int  # of the passage, without those of stock phrases
    pieces: list[Piece]  # the text of the question


def write_outside_passage(site: Site, one: OutsidePassage, viewer: CommonTextViewer) -> None:
    """Write the page of a passage."""
    iri = passage_iri(one, viewer.iris)
    pieces = pieces_of(viewer.text_of(one.question), [(one.start, one.end, 1)])
    question = viewer.text_view(one.question)
    view = OutsideView(iri.value, passage_name(one), question, one.reviewed, one.words, pieces)
    path = site.publication.path(iri.value)
    html = render("texte_exterieur.html", site.publication, path, vue=view)
    others = [*text_triples(one.reviewed.texte), question_label(one)]
    write_thing(site, iri.value, ntriples(passage_triples(one, viewer.iris)), others, html)
