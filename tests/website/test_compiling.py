"""Test that compiled templates are kept where that is allowed, and used while nothing changes."""

import sys
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from lod.base import packaged
from lod.website.rendering.compiling import BesideTemplates


def rendered(text: str) -> str:
    """What a new process makes of a template."""
    loader = DictLoader({"page.html": text})
    return (
        Environment(loader=loader, bytecode_cache=BesideTemplates())
        .get_template("page.html")
        .render()
    )


def test_what_is_kept_is_of_this_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaged, "TEMPLATES", tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    assert (rendered("a"), rendered("a"), rendered("b")) == ("a", "a", "b")
    [kept] = (tmp_path / "__pycache__").glob("*.pyc")
    kept.write_bytes(b"cut")
    assert rendered("b") == "b"


def test_nothing_can_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaged, "TEMPLATES", Path("/proc"))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    assert rendered("a") == "a"
