"""A question is made once: taken over while nothing of it changes, else made anew."""

import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import pytest

from lod.base.errors import LodError
from lod.base.inputs import Record
from lod.base.progress import Progress
from lod.base.settings import Settings
from lod.pipeline.gather import gather
from lod.pipeline.questions.previous import NO_PREVIOUS, Previous
from lod.pipeline.questions.question_db import (
    QUESTIONS_FILE,
    KnownRecord,
    NamedRecord,
    PublishedQuestions,
    QuestionWriter,
)
from lod.pipeline.questions.question_memo import SUMMARY, QuestionMemo
from lod.pipeline.reading.given import given
from lod.pipeline.reading.intake import Intake, IntakeRecord, RecordReader, read_records
from lod.pipeline.reading.reference_data import Correction, ReferenceData, Review
from lod.pipeline.settling.settle import BuildPlan, dated
from lod.pipeline.validation.shapes import FAST
from lod.rdf.deadlines import statut
from lod.rdf.iris import Iris
from lod.rdf.vocab import SKOS
from lod.reference.executive import Executive, Ministry
from tests.support.chantier import OPEN, PLAIN, WARNED, Case, Chantier, D, record, uid
from tests.support.paths import BASE

AWAITED = b"""{"question": {
    "uid": "%s", "auteur": {"identite": {"acteurRef": "PA1206"}}, "textesQuestion": {
    "texteQuestion": {"infoJO": {"dateJO": "2016-01-05"}, "texte": "Une question."}}}}"""
MISPRINT = Correction("parutions.0.jour", "2031-12-31", "2025-12-31", "essai", 2)
ONE, TWO, THREE = 96, 128, 129  # numbers of questions


@pytest.fixture
def chantier(tmp_path: Path) -> Chantier:
    return Chantier(tmp_path)


def test_only_what_has_changed_is_made_anew(chantier: Chantier) -> None:
    """A changed record, a new one, one that is gone: nothing else is made."""
    assert list(chantier.make(record(ONE), record(TWO))) == [uid(ONE), uid(TWO)]
    assert chantier.made == [uid(ONE), uid(TWO)]
    first = chantier.make(record(ONE), record(TWO))
    assert chantier.made == []
    found = chantier.make(record(ONE, "\n"), record(TWO))
    assert chantier.made == [uid(ONE)]
    assert found[uid(TWO)] == first[uid(TWO)]
    chantier.make(record(ONE, "\n"), record(TWO), record(THREE))
    assert chantier.made == [uid(THREE)]
    assert list(chantier.make(record(ONE, "\n"), record(THREE))) == [uid(ONE), uid(THREE)]
    assert chantier.made == []
    assert chantier.questions.of_uid(uid(TWO)) is None


def test_all_that_it_is_made_of_counts(chantier: Chantier) -> None:
    """Another program, another base, its correction; not the correction of another question."""
    chantier.make(record(ONE), record(TWO))
    chantier.make(record(ONE), record(TWO), made_with="other")
    assert chantier.made == [uid(ONE), uid(TWO)]
    chantier.make(record(ONE), record(TWO), made_with="other")
    assert chantier.made == []
    rule = Correction("titre", "faux", "juste", "essai", 2)
    revue = Review(corrections={uid(ONE): (rule,)})
    chantier.make(record(ONE), record(TWO), made_with="other", tables=ReferenceData(review=revue))
    assert chantier.made == [uid(ONE)]


NO_EXECUTIVE = Executive(governments={}, ministries={})
NEW = Ministry(start=D("2025-06-01"), code="x", libelle="x", abrege="x")
OLD = Ministry(start=D("2024-01-01"), end=D("2025-05-31"), code="x", libelle="x", abrege="x")
ONE_NEW, ONE_LESS = (Executive(governments={}, ministries={"x": one}) for one in (NEW, OLD))


@pytest.mark.parametrize(
    ("first", "then", "executive", "made"),
    [
        ("2025-01-10", "2025-01-10", NO_EXECUTIVE, 0),
        ("2025-01-10", "2025-01-11", NO_EXECUTIVE, 0),
        ("2025-01-11", "2025-01-10", NO_EXECUTIVE, 0),  # an older archive
        ("2025-01-10", "2025-12-31", NO_EXECUTIVE, 1),  # the answer is late now
        ("2025-12-31", "2025-01-10", NO_EXECUTIVE, 1),
        ("2025-05-31", "2025-06-01", ONE_NEW, 1),
        ("2025-06-01", "2025-06-02", ONE_NEW, 0),
        ("2025-05-30", "2025-05-31", ONE_LESS, 0),
        ("2025-05-31", "2025-06-01", ONE_LESS, 1),
        ("", "2025-01-10", NO_EXECUTIVE, 1),
        ("2025-01-10", "", NO_EXECUTIVE, 1),
    ],
)
def test_a_question_that_waits_as_of_another_day(
    first: str, then: str, executive: Executive, made: int, chantier: Chantier, tmp_path: Path
) -> None:
    """It is made anew if its status, or who has to answer, may be another; else its day changes."""
    records = [record(ONE), record(TWO, case=OPEN), record(THREE)]
    tables = [
        ReferenceData(data_until={17: D(day)} if day else {}, executive=executive)
        for day in (first, then)
    ]
    waiting = chantier.make(*records, tables=tables[0])[uid(TWO)]
    assert isinstance(waiting, QuestionMemo) and waiting.day == first
    later = chantier.make(*records, tables=tables[1])
    assert chantier.made == [uid(TWO)][:made]
    anew = Chantier(tmp_path / "anew").make(*records, tables=tables[1])
    assert later[uid(TWO)] == anew[uid(TWO)]
    told = chantier.questions.of_uid(uid(TWO))
    assert told and told.day == then
    assert not then or told.question.donnees_au == D(then)


@pytest.mark.parametrize("last", ["2017-03-01", "2016-04-01"])
def test_how_far_an_archive_goes_counts(last: str, chantier: Chantier, tmp_path: Path) -> None:
    """A question of an ended legislature is made anew if its archive goes further now."""
    uids = [f"QANR5L14{number}" for number in ("QE11", "QE12", "QOSD13")]
    names = [f"{archive}/{uid}.json" for archive, uid in zip("aba", uids, strict=True)]
    named = {each.encode(): name for each, name in zip(uids, names, strict=True)}

    def released(room: Chantier, day: str) -> dict[str, str]:
        reached = {("a", 14, "QE"): D(day)} | {
            (archive, 14, type_): D("2016-02-09") for archive, type_ in (("b", "QE"), ("a", "QOSD"))
        }
        tables = ReferenceData(data_until={14: D("2017-06-20")}, archives_until=reached)
        room.make(
            *[Record(name, name, AWAITED % uid) for uid, name in named.items()], tables=tables
        )
        return {stored.uid: f"{statut(stored.question)}" for stored in room.questions.questions()}

    first = released(chantier, "2016-03-01")
    assert chantier.made == uids
    later = released(chantier, last)
    assert chantier.made == uids[:1] and later != first
    assert ("sans-reponse" in later[uids[0]]) == (last > "2017-02")
    assert later == released(Chantier(tmp_path / "anew"), last)


def taken_in(file: IO[bytes], texts: list[bytes], review: Review | None = None) -> Intake:
    intake = Intake(file, review or Review())
    named = [Record(f"x/{n}", f"x/{n}", text) for n, text in enumerate(texts)]
    for _, read in read_records(named, RecordReader(), 1):
        intake.add(read)
    return intake


@pytest.mark.parametrize(
    ("day", "review", "until"),
    [
        ("2025-12-31", Review(), "2025-12-31"),
        ("9999-12-31", Review(), "2025-06-03"),
        ("2031-12-31", Review(withheld={"QANR5L17QE13": "essai"}), "2025-06-03"),
        ("2031-12-31", Review(corrections={"QANR5L17QE13": (MISPRINT,)}), "2025-12-31"),
    ],
)
def test_a_misprint_is_not_how_far_the_data_goes(day: str, review: Review, until: str) -> None:
    """Neither a day that no shape admits nor that of a withheld question; a corrected one is."""
    texts = [AWAITED % b"QANR5L17QE12", AWAITED % b"QANR5L17QE13"]
    texts = [text.replace(b"2016-01-05", new) for text, new in zip(
        texts, (b"2025-06-03", day.encode()), strict=True)]  # fmt: skip
    with TemporaryFile() as file:
        intake = taken_in(file, texts, review)
        tables = dated(intake, ReferenceData(review), Iris(BASE), FAST)
    assert tables.data_until == {17: D(until)}


@pytest.mark.parametrize("refused", [0, 1, 6])
def test_what_is_refused_is_not_how_far_the_data_goes(refused: int) -> None:
    """Questions that only the shapes refuse, with later days than all that are published."""
    wrong = AWAITED.replace(b"2016-01-05", b"9999-12-31").replace(
        b'"textesQuestion"',
        b'"textesReponse": {"texteReponse": {"infoJO": {"dateJO": "2031-12-31"}, "texte": "Oui."}},'
        b'"textesQuestion"',
    )
    texts = [
        AWAITED % b"QANR5L17QE12",
        *(wrong % b"QANR5L17QE%d" % n for n in range(1, 1 + refused)),
    ]
    with TemporaryFile() as file:
        intake = taken_in(file, texts)
        before = intake.facts.dated(ReferenceData())
        tables = dated(intake, ReferenceData(), Iris(BASE), FAST)
    assert before.data_until == {17: D("2031-12-31" if refused else "2016-01-05")}
    assert tables.data_until == {17: D("2016-01-05")}
    assert tables.archives_until == {("x", 17, "QE"): D("2016-01-05")}


def test_records_that_are_gone_are_told(chantier: Chantier, tmp_path: Path) -> None:
    chantier.make(record(ONE))
    (broken := tmp_path / "broken").mkdir()
    (broken / QUESTIONS_FILE).write_bytes(b"no database" * 50)
    for number, (before, told) in enumerate(
        ((chantier.questions, "no longer has 1 records"), (PublishedQuestions(broken), "damaged"))
    ):
        (release := tmp_path / f"new-{number}").mkdir()
        with pytest.raises(LodError, match=told), QuestionWriter(release, "", before) as writer:
            known = KnownRecord(uid(ONE), None, 17, None)
            writer.add_record(NamedRecord("1.json", "0" * 64, b"", known))


def test_neighbours_are_not_proven_again(chantier: Chantier, tmp_path: Path) -> None:
    """An update gives the memos of a full build, also of questions that share an answer."""
    cases = {ONE: PLAIN, ONE + 1: WARNED, ONE + 2: WARNED, TWO: PLAIN, THREE: WARNED}
    old = {n: record(n, case=case) for n, case in cases.items()}
    new = old | {n: record(n, "\n", case=WARNED) for n in (ONE + 1, THREE)}
    first = chantier.make(*old.values())
    documents = [
        {document.iri for document in SUMMARY.unpack(one.summary).documents}
        for one in first.values()
        if isinstance(one, QuestionMemo)
    ]
    assert len(documents) == 5 and documents[0] & documents[3], "they share an answer"
    update = chantier.make(*new.values())
    assert chantier.made == [uid(ONE + 1), uid(THREE)]
    assert update == Chantier(tmp_path / "other").make(*new.values())


@pytest.mark.parametrize("cases", [(OPEN, PLAIN), (PLAIN, OPEN)], ids=["waits", "answered"])
def test_the_first_question_gives_a_name(cases: tuple[Case, Case], tmp_path: Path) -> None:
    spelled = "Économie et finances", "Économie, finances"
    for numero, case, nom in zip((ONE, ONE + 1), cases, spelled, strict=True):
        data = record(numero, case=case).data.replace(spelled[0].encode(), nom.encode())
        (tmp_path / f"{numero}.json").write_bytes(data)
    (work := tmp_path / "work").mkdir()
    settings = Settings(base=BASE)
    plan = BuildPlan(
        work, settings, ReferenceData(), "made", Previous(), FAST, jobs=1, progress=Progress()
    )
    gathered = gather(given(sorted(tmp_path.glob("*.json"))), plan)
    assert gathered.questions.count() == 2
    [nom] = {
        t.object.value
        for t in gathered.descriptions
        if t.predicate == SKOS.prefLabel and t.object.value in spelled  # type: ignore[union-attr]
    }
    assert nom == spelled[0]


@pytest.mark.parametrize("left", [40, -1, 0])
def test_a_damaged_file_is_made_anew(chantier: Chantier, left: int) -> None:
    chantier.make(record(ONE), record(TWO))
    path = chantier.release / QUESTIONS_FILE
    path.write_bytes(path.read_bytes()[:left])
    assert len(chantier.make(record(ONE), record(TWO))) == 2
    assert chantier.questions.count() == 2


@pytest.mark.parametrize(
    "damage",
    [
        "ALTER TABLE question RENAME COLUMN resume TO autre",  # as an older program wrote it
        # a bit that the disk has lost, which SQLite does not see
        "UPDATE question SET resume = lost(resume)",
        "UPDATE contenu SET question = lost(question)",
        "UPDATE contenu SET textes = lost(textes)",
        "UPDATE source SET octets = lost(octets)",
    ],
)
def test_what_is_damaged_is_made_anew(chantier: Chantier, damage: str) -> None:
    first = chantier.make(record(ONE), record(TWO))
    with closing(sqlite3.connect(chantier.release / QUESTIONS_FILE, isolation_level=None)) as disk:
        disk.create_function("lost", 1, lambda b: b[:20] + bytes([b[20] ^ 1]) + b[21:])
        disk.execute(damage)
    assert chantier.make(record(ONE), record(TWO)) == first
    assert len(dict(chantier.questions.sources())) == 2
    assert chantier.made == [uid(ONE), uid(TWO)] or "source" in damage


@pytest.mark.parametrize("column", ["uid", "auteur", "legislature", "dernier"])
def test_a_damaged_row_of_a_record_is_read_anew(chantier: Chantier, column: str) -> None:
    first = chantier.make(record(ONE), record(TWO))
    [known] = read_records([record(ONE)], RecordReader(NO_PREVIOUS, keeps_bytes=True), 1)
    asked = known[1].name, known[1].sha256
    assert Previous(chantier.release).known_record(*asked) == known[1].named.known
    with closing(sqlite3.connect(chantier.release / QUESTIONS_FILE, isolation_level=None)) as disk:
        disk.execute(f"UPDATE enregistrement SET {column} = '9'")
    assert Previous(chantier.release).known_record(*asked) is None
    assert chantier.make(record(ONE), record(TWO)) == first


def test_a_known_record_is_read_again_only_if_it_must_be(chantier: Chantier) -> None:
    """The program is the same, and its status another: it is read from where it is kept."""
    days = [ReferenceData(data_until={17: D(day)}) for day in ("2025-01-10", "2025-12-31")]
    chantier.make(record(ONE, case=OPEN), tables=days[0])
    chantier.make(record(ONE, case=OPEN), tables=days[1])
    assert chantier.made == [uid(ONE)]
    data = record(ONE, case=OPEN).data
    assert list(dict(chantier.questions.sources()).values()) == [data]


def test_questions_come_in_the_order_of_numbers() -> None:
    with TemporaryFile() as file:
        intake = Intake(file)
        for numero in (100, 40, 3, 41, 99):
            intake.add(IntakeRecord("", "", 1, "", uid(numero)))
        found = [records[0].uid for records in intake.questions()]
    assert found == [uid(numero) for numero in (3, 40, 41, 99, 100)]
