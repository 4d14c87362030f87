"""Questions of journalists: three calls of tools find what a count of the raw records gave."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.extensions.assistants.client import Assistant, of_server
from tests.support.server_data import Server

MOST_CALLS = 3
LAST_DAY = "2026-07-07"  # that a record names
Answer = Any  # numbers, names and days, as JSON has them


def total(assistant: Assistant, **filters: Any) -> int:
    return int(assistant.call("chercher_questions", **filters, taille=1)["total"])


def resolved(assistant: Assistant, name: str, kind: str) -> dict[str, Any]:
    """Return what a name means, which must be certain."""
    found = assistant.call("resoudre", nom=name, type=kind)["candidats"]
    [certain] = [one for one in found if one["sur"]]
    return dict(certain)


def by_author(assistant: Assistant) -> Answer:
    one = resolved(assistant, "Marine Le Pen", "depute")
    return total(assistant, **{one["filtre"]: one["valeur"]})


def by_group(assistant: Assistant) -> Answer:
    asked = {"type": "QG", "legislature": 16, "taille": 1, "facettes": "oui"}
    one, *_ = assistant.call("chercher_questions", **asked)["facettes"]["groupe"]
    name = assistant.call("resoudre", nom="RE", type="groupe", legislature=16)["candidats"][0]
    assert name["iri"] == one["iri"]
    return one["nombre"]


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


QUESTIONS: dict[str, tuple[Callable[[Assistant], Answer], Answer]] = {
    # the question → how a model answers it, what the records say
    "Combien de questions Marine Le Pen a-t-elle posées ?": (by_author, 49),
    "Combien de questions au Gouvernement du groupe le plus actif de la 16e ?": (by_group, 53),
    "De combien le ministère du travail de Mme Borne était-il chargé ?": (by_ministry, 28),
    "Combien de questions écrites attendent, combien au-delà de deux mois ?": (waiting, [27, 17]),
    "En combien de jours répond-on à celles de la 15e législature ?": (delays, [98, 180.7]),
    "Laquelle attend depuis le plus longtemps ?": (longest, ["QANR5L17QE3056", "2025-01-07"]),
    "Quand a-t-on répondu à la question 10186 de la 15e ?": (answered, "2018-07-10"),
}


@pytest.mark.parametrize(("by_model", "by_records"), QUESTIONS.values(), ids=QUESTIONS)
def test_a_journalist_is_answered(sample_server: Server, by_model, by_records) -> None:
    """By at most three calls; the answer is that of the records, on the last day of the data."""
    assistant = of_server(sample_server)
    assert by_model(assistant) == by_records
    assert 1 <= assistant.calls <= MOST_CALLS
    assert assistant.call("schema")["donneesAu"] == LAST_DAY


def test_a_day_says_which_ministry_is_meant(sample_server: Server) -> None:
    """Of those that were in charge of health one after another; without a day none is certain."""
    url, asked = of_server(sample_server), {"nom": "Ministère de la santé", "type": "ministere"}
    assert not any(one["sur"] for one in url.call("resoudre", **asked)["candidats"])
    [first, *others] = url.call("resoudre", **asked, date="2022-06-15")["candidats"]
    assert first["sur"] and first["iri"].endswith("/ministere/PO791605")
    assert others and not any(one["sur"] for one in others)
