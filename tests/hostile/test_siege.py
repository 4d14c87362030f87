"""The hostile corpus against `lod serve`: each attack is answered rightly.

A landing sees one attack of each kind, the night all.
"""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.hostile import huge, requests
from tests.hostile.attack import Answered, Attack, from_files
from tests.support.live import Watch, live
from tests.support.patience import HANG, wait_for
from tests.support.server_data import listening, ntriples, publish

pytestmark = pytest.mark.slow

DEADLINE = 1.0  # seconds that a query may take
MEMORY = 1_500_000_000  # bytes of the whole tree of processes
EVERY = 0.1  # seconds between two looks at the memory, and between two cheap queries
EDGES = 1_500  # things in a ring of `<urn:suit>`
CHEAP = "SELECT ?id { <urn:release> <urn:id> ?id }"
COUNT = 251  # attacks


def corpus(listener: int) -> list[Attack]:
    """Return all attacks; somebody listens on the port that they name."""
    return [*from_files(listener), *huge.attacks(), *requests.attacks(listener)]


KINDS = [*dict.fromkeys(attack.kind for attack in corpus(0))]


@dataclass(frozen=True, slots=True)
class Siege:
    """All that was seen of it."""

    answers: list[tuple[Attack, Answered]]
    memory: list[int]  # bytes
    cheap: list[int]  # statuses
    heard: list[bytes]
    has_restarted: bool


def data() -> str:
    """Sixty numbers, and a ring whose closures are millions of pairs."""
    ring = (f"<urn:r{n}> <urn:suit> <urn:r{(n + 1) % EDGES}> ." for n in range(EDGES))
    words = (f"<urn:n{n}> <urn:suit> <urn:n{n + 1}> ." for n in range(59))
    return "\n".join([ntriples("r1"), *ring, *words])


@pytest.fixture(scope="module")
def siege(tmp_path_factory: pytest.TempPathFactory) -> Siege:
    """One attack of each kind."""
    return besieged(tmp_path_factory.mktemp("siege"), every=False)


def besieged(folder: Path, *, every: bool) -> Siege:
    """Throw attacks at one server; at the end all its readers are back."""
    publish(folder, quads=data())
    with live(folder, timeout=DEADLINE) as server, listening() as (port, heard):
        readers = server.health()["workers"]
        memory = Watch(lambda: server.memory, EVERY)
        cheap = Watch(lambda: server.post(CHEAP).status, EVERY)
        with memory.running(), cheap.running():
            attacks = corpus(port)
            chosen = attacks if every else {attack.kind: attack for attack in attacks}.values()
            answers = [(attack, attack.send(server)) for attack in chosen]
        wait_for(lambda: server.health()["workers"] == readers, HANG, lambda: "a reader is missing")
        return Siege(answers, memory.values, cheap.values, heard, server.has_restarted)


def test_the_corpus_is_whole() -> None:
    names = [attack.name for attack in corpus(0)]
    assert (len(names), len(set(names))) == (COUNT, COUNT)


@pytest.mark.parametrize("kind", KINDS)
def test_attacks_of_a_kind(siege: Siege, kind: str) -> None:
    """Each attack has one of the right answers, and nothing of it comes back as code."""
    wrong = [
        f"{attack.name}: {found.answer}, not {sorted(attack.right)}; {found.body[:300]!r}"
        for attack, found in siege.answers
        if attack.kind == kind and (found.answer not in attack.right or found.shows_code)
    ]
    assert not wrong, "\n".join(wrong)


def test_nobody_else_notices(siege: Siege) -> None:
    """Nothing is opened or restarted, memory is bounded, a cheap query is always answered."""
    assert siege.heard == []
    assert not siege.has_restarted
    assert 0 < max(siege.memory) < MEMORY
    assert set(siege.cheap) == {200}


# what an engine that does not end of depth that no bracket shows answers, where it does
TRUE = {"not", "or", "and", "unions", "groups", "filters", "minuses"}
FALSE = {"sum", "difference", "alternative"}


def test_depth_is_answered_rightly(siege: Siege) -> None:
    """Where it is not refused; a reader that ended of it would be a 500."""
    for attack, found in siege.answers:
        name = attack.name.rpartition("-")[0]
        if attack.kind == "uncounted" and found.answer == "200" and name in TRUE | FALSE:
            assert (b'"boolean":true' in found.body) == (name in TRUE), attack.name


def test_the_whole_corpus(tmp_path: Path) -> None:
    """At night."""
    siege = besieged(tmp_path, every=True)
    assert len(siege.answers) == COUNT
    for kind in KINDS:
        test_attacks_of_a_kind(siege, kind)
    test_nobody_else_notices(siege)
    test_depth_is_answered_rightly(siege)
