"""How fast the endpoint answers, beside others on the same store and machine:
`python -m tests.bench.serving [--count N]…`.

So many synthetic questions, loaded once and kept in `build/bench`. A cell is the median of three
turns of four seconds, with `BENCH=small` of one, with eight connections (wrk, Debian:
`apt-get install wrk`). What is asked without
the help of a cache ends with a comment that none has seen. Linux only: memory is read from /proc.
"""

import json
import shutil
import subprocess
import sys
import sysconfig
import time
import venv
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from itertools import accumulate
from pathlib import Path
from random import Random
from urllib.parse import quote

from msgspec import structs
from pyoxigraph import parse

from lod.pipeline.mapping import authorities, question_triples
from lod.pipeline.mapping.descriptions import Descriptions
from lod.rdf import store
from lod.rdf.iris import Iris
from lod.rdf.serialize import ntriples
from lod.rdf.vocab import PREFIXES
from lod.reference.directory import NO_ARCHIVES
from lod.reference.executive_tables import from_tables
from lod.reference.tables import latest_day
from tests.bench.results import BUILD, ROOT, Row, measured, scale
from tests.bench.watching import memory
from tests.support.live import rated
from tests.support.paths import BASE
from tests.support.server_data import free_port, point
from tests.support.synthetic.lives import questions

SECONDS, QUICK, ROUNDS = 4, 1, 3  # of one turn of one server; how many turns
CONNECTIONS = 8
PEER = "rdflib-endpoint 0.6.3"
PEER_STORE = "oxrdflib==0.5.0"
JSON = "application/sparql-results+json"
HERE = Path(__file__).parent
OURS, ENGINE = "lod serve", "oxigraph"
CHEAP_UNIQUE, CACHED, MIX = "cheap", "cheap, cached", "mix"  # loads that are judged

CHEAP = "SELECT ?p ?o {{ <{iri}> ?p ?o }} LIMIT 10"
LOOK_UP = "SELECT ?p ?o {{ <{iri}> ?p ?o }}"
MEDIUM = (  # 22 ms of processor in the engine, with 45,000 questions
    "PREFIX qp: <{qp}> SELECT ?r (COUNT(*) AS ?n) "
    "{{ ?q qp:typeQuestion qp:type-QG ; qp:rubrique ?r }} GROUP BY ?r"
)
HEAVY = (  # 310 ms
    "PREFIX qp: <{qp}> SELECT ?g ?r (COUNT(*) AS ?n) "
    "{{ ?q qp:rubrique ?r ; qp:groupe ?g }} GROUP BY ?g ?r ORDER BY DESC(?n) ?g ?r"
)
# queries of the site that take less than 1.5 s of the engine each
EXAMPLES = (
    "deputes", "errata", "femmes-et-hommes", "fraicheur", "groupes", "liste-de-rappel",
    "ministeres", "mortes-sans-reponse", "par-departement", "par-mois", "plus-longues-attentes",
    "portefeuilles", "rappels", "reattribuees", "renouvelees", "rubriques", "statuts",
    "textes-cites", "types", "vie-d-une-question",
)  # fmt: skip
LOOKED_UP, DRAWN = 200, 5_000
WARM = 20.0  # seconds at most for asking each query once before it counts


@dataclass(frozen=True, slots=True)
class Server:
    """Something that serves the store: its name, its command, where it takes queries."""

    name: str
    command: Callable[[int], list[str]]  # of a port
    prefix: str = "/sparql?query="


@dataclass(frozen=True, slots=True)
class Figures:
    """What one cell took: answers a second, milliseconds, bytes, and requests that failed."""

    rate: float
    p50: float
    p99: float
    memory: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked: the lines of a file, each the encoded text of a query."""

    name: str
    lines: list[str]
    unique: bool = True  # no cache can help
    peers: tuple[str, ...] = ("bare Flask", ENGINE)


def triples(count: int) -> Iterator[bytes]:
    """Yield the N-Triples of so many synthetic questions, and of what they refer to."""
    iris, references = Iris(BASE), Descriptions()
    for question in questions(count):
        q = structs.replace(question, donnees_au=latest_day(question))
        references.add(authorities.references(q, NO_ARCHIVES, from_tables(), iris))
        yield ntriples(question_triples.question(q, iris))
        for r in q.reponses:
            yield ntriples(question_triples.reponse(q, r, iris))
    yield ntriples(references.triples())


def release(count: int) -> Path:
    """Return a folder with a release of so many questions, made once: store and manifest only."""
    folder = BUILD / str(count)
    if (folder / "current").is_symlink():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    home = folder / "releases" / "r1"
    (home / "site").mkdir(parents=True)
    data = folder / "data.nt"
    with data.open("wb") as file:
        file.writelines(triples(count))
    said = (piece for path in (data, labels(folder)) for piece in store.pieces(path))
    size = store.load(home / "store", said, is_last=True)
    data.unlink()
    manifest = {"id": "r1", "base": BASE, "donnees_au": "2026-10-31", "triples": {"store": size}}
    (home / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    point(folder, "r1")
    return folder


def labels(folder: Path) -> Path:
    """Return the ontology as N-Triples: queries ask for the names of its concepts."""
    path = folder / "ontology.nt"
    quads = parse(path=str(ROOT / "ontology" / "qp.ttl"))
    path.write_bytes(ntriples(quad.triple for quad in quads))
    return path


def loads(home: Path) -> Iterator[Load]:
    """Yield the rows of the table."""
    found = store.open_store(home / "store").query(
        f"SELECT ?q {{ ?q a <{PREFIXES['qp']}Question> }} LIMIT {LOOKED_UP}"
    )
    iris = [row["q"].value for row in found]
    cheap = [quote(CHEAP.format(iri=iri)) for iri in iris]
    medium, heavy = (quote(query.format(qp=PREFIXES["qp"])) for query in (MEDIUM, HEAVY))
    examples = [(ROOT / "site/queries" / f"{name}.rq").read_text("utf-8") for name in EXAMPLES]
    mix = drawn(examples + [LOOK_UP.format(iri=iri) for iri in iris])
    yield Load(CHEAP_UNIQUE, cheap, peers=("bare Flask", ENGINE, PEER))
    yield Load("medium", [medium])
    yield Load("heavy", [heavy])
    yield Load(CACHED, cheap, unique=False, peers=(ENGINE,))
    yield Load(MIX, mix, unique=False)


def drawn(queries: list[str]) -> list[str]:
    """Draw from the queries as people do: the n-th is asked 1/n as often as the first."""
    rng = Random(1)
    rng.shuffle(queries)
    weights = list(accumulate(1 / rank for rank in range(1, len(queries) + 1)))
    return [quote(text) for text in rng.choices(queries, cum_weights=weights, k=DRAWN)]


def servers(folder: Path) -> Iterator[Server]:
    """Yield ours and the others; one that cannot be had is told."""
    home, python = str(folder / "current" / "store"), sys.executable
    ours = [python, "-m", "lod", "serve", str(folder), "--timeout", "60", *rated(0), "--port"]
    yield Server(OURS, lambda port: [*ours, str(port)])
    yield Server("bare Flask", lambda port: [python, "-m", "tests.bench.bare", home, str(port)])
    oxigraph = Path(sysconfig.get_path("scripts")) / "oxigraph"
    command = [str(oxigraph), "serve-read-only", "--location", home, "--bind"]
    yield Server(ENGINE, lambda port: [*command, f"127.0.0.1:{port}"], "/query?query=")
    if peer := peer_python():
        program = [peer, str(HERE / "rdflib_endpoint_app.py"), home]
        yield Server(PEER, lambda port: [*program, str(port)])


def peer_python() -> str:
    """Return the Python of an environment with rdflib-endpoint, empty if it cannot be made."""
    folder = BUILD / "rdflib-endpoint"
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        venv.create(folder, clear=True, with_pip=True)
        install = [
            str(python),
            "-m",
            "pip",
            "install",
            "--quiet",
            PEER.replace(" ", "[web]=="),
            PEER_STORE,
            "uvicorn",
        ]
        if subprocess.run(install, check=False).returncode:
            print("SKIPPED: rdflib-endpoint cannot be installed here")
            return ""
        (folder / "ready").touch()
    return str(python)


@contextmanager
def running(server: Server) -> Iterator[tuple[int, int]]:
    """Start a server; yield its process and its port once it answers."""
    port = free_port()
    with subprocess.Popen(
        server.command(port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            while not answers(port, server.prefix + quote("ASK {}")):
                assert process.poll() is None, f"{server.name} does not start"
                time.sleep(0.1)
            yield process.pid, port
        finally:
            process.terminate()


def answers(port: int, target: str) -> bool:
    """Say whether a query is answered."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", target, headers={"Accept": JSON})
        response = connection.getresponse()
        response.read()
        return response.status == 200
    except OSError:
        return False
    finally:
        connection.close()


def compare(servers: list[Server], load: Load, seconds: int) -> Iterator[tuple[str, Figures]]:
    """Yield what one load takes of each server: the median of ROUNDS, in which they take turns.

    They all run at once, and one is asked at a time: the machine may be shared, but equally.
    """
    (BUILD / "queries.txt").write_text("\n".join(load.lines), "ascii")
    with ExitStack() as stack:
        started = [(server, *stack.enter_context(running(server))) for server in servers]
        rounds: dict[str, list[Figures]] = {server.name: [] for server in servers}
        for server, _, port in started:
            warm(server, load, port)
        for _ in range(ROUNDS):
            for server, pid, port in started:
                figures = replace(wrk(server, load, port, seconds), memory=memory(pid))
                rounds[server.name].append(figures)
    for name, found in rounds.items():
        yield name, sorted(found, key=lambda figures: figures.rate)[ROUNDS // 2]


def warm(server: Server, load: Load, port: int) -> None:
    """Ask each query once, as far as the time allows; then as many at once as will count."""
    until = time.monotonic() + WARM
    for line in dict.fromkeys(load.lines):
        if time.monotonic() < until:
            answers(port, server.prefix + line)
    wrk(server, load, port, 1)


def wrk(server: Server, load: Load, port: int, seconds: int) -> Figures:
    """Let wrk ask; return what it says."""
    command = [
        "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "60s", "-H",
        f"Accept: {JSON}", "-s", str(HERE / "load.lua"), f"http://127.0.0.1:{port}", "--",
        str(BUILD / "queries.txt"), server.prefix, "unique" if load.unique else "",
    ]  # fmt: skip
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    line = next(line for line in run.stdout.splitlines() if line.startswith("FIGURES"))
    asked, failed, took, p50, p99 = map(float, line.split()[1:])
    return Figures((asked - failed) / took * 1e6, p50 / 1000, p99 / 1000, failed=int(failed))


def measure(count: int) -> Iterator[Row]:
    """Yield what each load takes of each server: answers a second, milliseconds, failures."""
    folder = release(count)
    for load in loads(folder / "current"):
        asked = [s for s in servers(folder) if s.name in (OURS, *load.peers)]
        for name, f in compare(asked, load, QUICK if scale() == "small" else SECONDS):
            yield {
                "what": name, "load": load.name, "count": count, "rate": round(f.rate, 1),
                "p50": round(f.p50, 2), "p99": round(f.p99, 2), "peak": f.memory,
                "failed": f.failed,
            }  # fmt: skip


if __name__ == "__main__":
    if shutil.which("wrk"):
        measured("serving", measure)
    else:
        print("SKIPPED: no wrk here; on Debian: apt-get install wrk")
