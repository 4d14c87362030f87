"""The project as an operator installs it: wheel, machine booted by systemd, proxies."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.support.once import once
from tests.support.paths import ROOT
from tests.support.patience import HANG, patience, wait_for
from tests.support.programs import absent as untried
from tests.support.programs import need, output
from tests.support.server_data import free_port

DEPLOY = ROOT / "deploy"
VENV = "/opt/lod/venv"  # where the units have it
BOOT = 60.0  # seconds; measured 3
NGINX = Path(__file__).with_name("nginx.conf").read_text("utf-8")
MODULES = ("mpm_event", "authz_core", "dir", "headers", "mime", "rewrite")  # of Apache
APACHE = Path(__file__).with_name("apache.conf").read_text("utf-8")


def wheel(folder: Path) -> Path:
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT]
    subprocess.run(command, check=True, capture_output=True)
    [made] = folder.glob("*.whl")
    return made


def install(python: str, venv: Path, made: Path) -> None:
    """Make an environment with the locked packages and a wheel, as the guide says."""
    pip = [venv / "bin/python", "-m", "pip", "install", "--disable-pip-version-check"]
    for command in (
        [python, "-m", "venv", venv],
        [*pip, "--require-hashes", "-r", DEPLOY / "lock.txt"],
        [*pip, "--no-deps", "--no-index", made],
    ):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            untried(f"the wheel cannot be installed here\n{done.stdout}\n{done.stderr}")


def installed(factory: pytest.TempPathFactory) -> Path:
    """Return a folder that is to be `/opt/lod/venv`, made as the guide says; once for all tests."""

    def make(folder: Path) -> None:
        python = need("/usr/bin/python3")  # not one below /root, which no unit sees
        install(python, folder / "venv", wheel(folder / "dist"))
        script = folder / "venv/bin/lod"
        _, _, rest = script.read_text("utf-8").partition("\n")
        script.write_text(f"#!{VENV}/bin/python\n{rest}", "utf-8")

    return once(factory, "installed", make)[0] / "venv"


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine that runs: `/usr` of this one, everything else new, no network but a loopback."""

    leader: int  # its first process, as this machine numbers it

    def command(self, *command: str | Path) -> list[str]:
        """Return the command that runs a command there."""
        return [need("nsenter"), "-t", str(self.leader), "-m", "-u", "-i", "-n", "-p", "-C",
                *map(str, command)]  # fmt: skip

    def run(self, *command: str | Path) -> str:
        return output(*self.command(*command))

    def own_command(self, *command: str | Path) -> list[str]:
        """Return the command that runs a program of this machine on the loopback of that one."""
        return [need("nsenter"), "-t", str(self.leader), "-n", *map(str, command)]

    def ask(self, target: str, accept: str = "*/*") -> str:
        return output(*self.own_command(
            need("curl"), "-sSf", "-H", f"Accept: {accept}", f"http://127.0.0.1:8000{target}"
        ))  # fmt: skip

    def journal(self, unit: str) -> str:
        return self.run("journalctl", "--no-pager", "-o", "cat", "-u", unit)

    def answers(self) -> bool:
        command = self.own_command(need("curl"), "-sf", "http://127.0.0.1:8000/sante")
        return subprocess.run(command, capture_output=True).returncode == 0

    def write(self, path: str, text: str, mode: str = "644") -> None:
        subprocess.run(
            self.command("install", "-D", "-m", mode, "/dev/stdin", path),
            input=text.encode(), check=True, capture_output=True,
        )  # fmt: skip


@contextmanager
def booted(venv: Path) -> Iterator[Machine]:
    """Boot a machine that has the environment of the server, and nothing of ours to start."""
    program = need("systemd-nspawn")
    if os.getuid():
        untried("only root can boot a machine: the units were NOT run")
    command = [
        program, "--quiet", "--settings=no", "--directory=/", "--volatile=yes", "--private-network",
        "--console=read-only", f"--machine=lod-{os.getpid()}", f"--bind-ro={venv}:{VENV}",
        # for IPAddressDeny, which systemd does by BPF
        "--capability=CAP_BPF,CAP_NET_ADMIN,CAP_PERFMON", "--system-call-filter=bpf",
    ]  # fmt: skip
    if not Path("/run/systemd/system").is_dir():  # nobody here to register with
        command += ["--register=no", "--keep-unit"]
    boot = ["--boot", "--", "systemd.firstboot=no", "systemd.unit=basic.target"]
    environment = {**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(
            [*command, *boot], stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment
        ) as process,
    ):
        leader = 0
        try:
            start = time.monotonic()
            while not (leader and is_up(Machine(leader))):
                if process.poll() is not None or time.monotonic() - start > patience(BOOT):
                    process.kill()
                    log.seek(0)
                    said = log.read().decode("utf-8", "replace")
                    untried(f"no machine can be booted here: units NOT run\n{said}")
                leader = first_process(process.pid)
                time.sleep(0.2)
            machine = Machine(leader)  # there is no network that it could wait for
            machine.run("systemctl", "mask", "--runtime", "systemd-networkd-wait-online")
            yield machine
        finally:
            if leader:
                with suppress(ProcessLookupError):
                    os.kill(leader, signal.SIGKILL)  # and with it all that runs there
            process.wait(HANG)


def first_process(parent: int) -> int:
    """Return the process that a container began with, 0 if it has not begun."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return int(children[0]) if children else 0


def is_up(machine: Machine) -> bool:
    """Say whether the system there has started."""
    done = subprocess.run(
        machine.command("systemctl", "is-active", "basic.target"), capture_output=True, text=True
    )
    return done.stdout.strip() == "active"


def wait_for_server(machine: Machine) -> None:
    wait_for(machine.answers, 30, lambda: f"no answer\n{machine.journal('lod')}")


def example(name: str, *pairs: tuple[str, str]) -> str:
    """Return a file of `deploy/` with what a test must change of it, each of which stands there."""
    text = (DEPLOY / name).read_text("utf-8")
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


def nginx(folder: Path, text: str) -> list[str]:
    program = need("nginx")
    (folder / "lod.conf").write_text(text, "utf-8")
    user = "user root;" if os.getuid() == 0 else ""  # the folder is nobody else's
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, user=user), "utf-8")
    return [program, "-p", f"{folder}", "-e", f"{folder}/error", "-c", f"{folder}/nginx.conf"]


def caddy(folder: Path, text: str) -> list[str]:
    program = need("caddy")
    (folder / "Caddyfile").write_text(text, "utf-8")
    return [program, "run", "--adapter", "caddyfile", "--config", f"{folder}/Caddyfile"]


def apache(folder: Path, text: str, port: int) -> list[str]:
    program = need("/usr/sbin/apache2")
    (folder / "lod.conf").write_text(text, "utf-8")
    where = "/usr/lib/apache2/modules"
    loaded = "".join(f"LoadModule {name}_module {where}/mod_{name}.so\n" for name in MODULES)
    user = "User nobody\nGroup nogroup" if os.getuid() == 0 else ""
    text = loaded + APACHE.format(folder=folder, user=user, port=port)
    (folder / "apache.conf").write_text(text, "utf-8")
    return [program, "-f", f"{folder}/apache.conf", "-DFOREGROUND"]


KEYS = "/etc/letsencrypt/live/questions.example.org"
UNENCRYPTED = (
    (f"ssl_certificate {KEYS}/fullchain.pem;", ""), (f"ssl_certificate_key {KEYS}/privkey.pem;", "")
)  # fmt: skip


def plain_nginx(folder: Path, service: int, port: int) -> list[str]:
    """Return the command of nginx as we configure it, but without encryption, on a port."""
    return nginx(folder, example(
        "nginx.conf", ("listen 443 ssl backlog=4096;", f"listen 127.0.0.1:{port} backlog=4096;"),
        ("listen 80;", f"listen 127.0.0.1:{free_port()};"), ("http2 on;", ""), *UNENCRYPTED,
        ("127.0.0.1:8000;", f"127.0.0.1:{service};"), ("/var/cache/nginx-lod", f"{folder}/cache"),
    ))  # fmt: skip


def plain_caddy(folder: Path, service: int, port: int) -> list[str]:
    """Return the same of Caddy."""
    return caddy(folder, example(
        "Caddyfile", ("\nquestions.example.org {", f"\nhttp://:{port} {{\n\tbind 127.0.0.1"),
        ("127.0.0.1:8000", f"127.0.0.1:{service}"), ("{\n\tservers", "{\n\tadmin off\n\tservers"),
    ))  # fmt: skip


PROXIES = {"nginx": plain_nginx, "caddy": plain_caddy}


@contextmanager
def serving(
    command: Sequence[str | Path], folder: Path, answers: Callable[[], bool],
    environment: Mapping[str, str] = os.environ,
) -> Iterator[None]:  # fmt: skip
    """Run a program that serves, in a folder that it logs to, until the block ends."""
    log = folder / "log"

    def is_up() -> bool:
        assert process.poll() is None, log.read_text("utf-8", "replace")
        with suppress(OSError, HTTPException):
            return answers()
        return False

    with log.open("wb") as file, subprocess.Popen(
        command, cwd=folder, stdout=file, stderr=file, env=environment
    ) as process:  # fmt: skip
        try:
            wait_for(is_up, BOOT, lambda: log.read_text("utf-8", "replace"))
            yield
        finally:
            process.terminate()
            process.wait(HANG)
