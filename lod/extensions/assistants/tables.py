"""Rows of a query as a tool gives them: one page of them, values cut, questions referenced."""

from typing import Any

import orjson

from lod.extensions.assistants.definitions import limits
from lod.extensions.assistants.questions import known_question, reference
from lod.server.engine.current_release import ServedRelease
from lod.server.engine.formats import HTML
from lod.server.engine.preview import Preview
from lod.server.engine.reader import EngineQuery, Reply
from lod.server.limits import PREVIEW_ROWS
from lod.server.routes import api
from lod.server.routes.context import Json, ask_store


def own_rows(release: ServedRelease, text: str) -> list[Json]:
    """Return all rows of a query of ours, without the names of what is unbound."""
    query = EngineQuery(text, f"{release.base}sparql", api.MEDIA["json"], None)
    rows = api.rows(ask_store(query))
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


def preview_of(reply: Reply) -> Preview:
    """Return the beginning of a result, which the reader has counted and cut."""
    with reply.body as body:
        found: Preview = orjson.loads(body.read())
    return found


def own_preview(release: ServedRelease, text: str) -> Preview:
    """Return the beginning of the result of a query of ours."""
    return preview_of(ask_store(EngineQuery(text, f"{release.base}sparql", HTML, HTML)))


def table(release: ServedRelease, found: Preview, given: dict[str, str]) -> Json:
    """Return the page of rows that the arguments `page` and `taille` ask for."""
    page, size = int(given.get("page", 1)), int(given.get("taille", PREVIEW_ROWS))
    rows = [
        {name: _value(cell) for name, cell in zip(found["noms"], row, strict=True) if cell}
        for row in found["lignes"]
    ]
    shown = rows[(page - 1) * size : page * size]
    has_more = page * size < len(rows)
    answer: Json = {
        "colonnes": found["noms"],
        "lignes": shown,
        "total": found["total"],
        "suite": page + 1 if has_more else None,
    }
    if not has_more and found["total"] > len(rows):
        answer["note"] = f"{len(rows)} lignes au plus sont montrées ; prendre LIMIT et OFFSET"
    return answer | references(release, shown)


def _value(cell: dict[str, str]) -> Any:
    """Return a term of a preview as a JSON value, a long one cut; a long text is a quotation."""
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
    known = (known_question(release, uid) for uid in list(uids)[: limits().references])
    found = [reference(release, question) for question in known if question]
    return {"references": found} if found else {}
