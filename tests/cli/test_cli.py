"""The command line: help with examples, exit codes, errors in one line, counts in the last."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import click
import pytest

from lod.base import packaged
from lod.cli import main
from lod.cli.options import jobs
from lod.cli.serving import base_remark, proxy_networks
from lod.publish.release import current
from lod.server.front.front import client_of
from tests.support.live import descendants
from tests.support.once import linked
from tests.support.paths import BROKEN, GOOD
from tests.support.patience import HANG, wait_for
from tests.support.programs import INTERRUPTED, lod


@pytest.mark.parametrize("command", sorted(main.commands))
def test_help_is_a_sentence_and_an_example(command: str) -> None:
    text = lod(command, "--help").output
    assert f"\n      lod {command}" in text


def test_the_list_of_commands_is_not_cut() -> None:
    """What each command is for is told in full on a terminal of eighty columns."""
    lines = lod("--help").output.splitlines()
    told = lines[lines.index("Commands:") + 1 :]
    assert len(told) == len(main.commands)
    assert [line for line in told if not line.endswith((".", ")")) or line.endswith("...")] == []


def test_a_port_in_use_is_told_before_the_build(tmp_path: Path) -> None:
    """The port is named, a free one proposed, and nothing is built."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        done = lod("demo", "--port", port, "--to", tmp_path / "out")
    assert done.exit_code == 1 and f"port {port} is in use" in done.stderr
    free = re.search(r"--port (\d+)", done.stderr)
    assert free and port < int(free[1]) <= port + 20
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("base", "remedy"),
    [
        ("http://localhost:8000/", "serve it with --port 8000, or build with --base"),
        ("https://questions.example.org/", "put a proxy before it, and name that with --proxy"),
    ],
)
def test_addresses_that_lead_elsewhere_are_told(base: str, remedy: str) -> None:
    remark = base_remark(base, "http://localhost:8080/")
    assert base in remark and remedy in remark and remark.endswith("http://localhost:8080/")


def test_a_build_of_nothing_says_why(tmp_path: Path) -> None:
    """The record that cannot be read is told with the reason, where none is published."""
    (tmp_path / "bad.json").write_text('{"a": 1}', "utf-8")
    done = lod("build", tmp_path / "bad.json", "--to", tmp_path / "out")
    assert done.exit_code == 1 and done.stderr.count("\n") == 1
    assert "1 record read, none published" in done.stderr
    assert "bad.json:1: no key 'question'" in done.stderr


@pytest.mark.slow
def test_check_of_the_sample_finds_nothing() -> None:
    """Exit 0, nothing on standard output, the count on standard error."""
    done = lod("check", packaged.SAMPLE)
    assert (done.exit_code, done.stdout) == (0, "")
    assert "479 read = 479 published + 0 rejected" in done.stderr


def test_check_exits_1_on_a_rejection() -> None:
    done = lod("check", GOOD, BROKEN)
    assert done.exit_code == 1
    assert done.stdout == (
        f"{BROKEN}:31: not complete JSON: unexpected end of data; fetch the record again\n"
    )


@pytest.mark.slow
def test_check_says_what_a_build_says(tmp_path: Path) -> None:
    """Of a record whose answer is of a later day than today: remarks of controls, and the day."""
    text = GOOD.read_text("utf-8")
    (tmp_path / "later.json").write_text(text.replace("2025-06-03", "2099-06-03"), "utf-8")
    built = lod("build", tmp_path / "later.json", "--to", tmp_path / "out", "--strict")
    checked = lod("check", tmp_path / "later.json")
    assert (built.exit_code, checked.exit_code) == (1, 1)
    *said, held = built.stderr.splitlines()
    assert held.startswith("held, ") and sorted(said) == sorted(checked.output.splitlines()[:-1])
    assert any("of another year than the date" in line for line in said)
    assert any("goes up to 2099-06-03, which is later than today" in line for line in said)
    assert checked.stderr.rstrip().endswith("(1 remark)")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["build", "/nowhere", "--to", "x"], "there is no such file or folder"),
        (["build", str(GOOD), "--to", "x", "--base", "ftp://x/"], "is not an address"),
        (["query", "/nowhere", "ASK {}"], "no release here"),
        (["serve", "/nowhere"], "no release here"),
    ],
)
def test_wrong_usage_exits_2_with_one_line(
    arguments: list[str], message: str, tmp_path: Path
) -> None:
    done = lod(*(tmp_path / "x" if argument == "x" else argument for argument in arguments))
    assert done.exit_code == 2
    assert message in done.stderr and "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.slow
def test_settings_are_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lod.toml").write_text('bse = "https://example.org/"\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    done = lod("check", GOOD)
    assert done.exit_code == 2
    assert "unknown key 'bse'; the keys are archives, base, contact, doi, editeur" in done.stderr


COUNT = "SELECT (COUNT(*) AS ?n) { ?q a qp:Question }"


def test_query_answers_in_every_form(sample: Path, tmp_path: Path) -> None:
    """Table, CSV, JSON, Turtle; a text, a file, standard input."""
    assert lod("query", sample, COUNT).stdout.split() == ["n", "───", "479"]
    (tmp_path / "q.rq").write_text(COUNT, "utf-8")
    assert lod("query", sample, f"@{tmp_path / 'q.rq'}", "--format", "csv").stdout == "n\n479\n"
    answer = json.loads(lod("query", sample, "-", "--format", "json", text=COUNT).stdout)
    assert answer["results"]["bindings"][0]["n"]["value"] == "479"
    turtle = lod("query", sample, "DESCRIBE qp:types", "--format", "ttl").stdout
    assert '"Types de questions"@fr' in turtle
    assert lod("query", sample, "ASK { ?s qp:rang 2 }").stdout == "false\n"


@pytest.mark.parametrize(
    ("query", "form", "message"),
    [
        ("SELECT ?x {", "table", "correct the query"),
        ("SELECT ?x { ?x foo:bar ?y }", "table", "prefix foo: is not declared; write PREFIX"),
        ("DESCRIBE qp:types", "csv", "has no csv; ask for ttl"),
        (COUNT, "ttl", "has no Turtle"),
    ],
)
def test_query_says_what_is_wrong(sample: Path, query: str, form: str, message: str) -> None:
    """Exit 2 for a query that cannot be parsed, or a format that the answer does not have."""
    done = lod("query", sample, query, "--format", form)
    assert done.exit_code == 2 and message in done.stderr
    assert "Traceback" not in done.stderr


def believed(value: str) -> str:
    return proxy_networks(click.Context(main), click.Option(["--proxy"]), value)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("nonsense", "'nonsense' does not appear to be an IPv4 or IPv6 network"),
        ("localhost", "give the IP address of the proxy (127.0.0.1), or its network (10.0.0.0/8)"),
        ("10.0.0.1/8", "has host bits set"),
        ("127.0.0.1,nonsense", "'nonsense' does not appear to be"),
        ("*", "'*' is everybody, who could then choose the address"),
        ("::/0", "'::/0' is everybody"),
    ],
)
def test_what_is_no_proxy_is_a_usage_error(value: str, message: str) -> None:
    """Exit 2, before anything is served; the message says what is expected."""
    done = lod("serve", "/nowhere", "--proxy", value)
    assert done.exit_code == 2 and "Invalid value for '--proxy'" in done.output
    assert message in " ".join(done.output.split())


@pytest.mark.parametrize(
    ("value", "clients", "strangers"),
    [
        ("127.0.0.1", ["127.0.0.1"], ["127.0.0.2", "nonsense", ""]),
        ("10.0.0.0/8", ["10.1.2.3"], ["11.0.0.1"]),
        ("127.0.0.1, 10.0.0.0/8,::1", ["127.0.0.1", "10.9.9.9", "::1", "0:0::1"], ["::2"]),
    ],
)
def test_a_proxy_is_an_address_or_a_network(
    value: str, clients: list[str], strangers: list[str]
) -> None:
    """The server believes those that were named, and nobody else."""

    def client(asking: str) -> str:
        return client_of({"REMOTE_ADDR": asking, "HTTP_X_FORWARDED_FOR": "x"}, believed(value))

    assert {client(asking) for asking in clients} == {"x"}
    assert [client(asking) for asking in strangers] == strangers
    assert believed("") == ()


def test_defaults_are_what_the_options_allow(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine of many processors, or with one of them (taskset, a container)."""
    for usable, expected in ((96, 64), (3, 3)):
        processors = {*range(usable)}
        monkeypatch.setattr("os.sched_getaffinity", lambda pid, known=processors: known)
        assert jobs() == expected


def test_a_port_that_the_system_chooses_is_told(sample: Path) -> None:
    """With --port 0 the address that is printed is the one that answers."""
    command = [sys.executable, "-m", "lod", "serve", sample, "--port", "0", "--no-log"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        told = next(line for line in server.stdout if "is served" in line)
        try:
            with urlopen(told.split()[0]) as answer:
                assert answer.status == 200
        finally:
            server.terminate()


def mapped(pid: int) -> str:
    """Return which libraries a process has loaded: from the first of lxml on, it imports ours."""
    return Path(f"/proc/{pid}/maps").read_text("utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("processes", [1, 3, 4, 5])
def test_an_interruption_is_told_in_a_line(processes: int, tmp_path: Path) -> None:
    """Ctrl+C, which all processes get, while it imports or all are at work: nothing comes of it."""
    ours = [*INTERRUPTED, "build", packaged.SAMPLE, "--to", tmp_path, "--jobs=2"]
    with subprocess.Popen(
        ours, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as build:
        if processes == 1:
            wait_for(lambda: "lxml" in mapped(build.pid), 10, lambda: "does not begin")
        else:
            pid, others = build.pid, processes - 1
            wait_for(lambda: len([*descendants(pid)]) >= others, 20, lambda: "no processes")
        os.killpg(build.pid, signal.SIGINT)
        out, told = build.communicate(timeout=HANG)
    # an import that is interrupted while it runs a text has Python end itself by that signal
    assert build.returncode in (130, -signal.SIGINT)
    assert (out, told) == ("", "lod: interrupted\n")
    assert not (tmp_path / "current").exists() and not list(tmp_path.glob("releases/*"))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["questions.db", "recherche.db", "ressources.db"])
@pytest.mark.parametrize("left", [0.5, 0, None])
def test_a_damaged_release_is_told_in_a_line(
    tmp_path: Path, sample: Path, name: str, left: float | None
) -> None:
    """One of which a part, or nothing, is left, or that is gone, has a message and a remedy."""
    out = linked(sample, tmp_path / "out")
    path = current(out) / name
    data = path.read_bytes()
    path.unlink()
    if left is not None:
        path.write_bytes(data[: int(len(data) * left)])
    done = lod("export", out, "--to", tmp_path / "public", "--jobs", 1)
    assert done.exit_code == 1 and "a file of the release is damaged: make" in done.stderr
    assert left is not None or f"{path.resolve()}: no such file" in done.stderr
    assert done.stderr.count("\n") == 1
