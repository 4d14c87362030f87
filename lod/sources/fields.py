"""The named values of one record, each taken once by a reader; `rest` reports those left over.

`take` is for values that the source guarantees, `maybe` for those that may be absent, `attempt`
for those whose form may be unknown, `ignore` for those that are out of scope.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple, TypeVar

from lod.base.errors import Finding, SourceError, Where
from lod.model.identifiers import shorten
from lod.model.question import Reste
from lod.model.text import repair

T = TypeVar("T")
ITEM = re.compile(r"\[([0-9]{1,9})\]")
MAX_VALUES = 5_000  # values; the richest known record has some hundred
MAX_LABEL = 1_000  # characters of a name; the longest known has 70
SILENT = ("numeric references",)  # repairs that are common: counted, but no remark


class Entry(NamedTuple):
    """One value as read."""

    label: str  # as the source prints it
    value: str
    line: int = 0  # of the source; 0 if only `Fields.where` can find it


class _Values:
    """The values of a whole record, shared by all views of its parts.

    `locate` returns the line of a label; by default that of the first value below it.
    """

    __slots__ = ("left", "lines", "locate", "numbers", "path", "repaired")

    def __init__(
        self, path: str, entries: Iterable[tuple[str, Entry]], locate: Callable[[str], int] | None
    ) -> None:
        self.path, self.locate = path, locate or self._line_below
        self.left: dict[str, list[Entry]] = {}  # name → its values that were not yet taken
        self.lines: dict[str, int] = {}  # name → line of its first value, if known
        self.numbers: dict[str, dict[int, None]] = {}  # name of a list → indexes of its items
        self.repaired: list[tuple[Entry, tuple[str, ...]]] = []  # (as read, kinds of repair)
        for count, (name, entry) in enumerate(entries):
            if count == MAX_VALUES:
                raise SourceError(
                    Where(path, entry.line or 1),
                    f"more values than a question has, over {MAX_VALUES}",
                    "fetch the record again, or cut it",
                )
            if len(name) > MAX_LABEL:
                raise SourceError(
                    Where(path, entry.line or 1),
                    f"a name of more than {MAX_LABEL} characters, '{shorten(name)}'",
                    "fetch the record again, or cut it",
                )
            self._add(name, entry)

    def _add(self, name: str, entry: Entry) -> None:
        value, mended = repair(entry.value)
        if mended:
            self.repaired.append((entry, mended))
            entry = entry._replace(value=value)
        if entry.line:
            self.lines.setdefault(name, entry.line)
        if value:
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

    def __init__(
        self,
        path: str,
        entries: Iterable[tuple[str, Entry]],
        locate: Callable[[str], int] | None = None,
    ) -> None:
        self._all, self._prefix = _Values(path, entries, locate), ""
        self._left = self._all.left

    def _view(self, prefix: str) -> "Fields":
        view = object.__new__(Fields)
        view._all, view._left, view._prefix = self._all, self._left, prefix
        return view

    def at(self, name: str) -> "Fields":
        """Return the part below `name`, which may be empty."""
        return self._view(f"{self._prefix}{name}.")

    def each(self, name: str) -> Iterator["Fields"]:
        """Yield the parts below `name`: none, one (`name.…`) or many (`name[0].…`)."""
        full = self._prefix + name
        if full not in self._all.numbers:
            if not self.at(name).is_empty:
                yield self.at(name)
            return
        for number in sorted(self._all.numbers[full]):
            yield self._view(f"{full}[{number}].")

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left in this part."""
        return not any(name.startswith(self._prefix) for name in self._left)

    def where(self, entry: Entry | None = None) -> Where:
        """Return the place of a value; without an entry, that of this part."""
        if entry is None:
            return Where(self._all.path, self._all.locate(self._prefix.rstrip(".")))
        return Where(self._all.path, entry.line or self._all.locate(entry.label))

    def several(self, name: str, read: Callable[[str], T]) -> tuple[T, ...]:
        """Take every value of `name`; raise SourceError for one that `read` refuses."""
        return tuple(self._read(entry, read) for entry in self._pop(name))

    def maybe(self, name: str, read: Callable[[str], T]) -> T | None:
        """Take the one value of `name` if there is one; raise SourceError for two."""
        values = self._pop(name) or self._many(name)
        if len(values) > 1:
            raise SourceError(
                self.where(values[1]),
                f"{values[1].label}: stated twice, '{values[0].value}' and '{values[1].value}'",
                "keep the right one",
            )
        return self._read(values[0], read) if values else None

    def same(self, name: str, read: Callable[[str], T]) -> T | None:
        """Take a value that may be printed several times; raise SourceError if those differ."""
        entries = self._pop(name)
        values = [self._read(entry, read) for entry in entries]
        for entry, value in zip(entries, values, strict=True):
            if value != values[0]:
                raise SourceError(
                    self.where(entry),
                    f"{entry.label}: '{shorten(entry.value)}', but elsewhere it is "
                    f"'{shorten(entries[0].value)}'",
                    "save the page again, whole, or correct the one that is wrong",
                )
        return values[0] if values else None

    def need(self, name: str, read: Callable[[str], T]) -> T:
        """Take a value that is printed at least once; raise SourceError if there is none."""
        value = self.same(name, read)
        if value is None:
            raise self.refuse(name, "no value", "save the page again, whole")
        return value

    def take(self, name: str, read: Callable[[str], T]) -> T:
        """Take the one value of `name`; raise SourceError if there is none."""
        value = self.maybe(name, read)
        if value is None:
            raise self.refuse(name, "no value", "fetch the record again, whole, or complete it")
        return value

    def spread(self, name: str, parts: Callable[[str], list[str]]) -> None:
        """Replace each value of `name` by its parts, if there are several."""
        for entry in self._pop(name):
            values = parts(entry.value)
            made = [entry._replace(value=value) for value in values] if len(values) > 1 else [entry]
            self._left.setdefault(self._prefix + name, []).extend(made)

    def last(self, name: str, read: Callable[[str], T]) -> T | None:
        """Take the last value of `name`; those before it are left for `rest`."""
        entries = self._left.get(self._prefix + name)
        if not entries:
            return None
        value = self._read(entries[-1], read)
        del entries[-1]
        return value

    def attempt(self, name: str, read: Callable[[str], T]) -> T | None:
        """Take the first value of `name` if `read` accepts it; else leave it for `rest`."""
        for entry in self._left.get(self._prefix + name, []):
            try:
                value = read(entry.value)
            except ValueError:
                return None
            self._pop(name)
            return value
        return None

    def texts(self, name: str) -> tuple[str, ...]:
        """Take every value of `name`: none, one (`name`) or many (`name[0]`, `name[1]`…)."""
        return tuple(entry.value for entry in self._pop(name) or self._many(name))

    def text(self, name: str) -> str | None:
        """Take the value of `name` as it stands, if there is one."""
        return self.maybe(name, str)

    def ignore(self, *names: str) -> None:
        """Drop values that are out of scope; the caller says why."""
        for name in names:
            self._pop(name)

    def refuse(self, name: str, wrong: str, remedy: str) -> SourceError:
        """Return the error that the record has a wrong value of `name`, or none."""
        full = self._prefix + name
        return SourceError(
            Where(self._all.path, self._all.locate(full)), f"{full}: {wrong}", remedy
        )

    def rest(self) -> tuple[tuple[Reste, ...], tuple[Finding, ...]]:
        """Return the values that were not taken, and the findings: about them, about repairs."""
        left = [entry for entries in self._left.values() for entry in entries]
        restes = tuple(Reste(libelle=entry.label, texte=entry.value) for entry in left)
        return restes, (*map(self._unknown, left), *self._repair_findings())

    @property
    def lines(self) -> Mapping[str, int]:
        """Name → line of its first value, where it is known."""
        return self._all.lines

    @property
    def repairs(self) -> Mapping[str, int]:
        """Kind of repair → number of values that needed it."""
        return dict(Counter(kind for _, mended in self._all.repaired for kind in mended))

    def _unknown(self, entry: Entry) -> Finding:
        return Finding(
            self.where(entry),
            f"unknown field '{entry.label}' = '{shorten(entry.value)}'",
            "it is kept as raw text; teach the reader what it means",
        )

    def _repair_findings(self) -> Iterator[Finding]:
        for entry, mended in self._all.repaired:
            if kinds := [kind for kind in mended if kind not in SILENT]:
                wrong = f"{entry.label}: {' and '.join(kinds)}"
                yield Finding(self.where(entry), wrong, "it is repaired; compare with the source")

    def _many(self, name: str) -> list[Entry]:
        full = self._prefix + name
        names = (f"{full}[{number}]" for number in self._all.numbers.get(full, ()))
        return [entry for n in names for entry in self._left.pop(n, [])]

    def _pop(self, name: str) -> list[Entry]:
        return self._left.pop(self._prefix + name, [])

    def _read(self, entry: Entry, read: Callable[[str], T]) -> T:
        try:
            return read(entry.value)
        except ValueError as error:
            raise SourceError(
                self.where(entry), f"{entry.label}: {error}", "correct it, or teach the reader"
            ) from error
