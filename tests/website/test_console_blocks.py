"""What guides show of a terminal is what is printed: `pytest --accept` writes it into them.

`console.csv` has the commands that are not given here, and what shows instead that they are right.
Identities of releases depend on each byte of the program: which one stands where is compared, not
which one it is. How many triples and files there are is not compared, nor what an archive is.
"""

import csv
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from itertools import takewhile
from pathlib import Path
from zipfile import ZipFile

import click
import pytest

from lod.base import packaged
from lod.cli import main
from lod.publish import draft
from tests.support import amo
from tests.support.live import live
from tests.support.paths import ROOT, site_files
from tests.support.programs import lod, need
from tests.support.repository import Depot, archive_of, running, saying

HERE = "http://localhost:8000/"
RECORDS = {"43349.md": "QANR5L15QE43349.md", "3026.json": "QANR5L17QE3026.json"}
GUIDES = {
    **{path.parts[-3] + "/" + path.stem if "extensions" in path.parts else path.stem: path
       for path in site_files("pages", "*.md")},
    **{f"{path.parts[-3]}/{path.stem}": path
       for path in packaged.SITE.glob("extensions/*/ajouts/*.md")},
    "README": ROOT / "README.md",
    "spark": packaged.PACKAGE / "extensions/spark/README.md",
}  # fmt: skip
with (Path(__file__).parent / "console.csv").open("rt", encoding="utf-8") as _file:
    INSTEAD = [*csv.DictReader(_file)]
EACH_LANDING = {"README", "one-question.en"}  # the others take a minute: at night
TOOLS = {"one-question.en": ("unzip", "curl"), "flux": ("jq",)}


def shown(guide: Path) -> Iterator[tuple[str, str]]:
    """Yield each command of a guide with what it prints, as the guide shows it."""
    for block in re.findall(r"```console\n(.*?)```", guide.read_text("utf-8"), re.S):
        for each in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, printed = each.replace("\\\n", "").partition("\n")
            yield command, printed


def given(name: str) -> list[tuple[str, str]]:
    """Return the commands of a guide that are given here, with what they print."""
    begins = tuple(row["begins"] for row in INSTEAD if row["guide"] == name.removesuffix(".en"))
    is_french = not name.endswith(".en") or name == "one-question.en"
    return [each for each in shown(GUIDES[name]) if is_french and not each[0].startswith(begins)]


@pytest.fixture
def folder(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder of whoever follows a guide: program, records, archives, settings."""
    with ZipFile(packaged.SAMPLE) as archive:
        for name, record in RECORDS.items():
            (tmp_path / name).write_bytes(archive.read(record))
    for place, name in (("data/15", "43349.md"), ("data/17", "3026.json")):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / name).hardlink_to(tmp_path / name)
    for place in ("pages", "lod", "data/amo"):
        (tmp_path / place).mkdir()
    wrong = (tmp_path / "43349.md").read_text("utf-8").replace(":** 43349", ":** 4334X")
    (tmp_path / "pages/43349.md").write_text(wrong, "utf-8")
    (tmp_path / "revue").mkdir()
    (tmp_path / "revue/retenues.csv").write_text("uid,motif\n", "utf-8")
    (tmp_path / "lod.toml").write_text('revue = "revue"\n', "utf-8")
    amo.archive(tmp_path / "data/amo/AMO30.zip", amo.MEMBERS)
    linked = {"lod/sources": packaged.PACKAGE / "sources", "site": packaged.SITE, "sample": sample,
              "lod/reference": packaged.PACKAGE / "reference"}  # fmt: skip
    for name, path in linked.items():
        (tmp_path / name).symlink_to(path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def published(*arguments: str, version: str = draft.__version__) -> None:
    """Publish a question, as a version of the program does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(draft, "__version__", version)
        done = lod("build", "43349.md", "--to", "out", "--jobs", 1, *arguments)
    assert done.exit_code == 0, done.output


def anew() -> None:
    """Begin with a release of the program before."""
    Path("out").rename("out-before")
    published(version="0")


BEFORE: dict[tuple[str, str], Callable[[], object]] = {
    ("commandes", "lod build"): lambda: published("--base", "https://questions.example.org/"),
    ("donnees", "lod query"): lambda: Path("out").symlink_to("sample"),
    ("flux", "zcat"): lambda: Path("changements.jsonl.gz").symlink_to(
        "sample/current/dumps/changements.jsonl.gz"
    ),
    ("nuits", "lod build 3026.json"): published,  # something is published there already
    ("nuits", "lod build 43349.md"): anew,
}


def printed_by(command: str, mirror: Depot, server: Callable[[], str]) -> tuple[int, str]:
    """Return how a command ends and what it prints, of our program in this process."""
    if command.startswith("lod ") and not re.search(r"[|<>]", command):
        words = shlex.split(command, comments=True)[1:]
        words = [path for word in words for path in (sorted(globbed(word)) or [word])]
        done = lod(*words, *(["--from", mirror.base] if words[0] == "fetch" else []))
        return done.exit_code, done.output
    url = server() if HERE in command else HERE
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    run = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command.replace(HERE, url)],
        env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return run.returncode, (run.stdout + run.stderr).replace(url, HERE)


def globbed(word: str) -> list[str]:
    return [str(path) for path in Path().glob(word)] if re.search(r"[*[]", word) else []


def alike(text: str, known: dict[str, str]) -> str:
    """Return a text in which identities are numbered, and facts of an archive left out."""
    text = re.sub(r"\d+ bytes, sha256 \S+", "N bytes, sha256 …", text)
    text = re.sub(r"\d+ of \d+ files|\b\d{5}\b", "N", text)
    return re.sub(r"\b[0-9a-f]{16}\b", lambda m: known.setdefault(m[0], f"ID{len(known)}"), text)


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", [
    pytest.param(name, marks=[pytest.mark.tool] if name in TOOLS else [])
    for name in sorted(EACH_LANDING)
])  # fmt: skip
def test_what_is_shown_is_printed(name: str, request: pytest.FixtureRequest) -> None:
    follow(name, accept=request.config.getoption("--accept"))


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "name", [name for name in GUIDES if given(name) and name not in EACH_LANDING]
)
def test_what_each_guide_shows_is_printed(name: str, request: pytest.FixtureRequest) -> None:
    """At night."""
    follow(name, accept=request.config.getoption("--accept"))


def follow(name: str, *, accept: bool) -> None:
    """Each command of a guide, one after the other, prints what stands below it, or ends well."""
    for program in TOOLS.get(name, ()):
        need(program)
    guide, changed = GUIDES[name], list[tuple[str, str]]()
    here, there = dict[str, str](), dict[str, str]()
    with running() as mirror, ExitStack() as stack:
        mirror.script = [saying(200, archive_of(1), Content_Type="application/zip")]
        url = ""

        def server() -> str:
            nonlocal url
            url = url or stack.enter_context(live(Path("out"))).url
            return url

        for command, expected in given(name):
            for (of, begin), prepare in BEFORE.items():
                if of == name and command.startswith(begin):
                    prepare()
            alike(command, there)
            for identity, number in there.items():  # what a guide names is what was made here
                if made := [i for i, n in here.items() if n == number]:
                    command = command.replace(identity, *made)
            status, printed = printed_by(command, mirror, server)
            if not expected.strip():
                assert status == 0, f"{command}\n{printed}"
            elif alike(printed, here).strip() != alike(expected, there).strip():
                assert accept, f"{command}\n{printed}"
                changed.append((expected, printed))
    english = guide.with_suffix(".en.md")
    for path in {guide, english if english.exists() else guide} if changed else ():
        text = path.read_text("utf-8")
        for expected, printed in changed:
            text = text.replace(expected, printed, 1)
        path.write_text(text, "utf-8")


@pytest.mark.parametrize("name", GUIDES)
def test_what_is_shown_can_be_given(name: str) -> None:
    """Each command of ours is one, with its options."""
    for command, _ in shown(GUIDES[name]):
        with suppress(ValueError):  # a text in quotes goes on on the next line
            words = [*takewhile(is_ours, shlex.split(command, comments=True))]
            if words[:1] == ["lod"]:
                command_of = main.commands[words[1]]
                context = click.Context(command_of, resilient_parsing=True)
                command_of.make_parser(context).parse_args(words[2:])


def is_ours(word: str) -> bool:
    return not re.match(r"[|;&<>]|\d>", word)


def test_what_is_not_given_here_is_shown_by_another_test() -> None:
    """No row of the table is left over, and the tests that it names are there."""
    for row in INSTEAD:
        if guide := GUIDES.get(row["guide"]):  # else it goes with its extension
            assert any(command.startswith(row["begins"]) for command, _ in shown(guide)), row
            for path in re.findall(r"tests/[\w/.]*\w", row["instead"]):
                assert (ROOT / path).exists(), row
