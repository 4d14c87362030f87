"""Facts that depend on all records, and must be known before any question is converted."""

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lod.pipeline.intake import IntakeRecord


@dataclass(slots=True)
class FirstPass:
    """The facts of some records; those of other records may be joined."""

    record_counts: dict[str, int] = field(default_factory=dict)  # input → number of records
    auteurs: set[str] = field(default_factory=set)  # acteurRefs of all authors
    data_until: dict[int, date] = field(default_factory=dict)  # legislature → latest day stated

    def add(self, record: "IntakeRecord") -> "FirstPass":
        """Add the facts of one record; return self, as a reduction of Spark asks for."""
        name = input_of(record.name)
        self.record_counts[name] = self.record_counts.get(name, 0) + 1
        if record.auteur:
            self.auteurs.add(record.auteur)
        if record.last_day:
            self._extend(record.legislature, record.last_day)
        return self

    def join(self, other: "FirstPass") -> "FirstPass":
        """Add the facts of other records; return self."""
        for name, count in other.record_counts.items():
            self.record_counts[name] = self.record_counts.get(name, 0) + count
        self.auteurs |= other.auteurs
        for legislature, day in other.data_until.items():
            self._extend(legislature, day)
        return self

    def _extend(self, legislature: int, day: date) -> None:
        self.data_until[legislature] = max(self.data_until.get(legislature, day), day)


def input_of(name: str) -> str:
    """Return the input that a record was read from: the first part of its name.

    >>> input_of("data.zip/17/1.json"), input_of("lines.jsonl#12")
    ('data.zip', 'lines.jsonl')
    """
    return name.split("/")[0].split("#")[0]
