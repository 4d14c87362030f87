"""The units of systemd, run by itself on a booted machine: the program lives with them."""

import base64
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from lod.base import packaged
from lod.extensions import NAMES
from tests.support import amo
from tests.support.deployed import DEPLOY, Machine, booted, installed, wait_for_server
from tests.support.patience import wait_for
from tests.support.programs import need, output
from tests.support.synthetic.forms import write_zip

pytestmark = pytest.mark.tool

PARTS = [packaged.GUIDES, *packaged.SITE.glob("extensions/*/ajouts")]  # of one guide
GUIDE = "".join(p.read_text("utf-8") for f in PARTS for p in f.glob("exploitation.md"))
MOST = 2.5  # of the ten points of exposure
UNITS = (
    "lod.service", "lod-nightly.service", "lod-fetch.service", "lod-alert@.service",
    "lod-alerts.service",
)  # fmt: skip
STEP = re.compile(r"^ExecStart=.*\n(?:(?<=\\\n).*\n)*", re.M)  # with the lines that go on
MIRROR = "http://127.0.0.1:9000/"
COUNT = quote("SELECT (COUNT(*) AS ?n) { ?q a qp:Question }")
LONG = quote("SELECT * { ?a ?b ?c } LIMIT 20000")  # an answer that goes through a file in /tmp
# what a process under the unit tries; each name is allowed or not
PROBE = r"""
import ctypes, json, mmap, os, socket, subprocess, sys
libc = ctypes.CDLL(None, use_errno=True)
def checked(result):
    if result == -1:
        raise OSError(ctypes.get_errno(), "refused")
def sends(address, family=socket.AF_INET):
    with socket.socket(family, socket.SOCK_DGRAM) as one:
        one.sendto(b"x", (address, 9))
def program():
    path = "/tmp/program"
    with open(path, "w") as file:
        file.write("#!/bin/sh\n")
    os.chmod(path, 0o755)
    subprocess.run([path], check=True)
def setuid():
    open("/tmp/setuid", "w").close()
    os.chmod("/tmp/setuid", 0o4755)
tries = {
    "read a release": lambda: os.listdir("/srv/lod/releases"),
    "write /tmp": lambda: open("/tmp/x", "w").close(),
    "write /srv/lod": lambda: open("/srv/lod/x", "w").close(),
    "write /opt/lod": lambda: open("/opt/lod/x", "w").close(),
    "write /var/lib/lod": lambda: open("/var/lib/lod/x", "w").close(),
    "see /home": lambda: os.listdir("/root"),
    "see other processes": lambda: os.stat("/proc/1"),
    "see the kernel": lambda: open("/proc/kallsyms").close(),
    "set the kernel": lambda: open("/proc/sys/kernel/hostname", "w").close(),
    "start a program": lambda: subprocess.run(["/usr/bin/true"], check=True),
    "start what it wrote": program,
    "setuid": setuid,
    "speak to itself": lambda: sends("127.0.0.1"),
    "speak to others": lambda: sends("192.0.2.7"),
    "speak to a link": lambda: sends("169.254.0.7"),
    "listen": lambda: socket.create_server(("127.0.0.1", 0)).close(),
    "netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).close(),
    "namespace": lambda: checked(libc.unshare(0x10000000)),
    "mount": lambda: checked(libc.mount(b"x", b"/tmp", b"tmpfs", 0, None)),
    "priority": lambda: os.setpriority(os.PRIO_PROCESS, 0, 19),
    "code that is written": lambda: mmap.mmap(-1, 4096, prot=7),
    "another personality": lambda: checked(libc.personality(8)),
    "reboot": lambda: checked(libc.reboot(0)),
}
found = {}
for name, what in tries.items():
    try:
        what()
        found[name] = True
    except OSError as error:
        found[name] = False
print(json.dumps(found))
"""
SERVER = {
    "read a release", "write /tmp", "start a program", "speak to itself", "listen", "priority",
}  # fmt: skip
NIGHTLY = {"read a release", "write /tmp", "write /srv/lod", "start a program"}
FETCH = {
    "read a release", "write /tmp", "write /var/lib/lod", "start a program", "speak to itself",
    "speak to others",
}  # fmt: skip


@pytest.mark.parametrize("name", UNITS)
def test_little_is_exposed(name: str) -> None:
    """By the measure of `systemd-analyze security`: 0 is nothing, 10 is all. The guide tells it."""
    said = output(
        need("systemd-analyze"), "security", "--offline=true", "--no-pager", DEPLOY / name
    )
    exposure = re.findall(r"Overall exposure level for \S+: ([\d.]+)", said)[0]
    assert float(exposure) <= MOST, said
    told = re.findall(rf"^.*`deploy/{name}`.* ([\d,]+) sur 10\b", GUIDE, re.M)
    assert told == [exposure.replace(".", ",")]


def test_systemd_understands_each_line() -> None:
    """Nothing is unknown or written twice; only the program is not installed here."""
    command = [need("systemd-analyze"), "verify", *sorted(DEPLOY.glob("lod*.[st]*"))]
    said = subprocess.run(command, capture_output=True, text=True).stderr
    lines = [line for line in said.splitlines() if "/opt/lod/venv/bin/lod is not exec" not in line]
    assert len(command) == 2 + len(UNITS) + 1 and not [line for line in lines if "lod" in line], (
        said
    )


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mirror")
    table = packaged.PACKAGE / "reference/data/archives.csv"
    for line in table.read_text("utf-8").splitlines():
        legislature, kind, form, place, *_ = line.split(",")
        if form == "json" and legislature in ("17", ""):
            path = folder / place
            path.parent.mkdir(parents=True)
            if kind.startswith("amo"):
                amo.archive(path, amo.EXEMPLE)
            else:
                write_zip(path, 20)
    return folder


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory, mirror: Path) -> Iterator[Machine]:
    """A machine on which everything is installed, and one night has passed."""
    with booted(installed(tmp_path_factory)) as machine:
        for name in (*UNITS, "lod-nightly.timer"):
            machine.write(f"/etc/systemd/system/{name}", (DEPLOY / name).read_text("utf-8"))
        settings = 'base = "https://questions.example.org/"\nlegislatures = [17]\n'
        machine.write("/etc/lod/lod.toml", settings)
        for command in re.findall(r"^\$ (useradd .*|install -d .*)$", GUIDE, re.M):
            machine.run(*command.split())
        for address in ("192.0.2.7/32", "169.254.0.7/32"):
            machine.run("ip", "address", "add", address, "dev", "lo")
        machine.run("ip", "link", "set", "lo", "up")
        # the unit as it is, but that it asks a mirror
        [fetch] = STEP.findall(unit("lod-fetch.service"))
        drop_in(machine, "lod-fetch", f"ExecStart=\n{fetch.strip()} --from {MIRROR}")
        serving = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "--directory",
                   mirror, "9000"]  # fmt: skip
        with subprocess.Popen(
            machine.own_command(*serving), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as server:
            try:
                night(machine)
                yield machine
            finally:
                server.kill()


def unit(name: str) -> str:
    return (DEPLOY / name).read_text("utf-8")


def drop_in(machine: Machine, name: str, lines: str) -> None:
    machine.write(f"/etc/systemd/system/{name}.service.d/test.conf", f"[Service]\n{lines}\n")
    machine.run("systemctl", "daemon-reload")


def night(machine: Machine) -> None:
    done = subprocess.run(
        machine.command("timeout", "300", "systemctl", "start", "lod-nightly"),
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, machine.journal("lod-nightly")


def probed(machine: Machine, name: str) -> set[str]:
    text = re.sub(r"^(?:Type|Restart\w*)=.*\n", "", STEP.sub("", unit(name)), flags=re.M)
    command = "[Service]\nType=oneshot\nExecStart=/opt/lod/venv/bin/python /etc/probe.py\n"
    machine.write("/etc/probe.py", PROBE)
    machine.write(f"/etc/systemd/system/probe-{name}", text.replace("[Service]\n", command))
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "start", f"probe-{name}")

    def told() -> list[str]:
        return re.findall(r"^\{.*\}$", machine.journal(f"probe-{name}"), re.M)

    wait_for(told, 30, lambda: machine.journal(f"probe-{name}"))
    found = json.loads(told()[-1])
    return {name for name, is_allowed in found.items() if is_allowed}


@pytest.mark.slow
def test_the_night_builds_and_the_server_serves(machine: Machine) -> None:
    """What one account has written, another one reads; a second night changes what is served."""
    machine.run("systemctl", "enable", "--now", "lod-nightly.timer")
    machine.run("systemctl", "restart", "lod")
    wait_for_server(machine)
    told = json.loads(machine.ask("/sante"))
    assert told["protections"] == ["landlock", "seccomp"]  # the unit does not weaken it
    assert told["base"] == "https://questions.example.org/"
    assert "process_resident_memory_bytes" in machine.ask("/metrics")  # with ProcSubset=pid
    assert machine.ask(f"/sparql?query={COUNT}", "text/csv").split() == ["n", "20"]
    assert machine.ask(f"/sparql?query={LONG}", "application/sparql-results+json").count("{") > 9999
    assert "lod-nightly" in machine.run("systemctl", "list-timers", "--no-pager")
    assert "5 fetched" in machine.journal("lod-fetch")
    assert "published + 0 rejected" in machine.journal("lod-nightly")
    night(machine)
    assert "5 unchanged" in machine.journal("lod-fetch")
    assert machine.answers() and len(machine.run("ls", "/srv/lod/releases").split()) <= 2
    machine.run("systemctl", "stop", "lod")
    assert machine.run("systemctl", "show", "-P", "Result", "lod").strip() == "success"


@pytest.mark.slow
def test_one_archive_that_is_missing_stops_nothing_and_is_told(
    machine: Machine, mirror: Path
) -> None:
    """The build goes on with the archive before; somebody is told what failed, by the alert."""
    [archive] = mirror.rglob("Questions_ecrites.json.zip")
    aside = archive.rename(mirror / "aside")
    try:
        night(machine)
    finally:
        aside.rename(archive)
    assert "4 unchanged, 1 failed" in machine.journal("lod-fetch")
    assert machine.run("systemctl", "show", "-P", "Result", "lod-fetch").strip() == "exit-code"
    assert "nothing has changed since the last build" in machine.journal("lod-nightly")
    said = wait_for_alert(machine)
    assert "lod-fetch.service a échoué" in said and "404" in said


def wait_for_alert(machine: Machine) -> str:
    def said() -> str:
        return machine.run("journalctl", "--no-pager", "-o", "cat", "-t", "lod")

    wait_for(lambda: "1 failed" in said(), 30, said)
    return said()


@pytest.mark.slow
def test_the_server_has_no_rights(machine: Machine) -> None:
    """An account of its own, no capability, filters; its readers as well."""
    machine.run("systemctl", "restart", "lod")
    wait_for_server(machine)
    found = machine.run("systemctl", "show", "-P", "ControlGroup", "lod").strip()
    pids = machine.run("cat", f"/sys/fs/cgroup{found}/cgroup.procs").split()
    assert len(pids) >= 3
    for pid in pids:
        status = dict(
            line.split(":\t", 1) for line in machine.run("cat", f"/proc/{pid}/status").splitlines()
        )
        assert int(status["Uid"].split()[0]) >= 61184  # dynamic: systemd.exec(5)
        assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
        assert {int(status[name], 16) for name in ("CapEff", "CapPrm", "CapBnd")} == {0}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "allowed"), [*zip(UNITS[:3], (SERVER, NIGHTLY, FETCH), strict=True)]
)
def test_what_a_unit_forbids_is_forbidden(machine: Machine, name: str, allowed: set[str]) -> None:
    """By the kernel: the program is replaced by one that tries."""
    if "-BPF_FRAMEWORK" in machine.run("systemctl", "--version") and allowed != NIGHTLY:
        allowed = allowed | {"listen"}  # this build of systemd has no SocketBindDeny
    assert probed(machine, name) == allowed


@pytest.mark.slow
@pytest.mark.skipif("stores" not in NAMES, reason="a store is asked by the extension `stores`")
def test_the_password_of_a_store_is_a_credential(machine: Machine, tmp_path: Path) -> None:
    """The lines that the unit has as a comment work, once they are none."""
    text = unit("lod.service")
    block = re.findall(r"^#LoadCredential=(?:.|\n)*?(?=\n\n)", text, re.M)[0]
    lines = re.sub(r"^#", "", block, flags=re.M)
    lines = lines.replace("https://store.example.org/", "http://127.0.0.1:7200/ --engine graphdb")
    script = tmp_path / "store.py"
    script.write_text(
        "import http.server, sys\n"
        "class Store(http.server.BaseHTTPRequestHandler):\n"
        "    def do_POST(self):\n"
        "        print(self.headers['Authorization'], flush=True)\n"
        "        self.send_error(503)\n"
        "    do_GET = do_POST\n"
        "    def log_message(self, *_): pass\n"
        "http.server.HTTPServer(('127.0.0.1', 7200), Store).serve_forever()\n",
        "utf-8",
    )
    machine.write("/etc/lod/store-password", "s3cr3t\n", "600")
    drop_in(machine, "lod", lines)
    log = tmp_path / "log"
    with log.open("wb") as file, subprocess.Popen(
        machine.own_command(sys.executable, script), stdout=file
    ) as store:  # fmt: skip
        try:
            machine.run("systemctl", "restart", "lod")
            wait_for_server(machine)
            wait_for(lambda: log.read_text(), 30, lambda: machine.journal("lod"))
        finally:
            store.kill()
            machine.run("rm", "-r", "/etc/systemd/system/lod.service.d")
            machine.run("systemctl", "daemon-reload")
    expected = base64.b64encode(b"lod:s3cr3t").decode()
    assert set(log.read_text().split("\n")[:-1]) == {f"Basic {expected}"}
    found = machine.run("systemctl", "show", "-P", "MainPID", "lod").strip()
    assert "s3cr3t" not in machine.run("cat", f"/proc/{found}/cmdline")
    assert machine.run("stat", "-c", "%a", "/etc/lod/store-password").strip() == "600"
