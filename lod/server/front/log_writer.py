"""Lines of the log, written by a thread of their own: a reader that is slow, or stands still, holds
up nobody. Lines that find no room are dropped and counted.
"""

import os
import queue
import threading

from lod.server.limits import LOG_CLOSE_SECONDS, LOG_LINES


class LogWriter:
    """A file that many threads write lines to without waiting."""

    def __init__(self, descriptor: int) -> None:
        # the descriptor itself: a thread that is stuck must hold no lock of `sys.stderr`
        self._descriptor = descriptor
        self._lines: queue.Queue[bytes | None] = queue.Queue(LOG_LINES)
        self.dropped = 0  # lines so far that found no room
        self._thread = threading.Thread(target=self._work, name="log", daemon=True)
        self._thread.start()

    def write(self, text: str) -> int:
        """Have a text written soon; drop it if too much waits."""
        try:
            self._lines.put_nowait(text.encode("utf-8", "backslashreplace"))
        except queue.Full:
            self.dropped += 1
        return len(text)

    def flush(self) -> None:
        """Do nothing: the lines are written as soon as it is possible."""

    def close(self) -> None:
        """Write the lines that wait, if that takes no more than CLOSING."""
        try:
            self._lines.put(None, timeout=LOG_CLOSE_SECONDS)
        except queue.Full:
            return
        self._thread.join(LOG_CLOSE_SECONDS)

    def _work(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                while line:
                    line = line[os.write(self._descriptor, line) :]
            except OSError:  # nobody can read it any more
                self.dropped += 1
