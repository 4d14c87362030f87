"""The access log: a line of JSON a request; whose it was only as far as its network.

JSON escapes what a client sends: no request can write a line of its own.
"""

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO

import orjson

from lod.server.exchange import Answer, Request
from lod.server.rate import shortened

LONGEST = 300  # characters of what a client says of itself


@dataclass(frozen=True, slots=True)
class Journal:
    """Where the lines go, None for nowhere; and whether they may tell whole addresses."""

    file: IO[str] | None = None
    is_full: bool = False

    def note(self, request: Request, answer: Answer, sent: int, seconds: float) -> None:
        """Write a line."""
        if self.file is None:
            return
        client = request.client if self.is_full else shortened(request.client, 24, 48)
        line = {
            "heure": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "client": client,
            "methode": request.method,
            "chemin": request.path.decode("latin-1")[:LONGEST],
            "statut": answer.status,
            "octets": sent,
            "ms": round(seconds * 1000, 1),
            "agent": (request.header("user-agent") or "")[:LONGEST],
            **answer.notes,  # release, requete (a hash of the query), cause, cache
        }
        self.file.write(orjson.dumps(line).decode() + "\n")
        self.file.flush()


def journal(is_on: bool, is_full: bool) -> Journal:
    """Return the log of a server: its standard error, or nothing."""
    return Journal(sys.stderr if is_on else None, is_full)
