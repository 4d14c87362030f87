"""Records → questions: the forms that are known, recognised by content; one module a form."""

from collections.abc import Callable
from dataclasses import dataclass

from lod.errors import SourceError, Where
from lod.sources import an_json, page_markdown
from lod.sources.an_record import Reading
from lod.sources.inputs import ZIP_MARKS, Record, records

__all__ = ["FORMS", "Form", "Reading", "Record", "read", "records"]


@dataclass(frozen=True, slots=True)
class Form:
    """A form of the records: what it is called, how it is recognised, who reads it."""

    nom: str
    mark: Callable[[bytes], bool]
    parse: Callable[[bytes, str], Reading]


FORMS = (
    Form("official JSON record", an_json.is_json, an_json.parse),
    Form("page as Markdown", page_markdown.is_page, page_markdown.parse),
)


def read(record: Record) -> Reading:
    """Read one record in the form that its content shows; raise SourceError."""
    if record.fault:
        raise SourceError(record.fault.where, record.fault.wrong, record.fault.remedy)
    if not record.data.strip():
        raise SourceError(Where(record.path), "the file is empty", "fetch it again, or remove it")
    for form in FORMS:
        if form.mark(record.data):
            return form.parse(record.data, record.path)
    raise SourceError(Where(record.path), _unknown(record.data), "give one of: " + _known())


def _unknown(data: bytes) -> str:
    if data.lstrip()[:1] == b"<":
        return "HTML or XML, which no reader of this version reads"
    if data[:4] in ZIP_MARKS:
        return "a zip inside a zip, which is not opened"
    return "no known form of record"


def _known() -> str:
    return ", ".join(form.nom for form in FORMS)
