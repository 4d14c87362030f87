"""The publisher's reviewed files: corrections, records withheld, totals; each row has an effect."""

import csv
import json
import re
from pathlib import Path

import pytest

from lod import extensions
from lod.base import packaged
from lod.base.errors import Remark, UsageError
from lod.base.settings import Settings, read_settings
from lod.build import build
from lod.check import check
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.pipeline.reading.reference_data import read_review, unread_files
from lod.pipeline.report.build_report import BuildReport
from lod.publish.query import run
from lod.publish.release import current
from tests.support.once import linked
from tests.support.paths import CASES, GOOD, tables_of
from tests.support.programs import lod
from tests.support.releases import page_of

TABLES = tables_of(__file__)

UID = "QANR5L17QE90001"


def reviewed(folder: Path, **files: str) -> Settings:
    """Settings that name a folder with these files."""
    folder.mkdir(exist_ok=True)
    for name, rows in files.items():
        (folder / f"{name}.csv").write_text(rows, "utf-8")
    return Settings(revue=folder)


def corrections(*rows: str) -> str:
    return "uid,champ,faux,juste,motif\n" + "".join(f"{UID},{row},coquille\n" for row in rows)


@pytest.mark.slow
def test_a_correction_is_applied_and_noted(tmp_path: Path) -> None:
    """The data have the right word, a note says what was wrong, and the remark gives the reason."""
    rows = corrections(
        "rubrique,artisanat,artisanat d'art", "parutions.0.jour,2025-03-25,26/03/2025"
    )
    settings = reviewed(tmp_path / "revue", corrections=rows)
    report = build([GOOD], tmp_path / "out", settings)
    text, _ = run(
        tmp_path / "out",
        "SELECT ?rubrique ?jour ?note { ?q qp:rubrique/skos:prefLabel ?rubrique ;"
        " qp:dateParution ?jour ; skos:editorialNote ?note } ORDER BY ?note",
        "json",
    )
    found = json.loads(text)["results"]["bindings"]
    assert {row["rubrique"]["value"] for row in found} == {"commerce et artisanat d'art"}
    assert {row["jour"]["value"] for row in found} == {"2025-03-26"}
    assert found[1]["note"]["value"] == (
        "rubrique : « artisanat » corrigé en « artisanat d'art » (coquille)"
    )
    assert sum("is corrected to" in wrong for _, wrong in report.remarked) == 2
    assert "corrigé en" in page_of(tmp_path / "out", UID)


@pytest.mark.parametrize(("row", "why"), TABLES["a_correction_that_does_not_match_is_a_remark"])
def test_a_correction_that_does_not_match_is_a_remark(tmp_path: Path, row: str, why: str) -> None:
    """The record is published as it is; the row is named with the reason."""
    settings = reviewed(tmp_path / "revue", corrections=corrections(row))
    remark, report = check([GOOD], settings)
    assert isinstance(remark, Remark) and isinstance(report, BuildReport)
    assert str(remark).startswith(f"corrections.csv:2: the correction of {row.split(',')[0]} of")
    assert why in remark.wrong
    assert report.published == 1


@pytest.mark.slow
def test_a_withheld_record_is_counted_and_not_published(tmp_path: Path) -> None:
    """read = published + rejected, with the publisher's reason; its bytes are not in the site."""
    settings = reviewed(tmp_path / "revue", retenues=f"uid,motif\n{UID},demande de l’intéressé\n")
    other = CASES / "an_json/withdrawn/source.json"
    report = build([GOOD, other], tmp_path / "out", settings)
    assert (report.read, report.published, report.rejected) == (2, 1, 1)
    assert "withheld by the publisher: demande de l’intéressé" in report.rejections[0][1]
    release = current(tmp_path / "out")
    assert not PublishedQuestions(release).has(UID)
    assert [data for _, data in PublishedQuestions(release).sources()] == [other.read_bytes()]


def test_a_total_that_is_not_reached_is_reported(tmp_path: Path, sample: Path) -> None:
    """Fewer questions than the reviewed file expects, or far fewer than the release before."""
    rows = "legislature,type,nombre,motif\n17,QE,2,annonce\n16,QG,0001,annonce\n"
    settings = reviewed(tmp_path / "revue", effectifs=rows)
    *_, report = check([GOOD], settings)
    assert isinstance(report, BuildReport)
    assert report.shortfalls == [(16, "QG", 0, 1), (17, "QE", 1, 2)]
    linked(sample, tmp_path / "out")
    less = build([GOOD], tmp_path / "out", Settings())
    assert {(legislature, type_) for legislature, type_, *_ in less.drops} >= {(16, "QG")}


@pytest.mark.parametrize(
    ("name", "rows", "wrong"),
    [
        ("corrections", "uid,champ,faux,juste,motif\nQE1,titre,a,b,c\n", "is not the uid"),
        ("corrections", f"uid,champ,faux,juste,motif\n{UID},titre,a,b,\n", "motif: empty"),
        ("corrections", corrections("type,QE,QX"), "'type' is no field that can be corrected"),
        ("corrections", corrections("uid,QE90001,QE1"), "'uid' is no field that can be corrected"),
        ("corrections", corrections("sources.0.sha256,a,b"), "'sources' is no field"),
        ("corrections", corrections("rappels.0,a,b"), "'rappels' is no field"),
        ("retenues", f"uid,motif\n{UID}\n", "motif: empty"),
        ("retenues", f'uid,motif\n{UID},"{"x" * 200_000}"\n', "shorten the cell"),
        ("effectifs", "legislature,type,nombre,motif\n17,QX,1,x\n", "not a type of question"),
        ("effectifs", "legislature,type,nombre,motif\nx,QE,1,x\n", "'x' is not a whole"),
        ("effectifs", "legislature,type,nombre,motif\n17,QE,0,x\n", "'0' is not a whole"),
    ],
)
def test_a_wrong_row_stops_the_command(tmp_path: Path, name: str, rows: str, wrong: str) -> None:
    """A reviewed file is the publisher's own: an error in it is a failure, with its line."""
    settings = reviewed(tmp_path / "revue", **{name: rows})
    usual = csv.field_size_limit(2**17)  # packages that other tests import raise it
    try:
        with pytest.raises(UsageError, match=rf"{name}\.csv:2: .*{wrong}"):
            read_review(settings.revue)
    finally:
        csv.field_size_limit(usual)


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        (f"uid,motif\n{UID},retenu à\n".encode("cp1252"), ":2: byte 0xE0 is not UTF-8; save it"),
        ("\ufeffuid,motif\né\n".encode() + b"\xe9", ":3: byte 0xE9 is not UTF-8; save it"),
        (f"uid;motif\n{UID};x\n".encode(), ":1: semicolons between the cells; save it"),
        (f"uid\n{UID}\n".encode(), ":1: no column motif; name it"),
        (f"uid,motif\n{UID},à sa demande, le 3 mai\n".encode(), ":2: more cells than columns; put"),
    ],
)
def test_a_file_in_another_form_is_told_so(tmp_path: Path, data: bytes, wrong: str) -> None:
    """As Excel saves it in French: the message says what form it must have."""
    (tmp_path / "retenues.csv").write_bytes(data)
    with pytest.raises(UsageError, match=f"retenues.csv{wrong}"):
        read_review(tmp_path)


@pytest.fixture
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work where `lod.toml` names a folder of reviewed files."""
    monkeypatch.chdir(tmp_path)
    Path("lod.toml").write_text('revue = "revue"\n', "utf-8")


@pytest.mark.usefixtures("_in_a_folder")
@pytest.mark.slow
def test_what_does_nothing_in_the_folder_is_told() -> None:
    """Rows of no record, a correction that does not match, misspelt names: --strict exits 1."""
    rows = corrections("titre,absent du titre,x") + "QANR5L17QE2,titre,a,b,c\n"
    reviewed(Path("revue"), corrections=rows, retenues="uid,motif\n\nQANR5L17QE3,demande\n")
    for name in ("Retenues.csv", "retenues.CSV", "notes.md", ".caché"):
        Path("revue", name).touch()
    done = lod("build", GOOD, "--to", "out", "--jobs", 1, "--strict")
    said = [line for line in done.stderr.splitlines() if line.startswith("revue/")]
    assert done.exit_code == 1 and [line.partition(";")[0] for line in said] == [
        "revue/Retenues.csv:1: nobody reads a file of this name",
        "revue/retenues.CSV:1: nobody reads a file of this name",
        "revue/corrections.csv:3: no record that can be read is of QANR5L17QE2, nothing is "
        "corrected",
        "revue/retenues.csv:3: no record that can be read is of QANR5L17QE3, nothing is withheld",
        f"revue/corrections.csv:2: the correction of titre of {UID} does not match: it does not "
        "say 'absent du titre' once",
    ]
    assert "5 remarks" in done.stdout
    checked = lod("check", GOOD)
    assert checked.exit_code == 1 and checked.stdout.count("\n") == 5
    assert set(said[:4]) < set(checked.stdout.splitlines())


def test_every_file_of_the_guide_is_read(tmp_path: Path) -> None:
    """Nobody is told that it is not; a link that leads nowhere is told, whatever its name."""
    guides = (packaged.SITE / "pages", *packaged.SITE.glob("extensions/*/ajouts"))
    texts = ((folder / "configuration.md") for folder in guides)
    told = "".join(path.read_text("utf-8") for path in texts if path.is_file())
    names = re.findall(r"^\| `([a-z-]+\.csv)`", told, re.M)
    assert len(names) == 8 + len(extensions.reviewed())
    for name in names:
        (tmp_path / name).touch()
    assert list(unread_files(tmp_path, extensions.reviewed())) == []
    (tmp_path / "retenues.csv").unlink()
    (tmp_path / "retenues.csv").symlink_to("nowhere")
    [remark] = unread_files(tmp_path, extensions.reviewed())
    assert str(remark).startswith(f"{tmp_path}/retenues.csv:1: this is no file")


@pytest.mark.usefixtures("_in_a_folder")
@pytest.mark.slow
def test_what_is_withheld_on_purpose_is_no_failure() -> None:
    """With --strict, too; unchanged inputs are only looked at, and nothing is to be checked."""
    reviewed(Path("revue"), retenues=f"uid,motif\n{UID},demande\n")
    inputs = GOOD, CASES / "an_json/withdrawn/source.json"
    done = lod("build", *inputs, "--to", "out", "--jobs", 1, "--strict")
    assert done.exit_code == 0 and "is withheld by the publisher: demande" in done.stderr
    assert "2 read = 1 published + 1 rejected (1 withheld) (" in done.stdout
    again = lod("build", *inputs, "--to", "out", "--jobs", 1, "--strict")
    assert again.exit_code == 0 and again.stdout.startswith("nothing has changed")
    checked = lod("check", *inputs)
    assert checked.exit_code == 0 and "(1 withheld)" in checked.stderr


def test_the_settings_name_the_folder(tmp_path: Path) -> None:
    (tmp_path / "lod.toml").write_text('revue = "revue"\n', "utf-8")
    settings = read_settings(path=tmp_path / "lod.toml")
    assert settings.revue == tmp_path / "revue"
    with pytest.raises(UsageError, match="no such folder"):
        read_review(settings.revue)
