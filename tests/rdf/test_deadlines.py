"""Deadlines, delays and status, as the rules of the ontology have them."""

import pytest
from msgspec.structs import replace

from lod.model.question import FIN_DE_LEGISLATURE, JO, Cloture, Reponse, Signalement
from lod.rdf import deadlines
from lod.rdf.ontology import concepts
from lod.rdf.vocab import qp
from tests.support.chantier import D, question


def reponse(jour: str) -> tuple[Reponse, ...]:
    return (Reponse(jo=JO(jour=D(jour)), texte="Réponse.", page_de_section=False),)


def test_the_ontology_has_three_rules() -> None:
    """Each rule says from when to when it is in force, and two of them give times."""
    assert {r.iri for r in deadlines.deadline_rules()} == set(concepts(qp("regles-delai")).values())
    assert [(str(r.start), str(r.end), bool(r.reponse)) for r in deadlines.deadline_rules()] == [
        ("2014-11-28", "9999-12-31", True),
        ("2012-06-20", "2014-11-27", True),
        ("1958-10-04", "2012-06-19", False),
    ]


@pytest.mark.parametrize(
    ("parution", "limite"),
    [
        ("2021-12-28", "2022-02-28"),
        ("2021-12-31", "2022-02-28"),
        ("2023-12-31", "2024-02-29"),
        ("2021-06-30", "2021-08-30"),
        ("2014-11-27", "2015-01-27"),
        ("2012-06-26", "2012-08-26"),
        ("2012-06-19", None),
        ("1997-06-30", None),
    ],
)
def test_two_calendar_months(parution: str, limite: str | None) -> None:
    """The day of the month is kept, or is the last of the month; older rules publish none."""
    assert deadlines.date_limite(question(parution)) == (D(limite) if limite else None)


def test_only_written_questions_have_a_rule() -> None:
    """A question au Gouvernement is answered in the sitting; one without a date has no rule."""
    assert deadlines.rule_of(question("2021-12-28", type="QG")) is None
    assert deadlines.rule_of(question("2021-12-28", parutions=())) is None


def test_ten_days_after_the_first_flag() -> None:
    """A second flag does not extend the time."""
    flags = tuple(Signalement(jo=JO(jour=D(day))) for day in ("2021-04-13", "2021-04-06"))
    q = question("2021-01-05", signalements=flags)
    assert deadlines.date_limite_signalement(q) == D("2021-04-16")
    assert (
        deadlines.date_limite_signalement(replace(q, parutions=(JO(jour=D("2001-01-05")),))) is None
    )


def test_days_to_the_first_answer() -> None:
    """The delay ends with the first answer; an answer before the question gives none."""
    answers = (*reponse("2021-06-01"), *reponse("2021-02-02"))
    q = question("2021-01-05", reponses=answers)
    assert deadlines.delai_jours(q) == 28
    assert deadlines.delai_jours(replace(q, type="QOSD")) == 28
    assert deadlines.delai_jours(replace(q, type="QG")) is None
    assert deadlines.delai_jours(question("2021-03-05", reponses=reponse("2021-02-02"))) is None


@pytest.mark.parametrize(
    ("last", "closed", "statut"),
    [
        ("2016-02-09", False, "suite-inconnue"),
        ("2017-02-16", False, "suite-inconnue"),
        ("2017-02-17", False, "sans-reponse"),
        ("2017-06-20", False, "sans-reponse"),
        ("2016-02-09", True, "sans-reponse"),
    ],
)
def test_what_became_of_it_is_not_known(last: str, closed: bool, statut: str) -> None:
    """Records that stop 123 days before the end do not tell that there was no answer."""
    end = D("2017-06-20")
    cloture = Cloture(code=FIN_DE_LEGISLATURE) if closed else None
    q = question("2016-01-05", fin_legislature=end, donnees_au=D(last), cloture=cloture)
    day = end if statut == "sans-reponse" else D(last)
    assert deadlines.statut(q) == (qp(f"statut-{statut}"), day)
    assert not q.attend


@pytest.mark.parametrize(
    ("values", "statut", "au"),
    [
        ({"reponses": reponse("2021-03-05")}, "repondue-dans-delai", "2021-03-05"),
        ({"reponses": reponse("2021-03-06")}, "repondue-hors-delai", "2021-03-06"),
        ({"cloture": Cloture(jour=D("2022-06-21"))}, "retiree", "2022-06-21"),
        ({"cloture": Cloture()}, "retiree", "2025-06-03"),
        ({"fin_legislature": D("2022-06-21")}, "sans-reponse", "2022-06-21"),
        ({"fin_legislature": D("2022-06-21"), "cloture": Cloture()}, "retiree", "2022-06-21"),
        ({"donnees_au": D("2021-03-05")}, "en-attente-dans-delai", "2021-03-05"),
        ({}, "en-attente-hors-delai", "2025-06-03"),
        ({"type": "QOSD"}, "en-attente", "2025-06-03"),
        ({"type": "QG", "reponses": reponse("2021-01-05")}, "repondue", "2021-01-05"),
        (
            {"reponses": reponse("2021-02-02"), "cloture": Cloture(jour=D("2021-03-01"))},
            "repondue-dans-delai",
            "2021-02-02",
        ),
        ({"donnees_au": None}, None, ""),
    ],
)
def test_no_status_without_its_day(values: dict[str, object], statut: str | None, au: str) -> None:
    """A closed question has the status of the day of its end, an open one that of the data."""
    q = question("2021-01-05", **values)
    found, later = deadlines.statut(q), deadlines.statut(replace(q, donnees_au=D("2026-01-01")))
    assert found == (statut and (qp(f"statut-{statut}"), D(au)))
    assert deadlines.follows_data(q) == (found != later)
