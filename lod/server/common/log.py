"""The log of a server, written by a thread of its own: nobody waits for who reads it."""

import logging
import os
import queue
import threading
import time
from datetime import UTC, datetime

import orjson

from lod.server.limits import LOG_CLOSE_SECONDS, LOG_LINES, LOG_SECONDS, TRACE_SECONDS


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

    def close(self) -> None:
        """Write the lines that wait, if that takes no more than LOG_CLOSE_SECONDS."""
        self._lines.put(None)
        self._thread.join(LOG_CLOSE_SECONDS)

    def _work(self) -> None:
        """Write the lines in the queue, many at once: each time that this thread wakes, it delays
        the others.
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


class LogLines(logging.Handler):
    """Writes the messages of the server itself to the same file, as lines of JSON if `is_json`; the
    trace of one kind of exception once a minute, as a client may cause thousands.
    """

    def __init__(self, writer: LogWriter, is_json: bool) -> None:
        super().__init__()
        self._writer, self._is_json = writer, is_json
        self._last: dict[tuple[str, str, int], float] = {}  # kind, and where it was raised → when

    def emit(self, record: logging.LogRecord) -> None:
        """Write a message, or drop it."""
        if self._is_repeated(record):
            return
        line = {"heure": now(), "niveau": record.levelname, "message": record.getMessage()}
        if record.exc_info:
            line["trace"] = logging.Formatter().formatException(record.exc_info)
        text = orjson.dumps(line).decode() if self._is_json else self.format(record)
        self._writer.write(text + "\n")

    def _is_repeated(self, record: logging.LogRecord) -> bool:
        if not record.exc_info or not (trace := record.exc_info[2]):
            return False
        while trace.tb_next:
            trace = trace.tb_next
        kind = (repr(record.exc_info[0]), trace.tb_frame.f_code.co_filename, trace.tb_lineno)
        since = record.created - self._last.get(kind, 0.0)
        if since >= TRACE_SECONDS:
            self._last[kind] = record.created
        return since < TRACE_SECONDS


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
