"""What may be wrong, in three words: a *remark*, a *rejection*, a *failure*.

A remark says of a place what is wrong and what to do; what it speaks of is published. A rejection
is a record that is not, for the reasons that its remarks give. A failure is an error: a command
ends, and what is published stays as it is.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a source."""

    path: str  # as the person gave it; in what is published, the name of the record
    line: int = 1  # counted from 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Remark:
    """What is wrong with a source, printed as `file:line: what is wrong; what to do`."""

    where: Where
    wrong: str  # what is wrong, with the value in quotes
    remedy: str  # what the person can do, as an imperative

    def __str__(self) -> str:
        return f"{self.where}: {self.wrong}; {self.remedy}"


class LodError(Exception):
    """A failure that a person can mend; the command line prints it on one line and exits 1."""


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
        self.remark = Remark(where, wrong, remedy)
        super().__init__(str(self.remark))
