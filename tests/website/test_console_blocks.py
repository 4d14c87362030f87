"""What guides show of a terminal is what is printed: `pytest --accept` writes it into them.

Identities of releases depend on each byte of the program: which one stands where is compared, not
which one it is. How many triples and files there are is not compared, nor what an archive is.
"""

import re
import shlex
from collections.abc import Iterator
from contextlib import suppress
from itertools import takewhile
from pathlib import Path
from zipfile import ZipFile

import click
import pytest

from lod.base import packaged
from lod.cli import main
from tests.support.programs import lod
from tests.support.repository import archive_of, running, saying

ADDED = packaged.SITE / "extensions/fetch/ajouts"
GUIDES = sorted(path for path in (*packaged.GUIDES.glob("*.md"), *ADDED.glob("*.md")))
WANTED = ("commandes", "versions", "nuits", "commandes-fin")  # the last comes with `lod fetch`
NAMES = [path.stem for path in GUIDES if path.stem in WANTED]
RECORDS = {"43349.md": "QANR5L15QE43349.md", "3026.json": "QANR5L17QE3026.json"}


def shown(guide: Path) -> Iterator[tuple[str, str]]:
    """Yield each command of a guide with what it prints, as the guide shows it."""
    for block in re.findall(r"```console\n(.*?)```", guide.read_text("utf-8"), re.S):
        for each in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, printed = each.replace("\\\n", "").partition("\n")
            yield command, printed


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder of whoever follows a guide."""
    with ZipFile(packaged.SAMPLE) as sample:
        for name, record in RECORDS.items():
            (tmp_path / name).write_bytes(sample.read(record))
    (tmp_path / "pages").mkdir()
    wrong = (tmp_path / "43349.md").read_text("utf-8").replace(":** 43349", ":** 4334X")
    (tmp_path / "pages/43349.md").write_text(wrong, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def printed_by(command: str, mirror: str) -> str:
    arguments = shlex.split(command, comments=True)[1:]
    return lod(*arguments, *(["--from", mirror] if arguments[0] == "fetch" else [])).output


def alike(text: str, known: dict[str, str]) -> str:
    """Return a text in which identities are numbered, and facts of an archive left out."""
    text = re.sub(r"\d+ bytes, sha256 \S+", "N bytes, sha256 …", text)
    text = re.sub(r"\d+ of \d+ files|\b\d{5}\b", "N", text)
    return re.sub(r"\b[0-9a-f]{16}\b", lambda m: known.setdefault(m[0], f"ID{len(known)}"), text)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.usefixtures("folder")
def test_what_is_shown_is_printed(name: str, request: pytest.FixtureRequest) -> None:
    """Of each command of ours with lines below it; one after the other, as a person gives them.

    Guides in English have the same blocks: `test_documents.py` compares them.
    """
    [guide] = [path for path in GUIDES if path.name == f"{name}.md"]
    text, tried, here, there = guide.read_text("utf-8"), 0, dict[str, str](), dict[str, str]()
    if name == "nuits":  # something is published there already
        assert lod("build", "43349.md", "--to", "out", "--jobs", 1).exit_code == 0
    with running() as mirror:
        mirror.script = [saying(200, archive_of(1), Content_Type="application/zip")]
        for command, expected in shown(guide):
            if not (command.startswith("lod ") and expected.strip()):
                continue
            for identity, number in there.items():  # what a guide names is what was made here
                [made] = [i for i, n in here.items() if n == number]
                command = command.replace(identity, made)
            printed, tried = printed_by(command, mirror.base), tried + 1
            is_same = alike(printed, here) == alike(expected, there)
            if not is_same and request.config.getoption("--accept"):
                text = text.replace(expected, printed, 1)
            else:
                assert is_same, f"{command}\n{printed}"
    if text != guide.read_text("utf-8"):
        guide.write_text(text, "utf-8")
    assert tried


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_what_is_shown_can_be_given(guide: Path) -> None:
    """Each command of ours is one, with its options."""
    for command, _ in shown(guide):
        with suppress(ValueError):  # a text in quotes goes on on the next line
            words = [*takewhile(is_ours, shlex.split(command, comments=True))]
            if words[:1] == ["lod"]:
                given = main.commands[words[1]]
                context = click.Context(given, resilient_parsing=True)
                given.make_parser(context).parse_args(words[2:])


def is_ours(word: str) -> bool:
    return not re.match(r"[|;&<>]|\d>", word)
