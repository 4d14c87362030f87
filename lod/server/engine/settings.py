"""What the operator of a server decides."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from lod.server.limits import WorkerLimits


class Elsewhere(Protocol):
    """A store, beside that of the release, that answers `/sparql` in its place."""

    @property
    def url(self) -> str:
        """Its address: answers of two stores have different ETags."""

    @property
    def reader(self) -> str:
        """The module that is run as reader process, with the arguments of `worker.py`."""

    def message(self) -> dict[str, Any]:
        """Return the settings of this store for the reader process, as JSON values."""

    def choose(self, folder: Path, target: str, served: str) -> tuple[str, bool]:
        """Return the release to serve, for the target of `current` and the target served now; and
        whether it is final: it is `target`, because this store has that release. May take seconds.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """The options of `lod serve` that concern what is answered, and to whom how much of it."""

    limits: WorkerLimits = field(default_factory=WorkerLimits)  # of one query
    workers: int = 2  # queries of one client evaluated at once; one reader more for other clients
    data_days: int = 14  # after which the data is called old; 0: never
    elsewhere: Elsewhere | None = None  # where `/sparql` is answered, if not here
