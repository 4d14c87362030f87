"""Wrong facts in records: what a build says of each row of `enregistrements-faux.csv`."""

import csv
import json
from collections import defaultdict
from pathlib import Path

import pytest

from lod.base.settings import Settings
from lod.base.tabular import rows
from lod.build import build
from lod.publish.release import current
from lod.rdf.iris import document_of
from lod.rdf.serialize import read_turtle
from lod.rdf.store import open_store, select
from lod.rdf.vocab import NAMESPACE, SH
from tests.support.chantier import record
from tests.support.paths import BASE, TESTS

WRONG = TESTS / "counterexamples/enregistrements-faux.csv"
ROWS = list(rows(WRONG, "numero", "faute", "avant", "apres"))
RIGHT = {"numero": "0", "avant": "#", "apres": "#"}  # nothing is wrong with it
ANSWERS = f"SELECT ?question ?reponse {{ ?question <{NAMESPACE}reponse> ?reponse }}"
ELSEWHERE = -1  # said of a person, not of a question


def wrong_record(row: dict[str, str]) -> str:
    """A record with a wrong fact; its other texts and pages are its own."""
    number = int(row["numero"])
    plain = json.dumps(json.loads(record(90_000 + number).data), ensure_ascii=False)
    start, end = plain.index("Réponse inventée"), plain.index("</table>") + len("</table>")
    text = f"{plain[:start]}Réponse inventée # à une question inventée.{plain[end:]}"
    for before, after in (
        ("Titre inventé pour un essai", "Titre inventé #"),
        ("Mme Une députée", "Mme Olivia Grégoire"),
        ("<em>essai</em> inventé", "essai inventé #"),
        ('"1958"', f'"1{number:03}"'),
        ('"4348"', f'"43{number:02}"'),
        (f'"{90_000 + number}"', '"9#"'),
        (row["avant"], row["apres"]),
    ):
        assert before in text, before
        text = text.replace(before, after)
    return text.replace("#", f"{number:04}")


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[int, set[str]]:
    """Number of a record → what a build says of it: reasons, remarks, controls and shapes."""
    folder, said = tmp_path_factory.mktemp("wrong"), defaultdict[int, set[str]](set)
    (folder / "records").mkdir()
    for row in (RIGHT, *ROWS):
        (folder / f"records/{row['numero']}.json").write_text(wrong_record(row), "utf-8")
    report = build([folder / "records"], folder / "out", Settings())
    release = current(folder / "out")
    for name in ("rejected/index.csv", "quality/remarques.csv"):
        with (release / name).open(encoding="utf-8", newline="") as file:
            for *_, source, line, wrong, _ in csv.reader(file):
                if line.isdigit():
                    said[int(Path(source).stem)].add(wrong)
    numbers = {f"{BASE}question/QANR5L17QE{90_000 + n}": n for n in range(len(ROWS) + 1)}
    for row in select(open_store(release / "store"), ANSWERS):
        numbers[row["reponse"]] = numbers[row["question"]]
    of_results = defaultdict[str, dict[str, str]](dict)
    for t in read_turtle(release / "quality/report.ttl"):
        of_results[t.subject.value][t.predicate.value] = t.object.value
    found = [(c.name, iri) for c, subjects in report.control_rows.items() for iri in subjects]
    found += [
        (result[SH.sourceShape.value], result[SH.focusNode.value])
        for result in of_results.values()
        if SH.focusNode.value in result
    ]
    for name, iri in found:
        said[numbers.get(document_of(iri), ELSEWHERE)].add(name)
    return said


@pytest.mark.slow
def test_wrong_facts_in_records_are_told(said: dict[int, set[str]]) -> None:
    """At least 26 of thirty, each by what its row says; of a right record nothing is said."""
    assert not said[0]
    for row in ROWS:
        own = said[int(row["numero"])]
        told = any(row["dit"] in wrong for wrong in own or said[ELSEWHERE])
        assert told if row["dit"] else row["raison"] and not own, (row["faute"], own)
    assert len(ROWS) == 30 and sum(bool(row["dit"]) for row in ROWS) == 27
