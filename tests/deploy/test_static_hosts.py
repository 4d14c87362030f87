"""The examples for hosts that only send files, each run by the real program on a real export."""

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urljoin, urlsplit

import pytest
from pyoxigraph import RdfFormat, Store

from lod.base import packaged
from lod.base.settings import Settings
from lod.build import build
from lod.server.routes.release_files import TYPES
from tests.support.deployed import apache, example, nginx, serving
from tests.support.once import export_all
from tests.support.patience import HANG
from tests.support.server_data import Answer, asked_on, free_port

pytestmark = [pytest.mark.tool, pytest.mark.slow]
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
FORMS = {"text/turtle": "ttl", "application/ld+json": "jsonld", "application/n-triples": "nt",
         "application/rdf+xml": "rdf"}  # fmt: skip
FILES = ("dcat.ttl", "sources", "telechargements")  # what begins so is a file itself


@dataclass(frozen=True, slots=True)
class Host:
    """A program that sends the files of an export, whose base is its own address."""

    port: int
    files: Path

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def ask(self, address: str, accept: str = BROWSER, method: str = "GET") -> Answer:
        parts = urlsplit(urljoin(self.base, address))._replace(scheme="", netloc="", fragment="")
        connection = HTTPConnection("127.0.0.1", self.port, timeout=HANG)
        return asked_on(connection, parts.geturl(), method, None, {"Accept": accept})

    def found(self, address: str, accept: str) -> Answer:
        """Return the answer for an address, or for that which it leads to."""
        got = self.ask(address, accept)
        return self.ask(got.headers["location"], accept) if got.status == 303 else got


@pytest.fixture(scope="module")
def exported() -> Iterator[tuple[Path, int]]:
    """The sample as files, for a base that is a port of this machine; and the port."""
    port = free_port()
    with TemporaryDirectory() as name:  # in a folder that every user may read
        (folder := Path(name)).chmod(0o755)
        settings = Settings(base=f"http://127.0.0.1:{port}/")
        build([packaged.SAMPLE], folder / "out", settings, jobs=2, sample=True)
        export_all(folder / "out", folder / "public")
        yield folder / "public", port


def nginx_command(folder: Path, files: Path, port: int) -> list[str]:
    return nginx(folder, example(
        "nginx-static.conf", ("listen 80;", f"listen 127.0.0.1:{port};"),
        ("root /srv/www/questions;", f"root {files};"),
    ))  # fmt: skip


def apache_command(folder: Path, files: Path, port: int) -> list[str]:
    pairs = ("*:80", f"127.0.0.1:{port}"), ("/srv/www/questions", str(files))
    return apache(folder, example("apache-static.conf", *pairs), port)


COMMANDS = {"nginx": nginx_command, "apache": apache_command}


@pytest.fixture(scope="module", params=COMMANDS)
def host(
    request: pytest.FixtureRequest,
    exported: tuple[Path, int],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Host]:
    files, port = exported
    folder = tmp_path_factory.mktemp(request.param)
    command = COMMANDS[request.param](folder, files, port)
    found = Host(port, files)
    with serving(command, folder, lambda: found.ask("/").status == 200):
        yield found
    told = (folder / "log").read_text("utf-8") + (folder / "error").read_text("utf-8")
    assert "[warn]" not in told and "[error]" not in told, told[-2000:]


def published(host: Host) -> dict[str, list[str]]:
    """Return kind → some IRIs of the data below the base, without fragments."""
    found: dict[str, dict[str, None]] = {}
    ours = re.compile(rf"<{re.escape(host.base)}([^>#]+)")
    with gzip.open(host.files / "telechargements/tout.nq.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            for path in ours.findall(line):
                some = found.setdefault(path.partition("/")[0], {})
                if len(some) < 5:
                    some[path] = None
    return {kind: [*paths] for kind, paths in found.items()}


def test_published_iris_resolve(host: Host) -> None:
    """Of each kind, for a browser and for who wants data; the Turtle tells of the IRI."""
    kinds = published(host)
    assert len(kinds) > 18 and {"question", "depute", "def", ".well-known", "sparql"} <= {*kinds}
    for path in (path for paths in kinds.values() for path in paths):
        page = host.found(path, BROWSER)
        assert page.status == 200 and page.headers["vary"] == "Accept", path
        if path.startswith(FILES):
            continue
        assert page.headers["content-type"].startswith("text/html"), path
        for media, form in FORMS.items():
            if not (host.files / f"{path}.{form}").is_file():
                assert path in ("recherche", "sparql"), (path, form)
                continue
            data = host.found(path, f"{media}, */*;q=0.1")
            assert data.status == 200, path
            assert data.headers["content-type"].partition(";")[0] == media, path
            assert data.headers["access-control-allow-origin"] == "*"
            if form == "ttl" and path != "sparql":
                store = Store()
                store.load(data.body, format=RdfFormat.TURTLE, base_iri=host.base)
                subjects = {getattr(quad.subject, "value", "") for quad in store}
                assert f"{host.base}{path}" in {s.partition("#")[0] for s in subjects}, path


def test_who_accepts_anything(host: Host) -> None:
    """Gets a page; of the description of the dataset, as from the server, Turtle."""
    ask = partial(host.ask, accept="*/*")
    assert ask("/def").headers["location"].endswith("/def.html")
    assert ask("/.well-known/void").headers["location"].endswith("/.well-known/void.ttl")
    data = host.ask("/", "text/turtle")
    assert (data.status, data.headers["location"][-21:]) == (303, "/.well-known/void.ttl")
    assert host.ask("/").headers["content-type"].startswith("text/html")


def test_media_types_are_those_of_the_server(host: Host) -> None:
    endings: dict[str, Path] = {}
    for path in sorted(host.files.rglob("*")):
        if path.is_file():
            endings.setdefault(path.suffix[1:], path)
    assert len(endings) > 20
    others = {"": "text/plain", "bib": "application/x-bibtex", "md": "text/markdown",
              "ris": "application/x-research-info-systems", "trig": "application/trig"}  # fmt: skip
    for ending, path in endings.items():
        got = host.ask(str(path.relative_to(host.files)))
        assert (got.status, got.body) == (200, path.read_bytes())
        media, _, charset = got.headers["content-type"].partition("; charset=")
        expected = TYPES.get(ending, "") or others.get(ending, "application/octet-stream")
        assert (media, charset.lower()) == (expected, "utf-8" * media.startswith("text/")), path
        assert got.headers["x-content-type-options"] == "nosniff"


def test_what_is_not_there(host: Host) -> None:
    """It is said, by a page; that nobody answers queries, to who sends one."""
    for path in ("/question/X", "/question/X.html", "/x", "/question/",
                 "/..%2f..%2fetc/passwd", "/x%0d%0aSet-Cookie:%20a"):  # fmt: skip
        got = host.ask(path, "text/turtle")
        assert got.status in (400, 404) and "set-cookie" not in got.headers, path
    assert b"<h1" in host.ask("/question/X").body
    assert host.ask("/sparql?query=ASK%7B%7D").status == 501
    assert host.ask("/telechargements").headers["location"].endswith("/telechargements/")
    assert host.ask("/telechargements/").status == 200
    assert host.ask("/exemples").headers["location"].endswith("/exemples.html")  # a folder, too
