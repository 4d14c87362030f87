"""`/partage/…`: the card of a question, a deputy or a ministry, drawn when it is asked for."""

import re
from threading import BoundedSemaphore

from flask import Blueprint, Response

from lod.extensions.charts.cards import Card, card_svg
from lod.extensions.charts.marks import fonts, png_of
from lod.model.question import Question
from lod.model.shown_title import title_of
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.search.parameters import SearchRequest
from lod.publish.search.results import count_values
from lod.rdf.ontology import labels, types
from lod.rdf.vocab import SKOS
from lod.server.common.problems import Problem, not_found
from lod.server.engine.current_release import ServedRelease
from lod.server.routes.caching import answer_unless_known
from lod.server.routes.context import current
from lod.server.routes.dereference import page_about
from lod.server.routes.site_files import publication_of, search_index_of
from lod.website.pages.question_page import short_group, state_of
from lod.website.rendering.language import (
    FRENCH,
    LANGUAGES,
    data_text,
    day_text,
    translated,
    written_in,
)
from lod.website.rendering.templates import whole_number

FACETS = {"depute": "auteur", "ministere": "ministere"}  # kind → facet that filters its questions
KINDS = {"depute": "Député", "ministere": "Ministère"}
COUNTED = {"repondue": "avec réponse", "en-attente-hors-delai": "en retard"}  # statuses
DRAWN_AT_ONCE = 2
SECONDS = 5.0  # that a drawing waits until another one is finished
_drawing = BoundedSemaphore(DRAWN_AT_ONCE)
_NAME = re.compile(r"[\w-]{1,200}", re.ASCII)
blueprint = Blueprint("partage", __name__)


@blueprint.get("/partage/<any(question, depute, ministere):kind>/<name>.png")
def card(kind: str, name: str) -> Response:
    """Return the card of a page; raise Problem if there is no such page."""
    release = current()
    name, language = _language_of(name)
    path = f"{kind}/{name}"
    if not (fonts() and _NAME.fullmatch(name)) or page_about(release, path) != f"{path}.html":
        raise not_found(f"partage/{path}.png")

    def make() -> Response:
        with written_in(language):
            about = _question(release, name) if kind == "question" else _resource(release, path)
            svg = card_svg(about, publication_of(release))
        if not _drawing.acquire(timeout=SECONDS):
            raise Problem("occupe", "trop d’images sont dessinées à la fois ; réessayez")
        try:
            return Response(png_of(svg, zoom=1.0), mimetype="image/png")
        finally:
            _drawing.release()

    return answer_unless_known(release, "png", make)


def _language_of(name: str) -> tuple[str, str]:
    """Return a name without its language, and the language.

    >>> _language_of("PA1"), _language_of("PA1.en")
    (('PA1', 'fr'), ('PA1', 'en'))
    """
    for language, end in LANGUAGES.items():
        if end and name.endswith(end):
            return name.removesuffix(end), language
    return name, FRENCH


def _question(release: ServedRelease, uid: str) -> Card:
    """Return the card of a question that is published."""
    stored = PublishedQuestions(release.folder).of_uid(uid)
    if stored is None:
        raise not_found(f"question/{uid}")
    return question_card(stored.question)


def question_card(q: Question) -> Card:
    """Return the card of a question, in the language of the moment."""
    state, group = state_of(q), short_group(q)
    kind = data_text(labels(SKOS.prefLabel)[types()[q.type].value])
    number = f"{kind} {translated('n°')} {q.numero}"
    ministry = q.ministere_attributaire or q.ministere_interroge
    author = q.auteur.nom or q.auteur.acteur_ref or ""
    return Card(
        kind=f"{number} ({q.legislature}{translated('e législature')})",
        title=title_of(q) or number,
        lines=(
            f"{author} ({group})" if author and group else author,
            f"→ {ministry.libelle}" if ministry else "",
        ),
        day=day_text(q.parution.jour) if q.parution else "",
        status=(state[0], data_text(state[1])) if state else ("", ""),
    )


def _resource(release: ServedRelease, path: str) -> Card:
    """Return the card of a deputy or a ministry: name, place and group, three numbers."""
    kind, index = path.partition("/")[0], search_index_of(release)
    thing = index.things.by_path.get(path)
    hits = index.find(SearchRequest(filters=((FACETS[kind], thing.value),))) if thing else []
    counts = {
        index.facet_values[number].key: count
        for number, count in count_values(index, "statut", hits).items()
    }
    numbers = [(whole_number(len(hits)), translated("questions"))]
    numbers += [
        (whole_number(counts.get(status, 0)), translated(name)) for status, name in COUNTED.items()
    ]
    return Card(
        kind=translated(KINDS[kind]),
        title=index.name_of(release.base + path).removeprefix(release.base),
        lines=(thing.detail if thing else "",),
        numbers=tuple(numbers) if hits else (),
    )
