"""While clients of one network or many attack, another one is answered, and afterwards all is as it
was.

One attack alone: `pytest -s tests/hostile/test_campaign.py -k NAME`; names: `campaign.ATTACKS`.
`CAMPAIGN=300` makes each of them last so many seconds.
"""

import os
import resource
import stat
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest

from lod.publish.publication import Publication
from lod.publish.release import current
from lod.publish.search.full_text import INDEX_FILE
from lod.publish.search.indexing import write_index
from lod.rdf.iris import Iris
from tests.hostile import innocent
from tests.hostile.campaign import ATTACKS, PRODUCT, attacking
from tests.support.live import Live, Watch, live
from tests.support.once import linked, once
from tests.support.paths import BASE
from tests.support.patience import patience, wait_for
from tests.support.synthetic.lives import questions

pytestmark = pytest.mark.heavy

DEADLINE = 5.0  # seconds that a query may take, and wait, on a quiet machine
LASTING = float(os.environ.get("CAMPAIGN", 5.0))  # seconds of an attack
BACK = 10.0  # seconds after which every reader is back
MEMORY = 1_500_000_000  # bytes of the whole tree of processes
INDEXED = 20_000  # questions in the index of the search
HELD = 300 * 2**20  # bytes of temporary files


@dataclass(frozen=True, slots=True)
class Row:
    """What is peculiar to one attack: seconds, limits of the system, what else is asked."""

    seconds: float = LASTING
    limits: Mapping[int, int] = field(default_factory=dict)
    more: Mapping[str, innocent.Address] = field(default_factory=dict)  # promised like a download
    longest: int = 0  # MiB of a request without end until it is refused, few held by the system


ROWS = {
    "slow_readers_and_idle_connections": Row(limits={resource.RLIMIT_NOFILE: 1024}),
    "trailers": Row(longest=4),
    "endless_trailer": Row(longest=4),
    "extensions": Row(longest=4),
    "tiny_pieces": Row(longest=8),  # a body of a mebibyte takes six
    "kept_answers": Row(
        12.0,
        more={"five megabytes": lambda n: "/sparql?query="
              + quote(f"SELECT * {{ {PRODUCT} }} LIMIT {10_000 + n}")},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def release(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a release that has the pages of the sample, and an index of many more."""

    def make(folder: Path) -> None:
        index = current(linked(sample, folder / "out")) / INDEX_FILE
        index.unlink()
        said = Publication(BASE, "", date(2026, 10, 31)).saved_properties()
        write_index(index, questions(INDEXED), Iris(BASE), str, said)

    return once(tmp_path_factory, "campaign", make)[0] / "out"


@pytest.mark.parametrize("name", ATTACKS)
def test_attack(release: Path, name: str) -> None:
    """Somebody else is answered in time; memory and files stay bounded; every reader is back."""
    row = ROWS.get(name, Row())
    with live(release, timeout=patience(DEADLINE), rate=None, limits=row.limits) as server:
        expected = server.health()["workers"]
        memory, held = Watch(lambda: server.memory, 0.2), Watch(lambda: held_by(server), 0.2)
        attack, others = attacking(name, server.port), innocent.asking(server, row.more)
        # who is asking before is known to use little
        with memory.running(), held.running(), others as seen, attack as answers:
            time.sleep(row.seconds)
        print(f"\n{name}: {dict(answers)}")
        print(f"memory {max(memory.values) >> 20} MiB, temporary {max(held.values) >> 20} MiB")
        print(f"log {len(server.said) >> 10} KiB, memory now {server.memory >> 20} MiB")
        seen.verify({n: s for n, (_, s) in innocent.THINGS.items()} | dict.fromkeys(row.more, 10.0))
        assert max(memory.values) < MEMORY
        assert max(held.values) < HELD
        assert not row.longest or (answers["closed"] and answers["MiB"] <= row.longest), answers
        assert not server.has_restarted
        wait_for(lambda: is_whole(server, expected), BACK, lambda: f"readers: {server.health()}")


def is_whole(server: Live, readers: int) -> bool:
    """Say whether the server has all its readers, and one that works."""
    return bool(server.health()["workers"] == readers and server.post("ASK {}").status == 200)


def held_by(server: Live) -> int:
    """Return the bytes of files that have no name any more, and are held open."""
    sizes: dict[tuple[int, int], int] = {}
    for descriptor in server.descriptors:
        try:
            found = descriptor.stat()
        except OSError:
            continue
        if stat.S_ISREG(found.st_mode) and not found.st_nlink:
            sizes[found.st_dev, found.st_ino] = found.st_size
    return sum(sizes.values())
