"""Findings."""

from collections.abc import Iterable
from dataclasses import dataclass

from lod.base.errors import Finding
from lod.base.pickling import pickled_by_field


@pickled_by_field
@dataclass(frozen=True, slots=True)
class Remark:
    """A finding as it may be published: the name of the record, the line, what is wrong, what to
    do.
    """

    name: str
    line: int
    wrong: str
    remedy: str


@pickled_by_field
@dataclass(frozen=True, slots=True)
class Rejection:
    """A record that is not published, by its name and hash, and why."""

    name: str
    sha256: str
    reasons: tuple[Remark, ...]


def rejection_of(name: str, path: str, sha256: str, findings: Iterable[Finding]) -> Rejection:
    """Return why a record is refused, as it may be told: no folder of the publisher's is named."""
    told = ((f.where.line, f.wrong.replace(path, name), f.remedy) for f in findings)
    return Rejection(name, sha256, tuple(Remark(name, *reason) for reason in told))
