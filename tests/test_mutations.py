"""Mutated records: whatever comes in, each is published or rejected, and nothing else happens.

`python -m tests.test_mutations 20000` runs more of them, with the seed printed.
"""

import json
import random
import sys
from pathlib import Path
from typing import Any

from lod.convert import Publie, Rejete, convert
from lod.dump import csv_line, csv_row, ntriples
from lod.iris import Iris
from lod.sources import Record

SOURCES = sorted((Path(__file__).parent / "cases").glob("*/*/source.*"))
COUNT = 1_500
ODD: tuple[Any, ...] = (
    None, True, 0, -1, 10**30, 1.5, "", " ", "\u0000", "\u202e", "a" * 5_000, [], {}, [[]],
    [None, None], {"#text": "x"}, {"@xsi:nil": "true"}, {"#text": {"#text": []}}, "31/02/2021",
    "0000-00-00", "\ud7ff", "<p><b>", "</p>" * 50, "PA0", "é", ["a", "b", "c"],
)  # fmt: skip


def mutated(source: bytes, rng: random.Random) -> bytes:
    """Return the source with a few things wrong: in its structure, or in its bytes."""
    if rng.random() < 0.6:
        try:
            return json.dumps(
                bent(json.loads(source), rng), ensure_ascii=rng.random() < 0.5
            ).encode("utf-8", "surrogatepass")
        except ValueError:
            pass
    data = bytearray(source)
    for _ in range(rng.randrange(1, 6)):
        if not data:
            break
        place, choice = rng.randrange(len(data)), rng.randrange(4)
        if choice == 0:
            data[place] = rng.randrange(256)
        elif choice == 1:
            del data[place : place + rng.randrange(1, 40)]
        elif choice == 2:
            data[place:place] = data[max(0, place - 60) : place]
        else:
            data[place:place] = rng.choice((b"**", b"\n\n## ", b"(", b"\xff\xfe", b"\0", b"[a](b)"))
    return bytes(data)


def bent(value: Any, rng: random.Random, depth: int = 0) -> Any:
    """Return a JSON value with members removed, doubled, renamed or replaced by odd ones."""
    if rng.random() < 0.03:
        return rng.choice(ODD)
    if isinstance(value, dict):
        items = [(k, bent(v, rng, depth + 1)) for k, v in value.items() if rng.random() > 0.02]
        if rng.random() < 0.05:
            items.append((f"clé {rng.randrange(9)}", rng.choice(ODD)))
        return dict(items)
    if isinstance(value, list):
        return [bent(v, rng, depth + 1) for v in value] * rng.choice((1, 1, 1, 2))
    return [value] if rng.random() < 0.02 else value


def run(count: int, seed: int) -> tuple[int, int]:
    """Convert so many mutated records; return how many were published and rejected."""
    rng, iris = random.Random(seed), Iris("http://localhost:8000/")
    published = rejected = 0
    for _ in range(count):
        source = rng.choice(SOURCES)
        data = mutated(source.read_bytes(), rng)
        try:
            fate = convert(Record("x", "x", data), iris)
            if isinstance(fate, Publie):
                for triples in (*fate.documents.values(), fate.references):
                    ntriples(triples)
                csv_line(csv_row(fate.question, iris))
        except Exception:
            Path("/tmp/mutation.bin").write_bytes(data)
            raise
        published += isinstance(fate, Publie)
        rejected += isinstance(fate, Rejete)
    return published, rejected


def test_mutated_records_bring_no_traceback() -> None:
    """Each of them has one of two fates; both happen often."""
    published, rejected = run(COUNT, seed=7)
    assert published + rejected == COUNT
    assert published > COUNT / 10 and rejected > COUNT / 10


if __name__ == "__main__":
    print(run(int(sys.argv[1]), seed=random.randrange(10**6)))
