"""`lod publish --check`: what is done is seen, also beside hosts that misbehave."""

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner

from lod.base.settings import Settings
from lod.cli import main
from lod.extensions.static_app.steps import DONE, OPEN, UNSEEN, Sight, look, steps
from tests.support.paths import ROOT


class Misbehaving(BaseHTTPRequestHandler):
    """Answers with the status that a path names: with what is expected, or not."""

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        status, _, what = self.path[1:].partition("/")
        if not status.isdigit():
            return  # hangs up
        self.send_response(int(status))
        if status == "302":
            self.send_header("Location", f"https://{what}/")
        if what == "half":
            self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(what.encode())


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Misbehaving) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def seen(kind: str, where: str, expected: str = "") -> Sight:
    step = replace(steps()[0], sorte=kind, ou=where, attendu=expected)
    [sight] = look([step], Settings(base="https://q.example.org/"), ROOT)
    return sight


@pytest.mark.parametrize(("kind", "path", "state", "said"), [
    ("adresse", "200/there", DONE, ""), ("adresse", "200/elsewhere", OPEN, "has no there"),
    ("adresse", "404/there", OPEN, "404 Not Found"), ("adresse", "500/there", UNSEEN, "500 "),
    ("adresse", "302/there", UNSEEN, "https://there/"), ("adresse", "no", UNSEEN, "hung up"),
    ("adresse", "200/half", UNSEEN, "broke off"), ("renvoi", "200/there", UNSEEN, "200 OK"),
    ("renvoi", "302/there", OPEN, "leads to 'https://there/'"),
])  # fmt: skip
def test_what_an_address_answers(host: str, kind: str, path: str, state: str, said: str) -> None:
    sight = seen(kind, host + path, "there")
    assert sight.state == state and said in sight.why
    assert seen("renvoi", f"{host}302/q.example.org/def", "{base}").state == DONE


def test_what_stands_here_is_seen() -> None:
    assert seen("adresse", "http://127.0.0.1:9/").state == UNSEEN  # nobody listens
    assert seen("domaine", ".github.io").state == DONE
    assert seen("domaine", ".example.org").state == OPEN
    assert seen("fichier", "deploy/github-pages.yml", "lod export").state == DONE
    assert seen("fichier", "README.md", "no such words there").state == OPEN
    assert seen("reglage", "base").state == DONE and "doi" in seen("reglage", "base;doi").why


def test_the_command_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without settings nothing of ours is asked of others; a mistake in them ends it."""
    monkeypatch.chdir(tmp_path)
    table = [s for s in steps() if "{" in s.ou + s.attendu or s.sorte in ("reglage", "fichier")]
    monkeypatch.setattr("lod.extensions.static_app.steps.steps", lambda: table)
    done = CliRunner().invoke(main, ["publish", "--check"])
    assert done.exit_code == 1 and f"0 of {len(table)} steps done, 7 missing" in done.stderr
    assert "1: no editeur, contact, base; write" in done.stderr
    Path("lod.toml").write_text('bas = "x"', "utf-8")
    assert CliRunner().invoke(main, ["publish", "--check"]).exit_code == 2


def test_the_guide_and_the_registry_have_the_same_steps() -> None:
    """Ten rows in each language, in order; `server.json` is of this version, and short enough."""
    for name in ("sans-serveur.md", "sans-serveur.en.md"):
        text = (ROOT / "site/extensions/static_app/pages" / name).read_text("utf-8")
        assert re.findall(r"^\| (\d+) \|", text, re.M) == [str(step.etape) for step in steps()]
    told = json.loads((ROOT / "deploy/server.json").read_text("utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert told["version"] == project["version"] and len(told["description"]) <= 100
    assert re.fullmatch(r"[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+", told["name"])
    assert [remote["type"] for remote in told["remotes"]] == ["streamable-http"]
