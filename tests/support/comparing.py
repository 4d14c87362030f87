"""What a test compares as a whole: the files of two releases, an outcome with what was accepted."""

import hashlib
from pathlib import Path

import pytest


def digests(folder: Path) -> dict[str, str]:
    """Path → SHA-256 of every file of a release but the store, whose files are the engine's."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "store" not in path.parts
    }


def check(path: Path, outcome: str, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--accept"):
        path.write_text(outcome, "utf-8")
    assert outcome == path.read_text("utf-8")
