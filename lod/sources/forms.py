"""Recognise the form of a record by its content, and read it with the module of that form.

`preuves.csv` has the evidence that each field of a form is read rightly.
"""

import hashlib
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

from lod.base.errors import Remark, SourceError, Where
from lod.base.inputs import Record
from lod.base.tabular import typed_rows
from lod.model.identifiers import shorten
from lod.model.question import Question
from lod.model.safe_html import uneven_tables
from lod.sources import an_record, an_xml, page_2012, page_2022, page_fiche, page_recent, page_text
from lod.sources.fields import Reading
from lod.sources.markup import is_xml_of

EVIDENCE = Path(__file__).parent / "preuves.csv"
SEEN, DOCUMENTED, ASSUMED = "relevé", "documenté", "supposé"


@dataclass(frozen=True, slots=True)
class Form:
    name: str  # in messages
    matches: Callable[[bytes], object]  # something true if the bytes of a record have this form
    parse: Callable[[bytes, str], Reading]  # reads bytes and path; raises SourceError, ValueError


FORMS = (
    Form("official JSON record", an_record.is_json, an_record.parse),
    Form("page of /dyn/ with « Bloc de style » (HTML)", page_2022.MARK.search, page_2022.parse),
    Form("page of 2012–24 with « question_header » (HTML)", page_2012.MARK.search, page_2012.parse),
    Form("« fiche question » (HTML)", page_fiche.is_page, page_fiche.parse),
    Form("newest page (HTML)", page_recent.is_html, page_recent.parse_html),
    Form("page saved as text", page_text.is_page, page_text.parse),
    Form("newest page as Markdown", page_recent.is_markdown, page_recent.parse_markdown),
    Form("official XML record", partial(is_xml_of, an_xml.NAME), an_xml.parse),
    Form("older XML record", partial(is_xml_of, an_xml.OLDER_NAME), an_xml.parse_older),
)
OTHER_ARCHIVES = (b"7z\xbc\xaf'\x1c", b"\xfd7zXZ", b"BZh", b"\x28\xb5\x2f\xfd", b"Rar!")
# pages that the site gives, with status 200, in place of one that it does not have
ERROR_PAGE = re.compile(rb"<title>\s*(?:50\d|40\d|Error)|Error 50\d|Aucun r\S{1,8}sultat ne corres")


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """A record that was read, or rejected: it has a reading or reasons, never both."""

    path: str  # path, name and line as in `Record`
    name: str
    line: int
    sha256: str  # of its bytes
    reading: Reading | None = None
    reasons: tuple[Remark, ...] = ()  # why it was rejected


def read_record(record: Record) -> ReadRecord:
    """Read a record of any form; if that fails, return why in place of a reading."""
    place = (record.path, record.name, record.line)
    try:
        reading = read(record)
    except SourceError as error:
        sha256 = hashlib.sha256(record.data).hexdigest()
        return ReadRecord(*place, sha256, reasons=(error.remark,))
    return ReadRecord(*place, reading.question.sources[0].sha256, reading)


def read(record: Record) -> Reading:
    """Read one record in the form that its content shows; raise SourceError if that fails."""
    if record.fault:
        raise SourceError(record.fault.where, record.fault.wrong, record.fault.remedy)
    if not record.data.strip():
        raise SourceError(Where(record.path), "the file is empty", "fetch it again, or remove it")
    for form in FORMS:
        if form.matches(record.data):
            return _placed(form, record)
    wrong, remedy = _unknown(record.data)
    raise SourceError(Where(record.path, record.line), wrong, remedy)


def _placed(form: Form, record: Record) -> Reading:
    """Read a record in a form, with lines counted from the beginning of its file."""
    before = record.line - 1  # lines of the file
    try:
        reading = form.parse(record.data, record.path)
    except ValueError as error:  # not about a value with a line
        wrong = f"not a {form.name} that can be read: {shorten(str(error))}"
        raise SourceError(
            Where(record.path, record.line), wrong, "fetch it again, whole, or remove it"
        ) from error
    except SourceError as error:
        moved = _moved(error.remark, before)
        raise SourceError(moved.where, moved.wrong, moved.remedy) from error
    if doubts := tuple(_doubts(reading.question, Where(record.path))):
        reading = replace(reading, remarks=(*reading.remarks, *doubts))
    if not before:
        return reading
    return replace(
        reading,
        remarks=tuple(_moved(remark, before) for remark in reading.remarks),
        lines={name: line + before for name, line in reading.lines.items()},
    )


def _doubts(q: Question, where: Where) -> Iterator[Remark]:
    """Yield what no reader can mend in the texts of a question."""
    texts = ("texte", q.texte_html), *(("réponse", r.texte_html) for r in q.reponses)
    for name, text in texts:
        for number in uneven_tables(text or ""):
            wrong = f"{name}: the rows of table {number} are not equally wide"
            yield Remark(where, wrong, "it is published as it is; compare with the source")


def _moved(remark: Remark, lines: int) -> Remark:
    return replace(remark, where=replace(remark.where, line=remark.where.line + lines))


def _unknown(data: bytes) -> tuple[str, str]:
    """Return what is wrong with bytes of no known form, and what to do."""
    give = f"give one of: {', '.join(form.name for form in FORMS)}"
    if ERROR_PAGE.search(data):
        return "an error page of the site, not a question", give
    if data.lstrip()[:1] == b"<":
        return "HTML or XML, but not of a question", give
    if data.startswith(OTHER_ARCHIVES) or data[257:262] == b"ustar":
        return "an archive that is neither zip nor gzip", "unpack it, and give the folder"
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "UTF-16", "convert the file: iconv -f utf-16 -t utf-8"
    return "no known form of record", give


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a form is read so, for one field or a part of it."""

    field: str  # of `Question`; or a part of one, such as `reponses.page`
    form: str  # a column of the table in `README.md`
    constat: str  # SEEN, DOCUMENTED or ASSUMED
    records: int  # genuine records that state the field


@cache
def evidence() -> tuple[Evidence, ...]:
    """Return the evidence of every field that a form can state, in the order of the table."""
    columns = {"field": "champ", "form": "forme", "records": "enregistrements"}
    return tuple(typed_rows(Evidence, EVIDENCE, "constat", *columns.values(), **columns))
