"""The access log: a line of JSON a request."""

from dataclasses import dataclass
from typing import IO, Any

import orjson

from lod.server.common.log import LogWriter, now
from lod.server.common.request_response import NOTES
from lod.server.engine.caller import shortened
from lod.server.limits import LOG_TEXT


@dataclass(frozen=True, slots=True)
class AccessLog:
    """A file to which a line is written for each request."""

    file: LogWriter | IO[str] | None = None  # None: nothing is written
    is_full: bool = False  # whole IP addresses are written, not only their networks

    @property
    def dropped(self) -> int:
        """Lines that were dropped, because they could not be written."""
        return self.file.dropped if isinstance(self.file, LogWriter) else 0

    def note(self, environ: dict[str, Any], status: int, sent: int, seconds: float) -> None:
        """Write the line of a request; `sent` is in bytes."""
        if self.file is None:
            return
        client = environ["REMOTE_ADDR"]
        line = {
            "heure": now(),
            "client": client if self.is_full else shortened(client, 24, 48),
            "methode": environ["REQUEST_METHOD"],
            "chemin": environ["REQUEST_URI"].partition("?")[0][:LOG_TEXT],
            "statut": status,
            "octets": sent,
            "ms": round(seconds * 1000, 1),
            "agent": environ.get("HTTP_USER_AGENT", "")[:LOG_TEXT],
            **environ[NOTES],  # release, requete (a hash of the query), outil, cause
        }
        self.file.write(orjson.dumps(line).decode() + "\n")
