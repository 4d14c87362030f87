"""Sittings: what is read of their files, and which point is which question; nothing gets lost."""

import re
from collections import Counter
from datetime import date
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from pyoxigraph import NamedNode

from lod.base.errors import Remark, Where
from lod.base.inputs import MAX_BYTES, records
from lod.extensions import marks
from lod.extensions.debates.linking import Asked, Link, Links, Place, Turn, asked, joined, link
from lod.extensions.debates.sittings import Sitting, key_of, read_sitting, read_sittings
from lod.extensions.debates.triples import Speakers, account, paragraph_triples
from lod.pipeline.reading.given import given
from lod.pipeline.settling.resolve import complete
from lod.rdf.iris import Iris
from lod.rdf.vocab import qp
from lod.sources.forms import read_record
from tests.extensions.debates.support import Said, point, sitting
from tests.support import amo
from tests.support.amo import bien_lu
from tests.support.paths import GOOD, SHARED, TESTS

DAY, AUTHOR, TITLE = date(2025, 2, 17), "PA842311", "Titre inventé"
CAURE: Said = ("M. Vincent Caure", "842311", "Une question inventée de toutes pièces.")
CHAIR: Said = ("Mme la présidente", "721908", "La parole est à M. Vincent Caure.")
REAL = SHARED / "data/debates"
# file of a true sitting → points, paragraphs, those with a person, those of questions
TRUE = {
    "syceron-L15-2021-07-13.xml": (1, 9, 9, 1),
    "syceron-L16-2024-06-05.xml": (2, 8, 8, 1),
    "syceron-L17-2026-03-31.xml": (2, 4, 4, 1),
    "syceron-L17-reduced.xml": (2, 6, 2, 0),
}


def read(*points: str) -> Sitting:
    return read_sitting(sitting(points), "s.xml")


def question(uid: str = "QANR5L17QG1", title: str = TITLE, said: str = CAURE[2],
             days: tuple[date, ...] = (DAY,), author: str = AUTHOR) -> Asked:  # fmt: skip
    turn = Turn(f"http://x/reponse/{uid}#intervention-1", key_of(CAURE[0], said), None)
    return Asked(uid, title.casefold().replace("é", "e"), author, frozenset(days), (turn,))


def linked(sittings: list[Sitting], *questions: Asked) -> Links:
    """Link, and verify that nothing is lost: read = linked + not linked."""
    places = [Place(s, p) for s in sittings for p in s.points]
    links = link(places, questions)
    assert len(places) == len(links.linked) + links.unlinked.total()
    assert len({one.asked.uid for one in links.linked}) == len(links.linked)
    return links


def test_who_speaks_is_known_by_a_positive_identifier_alone() -> None:
    """A crowd has 0, a role less, a stage direction none; an anchor stated twice is none."""
    odd = "<orateurs><orateur><nom>M. X</nom><id>7</id></orateur></orateurs><texte>Deux.</texte>"
    contradiction = f'<paragraphe id_acteur="PA6" id_syceron="5">{odd}</paragraphe></point>'
    s = read(point(
        TITLE, (*CHAIR, "PAROLE", "1.5", "3"), ("Un député", "0", "Bravo !"),
        ("M. Y", "-125799", "Non."), ("", "", "(Sourires.)"), (*CAURE, "PAROLE", "x", "5"),
    ).replace("</point>", contradiction))  # fmt: skip
    [one] = s.points
    assert [p.person for p in one.paragraphs] == ["PA721908", None, None, None, AUTHOR, None]
    assert [p.anchor for p in one.paragraphs] == ["3", "", "", "", "", ""]
    assert [p.seconds for p in one.paragraphs] == [1.5, None, None, None, None, None]
    assert one.author is None, "the first who has the floor has no identifier"
    assert (s.day, s.hour) == (DAY, "15 h") and s.address.endswith(
        f"/dyn/17/comptes-rendus/seance/{s.uid}"
    )


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        (sitting([point(TITLE, CAURE)])[:-40], "not complete XML"),
        (b"<!DOCTYPE x>" + sitting([]).split(b"\n", 1)[1], "a DOCTYPE, which is never read"),
        (sitting([point("é" * 3000, CAURE)]), "a label of more than"),
        (sitting([point(TITLE, ("M." * 3000, "1", "x"))]), "a label of more than"),
        (sitting([], "CRSANR5L17../../etc"), "is not that of a sitting"),
        (sitting([], moment="20250231"), "day is out of range|day .*must be in range"),
        (b"x" * (MAX_BYTES + 1), "which no single record has"),
        (b"<a/>", "0 elements 'compteRendu'"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_sitting_is_told(tmp_path: Path, data: bytes, wrong: str) -> None:
    """In a folder with a good one, which is read."""
    (tmp_path / "a.xml").write_bytes(data)
    (tmp_path / "b.xml").write_bytes(sitting([point(TITLE, CAURE)]))
    refused, counts = list[Remark](), Counter[str]()
    kept = list(read_sittings([tmp_path], refused, counts))
    assert len(kept) == len(refused) == 1 and counts["files"] == 2
    assert re.search(wrong, refused[0].wrong) and refused[0].remedy


def test_a_bomb_and_a_cut_archive_are_told(tmp_path: Path) -> None:
    good, bomb, cut = (tmp_path / f"{name}.zip" for name in ("a", "b", "c"))
    with ZipFile(good, "w") as archive:
        archive.writestr("xml/s.xml", sitting([point(TITLE, CAURE)]))
    with ZipFile(bomb, "w", ZIP_DEFLATED) as archive:
        for n in range(20):
            archive.writestr(f"{n}.xml", bytes(MAX_BYTES))
    cut.write_bytes(good.read_bytes()[:-30])
    refused, counts = list[Remark](), Counter[str]()
    kept = list(read_sittings([tmp_path], refused, counts))
    assert len(kept) == 1 and counts["files"] == 1 + len(refused)
    told = " ".join(remark.wrong for remark in refused)
    assert "unpacks to more than 128 MiB" in told and "cannot be read" in told


def test_the_same_sitting_twice_is_read_once(tmp_path: Path) -> None:
    for name in ("a.xml", "b.xml"):
        (tmp_path / name).write_bytes(sitting([]))
    refused = list[Remark]()
    assert len(list(read_sittings([tmp_path], refused, Counter()))) == 1
    assert "is read from a.xml already" in refused[0].wrong


def test_day_author_and_title_are_one_question() -> None:
    """Signs and case of the title do not matter; other days, authors, types are other questions."""
    s = read(point("TITRE  inventé…", CHAIR, CAURE))
    [one] = linked([s], question()).linked
    assert (one.asked.uid, one.evidence) == ("QANR5L17QG1", "titre")
    for other in (
        question(days=(date(2025, 2, 18),)),
        question(author="PA1"),
        question(author=""),
        question(uid="QANR5L17QOSD1"),
    ):
        links = linked([s], other)
        assert not links.linked and links.unlinked == {
            "no question of this author and day": 1,
            "title and first words differ": 0,
        }


def test_first_words_decide_where_titles_differ() -> None:
    s = read(point("Autre titre", CHAIR, CAURE))
    [one] = linked([s], question()).linked
    assert one.evidence == "texte"
    links = linked([s], question(said="De tout autres mots."))
    assert not links.linked and links.unlinked["title and first words differ"] == 1
    short = read(point("Autre titre", CHAIR, (*CAURE[:2], "Merci.")))
    assert not linked([short], question(said="Merci.")).linked, "one word is no evidence"


def test_who_asks_twice_a_day_has_two_points() -> None:
    s = read(point(TITLE, CHAIR, CAURE), point("Un autre", CHAIR, CAURE))
    links = linked([s], question(), question("QANR5L17QG2", "Un autre"))
    assert {(o.place.point.title, o.asked.uid) for o in links.linked} == {
        (TITLE, "QANR5L17QG1"), ("Un autre", "QANR5L17QG2"),
    }  # fmt: skip
    only_one = linked([s], question())
    assert [one.place.point.title for one in only_one.linked] == [TITLE], "a question has one point"


def test_nobody_is_linked_on_two_candidates() -> None:
    """Two points of one title and author; two questions of one point; each is told."""
    twice = read(point(TITLE, CHAIR, CAURE), point(TITLE, CHAIR, CAURE))
    links = linked([twice], question())
    assert not links.linked and links.unlinked["more than one candidate"] == 2
    assert "not the only one of QANR5L17QG1" in links.rivals[0].wrong
    links = linked([read(point(TITLE, CAURE))], question(), question("QANR5L17QG2"))
    assert not links.linked and "may be QANR5L17QG1, QANR5L17QG2" in links.rivals[0].wrong
    assert links.rivals[0].where == Where("s.xml", 6)


def test_a_turn_has_the_paragraph_in_its_place() -> None:
    """The same words again are another turn; who goes on begins none."""
    spoken = (CHAIR[::2], (CAURE[0], "Un."), CHAIR[::2], (CAURE[0], "Deux."))
    turns = [Turn(str(n), key_of(*one), None) for n, one in enumerate(spoken)]
    said: list[Said] = [CHAIR, (*CAURE[:2], "Un."), (*CAURE[:2], "Une suite."), CHAIR]
    [one] = read(point(TITLE, *said)).points
    found = [turn.iri if turn else None for _, turn in joined(one.paragraphs, turns)]
    assert found == ["0", "1", None, "2"]


def test_an_identifier_confirms_adds_or_contradicts() -> None:
    s = read(point(TITLE, CAURE))
    place, speakers = Place(s, s.points[0]), Speakers([("depute", AUTHOR)])
    [p] = s.points[0].paragraphs
    assert speakers.person(p) == ("depute", AUTHOR)
    assert speakers.person(p._replace(person="PA1")) is None, "nobody whom the release describes"
    for by_name in (None, ("depute", AUTHOR), ("depute", "PA1"), ("personne", "jean-essai")):
        speakers.compare(p, by_name, place)
    speakers.compare(p._replace(person=None), None, place)
    assert sorted(speakers.counts.values()) == [1, 1, 1, 1, 1]
    assert [remark.wrong for remark in speakers.conflicts] == [
        "'M. Vincent Caure' is PA842311 in the sitting, PA1 by name and day"
    ]


def test_a_turn_gets_who_speaks_and_the_group_of_the_day(tmp_path: Path) -> None:
    """Where its record does not tell; what it tells stays, with a contradiction beside."""
    person = amo.acteur(AUTHOR, "Vincent", "Caure", amo.adhesion("PM1", "PO1", "2024-07-18"))
    groupe = amo.organe("PO1", "GP", "Groupe", "2024-07-18", None, legislature="17")
    s, iris = read(point(TITLE, CAURE)), Iris("http://x/")
    depute, other = ("depute", AUTHOR), ("depute", "PA1")
    for by_name, lacks, expected in (
        (None, True, {depute: "orateur", ("groupe", "PO1"): "groupeOrateur"}),
        (depute, True, {("groupe", "PO1"): "groupeOrateur"}),
        (None, False, {depute: "orateur"}),  # as a minister
        (other, True, {}),
    ):
        turn = Turn("http://x/r#intervention-1", key_of(CAURE[0], CAURE[2]), by_name, lacks)
        one = Link(Place(s, s.points[0]), question()._replace(turns=(turn,)), "titre")
        speakers = Speakers([depute], bien_lu(tmp_path, person, groupe))
        said = paragraph_triples([one], iris, speakers)
        about = {t.object: t.predicate for t in said if t.subject == NamedNode(turn.iri)}
        assert about == {iris.reference(*o): qp(p) for o, p in expected.items()}


def test_the_account_adds_up() -> None:
    links = Links(unlinked=Counter({"no question of this author and day": 2}))
    read_ = {"files": 5, "points that are questions": 2}
    told = account(read_, 1, links, 3, Counter({"turns": 4, "confirmed": 4, "other paragraphs": 1}))
    assert told == (
        "sittings: 5 read = 4 kept + 1 refused; points that are questions: 2 = 0 linked + 2 not "
        "(2 no question of this author and day); oral questions: 3 = 0 linked + 3 not; their "
        "paragraphs: 5 = 4 turns (speakers: 4 confirmed) + 1 others"
    )


@pytest.mark.shared
@pytest.mark.parametrize("name", TRUE)
def test_a_true_sitting_is_read_whole(name: str) -> None:
    """Counted again as tags of the file."""
    data = (REAL / name).read_bytes()
    s = read_sitting(data, name)
    counts = s.counts
    assert (counts["points"], counts["paragraphs"], counts["persons"], len(s.points)) == TRUE[name]
    tags = (data.count(b"<point "), data.count(b"<paragraphe "))
    assert (counts["points"], counts["paragraphs"]) == tags


@pytest.mark.shared
def test_a_true_question_is_its_point() -> None:
    """QG4228 among all true sittings; each of its paragraphs is a turn, confirmed where known."""
    [record] = records([REAL / "QANR5L15QG4228.json"])
    reading = read_record(record).reading
    assert reading
    q = asked(complete(reading, "q.json").question, Iris("http://x/"))
    sittings = [read_sitting((REAL / name).read_bytes(), name) for name in TRUE]
    links = linked(sittings, q)
    [one] = links.linked
    assert (one.evidence, one.place.point.anchor) == ("titre", "2582793")
    assert links.unlinked["no question of this author and day"] == 2
    pairs = [*joined(one.place.point.paragraphs, q.turns)]
    assert len(pairs) == 9 and all(turn for _, turn in pairs)
    named = [(p.person, turn.person[1]) for p, turn in pairs if turn and turn.person]
    assert len(named) == 6 and all(a == b for a, b in named)


def test_sittings_are_told_from_records() -> None:
    """A folder of both is given whole."""
    folder = TESTS / "extensions/debates/beside"
    found = given([folder, GOOD], marks=marks())
    assert {*found.beside["debates"]} == found.without == {*folder.glob("debates/*.xml")}
    assert [record.path for record in found.records()] == [str(GOOD)]
