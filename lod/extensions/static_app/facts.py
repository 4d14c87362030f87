"""The facts of a release as packed files that a browser loads: those of each legislature, and what
all share; the texts of questions and answers apart, as they are most of the bytes.
"""

import gzip
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import orjson

from lod.base import packing
from lod.base.output_tree import OutputTree
from lod.model.identifiers import split_uid
from lod.rdf.vocab import NAMESPACE

SHARED = ""  # the legislature of what belongs to none
TEXTS = frozenset(f"<{NAMESPACE}{name}>".encode() for name in ("texte", "texteHtml", "texteBrut"))
ANSWER = f"<{NAMESPACE}reponse>".encode()
ANSWERS_FOLDER = "faits/reponses"
KEPT = 12  # letters of the hash of a file that are part of its name
Answers = dict[str, list[str]]  # end of the IRI of an answer → uids of its questions
Part = tuple[str, bool]  # number of a legislature, and whether these are its texts


@dataclass(frozen=True, slots=True)
class FactFile:
    """A packed file of N-Quads."""

    legislature: str  # its number, or SHARED
    textes: bool  # it has the texts alone, not the facts
    chemin: str  # below the folder of facts; the hash in it tells its bytes
    octets: int  # packed
    triplets: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def write_facts(quads: Path, folder: Path, base: str, answers: Answers) -> list[FactFile]:
    """Write the facts of all graphs into a folder: what all share first, then by legislature."""
    folder.mkdir(parents=True, exist_ok=True)
    counts: dict[Part, int] = {}
    files: dict[Part, IO[bytes]] = {}
    with ExitStack() as stack:
        for part, line in parted(quads, base.encode(), answers):
            if part not in files:
                files[part] = stack.enter_context(packing.gzipped(folder / _name(part, "neuf")))
            files[part].write(line)
            counts[part] = counts.get(part, 0) + 1
    return [_settled(folder, part, counts[part]) for part in sorted(files, key=_place)]


def parted(quads: Path, base: bytes, answers: Answers) -> Iterator[tuple[Part, bytes]]:
    """Yield each line of a dump of quads with the part that it belongs to."""
    question = re.compile(rb"<%bquestion/QANR\dL(\d+)" % re.escape(base))
    answer_prefix = b"<" + base + b"reponse/"
    for line in _lines(quads):
        subject, predicate, _ = line.split(b" ", 2)
        legislature = SHARED
        if asked := question.match(line):
            legislature = asked[1].decode()
        elif line.startswith(answer_prefix):
            key = subject[len(answer_prefix) : -1].partition(b"#")[0].decode()
            numbers = {str(split_uid(uid)[0]) for uid in answers.get(key, ())}
            legislature = numbers.pop() if len(numbers) == 1 else SHARED
        yield (legislature, predicate in TEXTS), line


def answered_questions(quads: Path, base: str) -> Answers:
    """Read which questions each answer answers."""
    stated = re.compile(
        rb"<%(base)squestion/(\w+)> %(answer)s <%(base)sreponse/([^>]*)>"
        % {b"base": re.escape(base.encode()), b"answer": ANSWER}
    )
    answers: Answers = {}
    for line in _lines(quads):
        if ANSWER in line and (told := stated.match(line)):
            uid, answer = told[1].decode(), told[2].decode()
            answers.setdefault(answer, []).append(uid)
    return answers


def write_answers(answers: Answers, tree: OutputTree) -> None:
    """Write which question has an answer, in small tables by the last letters of its IRI: the page
    of what is missing leads from one to the other.
    """
    tables: dict[str, dict[str, str]] = {}
    for answer, uids in sorted(answers.items()):
        tables.setdefault(answer[-2:].lower(), {})[answer] = min(uids)
    for end, table in tables.items():
        tree.write(f"{ANSWERS_FOLDER}/{end}.json", orjson.dumps(table))


def _lines(quads: Path) -> Iterator[bytes]:
    with gzip.open(quads) as lines:
        yield from (line for line in lines if line.startswith(b"<"))


def _name(part: Part, told: str) -> str:
    legislature, has_texts = part
    return f"{'textes' if has_texts else 'faits'}-{legislature or 'communs'}-{told}.nq.gz"


def _place(part: Part) -> tuple[bool, int]:
    """Facts before texts, what is shared before the newest legislature and the older ones."""
    legislature, has_texts = part
    return has_texts, -int(legislature) if legislature else -1_000


def _settled(folder: Path, part: Part, triples: int) -> FactFile:
    """Give a file its hash as a part of its name, so that a browser may keep it for ever."""
    written = folder / _name(part, "neuf")
    path = written.rename(folder / _name(part, packing.sha256(written)[:KEPT]))
    legislature, has_texts = part
    return FactFile(legislature, has_texts, path.name, path.stat().st_size, triples)
