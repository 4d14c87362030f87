"""The workflow of a release: what it may do, and what its first job does, here."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from lod import __version__
from tests.support.paths import ROOT

TEXT = (ROOT / ".github/workflows/release.yml").read_text("utf-8")
WORKFLOW: dict[Any, Any] = yaml.safe_load(TEXT)
JOBS: dict[str, dict[str, Any]] = WORKFLOW["jobs"]
RUNS = [(name, step) for name, job in JOBS.items() for step in job["steps"] if "run" in step]
PINNED = re.compile(r"- uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def test_it_may_do_no_more_than_it_must() -> None:
    """A tag starts it; only the first job builds, and only the others have a right to write."""
    assert WORKFLOW[True] == {"push": {"tags": ["v*"]}}  # YAML 1.1 reads `on` as true
    assert WORKFLOW["permissions"] == {}
    assert {name: (job.get("needs"), job["permissions"]) for name, job in JOBS.items()} == {
        "package": (None, {"contents": "read"}),
        "registry": ("package", {"id-token": "write"}),
        "image": ("package", {"contents": "read", "packages": "write"}),
    }
    assert set(re.findall(r"secrets\.\w+", TEXT)) == {"secrets.GITHUB_TOKEN"}


def test_actions_are_pinned() -> None:
    """Each by the hash of a commit, with the version that this is."""
    lines = [line.strip() for line in TEXT.splitlines() if "uses:" in line]
    assert len(lines) == 6 and [line for line in lines if not PINNED.fullmatch(line)] == []


@pytest.mark.parametrize(("job", "step"), RUNS, ids=[step["name"] for _, step in RUNS])
def test_each_command_is_one_of_bash(job: str, step: dict[str, Any]) -> None:
    """Expressions stand in variables alone, so that no name of a tag is run; files are there."""
    assert "${{" not in step["run"], job
    subprocess.run(["bash", "-n", "-c", step["run"]], check=True)
    named = re.findall(r"(?<![\w/])(?:\.ci|deploy|tests)/[\w./-]+", step["run"])
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_package_is_built_checked_and_tried(tmp_path: Path) -> None:
    """The commands of the first job, in a clone; its last one runs `test_wheel_alone`."""
    subprocess.run(["git", "clone", "--quiet", ROOT, tmp_path / "clone"], check=True)
    for step in JOBS["package"]["steps"]:
        if command := step.get("run"):
            asked = {name: "https://example.org/x/y" for name in step.get("env", ())}
            told = {"GITHUB_REF_NAME": f"v{__version__}", **asked}
            done = subprocess.run(
                ["bash", "-eo", "pipefail", "-c", command], cwd=tmp_path / "clone",
                env={**os.environ, **told, "PYTHONPATH": ""}, capture_output=True, text=True,
            )  # fmt: skip
            assert done.returncode == 0, f"{step['name']}\n{done.stdout}\n{done.stderr}"
    wheels = [path.name for path in (tmp_path / "clone/dist").iterdir()]
    assert sorted(path.rpartition(".")[2] for path in wheels) == ["gz", "whl"]
