"""The file of a partition: a head, a summary, pieces of the dumps, the published questions.

The head says of what, with what and for which day the rest was made, and how long its parts are.
Each piece of a dump is a gzip member, so that dumps are made of them as they are.
"""

import gzip
import pickle
import zlib
from collections.abc import Iterator, Sequence
from io import SEEK_END, BytesIO
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from lod.model.question import Question
from lod.pipeline.partition_summary import PartitionSummary
from lod.pipeline.reuse.memo import DAMAGED, SUFFIX

FOLDER = "tranches"  # of a release
MEMBERS = ("nt", "ttl", "csv")
PARTS = ("summary", *MEMBERS, "questions")  # of a file, after its head


class PartitionHead(NamedTuple):
    """What a partition was made of; two with the same head have the same content."""

    key: str  # of its records and corrections: `Keys.partition`
    made_with: str  # of program, settings, tables
    day: str | None  # up to which the data went, if a question waits; else it does not matter
    sizes: tuple[int, ...]  # bytes of each of PARTS


def write_partition(
    path: Path,
    summary: PartitionSummary,
    made_with: str,
    pieces: Sequence[bytes],
    questions: Sequence[Question],
    document_sizes: dict[str, int],
) -> None:
    """Write a file; `pieces` are those of MEMBERS, `document_sizes` the bytes of each document in
    the first.
    """
    told = list(questions), [*summary.keys.values()], document_sizes
    parts = (pickle.dumps(summary), *pieces, zlib.compress(pickle.dumps(told), 1))
    day = summary.day if summary.depends_on_day else None
    with path.open("xb") as file:
        pickle.dump((summary.key, made_with, day, tuple(map(len, parts))), file)
        file.writelines(parts)


def names_in(folder: Path) -> list[str]:
    """Return the names of the partitions of a release; none if there is no such folder."""
    return [path.name for path in folder.glob("*-*-*") if path.suffix != SUFFIX]


def head_of(path: Path) -> PartitionHead | None:
    """Return the head of a file; None if there is none, or not all of it."""
    try:
        with path.open("rb") as file:
            head = PartitionHead(*pickle.load(file))
            is_whole = file.tell() + sum(head.sizes) == file.seek(0, SEEK_END)
    except DAMAGED:
        return None
    return head if is_whole else None


def parts_of(path: Path, *names: str) -> Iterator[bytes]:
    """Yield some of PARTS; what is not asked for is not read. Raises EOFError if it is cut off."""
    with path.open("rb") as file:
        *_, sizes = pickle.load(file)
        starts = [*accumulate(sizes, initial=file.tell())]
        for number in map(PARTS.index, names):
            file.seek(starts[number])
            data = file.read(sizes[number])
            if len(data) < sizes[number]:
                raise EOFError(f"{path} is cut off; remove the release and build it anew")
            yield data


def summary_of(path: Path) -> PartitionSummary:
    """Return the summary; raise OSError or EOFError if there is none."""
    [packed] = parts_of(path, "summary")
    found: PartitionSummary = pickle.loads(packed)
    return found


def members(path: Path) -> dict[str, bytes]:
    """Return the pieces of the dumps, each a gzip member."""
    return dict(zip(MEMBERS, parts_of(path, *MEMBERS), strict=True))


def keyed_questions(path: Path) -> list[tuple[Question, str]]:
    """Return the published questions, each with its key."""
    [packed] = parts_of(path, "questions")
    questions, keys, _ = pickle.loads(zlib.decompress(packed))
    return list(zip(questions, keys, strict=True))


def documents_in(path: Path) -> tuple[list[Question], dict[str, bytes]]:
    """Return the published questions, and document → its N-Triples."""
    packed, member = parts_of(path, "questions", "nt")
    questions, _, sizes = pickle.loads(zlib.decompress(packed))
    text = BytesIO(gzip.decompress(member))
    return questions, {iri: text.read(size) for iri, size in sizes.items()}
