"""The workflow that publishes on GitHub Pages: what it may do, and what its commands do, here."""

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from lod.base import packaged
from tests.support.paths import ROOT

TEXT = (ROOT / "deploy/github-pages.yml").read_text("utf-8")
WORKFLOW: dict[Any, Any] = yaml.safe_load(TEXT)
JOB: dict[str, Any] = WORKFLOW["jobs"]["publish"]
PINNED = re.compile(r"(?:- )?uses: actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
# `lod` with the sample in place of what it would fetch
PROGRAM = """#!/bin/sh
if [ "$1" = fetch ]; then mkdir -p data/17 && cp {sample} data/17/ && exit; fi
exec {python} -m lod "$@" --jobs 1
"""


def test_it_may_publish_pages_and_no_more() -> None:
    assert WORKFLOW["permissions"] == {}
    assert JOB["permissions"] == {"contents": "read", "pages": "write", "id-token": "write"}
    lines = [line.strip() for line in TEXT.splitlines() if "uses:" in line]
    assert len(lines) == 3 and all(map(PINNED.fullmatch, lines))
    hidden = [s["with"] for s in JOB["steps"] if "upload-pages" in s.get("uses", "")]
    assert hidden == [{"path": "public", "include-hidden-files": True}]  # .well-known/void


def test_its_commands_publish_the_sample(tmp_path: Path) -> None:
    """At night: under the address of the pages of a repository."""
    program = tmp_path / "bin/lod"
    program.parent.mkdir()
    sample = shutil.copy(packaged.SAMPLE, tmp_path)
    program.write_text(PROGRAM.format(sample=sample, python=sys.executable), "utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    [step] = [step for step in JOB["steps"] if step.get("name") == "Fetch, build, export"]
    told = {"LEGISLATURES": "17", "BASE": "", "GITHUB_REPOSITORY_OWNER": "Une-Classe",
            "GITHUB_REPOSITORY": "Une-Classe/questions", "PYTHONPATH": str(ROOT),
            "PATH": f"{program.parent}:{os.environ['PATH']}"}  # fmt: skip
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", step["run"]], cwd=tmp_path, env={**os.environ, **told},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    home = (tmp_path / "public/index.html").read_text("utf-8")
    assert 'rel="canonical" href="https://une-classe.github.io/questions/"' in home
    assert (tmp_path / "public/.well-known/void.ttl").is_file()
    assert [*(tmp_path / "public/faits").glob("faits-16-*.nq.gz")]
