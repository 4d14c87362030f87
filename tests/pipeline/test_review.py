"""The publisher's reviewed files: corrections, records withheld, totals; each row has an effect."""

import json
from pathlib import Path

import pytest

from lod.base.errors import Finding, UsageError
from lod.base.settings import Settings, read_settings
from lod.build import build
from lod.check import check
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.pipeline.reading.reference_data import read_review
from lod.pipeline.report.build_report import BuildReport
from lod.publish.query import run
from lod.publish.release import current
from tests.support.once import linked
from tests.support.paths import CASES, GOOD
from tests.support.releases import page_of

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


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("titre,absent du titre,x", "it does not say 'absent du titre' once"),
        ("inconnu,a,b", "there is no field 'inconnu'"),
        ("parutions.9.jour,2025-03-25,2025-03-26", "there is no field 'parutions.9.jour'"),
        ("parutions.0.jour,2025-03-25,31/02/2025", "not a day of the calendar"),
        ("auteur,a,b", "it does not say 'a' once"),
    ],
)
def test_a_correction_that_no_longer_matches_is_a_remark(
    tmp_path: Path, row: str, why: str
) -> None:
    """The record is published as it is; the row is named with the reason."""
    settings = reviewed(tmp_path / "revue", corrections=corrections(row))
    finding, report = check([GOOD], settings)
    assert isinstance(finding, Finding) and isinstance(report, BuildReport)
    assert "no longer matches" in finding.wrong and why in finding.wrong
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
        ("retenues", f"uid\n{UID}\n", "motif: empty"),
        ("effectifs", "legislature,type,nombre,motif\n17,QX,1,x\n", "not a type of question"),
        ("effectifs", "legislature,type,nombre,motif\nx,QE,1,x\n", "invalid literal"),
        ("effectifs", "legislature,type,nombre,motif\n17,QE,0,x\n", "a number below 1"),
    ],
)
def test_a_wrong_row_stops_the_command(tmp_path: Path, name: str, rows: str, wrong: str) -> None:
    """A reviewed file is the publisher's own: an error in it is a failure, with its line."""
    settings = reviewed(tmp_path / "revue", **{name: rows})
    with pytest.raises(UsageError, match=rf"{name}\.csv:2: .*{wrong}"):
        read_review(settings.revue)


def test_the_settings_name_the_folder(tmp_path: Path) -> None:
    """`revue` in lod.toml is a folder beside that file; a missing one is an error."""
    (tmp_path / "lod.toml").write_text('revue = "revue"\n', "utf-8")
    settings = read_settings(path=tmp_path / "lod.toml")
    assert settings.revue == tmp_path / "revue"
    with pytest.raises(UsageError, match="no such folder"):
        read_review(settings.revue)
