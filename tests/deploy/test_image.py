"""The Containerfile, built and run as the guide says, upon a base of Debian made here."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lod.base import packaged
from tests.support.deployed import DEPLOY, untried, wheel
from tests.support.paths import CASES
from tests.support.patience import wait_for
from tests.support.programs import need, output

pytestmark = pytest.mark.tool

TEXT = (DEPLOY / "Containerfile").read_text("utf-8")
GUIDE = (packaged.GUIDES / "exploitation.md").read_text("utf-8")
NAME = "questions-parlementaires"
LARGEST = 440e6  # bytes; measured 397 million, of which the base of Debian has 167
START = 30.0  # seconds until the server answers; measured 3


@dataclass(frozen=True, slots=True)
class Podman:
    folder: Path

    def command(self, *command: str | Path) -> list[str]:
        own = ["--root", f"{self.folder}/root", "--runroot", f"{self.folder}/run",
               "--cgroup-manager", "cgroupfs"]  # fmt: skip
        if Path("/sys/fs/cgroup/unified").is_dir():  # both versions of cgroups: not for crun
            own += ["--runtime", need("runc")]
        return [need("podman"), *own, *map(str, command)]

    def run(self, *command: str | Path) -> str:
        return output(*self.command(*command), PODMAN_IGNORE_CGROUPSV1_WARNING="1").strip()


LIMITS = ("--ulimit", "nofile=4096:4096", "--ulimit", "nproc=1024:1024")  # never above our own


@pytest.fixture(scope="module")
def podman(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Podman]:
    need("podman")
    if os.getuid():
        untried("a base can only be made by root: the image was NOT built")
    folder = tmp_path_factory.mktemp("image")
    here = Podman(folder)
    base, context = folder / "base.tar", folder / "context"
    made = subprocess.run(
        [need("mmdebstrap"), "--quiet", "--variant=minbase",
         "--include=python3,python3-venv,ca-certificates", "trixie", base],
        capture_output=True, text=True,
    )  # fmt: skip
    if made.returncode:
        untried(f"no base can be made here: the image was NOT built\n{made.stderr}")
    [name] = re.findall(r"^ARG BASE=(\S+)$", TEXT, re.M)
    (context / "deploy").mkdir(parents=True)
    shutil.copy(DEPLOY / "lock.txt", context / "deploy")
    wheel(context / "dist")
    try:
        here.run("import", "--quiet", base, name)
        here.run(
            "build", "--quiet", "--pull=never", "--isolation", "chroot", "--format", "docker",
            *LIMITS, "--volume", "/etc/ssl/certs:/etc/ssl/certs:ro",
            "-f", DEPLOY / "Containerfile", "-t", NAME, context,
        )  # fmt: skip
        yield here
    finally:
        subprocess.run(here.command("rmi", "--all", "--force"), capture_output=True)


def test_the_image_says_how_it_is_run(podman: Podman) -> None:
    """Under a number that is not root, with a signal, a port and a check; without pip."""
    [told] = json.loads(podman.run("image", "inspect", NAME))
    config = told["Config"]
    assert (config["User"], config["StopSignal"]) == ("10001:10001", "SIGTERM")
    assert list(config["ExposedPorts"]) == ["8000/tcp"] and "/sante" in str(
        {**told, **config}["Healthcheck"]
    )
    assert int(podman.run("image", "inspect", NAME, "--format", "{{.Size}}")) < LARGEST
    packages = podman.run(
        "run", "--rm", *LIMITS, "--network", "none", "--entrypoint", "ls", NAME,
        "/opt/lod/venv/lib/python3.13/site-packages",
    )  # fmt: skip
    assert "pyoxigraph" in packages and not re.search(r"^pip", packages, re.M)


def test_the_image_builds(podman: Podman, tmp_path: Path) -> None:
    """A release, into a folder that its account may write, as the workflow of a release tries."""
    records, out = CASES / "page_2022", tmp_path / "out"
    out.mkdir()
    out.chmod(0o777)
    told = podman.run(
        "run", "--rm", *LIMITS, "--network", "none", "-v", f"{records}:/records:ro",
        "-v", f"{out}:/srv/lod", f"localhost/{NAME}", "build", "/records", "--to", "/srv/lod",
    )  # fmt: skip
    assert re.search(r"read = [1-9]\d* published", told) and (out / "current").is_dir()


def test_the_image_serves(podman: Podman, sample: Path) -> None:
    """As the guide says, but for the port: read-only, without a right; and it ends when told."""
    [line] = re.findall(r"^\$ podman run (.*\n(?:(?<=\\\n).*\n)*)", GUIDE, re.M)
    options = line.replace("\\\n", " ").split()
    assert (options[-1], options[options.index("-p") + 1]) == (NAME, "127.0.0.1:8000:8000")
    options[options.index("-p") :] = ["--network", "none"]
    options[options.index("-v") + 1] = f"{sample}:/srv/lod:ro"
    one = podman.run("run", "--detach", *LIMITS, *options, f"localhost/{NAME}")
    try:
        pid = podman.run("inspect", one, "--format", "{{.State.Pid}}")
        ask = [need("nsenter"), "-t", pid, "-n", need("curl"), "-sSf"]
        wait_for(
            lambda: subprocess.run([*ask, "http://127.0.0.1:8000/sante"]).returncode == 0,
            START, lambda: podman.run("logs", one),
        )  # fmt: skip
        told = json.loads(output(*ask, "http://127.0.0.1:8000/sante"))
        assert "seccomp" in told["protections"]
        long = "http://127.0.0.1:8000/sparql?query=SELECT*%7B?a?b?c%7DLIMIT+20000"
        assert len(output(*ask, "-H", "Accept: application/sparql-results+json", long)) > 2**20
        podman.run("healthcheck", "run", one)
        for path in ("/x", "/srv/lod/x", "/opt/lod/x"):
            assert subprocess.run(podman.command("exec", one, "touch", path)).returncode, path
        status = podman.run("exec", one, "cat", "/proc/1/status")
        rights = dict(line.split(":\t", 1) for line in status.splitlines())
        assert rights["Uid"].split() == ["10001"] * 4 and int(rights["CapBnd"], 16) == 0
        assert rights["NoNewPrivs"] == "1"
        podman.run("stop", "--time", "30", one)
        assert podman.run("inspect", one, "--format", "{{.State.ExitCode}}") == "0"
    finally:
        subprocess.run(podman.command("rm", "--force", one), capture_output=True)
