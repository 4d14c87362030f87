"""Findings."""

from collections.abc import Iterable
from dataclasses import dataclass

from lod.base.errors import Finding
from lod.base.pickling import compacte


@compacte
@dataclass(frozen=True, slots=True)
class Remarque:
    """A finding as it may be published: the name of the record, the line, what is wrong, what to
    do.
    """

    nom: str
    line: int
    wrong: str
    remedy: str


@compacte
@dataclass(frozen=True, slots=True)
class Refus:
    """A record that is not published, by its name and hash, and why."""

    nom: str
    sha256: str
    motifs: tuple[Remarque, ...]


def refus_of(nom: str, path: str, sha256: str, findings: Iterable[Finding]) -> Refus:
    """Return why a record is refused, as it may be told: no folder of the publisher's is named."""
    told = ((f.where.line, f.wrong.replace(path, nom), f.remedy) for f in findings)
    return Refus(nom, sha256, tuple(Remarque(nom, *motif) for motif in told))
