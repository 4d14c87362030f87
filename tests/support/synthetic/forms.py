"""Every form that can be written, by name; archives of any number of records of it, and the triples
of such records as a build hands them over to be validated.
"""

import gzip
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from random import Random

from pyoxigraph import Triple

from lod.base.inputs import Record
from lod.model.question import Question
from lod.pipeline.mapping.descriptions import Descriptions
from lod.pipeline.reading.reference_data import ReferenceData
from lod.pipeline.settling.convert import Accepted, convert_records
from lod.rdf.iris import Iris
from lod.sources.forms import ReadRecord, read_record
from tests.support.synthetic import (
    official_json,
    official_xml,
    older_xml,
    page_a,
    page_b,
    page_c,
    page_d,
)
from tests.support.synthetic.lives import questions

Write = Callable[[Question, Random], bytes]
Big = Callable[[Iterable[Question], Random], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Form:
    """A form: the end of its file names, the legislature it is typical of, who writes it."""

    suffix: str
    legislature: int
    write: Write


FORMS = {
    "JSON L14": Form("json", 14, partial(official_json.write, dialect=official_json.L14)),
    "JSON L15": Form("json", 15, partial(official_json.write, dialect=official_json.L15)),
    "JSON L16": Form("json", 16, partial(official_json.write, dialect=official_json.L16)),
    "JSON L17": Form("json", 17, official_json.write),
    "XML": Form("xml", 17, official_xml.write),
    "XML L14": Form("xml", 14, partial(official_xml.write, dialect=official_xml.MANY_ANA)),
    "older XML": Form("xml", 15, older_xml.write),
    "page A": Form("html", 11, page_a.write),
    "page B": Form("html", 14, page_b.write),
    "page C": Form("html", 16, page_c.write),
    "text": Form("txt", 12, page_c.write_text),
    "page D": Form("html", 17, page_d.write),
    "Markdown": Form("md", 15, page_d.write_markdown),
}
BIG: dict[str, tuple[str, Big]] = {  # name → the form of its records, who writes it
    "big JSON": ("JSON L14", official_json.big_json),
    "JSON array": ("JSON L17", official_json.json_array),
    "JSON lines": ("JSON L17", official_json.json_lines),
    "big XML": ("XML L14", official_xml.big_xml),
    "big older XML": ("older XML", older_xml.big_older_xml),
}


def write_zip(path: Path, form: str, count: int, seed: int = 1) -> None:
    """Write so many records of a form: one file a question, or the one big file of a big form."""
    rng = Random(seed)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        if form in BIG:
            name, write = BIG[form]
            made = questions(count, seed, FORMS[name].legislature)
            with archive.open(f"questions.{FORMS[name].suffix}", "w", force_zip64=True) as file:
                file.writelines(write(made, rng))
            return
        one = FORMS[form]
        for question in questions(count, seed, one.legislature):
            archive.writestr(f"{one.suffix}/{question.uid}.{one.suffix}", one.write(question, rng))


def write_gzip(path: Path, pieces: Iterable[bytes]) -> None:
    """Write one file, compressed."""
    with gzip.open(path, "wb") as file:
        file.writelines(pieces)


def lectures(count: int, seed: int = 1) -> Iterator[tuple[ReadRecord, ...]]:
    """Yield so many records, each as it is read; every form has its share."""
    for number, form in enumerate(FORMS.values()):
        share = count // len(FORMS) + (number < count % len(FORMS))
        yield from (_read(form, data) for data in _written(form, share, seed))


def triples(lectures: list[tuple[ReadRecord, ...]], iris: Iris) -> list[Triple]:
    """Return what a batch of records says, and what it refers to."""
    documents: dict[str, tuple[Triple, ...]] = {}
    references, rappels = Descriptions(), list[Triple]()
    for one in lectures:
        verdict = convert_records(one, iris, ReferenceData())
        assert isinstance(verdict, Accepted)
        references.add(verdict.references)
        documents |= verdict.documents
        rappels += verdict.rappels
    return [*chain.from_iterable(documents.values()), *rappels, *references.triples()]


def _written(form: Form, count: int, seed: int) -> Iterator[bytes]:
    rng = Random(seed)
    for question in questions(count, seed, form.legislature):
        yield form.write(question, rng)


def _read(form: Form, data: bytes) -> tuple[ReadRecord, ...]:
    name = f"record.{form.suffix}"
    return (read_record(Record(name, name, data)),)
