"""Each extension can be taken off: what is left is checked, tested, built, and no link breaks."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from lxml import html

from lod.extensions import NAMES
from tests.support.paths import ROOT

PARTS = ("lod", "site", "ontology", "shapes", "tests")  # each may have a folder `extensions`
# a shorter table may stand on one line
CHECKS = (("ruff", "format", "."), ("ruff", "check", "."), ("mypy",), ("lint-imports",))


TESTS = ("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--ignore=tests/extensions")
# the tests of the core that look at what all of the project says: the others name what they use
NAMING = ("tests/project", "tests/website", "tests/cli")


def test_the_table_has_each_folder_and_no_other() -> None:
    """A line of the table and the folders of its name belong together."""
    assert len(NAMES) == len(set(NAMES)) > 0
    for part in PARTS:
        folders = {path.name for path in (ROOT / part).glob("extensions/[a-z]*") if path.is_dir()}
        assert folders <= set(NAMES), part
    assert {path.parent.name for path in ROOT.glob("lod/extensions/*/__init__.py")} == set(NAMES)


def copied(target: Path) -> None:
    """Copy what git has, or would be given, of the project as it is now."""
    listed = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target / name)


def take_off(tree: Path, name: str) -> None:
    """Do what the head of `lod/extensions/__init__.py` says."""
    for part in PARTS:
        shutil.rmtree(tree / part / "extensions" / name, ignore_errors=True)
    table = tree / "lod" / "extensions" / "__init__.py"
    text, count = re.subn(rf'\n    "{name}",.*', "", table.read_text("utf-8"))
    assert count == 1
    table.write_text(text, "utf-8")


def run(tree: Path, *command: str) -> None:
    """Run a program of the environment on a tree; it must succeed."""
    program = Path(sys.executable).parent / command[0]
    # its tests are a run of their own, not a process of this one
    ours = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    done = subprocess.run(
        [program, *command[1:]],
        cwd=tree,
        env=ours | {"PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-6000:]}{done.stderr[-3000:]}"


def broken_links(site: Path) -> Iterator[str]:
    """Yield the links of the pages of a folder that lead to no file of it."""
    for page in sorted(site.rglob("*.html")):
        path = page.relative_to(site).as_posix()
        tree = html.document_fromstring(page.read_bytes())
        for link in dict.fromkeys(map(str, tree.xpath("//@href | //@src"))):
            parts = urlsplit(link)
            target = site / unquote(urlsplit(urljoin(f"http://x/{path}", link)).path[1:])
            if parts.scheme or parts.netloc or target.is_file():
                continue
            if not (target.is_dir() and (target / "index.html").is_file()):
                yield f"{path}: {link}"


@pytest.mark.heavy
@pytest.mark.parametrize("names", [*((name,) for name in NAMES), NAMES], ids="+".join)
def test_the_core_stands_without_it(names: tuple[str, ...], tmp_path: Path) -> None:
    """Types, imports, the fast tests of the core, the demonstration and its links."""
    tree = tmp_path / "project"
    copied(tree)
    shutil.copytree(ROOT / ".mypy_cache", tree / ".mypy_cache", dirs_exist_ok=True)
    for name in names:
        take_off(tree, name)
    for check in CHECKS:
        run(tree, *check)
    run(tree, *TESTS, "--collect-only")
    chosen = () if names == NAMES else NAMING
    run(tree, *TESTS, "-x", "-m", "not slow", *chosen)
    out, site = tmp_path / "out", tmp_path / "site"
    build = "from lod.cli import main; main()"
    samples = (str(tree / "lod/sources/echantillon.zip"), str(tree / "lod/sources/inventees"))
    run(tree, "python", "-c", build, "build", *samples, "--to", str(out))
    run(tree, "python", "-c", build, "export", str(out), "--to", str(site))
    assert len([*site.rglob("*.html")]) > 500
    assert [*broken_links(site)] == []
