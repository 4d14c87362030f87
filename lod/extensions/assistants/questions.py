"""One question for a tool: its reference in the Journal officiel, and its texts as quotations."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import orjson

from lod.extensions.assistants.definitions import limits
from lod.model.dates import french_date
from lod.model.question import JO, Question
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.quotation import Origin, texts_of
from lod.publish.search.question_numbers import number_in
from lod.server.engine.current_release import ServedRelease
from lod.server.engine.formats import HTML
from lod.server.engine.preview import Preview
from lod.server.engine.reader import EngineQuery, Reply
from lod.server.limits import PREVIEW_ROWS
from lod.server.routes import api, openapi
from lod.server.routes.context import Json, ask_store

SHORT = ("uid", "titre", "auteur_nom", "date_parution", "statut")  # columns to choose a question by


def known_question(release: ServedRelease, uid: str) -> Question | None:
    """Return a question of a release, None if it is not there."""
    published = PublishedQuestions(release.folder)
    stored = published.of_uid(uid) if published.path.is_file() else None
    return stored.question if stored else None


def rows_about(release: ServedRelease, uids: list[str]) -> dict[str, Json]:
    """Return uid → its row in the API, for the questions that are published, in order."""
    iris = [f"{release.base}question/{uid}" for uid in uids]
    return {row["uid"]: row for row in own_rows(release, openapi.chosen(iris))} if iris else {}


def meant_questions(release: ServedRelease, text: str, legislature: str | None) -> list[str]:
    """Return the identifiers of the questions that an identifier, or a number, may stand for: of
    those with a number, the published ones, or the withheld ones if none is published.
    """
    number = number_in(text)
    if number is None:
        return [text.upper()]
    if legislature and not number.legislature:
        number = replace(number, legislature=int(legislature))
    uids, questions = [*number.uids()], PublishedQuestions(release.folder)
    published = [uid for uid in uids if questions.path.is_file() and questions.has(uid)]
    return published or [uid for uid in uids if uid in release.withheld]


def short(row: Json) -> Json:
    """Return the columns that identify a question, and its address."""
    return {name: row[name] for name in SHORT if name in row} | {"page": f"{row['iri']}.html"}


def reference(release: ServedRelease, question: Question) -> Json:
    """Return what is needed to cite a question: IRI, page, places in the Journal officiel."""
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
    """Return a place in the Journal officiel in words; if `is_section`, its page may be that on
    which the section begins.
    """
    page = f", p. {jo.page}" if jo.page else ""
    doubt = " (début de la section)" if page and is_section else ""
    return f"Journal officiel du {french_date(jo.jour)}{page}{doubt}"


def quotations(base: str, question: Question, part: int) -> Iterator[Json]:
    """Yield part number `part` of each text of a question: its own, its answers, of an exchange
    what each speaker says, its errata.
    """
    texts = [(str(o.part), cited(base, o, text), text) for o, text in texts_of(question)]
    for e in question.errata:
        stated = {"auteur": "Journal officiel", "orateur": None, "source": _source(e.jo)}
        texts.append(("erratum", stated, e.texte or ""))
    size = limits().citation
    start, end = (part - 1) * size, part * size
    for kind, citation, text in texts:
        if len(text) > start:
            yield {
                "nature": kind,
                "citation": citation | {"texte": text[start:end]},
                "longueur": len(text),
                "suite": part + 1 if len(text) > end else None,
            }


def cited(base: str, origin: Origin, text: str) -> Json:
    """Return a text as a quotation, with its author and where it is printed; `orateur` is the
    person who says it, if a record tells.
    """
    return {
        "auteur": origin.author,
        "orateur": origin.speaker(base),
        "texte": text,
        "source": _source(origin.jo),
    }


def _source(jo: JO | None) -> str:
    return place(jo) if jo else "Assemblée nationale"


def own_rows(release: ServedRelease, text: str) -> list[Json]:
    """Return all rows of a query of ours, without their unbound variables."""
    query = EngineQuery(text, f"{release.base}sparql", api.MEDIA["json"], None)
    rows = api.rows(ask_store(query))
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


def preview_of(reply: Reply) -> Preview:
    """Return the beginning of a result, which the reader has counted and cut."""
    with reply.body as body:
        preview: Preview = orjson.loads(body.read())
    return preview


def own_preview(release: ServedRelease, text: str) -> Preview:
    """Return the beginning of the result of a query of ours."""
    return preview_of(ask_store(EngineQuery(text, f"{release.base}sparql", HTML, HTML)))


def table(release: ServedRelease, preview: Preview, arguments: dict[str, str]) -> Json:
    """Return the page of rows that the arguments `page` and `taille` ask for."""
    page, size = int(arguments.get("page", 1)), int(arguments.get("taille", PREVIEW_ROWS))
    rows = [
        {name: _value(cell) for name, cell in zip(preview["noms"], row, strict=True) if cell}
        for row in preview["lignes"]
    ]
    listed = rows[(page - 1) * size : page * size]
    has_more = page * size < len(rows)
    answer: Json = {
        "colonnes": preview["noms"],
        "lignes": listed,
        "total": preview["total"],
        "suite": page + 1 if has_more else None,
    }
    if not has_more and preview["total"] > len(rows):
        answer["note"] = f"{len(rows)} lignes au plus sont montrées ; prendre LIMIT et OFFSET"
    return answer | references(release, listed)


def _value(cell: dict[str, str]) -> Any:
    """Return a term of a preview as a JSON value; a long value is cut, a long text a quotation."""
    value = api.value({"value": cell["v"], "datatype": cell.get("type", "")})
    if not isinstance(value, str) or len(value) <= limits().courte:
        return value
    longest = limits().valeur
    cut = f"{value[:longest]}…" if len(value) > longest else value
    return {"citation": {"texte": cut}} if cell["t"] == "texte" else cut


def references(release: ServedRelease, rows: list[Json]) -> Json:
    """Return the references of the first questions that are named in rows, if there are any."""
    start = f"{release.base}question/"
    named = (v for row in rows for v in row.values() if isinstance(v, str) and v.startswith(start))
    uids = dict.fromkeys(iri.removeprefix(start).partition("#")[0] for iri in named)
    questions = (known_question(release, uid) for uid in list(uids)[: limits().references])
    listed = [reference(release, question) for question in questions if question]
    return {"references": listed} if listed else {}
