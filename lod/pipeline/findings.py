"""Findings in the form in which they are published: without the publisher's own folders."""

from collections.abc import Iterable
from dataclasses import dataclass

from lod.base.errors import Finding
from lod.model.text import slug


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding about a record, or a reason why it is rejected."""

    name: str  # of the record, below the input
    line: int  # in its file, from 1
    wrong: str  # what is wrong
    remedy: str  # what to do


@dataclass(frozen=True, slots=True)
class Rejection:
    """A record that is not published."""

    name: str
    sha256: str  # of its bytes
    reasons: tuple[Remark, ...]

    def file_name(self, number: int) -> str:
        """Return the name of the file that keeps the bytes; `number` makes it unique."""
        return f"{number:06d}-{slug(self.name)[-80:].strip('-')}"


def remark_of(name: str, found: Finding) -> Remark:
    """Return a finding about the record called `name`."""
    return Remark(name, found.where.line, found.wrong, found.remedy)


def rejection_of(name: str, path: str, sha256: str, findings: Iterable[Finding]) -> Rejection:
    """Return the rejection of a record; where a reason states its path, the name replaces it."""
    reasons = ((f.where.line, f.wrong.replace(path, name), f.remedy) for f in findings)
    return Rejection(name, sha256, tuple(Remark(name, *reason) for reason in reasons))
