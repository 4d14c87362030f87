"""The reference tables as a data package: valid for others, whole, and as a release says them."""

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any, get_args

import pytest
import rdflib

from lod.base import packaged
from lod.base.packaged import MAPPINGS
from lod.base.tabular import rows
from lod.extensions.reference_tables.facts import facts
from lod.extensions.reference_tables.package import LICENCES, tables
from lod.model.text import slug
from lod.pipeline.validation.shapes import FAST
from lod.pipeline.validation.validate import validate
from lod.publish.release import current
from lod.publish.tables.columns import ColumnKind
from lod.rdf.iris import Iris
from lod.rdf.serialize import ntriples
from lod.rdf.store import open_store
from lod.rdf.vocab import QP, RDFS, SKOS
from tests.support.paths import BASE
from tests.support.programs import lod

pytestmark = pytest.mark.slow
Rows = list[dict[str, str]]
BODY = re.compile(rf"{BASE}(?:ministere|gouvernement)/")


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("package") / "referentiel"
    done = lod("reference-tables", "--to", folder, "--base", BASE)
    assert done.output.endswith(f"rows in CSV, JSON and Turtle; {folder}\n")
    return folder


def read(package: Path, table: str) -> Rows:
    return list(rows(package / f"{table}.csv"))


def described(package: Path) -> dict[str, dict[str, Any]]:
    told = json.loads((package / "datapackage.json").read_text("utf-8"))
    return {resource["path"]: resource for resource in told["resources"]}


def test_frictionless_finds_it_valid(package: Path) -> None:
    from frictionless import Package  # here: it takes long

    report = Package(str(package / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "type", "message"])
    assert len(report.tasks) == 2 * len(tables()) + 2 == 30


def test_each_file_has_a_licence_and_its_sources(package: Path) -> None:
    """In the description; addresses of NosDéputés.fr stand in files under ODbL alone."""
    told = described(package)
    beside = {"datapackage.json", "README.md", "README.fr.md"}
    assert {path.name for path in package.iterdir()} == {*told, *beside}
    for name, resource in told.items():
        [licence] = resource["licenses"]
        assert licence["name"] in LICENCES and resource["sources"]
        text = (package / name).read_text("utf-8")
        assert ("www.nosdeputes.fr" in text) == (licence["name"] == "ODbL-1.0"), name


def test_each_column_is_described_and_used() -> None:
    """In both languages; each kind is one of ours, each reference leads to a key."""
    keys = {f"{table.nom}.{table.cle}" for table in tables()}
    for table in tables():
        assert table.licence in LICENCES and set(table.cle.split()) <= set(table.names)
        for column in table.columns:
            assert column.genre in get_args(ColumnKind)
            assert all((column.titre, column.titre_en, column.sens, column.sens_en)), column
            assert not column.renvoi or column.renvoi in keys
    assert sum(len(table.columns) for table in tables()) > 80


def test_no_column_is_empty_and_json_says_the_same(package: Path) -> None:
    for table in tables():
        found = read(package, table.nom)
        assert [name for name in table.names if not any(row[name] for row in found)] == []
        said = json.loads((package / f"{table.nom}.json").read_text("utf-8"))
        assert [{k: "" if v is None else str(v) for k, v in row.items()} for row in said] == found


def test_all_rows_of_the_tables_are_there(package: Path) -> None:
    stated = {path.stem: list(rows(path)) for path in MAPPINGS.glob("*.csv")}
    for name in ("gouvernements", "ministeres", "ministres", "departements", "circonscriptions",
                 "communes", "portefeuilles", "legislatures"):  # fmt: skip
        assert len(read(package, name)) == len(stated[name]), name
    headings = read(package, "rubriques")
    assert len(headings) == len({slug(row["libelle"]) for row in stated["rubriques"]}) == 602
    assert sum(bool(row["eurovoc"]) for row in headings) == 285
    persons = read(package, "personnes")
    deputies = {row["acteurRef"] for row in stated["deputes-an"]}
    assert sum("/depute/" in row["iri"] for row in persons) == len(deputies)
    links = read(package, "liens_wikidata")
    assert {row["sujet"] for row in links} >= {r["iri"] for r in persons if r["wikidata"]}
    items = [row["wikidata"] for row in persons if row["wikidata"]]
    assert len(items) == len(set(items)) > 1700


def test_others_read_it(package: Path) -> None:
    """pandas, with the types of the description; rdflib, as many triples as we write."""
    import pandas  # here: it takes long

    told = described(package)["ministeres.csv"]["schema"]["fields"]
    days = [field["name"] for field in told if field["type"] == "date"]
    frame = pandas.read_csv(package / "ministeres.csv", parse_dates=days)
    assert len(frame) == 1308 and str(frame["debut"].dtype).startswith("datetime64")
    stated = facts(Iris(BASE))
    told = {"referentiel.ttl": stated.triples, "identifiants_nosdeputes.ttl": stated.share_alike}
    for name, triples in told.items():
        graph = rdflib.Graph().parse(package / name)
        assert len(graph) == len(triples)
        assert not [node for t in graph for node in t if isinstance(node, rdflib.BNode)]
        assert (package / name).read_text("utf-8").startswith("# ")


def test_the_triples_conform_to_the_shapes() -> None:
    """No violation and no warning; each subject has a label."""
    stated = facts(Iris(BASE))
    everything = [*stated.triples, *stated.share_alike]
    results = validate(everything, FAST, ntriples(everything)).results
    # ministries before 2007, whose source has no identifiers
    assert Counter(result.severity for result in results) == {"Info": 1308 - 751}
    named = {t.subject for t in everything if t.predicate == RDFS.label} | {QP.portefeuilles}
    assert {t.subject for t in everything} - named == set()


def test_a_release_says_the_same(sample: Path) -> None:
    """Of ministries and governments, but for names that records print."""
    stated = {t for t in facts(Iris(BASE)).triples if BODY.match(t.subject.value)}
    ours, store = {t.subject for t in stated}, open_store(current(sample) / "store")
    published = {q.triple for q in store if q.subject in ours and q.predicate != SKOS.altLabel}
    assert published - stated == set() and len(published) > 1000


def test_the_same_bytes(package: Path, tmp_path: Path) -> None:
    """Written twice, it is the same; a folder with something in it is refused."""
    lod("reference-tables", "--to", tmp_path / "again", "--base", BASE)
    for path in package.iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes(), path.name
    done = lod("reference-tables", "--to", tmp_path / "again")
    assert done.exit_code == 2 and "name a new folder" in done.output


@pytest.mark.parametrize("name", ["referentiel.md", "referentiel.en.md"])
def test_the_guide_is_true(package: Path, tmp_path: Path, name: str) -> None:
    """It names each table with its licence, counts the rows, and its example says who it was."""
    text = (packaged.SITE / "extensions/reference_tables/pages" / name).read_text("utf-8")
    told = dict(re.findall(r"^\| `(\w+)` \| .* \| ([\w ]+) \|$", text, re.M))
    assert all(LICENCES[table.licence][0].startswith(told.pop(table.nom)) for table in tables())
    assert told == {}
    count = sum(len(read(package, table.nom)) for table in tables())
    assert f"\n{count} rows in CSV, JSON and Turtle; referentiel\n" in text
    [program] = re.findall(r"```python\n(.*?)```", text, re.S)
    command = [sys.executable, "-c", program.replace('"referentiel/', f'"{package}/')]
    assert subprocess.check_output(command, text=True) == "['Didier Guillaume']\n"
