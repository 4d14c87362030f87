"""The wheel: it holds ontology, shapes, templates and sample, and works from any folder."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.paths import ROOT


@pytest.mark.slow
def test_the_wheel_works_from_any_folder(tmp_path: Path) -> None:
    """Built without network, unpacked elsewhere, it builds the sample and answers a query."""
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, ROOT],
        check=True, capture_output=True,
    )  # fmt: skip
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path / "wheel")
    for name in ("_files/ontology/qp.ttl", "_files/ontology/context.jsonld",
                 "_files/shapes/question.ttl", "_files/site/templates/base.html",
                 "_files/site/queries/types.rq", "sources/echantillon.zip",
                 "reference/data/deputes-an.csv",
                 "server/routes/service_description.ttl"):  # fmt: skip
        assert f"lod/{name}" in names, name
    script = (
        "from pathlib import Path; from lod.base import packaged; from lod.build import build;"
        "from lod.base.settings import Settings; from lod.publish.query import run;"
        "assert 'wheel' in str(packaged.ONTOLOGY);"
        "import zipfile; zipfile.ZipFile(packaged.SAMPLE).extract('QANR5L15QE43349.md');"
        "b = build([Path('QANR5L15QE43349.md')], Path('out'), Settings()); assert b.published == 1;"
        "print(run(Path('out'), 'ASK { ?q qp:numero 43349 }', 'csv')[0].decode())"
    )
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=elsewhere, env={"PYTHONPATH": str(tmp_path / "wheel")}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout == "true\n\n", done.stderr
