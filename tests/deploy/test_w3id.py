"""The redirections of the namespace, as a real Apache applies them."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.support.deployed import DEPLOY, apache, serving
from tests.support.server_data import asked, free_port

HOST = "https://questions.example.org"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of an Apache that has the folder where w3id.org would have it."""
    port = free_port()
    with TemporaryDirectory() as name:  # in a folder that every user may read
        (home := Path(name)).chmod(0o755)
        folder = home / "www" / "questions-parlementaires"
        folder.mkdir(parents=True)
        shutil.copy(DEPLOY / "w3id" / ".htaccess", folder)
        text = (
            f"ServerName w3id.test\nDocumentRoot {home}/www\n"
            f"<Directory {home}/www>\nAllowOverride All\nRequire all granted\n</Directory>\n"
        )
        command = apache(home, text, port)
        with serving(command, home, (home / "pid").exists):
            yield port


@pytest.mark.parametrize(
    ("path", "accept", "where"),
    [
        ("def", "text/turtle", "/def"),
        ("def", "text/html", "/def"),
        ("def/26.11.0", "*/*", "/def/26.11.0"),
        ("def/delais", "*/*", "/def/delais"),
        ("alignements", "*/*", "/telechargements/alignements.ttl"),
        ("shapes", "text/html,*/*;q=0.8", "/formes.html"),
        ("shapes", "text/turtle", "/telechargements/shapes.ttl"),
        ("projet", "*/*", "/a-propos.html"),
        ("", "*/*", "/a-propos.html"),
        ("autre", "*/*", ""),  # nowhere
    ],
)
def test_each_address_leads_to_the_publisher(port: int, path: str, accept: str, where: str) -> None:
    """By 303: what is identified is not the document."""
    got = asked(port, f"/questions-parlementaires/{path}", "GET", None, {"Accept": accept})
    expected = (303, HOST + where) if where else (404, None)
    assert (got.status, got.headers.get("location")) == expected
