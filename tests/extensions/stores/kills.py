"""`kill -9` of `lod push` at random moments, while a reader asks the store what it serves."""

import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from random import Random

from lod.extensions.stores.access import StoreAccess
from lod.extensions.stores.store_client import StoreClient, count, versions
from lod.remote.http import Limits
from tests.extensions.stores.relay import FACTS, quads
from tests.support.server_data import BASE, publish
from tests.support.stores import Store

TRIPLES = 2000  # of the default graph of a release
# whole pushes are small: as many moments as possible fall between two requests
CODE = (
    "import sys; from pathlib import Path; from lod.extensions.stores.access import StoreAccess;"
    "from lod.extensions.stores.push import push;"
    "print(push(Path(sys.argv[1]), StoreAccess(url=sys.argv[2], graph=sys.argv[3],"
    " user=sys.argv[4], password=sys.argv[5]), piece_size=4000))"
)


def served(there: StoreAccess) -> tuple[str, int]:
    """Which release a store serves, and how many triples of it there are; ("", 0) for none."""
    with StoreClient(there, Limits(delays=(0.1,))) as client:
        found = [v for v in versions(client) if v.ranks]
        return (found[0].release, count(client, found[0].graph)) if found else ("", 0)


def survive(store: Store, folder: Path, kills: int, seed: int) -> Counter[str]:
    """Kill so many pushes of new releases; hold after each that what is served is whole."""
    chance, report = Random(seed), Counter[str]()
    graph = f"{BASE}kills-{seed}"
    there = StoreAccess(url=store.url, graph=graph, user=store.user, password=store.password)
    publish(folder, "k0", quads=quads("k0", TRIPLES))
    command = [sys.executable, "-c", CODE, str(folder), there.url, there.graph, there.user,
               there.password]  # fmt: skip
    start = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    delay = time.monotonic() - start  # of a whole run: a kill falls before its end
    stop, seen, facts = threading.Event(), set[tuple[str, int]](), set[int]()

    def read() -> None:
        while not stop.wait(0.01):
            seen.add(served(there))
            with StoreClient(there, Limits(delays=(0.1,))) as client:
                facts.add(count(client, FACTS.value))
            report["looked"] += 1

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for number in range(1, 9 * kills):
            if report["killed"] == kills:
                break
            publish(folder, f"k{number}", quads=quads(f"k{number}", TRIPLES))
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            with suppress(subprocess.TimeoutExpired):
                process.wait(chance.uniform(0.2 * delay, delay))
            report["finished" if process.poll() is not None else "killed"] += 1
            process.kill()
            process.communicate()
            assert served(there) in [(f"k{n}", TRIPLES) for n in range(number + 1)]
            done = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            report[done.split(" of ")[1].split(";")[0].split(" ", 1)[1]] += 1
            assert served(there) == (f"k{number}", TRIPLES)
    finally:
        stop.set()
        reader.join()
    assert {size for _, size in seen} == {TRIPLES} and min(facts) >= 150, (seen, facts)
    return report
