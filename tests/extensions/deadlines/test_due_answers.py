"""What is due: states by the rules, calendars, feeds and lists, of invented rows."""

import re
from datetime import date, timedelta

import pytest

from lod.extensions.deadlines import due_calendar
from lod.extensions.deadlines.due import (
    FLAGGED,
    LATER,
    STATES,
    TO_FLAG,
    WITHIN_DAYS,
    DueQuestion,
    due_questions,
    of_all,
    of_subject,
    subjects,
)
from lod.extensions.deadlines.files import ENTRIES, PER_PAGE, SHOWN, feed_entries, list_parts
from lod.publish.publication import Publication
from lod.rdf.store import Row
from lod.website.rendering.language import written_in
from tests.extensions.deadlines.support import events, unfolded
from tests.support.paths import BASE

DAY = date(2026, 7, 7)
PRINTED = Publication(BASE, "Éd.", DAY)
MINISTRY = f"{BASE}ministere/PO1"
# day of the deadline and of the flag, from the last day of the data on → state
CASES = [
    (0, None, WITHIN_DAYS),
    (7, None, WITHIN_DAYS),
    (8, None, LATER),
    (-1, None, TO_FLAG),
    (-400, None, TO_FLAG),
    (-30, 0, LATER),  # due in ten days
    (-30, -3, WITHIN_DAYS),
    (-30, -10, WITHIN_DAYS),  # due today
    (-30, -11, FLAGGED),
]


def row(number: int, limit: int, flag: int | None = None, title: str = "Titre") -> Row:
    """A row of the query: days are counted from the last day of the data on."""

    def day(offset: int) -> str:
        return (DAY + timedelta(offset)).isoformat()

    return {
        "question": f"{BASE}question/QANR5L17QE{number}",
        "titre": title,
        "parution": day(limit - 61),
        "limite": day(limit),
        "signalement": "" if flag is None else day(flag),
        "limite_signalement": "" if flag is None else day(flag + 10),
        "auteur_iri": f"{BASE}depute/PA1",
        "auteur": "Jeanne Essai",
        "groupe_iri": f"{BASE}groupe/PO3",
        "groupe": "Groupe d’essai",
        "ministere_iri": MINISTRY,
        "ministere": "Mer",
    }


def due(*rows: Row) -> list[DueQuestion]:
    return due_questions(rows, DAY, lambda iri: f"{iri[-3:]} (2026)")


@pytest.mark.parametrize(("limit", "flag", "state"), CASES)
def test_states_follow_the_rules(limit: int, flag: int | None, state: str) -> None:
    """Two months, then ten days from the flag on; the last day of each is still in time."""
    [question] = due(row(1, limit, flag))
    assert question.etat == state
    expected = limit if flag is None else flag + 10
    assert question.echeance == (DAY + timedelta(expected)).isoformat()
    assert question.ministere == "PO1 (2026)"


def test_who_has_no_name_has_a_page() -> None:
    """A deputy whom no table knows is called as the site calls them, and has what is due."""
    [question] = due(row(1, -3) | {"auteur": ""})
    assert question.auteur == "PA1 (2026)" and question.groupe == "Groupe d’essai"
    [one] = subjects([question], "depute")
    assert (one.path, one.name, one.due) == ("echeances/depute/PA1", "PA1 (2026)", [question])


def test_lists_begin_with_what_is_nearest() -> None:
    """What is to come begins with the soonest, what is overdue with the latest."""
    everything = of_all(due(*(row(n, offset) for n, offset in enumerate((-9, -2, 3, 1, 20, 40)))))
    orders = {state: [d.echeance for d in everything.in_state(state)] for state in STATES}
    assert orders[TO_FLAG] == ["2026-07-05", "2026-06-28"]
    assert orders[WITHIN_DAYS] == ["2026-07-08", "2026-07-10"]
    assert orders[LATER] == ["2026-07-27", "2026-08-16"]
    assert everything.counts() == {WITHIN_DAYS: 2, TO_FLAG: 2, FLAGGED: 0, LATER: 2}


# ---------------------------------------------------------------- the calendar


def test_a_calendar_is_one_of_rfc_5545() -> None:
    """An event lasts its day; texts are escaped; the same data gives the same bytes."""
    title = "Eau, air ; sol\\terre\nété " + "é" * 90
    question = due(row(1, 3, title=title), row(2, -30, -3))
    data = due_calendar.calendar(of_all(question), "Échéances", PRINTED)
    assert data == due_calendar.calendar(of_all(question), "Échéances", PRINTED)
    head = dict(unfolded(data)[:9])
    assert head["BEGIN"] == "VCALENDAR" and head["VERSION"] == "2.0" and head["PRODID"]
    assert head["SOURCE;VALUE=URI"] == f"{BASE}echeances.ics"
    first, second = events(data)
    assert first["DTSTART;VALUE=DATE"] == "20260710" and "DTEND" not in first
    said = "Réponse attendue\u00a0: Eau\\, air \\; sol\\\\terre été éé"  # on one line
    assert first["SUMMARY"].startswith(said) and first["DESCRIPTION"].count("\\n") == 2
    assert first["UID"] == "QANR5L17QE1-echeance@localhost" and first["SEQUENCE"] == "0"
    assert first["DTSTAMP"] == second["DTSTAMP"] == "20260707T000000Z"
    assert second["DTSTART;VALUE=DATE"] == "20260714" and second["SEQUENCE"] == "1"
    with written_in("en"):
        english = due_calendar.calendar(of_all(question), "Deadlines", PRINTED)
    texts = [event["SUMMARY"] for event in events(english)]
    assert texts[1] == "Answer due: Titre"
    assert [e["UID"] for e in events(english)] == [first["UID"], second["UID"]]


def test_a_flag_moves_the_event_of_a_question() -> None:
    """Its identifier stays: programs move the event, and do not add another one."""
    before, after = due(row(1, -5)), due(row(1, -5, 0))
    [first], [second] = (
        events(due_calendar.calendar(of_all(some), "É", PRINTED)) for some in (before, after)
    )
    assert first["UID"] == second["UID"]
    assert first["DTSTART;VALUE=DATE"] == "20260702"
    assert second["DTSTART;VALUE=DATE"] == "20260717"
    assert int(first["SEQUENCE"]) < int(second["SEQUENCE"])


def test_a_calendar_is_bounded() -> None:
    """It keeps all that is to come, then the latest of what is overdue."""
    rows = [row(n, 1 + n % 50) for n in range(1, 601)]
    rows += [row(n, -1 - n) for n in range(601, 1400)]
    found = events(due_calendar.calendar(of_all(due(*rows)), "É", PRINTED))
    assert len(found) == due_calendar.MOST
    numbers = {int(re.findall(r"QE(\d+)", event["UID"])[0]) for event in found}
    assert numbers == set(range(1, 1001))


# ---------------------------------------------------------------- the feed and the lists


def test_the_feed_tells_what_becomes_near_and_what_is_past() -> None:
    """On the day on which it does; never a day to come; a flag makes another entry."""
    question = due(row(1, 5), row(2, -1), row(3, -30, -3), row(4, -30, -20), row(5, 30))
    entries = feed_entries(of_all(question), PRINTED)
    told = {entry.iri.rpartition("/")[2]: entry.updated[:10] for entry in entries}
    assert told == {
        "QANR5L17QE1#echeance-2026-07-12-sous-sept-jours": "2026-07-05",
        "QANR5L17QE2#echeance-2026-07-06-a-signaler": "2026-07-07",
        "QANR5L17QE3#echeance-2026-07-14-sous-sept-jours": "2026-07-07",
        "QANR5L17QE4#echeance-2026-06-27-signalees": "2026-06-28",
    }
    assert max(told.values()) <= DAY.isoformat()
    many = due(*(row(n, -n) for n in range(1, 99)))
    assert len(feed_entries(of_all(many), PRINTED)) == ENTRIES


def test_long_lists_have_pages() -> None:
    """A short one has none: it stands whole on the first page."""
    for count in (SHOWN, SHOWN + 1, 3 * PER_PAGE + 1):
        about = of_subject(due(*(row(n, -n) for n in range(1, count + 1))), "ministere", MINISTRY)
        parts = [*list_parts(about, TO_FLAG)]
        assert [len(part.rows) for part in parts] == {
            SHOWN: [],
            SHOWN + 1: [SHOWN + 1],
            3 * PER_PAGE + 1: [PER_PAGE] * 3 + [1],
        }[count]
        assert [part.path for part in parts][1:2] in (
            [],
            ["echeances/ministere/PO1/a-signaler/page-2"],
        )
