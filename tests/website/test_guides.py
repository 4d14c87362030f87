"""The guides say what the program does."""

import re
from pathlib import Path

from lod.base import packaged
from lod.cli.serving import serve
from lod.publish.release import current
from lod.server.common.problems import PROBLEMS
from lod.server.engine.worker import WorkerLimits
from tests.support.paths import ROOT

DEPLOY = ROOT / "deploy"
EXPLOITATION = (packaged.GUIDES / "exploitation.md").read_text("utf-8")


def test_every_option_of_the_server_is_explained() -> None:
    """The table has the options of `lod serve`, all of them and no other, with their defaults."""
    table = EXPLOITATION.partition("## Réglages")[2].partition("\n## ")[0]
    told = set(re.findall(r"--[\w-]+", "".join(re.findall(r"^\| (`--.*?) \|", table, re.M))))
    there = {name for option in serve.params for name in (*option.opts, *option.secondary_opts)}
    assert told == there - {"folder"}
    defaults = {option.name: option.default for option in serve.params}
    for name, said in (("timeout", "10 s"), ("memory", "512 Mio"), ("rate", "30 par seconde")):
        assert f"| `--{name}` | {said} |" in table
        assert said.startswith(f"{defaults[name]:g} ")


def test_every_status_is_explained() -> None:
    """The second table has every status that a problem may have, but those of the documents."""
    told = {int(code) for code in re.findall(r"\b([345]\d\d)\b", EXPLOITATION)}
    documents = {404, 405, 410, 416, 499}  # not found, method, gone, range; and nobody reads 499
    assert {status for status, _ in PROBLEMS.values()} - documents <= told


def test_the_limits_are_those_of_the_program() -> None:
    """Rows, bytes and memory are told as they are."""
    limits = WorkerLimits()
    assert (limits.rows, limits.size >> 20) == (1_000_000, 64)
    assert "1 000 000 lignes et 64 Mio" in EXPLOITATION


def test_the_guide_has_each_file_of_deploy() -> None:
    """And shows what stands there as it stands there: how an image is run, where things are."""
    for path in DEPLOY.iterdir():
        assert f"`deploy/{path.name}`" in EXPLOITATION or path.name == "lock.txt", path.name
    unit = (DEPLOY / "lod.service").read_text("utf-8")
    for path in ("/opt/lod/venv", "/srv/lod", "/etc/lod"):
        assert path in unit and path in EXPLOITATION
    image = (DEPLOY / "Containerfile").read_text("utf-8")
    assert "--require-hashes -r deploy/lock.txt" in EXPLOITATION
    [run] = re.findall(r"^\$ (podman run .*\n(?:(?<=\\\n).*\n)*)", EXPLOITATION, re.M)
    told = "".join(line.removeprefix("#") for line in image.splitlines(keepends=True))
    assert " ".join(run.replace("\\", "").split()) in " ".join(told.replace("\\", "").split())
    for option in ("--read-only", "--tmpfs", "--memory", "--cap-drop", ":ro", "no-new-privileges"):
        assert option in run


def test_the_guide_is_a_page_of_the_site(sample: Path) -> None:
    """Rendered, with its tables, and led to from every page."""
    site = current(sample) / "site"
    page = (site / "exploitation.html").read_text("utf-8")
    assert "<h1>Exploiter le service</h1>" in page
    assert page.count("<table>") == page.count('<div class="defile" ') == 6
    assert 'href="exploitation.html"' in (site / "index.html").read_text("utf-8")
