"""Extensions can be taken off: what is left is checked, tested, built, and no link breaks."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit
from zipfile import ZipFile

import pytest
from lxml import html

from lod.extensions import NAMES
from tests.support.paths import ROOT

PARTS = ("lod", "site", "ontology", "shapes", "tests")  # each may have a folder `extensions`
TABLE = ROOT / "lod" / "extensions" / "__init__.py"
NAMING = {".py", ".html", ".js", ".mjs", ".css", ".rq", ".ttl", ".toml", ".csv", ".md"}
# a shorter table may stand on one line
CHECKS = (("ruff", "format", "."), ("ruff", "check", "."), ("mypy",), ("lint-imports",))
TESTS = ("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-x", "-m", "not slow")
# the tests of the core that compare what all of the project says, or start the program
OF_ALL = (
    "tests/cli",
    *(f"tests/project/test_{name}.py" for name in ("alignments", "documents", "names")),
    "tests/project/test_vocabulary.py",
    *(f"tests/website/test_{name}.py" for name in ("guides", "language")),
)
PUBLISH = """
import sys
from lod.cli import main
*records, out, site = sys.argv[1:]
alone = ["--jobs", "1"]  # other tests have the other processors
main(["build", *records, "--to", out, *alone], standalone_mode=False)
main(["export", out, "--to", site, "--forms", "all", *alone], standalone_mode=False)
"""
SAMPLE, INVENTED = "lod/sources/echantillon.zip", "lod/sources/inventees"


def test_each_is_its_folders_and_a_line() -> None:
    """The table has each folder and no other; a line of it is what `take_off` takes away."""
    assert len(NAMES) == len(set(NAMES)) > 0
    for part in PARTS:
        folders = {path.name for path in (ROOT / part).glob("extensions/[a-z]*") if path.is_dir()}
        assert folders <= set(NAMES), part
    assert {path.parent.name for path in ROOT.glob("lod/extensions/*/__init__.py")} == set(NAMES)
    for name in NAMES:
        assert without(TABLE.read_text("utf-8"), name) != TABLE.read_text("utf-8")


def copied(target: Path) -> None:
    """Copy what git has, or would be given, of the project as it is now."""
    listed = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target / name)


def without(table: str, name: str) -> str:
    """Return the text of the table of extensions without the line of one."""
    text, count = re.subn(rf'\n    "{name}",.*', "", table)
    assert count == 1, name
    return text


def take_off(tree: Path, name: str) -> None:
    """Do what the head of `lod/extensions/__init__.py` says."""
    for part in PARTS:
        shutil.rmtree(tree / part / "extensions" / name, ignore_errors=True)
    table = tree / TABLE.relative_to(ROOT)
    table.write_text(without(table.read_text("utf-8"), name), "utf-8")


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

    @cache
    def is_broken(folder: Path, link: str) -> bool:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc or not parts.path:
            return False
        below = f"/{folder.relative_to(site).as_posix()}/".replace("/./", "/")
        target = site / unquote(urlsplit(urljoin(f"http://x{below}", link)).path[1:])
        return not (target.is_file() or (target / "index.html").is_file())

    for page in sorted(site.rglob("*.html")):
        tree = html.document_fromstring(page.read_bytes())
        for link in dict.fromkeys(map(str, tree.xpath("//@href | //@src"))):
            if is_broken(page.parent, link):
                yield f"{page.relative_to(site)}: {link}"


def some_of(sample: Path, to: Path) -> Path:
    """Write each thirtieth record of an archive into another one."""
    with ZipFile(sample) as whole, ZipFile(to, "w") as few:
        for name in sorted(whole.namelist())[::30]:
            few.writestr(name, whole.read(name))
    return to


def test_an_extension_names_no_other() -> None:
    """In its code, pages, terms, shapes and tests; import-linter holds the same of imports."""
    paths = [path for part in PARTS for path in (ROOT / part).glob("extensions/*/**/*")]
    texts = [path for path in paths if path.suffix in NAMING]
    assert len(texts) > 300
    for path in texts:
        named = {*re.findall(r"extensions[./](\w+)", path.read_text("utf-8"))} & {*NAMES}
        assert named <= {*path.parts}, path


def is_whole(out: Path, site: Path, tree: Path, *records: Path) -> None:
    """Build these records with a tree and export them: no page leads to nothing."""
    run(tree, "python", "-c", PUBLISH, *map(str, (*records, out, site)))
    assert len([*site.rglob("*.html")]) > 1500
    assert [*broken_links(site)] == []


@pytest.fixture
def core(tmp_path: Path) -> Path:
    """The project without any extension."""
    tree = tmp_path / "project"
    copied(tree)
    for name in NAMES:
        take_off(tree, name)
    return tree


def test_the_core_stands_alone(core: Path, tmp_path: Path) -> None:
    """Imports, a part of the demonstration, links."""
    run(core, "lint-imports")
    sample = some_of(core / SAMPLE, tmp_path / "some.zip")
    is_whole(tmp_path / "out", tmp_path / "site", core, sample, core / INVENTED)


def test_the_core_is_checked_alone(core: Path) -> None:
    """At night: types, and the fast tests of the core."""
    if (cache := ROOT / ".mypy_cache").is_dir():  # nobody has checked yet, else
        shutil.copytree(cache, core / ".mypy_cache", dirs_exist_ok=True)
    for check in CHECKS:
        run(core, *check)
    run(core, *TESTS, "--ignore=tests/extensions")


@pytest.mark.parametrize("name", NAMES)
def test_the_rest_stands_without_it(name: str, tmp_path: Path) -> None:
    """The tests that look at all of the project, and a part of the demonstration."""
    tree = tmp_path / "project"
    copied(tree)
    take_off(tree, name)
    run(tree, *TESTS, *OF_ALL)
    sample = some_of(tree / SAMPLE, tmp_path / "some.zip")
    is_whole(tmp_path / "out", tmp_path / "site", tree, sample, tree / INVENTED)
