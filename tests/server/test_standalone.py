"""Test the Flask application by itself, without the front of `lod serve`."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from wsgiref.validate import validator

import pytest
import urllib3
from flask import request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.test import Client, TestResponse

from lod.pipeline.questions.question_db import QUESTIONS_FILE
from lod.server.engine.settings import ServerSettings
from lod.server.limits import BODY_BYTES
from lod.server.routes.app import create_app
from lod.server.routes.context import state_of
from tests.support.patience import HANG, wait_for
from tests.support.server_data import RELEASE, free_port, publish

pytestmark = pytest.mark.slow


def ask(client: Client, method: str, target: str, **said: Any) -> TestResponse:
    """Send a request, and read its answer to the end."""
    return client.open(target, method=method, buffered=True, **said)


def test_a_long_body_is_refused(tmp_path: Path) -> None:
    """Flask itself bounds what any route, also of an extension, may read."""
    app = create_app(tmp_path, ServerSettings())
    asked = app.test_request_context("/x", method="POST", data=b"x" * (BODY_BYTES + 1))
    with asked, pytest.raises(RequestEntityTooLarge):
        request.get_data()


def test_a_release_of_an_earlier_program(tmp_path: Path) -> None:
    """Values packed otherwise are a problem that says what to do; the rest is answered."""
    publish(tmp_path)
    with closing(sqlite3.connect(tmp_path / "current" / QUESTIONS_FILE)) as disk:
        disk.execute("UPDATE contenu SET question = x'00'")
        disk.execute("DROP TABLE source")
        disk.commit()
    app = create_app(tmp_path, ServerSettings(workers=1))
    try:
        client = Client(validator(app))
        for path in ("/question/QANR5L15QE43349.bib", "/question/QANR5L15QE43349.en.html",
                     f"/sources/0e/{'0e' * 32}.txt"):  # fmt: skip
            answer = ask(client, "GET", path)
            assert answer.status_code == 503, path
            assert "publier" in answer.text or "refaire" in answer.text
            assert answer.headers["Retry-After"] and answer.headers["Cache-Control"] == "no-store"
        for path in ("/", "/question/QANR5L15QE43349.html", "/question/QANR5L15QE43349.ttl"):
            assert ask(client, "GET", path).status_code == 200
    finally:
        state_of(app).releases.close()


def test_under_flask_run(tmp_path: Path) -> None:
    publish(tmp_path)
    port = free_port()
    make = f"lod.server.routes.app:create_app('{tmp_path}')"
    command = [sys.executable, "-m", "flask", "--app", make, "run", "--port", str(port)]
    url = f"http://127.0.0.1:{port}/sparql?{urlencode({'query': RELEASE, 'format': 'csv'})}"
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process, urllib3.PoolManager(retries=False) as pool:  # fmt: skip

        def answer() -> bytes:
            assert process.poll() is None
            try:
                return pool.request("GET", url, timeout=HANG).data
            except urllib3.exceptions.HTTPError:
                return b""

        try:
            wait_for(lambda: answer() == b"id\r\nr1\r\n", HANG, lambda: "it does not answer")
        finally:
            process.terminate()
