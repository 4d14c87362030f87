"""One question for a tool: its reference in the Journal officiel, and its texts as quotations."""

from collections.abc import Iterator

from lod.extensions.assistants.definitions import limits
from lod.model.dates import french_date
from lod.model.question import JO, Question
from lod.pipeline.question_db import PublishedQuestions
from lod.server.engine.current_release import ServedRelease
from lod.server.routes.context import Json

SESSION = "compte rendu de la séance"  # in which deputies and ministers speak


def known_question(release: ServedRelease, uid: str) -> Question | None:
    """Return a question of a release, None if it is not there."""
    published = PublishedQuestions(release.folder)
    stored = published.of_uid(uid) if published.path.is_file() else None
    return stored.question if stored else None


def reference(release: ServedRelease, question: Question) -> Json:
    """Return by what a question is cited: IRI, page, places in the Journal officiel."""
    iri, published = f"{release.base}question/{question.uid}", question.parution
    return {
        "iri": iri,
        "page": f"{iri}.html",
        "uid": question.uid,
        "journalOfficiel": {
            "question": place(published) if published else None,
            "reponses": [place(a.jo, a.page_de_section) for a in question.reponses],
        },
    }


def place(jo: JO, is_section: bool = False) -> str:
    """Return a place in the Journal officiel in words; `is_section`: the page may be that on which
    its section begins.
    """
    page = f", p. {jo.page}" if jo.page else ""
    doubt = " (début de la section)" if page and is_section else ""
    return f"Journal officiel du {french_date(jo.jour)}{page}{doubt}"


def speakers(question: Question, row: Json) -> tuple[str, str]:
    """Return who says a question, and who says its answers, by the names of a row about it."""
    minister = row.get("ministere_attributaire_nom", "Gouvernement")
    answers = minister if question.type == "QE" else SESSION
    return row.get("auteur_nom", "auteur non indiqué"), answers


def quotations(question: Question, speakers: tuple[str, str], part: int) -> Iterator[Json]:
    """Yield one part of each text of a question: itself, its answers, what corrects them."""
    asks, answers = speakers
    texts = [("question", asks, question.parution, question.texte)]
    texts += [("reponse", answers, answer.jo, answer.texte) for answer in question.reponses]
    texts += [("erratum", "Journal officiel", one.jo, one.texte) for one in question.errata]
    size = limits().citation
    start, end = (part - 1) * size, part * size
    for kind, author, jo, text in texts:
        if text and len(text) > start:
            yield {
                "nature": kind,
                "citation": cited(author, text[start:end], jo),
                "longueur": len(text),
                "suite": part + 1 if len(text) > end else None,
            }


def cited(author: str, text: str, jo: JO | None) -> Json:
    """Return a text as words of somebody else, with who says them and where they stand."""
    return {"auteur": author, "texte": text, "source": place(jo) if jo else "Assemblée nationale"}
