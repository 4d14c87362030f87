"""Test `lod serve --store`: remote engines give the same answers within the same limits."""

import gzip
import json
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from functools import partial
from pathlib import Path
from urllib.parse import quote

import orjson
import pytest
from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, parse
from pyoxigraph import Store as Memory

from lod.base.errors import LodError, UsageError
from lod.extensions.stores.commands import ENGINES
from lod.extensions.stores.store_client import (
    StoreClient,
    StoreElsewhere,
    engine_rows,
    graph_of,
    recognised,
)
from lod.publish.release import current
from lod.rdf.store import open_store
from lod.rdf.vocab import PREFIXES, SH
from lod.server.limits import WorkerLimits
from tests.extensions.stores.relay import Relay, load, quads, relaying, status
from tests.support import engines
from tests.support.comparing import named_graphs_of
from tests.support.engines import Table, by_oxigraph
from tests.support.live import live
from tests.support.paths import QUERIES, asked
from tests.support.patience import wait_for
from tests.support.repository import Answer as Fault
from tests.support.repository import Request, claiming, dripping, hanging_up, page
from tests.support.server_data import BASE, CROSS, Answer, Server, publish, serving
from tests.support.stores import BOTH, ROWS, STORES, Store, oxigraph, running

pytestmark = pytest.mark.slow

END = 40.0  # seconds that a server may take to end
LOCAL = "http://localhost:8000/"  # the base of the sample
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
# engine → queries of the site whose rows differ, and why
OTHERWISE = {
    "oxigraph": {},
    "virtuoso": {
        "delais-par-gouvernement": "divides integers as integers",
        "delais-par-ministre": "divides so, too; its path comes near a deadline on a busy machine",
        "femmes-et-hommes": "divides integers as integers",
        "majorite-et-opposition": "divides integers as integers",
        "questions-par-siege": "divides integers as integers",
        "vie-d-une-question": "its plan of fourteen patterns takes longer than any deadline",
    },
}


def asking(
    url: str, folder: Path, engine: str = "", **limits: float
) -> AbstractContextManager[Server]:
    more = {"limits": WorkerLimits(**limits)} if limits else {}
    store = StoreElsewhere(url=url, engine=engine, user="lena", password="s3cr3t")
    return serving(folder, workers=1, elsewhere=store, **more)


def served(server: Server, query: str, form: str = "json", **headers: str) -> Answer:
    return server.ask(f"/sparql?format={form}&query={quote(query)}", **headers)


def table(answer: Answer) -> Table:
    assert answer.status == 200, answer.body.decode()
    return engines.table(json.loads(answer.body))


def problem(answer: Answer) -> tuple[int, str]:
    assert answer.type == "application/problem+json", answer.body.decode()
    return answer.status, json.loads(answer.body)["type"].rpartition("/")[2]


@pytest.fixture(scope="module", params=BOTH)
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, sample: Path
) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp(request.param) / "data"
    with running(STORES[request.param](folder)) as found:
        load(found, sample)
        yield found


@pytest.fixture(scope="module")
def server(store: Store, sample: Path) -> Iterator[Server]:
    with asking(store.url, sample, seconds=5) as found:
        yield found


def test_queries_of_the_site(store: Store, server: Server, sample: Path) -> None:
    """The rows are those of the embedded store, except in the queries of OTHERWISE."""
    ours, otherwise = open_store(current(sample) / "store"), OTHERWISE[store.engine]
    for path in QUERIES:
        if "deadline" in otherwise.get(path.stem, ""):
            continue
        names, rows = by_oxigraph(ours, asked(path))
        answer = served(server, asked(path))
        assert answer.status == 200, path.stem
        theirs = table(answer)
        same = theirs[0] == names and Counter(theirs[1]) == Counter(rows)
        assert same == (path.stem not in otherwise), path.stem


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_tables_in_every_form(server: Server, form: str) -> None:
    query = "SELECT ?q ?t { ?q qp:titre ?t } ORDER BY ?q LIMIT 3"
    answer = served(server, query, form)
    assert answer.status == 200 and answer.type.endswith(form.replace("tsv", "separated-values"))
    assert answer.body.count(b"/question/QANR5L") == 3 and "«" in answer.body.decode()
    assert served(server, query, form, If_None_Match=answer.headers["etag"]).status == 304
    for query, truth in (("ASK { ?q qp:titre ?t }", b"true"), ("ASK { ?q qp:rang 9 }", b"false")):
        assert form not in ("json", "xml") or truth in served(server, query, form).body


@pytest.mark.parametrize("form", ["ttl", "nt", "jsonld", "rdf"])
def test_graphs_in_every_form(server: Server, form: str, sample: Path) -> None:
    query = "CONSTRUCT { ?q qp:titre ?t } { ?q qp:titre ?t ; qp:numero ?n }"
    syntax = RdfFormat.from_extension(form)
    assert syntax
    found = {q.triple for q in parse(served(server, query, form).body, format=syntax)}
    ours = open_store(current(sample) / "store").query(query, prefixes=PREFIXES)
    assert found == set(ours) and len(found) > 300
    page = served(server, query, "html")
    assert page.status == 200 and "qp:titre" in page.body.decode()


def test_only_the_release_is_seen(server: Server, sample: Path) -> None:
    total = open_store(current(sample) / "store")
    beside = sorted(name.value for name in total.named_graphs())  # type: ignore[union-attr]
    every = sum(1 for quad in total if str(quad.graph_name) == "DEFAULT")
    assert table(served(server, COUNT)) == (["n"], [(str(every),)])
    graphs = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
    names, rows = table(served(server, graphs))
    assert (names, sorted(rows)) == (["g"], [(name,) for name in beside])
    sizes = {name: sum(1 for _ in total.quads_for_pattern(None, None, None, NamedNode(name)))
             for name in beside}  # fmt: skip
    assert sum(sizes.values()) == len(total) - every
    assert len(sizes) == len(named_graphs_of(current(sample)))
    union = f"/sparql?query={quote(COUNT)}&format=json&union-default-graph=true"
    assert table(server.ask(union)) == (["n"], [(str(len(total)),)])
    own = graph_of(LOCAL, current(sample).name)
    for graph, size in (*sizes.items(), (own, 0), ("urn:x", 0)):
        asked = f"/sparql?query={quote(COUNT)}&format=json&default-graph-uri={quote(graph)}"
        assert table(server.ask(asked)) == (["n"], [(str(size),)])
        named = asked.replace("default", "named")
        assert table(server.ask(named)) == (["n"], [("0",)])


@pytest.mark.parametrize(
    ("query", "code", "slug"),
    [
        ("INSERT DATA { <urn:a> <urn:b> 1 }", 403, "lecture-seule"),
        ("DEFINE input:inference <x> SELECT * { ?s ?p ?o }", 400, "syntaxe"),
        ("SELECT * { ?s ?p ?o FILTER(<bif:sys_stat>('x') = 1) }", 400, "requete-invalide"),
        ("SELECT * { ?s ?p ?o FILTER(<sql:dba>('x')) }", 400, "requete-invalide"),
        ("SELECT * FROM <urn:x> { ?s ?p ?o }", 501, "moteur-incapable"),
        ("SELECT * { ?q ?p ?o FILTER(<recherche#contient>(?q, 'x')) }", 501, "moteur-incapable"),
    ],
)  # fmt: skip
def test_guards_stand_before_the_engine(server: Server, query: str, code: int, slug: str) -> None:
    assert problem(served(server, query)) == (code, slug)


def test_limits_hold(store: Store, server: Server, sample: Path) -> None:
    query = "SELECT ?s ?p ?o { ?s ?p ?o }"
    everything = served(server, query, "csv")
    if store.engine == "virtuoso":  # it sends the first 2,000 rows with status 200
        assert problem(everything) == (413, "reponse-trop-grande")
        assert str(ROWS) in everything.body.decode()
    else:
        assert everything.status == 200 and everything.body.count(b"\n") > 50_000
    with asking(store.url, sample, size=10_000) as small:
        assert problem(served(small, query + " LIMIT 1500")) == (413, "reponse-trop-grande")
    with asking(store.url, sample, seconds=1) as hasty:
        crossed = CROSS.replace("<urn:rang>", "qp:numero")
        assert problem(served(hasty, crossed)) == (504, "delai")
        assert table(served(hasty, "SELECT (1 AS ?n) {}"))[1] == [("1",)]  # the next is answered


@pytest.fixture(scope="module")
def ox() -> Iterator[Store]:
    with running(oxigraph(None)) as found:
        yield found


@pytest.fixture
def relayed(ox: Store, tmp_path: Path) -> Iterator[tuple[Relay, Server]]:
    publish(tmp_path, "r1", quads=quads("r1"))
    load(ox, tmp_path)
    with relaying(ox.port) as relay, asking(relay.url, tmp_path, "oxigraph", seconds=2) as server:
        yield relay, server


ROW = b'{"head":{"vars":["n"]},"results":{"bindings":[{"n":{"type":"literal","value":"1"}}'
BAD: list[tuple[Fault, int, str]] = [
    (hanging_up(None), 502, "moteur-distant"),
    (status(401), 502, "moteur-distant"),
    (status(503), 502, "moteur-distant"),
    (status(400), 501, "moteur-incapable"),
    (status(206), 504, "delai"),
    (status(302, Location="http://127.0.0.1:1/"), 502, "moteur-distant"),
    (page(200, "<html>Bienvenue</html>"), 502, "moteur-distant"),
    (claiming(ROW), 502, "moteur-distant"),
    (claiming(ROW, Content_Length=len(ROW) + 1000), 502, "moteur-distant"),
    (claiming(ROW + b"]} The operation has been cancelled"), 502, "moteur-distant"),
]


def test_an_engine_that_misbehaves(relayed: tuple[Relay, Server]) -> None:
    relay, server = relayed
    enough = threading.Event()
    faults = [*BAD, (dripping(enough), 504, "delai")]
    for number, (fault, code, slug) in enumerate(faults):
        # the request for the versions passes
        relay.always = lambda p, fault=fault: None if b"shacl%23declare" in p.body else fault
        answer = served(server, f"{COUNT} #{number}")
        assert problem(answer) == (code, slug), number
    enough.set()
    relay.heal()
    assert table(served(server, COUNT))[1] == [("1000",)]


def test_an_engine_that_is_away(relayed: tuple[Relay, Server]) -> None:
    """Queries get 502, `/sante` tells why, and the site is served."""
    relay, server = relayed
    assert json.loads(server.ask("/sante").body)["store"] == {"ok": True, "url": relay.url}
    relay.always = lambda request: hanging_up(None)
    assert problem(served(server, COUNT)) == (502, "moteur-distant")
    state = json.loads(server.ask("/sante").body)["store"]
    assert not state["ok"] and "moteur distant" in state["detail"]
    assert server.ask("/").status == 200
    relay.heal()
    assert table(served(server, COUNT))[1] == [("1000",)]


def test_a_release_is_followed_once_it_is_there(
    ox: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old release is served until the store has the new one, also after a restart."""
    monkeypatch.setattr("lod.server.engine.current_release.RELEASE_RETRY_SECONDS", 0.2)
    publish(tmp_path, "f1", quads=quads("f1"))
    with asking(ox.url, tmp_path) as server:
        assert problem(served(server, COUNT)) == (503, "moteur-sans-version")
        ox.put(graph_of(BASE, "f1"), b"<urn:a> <urn:b> <urn:c> .")  # without exemples.ttl
        assert problem(served(server, COUNT)) == (503, "moteur-sans-version")
        load(ox, tmp_path)
        wait_for(lambda: served(server, COUNT).status == 200, 30, lambda: "it is not found")
        publish(tmp_path, "f2", quads=quads("f2", 1234))
        for _ in range(3):
            time.sleep(0.25)
            assert b"Accueil f1" in server.ask("/").body
            assert table(served(server, COUNT))[1] == [("1000",)]
        with asking(ox.url, tmp_path) as late:
            assert b"Accueil f1" in late.ask("/").body
            assert table(served(late, COUNT))[1] == [("1000",)]
        load(ox, tmp_path)
        wait_for(lambda: b"Accueil f2" in server.ask("/").body, 30, lambda: "still f1")
        assert table(served(server, COUNT))[1] == [("1234",)]


def test_nobody_sees_the_password(ox: Store, tmp_path: Path) -> None:
    publish(tmp_path, "r1", quads=quads("r1"))
    load(ox, tmp_path)
    with asking(ox.url, tmp_path) as server:
        assert table(served(server, COUNT))[1] == [("1000",)]
        release = server.front.releases.current
        assert release and release.query_pool
        for pid in release.query_pool.pids():
            assert b"s3cr3t" not in Path(f"/proc/{pid}/cmdline").read_bytes()
        assert b"s3cr3t" not in orjson.dumps(json.loads(server.ask("/sante").body))


@pytest.mark.parametrize(
    ("engine", "header"),
    [("fuseki", "Basic bGVuYTpzM2NyM3Q="), ("qlever", "Bearer s3cr3t"), ("virtuoso", "")],
)
def test_who_asks(engine: str, header: str) -> None:
    """The engine decides how; a refusal, and what is no SPARQL, are told with advice."""
    with relaying(1) as relay:
        store = StoreElsewhere(url=relay.url, engine=engine, user="lena", password="s3cr3t")
        for fault, words in ((status(401), "401 Unauth"), (page(200, "<html>"), "is not SPARQL")):
            said: list[str] = []

            def refuse(request: Request, fault: Fault = fault, said: list[str] = said) -> Fault:
                said.append(request.headers.get("Authorization", ""))
                return fault

            relay.always = refuse
            with pytest.raises(LodError, match=f"{words}.*; is this the address of the store"):
                StoreClient(store).releases(BASE)
            assert said == [header]


def test_the_table_of_engines(ox: Store) -> None:
    assert tuple(engine_rows()) == ENGINES
    for row in engine_rows().values():
        assert row.essai and row.signature in ("", "basic", "bearer")
    assert StoreClient(StoreElsewhere(url=ox.url)).engine.nom == "oxigraph"
    with pytest.raises(UsageError, match="give --engine, one of oxigraph, virtuoso"):
        recognised("nginx", "http://x/")


def test_three_files_are_the_default_graph(sample: Path) -> None:
    """Those that the guide names, of which exemples.ttl alone says that a release is whole."""
    release, loaded = current(sample), Memory()
    prefixes = NamedNode(f"{LOCAL}exemples#prefixes")
    is_whole = partial(loaded.quads_for_pattern, prefixes, SH.declare, None)
    for name in ("questions.nt.gz", "ontology.ttl", "exemples.ttl"):
        assert not [*is_whole()]
        data = (release / "dumps" / name).read_bytes()
        syntax = RdfFormat.from_extension(Path(name.removesuffix(".gz")).suffix[1:])
        loaded.load(gzip.decompress(data) if name.endswith("gz") else data, format=syntax)
    ours = open_store(release / "store").quads_for_pattern(None, None, None, DefaultGraph())
    assert {*loaded} == {*ours} and [*is_whole()]


def test_the_end_with_a_silent_store(tmp_path: Path) -> None:
    """SIGTERM ends a server whose store is silent, with queries and `/sante` under way."""
    publish(tmp_path)
    # all are let in there, and nobody is answered
    with socket.create_server(("127.0.0.1", 0), backlog=1_000) as silent:
        store = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with live(tmp_path, timeout=5, options=["--store", store, "--engine", "oxigraph"]) as found:

            def quietly(ask: Callable[[], object]) -> None:
                with suppress(Exception):
                    ask()

            asks = [lambda: found.ask("/sante"), lambda: found.post(CROSS)] * 5
            threads = [threading.Thread(target=quietly, args=[ask]) for ask in asks]
            for thread in threads:  # so that some have waited, and some are evaluated, at the end
                thread.start()
                time.sleep(0.2)
            found.process.send_signal(signal.SIGTERM)
            wait_for(lambda: found.process.poll() is not None, END, lambda: found.said)
            for thread in threads:
                thread.join()
