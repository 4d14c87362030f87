"""Stores of others, started on the loopback: the Oxigraph server, and Virtuoso 7."""

import shutil
import subprocess
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib import request as http
from urllib.error import HTTPError, URLError
from urllib.parse import quote

import pytest

from tests.support.patience import HANG, wait_for
from tests.support.server_data import free_port

START = 60.0  # seconds; Virtuoso makes its files first
VIRTUOSO = Path(__file__).with_name("virtuoso.ini").read_text("utf-8")
# engine → path of the Graph Store Protocol, up to the IRI of a graph
GRAPHS = {"oxigraph": "store?graph=", "virtuoso": "sparql-graph-crud-auth?graph-uri="}
ROWS = 2000  # the most that this Virtuoso gives, so that a test can ask for more


@dataclass
class Store:
    """A server that can be killed and started again on its data."""

    command: list[str]
    port: int
    engine: str
    user: str = ""
    password: str = ""
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        process = self.process

        def answers() -> bool:
            assert process.poll() is None, f"{self.engine} has ended"
            return self._answers()

        wait_for(answers, START, lambda: f"{self.engine} does not answer")

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait(HANG)

    def put(self, graph: str, triples: bytes) -> None:
        """Replace a graph, by the SPARQL 1.1 Graph Store Protocol."""
        place, form = self.url + GRAPHS[self.engine] + quote(graph), "application/n-triples"
        request = http.Request(place, triples, {"Content-Type": form}, method="PUT")
        if self.user:  # the challenge comes first: Virtuoso breaks off a long body without a proof
            known = http.HTTPPasswordMgrWithDefaultRealm()
            known.add_password(None, self.url, self.user, self.password)
            with pytest.raises(HTTPError) as refused:
                http.urlopen(http.Request(place, b"", method="PUT"), timeout=60)
            said = refused.value.headers["WWW-Authenticate"].partition(" ")[2]
            refused.value.close()
            challenge = http.parse_keqv_list(http.parse_http_list(said))
            proof = http.AbstractDigestAuthHandler(known).get_authorization(request, challenge)
            request.add_header("Authorization", f"Digest {proof}")
        http.urlopen(request, timeout=60).close()

    def _answers(self) -> bool:
        try:
            with http.urlopen(self.url, timeout=5):
                return True
        except HTTPError:
            return True  # Virtuoso has no page there
        except (URLError, OSError):
            return False


@contextmanager
def running(store: Store) -> Iterator[Store]:
    store.start()
    try:
        yield store
    finally:
        store.stop()


def oxigraph(folder: Path | None, way: str = "serve") -> Store:
    """The server of the engine that we have ourselves; without a folder, in memory: no disk."""
    port, program = free_port(), str(Path(sysconfig.get_path("scripts")) / "oxigraph")
    place = ["--location", str(folder)] if folder else []
    return Store([program, way, *place, "--bind", f"127.0.0.1:{port}"], port, "oxigraph")


def virtuoso(folder: Path) -> Store:
    """Another one, in C; skipped, loudly, where it is not."""
    program = shutil.which("virtuoso-t")
    if not program:
        pytest.skip("virtuoso-t is absent: apt-get install virtuoso-opensource")
    folder.mkdir(parents=True, exist_ok=True)
    port, ini = free_port(), folder / "v.ini"
    ini.write_text(VIRTUOSO.format(folder=folder, port=port, sql=free_port(), rows=ROWS))
    command = [program, "-f", "-c", str(ini)]
    return Store(command, port, "virtuoso", user="dba", password="dba")


STORES: dict[str, Callable[[Path], Store]] = {
    "oxigraph": lambda folder: oxigraph(None),
    "virtuoso": virtuoso,
}
BOTH = [pytest.param("oxigraph"), pytest.param("virtuoso", marks=pytest.mark.tool)]
