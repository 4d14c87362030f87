"""What the operator of a server decides."""

from dataclasses import dataclass, field

from lod.remote.stores.credentials import StoreAccess
from lod.server.limits import WorkerLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """The options of `lod serve` that concern what is answered, and to whom how much of it."""

    limits: WorkerLimits = field(default_factory=WorkerLimits)  # of one query
    workers: int = 2  # queries of one client evaluated at once; one more for the others
    rate: float = 0.0  # costly requests a second of one client, 0 for no limit
    budget: float = 0.0  # seconds of evaluation a minute of one client, 0 for no limit
    store_access: StoreAccess | None = None  # the remote store that answers `/sparql`, if any
