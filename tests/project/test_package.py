"""The wheel: what it holds, and what a registry is told of it."""

import os
import re
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest
from trove_classifiers import classifiers

from lod.base.packaged import vendored
from tests.support.paths import ROOT

pytestmark = pytest.mark.slow
REPOSITORY = "https://github.com/somebody/questions"


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of wheel and archive of sources, built as for a release, without network."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT],
        check=True, capture_output=True, env={**os.environ, "REPOSITORY": REPOSITORY},
    )  # fmt: skip
    return folder


def test_what_a_registry_is_told(dist: Path) -> None:
    """Classifiers that exist, the licences of all files, and a description whose links lead out."""
    [wheel] = dist.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        [name] = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        told = message_from_bytes(archive.read(name))
    assert {*told.get_all("Classifier", ())} <= classifiers
    assert len(told.get_all("License-File", ())) == 5 and "ODbL-1.0" in told["License-Expression"]
    assert {url.partition(",")[0] for url in told.get_all("Project-URL", ())} == {
        "Source", "Issues", "Changelog",
    }  # fmt: skip
    links = re.findall(r"\]\(([^)]+)\)", told.get_payload())
    assert len(links) >= 20 and not [link for link in links if not link.startswith("https://")]
    paths = {re.sub(rf"{REPOSITORY}/(?:blob|raw)/v[\d.]+/", "", link) for link in links}
    assert [path for path in sorted(paths) if not (ROOT / path).exists()] == []


def test_what_others_wrote_is_in_both_archives(dist: Path) -> None:
    """The scripts that `.ci/vendor` brought, and nothing of an older version."""
    [sources], [wheel] = dist.glob("*.tar.gz"), dist.glob("*.whl")
    with tarfile.open(sources) as archive, zipfile.ZipFile(wheel) as whole:
        in_sources = [
            n.partition("/build/vendor/")[2] for n in archive.getnames() if "/build/" in n
        ]
        in_wheel = [n.partition("/vendor/")[2] for n in whole.namelist() if "_files/vendor/" in n]
    there = sorted(f"{v.folder.name}/{v.name}" for v in vendored() if v.path.is_file())
    assert sorted(in_sources) == sorted(in_wheel) == there
