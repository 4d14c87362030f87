"""The wheel alone, in a new environment with the packages of deploy/lock.txt: demo, build, serve.

WHEEL in the environment is the wheel to try; else one is built, if this file is asked for by name:
`test_release_workflow` runs it on the wheel of a release.
"""

import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from lod.base.packaged import scripts
from tests.support.deployed import install, serving, wheel
from tests.support.paths import CASES
from tests.support.patience import HANG
from tests.support.programs import absent
from tests.support.server_data import free_port

NOTHING = {"LANG": "C.UTF-8"}  # the environment: no path to the repository
RECORDS = ("an_json/plain", "page_2022/everything")
COUNT = quote("SELECT (COUNT(?q) AS ?n) { ?q a qp:Question }")
Fetch = Callable[[str], str]


@pytest.fixture(scope="module")
def lod(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command `lod` where nothing of the repository is."""
    folder = tmp_path_factory.mktemp("alone")
    made = Path(os.environ["WHEEL"]).absolute() if "WHEEL" in os.environ else wheel(folder)
    install(sys.executable, folder / "venv", made)
    return folder / "venv/bin/lod"


@contextmanager
def running(folder: Path, *command: str | Path) -> Iterator[Fetch]:
    """Run a command that serves; give what fetches a path of it."""
    port = free_port()

    def fetch(path: str) -> str:
        with urllib.request.urlopen(f"http://localhost:{port}/{path}", timeout=HANG) as answer:
            return str(answer.read().decode())

    with serving([*command, "--port", str(port)], folder, lambda: bool(fetch("sante")), NOTHING):
        yield fetch


def count(fetch: Fetch) -> int:
    """Return how many questions a query counts."""
    told = json.loads(fetch(f"sparql?format=json&query={COUNT}"))
    return int(told["results"]["bindings"][0]["n"]["value"])


def test_the_demonstration(lod: Path, tmp_path: Path) -> None:
    """Home page, SPARQL page with its editor and the licence of that, a query."""
    if "yasgui/yasgui.min.js" not in scripts():
        absent(".ci/vendor has not brought the editor: the wheel was NOT tried")
    with running(tmp_path, lod, "demo") as fetch:
        assert "509" in fetch("")
        page = fetch("sparql.html")
        [script] = re.findall(r'src="(\S+/yasgui\.min\.js)"', page)
        assert len(fetch(script)) > 2**19 and "MIT" in fetch("static/yasgui/LICENCE.txt")
        assert count(fetch) == 509
    told = [lod.parent / "python", "-c", "import lod; print(lod.__file__)"]
    place = subprocess.check_output(told, cwd=tmp_path, env=NOTHING, text=True)
    assert place.startswith(str(lod.parents[1]))


def test_a_release_of_two_records(lod: Path, tmp_path: Path) -> None:
    """Built, then served."""
    sources = [next((CASES / case).glob("source.*")) for case in RECORDS]
    done = subprocess.run(
        [lod, "build", *sources, "--to", "out"], cwd=tmp_path, env=NOTHING, text=True,
        capture_output=True,
    )  # fmt: skip
    assert done.stdout.startswith("2 read = 2 published + 0 rejected"), done
    with running(tmp_path, lod, "serve", "out") as fetch:
        assert count(fetch) == 2
