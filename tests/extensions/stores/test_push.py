"""`lod push` on two engines: all or nothing, resumed, counted, switched at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from lod.base.durable import lock_folder
from lod.base.errors import LodError, UsageError
from lod.cli import main
from lod.extensions.stores.access import StoreAccess, engine_rows, recognised, store_access
from lod.extensions.stores.push import LOADED, RESUMED, SERVED, Push, Pushed, push
from lod.extensions.stores.store_client import StoreClient, StoreVersion, count, versions
from lod.publish.release import current, is_held
from lod.remote.http import Limits
from tests.extensions.stores.kills import served, survive
from tests.extensions.stores.relay import FACTS, Relay, quads, relaying, status
from tests.support.repository import Answer, Request, hanging_up
from tests.support.server_data import BASE, publish
from tests.support.stores import BOTH, STORES, Store, oxigraph, running

pytestmark = pytest.mark.slow

PIECE = 5000  # bytes: some twenty pieces a release
QUICKLY = Limits(delays=(0.01, 0.01), longest_pause=1, connect=2, whole=30)
DEAD = hanging_up(None)
REFUSALS = (
    (status(401), "401 Unauthorized; give --user and --password"),
    (status(403), "403 Forbidden; this user may not do that"),
    (status(404), "is this the address of the store"),
    (status(405), "the store takes no updates there"),
    (status(413), "have larger requests allowed"),
    (status(302, Location="http://elsewhere.test/"), "leads to 'http://elsewhere.test/'"),
    (status(500), "500 Internal Server Error; what was served still is"),
    (status(503, Retry_After="3600"), "503 Service Unavailable; what was served still is"),
)


@pytest.fixture(scope="module", params=BOTH)
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp(request.param) / "data"
    with running(STORES[request.param](folder)) as found:
        yield found


@pytest.fixture(scope="module")
def ox() -> Iterator[Store]:
    with running(oxigraph(None)) as found:
        yield found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    publish(tmp_path, "r1", quads=quads("r1"))
    return tmp_path


def own(store: Store | Relay, name: str, **other: str) -> StoreAccess:
    """Return an access with a graph for one test: tests share a server and nothing else."""
    user = getattr(store, "user", "")
    known = {"user": user, "password": user, **other}
    return StoreAccess(url=store.url, graph=f"{BASE}{name}", **known)


def quickly(folder: Path, there: StoreAccess) -> Pushed:
    return push(folder, there, limits=QUICKLY, piece_size=PIECE)


def size(there: StoreAccess, graph: str) -> int:
    with StoreClient(there, QUICKLY) as client:
        return count(client, graph)


def known(there: StoreAccess) -> list[StoreVersion]:
    with StoreClient(there, QUICKLY) as client:
        return versions(client)


def test_a_release_arrives_whole(store: Store, folder: Path) -> None:
    """Every triple is in its graph; a second push does nothing; a new release is another graph."""
    there = own(store, "whole")
    done = quickly(folder, there)
    assert (done.status, done.triples) == (LOADED, 1150)
    assert (size(there, f"{BASE}whole/r1"), size(there, FACTS.value)) == (1000, 150)
    assert served(there) == ("r1", 1000)
    assert push(folder, there).status == SERVED
    publish(folder, "r2", quads=quads("r2", 1100))
    assert quickly(folder, there).triples == 1250
    assert served(there) == ("r2", 1100)
    assert size(there, FACTS.value) == 150, "old facts are gone, new ones are there"
    assert not [*(folder / "push").iterdir()], "a push that is done leaves nothing"


def test_versions_are_kept_and_go(store: Store, folder: Path) -> None:
    """The served one and the one before; an old release can be served again."""
    there = own(store, "kept")
    for name in ("r1", "r2", "r3", "r4"):
        if name != "r1":
            publish(folder, name, quads=quads(name))
        push(folder, there)
    assert [(v.release, bool(v.ranks)) for v in known(there)] == [
        ("r4", True), ("r3", True), ("r2", False),
    ]  # fmt: skip
    assert size(there, f"{BASE}kept/r1") == size(there, f"{BASE}kept/r1/1") == 0
    assert size(there, f"{BASE}kept/r2") == 1000, "who reads it may finish"
    (folder / "current").unlink()
    (folder / "current").symlink_to("releases/r3")
    assert push(folder, there).status == SERVED
    assert served(there) == ("r3", 1000)
    assert [(v.release, len(v.ranks)) for v in known(there)][:2] == [("r3", 1), ("r4", 1)]


def test_a_refusal_leaves_what_is_served(ox: Store, folder: Path) -> None:
    """The next run goes on; a server that is away for a while is waited for."""
    with relaying(ox.port) as relay:
        there = own(relay, "refusal")
        faults = {2: DEAD, 4: status(503, Retry_After="0"), 6: status(429), 8: DEAD}
        relay.faults = faults.get
        assert quickly(folder, there).status == LOADED and served(there) == ("r1", 1000)
        whole = relay.loads - len(faults)
        publish(folder, "r2", quads=quads("r2"))
        for fault, words in REFUSALS:
            relay.heal()
            relay.faults = lambda number, fault=fault: fault if number > 1 else None
            with pytest.raises(LodError) as caught:
                quickly(folder, there)
            assert words in str(caught.value) and "\n" not in str(caught.value)
            assert served(there) == ("r1", 1000)
        relay.heal()
        assert quickly(folder, there).status == RESUMED
        assert served(there) == ("r2", 1000)
        assert relay.loads == whole - len(REFUSALS), "what was acknowledged is not sent again"


def test_a_server_that_takes_little_at_a_time(ox: Store, folder: Path) -> None:
    """413 halves the pieces, down to a size below which nothing can be loaded."""
    publish(folder, "large", quads=quads("large", 3000))

    def too_much(request: Request) -> Answer | None:
        return status(413) if int(request.headers.get("Content-Length", 0)) > 40_000 else None

    with relaying(ox.port) as relay:
        there, relay.always = own(relay, "little"), too_much
        assert push(folder, there).status == LOADED
        assert served(there) == ("large", 3000)


def test_a_store_that_lost_what_it_had(ox: Store, folder: Path) -> None:
    with relaying(ox.port) as relay:
        there = own(relay, "lost")
        relay.faults = lambda number: status(403) if number > 3 else None
        with pytest.raises(LodError):
            quickly(folder, there)
        with StoreClient(there, QUICKLY) as client:
            client.drop(f"{BASE}lost/r1")
        relay.heal()
        assert quickly(folder, there).status == LOADED
        assert served(there) == ("r1", 1000)


def test_a_served_graph_that_was_damaged(ox: Store, folder: Path) -> None:
    there = own(ox, "damaged")
    push(folder, there)
    with StoreClient(there, QUICKLY) as client:
        client.drop(f"{BASE}damaged/r1")
    assert push(folder, there).status == LOADED
    assert served(there) == ("r1", 1000)


def test_a_store_that_swallows_a_piece(ox: Store, folder: Path) -> None:
    """Another count is an error, nothing is switched, and the next run begins anew."""
    with relaying(ox.port) as relay:
        there = own(relay, "swallows")
        relay.faults = lambda number: status(204) if number == 2 else None
        with pytest.raises(LodError, match=r"triples came of 1000; .* it begins anew"):
            quickly(folder, there)
        assert served(there) == ("", 0)
        relay.heal()
        assert quickly(folder, there).status == LOADED


def test_a_killed_push_changes_nothing(store: Store, tmp_path: Path) -> None:
    """What is served, also meanwhile, is whole, with no fewer facts than both have."""
    report = survive(store, tmp_path, kills=4, seed=8)
    assert report["killed"] == 4, "the moments are not those of a push"


def test_a_killed_store_is_gone_on_with(folder: Path, tmp_path: Path) -> None:
    """The server is killed during a push, and restarts with what it had acknowledged."""
    with running(oxigraph(tmp_path / "data")) as store, relaying(store.port) as relay:
        there = own(relay, "killed")

        def die(request: Request) -> None:
            store.stop()
            DEAD(request)

        relay.faults = lambda number: die if number == 5 else None
        with pytest.raises(LodError, match="what was served still is"):
            quickly(folder, there)
        store.start()
        relay.heal()
        assert quickly(folder, there).status == RESUMED
        assert served(there) == ("r1", 1000)


def test_two_pushes_of_one_folder(ox: Store, folder: Path) -> None:
    locked = lock_folder(folder / "push", "lod push")
    with locked, pytest.raises(LodError, match="another lod push"):
        push(folder, own(ox, "two"))


def test_the_wrong_password(folder: Path) -> None:
    """401 after the answer to a challenge is an error; no password is sent."""
    challenge, asked = 'Digest realm="SPARQL", nonce="x", qop="auth", algorithm="MD5"', []

    def unauthorized(request: Request) -> Answer:
        asked.append(request.headers.get("Authorization", ""))
        return status(401, Server="Virtuoso/07", WWW_Authenticate=challenge)

    with relaying(1) as relay:
        relay.always = unauthorized
        there = own(relay, "wrong", user="dba", password="wrong")
        with pytest.raises(LodError, match="401 Unauthorized; give --user"):
            quickly(folder, there)
    assert asked[0] == "" and asked[-1].startswith('Digest username="dba"')
    assert len(asked) <= 4 and not any("wrong" in line for line in asked)


def test_the_command(ox: Store, folder: Path) -> None:
    run = CliRunner().invoke(main, ["push", str(folder), "--to", ox.url])
    assert run.exit_code == 0
    assert run.stdout == f"1150 triples of r1 loaded; graph {BASE}release/r1\n"
    for wrong in (["--to", "ftp://x/"], ["--to", ox.url, "--engine", "mysql"],
                  ["--to", ox.url, "--graph", "not an iri"]):  # fmt: skip
        assert CliRunner().invoke(main, ["push", str(folder), *wrong]).exit_code == 2
    with relaying(ox.port) as relay:
        relay.always = lambda request: status(403)
        line = ["push", str(folder), "--to", relay.url, "--engine", "oxigraph"]
        refused = CliRunner().invoke(main, line)
    assert refused.exit_code == 1 and refused.stderr.count("\n") == 1
    assert "/query: 403 Forbidden; this user may not do that" in refused.stderr


def test_who_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """~/.netrc has the password, options replace it, and none is printed."""
    file = tmp_path / ".netrc"
    file.write_text("machine store.test login lena password secret\ndefault login x password y\n")
    file.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    found = store_access("https://store.test/ds", "--to", BASE)
    assert (found.user, found.password, found.graph) == ("lena", "secret", f"{BASE}release")
    assert "secret" not in repr(found)
    assert store_access("https://store.test/ds", "--to", BASE, user="max").user == "max"
    assert store_access("https://other.test/ds", "--to", BASE).user == ""
    file.write_text("machine\n")
    with pytest.raises(UsageError, match="correct the file"):
        store_access("https://store.test/ds", "--to", BASE)


def test_the_table_of_engines(ox: Store) -> None:
    assert [*engine_rows()] == ["oxigraph", "virtuoso", "fuseki", "graphdb", "qlever", "neptune"]
    for row in engine_rows().values():
        assert row.essai and row.signature in ("", "basic", "digest", "bearer")
        assert {row.transaction, row.move} <= {"oui", "non", "?"}
    with StoreClient(own(ox, "x"), QUICKLY) as client:
        assert client.engine.nom == "oxigraph"
    with pytest.raises(UsageError, match="give --engine, one of oxigraph, virtuoso"):
        recognised("nginx", "http://x/")


def test_what_is_pushed_is_held(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No other command removes the release until its push has ended."""
    held: list[bool] = []
    monkeypatch.setattr(Push, "run", lambda _: held.append(is_held(current(sample))))
    push(sample, StoreAccess(url="http://localhost:1/", graph=f"{BASE}g", engine="fuseki"))
    assert held == [True]
