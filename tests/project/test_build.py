"""A build: accounts for every record, goes on after each bad one, gives the same bytes again."""

import gzip
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import BlankNode
from rdflib import Graph
from rdflib.namespace import RDF, SH

from lod.base import packing
from lod.base.errors import LodError, Remark
from lod.base.settings import Settings
from lod.build import build
from lod.check import check
from lod.pipeline.mapping import links
from lod.pipeline.questions.question_db import PublishedQuestions
from lod.pipeline.report import quality_files
from lod.pipeline.report.build_report import BuildReport
from lod.pipeline.validation.shapes import FAST, REFERENCE
from lod.publish.draft import made_of
from lod.publish.dumps import stated_triples
from lod.publish.query import run
from lod.publish.release import current, is_made_of, manifest, remember, switch
from lod.rdf.store import open_store
from tests.support import amo
from tests.support.comparing import digests, triples_of
from tests.support.once import linked
from tests.support.paths import CASES, GOOD, REAL, ROOT
from tests.support.programs import lod, need, output


def test_every_record_is_accounted_for(mixture: tuple[Path, BuildReport]) -> None:
    """read = published + rejected, in the count, the manifest and the folders."""
    folder, bilan = mixture
    release = current(folder)
    stated = manifest(release)
    broken = len(list(CASES.glob("*/broken_*/source.*")))
    sources = len(list(CASES.glob("*/*/*.*")))
    assert bilan.read == bilan.published + bilan.rejected == 479 + sources
    # all broken cases, and the texts of what is expected
    assert bilan.rejected >= broken
    assert stated["read"] == stated["published"] + stated["rejected"] == bilan.read
    kept = [p for p in (release / "rejected").iterdir() if p.name != "index.csv"]
    assert len(kept) == bilan.rejected
    questions = PublishedQuestions(release)
    assert questions.count() == bilan.questions == bilan.published - 1  # one case is in the sample
    raw = dict(questions.sources())
    assert len(raw) == bilan.questions  # the two records of one question are the same bytes
    assert all(hashlib.sha256(data).hexdigest() == name for name, data in raw.items())


def test_a_rejected_record_is_kept_byte_for_byte(mixture: tuple[Path, BuildReport]) -> None:
    kept = {p.read_bytes() for p in (current(mixture[0]) / "rejected").iterdir()}
    for source in CASES.glob("*/broken_*/source.*"):
        assert source.read_bytes() in kept, source


def test_nothing_published_tells_a_folder_of_the_publisher(
    mixture: tuple[Path, BuildReport],
) -> None:
    """Paths in pages, reasons and the manifest start at the input."""
    release = current(mixture[0])
    for path in (release / "manifest.json", release / "site/qualite.html",
                 release / "rejected/index.csv", release / "quality/remarques.csv"):  # fmt: skip
        assert str(ROOT) not in path.read_text("utf-8"), path


@pytest.mark.slow
def test_what_is_listed_is_printable_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signs that turn a line round are escapes; reasons beyond those listed are counted."""
    monkeypatch.setattr(quality_files, "LISTED", 2)
    records = tmp_path / "in"
    records.mkdir()
    remarked = GOOD.read_text("utf-8").replace('"uid"', '"a\u202eb\u2066c": "x", "uid"', 1)
    (records / "0.json").write_text(remarked, "utf-8")
    for number in range(1, 6):
        (records / f"{number}.json").write_text('{"x\u202e": 1}', "utf-8")
    done = lod("build", records, "--to", tmp_path / "out")
    release = current(tmp_path / "out")
    page = (release / "site/qualite.html").read_text("utf-8")
    assert "a\\u202eb\\u2066c" in page and "x\\u202e" in page and "x\\u202e" in done.stderr
    assert not {"\u202e", "\u2066"} & {*page, *done.stderr}
    listed = tmp_path / "out/current/rejected/index.csv"
    assert f"rejected: 3 more reasons; all are in {listed}\n" in done.stderr


def test_a_build_without_a_record_publishes_nothing(
    tmp_path: Path, plain: tuple[Path, BuildReport]
) -> None:
    """An empty release never replaces one that is there."""
    linked(plain[0], tmp_path / "out")
    before = current(tmp_path / "out")
    (tmp_path / "empty").mkdir()
    with pytest.raises(LodError, match="none published; the current release is left"):
        build([tmp_path / "empty"], tmp_path / "out", Settings())
    assert current(tmp_path / "out") == before


def test_a_wrong_table_stops_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plain: tuple[Path, BuildReport]
) -> None:
    """Links and references are proven as a whole: a fault of a table is nobody's record."""
    out = linked(plain[0], tmp_path / "out")
    before = current(out)
    table = {ref: replace(x, target=f"{x.target}x") for ref, x in links.known().items()}
    monkeypatch.setattr(links, "known", lambda revus: table)
    with pytest.raises(LodError, match="correct owl:sameAs, or remove the link"):
        build([GOOD], out, Settings(base="https://example.org/"))
    assert current(out) == before


def test_the_report_says_whether_all_conforms(mixture: tuple[Path, BuildReport]) -> None:
    report = Graph().parse(current(mixture[0]) / "quality/report.ttl")
    [node] = report.subjects(RDF.type, SH.ValidationReport)
    assert report.value(node, SH.conforms).toPython() is False
    counted = sum(constat.count for constat in mixture[1].shape_counts.values())
    assert len(list(report.objects(node, SH.result))) == counted > 0


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A folder with one good record and every kind of bad one."""
    folder = tmp_path / "bad"
    folder.mkdir()
    good = GOOD.read_bytes()
    (folder / "a-good.json").write_bytes(good)
    (folder / "b-empty.json").write_bytes(b"")
    (folder / "c-truncated.json").write_bytes(good[: len(good) // 2])
    (folder / "d-no-question.json").write_bytes(b'{"texte": {}}')
    page = (CASES / "page_recent/withdrawn/source.md").read_text("utf-8")
    impossible = page.replace("28 décembre 2021", "31 février 2021")
    (folder / "e-date.md").write_text(impossible, "utf-8")
    numberless = "\n".join(line for line in page.splitlines() if "43349" not in line)
    (folder / "f-number.md").write_text(numberless, "utf-8")
    (folder / "g-other-content.json").write_bytes(good.replace(b"commerce et artisanat", b"sports"))
    with zipfile.ZipFile(folder / "h-damaged.zip", "w") as archive:
        archive.writestr("one.json", good.replace(b"QE90001", b"QE1").replace(b'"90001"', b'"1"'))
        archive.writestr("two.json", good)
    damaged = bytearray((folder / "h-damaged.zip").read_bytes())
    damaged[damaged.rindex(b"commerce et artisanat")] ^= 0xFF
    (folder / "h-damaged.zip").write_bytes(bytes(damaged))
    (folder / "i-windows.json").write_bytes(good.decode().encode("cp1252", "replace"))
    return folder


EXPECTED = {
    "b-empty.json:1": "the file is empty",
    "c-truncated.json:": "not complete JSON",
    "d-no-question.json:1": "no key 'question'",
    "f-number.md:1": "no value",
    "h-damaged.zip/two.json:1": "Bad CRC-32",
    "i-windows.json:": "is not UTF-8",
    "e-date.md:": "'31 février 2021' is not a day of the calendar",  # published all the same
    "a-good.json:1": "rubrique: 'commerce et artisanat' here, 'sports' in bad/g-other",
}


@pytest.mark.slow
def test_check_tells_every_kind_of_bad_record(bad: Path) -> None:
    """Each gives `file:line: what is wrong; what to do`, and nothing else does."""
    *remarks, bilan = check([bad], Settings())
    assert isinstance(bilan, BuildReport)
    assert (bilan.read, bilan.published, bilan.rejected, bilan.remarks) == (10, 4, 6, 2)
    assert len(remarks) == len(EXPECTED)
    for remark, (place, wrong) in zip(remarks, EXPECTED.items(), strict=True):
        assert isinstance(remark, Remark)
        assert str(remark).startswith(f"{bad}/{place}")
        assert wrong in remark.wrong and remark.remedy


@pytest.mark.slow
def test_a_record_that_breaks_a_shape_is_rejected(tmp_path: Path) -> None:
    """SHACL refuses what a reader can read: a question older than the Republic it was put in."""
    record = json.loads(GOOD.read_text("utf-8"))
    record["question"]["textesQuestion"]["texteQuestion"]["infoJO"]["dateJO"] = "1901-03-25"
    (tmp_path / "misprint.json").write_text(json.dumps(record), "utf-8")
    rule, day, bilan = check([tmp_path / "misprint.json"], Settings())
    assert isinstance(rule, Remark) and isinstance(day, Remark) and isinstance(bilan, BuildReport)
    assert rule.wrong.endswith("a written question that was published has a deadline rule")
    assert rule.remedy == "give qp:regleDelai"
    assert "date, 1958 to 2099" in day.wrong and "1901-03-25" in day.wrong
    assert bilan.rejected == 1


@pytest.mark.slow
def test_same_input_same_bytes(tmp_path: Path) -> None:
    """Two builds, other hash seeds, one or three processes, another day: every file is equal."""
    one, two = tmp_path / "one", tmp_path / "two"
    command = (sys.executable, "-m", "lod", "build", CASES, "--to")
    output(*command, one, "--jobs", "1", PYTHONHASHSEED="1")
    output(*command, two, "--jobs", "3", PYTHONHASHSEED="2", TZ="Pacific/Apia")
    assert current(one).name == current(two).name
    assert len(digests(current(one))) > 900
    assert digests(current(one)) == digests(current(two))


def test_other_input_other_release(tmp_path: Path, plain: tuple[Path, BuildReport]) -> None:
    out = linked(plain[0], tmp_path / "out")
    names = {current(out).name}
    (tmp_path / "x").mkdir()
    changed = tmp_path / "x" / "source.json"
    changed.write_bytes(GOOD.read_bytes() + b"\n")
    build([changed], out, Settings())
    names.add(current(out).name)
    build([GOOD], out, Settings(), reference=[amo.archive(tmp_path / "amo.zip", amo.EXEMPLE)])
    names.add(current(out).name)
    assert len(names) == 3 == len([*(out / "releases").iterdir()])


@pytest.mark.slow
def test_unchanged_inputs_are_only_looked_at(tmp_path: Path) -> None:
    """One line, and nothing is written; a byte, or --strict where something is wrong: it builds."""
    out, records = tmp_path / "out", tmp_path / "records"
    records.mkdir()
    path = Path(shutil.copy(GOOD, records))
    (records / "empty.json").touch()  # it is rejected

    def builds(*options: str, code: int = 0) -> bool:
        noted = out / "made-of.json"
        before = noted.stat().st_ino if noted.exists() else 0
        done = lod("build", records, "--to", out, "--jobs", 1, *options)
        assert done.exit_code == code and done.stdout.count("\n") == 1, done.output
        is_told = done.stdout == f"nothing has changed since the last build; {out}/current\n"
        assert is_told == (noted.stat().st_ino == before)
        return not is_told

    assert builds()
    log, there = (out / "publications.jsonl").read_bytes(), current(out)
    os.utime(path)
    assert not builds() and not builds("--jobs", "2")
    assert (out / "publications.jsonl").read_bytes() == log and current(out) == there
    assert builds("--strict", code=1)
    times = path.stat()
    path.write_bytes(path.read_bytes().replace(b"2025-03-25", b"2025-03-24"))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert builds() and current(out) != there


def test_what_is_noted_is_of_the_release_that_was_built(
    tmp_path: Path, plain: tuple[Path, BuildReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one may have become current since then: the same inputs are then built again."""
    out, other = linked(plain[0], tmp_path / "out"), tmp_path / "other.json"
    before = current(out).name
    other.write_bytes(GOOD.read_bytes() + b"\n")

    def overtaken(*given: Any, **named: Any) -> BuildReport:
        report = build(*given, **named)
        switch(out, before)
        return report

    monkeypatch.setattr("lod.build.build", overtaken)
    assert lod("build", other, "--to", out, "--jobs", 1).exit_code == 0
    assert current(out).name == before
    assert not is_made_of(out, made_of([other], [], Settings(), FAST), False)


def test_what_a_release_is_made_of(tmp_path: Path, plain: tuple[Path, BuildReport]) -> None:
    """Its inputs, settings, engine; of another release, or in a damaged file, nothing is known."""
    out = linked(plain[0], tmp_path / "out")
    review = tmp_path / "review"
    review.mkdir()
    (review / "retenues.csv").write_text("uid,motif\n", "utf-8")
    given = [
        made_of([GOOD], [], Settings(), FAST),
        made_of([CASES / "an_json"], [], Settings(), FAST),
        made_of([], [GOOD], Settings(), FAST),
        made_of([GOOD], [], Settings(editeur="X"), FAST),
        made_of([GOOD], [], Settings(), REFERENCE),
        made_of([GOOD], [], Settings(revue=review), FAST),
    ]
    assert len({*given}) == len(given) and given[0] == made_of([GOOD], [], Settings(), FAST)
    assert not is_made_of(out, given[0], False)
    remember(out, current(out).name, given[0], False)
    assert is_made_of(out, given[0], False) and not is_made_of(out, given[0], True)
    assert not is_made_of(out, given[1], False)
    assert plain[1].release == current(out).name
    for damaged in ("{", "[]", "{}", '{"release": "x", "made_of": "y", "flawless": true}'):
        (out / "made-of.json").write_text(damaged, "utf-8")
        assert not is_made_of(out, given[0], False)


STAGES = ("questions.db", "rejected", "store", "site/deputes.html")  # the last comes with the pages


@pytest.mark.parametrize("stage", STAGES)
def test_a_killed_build_leaves_current_as_it_was(
    tmp_path: Path, stage: str, plain: tuple[Path, BuildReport]
) -> None:
    """`current` moves once, at the end; what is left over is swept by the next build."""
    out = linked(plain[0], tmp_path / "out")
    before, content = current(out), digests(current(out))
    process = subprocess.Popen(
        [sys.executable, "-m", "lod", "build", str(CASES / "an_json"), "--to", str(out),
         "--jobs", "1"],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while not list((out / "releases").glob(f".build-*/{stage}")):
        assert process.poll() is None, "the build ended before it could be killed"
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert current(out) == before and digests(current(out)) == content
    build([GOOD], out, Settings())
    assert [p.name for p in (out / "releases").iterdir()] == [before.name]


def test_no_dump_has_a_blank_node_and_counts_are_true(mixture: tuple[Path, BuildReport]) -> None:
    """Manifest, N-Triples, Turtle, store: the same numbers."""
    release = current(mixture[0])
    counts = manifest(release)["triples"]
    for name in ("questions.nt.gz", "questions.ttl.gz", "links.ttl.gz", "ontology.ttl",
                 "alignements.ttl", "shapes.ttl", "void.ttl", "dcat.ttl"):  # fmt: skip
        triples = triples_of(release / "dumps" / name)
        assert len(triples) == len(set(triples)) == counts[name.partition(".")[0]], name
        assert not any(isinstance(x, BlankNode) for t in triples for x in (t.subject, t.object))
    assert len(open_store(release / "store")) == counts["store"]


@pytest.mark.tool
def test_other_parsers_count_the_same(mixture: tuple[Path, BuildReport], tmp_path: Path) -> None:
    """rapper and rdflib count in each dump the triples that the manifest states."""
    rapper, release = need("rapper"), current(mixture[0])
    counts = manifest(release)["triples"]
    dumps = sorted(p for p in (release / "dumps").iterdir() if {".ttl", ".nt"} & {*p.suffixes})
    assert len(dumps) == 21
    for path in dumps:
        plain = tmp_path / path.name.removesuffix(".gz")
        data = path.read_bytes()
        plain.write_bytes(gzip.decompress(data) if path.suffix == ".gz" else data)
        form = "ntriples" if plain.suffix == ".nt" else "turtle"
        done = subprocess.run(
            [rapper, "-c", "-i", form, str(plain), "http://localhost/"],
            capture_output=True, text=True,
        )  # fmt: skip
        expected = counts.get(path.name.partition(".")[0]) or stated_triples(path)
        assert done.returncode == 0 and f"returned {expected} triples" in done.stderr, done.stderr
        if form == "turtle":
            assert len(Graph().parse(plain, format="turtle")) == expected


def test_everything_published_is_named(mixture: tuple[Path, BuildReport]) -> None:
    name = "?s rdfs:label ?name"
    query = f"""SELECT ?s WHERE {{ {{ ?s ?p ?o }} UNION {{ GRAPH ?g {{ ?s ?p ?o }} }}
      FILTER NOT EXISTS {{ {name} }} FILTER NOT EXISTS {{ GRAPH ?h {{ {name} }} }} }}"""
    text, count = run(mixture[0], query, "csv")
    assert count == "0 rows", text


def test_sums_are_true(sample: Path) -> None:
    """SHA256SUMS, the manifest and the copies of the site agree with the files."""
    release = current(sample)
    lines = (release / "dumps/SHA256SUMS").read_text("utf-8").splitlines()
    sums = dict(reversed(line.split("  ")) for line in lines)
    tables = release / "dumps/tables"
    assert len(sums) == 24 + len([*tables.iterdir()]) > 30
    for name, expected in sums.items():
        assert packing.sha256(release / "dumps" / name) == expected
        assert packing.sha256(release / "site/telechargements" / name) == expected
        assert manifest(release)["files"][name]["sha256"] == expected


@pytest.mark.slow
@pytest.mark.shared
def test_every_real_record_is_published() -> None:
    """Every question of the shared folder, in whatever form, and nothing is left over."""
    folders = [REAL / f for f in ("pages", "json", "json-reduced", "json-reconstructed")]
    *remarks, bilan = check(folders, Settings(), jobs=2)
    assert isinstance(bilan, BuildReport)
    assert [f.wrong for f in remarks if isinstance(f, Remark)] == [
        "'Muguette Jacquaint': no table has the deputies of legislature 11"
    ]
    assert bilan.published == sum(f.is_file() for d in folders for f in d.rglob("*.*")) == 486
