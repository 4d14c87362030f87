"""A partition is made once: taken over while nothing of it changes, else made anew."""

import shutil
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import pytest
from pyoxigraph import Triple

from lod.base.compression import gzipped_member
from lod.base.progress import Progress
from lod.base.settings import Settings
from lod.build import build
from lod.model.question import Question
from lod.pipeline import convert
from lod.pipeline.build_plan import BuildPlan
from lod.pipeline.gather import gather
from lod.pipeline.intake import (
    NUMBERS_PER_PARTITION,
    NUMBERS_PER_RANGE,
    WAITING,
    Intake,
    IntakeRecord,
)
from lod.pipeline.partition_file import FOLDER, keyed_questions, members, names_in, summary_of
from lod.pipeline.partition_set import without
from lod.pipeline.reference_data import ReferenceData
from lod.pipeline.reuse.memo import SUFFIX
from lod.pipeline.reuse.previous import RECORDS, Previous
from lod.pipeline.review import Correction, Review
from lod.pipeline.usage import ANY, CLASS, TYPE, Usage, classes_of, count_usage, kinds
from lod.pipeline.validation.validate import FAST, Validation, validate
from lod.publish.release import current
from lod.rdf.serialize import triples
from lod.rdf.vocab import QP, SKOS_PREF_LABEL
from tests.support.comparing import digests
from tests.support.partitions import OPEN, PLAIN, WARNED, Case, Chantier, record
from tests.support.paths import BASE
from tests.support.synthetic.forms import write_zip


@pytest.fixture
def chantier(tmp_path: Path) -> Chantier:
    return Chantier(tmp_path)


def questions_in(path: Path) -> list[Question]:
    """Return the published questions of a partition."""
    return [q for q, _ in keyed_questions(path)]


ONE, TWO = 3 * NUMBERS_PER_PARTITION, 4 * NUMBERS_PER_PARTITION  # numbers of two partitions
NAMES = [f"17-QE-{n:05d}" for n in (3, 4)]


def test_only_what_has_changed_is_made_anew(chantier: Chantier) -> None:
    """A changed record, a new one, one that is gone: only its partition is made anew."""
    assert list(chantier.make(record(ONE), record(TWO))) == NAMES
    chantier.make(record(ONE), record(TWO))
    assert chantier.reused() == set(NAMES)
    chantier.make(record(ONE, "\n"), record(TWO))
    assert chantier.reused() == {NAMES[1]}
    found = chantier.make(record(ONE, "\n"), record(TWO), record(TWO + 1))
    assert chantier.reused() == {NAMES[0]}
    assert found[NAMES[1]].counts.published == 2
    found = chantier.make(record(ONE, "\n"), record(TWO + 1))
    assert chantier.reused() == {NAMES[0]}
    assert found[NAMES[1]].counts.published == 1


def test_all_that_it_is_made_of_counts(chantier: Chantier) -> None:
    """Another program, another base, a correction of one of its questions; not one of others."""
    chantier.make(record(ONE), record(TWO))
    chantier.make(record(ONE), record(TWO), made_with="other")
    assert chantier.reused() == set()
    chantier.make(record(ONE), record(TWO), made_with="other")
    assert chantier.reused() == set(NAMES)
    rule = Correction("titre", "faux", "juste", "essai")
    revue = Review(corrections={f"QANR5L17QE{ONE}": (rule,)})
    chantier.make(record(ONE), record(TWO), made_with="other", tables=ReferenceData(review=revue))
    assert chantier.reused() == {NAMES[1]}


def test_a_day_more_of_data_counts_for_open_questions_alone(chantier: Chantier) -> None:
    """The status of an open question is that of the day up to which the data goes: it stands in a
    partition apart, so that its neighbours stay.
    """
    days = [ReferenceData(data_until={17: date(2026, 1, day)}) for day in (1, 2)]
    wait = f"17-QE-{NUMBERS_PER_RANGE // NUMBERS_PER_PARTITION:05d}{WAITING}"
    one, two = (
        NUMBERS_PER_RANGE,
        NUMBERS_PER_RANGE + NUMBERS_PER_PARTITION,
    )  # of one range, in which one file has those that wait
    records = [record(one), record(two), *(record(n + 1, case=OPEN) for n in (one, two))]
    found = chantier.make(*records, tables=days[0])
    assert [s.depends_on_day for s in found.values()] == [False, False, True]
    assert list(found)[-1] == wait
    chantier.make(*records, tables=days[1])
    assert chantier.reused() == set(found) - {wait}
    told = questions_in(chantier.folder / "2" / FOLDER / wait)
    assert [(q.numero, q.donnees_au) for q in told] == [
        (one + 1, date(2026, 1, 2)), (two + 1, date(2026, 1, 2)),
    ]  # fmt: skip


def test_an_end_moves_a_question(chantier: Chantier) -> None:
    """Once a record tells of an answer, the question stands with those that have one, also if
    another record of it does not yet.
    """
    old, new = record(ONE, case=OPEN), record(ONE)
    [wait] = chantier.make(old)
    assert wait.endswith(WAITING)
    assert list(chantier.make(old, new)) == [NAMES[0]]
    [told] = questions_in(chantier.folder / "2" / FOLDER / NAMES[0])
    assert told.date_reponse


@pytest.mark.parametrize("cases", [(OPEN, PLAIN), (PLAIN, OPEN)], ids=["waits", "answered"])
def test_the_first_question_gives_a_name(cases: tuple[Case, Case], tmp_path: Path) -> None:
    """What two questions spell in two ways is called as in that of the lower number, also if that
    one waits, and so stands in a later partition.
    """
    spelled = "Économie et finances", "Économie, finances"
    for numero, case, nom in zip((ONE, ONE + 1), cases, spelled, strict=True):
        data = record(numero, case=case).data.replace(spelled[0].encode(), nom.encode())
        (tmp_path / f"{numero}.json").write_bytes(data)
    (work := tmp_path / "work").mkdir()
    settings = Settings(base=BASE)
    plan = BuildPlan(
        work, settings, ReferenceData(), "made", Previous(), FAST, jobs=1, progress=Progress()
    )
    gathered = gather(tmp_path.glob("*.json"), plan)
    assert len(gathered.partitions.partitions) == 2
    [nom] = {
        t.object.value
        for t in gathered.descriptions
        if t.predicate == SKOS_PREF_LABEL and t.object.value in spelled  # type: ignore[union-attr]
    }
    assert nom == spelled[0]


def test_neighbours_are_not_proven_again(
    chantier: Chantier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SHACL looks at the questions that have changed alone; the summaries are those of a full
    build, also of two partitions that share an answer.
    """
    cases = {ONE: PLAIN, ONE + 1: WARNED, ONE + 2: WARNED, TWO: PLAIN, TWO + 1: WARNED}
    old = {n: record(n, case=case) for n, case in cases.items()}
    new = old | {n: record(n, "\n", case=WARNED) for n in (ONE + 1, TWO + 1)}
    seen: list[set[str]] = []

    def looked(given: Iterable[Triple], *rest: Any) -> Validation:
        told = list(given)
        seen.append({t.subject.value for t in told if t.object == QP.Question})
        return validate(told, *rest)

    monkeypatch.setattr(convert, "validate", looked)
    one, two = chantier.make(*old.values()).values()
    assert one.documents.keys() & two.documents.keys() and one.results
    update = chantier.make(*new.values())
    full = Chantier(tmp_path / "other").make(*new.values())
    assert [len(some) for some in seen] == [5, 2, 5]
    assert update.keys() == full.keys() == set(NAMES)
    for nom, sommaire in update.items():
        expected = full[nom]
        assert sommaire.statistics.cells == expected.statistics.cells
        assert replace(sommaire, statistics=expected.statistics) == expected


def test_a_damaged_file_is_made_anew(chantier: Chantier) -> None:
    """What a partition or the list of records no longer says is read again."""
    chantier.make(record(ONE), record(TWO))
    for number, left in enumerate((40, -1, 0), start=1):
        folder = chantier.folder / str(number) / FOLDER
        whole = (folder / NAMES[0]).read_bytes()
        (folder / NAMES[0]).unlink()
        (folder / NAMES[0]).write_bytes(whole[:left])
        (folder / RECORDS).write_bytes(b"")
        found = chantier.make(record(ONE), record(TWO))
        assert chantier.reused() == {NAMES[1]}
        assert [s.counts.published for s in found.values()] == [1, 1]


def test_a_known_record_is_read_again_only_if_it_must_be(chantier: Chantier) -> None:
    """Its neighbour has changed: it is read from where it is kept."""
    chantier.make(record(ONE), record(ONE + 1))
    chantier.make(record(ONE), record(ONE + 1, "\n"))
    assert chantier.reused() == set()
    names = [q.uid for q in questions_in(chantier.folder / "2" / FOLDER / NAMES[0])]
    assert names == [f"QANR5L17QE{ONE}", f"QANR5L17QE{ONE + 1}"]


def test_partitions_come_in_the_order_of_numbers() -> None:
    """Neither the order of records nor that of their digits counts."""
    with TemporaryFile() as file:
        recueil = Intake(file)
        for numero in (100, 40, 3, 41, 99):
            recueil.add(IntakeRecord("", "", 1, "", f"QANR5L17QE{numero}"))
        found = [[lues[0].uid for lues in t.questions] for t in recueil.partitions()]
    assert [[int(uid[10:]) for uid in uids] for uids in found] == [[3], [40, 41], [99, 100]]


@pytest.mark.slow
def test_an_update_gives_the_bytes_of_a_full_build(tmp_path: Path) -> None:
    """Records added, changed and removed on top of a release, with its partitions and without."""
    old, new = tmp_path / "old.zip", tmp_path / "records.zip"
    write_zip(old, "JSON L17", 40)
    write_zip(new, "JSON L17", 55)
    one, two = tmp_path / "one", tmp_path / "two"
    first, inputs = tmp_path / "records.zip", [tmp_path / "records.zip"]
    changed = first.read_bytes()
    shutil.copyfile(old, first)
    build(inputs, one, Settings(), 2)
    shutil.copytree(one, two, symlinks=True)
    shutil.rmtree(current(two) / FOLDER)
    first.write_bytes(changed)
    times = tmp_path / "times"
    build(inputs, one, Settings(), 2, Progress(log=times))
    assert times.read_text("utf-8").count('"stage"') >= 6
    build(inputs, two, Settings(), 2)
    assert current(one).name == current(two).name
    assert digests(current(one)) == digests(current(two))
    kept = [p.suffix for p in (current(one) / FOLDER).iterdir() if p.stat().st_nlink > 1]
    assert set(kept) - {SUFFIX} == {"", WAITING}, "partitions of both kinds are taken over"


# ---------------------------------------------------------------- what is counted of them


def test_usages_are_those_of_the_triples(sample: Path) -> None:
    """What is added up of questions and answers is what the triples of a partition say."""
    folder = current(sample) / FOLDER
    names = names_in(folder)
    assert len(names) >= 10
    for name in names:
        found = sum(summary_of(folder / name).usage.values(), Usage())
        told = list(triples(without(members(folder / name)["nt"], ())))
        expected = count_usage(told, classes_of(told))
        for kind in (ANY, TYPE):
            assert kinds(found, {}, kind) == kinds(expected, {}, kind)
        assert kinds(found, classes_of(told), CLASS) == kinds(expected, {}, CLASS)


def test_pieces_without_a_document() -> None:
    """Only its own lines go: not those of one whose name begins like it."""
    lines = [b"<http://x/a> <http://p> <http://x/ab> .\n", b"<http://x/a#1> <http://p> \"\" .\n",
             b"<http://x/ab> <http://p> <http://x/a> .\n"]  # fmt: skip
    assert without(gzipped_member(b"".join(lines)), ["http://x/a"]) == lines[2]
    assert without(gzipped_member(b"".join(lines)), []) == b"".join(lines)
