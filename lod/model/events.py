"""The dated events of a question, in the order in which they happened."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from lod.model.question import JO, Question


@dataclass(frozen=True, slots=True)
class QuestionEvent:
    """An event of a question."""

    day: date
    kind: str  # a key of `site/flux.toml`
    anchor: str  # kind and number of the event: a fragment of the question
    page: int | None = None  # of the Journal officiel
    detail: str = ""  # the ministry of an attribution, the reason of a withdrawal


def events_of(q: Question) -> list[QuestionEvent]:
    """Return the dated events of a question, the newest first."""
    # the sort is stable: events of one day stay in the order in which they must have happened
    return sorted(_events(q), key=lambda event: event.day)[::-1]


def _events(q: Question) -> Iterator[QuestionEvent]:
    for n, jo in enumerate(q.parutions, start=1):
        yield _event("parution", n, jo)
    for n, a in enumerate(q.attributions, start=1):
        if a.jo:
            yield _event("attribution", n, a.jo, a.ministere.libelle)
    for n, s in enumerate(q.signalements, start=1):
        yield _event("signalement", n, s.jo)
    for n, jo in enumerate(q.renouvellements, start=1):
        yield _event("renouvellement", n, jo)
    for n, r in enumerate(q.reponses, start=1):
        yield _event("reponse", n, r.jo)
    for n, e in enumerate(q.errata, start=1):
        if e.jo:
            yield QuestionEvent(e.jo.jour, f"erratum-{e.corrige}", f"erratum-{n}", e.jo.page)
    if q.retrait and q.retrait.jour:
        reason = q.retrait.libelle or "sans motif"
        yield QuestionEvent(q.retrait.jour, "retrait", "retrait-1", None, reason)
    if q.cloture_autre_jour:
        yield _event("cloture", 1, q.cloture_autre_jour)


def _event(kind: str, number: int, jo: JO, detail: str = "") -> QuestionEvent:
    # the anchor is that of `question_triples`, except for an answer: it may serve many questions,
    # and the ids of their entries must differ
    return QuestionEvent(jo.jour, kind, f"{kind}-{number}", jo.page, detail)
