"""The named values of a record, each taken once by a reader, and the reading made of them.

`take` is for values without which there is no question. `maybe`, `several` and `last` are for any
other: a value that cannot be read is left for `rest`, with the reason, and the record is kept.
`ignore` is for values that are out of scope; `rest` reports all that were not taken.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, TypeVar

from lod.base.errors import Remark, SourceError, Where
from lod.model.identifiers import shorten
from lod.model.question import (
    FIN_DE_LEGISLATURE,
    JO,
    REPONSE_PUBLIEE,
    Cloture,
    Question,
    Reste,
    Source,
)
from lod.model.safe_html import BeyondBoundsError, check_accents
from lod.model.text import fold, repair, with_plain_spaces

T = TypeVar("T")
ITEM = re.compile(r"\[([0-9]{1,9})\]")
MAX_VALUES = 5_000  # values; the richest known record has some hundred
MAX_LABEL = 1_000  # characters of the name of a field; the longest known has 70
MAX_NAME = 500  # characters of a name, such as that of a ministry; the longest known has 249
MAX_FAULT = 300  # characters of the reason why a value could not be read
SILENT = ("numeric references",)  # repairs that are common: counted, but no remark
# folded reason → closing code, for closures that are no withdrawal
CODES = {"reponse publiee": REPONSE_PUBLIEE, "fin de legislature": FIN_DE_LEGISLATURE}
NO_SUBHEADING = "aucune tete d analyse"  # printed where there is none


class Entry(NamedTuple):
    """One value as read."""

    label: str  # as the source prints it
    value: str
    line: int = 0  # of the source; 0 if only `Fields.where` can find it
    fault: str = ""  # why it could not be read, if a reader tried


class Values:
    """The values of a record, shared by all views of its parts; `locate` returns the line of a
    label, by default the line of the first value below it.
    """

    __slots__ = ("left", "lines", "locate", "numbers", "path", "repaired")

    def __init__(
        self,
        path: str,
        entries: Iterable[tuple[str, Entry]],
        locate: Callable[[str], int] | None = None,
    ) -> None:
        self.path, self.locate = path, locate or self._line_below
        self.left: dict[str, list[Entry]] = {}  # name → its values that were not yet taken
        self.lines: dict[str, int] = {}  # name → line of its first value, if known
        self.numbers: dict[str, dict[int, None]] = {}  # name of a list → indexes of its items
        self.repaired: list[tuple[Entry, tuple[str, ...]]] = []  # (as read, kinds of repair)
        for count, (name, entry) in enumerate(entries):
            wrong, remedy = "", "fetch the record again, or cut it"
            if count == MAX_VALUES:
                wrong = f"more values than a question has, over {MAX_VALUES}"
            elif len(name) > MAX_LABEL:
                wrong = f"a name of more than {MAX_LABEL} characters, '{shorten(name)}'"
            try:
                check_accents(entry.value)
            except BeyondBoundsError as error:
                wrong, remedy = f"{shorten(name)}: {error}", "correct it, or teach the reader"
            if wrong:
                raise SourceError(Where(path, entry.line or 1), wrong, remedy)
            self._add(name, entry)

    def _add(self, name: str, entry: Entry) -> None:
        value, mended = repair(entry.value)
        if mended:
            self.repaired.append((entry, mended))
            entry = entry._replace(value=value)
        if entry.line:
            self.lines.setdefault(name, entry.line)
        if value.strip():
            self.left.setdefault(name, []).append(entry)
            if "[" in name:
                for item in ITEM.finditer(name):
                    numbers = self.numbers.setdefault(name[: item.start()], {})
                    numbers[int(item[1])] = None

    def _line_below(self, name: str) -> int:
        """Return the line of a value, else of the first value below that name, else 1."""
        below = (line for full, line in self.lines.items() if full.startswith(name))
        return self.lines.get(name) or min(below, default=1)


class Fields:
    """The values of a record by name, or of a part of it, as `at` and `each` return."""

    __slots__ = ("_all", "_left", "_prefix")

    def __init__(self, values: Values, prefix: str = "") -> None:
        self._all, self._left, self._prefix = values, values.left, prefix

    def at(self, name: str) -> "Fields":
        return Fields(self._all, f"{self._prefix}{name}.")

    def each(self, name: str) -> Iterator["Fields"]:
        """Yield the parts below `name`: none, one (`name.…`) or many (`name[0].…`)."""
        full = self._prefix + name
        if full not in self._all.numbers:
            if not self.at(name).is_empty:
                yield self.at(name)
            return
        for number in sorted(self._all.numbers[full]):
            yield Fields(self._all, f"{full}[{number}].")

    @property
    def is_empty(self) -> bool:
        return not any(name.startswith(self._prefix) for name in self._left)

    def where(self, entry: Entry | None = None) -> Where:
        """Return the place of a value; without an entry, the place of this part."""
        if entry is None:
            return Where(self._all.path, self._all.locate(self._prefix.rstrip(".")))
        return Where(self._all.path, entry.line or self._all.locate(entry.label))

    def take(self, name: str, read: Callable[[str], T]) -> T:
        """Take a required value; raise SourceError if it is missing, unreadable, or contradicted by
        another value of that name.
        """
        entries = self._pop(name) or self._many(name)
        if not entries:
            raise self.refuse(name, "no value", "fetch the record again, whole, or complete it")
        values = [self._read(entry, read) for entry in entries]
        for entry, value in zip(entries, values, strict=True):
            if value != values[0]:
                raise SourceError(
                    self.where(entry),
                    f"{entry.label}: {_elsewhere(entry, entries[0])}",
                    "correct the one that is wrong",
                )
        return values[0]

    def maybe(self, name: str, read: Callable[[str], T]) -> T | None:
        """Take the first value of `name` that `read` accepts, and those equal to it; all others are
        left for `rest`.
        """
        accepted: tuple[Entry, T] | None = None
        for entry in self._pop(name) or self._many(name):
            for value in self._tried(name, entry, read):
                if accepted is None:
                    accepted = entry, value
                elif value != accepted[1]:
                    self._leave(name, entry, _elsewhere(entry, accepted[0]))
        return accepted[1] if accepted else None

    def several(self, name: str, read: Callable[[str], T]) -> tuple[T, ...]:
        """Take every value of `name` that `read` accepts; others are left for `rest`."""
        return tuple(v for entry in self._pop(name) for v in self._tried(name, entry, read))

    def last(
        self, name: str, parts: Callable[[str], list[str]], read: Callable[[str], T]
    ) -> T | None:
        """Take the last part of the last value of `name`; those before it are left for `rest`."""
        taken = self._pop(name)
        entries = [entry._replace(value=part) for entry in taken for part in parts(entry.value)]
        if len(entries) > 1:
            self._left[self._prefix + name] = entries[:-1]
        return next((v for entry in entries[-1:] for v in self._tried(name, entry, read)), None)

    def texts(self, name: str) -> tuple[str, ...]:
        """Take every name or code at `name`: none, one (`name`) or many (`name[0]`, `name[1]`…)."""
        return tuple(with_plain_spaces(e.value) for e in self._pop(name) or self._many(name))

    def text(self, name: str) -> str | None:
        """Take the value of `name`, a name or a code, if there is one; its spaces are plain."""
        return self.maybe(name, bounded_name)

    def ignore(self, *names: str) -> None:
        """Drop values that are out of scope; the caller says why."""
        for name in names:
            self._pop(name)

    def refuse(self, name: str, wrong: str, remedy: str) -> SourceError:
        """Return the error that the record has a wrong value of `name`, or none."""
        return SourceError(self.at(name).where(), f"{self._prefix}{name}: {wrong}", remedy)

    def rest(self) -> tuple[tuple[Reste, ...], tuple[Remark, ...]]:
        """Return the values that were not taken, and the remarks about them and about repairs."""
        untaken = [entry for entries in self._left.values() for entry in entries]
        restes = tuple(
            Reste(libelle=repair(entry.label)[0], texte=entry.value) for entry in untaken
        )
        return restes, (*map(self._unknown, untaken), *self._repair_remarks())

    @property
    def lines(self) -> Mapping[str, int]:
        return self._all.lines

    @property
    def repairs(self) -> Mapping[str, int]:
        """Kind of repair → number of values that needed it."""
        return dict(Counter(kind for _, mended in self._all.repaired for kind in mended))

    def _unknown(self, entry: Entry) -> Remark:
        wrong = f"unknown field '{entry.label}' = '{shorten(entry.value)}'"
        remedy = "it is kept as raw text; teach the reader what it means"
        if entry.fault:
            wrong = f"{entry.label}: {entry.fault}"
            remedy = "it is kept as raw text; correct it, or teach the reader what it means"
        return Remark(self.where(entry), wrong, remedy)

    def _repair_remarks(self) -> Iterator[Remark]:
        for entry, mended in self._all.repaired:
            if kinds := [kind for kind in mended if kind not in SILENT]:
                wrong = f"{entry.label}: {' and '.join(kinds)}"
                yield Remark(self.where(entry), wrong, "it is repaired; compare with the source")

    def _many(self, name: str) -> list[Entry]:
        full = self._prefix + name
        names = (f"{full}[{number}]" for number in self._all.numbers.get(full, ()))
        return [entry for n in names for entry in self._left.pop(n, [])]

    def _pop(self, name: str) -> list[Entry]:
        return self._left.pop(self._prefix + name, [])

    def _tried(self, name: str, entry: Entry, read: Callable[[str], T]) -> list[T]:
        """Return the value in a list; [] if it cannot be read: then it is left for `rest`.

        Raises SourceError for a value that no reader should be given.
        """
        try:
            return [read(entry.value)]
        except BeyondBoundsError as error:
            raise self._unreadable(entry, error) from error
        except ValueError as error:
            self._leave(name, entry, str(error))
            return []

    def _leave(self, name: str, entry: Entry, fault: str) -> None:
        untaken = self._left.setdefault(self._prefix + name, [])
        untaken.append(entry._replace(fault=shorten(fault, MAX_FAULT)))

    def _read(self, entry: Entry, read: Callable[[str], T]) -> T:
        try:
            return read(entry.value)
        except ValueError as error:
            raise self._unreadable(entry, error) from error

    def _unreadable(self, entry: Entry, error: ValueError) -> SourceError:
        wrong, remedy = shorten(str(error), MAX_FAULT), "correct it, or teach the reader"
        return SourceError(self.where(entry), f"{entry.label}: {wrong}", remedy)


def _elsewhere(entry: Entry, first: Entry) -> str:
    return f"'{shorten(entry.value)}', but elsewhere it is '{shorten(first.value)}'"


@dataclass(frozen=True, slots=True)
class Reading:
    """A question as read from one record."""

    question: Question
    remarks: tuple[Remark, ...] = ()  # about values that were not understood, and repairs
    lines: Mapping[str, int] = field(default_factory=dict)  # name of a field → line of its value
    repairs: Mapping[str, int] = field(default_factory=dict)  # kind → number of repaired values


def source(data: bytes, media_type: str) -> Source:
    return Source(sha256=hashlib.sha256(data).hexdigest(), format=media_type)


def bounded_name(text: str) -> str:
    """Return a name or a code, with single spaces; raise ValueError if it is too long to be one."""
    if len(text) > MAX_NAME:
        raise ValueError(f"a name of more than {MAX_NAME} characters")
    return with_plain_spaces(text)


def tete_analyse(text: str) -> str | None:
    return None if fold(text) == NO_SUBHEADING else with_plain_spaces(text)


def cloture(
    day: date | None, code: str | None, libelle: str | None, jo: JO | None = None
) -> Cloture | None:
    """Return the closure that a record states; None if it states neither day, code nor reason.

    A reason without a code gets the code that this reason has elsewhere.

    >>> cloture(date(2014, 5, 13), None, "Réponse publiée").code
    'REP_PUB'
    """
    if not (day or code or libelle):
        return None
    known = code or (CODES.get(fold(libelle)) if libelle else None)
    return Cloture(jour=day, code=known, libelle=libelle, jo=jo)


def whole(reading: Reading, where: Callable[[], Where]) -> Reading:
    """Return the reading; raise SourceError, at `where`, if it states neither a day nor a text."""
    q = reading.question
    if not (q.jours or q.texte or any(r.texte for r in q.reponses)):
        raise SourceError(
            where(), "neither a day nor a text of a question", "fetch the record again, whole"
        )
    return reading
