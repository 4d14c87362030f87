"""The common texts of questions: what stands together, whatever the order, processes, releases."""

import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from msgspec.structs import replace

from lod.extensions.common_texts import candidates, finding
from lod.extensions.common_texts.finding import CommonText, find_common_texts
from lod.extensions.common_texts.kept import KEPT_FILE
from lod.extensions.common_texts.texts import text_of
from lod.extensions.common_texts.words import WORD
from lod.model.question import Auteur, Question
from lod.model.text import fold
from lod.rdf.iris import Iris
from tests.extensions.common_texts.support import PLEA, prose, question, sharing
from tests.support.chantier import write_questions
from tests.support.paths import BASE

IRIS = Iris(BASE)


def release(folder: Path, questions: list[Question], before: Path | None = None, **more):
    folder.mkdir()
    ordered = sorted(questions, key=lambda q: q.numero)
    written = write_questions(folder, ordered)
    with closing(sqlite3.connect(written.path, isolation_level=None)) as disk:
        for q in ordered:
            key = repr(q).encode()
            disk.execute("UPDATE question SET cle = ? WHERE uid = ?", (key, q.uid))
    return find_common_texts(written, IRIS, before, **more)


def kept(folder: Path) -> bytes:
    return (folder / KEPT_FILE).read_bytes()


def told(groups: list[CommonText]) -> list[list[str]]:
    return [[text.uid.rpartition("QE")[2] for text in group.texts] for group in groups]


def test_what_stands_together(tmp_path):
    found = release(tmp_path / "1", sharing())
    assert told(found) == [["1", "2", "3"], ["4", "5"], ["2", "6"]]
    assert [group.first.kind for group in found] == ["question", "question", "reponse"]
    by_uid, seen = {q.uid: q for q in sharing()}, 0
    for group in found:
        first = text_of(by_uid[group.first.uid], group.first.iri, IRIS)
        for member in group.members:
            other = text_of(by_uid[member.text.uid], member.text.iri, IRIS)
            for p in member.passages:
                one, two = first[p.first_start : p.first_end], other[p.start : p.end]
                assert fold(one) == fold(two)
                seen += len(WORD.findall(one)) >= 8
    assert seen >= 4


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.slow
def test_neither_order_nor_processes_matter(tmp_path, monkeypatch, seed):
    monkeypatch.setattr(finding, "BATCH", 3)
    monkeypatch.setattr(finding, "PAIRS", 2)
    shuffled = sharing()
    Random(seed).shuffle(shuffled)
    one = release(tmp_path / "1", shuffled)
    monkeypatch.setattr(finding, "MOST", 0)  # then each pair is a task
    two = release(tmp_path / "2", sharing(), jobs=2)
    assert one == two and len(one) == 3
    assert kept(tmp_path / "1") == kept(tmp_path / "2")


def test_a_release_on_top_of_another_has_the_same(tmp_path, monkeypatch):
    everything = sharing()
    changed = [replace(q, texte=prose("else", 90)) if q.numero == 3 else q for q in everything]
    release(tmp_path / "before", [q for q in changed if q.numero not in (1, 5)])
    compared = []
    real = finding.compare
    monkeypatch.setattr(finding, "compare", lambda *two: compared.append(two) or real(*two))
    on_top = release(tmp_path / "on top", everything, tmp_path / "before")
    few = len(compared)
    anew = release(tmp_path / "anew", everything)
    assert on_top == anew and told(anew)[0] == ["1", "2", "3"]
    assert few < len(compared) - few  # what was compared is not compared again
    before = len(compared)
    again = release(tmp_path / "again", everything, tmp_path / "on top")
    assert again == anew and len(compared) == before
    assert kept(tmp_path / "anew") == kept(tmp_path / "on top") == kept(tmp_path / "again")


def test_a_question_that_is_gone_is_in_no_group(tmp_path):
    release(tmp_path / "1", sharing())
    left = [q for q in sharing() if q.numero != 1]
    found = release(tmp_path / "2", left, tmp_path / "1")
    assert told(found) == [["2", "3"], ["4", "5"], ["2", "6"]]
    assert found == release(tmp_path / "3", left)


@pytest.mark.parametrize("seed", range(9))
def test_a_damaged_file_of_the_release_before_is_left_aside(tmp_path, seed):
    """Wherever the damage is, all is made anew, to the same bytes."""
    anew = release(tmp_path / "1", sharing())
    path, whole = tmp_path / "1" / KEPT_FILE, kept(tmp_path / "1")
    rng, damaged = Random(seed), bytearray(whole)
    for _ in range(seed):
        damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
    path.write_bytes(damaged if seed else damaged[: len(damaged) // 2])
    if seed == 8:  # not damaged, but of another program
        path.write_bytes(whole)
        with closing(sqlite3.connect(path, isolation_level=None)) as disk:
            disk.execute("UPDATE propriete SET valeur = 'else'")
            disk.execute("DELETE FROM paire")
    assert release(tmp_path / "2", sharing(), tmp_path / "1") == anew
    assert kept(tmp_path / "2") == whole


def test_many_equal_texts_are_compared_in_proportion(tmp_path, monkeypatch):
    """Of many, the earliest are compared with each; it is told."""
    equal = [
        replace(question(100 + n, "Anne Essai", PLEA, 99 - n), auteur=Auteur(acteur_ref=f"PA{n}"))
        for n in range(1, 61)
    ]
    looked_at = []
    for most, count in ((256, 60), (20, 60), (20, 30)):
        monkeypatch.setattr(candidates, "MOST_ALIKE", most)
        many = set()
        questions = [*equal[:count], *sharing()[3:]]
        found = release(tmp_path / f"{most} {count}", questions, many=many)
        assert [len(group) for group in told(found)] == [2, count]
        assert told(found)[1][0] == str(100 + count)  # the earliest
        assert many == ({found[1].first.iri} if most == 20 else set())
        with closing(sqlite3.connect(tmp_path / f"{most} {count}" / KEPT_FILE)) as disk:
            looked_at += disk.execute("SELECT count(*) FROM paire").fetchone()
    assert looked_at == [60 * 59 // 2 + 1, 59 + 58 + 1, 29 + 28 + 1]


def test_what_somebody_objects_to_does_not_stand_together(tmp_path):
    first, second = (f"QANR5L17QE{n}" for n in (1, 2))
    found = release(tmp_path / "1", sharing(), objections={(second, first)})
    assert told(found)[:2] == [["1", "3"], ["2", "3"]]
    found = release(tmp_path / "2", sharing(), objections={(first, "")})
    assert told(found)[0] == ["2", "3"]


def test_a_chain_makes_no_single_group(tmp_path):
    a, b, c, d = (prose(letter, 60) for letter in "wxyz")
    links = [
        question(1, "Anne Essai", f"{a} {b}", 0), question(2, "Léa Modèle", f"{b} {c}", 1),
        question(3, "Zoé Exemple", f"{c} {d}", 2), question(4, "Ida Cas", f"{d} {a}", 3),
    ]  # fmt: skip
    assert told(release(tmp_path / "1", links)) == [["1", "2", "4"], ["2", "3"]]
