"""Mutated records are published or rejected, without any other exception (`make fuzz`)."""

import json
import os
from collections import Counter
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lod.base.inputs import Record
from lod.base.tabular import group_by_key
from lod.pipeline.reading.reference_data import ReferenceData
from lod.pipeline.settling.convert import (
    Accepted,
    Rejected,
    convert,
    convert_batch,
    convert_records,
)
from lod.publish.tables.question_rows import QuestionRows
from lod.rdf.iris import Iris
from lod.rdf.serialize import ntriples
from lod.sources.forms import ReadRecord, read_record
from tests.support import amo
from tests.support.paths import CASES

SOURCES = sorted(CASES.glob("*/[!b]*/source.*"))
COUNT = int(os.environ.get("FUZZ", "1500"))
IRIS = Iris("http://localhost:8000/")
ROWS = QuestionRows(IRIS, lambda iri, term: None)
ODD: tuple[Any, ...] = (
    *amo.ODD, "9999-12-31", "Ã©", "&#0;&#x110000;&#55296;", {"a": {"b": {"c": [{}]}}},
    "QANR5L0QE0", "1er mars 2022",
)  # fmt: skip
NESTED = 2_000  # levels
PIECES = (
    b"**", b"\n\n## ", b"(", b"\xff\xfe", b"\0", b"[a](b)", b"<b>", b"</div>", b"&#146;",
    b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<!DOCTYPE x>", b'"', b"{", b"}",
    b" - ", b" : ", b"\xc3\x83\xc2\xa9",
    b"1er janvier 2020", b"page : 12", b"x" * 9_000, b"<question>", b"</question>",
)  # fmt: skip
ENCODINGS = ("utf-8-sig", "utf-16", "cp1252", "latin-1", "utf-32")
kept: list[tuple[ReadRecord, ...]] = []  # some that were published, for the shapes
counted: Counter[str] = Counter()


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Draw a source with a few errors: in its structure, in its bytes, or in its encoding."""
    data = draw(st.sampled_from(SOURCES)).read_bytes()
    kind = draw(st.sampled_from(("structure", "structure", "bytes", "bytes", "encoding")))
    if kind == "structure":
        try:
            value = json.loads(data)
        except ValueError:
            kind = "bytes"
        else:
            for _ in range(draw(st.integers(1, 4))):
                bend(value, draw)
            return dumped(value)
    if kind == "encoding":
        text = data.decode("utf-8", "replace")
        return text.encode(draw(st.sampled_from(ENCODINGS)), "replace")
    changed = bytearray(data)
    for _ in range(draw(st.integers(1, 6))):
        spoil(changed, draw)
    return bytes(changed)


def dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def spoil(data: bytearray, draw: st.DrawFn) -> None:
    place = draw(st.integers(0, max(0, len(data) - 1)))
    act = draw(st.integers(0, 3))
    if act == 0 and data:
        data[place] = draw(st.integers(0, 255))
    elif act == 1:
        del data[place : place + draw(st.integers(1, 60))]
    elif act == 2:
        data[place:place] = data[max(0, place - 80) : place]
    else:
        data[place:place] = draw(st.sampled_from(PIECES))


def bend(value: Any, draw: st.DrawFn) -> None:
    """Remove, replace, rename, double, wrap or nest one member, somewhere in a JSON value."""
    holders: list[Any] = []
    todo = [value]
    while todo:
        item = todo.pop()
        if isinstance(item, dict | list) and item:
            holders.append(item)
            todo += item.values() if isinstance(item, dict) else item
    if not holders:
        return
    holder = holders[draw(st.integers(0, len(holders) - 1))]
    keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
    key = keys[draw(st.integers(0, len(keys) - 1))]
    act = draw(st.sampled_from(("remove", "odd", "rename", "list", "nest", "add")))
    if act == "remove":
        del holder[key]
    elif act == "odd":
        holder[key] = deepcopy(draw(st.sampled_from(ODD)))
    elif act == "rename" and isinstance(holder, dict):
        holder[f"{key} bis"] = holder.pop(key)
    elif act == "list":
        holder[key] = [holder[key], holder[key]]
    elif act == "nest":
        for _ in range(draw(st.sampled_from((1, 3, 400)))):
            holder[key] = [holder[key]]
    elif isinstance(holder, dict):
        holder[f"clé {draw(st.integers(0, 9))}"] = deepcopy(draw(st.sampled_from(ODD)))


@settings(
    max_examples=COUNT,
    derandomize="FUZZ" not in os.environ,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(mutated(), min_size=1, max_size=3))
@pytest.mark.slow
def test_mutated_records_bring_no_traceback(inputs: list[bytes]) -> None:
    """Each record is published or rejected, alone and merged with others of the same question."""
    read = [read_record(Record(f"{n}", f"{n}", data)) for n, data in enumerate(inputs)]
    assert all(bool(one.reading) != bool(one.reasons) for one in read)
    groups = group_by_key((one.reading.question.uid, one) for one in read if one.reading)
    verdicts = [convert_records(group, IRIS, ReferenceData()) for group in groups.values()]
    settled = [one for verdict in verdicts for one in verdict.records]
    assert len(settled) + sum(not one.reading for one in read) == len(inputs)
    for verdict in verdicts:
        assert isinstance(verdict, Accepted)
        ntriples(verdict.triples())
        ROWS.rows_of(verdict.question)
    counted["published"] += len(settled)
    counted["rejected"] += len(inputs) - len(settled)
    kept.extend(verdict.records for verdict in verdicts if len(kept) < 250)


@pytest.mark.slow
def test_both_fates_were_common() -> None:
    """A tenth at least is published, and a tenth rejected; most of those published are valid."""
    if not kept:
        test_mutated_records_bring_no_traceback()
    total = sum(counted.values())
    assert min(counted["published"], counted["rejected"]) > total / 10, counted
    made = convert_batch(kept, IRIS, ReferenceData())
    assert len(made.verdicts) == len(kept)
    refused = [verdict for verdict in made.verdicts if isinstance(verdict, Rejected)]
    assert len(refused) < len(kept) / 2


def test_nested_lists_are_refused_in_words() -> None:
    for depth in (100, NESTED, 100_000):
        verdict = convert(
            Record("x", "x", b'{"question": ' + b"[" * depth + b"]" * depth + b"}"), IRIS
        )
        assert isinstance(verdict, Rejected) and len(verdict.reasons) == 1
