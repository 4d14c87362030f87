"""The store that answers the queries of `lod serve`, as the server knows it."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lod.base.errors import LodError
from lod.extensions.stores.access import StoreAccess
from lod.extensions.stores.store_client import StoreClient
from lod.extensions.stores.versions import QUICK, versions
from lod.publish.release import MANIFEST, RELEASES
from lod.server.common.problems import Problem
from lod.server.engine.pool import Pool
from lod.server.engine.reader import EngineQuery

HEALTH_SECONDS = 2.0  # in which the store must answer to be called well


@dataclass(frozen=True, slots=True)
class StoreElsewhere:
    """A store as `lod.server.engine.settings.Elsewhere`."""

    access: StoreAccess
    reader: str = "lod.extensions.stores.reader"

    @property
    def url(self) -> str:
        return self.access.url

    def message(self) -> dict[str, Any]:
        """Return the fields of the access."""
        return asdict(self.access)

    def choose(self, folder: Path, target: str, served: str) -> tuple[str, bool]:
        """Return `target`, the current release, if the store has it; else the newest that both
        have. If the store does not answer, it stays `served`, the one that is served now.
        """
        try:
            with StoreClient(self.access, QUICK) as client:
                there = [v.release for v in versions(client) if v.ranks]
        except LodError:
            return served or target, False
        if Path(target).name in there:
            return target, True
        here = (name for name in there if (folder / RELEASES / name / MANIFEST).is_file())
        return next((f"{RELEASES}/{name}" for name in here), served or target), False

    def state(self, pool: Pool, base: str) -> dict[str, Any]:
        """Return whether the store answers, by a query that costs nothing."""
        query = EngineQuery("ASK {}", f"{base}sparql", "application/sparql-results+json", None)
        state: dict[str, Any] = {"url": self.url, "ok": True}
        try:
            pool.run(query, seconds=HEALTH_SECONDS).body.close()
        except Problem as problem:
            state |= {"ok": False, "detail": problem.detail}
        return state
