"""The reference tables to download: another program finds them valid, each with its licence."""

from pathlib import Path
from zipfile import ZipFile

import pytest

from lod.base.packaged import MAPPINGS
from lod.publish.reference_tables import write_reference_tables

TABLES = {path.name for path in MAPPINGS.glob("*.csv")}


@pytest.mark.slow
def test_frictionless_finds_it_valid(tmp_path: Path) -> None:
    from frictionless import Package  # here: it takes long

    path, again = tmp_path / "referentiel.zip", tmp_path / "again.zip"
    write_reference_tables(path)
    write_reference_tables(again)
    assert path.read_bytes() == again.read_bytes()
    with ZipFile(path) as archive:
        assert {*archive.namelist()} == TABLES | {"datapackage.json", "README.md"}
    report = Package(str(path)).validate()
    assert report.valid, report.flatten(["name", "type", "message"])
    assert len(report.tasks) == len(TABLES) > 25
    for resource in Package(str(path)).resources:
        assert "Licence: " in resource.description and resource.sources
