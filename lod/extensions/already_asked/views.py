"""What pages, JSON and tools show of a question, of a shared passage, of a verdict; and the two
empty forms as files, for a copy of the site without server.
"""

from functools import partial
from typing import Any
from urllib.parse import quote

from lod.extensions.already_asked.draft import AskedBefore, DraftAnswer
from lod.extensions.already_asked.near import NearQuestions
from lod.extensions.already_asked.verify import StatedText, Verdict
from lod.model.question import JO, Question
from lod.publish.passages import Span
from lod.publish.publication import Site
from lod.publish.quotation import Origin
from lod.website.pages.question_page import state_of
from lod.website.rendering.templates import render, write_translated

DRAFT, VERIFY = "deja-posee", "verifier"  # paths
Json = dict[str, Any]
FRAGMENT_WORDS = 5  # words at each end of a passage in the address by which a browser finds it
AROUND = 120  # characters shown on each side of a sentence


def question_json(base: str, q: Question) -> Json:
    """Return what identifies a question, its status, and where it is printed."""
    state, author = state_of(q), q.auteur
    ministry = q.ministere_attributaire
    return {
        "uid": q.uid,
        "iri": f"{base}question/{q.uid}",
        "page": f"{base}question/{q.uid}.html",
        "titre": q.titre,
        "auteur": author.nom or author.acteur_ref,
        "ministere": ministry.libelle if ministry else None,
        "parution": jo_json(q.parution) if q.parution else None,
        "statut": {"cle": state[0], "nom": state[1]} if state else None,
        "reponses": [jo_json(answer.jo, answer.page_de_section) for answer in q.reponses],
    }


def jo_json(jo: JO, is_section: bool = False) -> Json:
    """Return a place in the Journal officiel; if `is_section`, its page may be that on which the
    section begins.
    """
    page = {"debutDeSection": True} if is_section and jo.page else {}
    return {"jour": jo.jour.isoformat(), "page": jo.page, "numero": jo.numero, **page}


def near_json(near: NearQuestions) -> Json:
    """Return how questions were looked for: by these words or those near to them, by meaning."""
    words = {word.typed: [related for related, _ in word.related] for word in near.words}
    return {"mots": words, "sens": near.by_meaning}


def draft_json(base: str, answer: DraftAnswer) -> Json:
    return {
        "verdict": answer.verdict,
        "recherche": near_json(answer.near),
        "questions": [asked_json(base, asked) for asked in answer.questions],
    }


def asked_json(base: str, asked: AskedBefore) -> Json:
    """Return a question that is similar to a draft; positions are in characters."""
    text, speaker = asked.question.texte or "", Origin(asked.question).speaker(base)
    return {
        **question_json(base, asked.question),
        "raisons": [*asked.reasons],
        "passages": [
            {
                "mots": passage.words,
                "brouillon": passage.here,
                "question": passage.there,
                "texte": text[slice(*passage.there)],
                "orateur": speaker,
            }
            for passage in asked.passages
        ],
    }


def verdict_json(base: str, verdict: Verdict) -> Json:
    """Return what the record says of a sentence."""
    nearest = None
    if verdict.nearest:
        stated, passage = verdict.nearest
        nearest = stated_json(base, stated, passage.span) | {
            "ressemblance": round(passage.likeness, 2),
            "differences": [{"ou": kind, "texte": text} for kind, text in passage.pieces],
        }
    return {
        "ecrite": bool(verdict.places),
        "places": [stated_json(base, *place) for place in verdict.places],
        "plusProche": nearest,
    }


def stated_json(base: str, stated: StatedText, span: Span) -> Json:
    """Return a passage of a text of the record, with what is needed to cite it: `auteur` says in
    words whose it is, `orateur` who that is; `place` counts characters of the value of `qp:texte`.
    """
    origin = stated.origin
    q, answer, jo = origin.question, origin.answer, origin.jo
    facts = question_json(base, q)
    return {
        **facts,
        "auteurQuestion": facts["auteur"],
        "auteur": origin.author,
        "adresse": marked_address(base, stated, span),
        "dans": origin.part,
        "orateur": origin.speaker(base),
        "place": span,
        "texte": stated.text[slice(*span)],
        "journalOfficiel": jo_json(jo, bool(answer and answer.page_de_section)) if jo else None,
        "enregistrements": [source.sha256 for source in q.sources],
    }


def marked_address(base: str, stated: StatedText, span: Span) -> str:
    """Return the address of a page at which a browser shows and marks a passage."""
    words = stated.text[slice(*span)].split()
    ends = [words] if len(words) <= 2 * FRAGMENT_WORDS else [
        words[:FRAGMENT_WORDS], words[-FRAGMENT_WORDS:]
    ]  # fmt: skip
    text = ",".join(quote(" ".join(end), safe="").replace("-", "%2D") for end in ends)
    return f"{base}question/{stated.origin.question.uid}.html#:~:text={text}"


def around(stated: StatedText, span: Span) -> tuple[str, str, str]:
    """Return the text before a passage, the passage, and the text after it."""
    start, end = max(0, span[0] - AROUND), min(len(stated.text), span[1] + AROUND)
    before, after = stated.text[start : span[0]], stated.text[span[1] : end]
    return (
        f"{'… ' if start else ''}{before}",
        stated.text[slice(*span)],
        (f"{after}{' …' if end < len(stated.text) else ''}"),
    )


def write_empty_forms(site: Site) -> None:
    forms = (DRAFT, "deja_posee.html", {"brouillon": ""}), (VERIFY, "verifier.html", {"phrase": ""})
    for path, template, values in forms:
        page = partial(render, template, site.publication, path, **values)
        write_translated(site, path, page)
