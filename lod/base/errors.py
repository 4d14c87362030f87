"""Errors that a person can mend: where in a source, what is wrong, what to do."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a source."""

    path: str  # as the person gave it
    line: int = 1  # counted from 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark about a source, printed as `file:line: what is wrong; what to do`."""

    where: Where
    wrong: str  # what is wrong, with the value in quotes
    remedy: str  # what the person can do, as an imperative

    def __str__(self) -> str:
        return f"{self.where}: {self.wrong}; {self.remedy}"


class LodError(Exception):
    """A mistake that a person can mend; the command line prints it on one line and exits 1."""


def counted(number: int, noun: str) -> str:
    """Return a number with what it counts, in English, as messages have it.

    >>> counted(1, "release"), counted(0, "row")
    ('1 release', '0 rows')
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"


class UsageError(LodError):
    """A command was called with arguments or files that cannot be used; the exit code is 2."""


class SourceError(LodError):
    """A record cannot be read; it is rejected, and the next one is read."""

    def __init__(self, where: Where, wrong: str, remedy: str) -> None:
        self.finding = Finding(where, wrong, remedy)
        super().__init__(str(self.finding))
