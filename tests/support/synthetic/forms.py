"""Every form that can be written, by name; archives of it; their triples, to be validated."""

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
from tests.support.synthetic import official, older_xml, page_a, page_b, page_c, page_d
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
    "JSON L14": Form("json", 14, partial(official.write_json, dialect=official.L14)),
    "JSON L15": Form("json", 15, partial(official.write_json, dialect=official.L15)),
    "JSON L16": Form("json", 16, partial(official.write_json, dialect=official.L16)),
    "JSON L17": Form("json", 17, official.write_json),
    "XML": Form("xml", 17, official.write_xml),
    "XML L14": Form("xml", 14, partial(official.write_xml, dialect=official.MANY_ANA)),
    "older XML": Form("xml", 15, older_xml.write),
    "page A": Form("html", 11, page_a.write),
    "page B": Form("html", 14, page_b.write),
    "page C": Form("html", 16, page_c.write),
    "text": Form("txt", 12, page_c.write_text),
    "page D": Form("html", 17, page_d.write),
    "Markdown": Form("md", 15, page_d.write_markdown),
}
BIG: dict[str, tuple[str, Big]] = {  # name → the form of its records, who writes it
    "big JSON": ("JSON L14", official.big_json),
    "JSON array": ("JSON L17", official.json_array),
    "JSON lines": ("JSON L17", official.json_lines),
    "big XML": ("XML L14", official.big_xml),
    "big older XML": ("older XML", older_xml.big_older_xml),
}


def write_zip(path: Path, count: int) -> None:
    """Write so many records of the 17th legislature: one file a question."""
    form, rng = FORMS["JSON L17"], Random(1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for question in questions(count, 1, form.legislature):
            file = f"{form.suffix}/{question.uid}.{form.suffix}"
            archive.writestr(file, form.write(question, rng))


def write_gzip(path: Path, pieces: Iterable[bytes]) -> None:
    with gzip.open(path, "wb") as file:
        file.writelines(pieces)


def lectures(count: int) -> Iterator[tuple[ReadRecord, ...]]:
    """Yield so many records, each as it is read; every form has its share."""
    for number, form in enumerate(FORMS.values()):
        share = count // len(FORMS) + (number < count % len(FORMS))
        rng, name = Random(1), f"record.{form.suffix}"
        for question in questions(share, 1, form.legislature):
            yield (read_record(Record(name, name, form.write(question, rng))),)


def triples(lectures: list[tuple[ReadRecord, ...]], iris: Iris) -> list[Triple]:
    documents: dict[str, tuple[Triple, ...]] = {}
    references, rappels = Descriptions(), list[Triple]()
    for one in lectures:
        verdict = convert_records(one, iris, ReferenceData())
        assert isinstance(verdict, Accepted)
        references.add(verdict.references)
        documents |= verdict.documents
        rappels += verdict.rappels
    return [*chain.from_iterable(documents.values()), *rappels, *references.triples()]
