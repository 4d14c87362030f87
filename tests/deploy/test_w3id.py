"""The redirections of the namespace, as a real Apache applies them."""

import http.client
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.deployed import DEPLOY
from tests.support.patience import HANG, wait_for
from tests.support.programs import need
from tests.support.server_data import free_port

RULES = DEPLOY / "w3id" / ".htaccess"
HOST = "https://questions.example.org"
MODULES = ("mpm_event", "authz_core", "rewrite")
WHERE = Path("/usr/lib/apache2/modules")


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of an Apache that has the folder where w3id.org would have it."""
    apache = need("apache2")
    home, port = tmp_path_factory.mktemp("w3id"), free_port()
    folder = home / "www" / "questions-parlementaires"
    folder.mkdir(parents=True)
    shutil.copy(RULES, folder)
    home.chmod(0o755)
    loaded = "".join(f"LoadModule {name}_module {WHERE}/mod_{name}.so\n" for name in MODULES)
    (home / "apache.conf").write_text(
        f"{loaded}ServerRoot {home}\nServerName w3id.test\nListen 127.0.0.1:{port}\n"
        f"PidFile {home}/pid\nErrorLog {home}/log\nDocumentRoot {home}/www\n"
        f"<Directory {home}/www>\nAllowOverride All\nRequire all granted\n</Directory>\n",
        "utf-8",
    )
    command = [apache, "-f", str(home / "apache.conf"), "-DFOREGROUND"]
    with subprocess.Popen(command, env=os.environ | {"LC_ALL": "C"}) as process:
        try:
            wait_for(lambda: (home / "pid").exists(), HANG, lambda: str(process.poll()))
            yield port
        finally:
            process.send_signal(signal.SIGTERM)


def asked(port: int, path: str, accept: str = "*/*") -> tuple[int, str | None]:
    """Return the status of an address, and where it leads."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=HANG)) as connection:
        connection.request("GET", f"/questions-parlementaires/{path}", headers={"Accept": accept})
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.getheader("Location")


@pytest.mark.parametrize(
    ("path", "accept", "where"),
    [
        ("def", "text/turtle", "/def"),
        ("def", "text/html", "/def"),
        ("def/26.11.0", "*/*", "/def"),
        ("def/delais", "*/*", "/def"),
        ("alignements", "*/*", "/telechargements/alignements.ttl"),
        ("shapes", "text/html,*/*;q=0.8", "/formes.html"),
        ("shapes", "text/turtle", "/telechargements/shapes.ttl"),
        ("projet", "*/*", "/a-propos.html"),
        ("", "*/*", "/a-propos.html"),
    ],
)
def test_each_address_leads_to_the_publisher(port: int, path: str, accept: str, where: str) -> None:
    """By 303: what is identified is not the document."""
    assert asked(port, path, accept) == (303, HOST + where)


def test_nothing_else_leads_anywhere(port: int) -> None:
    """What is no address of the project is not found."""
    assert asked(port, "autre") == (404, None)
