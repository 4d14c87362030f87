"""The archives AMO: every spelling is read alike; who sat where, in which group, when."""

import json
import time
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from lod.base import inputs
from lod.base.errors import UsageError
from lod.model.question import Circonscription, Organe
from lod.reference.amo_archives import read_directory
from lod.reference.amo_records import MAX_REMARKS
from lod.reference.directory import Body, DeputySeat, Directory, GroupMembership, Person
from tests.support import amo
from tests.support.amo import alix, bien_lu, lu
from tests.support.patience import patience

AIN = Circonscription(nom="Ain", numero=1, departement="01")
MANY = 50_000  # wrong values of a file
PERSON = {"uid": "PA1", "etatCivil": {"ident": {"prenom": "A", "nom": "B"}}}
NOTHING = (None, "", {}, [], amo.NIL, {"#text": ""})


@pytest.fixture
def exemple(tmp_path: Path) -> Directory:
    return bien_lu(tmp_path, *amo.EXEMPLE)


def test_values_are_those_of_the_record(exemple: Directory) -> None:
    assert exemple.persons == {"PA900001": Person(
        ref="PA900001", civilite="Mme", first_name="Alix", last_name="Exemple",
        birth_date=date(1970, 1, 31), profession="Géomètre", categorie="Professions libérales",
        famille="Cadres et professions intellectuelles supérieures",
        hatvp="https://www.hatvp.fr/pages_nominatives/exemple-synthetique",
    )}  # fmt: skip
    assert exemple.seats.get("PM910001") == DeputySeat(
        ref="PM910001", acteur_ref="PA900001", legislature=17, start=date(2024, 7, 7),
        prise_de_fonction=date(2024, 7, 8), circonscription=AIN, region="Exemplie",
        cause="élections générales", suppleants=("PA999999",),
    )  # fmt: skip
    assert exemple.seats["PM910000"].end_cause == "Fin synthétique"
    assert exemple.memberships["PA900001"][0] == GroupMembership(
        ref="PM920001", acteur_ref="PA900001", groupe_ref="PO930001", start=date(2024, 7, 19),
        end=date(2025, 3, 31), role="Membre apparenté",
    )  # fmt: skip
    assert exemple.bodies["PO930001"].position == "Opposition"
    assert exemple.bodies.get("PO950002") == Body(
        ref="PO950002", type="MINISTERE", libelle="Ministère des essais", short_label="Essais",
        sigle="MIN", start=date(2024, 12, 23), parent="PO940002", predecessor="PO950001",
    )  # fmt: skip
    assert exemple.bodies.get("PO970001") is None, "a constituency is not kept"


@pytest.mark.parametrize("nothing", NOTHING, ids=repr)
def test_nothing_is_spelled_in_many_ways(nothing: Any, tmp_path: Path) -> None:
    record = alix(amo.siege("PM1", "2024-07-07", nothing))
    person = record["acteur"]
    person["uri_hatvp"] = person["profession"] = nothing
    person["etatCivil"]["dateDeces"] = person["etatCivil"]["infoNaissance"] = nothing
    [siege] = person["mandats"]["mandat"]
    siege["election"]["lieu"]["region"] = siege["mandature"] = siege["suppleants"] = nothing
    siege["election"]["causeMandat"] = nothing
    body = amo.organe("PO1", "MINISTERE", "Essais", "2024-07-07", nothing)
    body["organe"]["organeParent"] = body["organe"]["libelleAbrege"] = nothing
    r = bien_lu(tmp_path, record, body)
    plain = Person(ref="PA1", civilite="Mme", first_name="Alix", last_name="Exemple")
    assert r.persons["PA1"] == plain
    mandat = r.seats["PM1"]
    assert (mandat.end, mandat.region, mandat.prise_de_fonction) == (None, None, None)
    assert (mandat.cause, mandat.end_cause, mandat.suppleants) == (None, None, ())
    assert r.bodies["PO1"].organe == Organe(libelle="Essais", ref="PO1")
    assert (r.bodies["PO1"].end, r.bodies["PO1"].parent) == (None, None)


def test_lists_may_hold_nothing_or_one(tmp_path: Path) -> None:
    """A list of one stands for it, nothing in a list is passed over; control characters go."""
    record = amo.acteur("PA1", "Alix\u0007 ", ["Exemple"])["acteur"]
    record["etatCivil"] = [record["etatCivil"]]
    r = bien_lu(tmp_path, {"acteurs": {"acteur": [amo.NIL, record, None]}})
    assert [a.full_name for a in r.persons.values()] == ["Alix Exemple"]


def test_an_identifier_is_a_text_or_an_object(tmp_path: Path) -> None:
    a, b = alix(), amo.acteur("PA2", "Sacha", "Exemple")
    b["acteur"]["uid"] = "PA2"
    body = amo.organe("PO1", "GOUVERNEMENT", "Gouvernement", "2024-07-07")
    body["organe"]["uid"] = {"@xsi:type": "IdOrgane_type", "#text": "PO1"}
    r = bien_lu(tmp_path, a, b, body)
    assert (set(r.persons), set(r.bodies)) == ({"PA1", "PA2"}, {"PO1"})


def test_a_mandate_alone_is_no_list(tmp_path: Path) -> None:
    """One mandate is an object, several are a list; other kinds of mandate are not kept."""
    seul = amo.siege("PM1", "2024-07-07")
    record = alix(mandats={"mandat": seul})
    autres = [{"uid": "PM3", "typeOrgane": "GE", "dateDebut": "?"}, amo.siege("PM2", "2024-07-07")]
    r = bien_lu(tmp_path, record, amo.acteur("PA2", "Sacha", "Exemple", *autres))
    assert {m.ref: m.acteur_ref for m in r.seats.values()} == {"PM1": "PA1", "PM2": "PA2"}


def test_a_membership_may_name_several_bodies(tmp_path: Path) -> None:
    r = bien_lu(
        tmp_path,
        alix(amo.adhesion("PM1", ["PO1", "PO2"], "2024-07-19")),
        amo.acteur("PA2", "Sacha", "Exemple", amo.adhesion("PM2", ["PO1"], "2024-07-19")),
        amo.groupe("PO1", "Un", "U", "2024-07-18"),
    )
    assert [a.groupe_ref for a in r.memberships["PA1"]] == ["PO1", "PO2"]
    assert r.groupe_on("PA1", date(2025, 1, 1)) is None, "two at once"
    assert r.groupe_on("PA2", date(2025, 1, 1)) == r.bodies.get("PO1")


def test_dates_have_two_shapes(tmp_path: Path) -> None:
    r = bien_lu(tmp_path, amo.organe("PO1", "GP", "Un", "27/06/2017", "2022-06-21", legislature=15))
    assert (r.bodies["PO1"].start, r.bodies["PO1"].end) == (date(2017, 6, 27), date(2022, 6, 21))
    assert r.bodies["PO1"].legislature == 15


@pytest.mark.parametrize("envelope", ["plain", "export", "divided"])
def test_one_file_may_hold_all(envelope: str, tmp_path: Path) -> None:
    """`acteurs.acteur[]` and `organes.organe[]`, below `export` or not; mandates apart too."""
    person, body = amo.EXEMPLE[0]["acteur"], [m["organe"] for m in amo.EXEMPLE[1:]]
    root: dict[str, Any] = {"organes": {"organe": body}}
    if envelope == "divided":
        mandats = [m | {"acteurRef": "PA900001"} for m in person["mandats"]["mandat"]]
        root["mandats"] = {"mandat": mandats}
        person = person | {"mandats": None}
    root["acteurs"] = {"acteur": [person]}
    path = tmp_path / "amo.json"
    path.write_text(json.dumps({"export": root} if envelope == "export" else root), "utf-8")
    assert read_directory([path]) == (bien_lu(tmp_path, *amo.EXEMPLE), ())


def test_folders_are_read_like_archives(tmp_path: Path) -> None:
    with ZipFile(amo.archive(tmp_path / "amo.zip", amo.EXEMPLE)) as archive:
        archive.extractall(tmp_path / "amo")
    unpacked, packed = (read_directory([tmp_path / name]) for name in ("amo", "amo.zip"))
    assert unpacked == packed
    [(name, is_read)], [(_, the_same)] = unpacked[0].archives, packed[0].archives
    assert (name, is_read) == ("amo", the_same)
    [(_, another)] = read_directory([amo.archive(tmp_path / "b.zip", amo.EXEMPLE[1:])])[0].archives
    assert another != is_read


def test_a_later_archive_wins(tmp_path: Path) -> None:
    first = amo.archive(tmp_path / "z.zip", amo.EXEMPLE)
    fin = amo.siege("PM910001", "2024-07-07", "2025-10-05")
    second = amo.archive(tmp_path / "a.zip", [amo.acteur("PA900001", "Alix", "Nouveau", fin)])
    r, _ = read_directory([first, second])  # in this order, not in that of their names
    assert r.persons["PA900001"].last_name == "Nouveau"
    assert r.seats["PM910001"].end == date(2025, 10, 5)
    assert len(r.memberships["PA900001"]) == 3, "what the later one does not name stays"
    assert read_directory([second, first])[0].persons["PA900001"].last_name == "Exemple"


LEFT_OUT = "it is left out of the reference data; correct it, or fetch the archive again"
WRONG_DAY = (
    '{"organe":\n {"codeType": "GP", "uid": "PO1", "libelle": "Un",\n  "viMoDe":\n'
    '   {"dateDebut": "31/02/2021"}}}'
)


@pytest.mark.parametrize(
    ("member", "message"),
    [
        ("[1]", "1: no JSON object at the root; give archives of acteurs and organes"),
        ("", "1: not complete JSON: Input is a zero-length, empty document;"
             " fetch the archive again"),
        ({"question": {}, "x": 1},
         "1: neither acteur nor organe at the root, but: question, x; "
         "give archives of acteurs and organes; this file is something else"),
        ({"acteurs": {"acteur": [1, 2]}}, f"1: acteurs.acteur[0]: no object; {LEFT_OUT}"),
        (amo.organe("PO1", "GP", "Un", "2024-07-18"),
         f"1: organe.legislature: no value; {LEFT_OUT}"),
        (WRONG_DAY, "4: organe.viMoDe.dateDebut: '31/02/2021' is not a day of the calendar; "
                  f"{LEFT_OUT}"),
        (alix(ref="PA01"),
         f"1: acteur.uid: 'PA01' is not the reference of a person (PA…); {LEFT_OUT}"),
        (amo.acteur("PA1", "Alix", ["Exemple", "Autre"]),
         f"1: acteur.etatCivil.ident.nom: 2 values where one is expected; {LEFT_OUT}"),
        (amo.acteur("PA1", "Alix", {"a": "b"}),
         "1: acteur.etatCivil.ident.nom: an object or a list where a text is expected; "
         f"{LEFT_OUT}"),
    ],
    ids=range(9),
)  # fmt: skip
def test_what_cannot_be_read_is_said(member: Any, message: str, tmp_path: Path) -> None:
    """File, line, what is wrong, what to do; the members after it are read."""
    r, remarks = lu(tmp_path, member, amo.acteur("PA2", "Sacha", "Exemple"))
    assert str(remarks[0]) == f"{tmp_path}/amo.zip/json/000.json:{message}"
    assert list(r.persons) == ["PA2"] and r.bodies == {}


def test_a_wrong_part_does_not_take_the_rest_along(tmp_path: Path) -> None:
    """A wrong birthday, end, role, position, cause or substitute is left out alone."""
    siege = amo.siege("PM2", "2024-07-07", election={"causeMandat": ["a", "b"]})
    siege["suppleants"] = {"suppleant": [{"suppleantRef": "PM3"}, {"suppleantRef": "PA4"}]}
    record = alix(
        amo.siege("PM1", "2024-07-07", "bientôt"),
        siege,
        amo.siege("MP3", "2024-07-07"),
        amo.adhesion("PM4", "PO1", "2024-07-19", role="Trésorier"),
        uri_hatvp="javascript:alert(1)",
    )
    record["acteur"]["etatCivil"]["infoNaissance"]["dateNais"] = "1970-02-30"
    groupe = amo.groupe("PO1", "Un", "U", "2024-07-18", position="Au centre")
    r, remarks = lu(tmp_path, record, groupe)
    assert (r.persons["PA1"].birth_date, r.persons["PA1"].hatvp) == (None, None)
    assert list(r.seats) == ["PM2"]
    assert (r.seats["PM2"].cause, r.seats["PM2"].suppleants) == (None, ("PA4",))
    assert [(m.ref, m.role) for m in r.memberships["PA1"]] == [("PM4", None)]
    assert r.bodies["PO1"].position is None
    assert [f.wrong for f in remarks] == [
        "acteur.etatCivil.infoNaissance.dateNais: '1970-02-30' is not a day of the calendar",
        "acteur.uri_hatvp: 'javascript:alert(1)' is not an address of the Haute Autorité",
        "acteur.mandats.mandat[0].dateFin: 'bientôt' is not a date",
        "acteur.mandats.mandat[1].election.causeMandat: 2 values where one is expected",
        "acteur.mandats.mandat[1].suppleants.suppleant[0].suppleantRef: "
        "'PM3' is not the reference of a person (PA…)",
        "acteur.mandats.mandat[2].uid: 'MP3' is not the reference of a mandate (PM…)",
        "acteur.mandats.mandat[3].infosQualite.codeQualite: "
        "'Trésorier' is no known role in a group",
        "organe.positionPolitique: 'Au centre' is no known political position",
    ]


def test_a_day_that_stands_for_none_is_none(tmp_path: Path) -> None:
    """What ends in 9999 has no end; what begins in the year 1 is left out. Both are told."""
    record = alix(
        amo.siege("PM1", "2024-07-07", "9999-12-31", prise="0001-01-01"),
        amo.siege("PM2", "0001-01-01"),
        amo.adhesion("PM3", "PO1", "2024-07-19", "2100-01-01"),
    )
    groups = (
        amo.groupe("PO1", "Un", "U", "2024-07-18", "9999-12-31"),
        amo.groupe("PO2", "Deux", "D", "1958-10-03"),
    )
    r, remarks = lu(tmp_path, record, *groups)
    assert [(s.ref, s.end, s.prise_de_fonction) for s in r.seats.values()] == [("PM1", None, None)]
    assert [(m.ref, m.end) for m in r.memberships["PA1"]] == [("PM3", None)]
    assert [(body.ref, body.end) for body in r.bodies.values()] == [("PO1", None)]
    days = [remark.wrong.split(": ")[1] for remark in remarks]
    assert days == [
        f"'{day}' is not of the years 1958 to 2099"
        for day in ("0001-01-01", "9999-12-31", "0001-01-01", "2100-01-01", "9999-12-31",
                    "1958-10-03")
    ]  # fmt: skip


def test_a_form_of_address_is_a_known_one(tmp_path: Path) -> None:
    """In any spelling; another word is none, and told."""
    given = ("M.", "Mlle", "Mme", "M", "Monsieur", "MADAME", "Dr")
    records = [alix(ref=f"PA{number}") for number, _ in enumerate(given, 1)]
    for record, civility in zip(records, given, strict=True):
        record["acteur"]["etatCivil"]["ident"]["civ"] = civility
    r, remarks = lu(tmp_path, *records)
    told = [person.civilite for person in r.persons.values()]
    assert told == ["M.", "Mlle", "Mme", "M.", "M.", "Mme", None]
    [remark] = remarks
    assert remark.wrong == "acteur.etatCivil.ident.civ: 'Dr' is no known form of address"


def test_damaged_archives_are_remarks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cut archive, a member too large, a text that is not UTF-8; an absent path stops."""
    good = amo.archive(tmp_path / "amo.zip", amo.EXEMPLE)
    (tmp_path / "cut.zip").write_bytes(good.read_bytes()[:2000])
    (tmp_path / "latin.json").write_bytes('{"acteur": "é"}'.encode("latin-1"))
    monkeypatch.setattr(inputs, "MAX_BYTES", 1500)
    r, remarks = read_directory([tmp_path])
    told = [f.where.path.removeprefix(f"{tmp_path}/") for f in remarks]
    assert told == ["amo.zip/json/000.json", "cut.zip", "latin.json"]
    assert r.persons == {} and len(r.bodies) == 7
    with pytest.raises(UsageError, match="there is no such file"):
        read_directory([tmp_path / "absent.zip"])


def test_what_is_no_archive_of_deputies_stops(tmp_path: Path) -> None:
    """Beside one that is, too: a cut archive, one of questions, an empty folder."""
    good = amo.archive(tmp_path / "amo.zip", amo.EXEMPLE)
    cut, empty = tmp_path / "cut.zip", tmp_path / "empty"
    cut.write_bytes(good.read_bytes()[:2000])
    empty.mkdir()
    questions = amo.archive(tmp_path / "questions.zip", [{"question": {}}])
    for path, why in (
        (cut, "cut.zip:1: cannot be read: File is not a zip file; fetch or copy it again"),
        (questions, "000.json:1: neither acteur nor organe at the root, but: question; give"),
        (empty, "give an archive of acteurs and organes"),
    ):
        with pytest.raises(UsageError, match=f"^{path}: no acteur and no organe is read of it; "):
            read_directory([good, path])
        with pytest.raises(UsageError, match=why):
            read_directory([path])
    other = amo.archive(tmp_path / "other.zip", [amo.organe("PO1", "CNPE", "Un", "2024-07-18")])
    assert read_directory([other])[1] == ()  # a body of a kind that is not needed


@pytest.mark.parametrize(
    "document",
    [
        {"acteurs": {"acteur": [1] * MANY}},
        {"export": {"acteurs": {"acteur": [{"a": 1}] * MANY}}},
        {"export": {"organes": {"organe": [{"codeType": "GP"}] * MANY}}},
        {"acteur": {**PERSON, "mandats": {"mandat": [{"typeOrgane": "ASSEMBLEE"}] * MANY}}},
        {"acteurs": {"acteur": [{**PERSON, "uri_hatvp": "x"}] * MANY}},
    ],
    ids=["no objects", "no persons", "no bodies", "no mandates", "no addresses"],
)
@pytest.mark.slow
def test_a_thousand_remarks_are_told(document: object, tmp_path: Path) -> None:
    """The others are counted; what is right of the file, and the next file, is read."""
    wrong, right = tmp_path / "a.json", tmp_path / "b.json"
    wrong.write_text(json.dumps(document, indent=0))
    right.write_text(json.dumps({"acteur": PERSON | {"uid": "PA2"}}))
    begun = time.process_time()
    directory, remarks = read_directory([tmp_path])
    assert time.process_time() - begun < patience(20)
    assert "PA2" in directory.persons
    lines = [remark.where.line for remark in remarks[:MAX_REMARKS]]
    assert lines == sorted(lines) and len(set(lines)) >= MAX_REMARKS - 2
    assert len(remarks) == MAX_REMARKS + 1
    assert "more values are wrong, beside the 1000 told of; it is left out" in str(remarks[-1])
    assert str(MANY - MAX_REMARKS)[:2] in str(remarks[-1])


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
        # no break
        ([("PM12", "2024-10-01", None), ("PM11", "2024-07-19", "2024-09-30"),
          ("PM13", "2025-04-01", "2025-06-30")], [("PM11", "2024-07-19", None)]),
        # a day between
        ([("PM21", "2024-07-19", "2024-09-30"), ("PM22", "2024-10-02", None)],
         [("PM21", "2024-07-19", "2024-09-30"), ("PM22", "2024-10-02", None)]),
        # at once
        ([("PM100", "2024-07-19", "2024-12-31"), ("PM99", "2024-07-19", "2025-07-01")],
         [("PM99", "2024-07-19", "2025-07-01")]),
    ],
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
