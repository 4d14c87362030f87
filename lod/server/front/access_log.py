"""The access log: a line of JSON a request or message, written by a thread of its own."""

import logging
import os
import queue
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO

import orjson

from lod.server.common.request_response import Answer, Request
from lod.server.engine.caller import shortened
from lod.server.limits import LOG_CLOSE_SECONDS, LOG_LINES, LOG_SECONDS, LOG_TEXT, TRACE_SECONDS


class LogWriter:
    """A file that many threads write lines to without waiting."""

    def __init__(self, descriptor: int) -> None:
        # the descriptor itself: a thread that is stuck must hold no lock of `sys.stderr`
        self._descriptor = descriptor
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self.dropped = 0  # lines so far that found no room
        self._thread = threading.Thread(target=self._work, name="log", daemon=True)
        self._thread.start()

    def write(self, text: str) -> int:
        """Put a text in the queue; drop it if LOG_LINES wait. Return its length."""
        if self._lines.qsize() < LOG_LINES:
            self._lines.put(text.encode("utf-8", "backslashreplace"))
        else:
            self.dropped += 1
        return len(text)

    def flush(self) -> None:
        """Do nothing: the lines are written as soon as it is possible."""

    def close(self) -> None:
        """Write the lines that wait, if that takes no more than LOG_CLOSE_SECONDS."""
        self._lines.put(None)
        self._thread.join(LOG_CLOSE_SECONDS)

    def _work(self) -> None:
        """Write the lines in the queue, many at once: each call, and each time that this thread
        wakes, delays the other threads.
        """
        lines: list[bytes | None] = []
        while None not in lines:
            lines = [self._lines.get()]
            time.sleep(LOG_SECONDS)
            lines += [self._lines.get() for _ in range(self._lines.qsize())]
            data = b"".join(filter(None, lines))
            try:
                while data:
                    data = data[os.write(self._descriptor, data) :]
            except OSError:  # nobody reads the log any more
                self.dropped += len(lines)


@dataclass(frozen=True, slots=True)
class AccessLog:
    """A file to which a line is written for each request."""

    file: LogWriter | IO[str] | None = None  # None: nothing is written
    is_full: bool = False  # whole IP addresses are written, not only their networks

    @property
    def dropped(self) -> int:
        """Lines that were dropped, because they could not be written."""
        return self.file.dropped if isinstance(self.file, LogWriter) else 0

    def note(self, request: Request, answer: Answer, sent: int, seconds: float) -> None:
        """Write the line of a request; `sent` is in bytes."""
        if self.file is None:
            return
        line = {
            "heure": now(),
            "client": request.client if self.is_full else shortened(request.client, 24, 48),
            "methode": request.method,
            "chemin": request.path.decode("latin-1")[:LOG_TEXT],
            "statut": answer.status,
            "octets": sent,
            "ms": round(seconds * 1000, 1),
            "agent": (request.header("user-agent") or "")[:LOG_TEXT],
            **answer.notes,  # release, requete (a hash of the query), outil, cause, cache
        }
        self.file.write(orjson.dumps(line).decode() + "\n")


class OncePerMinute(logging.Filter):
    """Lets the trace of one kind of exception pass once a minute: a client may cause thousands."""

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[tuple[str, str, int], float] = {}  # kind, and where it was raised → when

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether a message is written."""
        if not record.exc_info or not (trace := record.exc_info[2]):
            return True
        while trace.tb_next:
            trace = trace.tb_next
        kind = (repr(record.exc_info[0]), trace.tb_frame.f_code.co_filename, trace.tb_lineno)
        if record.created - self._last.get(kind, 0.0) < TRACE_SECONDS:
            return False
        self._last[kind] = record.created
        return True


class LogLine(logging.Formatter):
    """Writes the messages of the server itself as lines of the same log."""

    def format(self, record: logging.LogRecord) -> str:
        line = {"heure": now(), "niveau": record.levelname, "message": record.getMessage()}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return orjson.dumps(line).decode()


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def make_access_log(writer: LogWriter, is_on: bool, is_full: bool) -> AccessLog:
    """Return a log that writes to a writer, or nothing if it is not on.

    Messages of the server go to the same writer, as lines of JSON if the log is on.
    """
    handler: logging.StreamHandler[LogWriter] = logging.StreamHandler(writer)
    if is_on:
        handler.setFormatter(LogLine())
    handler.addFilter(OncePerMinute())
    logging.basicConfig(handlers=[handler])
    return AccessLog(writer if is_on else None, is_full)
