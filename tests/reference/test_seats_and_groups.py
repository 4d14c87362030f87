"""Questions to the reference data: who sat where, in which group, on which day."""

from datetime import date
from pathlib import Path

import pytest

from lod.reference.directory import Directory
from tests.support import amo
from tests.support.amo import alix, bien_lu


@pytest.fixture
def exemple(tmp_path: Path) -> Directory:
    return bien_lu(tmp_path, *amo.EXEMPLE)


def dates(*days: str) -> list[date]:
    return [date.fromisoformat(day) for day in days]


def test_a_mandate_is_that_of_the_day(tmp_path: Path) -> None:
    """Re-elected after the election was annulled: two mandates in one legislature."""
    r = bien_lu(
        tmp_path,
        alix(
            amo.siege("PM1", "2024-07-07", "2025-01-10", prise="2024-07-08"),
            amo.siege("PM2", "2025-04-06", prise="2025-04-07"),
            amo.siege("PM3", "2022-06-19", "2024-06-09", legislature="16"),
        ),
    )
    days = dates("2024-07-07", "2024-07-08", "2025-01-10", "2025-01-11", "2025-04-07")
    seats = (r.seat_of("PA1", 17, day) for day in days)
    assert [seat and seat.ref for seat in seats] == [None, "PM1", "PM1", None, "PM2"]
    assert r.seat_of("PA1", 17) is None, "without a day, two are one too many"
    assert r.seat_of("PA1", 16) == r.seats.get("PM3")
    assert r.seat_of("PA1", 16, date(2025, 4, 7)) is None
    assert r.seat_of("PA2", 17) is None and r.seats.get("PM4") is None


def test_a_substitute_sits_from_the_day_of_taking_the_seat(tmp_path: Path) -> None:
    """Her mandate is dated from the election of the deputy replaced, who may come back."""
    first = amo.siege("PM1", "2024-07-07", "2024-10-21", prise="2024-07-08")
    again = amo.siege("PM3", "2024-07-07", prise="2025-01-24")
    between = amo.siege("PM2", "2024-07-07", "2025-01-23", prise="2024-10-22")
    r = bien_lu(tmp_path, alix(first, again), alix(between, ref="PA2"))
    days = dates("2024-10-21", "2024-10-22", "2025-01-24")
    for day, sitting in zip(days, ("PM1", "PM2", "PM3"), strict=True):
        found = [r.seat_of(ref, 17, day) for ref in ("PA1", "PA2")]
        assert [m.ref for m in found if m] == [sitting], day


def test_a_group_is_that_of_the_day(exemple: Directory) -> None:
    """Before the groups are formed there is none; a change takes effect on its day."""
    days = dates("2024-07-18", "2024-07-19", "2025-03-31", "2025-04-01")
    groups = [exemple.groupe_on("PA900001", day) for day in days]
    assert [g and g.ref for g in groups] == [None, "PO930001", "PO930001", "PO930002"]
    assert exemple.groupe_on("PA1", date(2025, 1, 1)) is None


def test_what_an_archive_of_its_time_left_open_ends(tmp_path: Path) -> None:
    """A membership with its group, a group of the table on its day, a seat with its legislature."""
    r = bien_lu(
        tmp_path,
        alix(
            amo.siege("PM1", "2017-06-18", legislature="15"),
            amo.adhesion("PM2", "PO730970", "2017-06-27"),
            amo.adhesion("PM3", "PO1", "2020-09-24"),
        ),
        amo.organe("PO730970", "GP", "Mouvement", "2017-06-27", legislature="15"),
        amo.organe("PO1", "GP", "Un", "2020-09-24", legislature="15"),
    )
    ends = [r.seats["PM1"].end, *(m.end for m in r.memberships["PA1"])]
    assert ends == dates("2022-06-21", "2020-09-23", "2022-06-21")
    days = dates("2020-09-23", "2020-09-24", "2022-06-21", "2022-06-22")
    groups = [r.groupe_on("PA1", day) for day in days]
    assert [g and g.ref for g in groups] == ["PO730970", "PO1", "PO1", None]


def test_the_day_of_a_change_belongs_to_what_goes_on(tmp_path: Path) -> None:
    """One membership ends on the day on which the next begins."""
    before = amo.adhesion("PM1", "PO1", "2024-07-19", "2025-04-01")
    r = bien_lu(
        tmp_path,
        alix(before, amo.adhesion("PM2", "PO2", "2025-04-01")),
        amo.groupe("PO1", "Un", "U", "2024-07-18"),
        amo.groupe("PO2", "Deux", "D", "2024-07-18"),
    )
    assert r.groupe_on("PA1", date(2025, 4, 1)) == r.bodies.get("PO2")
    assert r.groupe_on("PA1", date(2025, 3, 31)) == r.bodies.get("PO1")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            [("PM12", "2024-10-01", None), ("PM11", "2024-07-19", "2024-09-30"),
             ("PM13", "2025-04-01", "2025-06-30")],
            [("PM11", "2024-07-19", None)],
        ),
        (
            [("PM21", "2024-07-19", "2024-09-30"), ("PM22", "2024-10-02", None)],
            [("PM21", "2024-07-19", "2024-09-30"), ("PM22", "2024-10-02", None)],
        ),
        (
            [("PM100", "2024-07-19", "2024-12-31"), ("PM99", "2024-07-19", "2025-07-01")],
            [("PM99", "2024-07-19", "2025-07-01")],
        ),
    ],
    ids=["no break", "a day between", "at once"],
)  # fmt: skip
def test_a_membership_without_a_break_is_one(
    given: list[tuple[str, str, str]], expected: list[tuple[str, str, str]], tmp_path: Path
) -> None:
    """In one role: one membership; who left and came back has two."""
    mandates = [amo.adhesion(ref, "PO1", start, end) for ref, start, end in given]
    found = bien_lu(tmp_path, alix(*mandates)).memberships["PA1"]
    assert [(a.ref, str(a.start), a.end and str(a.end)) for a in found] == expected


def test_a_new_role_is_a_new_membership(tmp_path: Path) -> None:
    """An associate becomes a member, then president as well; her group is one all the time."""
    r = bien_lu(
        tmp_path,
        alix(
            amo.adhesion("PM1", "PO1", "2024-07-19", "2024-09-30", "Membre apparenté"),
            amo.adhesion("PM2", "PO1", "2024-10-01", "2024-12-31"),
            amo.adhesion("PM4", "PO1", "2025-02-01", role="Président"),
            amo.adhesion("PM3", "PO1", "2025-01-01"),
        ),
        amo.groupe("PO1", "Un", "U", "2024-07-18"),
    )
    assert [(a.ref, a.role, str(a.start)) for a in r.memberships["PA1"]] == [
        ("PM1", "Membre apparenté", "2024-07-19"),
        ("PM2", "Membre", "2024-10-01"),
        ("PM4", "Président", "2025-02-01"),
    ]
    for day in (date(2024, 9, 30), date(2024, 10, 1), date(2025, 2, 1)):
        assert r.groupe_on("PA1", day) == r.bodies.get("PO1")


def test_homonyms_are_all_named(tmp_path: Path) -> None:
    """All persons of one name with a seat in the legislature are found."""
    r = bien_lu(
        tmp_path,
        amo.acteur("PA1", "Élise", "Œuvré", amo.siege("PM1", "2024-07-07")),
        amo.acteur("PA2", "Elise", "OEUVRÉ", amo.siege("PM2", "2024-07-07")),
        amo.acteur("PA3", "Élise", "Œuvré", amo.siege("PM3", "2022-06-19", legislature="16")),
        amo.acteur("PA4", "Élise", "Œuvré"),
    )
    assert [a.ref for a in r.persons_named("elise oeuvre", 17)] == ["PA1", "PA2"]
    assert [a.ref for a in r.persons_named("elise oeuvre", 16)] == ["PA3"]
    assert r.persons_named("elise oeuvre", 15) == ()
