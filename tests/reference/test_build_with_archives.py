"""`lod build --reference`: authors, constituencies and groups as of the day of the question."""

import json
from pathlib import Path

import pytest

from lod.base.errors import Remark
from lod.base.settings import Settings
from lod.base.tabular import group_by_key
from lod.build import build
from lod.check import check
from lod.pipeline.report.build_report import BuildReport
from lod.publish.release import current
from lod.rdf.store import open_store, select
from tests.support import amo
from tests.support.paths import GOOD, PAGE
from tests.support.programs import lod
from tests.support.releases import page_of

pytestmark = pytest.mark.slow

ALIX, AIN, PARIS = "PA900001", "Ain (1re circonscription)", "Paris (2e circonscription)"
GROUPS, PRINTED = ("Les Exemples", "Synthétique et apparentés"), "Gauche démocrate et républicaine"
RECORD = json.loads(GOOD.read_text("utf-8"))
TEXT = PAGE.read_text("utf-8")
MOVED = (  # elected twice in one legislature, and moved from one group to another
    amo.acteur(
        ALIX,
        "Alix",
        "Exemple",
        amo.siege("PM910001", "2024-07-07", "2025-01-10"),
        amo.siege(
            "PM910002",
            "2025-02-02",
            election={"lieu": {"region": "Exemplie", "departement": "Paris",
                               "numDepartement": "75", "numCirco": "2"}},
        ),
        amo.adhesion("PM920001", "PO930001", "2024-07-19", "2025-03-31"),
        amo.adhesion("PM920002", "PO930002", "2025-04-01"),
    ),
    *amo.EXEMPLE[1:],
)  # fmt: skip


def record(path: Path, uid: str, day: str, **auteur: object) -> Path:
    changed = json.loads(json.dumps(RECORD))
    question = changed["question"]
    question["uid"], question["identifiant"]["numero"] = uid, uid.split("QE")[1]
    question["auteur"] = {"identite": {"acteurRef": ALIX, **auteur}}
    question["textesQuestion"]["texteQuestion"]["infoJO"]["dateJO"] = day
    path.write_text(json.dumps(changed), "utf-8")
    return path


def rows(folder: Path, query: str) -> list[dict[str, str]]:
    return list(select(open_store(current(folder) / "store"), query))


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of four records and a page of one deputy, with an archive that knows her."""
    folder = tmp_path_factory.mktemp("reference")
    records = folder / "in"
    records.mkdir()
    record(records / "1.json", "QANR5L17QE1", "2024-10-01")
    record(records / "2.json", "QANR5L17QE2", "2025-04-01")
    record(records / "3.json", "QANR5L17QE3", "2025-04-08", mandatRef="PM910001")
    record(records / "4.json", "QANR5L17QE4", "2025-01-21")
    page = TEXT.replace("15ème", "17ème").replace("M. Pierre Dharréville", "Mme Alix Exemple")
    page = page.replace("Bouches-du-Rhône (13<sup>e</sup>", "Ain (1<sup>re</sup>")
    page = page.replace("28 décembre 2021", "1er octobre 2024").replace("2022", "2025")
    (records / "5.md").write_text(page, "utf-8")
    archive = amo.archive(folder / "amo.zip", MOVED)
    report = build([records], folder / "out", Settings(), reference=[archive])
    assert (report.read, report.published) == (5, 5)
    assert report.remarked == [
        (
            "in/5.md:19",
            "group 'Gauche démocrate et républicaine' (PO845514), but on 2024-10-01 the author was "
            "a member of 'Les Exemples' (PO930001)",
        )
    ]
    return folder / "out"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        # of the mandate that the record names, else that of the day; between two mandates none
        ("qp:circonscription/skos:prefLabel", {1: AIN, 2: PARIS, 3: AIN, 4: None}),
        # where the record names it: whose it is, and when it began
        ("qp:mandatAuteur/qp:uid", {1: None, 2: None, 3: "PM910001", 4: None, 43349: None}),
        ("qp:mandatRef", {1: None, 2: None, 3: "PM910001", 4: None, 43349: None}),
        ("qp:mandatAuteur/^qp:mandat/qp:uid", {3: ALIX}),
        # that of the membership; another one that is printed is a label only, and no other gets it
        ("qp:libelleGroupe", {1: GROUPS[0], 2: GROUPS[1], 43349: PRINTED}),
        ("qp:groupe/qp:uid", {43349: "PO930001"}),
        ("qp:groupe/skos:altLabel", {43349: "EX"}),
        # name and constituency agree: the page has the same author as the records
        ("qp:auteur/qp:uid", {1: ALIX, 2: ALIX, 3: ALIX, 4: ALIX, 43349: ALIX}),
    ],
)
def test_what_the_archive_says_of_a_question(
    path: str, expected: dict[int, str | None], release: Path
) -> None:
    """The only value at the end of a path from each question; None if there is none."""
    query = f"SELECT ?uid ?o {{ ?q a qp:Question ; qp:uid ?uid ; {path} ?o }}"
    found = group_by_key((row["uid"], row["o"]) for row in rows(release, query))
    for number, value in expected.items():
        assert found.get(f"QANR5L17QE{number}", ()) == ((value,) if value else ())


def test_another_printed_group_is_told(release: Path) -> None:
    assert "imprimé avec la question" in page_of(release, "QANR5L17QE43349")


def test_nothing_private_is_in_any_file(release: Path) -> None:
    files = [path for path in current(release).rglob("*") if path.is_file()]
    assert len(files) > 50
    for path in files:
        assert amo.PRIVE.encode() not in path.read_bytes(), path


def test_what_the_archive_has_wrong_is_told(tmp_path: Path) -> None:
    """A member that cannot be read is a remark; the records are published all the same."""
    archive = amo.archive(tmp_path / "amo.zip", [*MOVED, "{", '{"autre": 1}'])
    source = record(tmp_path / "1.json", "QANR5L17QE1", "2024-10-01")
    *remarks, report = check([source], Settings(), reference=[archive])
    assert isinstance(report, BuildReport) and report.published == 1
    wrongs = [f.wrong for f in remarks if isinstance(f, Remark)]
    assert len(wrongs) == 2 and "not complete JSON" in wrongs[0]
    assert "neither acteur nor organe" in wrongs[1]
    done = lod("build", source, "--to", tmp_path / "out", "--reference", archive, "--strict")
    assert done.exit_code == 1
    assert [line for line in done.stderr.splitlines() if "amo.zip" in line] == [*map(str, remarks)]


@pytest.mark.parametrize(("lacking", "status"), [(10, 0), (11, 1)])
def test_a_value_that_the_archive_lacks_is_only_told(
    tmp_path: Path, lacking: int, status: int
) -> None:
    """Nobody here can mend an official archive: --strict fails only if much is left out."""
    ministry = '{"organe": {"uid": "PO1", "codeType": "MINISTERE", "libelle": "X", "viMoDe": {}}}'
    archive = amo.archive(tmp_path / "amo.zip", [*MOVED, *[ministry] * lacking])
    source = record(tmp_path / "1.json", "QANR5L17QE1", "2024-10-01")
    done = lod("build", source, "--to", tmp_path / "out", "--reference", archive, "--strict")
    assert done.exit_code == status
    assert done.stderr.count("viMoDe.dateDebut: no value; it is left out") == lacking


def test_one_folder_has_it_all(tmp_path: Path) -> None:
    """Archives of deputies among the records are what they are with --reference, whatever they are
    called and however they are packed; a useless file of them is told.
    """
    data = tmp_path / "data"
    (data / "amo").mkdir(parents=True)
    source = record(data / "1.json", "QANR5L17QE1", "2024-10-01")
    amo.archive(data / "amo" / "all.zip", MOVED)
    amo.archive(data / "twice.zip", MOVED)
    (data / "PO1.json").write_text('{"organe": {"uid": "PO1"}}', "utf-8")
    *remarks, report = check([data], Settings())
    assert isinstance(report, BuildReport)
    assert (report.read, report.published, report.rejected) == (1, 1, 0)
    assert [str(remark).partition(":")[0] for remark in remarks] == [str(data / "PO1.json")]
    query = "SELECT ?groupe { ?q qp:numero 1 ; qp:groupe ?groupe }"
    build([data], tmp_path / "folder", Settings())
    build([source], tmp_path / "options", Settings(), reference=[data / "amo" / "all.zip"])
    assert rows(tmp_path / "folder", query) == rows(tmp_path / "options", query) != []
