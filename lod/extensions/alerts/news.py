"""What a release tells of an alert: its questions, and where each stands."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lod.extensions.alerts.alerts_file import Alert
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.publish.passages import shared_passages
from lod.publish.search.parameters import SearchRequest
from lod.publish.search.question_numbers import number_in
from lod.publish.search.search_index import Hit, SearchIndex
from lod.publish.search.words import WORD, composed

LONGEST_WORDS = 12  # of a text: a question that shares a passage with it has one of them
FACETS = {"depute": "auteur", "ministere": "ministere"}  # subject → facet that it filters


@dataclass(frozen=True, slots=True)
class Fact:
    """A question as it stands: it is new, or it has an answer now, or is withdrawn …"""

    uid: str
    state: str  # the status, whatever it says of a deadline
    title: str
    status: str  # in French
    author: str
    ministry: str
    day: date | None

    @property
    def key(self) -> str:
        """What is told once."""
        return f"{self.uid} {self.state}"


def facts_of(alert: Alert, release: Path, index: SearchIndex) -> Iterator[Fact]:
    """Yield the facts of all questions that an alert is about, the newest question first."""
    numbers = index.find(_request(alert)) if alert.kind != "question" else _one(alert, index)
    if alert.kind == "texte":
        numbers = _with_passages(alert.subject, release, index, numbers)
    yield from map(_fact, index.hits(sorted(numbers, key=lambda n: -index.days[n])))


def _request(alert: Alert) -> SearchRequest:
    if facet := FACETS.get(alert.kind):
        return SearchRequest().filtered(facet, alert.subject)
    if alert.kind == "texte":
        words = sorted(set(WORD.findall(composed(alert.subject))), key=lambda w: (-len(w), w))
        return SearchRequest(q=" ou ".join(words[:LONGEST_WORDS]))
    return SearchRequest(q=alert.subject)


def _one(alert: Alert, index: SearchIndex) -> list[int]:
    number = number_in(alert.subject)
    return list(index.numbers(number.uids()).values()) if number else []


def _with_passages(
    text: str, release: Path, index: SearchIndex, numbers: Iterable[int]
) -> list[int]:
    """Return the questions that share a passage with a text, they or their answers."""
    uids = dict(zip(index.uids(numbers := [*numbers]), numbers, strict=True))
    shared = []
    for stored in PublishedQuestions(release).of_uids(uids):
        q = stored.question
        texts = (q.texte, *(answer.texte for answer in q.reponses))
        if any(shared_passages(text, other) for other in texts if other):
            shared.append(uids[stored.uid])
    return shared


def _fact(hit: Hit) -> Fact:
    names = {facet: value.name for facet, value in hit.values.items()}
    status = hit.values.get("statut")
    state = status.key if status else ""
    for broad in ("repondue", "en-attente"):
        state = broad if state.startswith(broad) else state
    return Fact(
        hit.uid, state, hit.titre or hit.name, names.get("statut", ""), names.get("auteur", ""),
        names.get("ministere", ""), hit.day,
    )  # fmt: skip
