"""A record of a reference archive, from which values are taken by name.

Records of persons hold addresses, telephone numbers and staff, which must not be read: unlike
questions, these records are never read whole.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NoReturn, TypeVar

from lod.base.errors import Remark, SourceError, Where
from lod.base.inputs import Record, decode
from lod.base.json_lines import NIL, Lines, read_json
from lod.model.text import repair, with_plain_spaces

T = TypeVar("T")
MAX_REMARKS = 1_000  # about one file: a wrong file has one about each of its values
LEFT_OUT = "it is left out of the reference data; correct it, or fetch the archive again"


class FileRemarks:
    """The remarks about one file: the first thousand, and the number of further ones."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._kept: list[Remark] = []
        self._unkept = 0

    def append(self, remark: Remark) -> None:
        if len(self._kept) < MAX_REMARKS:
            self._kept.append(remark)
        else:
            self._unkept += 1

    def kept(self) -> list[Remark]:
        """Return the remarks; the last one states how many more there are."""
        if not self._unkept:
            return self._kept
        wrong = f"{self._unkept} more values are wrong, beside the {MAX_REMARKS} told of"
        return [*self._kept, Remark(Where(self._path), wrong, LEFT_OUT)]


@dataclass(frozen=True, slots=True)
class JsonRecord:
    """A JSON object in a record."""

    value: dict[str, Any]
    label: str  # its path in the record: `acteur.mandats.mandat[0]`
    path: str  # of the file
    lines: Lines  # of the whole record
    remarks: FileRemarks  # about the record; its parts add to the same list

    def several(self, read: Callable[[str], T], *names: str) -> tuple[T, ...]:
        """Return the values below `names`: none, one or many; raise SourceError for a bad one."""
        below, values = self._below(names), []
        for item in below if isinstance(below, list) else [below]:
            value = something(item)
            if isinstance(value, dict | list):
                self.refuse(names, "an object or a list where a text is expected")
            text = with_plain_spaces(repair(str(value))[0]) if value is not None else ""
            try:
                values += [read(text)] if text else []
            except ValueError as error:
                self.refuse(names, str(error))
        return tuple(values)

    def maybe(self, read: Callable[[str], T], *names: str) -> T | None:
        """Return the value below `names` if there is one; raise SourceError for two."""
        values = self.several(read, *names)
        if len(values) > 1:
            self.refuse(names, f"{len(values)} values where one is expected")
        return values[0] if values else None

    def take(self, read: Callable[[str], T], *names: str) -> T:
        """Return the only value below `names`; raise SourceError if there is none."""
        value = self.maybe(read, *names)
        if value is None:
            self.refuse(names, "no value")
        return value

    def attempt(self, read: Callable[[str], T], *names: str) -> T | None:
        """Return the value below `names`; None, with a remark, for one that cannot be read."""
        try:
            return self.maybe(read, *names)
        except SourceError as error:
            self.remarks.append(error.remark)
            return None

    def each(self, *names: str) -> Iterator["JsonRecord"]:
        """Yield the objects below `names`: none, one or many; other values become remarks."""
        value, label = self._below(names), self._label(names)
        many = isinstance(value, list)
        for number, item in enumerate(value if many else [value]):
            inner, place = something(item), f"{label}[{number}]" if many else label
            if isinstance(inner, dict):
                yield replace(self, value=inner, label=place)
            elif inner is not None:
                self.remarks.append(self._remark(place, "no object"))

    def refuse(self, names: tuple[str, ...], wrong: str) -> NoReturn:
        """Raise SourceError about the value below `names`."""
        remark = self._remark(self._label(names), wrong)
        raise SourceError(remark.where, remark.wrong, remark.remedy)

    def _below(self, names: tuple[str, ...]) -> Any:
        value: Any = self.value
        for depth, name in enumerate(names):
            if value is None:
                return None
            if not isinstance(value, dict):
                self.refuse(names[:depth], "no object")
            value = something(value.get(name))
        return value

    def _label(self, names: tuple[str, ...]) -> str:
        return ".".join((self.label, *names)).lstrip(".")

    def _remark(self, label: str, wrong: str) -> Remark:
        return Remark(Where(self.path, self.lines.line_of(label)), f"{label}: {wrong}", LEFT_OUT)


def something(value: Any) -> Any:
    """Return a value, or None for the five spellings of nothing; a list of one is its item.

    >>> [something(v) for v in (None, "", {}, {"@xsi:nil": "true"}, [], {"#text": "PA1"}, ["a"])]
    [None, None, None, None, None, 'PA1', 'a']
    """
    while True:
        if isinstance(value, dict):
            if value.get(NIL) in ("true", True):
                return None
            if "#text" not in value:
                return value or None
            value = value["#text"]
        elif isinstance(value, list) and len(value) == 1:
            [value] = value
        else:
            return value if value not in ("", []) else None


def read_json_record(record: Record, remarks: FileRemarks) -> JsonRecord:
    """Return the object that a file holds; raise SourceError if it holds no JSON object."""
    if record.fault:
        raise SourceError(record.fault.where, record.fault.wrong, record.fault.remedy)
    root = read_json(record.data, record.path, "fetch the archive again")
    if not isinstance(root, dict):
        remedy = "give archives of acteurs and organes"
        raise SourceError(Where(record.path), "no JSON object at the root", remedy)
    lines = Lines(decode(record.data, record.path))
    return JsonRecord(root, "", record.path, lines, remarks)
