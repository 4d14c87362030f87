"""The store that answers the queries of `lod serve`, as the server knows it."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lod.base.errors import LodError
from lod.extensions.stores.access import StoreAccess
from lod.extensions.stores.push import QUICK, versions
from lod.extensions.stores.store_client import StoreClient
from lod.publish.release import MANIFEST, RELEASES


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
