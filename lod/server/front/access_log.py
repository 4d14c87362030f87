"""The log: a line of JSON a request, and one for each word of the server on its own state.

Whose a request was it tells only as far as the network.

JSON escapes what a client sends: no request can write a line of its own.
"""

import logging
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO

import orjson

from lod.server.common.request_response import Answer, Request
from lod.server.front.rate_limit import shortened

LONGEST = 300  # characters of what a client says of itself


@dataclass(frozen=True, slots=True)
class AccessLog:
    """Where the lines go, None for nowhere; and whether they may tell whole addresses."""

    file: IO[str] | None = None
    is_full: bool = False

    def note(self, request: Request, answer: Answer, sent: int, seconds: float) -> None:
        """Write a line."""
        if self.file is None:
            return
        client = request.client if self.is_full else shortened(request.client, 24, 48)
        line = {
            "heure": now(),
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


class LogLine(logging.Formatter):
    """What the server says of itself, as lines of the same log."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a line of JSON."""
        told = {"heure": now(), "niveau": record.levelname, "message": record.getMessage()}
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        return orjson.dumps(told).decode()


def now() -> str:
    """Return the time as the log writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def make_access_log(is_on: bool, is_full: bool) -> AccessLog:
    """Return the log of a server: its standard error, or nothing but warnings in plain words."""
    if is_on:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(LogLine())
        logging.basicConfig(handlers=[handler])
    return AccessLog(sys.stderr if is_on else None, is_full)
