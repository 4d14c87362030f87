"""A question that is written in a form is read from it, but for what `CARRIES` leaves out."""

import json
import re
import zipfile
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from msgspec.structs import fields, replace

from lod.base.errors import SourceError, Where
from lod.base.inputs import Record, records
from lod.base.splitting import HEAD
from lod.model.question import Organe, Question
from lod.sources.fields import Reading
from lod.sources.forms import ASSUMED, DOCUMENTED, SEEN, Evidence, evidence, read
from tests.support.carried import CARRIES, COLUMNS, NO, carried, cell
from tests.support.paths import GOOD, ROOT
from tests.support.synthetic.forms import BIG, FORMS, write_gzip
from tests.support.synthetic.lives import cases, questions

README = ROOT / "lod" / "sources" / "README.md"
RANDOM = 150  # questions a form, besides the cases


def told(question: Question) -> Question:
    """Return a question for comparing: its HTML with only the words and the marks that matter."""
    return replace(
        question,
        sources=(),
        restes=(),
        texte_html=marks(question.texte_html),
        reponses=tuple(replace(r, texte_html=marks(r.texte_html)) for r in question.reponses),
    )


def marks(html: str | None) -> str | None:
    """Return HTML without blocks and white space, which differ between forms."""
    bare = re.sub(r"</?(?:p|br|div|center)\b[^>]*>|\s", "", html or "")
    return (
        re.sub(r"(</?)(?:(i)|b)>", lambda m: f"{m[1]}{'em' if m[2] else 'strong'}>", bare) or None
    )


def differences(found: Question, expected: Question) -> dict[str, tuple[Any, Any]]:
    pairs = {f.name: (getattr(found, f.name), getattr(expected, f.name)) for f in fields(Question)}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def written(question: Question, form: str, seed: int = 0) -> Reading:
    data = FORMS[form].write(question, Random(f"{question.uid} {seed}"))
    return read(Record(form, form, data))


def check(question: Question, reading: Reading, form: str) -> None:
    """Nothing is lost or added, and only values that were not understood have remarks."""
    assert differences(told(reading.question), told(carried(question, form))) == {}
    unplaced = [
        f"unknown field '{reste.libelle}' = '{reste.texte}'" for reste in reading.question.restes
    ]
    assert [remark.wrong for remark in reading.remarks] == unplaced
    # a page says on which days a question changed hands, but only who had it last
    earlier = len(question.attributions) - 2 if cell("restes", form) != NO else 0
    assert len(unplaced) == max(0, earlier)
    assert all("attribution" in line or "'dca'" in line for line in unplaced)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.slow
def test_every_question_is_read_from_every_form(form: str) -> None:
    legislature = FORMS[form].legislature
    made = cases(legislature)
    assert len(made) == 35
    given = [(name, question, seed) for name, question in made.items() for seed in range(6)]
    given += ((q.uid, q, 0) for q in questions(RANDOM, len(form), legislature))
    for name, question, seed in given:
        try:
            check(question, written(question, form, seed), form)
        except (AssertionError, SourceError) as error:
            raise AssertionError(f"{form}, {name}, seed {seed}") from error


def test_white_space_is_no_value() -> None:
    record = json.loads(GOOD.read_text("utf-8"))
    question = record["question"]
    subheading = {"teteAnalyse": "aides\r\n  et\tprêts", "analyses": {"analyse": "\u00a0"}}
    question["indexationAN"] |= {"rubrique": " commerce  et\n artisanat ", **subheading}
    question["auteur"]["groupe"] = {"abrege": " ", "developpe": "\t"}
    question["minInt"] = {"abrege": "Économie  et\u00a0finances", "developpe": "\r\n"}
    q = read(Record("1.json", "1.json", json.dumps(record).encode())).question
    assert (q.titre, q.groupe, q.restes) == (None, None, ())
    assert (q.rubrique, q.tete_analyse) == ("commerce et artisanat", "aides et prêts")
    assert q.ministere_interroge == Organe(libelle="Économie et finances")


@pytest.mark.parametrize("big", BIG)
@pytest.mark.slow
def test_big_files_hold_the_same_questions(big: str, tmp_path: Path) -> None:
    """A file of many records, a zip, a gzip, a zip in a zip give the same as single files."""
    form, write = BIG[big]
    made = list(questions(40, seed=5, legislature=FORMS[form].legislature))
    plain = tmp_path / "plain.dat"
    plain.write_bytes(b"".join(write(made, Random(1))))
    write_gzip(tmp_path / "one.gz", write(made, Random(1)))
    with zipfile.ZipFile(tmp_path / "outer.zip", "w", zipfile.ZIP_DEFLATED) as outer:
        with zipfile.ZipFile(tmp_path / "inner.zip", "w") as inner:
            inner.write(plain, "deep/plain.dat")
        outer.write(tmp_path / "inner.zip", "inner.zip")
    for name in ("plain.dat", "one.gz", "inner.zip", "outer.zip"):
        found = list(records([tmp_path / name]))
        assert len(found) == len(made), name
        for question, record in zip(made, found, strict=True):
            check(question, read(record), form)


def test_what_is_no_question_in_a_list_is_told(tmp_path: Path) -> None:
    """In an array, in a big file and on a line of its own: it is a record that is rejected."""
    made = list(questions(2, seed=5))
    for big, stray in (("JSON array", b"null"), ("big JSON", b'"un"'), ("JSON lines", b"un")):
        first, *others = BIG[big][1](made, Random(1))
        end = b"," if big == "JSON array" else b""
        data = b"".join((first, end, *others)).replace(b"\n]", b"\n," + stray + b"]")
        data += stray + b"\n" if big == "JSON lines" else b""
        (tmp_path / "list").write_bytes(data)
        found = list(records([tmp_path / "list"]))
        assert [r.data.strip() for r in found[2:]] == [stray], big
        with pytest.raises(SourceError, match="no known form"):
            read(found[2])


@pytest.mark.parametrize(
    ("data", "told"),
    [(b"7z\xbc\xaf'\x1c", "unpack it"), (b"\0" * 257 + b"ustar", "unpack it"),
     ('{"question":{}}'.encode("utf-16"), "iconv -f utf-16"), (b"\0", "give one of")],
)  # fmt: skip
def test_what_to_do_with_other_files_is_told(data: bytes, told: str) -> None:
    with pytest.raises(SourceError, match=told):
        read(Record("x", "x", data))


@pytest.mark.parametrize("big", sorted(BIG.keys() - {"JSON lines"}))
def test_a_list_that_breaks_off_is_told(big: str, tmp_path: Path) -> None:
    """The questions before are read, and something is refused."""
    *before, second, end = BIG[big][1](list(questions(2, seed=5)), Random(1))
    first = b"".join(before)
    whole = first + second + end.rstrip()
    for length in (*range(len(first), len(first) + 4), *range(len(first + second), len(whole))):
        taken, refused = told_of(whole[:length], tmp_path)
        assert refused and len(taken) == 1 + (length >= len(first + second)), whole[:length][-40:]
    taken, refused = told_of(whole, tmp_path)
    assert (len(taken), refused) == (2, [])


def whole_list(big: str) -> bytes:
    return b"".join(BIG[big][1](list(questions(2, seed=5)), Random(1)))


def told_of(data: bytes, folder: Path) -> tuple[list[str], list[str]]:
    """Return the uids that are read from a file, and what is said of all else in it."""
    (folder / "list").write_bytes(data)
    taken, refused = [], []
    for record in records([folder / "list"]):
        try:
            taken.append(read(record).question.uid)
        except SourceError as error:
            refused.append(str(error))
    return taken, refused


@pytest.mark.parametrize(
    ("big", "old", "new"),
    [
        ("big JSON", b"]}}", b']}, "orales": {"question": [{"uid": "a"}, {"uid": "b"}]}}'),
        ("JSON array", b"]\n", b'] [{"question": {"uid": "a"}},\n{"question": {}}]'),
        ("big XML", b"</questionsEcrites>", b"<orale>x</orale></questionsEcrites>"),
        ("big XML", b"</questionsEcrites>", b"</questionsEcrites><a><b/></a>"),
        ("big XML", b"<question><uid>QANR5L17QG", b"<orale/>\n<question><uid>QANR5L17QG"),
    ],
)
def test_what_stands_beside_a_list_is_told(
    big: str, old: bytes, new: bytes, tmp_path: Path
) -> None:
    """A second list, questions of another name: the first list is read, the rest is refused."""
    whole = whole_list(big)
    assert whole.count(old) == 1
    taken, refused = told_of(whole.replace(old, new), tmp_path)
    line = whole.count(b"\n", 0, whole.index(old)) + 1
    assert (len(taken), len(refused)) == (2, 1)
    assert refused[0].startswith(f"{tmp_path}/list:{line}: "), refused


def test_a_comment_beside_a_question_is_nothing(tmp_path: Path) -> None:
    comment = b"\n<!-- a > b -- <c> -->\n<!---->"
    whole = re.sub(rb"(?=\n<question>)|(?=\n</q\w+s>)|\Z", comment, whole_list("big XML"))
    assert whole.count(comment) == 4
    taken, refused = told_of(whole, tmp_path)
    assert (len(taken), refused) == (2, [])


def test_lines_of_which_the_first_is_long(tmp_path: Path) -> None:
    """Its length is that of a long text, beyond the beginning that shows what a file is."""
    first, *others = BIG["JSON lines"][1](list(questions(3, seed=5)), Random(1))
    long = first.replace(b'"question": {', b'"question": {' + b" " * HEAD, 1)
    taken, refused = told_of(b"".join((long, *others)), tmp_path)
    assert (len(taken), refused) == (3, [])
    (tmp_path / "list").write_bytes(long)
    assert [record.name for record in records([tmp_path / "list"])] == ["list"]  # a single one


@pytest.mark.parametrize("form", FORMS)
def test_archives_of_single_files_hold_the_same_questions(form: str, tmp_path: Path) -> None:
    """Records come in the order of their names, whatever their form."""
    made = {q.uid: q for q in questions(12, seed=9, legislature=FORMS[form].legislature)}
    suffix = FORMS[form].suffix
    with zipfile.ZipFile(tmp_path / "some.zip", "w") as archive:
        for uid, question in made.items():
            archive.writestr(f"{uid}.{suffix}", FORMS[form].write(question, Random(uid)))
    found = [read(record) for record in records([tmp_path / "some.zip"])]
    assert [reading.question.uid for reading in found] == sorted(made)
    for reading in found:
        check(made[reading.question.uid], reading, form)


@pytest.mark.parametrize(
    ("big", "near", "right", "wrong"),
    [
        ("big JSON", '"{uid}"', '"type": "QE"', '"type": "QX"'),
        ("big JSON", '"{uid}"', '"regime"', '"inconnu"'),
        ("JSON array", '"{uid}"', '"type": "QE"', '"type": "QX"'),
        ("JSON lines", '"{uid}"', '"type": "QE"', '"type": "QX"'),
        ("big XML", "{uid}<", "<type>QE<", "<type>QX<"),
        ("big older XML", 'NUMERO="{numero}"', "</DATE_JO>", "x</DATE_JO>"),
        ("big older XML", 'NUMERO="{numero}"', "<ID_ACTEUR>", "<X>x</X><ID_ACTEUR>"),
    ],
)
def test_a_remark_in_a_big_file_is_on_its_line(
    big: str, near: str, right: str, wrong: str, tmp_path: Path
) -> None:
    """The line is counted from the beginning of the file, not of the record."""
    made = [q for q in questions(60, seed=5) if q.type == "QE"]
    write: Any = partial(BIG[big][1], indent=1) if big == "big JSON" else BIG[big][1]
    text = b"".join(write(made, Random(1))).decode()
    place = text.index(right, text.index(near.format(uid=made[20].uid, numero=made[20].numero)))
    (tmp_path / "big").write_text(text[:place] + wrong + text[place + len(right) :], "utf-8")
    found = [where for record in records([tmp_path / "big"]) for where in remarks(record)]
    # what stands beside a day that cannot be read is not understood either
    assert {where.line for where in found} == {text.count("\n", 0, place) + 1}


def remarks(record: Record) -> list[Where]:
    try:
        return [remark.where for remark in read(record).remarks]
    except SourceError as error:
        return [error.remark.where]


def with_proof(cell: str, proof: Evidence | None) -> str:
    """Return a cell of the table with what proves it, and the parts that no record has."""
    if cell == NO or proof is None:
        return cell
    words = {SEEN: f"seen in {proof.records}", DOCUMENTED: "documented", ASSUMED: "*assumed*"}
    unseen = [
        f"`{e.field.removeprefix(proof.field)}`"
        for e in evidence()
        if e.field.startswith(f"{proof.field}.") and e.form == proof.form and not e.records
    ]
    but = f", without {', '.join(unseen)}" if unseen and proof.records else ""
    return f"{cell}: {words[proof.constat]}{but}"


def test_the_table_of_forms_is_that_of_the_readme(request: pytest.FixtureRequest) -> None:
    assert all(len(cells) == len(COLUMNS) for cells in CARRIES.values())
    # no record states these
    added = {"sources", "corrections", "groupe_imprime", "rappels", "donnees_au", "fin_legislature"}
    assert set(CARRIES) | added == {field.name for field in fields(Question)}
    assert sorted(form for forms in COLUMNS.values() for form in forms) == sorted(FORMS)
    rows = [("field", *COLUMNS), ("---",) * (len(COLUMNS) + 1)]
    proofs = {(e.field, e.form): e for e in evidence()}
    for field, cells in CARRIES.items():
        proven = [proofs.get((field, column)) for column in COLUMNS]
        rows.append((f"`{field}`", *map(with_proof, cells, proven)))
    table = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    text = README.read_text("utf-8")
    before, _, after = text.partition("<!-- table -->\n")
    _, _, after = after.partition("<!-- end -->\n")
    expected = f"{before}<!-- table -->\n{table}<!-- end -->\n{after}"
    if request.config.getoption("--accept"):
        README.write_text(expected, "utf-8")
    assert README.read_text("utf-8") == expected
