"""The measurements say what was measured: page and picture come from the data, all of it."""

import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from lod.base.inputs import records
from lod.model.question import Question
from lod.rdf.vocab import QP, RDF_TYPE, fr, integer
from lod.sources.forms import read_record
from tests.bench import conversion, measures, nightly, report, results, rml, serving, shacl
from tests.bench.build import BUILT, LOADED, PARSED, lacking, stages
from tests.bench.measures import BOUNDS, COUNT, HERE, Measures, merged
from tests.bench.picture import Bar, Group, placed
from tests.bench.watching import Figures, observe, watch
from tests.support.synthetic.forms import write_zip


def run(piece: str, count: int, *rows: dict[str, Any]) -> measures.Run:
    """A run of some piece on an invented machine."""
    rows = tuple({"count": count, "wall": 1.0, "cpu": 1.0, "peak": 1 << 20, **row} for row in rows)
    machine = {"processor": "P", "cores": "2", "memory": "1 GiB", "system": "S", "kernel": "K"}
    return {"piece": piece, "count": count, "date": "2026-01-01", "load": 0.5, "machine": machine,
            "versions": {"python": "3", "program": "1 abc"}, "rows": list(rows)}  # fmt: skip


def builds(wall: float = 40, cpu: float = 90) -> list[measures.Run]:
    """Builds of 45,000 and of 200,000, the first in so many seconds."""
    usual = [
        {"what": BUILT, "wall": wall, "cpu": cpu, "files": 54_000},
        {"what": LOADED, "wall": 10},
    ]
    large = {"what": BUILT, "cpu": 440, "peak": 2 << 30}
    return [run("build", COUNT, *usual), run("build", measures.MANY, large)]


def questions(archive: Path) -> dict[str, Question]:
    """What the records of an archive say, by uid."""
    read = (read_record(record).reading for record in records([archive]))
    return {r.question.uid: r.question for r in read if r}


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, list[str]]:
    """An archive of sixty records, the same with four of them changed, and which these are."""
    folder = tmp_path_factory.mktemp("nightly")
    old, new = folder / "old.zip", folder / "new.zip"
    write_zip(old, results.FORM, 60)
    return old, new, nightly.change(old, new, 4)


def test_the_page_is_made_from_the_data() -> None:
    """No figure is typed: what is committed is what the report makes of the committed data."""
    m = Measures(tuple(json.loads(report.KEPT.read_text("utf-8"))))
    assert {r["piece"] for r in m.runs} == set(results.COUNTS["full"])
    assert (HERE / "README.md").read_text("utf-8") == report.page(m)
    assert (HERE / "measured.svg").read_text("utf-8") == report.picture(m)


def test_the_page_tells_each_row() -> None:
    """A figure that was measured stands on the page, its machine too."""
    stage = {"what": "stage", "stage": "reading records", "wall": 33.0}
    rows = ({"what": BUILT, "cpu": 7.77}, stage, {"what": PARSED})
    page = report.page(merged([], [run("build", COUNT, *rows)]))
    assert "| reading records | 33 | 1 | unzip, parse | 33 |" in page
    assert "| 45,000 | lod build | 1 | 7.77 |" in page
    assert "P, 2 cores, 1 GiB; S, K. Python 3;" in page
    assert "| build | 45,000 | 2026-01-01 | 1 abc | 0.5 |" in page
    assert page.count("Not measured.") == 4


def test_what_is_measured_anew_replaces_its_piece() -> None:
    """Old builds of any count go, other pieces stay."""
    kept = [run("build", 250), run("build", 500), run("serving", 500)]
    found = merged(kept, [run("build", 300)])
    assert [(r["piece"], r["count"]) for r in found.runs] == [("build", 300), ("serving", 500)]


def test_sentences_are_judged_by_what_was_measured() -> None:
    """What must hold holds or does not, or says that it was not measured."""
    verdicts = {b.words: (value, said) for b, value, said in measures.held(merged([], builds()))}
    load, cost, files, memory, growth, *rest = verdicts.values()
    assert load == (4.0, "holds") and cost == (2.0, "holds") and files == (1.2, "holds")
    assert memory == (2.0, "holds") and growth == (pytest.approx(1.1), "holds")
    assert {said for _, said in rest} == {"not measured"} and len(verdicts) == len(BOUNDS)
    slow = list(measures.held(merged([], builds(wall=121, cpu=50))))
    assert [said for _, _, said in slow[:5]] == [
        "**does not hold**", "holds", "holds", "holds", "**does not hold**"
    ]  # fmt: skip


def test_few_records_prove_nothing() -> None:
    """A second for ten records is no proof of what 45,000 take."""
    few = merged([], [run("build", 10, {"what": BUILT, "files": 12}, {"what": LOADED})])
    said = [said for _, value, said in measures.held(few) if value is not None]
    assert said == ["says nothing below 45,000 records"] * 3


def test_each_sentence_finds_its_rows() -> None:
    """The names by which figures are looked up are those that the pieces give."""
    rates = [{"what": shacl.ours_in(2), "rate": 2000}, {"what": shacl.PEER, "rate": 100}]
    ways = [{"what": way} for way in (conversion.OURS, conversion.RDFLIB, conversion.NESTED)]
    update = [{"what": nightly.FULL}, {"what": LOADED, "wall": 0.05},
              {"what": nightly.UPDATE, "changed": 200, "wall": 0.1},
              {"what": nightly.MOVED, "wall": 0.2}]  # fmt: skip
    served = [
        {"what": name, "load": load, "rate": rate}
        for load in (serving.CHEAP_UNIQUE, serving.CACHED, serving.MIX)
        for name, rate in ((serving.OURS, 1), (serving.ENGINE, 2))
    ]
    m = merged(builds(), [
        run("shacl", 5000, *rates), run("conversion", 5000, *ways), run("nightly", COUNT, *update),
        run("serving", COUNT, *served),
    ])  # fmt: skip
    found = {bound.words: value for bound, value, _ in measures.held(m)}
    assert None not in found.values()
    for what, times in ((nightly.UPDATE, 2), (nightly.MOVED, 4)):
        words = f"an {what}, against `oxigraph load` of the whole, by the clock"
        assert found[words] == pytest.approx(times)
    assert [value for words, value in found.items() if words.startswith("answers")] == [0.5] * 3
    titles = [group.title for group in report.groups(m)]
    assert titles == [
        "A build of 45,000 records", "A build’s cost a record",
        "An update, 200 of 45,000 records changed", "Records → N-Triples", "SHACL",
        "SPARQL, load « cheap »", "SPARQL, load « mix »",
    ]  # fmt: skip


def test_stages_are_compared_with_floors_that_are_measured() -> None:
    """The table of stages names no other floor."""
    assert set(measures.floors().values()) <= set(report.FLOORS)


def test_stages_are_optional(tmp_path: Path) -> None:
    """A build that says nothing of its stages has none; what it says is rounded."""
    times = tmp_path / "times.jsonl"
    assert list(stages(times, 9)) == []
    times.write_text('{"stage": "read", "wall": 1.239, "cpu": 2, "more": 1}\n', "utf-8")
    [row] = stages(times, 9)
    assert row == {"what": "stage", "stage": "read", "count": 9, "wall": 1.24, "cpu": 2, "peak": 0}


def test_bars_stay_inside_the_picture() -> None:
    """The longest bar of each group is as wide as there is room; what is printed is escaped."""
    bars = (Bar("a < b", 2000.0, True), Bar("c", 10.0, False))
    drawn = placed([Group("G", "u", True, bars)])
    widths = [b["wide"] for b in drawn["groups"][0]["bars"]]
    assert widths == [420, 2.1]
    svg = report.templates().get_template("measured.svg").render(drawn)
    words = [text.text for text in etree.fromstring(svg).iter("{*}text")]
    assert words == ["G", "a < b", "2,000", "c", "10"]


def test_an_update_may_be_of_a_later_day(changed: tuple[Path, Path, list[str]]) -> None:
    """The same records change, and the answers are of the day that is named."""
    old, new, uids = changed
    later, day = new.with_name("later.zip"), date(2030, 1, 1)
    assert nightly.change(old, later, 4, day) == uids
    told = questions(later)
    assert [told[uid].date_reponse for uid in uids[1::2]] == [day, day]


def test_an_update_changes_what_it_says(changed: tuple[Path, Path, list[str]]) -> None:
    """Half have a longer text, half an answer; all others are the same bytes."""
    old, new, uids = changed
    with zipfile.ZipFile(old) as before, zipfile.ZipFile(new) as after:
        names = before.namelist()
        assert names == after.namelist()
        different = [name for name in names if before.read(name) != after.read(name)]
    assert [Path(name).stem for name in different] == uids and len(uids) == 4
    was, is_ = questions(old), questions(new)
    assert len(is_) == 60
    lengthened, answered = uids[::2], uids[1::2]
    for uid in lengthened:
        assert (is_[uid].texte or "").endswith(nightly.ADDED)
    for uid in answered:
        assert not was[uid].reponses and nightly.ADDED in (is_[uid].reponses[0].texte or "")
        assert is_[uid].cloture


def test_tables_hold_every_triple(tmp_path: Path) -> None:
    """A cell is a triple; what a node has twice has a table of its own; the mapping is Turtle."""
    a, b = (NamedNode(f"http://localhost/{name}") for name in "ab")
    triples = [
        Triple(a, RDF_TYPE, QP.Question), Triple(b, RDF_TYPE, QP.Question),
        Triple(a, QP.numero, integer(1)), Triple(b, QP.titre, fr("Un « titre »,\nsur deux lignes")),
        Triple(a, QP.analyse, fr("x")), Triple(a, QP.analyse, fr("y")), Triple(b, QP.auteur, a),
    ]  # fmt: skip
    one, many = rml.tables(rml.grouped(triples))
    assert one.classes == (QP.Question.value,)
    assert sum(bool(cell) for row in one.rows for cell in row[1:]) == 3
    assert many.rows == [[a.value, "x"], [a.value, "y"]]
    source = tmp_path / "in.nt"
    source.write_text("".join(f"{t} .\n" for t in triples), "utf-8")
    for form in ("csv", "json"):
        rml.write(source, tmp_path / form, form)
        mapping = list(parse(path=str(tmp_path / form / "mapping.ttl"), format=RdfFormat.TURTLE))
        columns = {q.object for q in mapping if q.predicate.value.endswith("/language")}
        assert columns == {Literal("fr")}


def test_a_command_that_fails_is_no_measurement() -> None:
    """Figures of a program that failed would be those of something else."""
    assert watch("-c", "print('done')").output == "done"
    with pytest.raises(SystemExit, match="exit 3"):
        observe(["sh", "-c", "exit 3"])


def test_rows_are_kept_with_machine_and_versions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who reads a figure finds where it was measured, and with what; small ones are apart."""
    monkeypatch.setattr(results, "BUILD", tmp_path)
    monkeypatch.setenv("BENCH", "small")
    results.keep("build", 7, [results.row(BUILT, 7, Figures(1.234, 2.345, 9, ""))], 0.123)
    [kept] = measures.read((tmp_path / "small").glob("*.json"))
    assert kept["rows"] == [{"what": BUILT, "count": 7, "wall": 1.23, "cpu": 2.35, "peak": 9}]
    assert set(kept["machine"]) == {"processor", "cores", "memory", "kernel", "system"}
    assert {"python", "program", "pyoxigraph", "oxigraph", "rdflib"} <= set(kept["versions"])
    monkeypatch.setenv("BENCH", "tiny")
    with pytest.raises(SystemExit, match="BENCH=tiny is unknown; give one of: full, small"):
        results.scale()


def test_no_build_without_room(tmp_path: Path) -> None:
    """A disk that would be full is told before, not after an hour."""
    assert lacking(1, tmp_path) == ""
    assert "are needed" in lacking(10**12, tmp_path)
