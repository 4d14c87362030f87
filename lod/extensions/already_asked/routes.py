"""`/deja-posee` and `/verifier`: forms for people, JSON for programs, tools for language models; a
draft is never kept.
"""

from typing import Any

import orjson
from flask import Blueprint, Response, request

from lod.base.words import Sentence
from lod.extensions.already_asked import views
from lod.extensions.already_asked.draft import LONGEST, asked_before
from lod.extensions.already_asked.encoder import encoder
from lod.extensions.already_asked.verify import Verdict, verdict_on
from lod.extensions.already_asked.views import DRAFT, VERIFY
from lod.publish.search.words import composed
from lod.server.common.problems import Problem
from lod.server.common.request_response import choose
from lod.server.engine.current_release import ServedRelease
from lod.server.routes.caching import answer_unless_known
from lod.server.routes.context import Json, ToolAnswer, accept, current
from lod.server.routes.protocol import not_acceptable, unexpected_body
from lod.server.routes.site_files import IN_OTHERS, page, search_index_of
from lod.website.pages.question_page import state_of
from lod.website.rendering.language import FRENCH, written_in

SENTENCE = 1_000  # characters of a sentence
OFFERS = {"text/html": "html", "application/json": "json"}
FORMS = ("application/x-www-form-urlencoded", "application/json")
KNOWN = ("texte", "format")  # parameters
NO_VERDICT = Verdict((), None)  # for a request without sentence
blueprint = Blueprint("deja-posee", __name__)


def text_and_form(most: int, unit: Sentence) -> tuple[str, str]:
    """Return the text that is asked about, "" if there is none, and the form of the answer, from
    parameters of the address or the body, or members of a JSON body. Raises Problem if the text is
    longer than `most` characters; `unit` says of what it is.
    """
    if request.method == "POST" and request.mimetype not in FORMS:
        raise unexpected_body(request.mimetype, *FORMS)
    values: dict[str, Any] = request.values.to_dict()
    if request.method == "POST" and request.mimetype == FORMS[1]:
        try:
            sent = orjson.loads(request.get_data())
        except orjson.JSONDecodeError as error:
            raise Problem("requete-invalide", "le corps n’est pas du JSON : {}", error) from None
        values |= sent if isinstance(sent, dict) else {"corps": sent}
    for name, value in values.items():
        if name not in KNOWN or not isinstance(value, str):
            told = name[:80], ", ".join(KNOWN)
            raise Problem("requete-invalide", "paramètre « {} » ; connus, comme textes : {}", *told)
    text = composed(values.get("texte", "").replace("\r\n", "\n")).strip()
    if len(text) > most:
        detail = "texte : {} caractères ; au plus {} {}"
        raise Problem("requete-invalide", detail, len(text), most, unit)
    form = values.get("format") or OFFERS.get(choose(accept(), tuple(OFFERS)) or "") or ""
    if form not in OFFERS.values():
        raise not_acceptable([*OFFERS])
    return text, form


def as_json(body: dict[str, Any]) -> Response:
    return Response(orjson.dumps(body), mimetype="application/json")


@blueprint.route(f"/{DRAFT}", methods=["GET", "POST"])
@blueprint.route(f"/{DRAFT}.html", methods=["GET", "POST"])
@blueprint.route(f"/{DRAFT}.<{IN_OTHERS}:language>.html", methods=["GET", "POST"])
def already_asked(language: str = FRENCH) -> Response:
    """Return what is similar to a draft, which comes in the body: no log and no cache keeps it."""
    if request.method == "GET" and "texte" in request.args:
        raise Problem(
            "methode", "envoyez le brouillon par POST : une adresse reste dans les journaux"
        )
    draft, form = text_and_form(LONGEST, Sentence("pour un brouillon"))
    release = current()
    index = search_index_of(release)
    with written_in(language):
        if form == "json":
            answer = asked_before(release.folder, index, draft)
            response = as_json(views.draft_json(release.base, answer))
        else:
            result = {"reponse": asked_before(release.folder, index, draft)} if draft else {}
            if not draft and (installed := encoder()):
                installed.prepare()  # while the draft is being typed
            values = {"brouillon": draft, "etat": state_of, **result}
            response = page(release, "deja_posee.html", DRAFT, **values)
    response.headers["Cache-Control"] = "no-store" if draft else "no-cache"
    response.vary.add("Accept")
    return response


@blueprint.route(f"/{VERIFY}", methods=["GET", "POST"])
@blueprint.route(f"/{VERIFY}.html", methods=["GET", "POST"])
@blueprint.route(f"/{VERIFY}.<{IN_OTHERS}:language>.html", methods=["GET", "POST"])
def is_written(language: str = FRENCH) -> Response:
    """Say whether a sentence is in the record, word by word, and where."""
    sentence, form = text_and_form(SENTENCE, Sentence("pour une phrase"))
    release = current()
    index = search_index_of(release)

    def make() -> Response:
        verdict = verdict_on(release.folder, index, sentence) if sentence else None
        if form == "json":
            return as_json(views.verdict_json(release.base, verdict or NO_VERDICT))
        values = {"phrase": sentence, "verdict": verdict}
        return page(release, "verifier.html", VERIFY, autour=views.around,
                    adresse_marquee=views.marked_address, etat=state_of, **values)  # fmt: skip

    with written_in(language):
        response = make() if request.method == "POST" else answer_unless_known(release, form, make)
    response.vary.add("Accept")
    return response


def deja_posee(release: ServedRelease, arguments: dict[str, str]) -> ToolAnswer:
    """Find the questions that are similar to a draft, and their answers."""
    draft = composed(arguments["texte"])
    answer = asked_before(release.folder, search_index_of(release), draft)
    questions = [
        {**row, "passages": [_cited(row, p["texte"], p["orateur"]) for p in row["passages"]]}
        for row in views.draft_json(release.base, answer)["questions"]
    ]
    repeated = sum(bool(question.passages) for question in answer.questions)
    sentence = f"Questions proches : {len(questions)}, dont avec des passages communs : {repeated}."
    fields: Json = {"questions": questions, "recherche": views.near_json(answer.near)}
    return ToolAnswer(sentence, f"{release.base}{DRAFT}.html", fields)


def verifier(release: ServedRelease, arguments: dict[str, str]) -> ToolAnswer:
    """Say whether a sentence is in the record, word by word."""
    verdict = verdict_on(release.folder, search_index_of(release), composed(arguments["phrase"]))
    fields = views.verdict_json(release.base, verdict)
    for row in (*fields["places"], *filter(None, [fields["plusProche"]])):
        row["citation"] = _cited(row, row.pop("texte"), row["orateur"])
    is_exact = fields["ecrite"]
    said = "La phrase est écrite" if is_exact else "La phrase n’est pas écrite telle quelle"
    sentence = f"{said} : {len(fields['places'])} passages."
    return ToolAnswer(sentence, f"{release.base}{VERIFY}.html", fields)


def _cited(row: Json, text: str, speaker: Json | None) -> Json:
    """Return words of the record as a quotation, with their author and source."""
    author = row["auteur"] or "non indiqué"
    return {"auteur": author, "orateur": speaker, "texte": text, "source": row["page"]}
