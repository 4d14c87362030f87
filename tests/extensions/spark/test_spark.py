"""The job on Spark itself, in local mode, says what a build says."""

import csv
import gzip
import importlib.util
import json
import os
import pickle
import re
import shutil
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pyoxigraph import NamedNode, RdfFormat, parse

from lod.base import packaged, packing
from lod.base.errors import LodError, UsageError
from lod.base.inputs import Chunk, chunks, records
from lod.base.settings import Settings
from lod.build import build
from lod.extensions.spark import job, messages
from lod.extensions.spark.__main__ import main
from lod.extensions.spark.job import EXTRA, JAVA, session
from lod.extensions.spark.messages import JobContext, Message, TaskFile
from lod.extensions.spark.settling import read_chunk, settle_partition
from lod.extensions.spark.task_files import TaskFiles
from lod.extensions.spark.whole import WholeJob, gather_partition
from lod.pipeline.reading.intake import RecordFacts
from lod.pipeline.reading.reference_data import ReferenceData
from lod.pipeline.report.build_report import BuildReport
from lod.publish.release import current, manifest
from lod.rdf.iris import Iris
from lod.rdf.vocab import SHAPES_NAMESPACE
from tests.support import amo
from tests.support.paths import CASES, ROOT
from tests.support.shapes import ADDED

pytestmark = pytest.mark.slow

NEEDED = {
    "pyspark (pip install --group spark)": importlib.util.find_spec("pyspark"),
    "Java (apt-get install default-jre-headless)": shutil.which("java"),
}
LACKING = " and ".join(name for name, found in NEEDED.items() if not found)
KINDS = ("cannot be read", "is withheld by", "has a deadline rule")
SHARED = (CASES / "an_json/shared_answer/source.json").read_bytes()
MEMBERS = 25  # of a zip in one chunk: the small one is cut, too


def question(number: int, page: str = "", name: str = "", day: str = "") -> bytes:
    """A written question of the 17th legislature whose answer, page, ministry, day may differ."""
    record = json.loads(SHARED)
    asked = record["question"]
    answer = asked["textesReponse"]["texteReponse"]
    answer["texte"] = "Réponse à plusieurs."
    asked["uid"], asked["identifiant"]["numero"] = f"QANR5L17QE{number}", str(number)
    if name:
        answer["infoJO"]["pageJO"] = page
        asked["minInt"] |= {"organeRef": "PO999999", "abrege": name, "developpe": name}
    if day:
        asked["textesQuestion"]["texteQuestion"]["infoJO"]["dateJO"] = day
    return json.dumps(record).encode()


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Cases of every form, good and broken, a part of the sample, and what partitions part."""
    folder = tmp_path_factory.mktemp("mixed") / "divers"
    folder.mkdir()
    plain = (CASES / "an_json/plain/source.json").read_bytes()
    with zipfile.ZipFile(folder / "i-damaged.zip", "w") as archive:
        archive.writestr("one.json", question(90401, "4340", "Bureau des preuves"))
        archive.writestr("two.json", question(90301))
    damaged = bytearray((folder / "i-damaged.zip").read_bytes())
    damaged[damaged.rindex(b"commerce et artisanat")] ^= 0xFF
    for name, data in {
        "a-later.json": question(90901, "4350", "Bureau des épreuves"),
        "b-earlier.json": question(90801, "4360", "Bureau des essais"),
        "c-misprint.json": question(90701, day="1901-03-25"),  # before the Republic: SHACL refuses
        "d-again.json": plain.replace(b"commerce et artisanat", b"sports"),
        "e-empty.json": b"",
        "f-withheld.json": question(90601),
        "g.json.gz": gzip.compress(question(90501), mtime=0),
        "i-damaged.zip": bytes(damaged),
        "j-truncated.zip": bytes(damaged[:900]),
    }.items():
        (folder / name).write_bytes(data)
    (folder / "h-link.json").symlink_to("a-later.json")
    with zipfile.ZipFile(packaged.SAMPLE) as whole, zipfile.ZipFile(folder / "k.zip", "w") as some:
        for name in sorted(whole.namelist())[::8]:
            some.writestr(name, whole.read(name))
    return [CASES, folder]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder with lod.toml, reviewed files and an archive AMO."""
    folder = tmp_path_factory.mktemp("place")
    (folder / "lod.toml").write_text('base = "https://q.example.org/"\nrevue = "revue"\n')
    (folder / "revue").mkdir()
    (folder / "revue/retenues.csv").write_text("uid,motif\nQANR5L17QE90601,à vérifier\n")
    amo.archive(folder / "amo.zip", amo.EXEMPLE)
    return folder


@pytest.fixture(scope="module")
def built(mixed: list[Path], place: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    settings = Settings(base="https://q.example.org/", revue=place / "revue")
    build(mixed, folder, settings, reference=[place / "amo.zip"])
    return current(folder)


@pytest.fixture(scope="module")
def parts(mixed: list[Path], place: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parts") / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        patch.setattr(job, "ZIP_MEMBERS", MEMBERS)
        arguments = [*map(str, mixed), "--to", str(folder), "--reference", "amo.zip"]
        arguments += ["--master", "local[2]", "--partitions", "3"]
        done = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert done.stdout.endswith(f"; {folder}\n")
    return folder


def lines(folder: Path, pattern: str) -> list[bytes]:
    texts = (gzip.decompress(path.read_bytes()) for path in folder.glob(pattern))
    return sorted(line for text in texts for line in text.splitlines())


def rows(paths: list[Path], skip: int = 0) -> list[list[str]]:
    """The rows of CSV files, sorted, without their heads and first columns."""
    found = []
    for path in paths:
        data = path.read_bytes()
        text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
        _, *body = csv.reader(text.splitlines(keepends=True))
        found += [row[skip:] for row in body]
    return sorted(found)


# the shapes of graphs beside the data, which the job does not make
APART = {f"{SHAPES_NAMESPACE}{name}" for name in ADDED}


def told(quads: Any) -> Counter[tuple[str, ...]]:
    """The results of a report, and what it says as a whole, whatever its nodes are called."""
    about: dict[str, list[str]] = {}
    for quad in quads:
        node = quad.object if quad.predicate.value.endswith("#result") else None
        value = "" if isinstance(node, NamedNode) else str(quad.object)
        about.setdefault(quad.subject.value, []).append(f"{quad.predicate} {value}")
    return Counter(tuple(sorted(said)) for said in about.values())


def spark(test: Callable[..., None]) -> Callable[..., None]:
    """Mark a test that needs Spark: skipped, visibly, without it; in CI it fails."""
    is_skipped = bool(LACKING) and not os.environ.get("CI")
    marked = pytest.mark.skipif(is_skipped, reason=f"no {LACKING}")(test)
    return pytest.mark.tool(marked)


@spark
def test_the_triples_are_those_of_the_build(parts: Path, built: Path) -> None:
    """Each line of the dump once, and no other; those that are links apart."""
    expected = [one for one in lines(built, "dumps/questions.nt.gz") if not one.startswith(b"#")]
    turtle = gzip.decompress((built / "dumps/links.ttl.gz").read_bytes())
    links = sorted(f"{q.triple} .".encode() for q in parse(turtle, format=RdfFormat.TURTLE))
    assert lines(parts, "links.nt.gz") == links
    assert sorted([*lines(parts, "parts/*.nt.gz"), *links]) == expected
    assert len(expected) == len(set(expected)) > 8000
    # what partitions part is there: an answer of four questions, as the first has it, a recall
    text = b"\n".join(expected)
    [answer] = re.findall(rb"90901> \S+def#reponse> (<\S+>)", text)
    assert text.count(b"def#reponse> " + answer) == 4 and text.count(b"def#rappelle>") == 1
    assert re.findall(re.escape(answer) + rb' \S+def#page> "(\d+)"', text) == [b"4340"]


@spark
def test_the_rejections_are_those_of_the_build(parts: Path, built: Path) -> None:
    """The same records, byte for byte, for the same reasons: unreadable, withheld, refused."""
    reasons = rows([built / "rejected/index.csv"], skip=1)
    assert rows([*parts.glob("rejected/*.csv.gz")], skip=1) == reasons
    assert all(any(known in row[2] for row in reasons) for known in KINDS)
    kept = sorted(p.read_bytes() for p in built.glob("rejected/0*"))
    assert sorted(packed(parts)) == kept
    assert len(kept) > 100


@spark
def test_the_results_of_shacl_are_those_of_the_build(parts: Path, built: Path) -> None:
    """Every result, how many nodes each shape looked at, and every remark."""
    report = b"\n".join(lines(parts, "quality/report*.nt.gz"))
    reported = parse(path=str(built / "quality/report.ttl"), format=RdfFormat.TURTLE)
    expected = told(quad for quad in reported if quad.subject.value not in APART)
    assert told(parse(report, format=RdfFormat.N_TRIPLES)) == expected
    assert expected.total() > 50
    # what controls warn of, of the finished store, has no line
    remarks = [row for row in rows([built / "quality/remarques.csv"]) if row[1]]
    assert rows([*parts.glob("quality/remarques*.csv.gz")]) == remarks != []


@spark
def test_the_manifest_counts_what_the_build_counts(parts: Path, built: Path) -> None:
    """read = published + rejected, and the sums of all files that are there."""
    made, expected = json.loads((parts / "manifest.json").read_bytes()), manifest(built)
    expected["warnings"] -= sum(expected["controls"].values())  # of the finished store, here none
    for key in ("base", "version", "donnees_au", "read", "published", "rejected", "remarks",
                "warnings", "retenues", "questions", "shacl"):  # fmt: skip
        assert made[key] == expected[key], key
    triples = expected["triples"]
    questions = triples["questions"] - triples["links"]  # which are apart here
    assert made["triples"] == {"questions": questions, "links": triples["links"]}
    counted = {x["name"]: x["records"] for x in expected["inputs"]}
    assert {x["name"]: x["records"] for x in made["inputs"]} == counted
    there = {p for p in parts.rglob("*") if p.is_file()} - {parts / "manifest.json"}
    assert made["files"] == {
        path.relative_to(parts).as_posix(): {
            "bytes": path.stat().st_size, "sha256": packing.sha256(path),
        }
        for path in there
    }  # fmt: skip


def packed(folder: Path) -> Iterator[bytes]:
    for path in folder.glob("rejected/*.zip"):
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name) for name in archive.namelist())


@pytest.mark.parametrize("most", [1, 7])
def test_chunks_have_every_record_once(mixed: list[Path], most: int) -> None:
    """However archives are cut, the records come in their order, faults and all."""
    cut = list(chunks(mixed, most))
    assert [r for chunk in cut for r in chunk.records()] == list(records(mixed))
    assert len([chunk for chunk in cut if chunk.path.name == "k.zip"]) == -(-60 // most)


def test_a_task_that_is_tried_again_writes_the_same(tmp_path: Path) -> None:
    """The same bytes under the same names, nothing beside them; one that fails leaves nothing."""
    (tmp_path / "in.json").write_bytes(question(90001))
    cut = tuple(chunks([tmp_path / "in.json"], 1))
    context = JobContext(tmp_path / "out", Iris("http://x.example/"), ReferenceData(), cut)
    read = sorted(read_chunk((0, cut[0])), key=itemgetter(0))
    first, second = (list(settle_partition(0, iter(read), context)) for _ in range(2))
    assert pickle.dumps(first) == pickle.dumps(second)
    names = sorted(p.name for p in context.folder.rglob("*") if p.is_file())
    assert names == ["questions-00000.nt.gz"]
    with pytest.raises(OSError), TaskFiles(tmp_path / "none") as files:
        files.write("a.gz", b"begun")
        raise OSError("disk full")
    assert not [p for p in (tmp_path / "none").rglob("*") if p.is_file()]


def test_an_input_that_changes_meanwhile_is_told(tmp_path: Path) -> None:
    """What is rejected is read again for its bytes: they must be those that were read."""
    (tmp_path / "in.json").write_bytes(b"{")
    cut = tuple(chunks([tmp_path / "in.json"], 1))
    context = JobContext(tmp_path / "out", Iris("http://x.example/"), ReferenceData(), cut)
    sent = sorted(settle_partition(0, read_chunk((0, cut[0])), context), key=itemgetter(0))
    (tmp_path / "in.json").write_bytes(b"[")
    with pytest.raises(LodError, match=r"in\.json: is no longer what was read of it; leave"):
        list(gather_partition(0, iter(sent), context))


def test_parts_that_cannot_be_seen_are_told(tmp_path: Path) -> None:
    """A folder that executors do not share gives no manifest."""
    sent: list[Message] = [
        ((messages.BUILD_REPORT, "", ()), BuildReport(read=1, published=1)),
        ((messages.FILE, "x", ()), TaskFile("parts/x.nt.gz", 1, "")),
    ]
    whole = WholeJob(JobContext(tmp_path, Iris("http://x.example/"), ReferenceData(), ()), sent)
    with pytest.raises(LodError, match="must be a folder that all executors share"):
        whole.check(RecordFacts({"x": 1}))
    with pytest.raises(LodError, match="2 records were read, 1 published, 0 rejected"):
        whole.check(RecordFacts({"x": 2}))


def refusal(folder: Path) -> str:
    done = CliRunner().invoke(main, [str(ROOT), "--to", str(folder)], catch_exceptions=False)
    assert done.exit_code == 2
    return done.output


def test_without_pyspark_one_line_says_what_to_do(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    assert refusal(tmp_path) == f"lod: PySpark is not installed; {EXTRA}\n"


@spark
def test_without_java_one_line_says_what_to_do(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert refusal(tmp_path) == f"lod: Spark needs Java, and there is none; {JAVA}\n"


@spark
def test_what_an_executor_says_for_people_is_one_line() -> None:
    """An error of data on another machine is an error of data here; a bug keeps its trace."""
    elsewhere = [(0, Chunk(Path("/nowhere/x.zip"), "x.zip"))]
    wrong = r"^/nowhere/x\.zip: an executor does not see it; put [^\n]+$"
    with pytest.raises(LodError, match=wrong), session("local[1]") as context:
        context.parallelize(elsewhere, 1).flatMap(read_chunk).count()


def test_parts_of_two_runs_are_never_mixed(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    with pytest.raises(UsageError, match="is not empty; give a folder that is not there yet"):
        job.convert(None, [ROOT], tmp_path, Settings())  # type: ignore[arg-type]
