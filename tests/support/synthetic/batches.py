"""Invented records of every form, as the triples that a build hands over to be validated."""

from collections.abc import Iterator
from itertools import chain
from random import Random

from pyoxigraph import Triple

from lod.base.inputs import Record
from lod.pipeline.mapping.descriptions import Descriptions
from lod.pipeline.reading.reference_data import ReferenceData
from lod.pipeline.settling.convert import Accepted, convert_records
from lod.rdf.iris import Iris
from lod.sources.forms import ReadRecord, read_record
from tests.support.synthetic.forms import FORMS, Form
from tests.support.synthetic.lives import questions


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
