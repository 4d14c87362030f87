"""Questions of journalists: a language model finds each answer by at most three calls of tools, and
it is what a count of the raw records gives, in which no module of the program has a part.
"""

import json
import statistics
import zipfile
from calendar import monthrange
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import pytest

from tests.extensions.assistants.client import Assistant, of_server
from tests.support.paths import ROOT
from tests.support.server_data import Server

SAMPLE = ROOT / "lod/sources/echantillon.zip"  # one record is a page; all others are JSON
MOST_CALLS = 3
LE_PEN = "PA720614"
TRAVAIL = "ministère du travail, du plein emploi et de l'insertion"
Answer = Any  # numbers, names and days, as JSON has them


def total(assistant: Assistant, **filters: Any) -> int:
    return int(assistant.call("chercher_questions", **filters, taille=1)["total"])


def resolved(assistant: Assistant, name: str, kind: str) -> dict[str, Any]:
    """Return what a name means, which must be certain."""
    found = assistant.call("resoudre", nom=name, type=kind)["candidats"]
    [certain] = [one for one in found if one["sur"]]
    return dict(certain)


# ---------------------------------------------------------------- the raw records


@dataclass(frozen=True)
class RawQuestion:
    """What a record states."""

    uid: str
    legislature: int
    type: str
    author: str
    group: str
    ministry: str  # the last one in charge: its long name in small letters
    published: date
    answered: date | None

    @property
    def due(self) -> date:
        """Two months after publication, on the same day of the month or its last day."""
        year, month = divmod(self.published.month + 1, 12)
        year, month = self.published.year + year, month + 1
        return date(year, month, min(self.published.day, monthrange(year, month)[1]))

    @property
    def days(self) -> int:
        assert self.answered
        return (self.answered - self.published).days


def day(text: str) -> date:
    """Read 03/07/2018, or 2022-09-06."""
    if "/" not in text:
        return date.fromisoformat(text[:10])
    number, month, year = map(int, text.split("/"))
    return date(year, month, number)


def listed(value: Any) -> list[Any]:
    """Return what is a list, one thing, or nothing in a record."""
    return value if isinstance(value, list) else [value] if value else []


def days_of(texts: list[Any]) -> list[date]:
    return [day(text["infoJO"]["dateJO"]) for text in texts]


def raw_question(record: dict[str, Any]) -> RawQuestion:
    q = record["question"]
    texts = listed(q["textesQuestion"] and q["textesQuestion"]["texteQuestion"])
    answers = listed(q["textesReponse"] and q["textesReponse"]["texteReponse"])
    charge = listed(q["minAttribs"]["minAttrib"])[-1]["denomination"]
    return RawQuestion(
        uid=q["uid"],
        legislature=int(q["identifiant"]["legislature"]),
        type=q["type"],
        author=q["auteur"]["identite"]["acteurRef"],
        group=q["auteur"]["groupe"]["abrege"],
        ministry=charge["developpe"].lower().replace("’", "'"),
        # a question au Gouvernement is published with its answer, in the debates of that day
        published=min(days_of(texts or answers)),
        answered=min(days_of(answers), default=None),
    )


@cache
def raw_questions() -> list[RawQuestion]:
    """Read every record of the sample that is JSON."""
    with zipfile.ZipFile(SAMPLE) as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".json"))
        assert len(names) == 478
        return [raw_question(json.loads(archive.read(name))) for name in names]


def written(legislature: int) -> list[RawQuestion]:
    return [q for q in raw_questions() if (q.legislature, q.type) == (legislature, "QE")]


def newest() -> date:
    return max(q.answered or q.published for q in raw_questions())


# ---------------------------------------------------------------- the questions


def by_author(assistant: Assistant) -> Answer:
    one = resolved(assistant, "Marine Le Pen", "depute")
    return total(assistant, **{one["filtre"]: one["valeur"]})


def by_group(assistant: Assistant) -> Answer:
    asked = {"type": "QG", "legislature": 16, "taille": 1, "facettes": "oui"}
    one, *_ = assistant.call("chercher_questions", **asked)["facettes"]["groupe"]
    name = assistant.call("resoudre", nom="RE", type="groupe", legislature=16)["candidats"][0]
    assert name["iri"] == one["iri"]
    return ["RE", one["nombre"]]


def by_ministry(assistant: Assistant) -> Answer:
    one = resolved(assistant, "Travail, plein emploi et insertion", "ministere")
    return total(assistant, **{one["filtre"]: one["valeur"]})


def waiting(assistant: Assistant) -> Answer:
    asked = {"type": "QE", "legislature": 17}
    codes = ("en-attente", "en-attente-hors-delai")
    return [total(assistant, **asked, statut=code) for code in codes]


def delays(assistant: Assistant) -> Answer:
    [row] = assistant.call("statistiques", legislature=15)["table"]["lignes"]
    return [row["mediane"], row["moyenne"]]


def longest(assistant: Assistant) -> Answer:
    said = assistant.call("exemples", nom="plus-longues-attentes", taille=1)["table"]
    [named] = said["references"]
    return [named["uid"], said["lignes"][0]["parution"]]


def answered(assistant: Assistant) -> Answer:
    one = resolved(assistant, "15-10186", "question")
    said = assistant.call("lire_question", question=one["iri"])["question"]
    assert said["journalOfficiel"]["reponses"] == ["Journal officiel du 10 juillet 2018"]
    return said["date_reponse"]


QUESTIONS: dict[str, tuple[Callable[[Assistant], Answer], Callable[[], Answer]]] = {
    # the question → how a model answers it, how the records answer it
    "Combien de questions Marine Le Pen a-t-elle posées ?": (
        by_author,
        lambda: sum(q.author == LE_PEN for q in raw_questions()),
    ),
    "Quel groupe a posé le plus de questions au Gouvernement dans la 16e, et combien ?": (
        by_group,
        lambda: [*Counter(q.group for q in raw_questions() if q.type == "QG").most_common()[0]],
    ),
    "De combien de questions le ministère du travail de Mme Borne était-il chargé ?": (
        by_ministry,
        lambda: sum(q.ministry == TRAVAIL for q in raw_questions()),
    ),
    "Combien de questions écrites attendent, et combien au-delà de deux mois ?": (
        waiting,
        lambda: [
            sum(not q.answered for q in written(17)),
            sum(not q.answered and q.due < newest() for q in written(17)),
        ],
    ),
    "En combien de jours répond-on aux questions écrites de la 15e législature ?": (
        delays,
        lambda: [
            statistics.median_low(q.days for q in written(15) if q.answered),
            round(statistics.fmean(q.days for q in written(15) if q.answered), 1),
        ],
    ),
    "Quelle question écrite attend depuis le plus longtemps ?": (
        longest,
        lambda: next(
            [uid, day.isoformat()]
            for day, uid in sorted((q.published, q.uid) for q in written(17) if not q.answered)
        ),
    ),
    "Quand a-t-on répondu à la question 10186 de la 15e législature ?": (
        answered,
        lambda: next(str(q.answered) for q in raw_questions() if q.uid == "QANR5L15QE10186"),
    ),
}


@pytest.mark.parametrize("text", QUESTIONS)
def test_a_journalist_is_answered(sample_server: Server, text: str) -> None:
    """By at most three calls; the answer is that of the records, on the last day of the data."""
    by_model, by_records = QUESTIONS[text]
    assistant = of_server(sample_server)
    found = by_model(assistant)
    print(f"{text} {found}: {assistant.calls} calls")
    assert found == by_records()
    assert 1 <= assistant.calls <= MOST_CALLS
    assert assistant.call("schema")["donneesAu"] == newest().isoformat()


def test_a_day_says_which_ministry_is_meant(sample_server: Server) -> None:
    """Of those that were in charge of health one after another; without a day none is certain."""
    url, asked = of_server(sample_server), {"nom": "Ministère de la santé", "type": "ministere"}
    assert not any(one["sur"] for one in url.call("resoudre", **asked)["candidats"])
    [first, *others] = url.call("resoudre", **asked, date="2022-06-15")["candidats"]
    assert first["sur"] and first["iri"].endswith("/ministere/PO791605")
    assert others and not any(one["sur"] for one in others)
