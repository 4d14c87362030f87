"""Programs: our commands called in this process, those of others, and bounded work."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest
from click.testing import CliRunner, Result

from lod.cli import main
from tests.support.paths import ROOT, TESTS
from tests.support.patience import HANG

MODULES = ROOT / "build" / "clients" / "node_modules"
HERE = TESTS / "clients"
# our program, for Ctrl+C: it may come between the opening of a file and its `with`, and Python
# says so in development mode, though it closes the file
INTERRUPTED = [sys.executable, "-W", "ignore:unclosed file:ResourceWarning", "-m", "lod"]


def lod(*arguments: object, text: str | None = None) -> Result:
    """Run a command of ours in this process, with a text on standard input."""
    return CliRunner().invoke(main, [*map(str, arguments)], text, catch_exceptions=False)


def need(path: str | Path) -> str:
    """Return where a program is, or the folder of a package; skip without it, fail in CI."""
    if not (found := shutil.which(path) or (Path(path).is_dir() and str(path))):
        absent(f"{path} is missing: this client was NOT tried (.ci/run says how to install it)")
    return found


def browser() -> str:
    """Return where Chromium without a window is: the same engine takes a third of the processor."""
    return need(os.environ.get("CHROMIUM", "chromium-headless-shell"))


def absent(message: str) -> NoReturn:
    """Skip for want of something; fail in CI."""
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def output(*command: str | Path, cwd: Path | None = None, **environment: str) -> str:
    run = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, timeout=HANG, check=False,
        env={**os.environ, **environment},
    )  # fmt: skip
    assert run.returncode == 0, f"{command}\n{run.stdout}\n{run.stderr}"
    return run.stdout


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    """Mount a file system in memory; skip, loudly, where that is not allowed."""
    mount = ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)]
    made = subprocess.run(mount, check=False, capture_output=True, text=True)
    if made.returncode:
        absent(f"no file system can be mounted here, this was NOT tried: {made.stderr.strip()}")
    try:
        yield
    finally:
        # lazy: a process of a build that was ended may take a moment to close its files
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def returned(module: str, function: str, seconds: int, *arguments: str | Path) -> str:
    """Return what a function of texts returns, called in a process of so many seconds."""
    code = (
        f"import resource, sys; resource.setrlimit(resource.RLIMIT_CPU, ({seconds}, {seconds}))\n"
        f"from {module} import {function}; print({function}(*sys.argv[1:]))"
    )
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=HANG)
    assert done.returncode == 0, f"too slow: {done.stderr.strip().splitlines()[-1:]}"
    return done.stdout.strip()
