"""A transport that sends what is written in one turn of the event loop at once."""

import asyncio
from collections.abc import Callable
from typing import Any


class CoalescingTransport:
    """Wraps a transport: uvicorn writes head and body separately, which are two system calls, a
    third of the time of a cached answer.
    """

    def __init__(
        self,
        transport: asyncio.Transport,
        loop: asyncio.AbstractEventLoop,
        is_linger_begun: Callable[[], bool],
    ) -> None:
        self._transport, self._loop = transport, loop
        self._is_linger_begun = is_linger_begun  # says whether the protocol itself closes, later
        self._written: list[bytes] = []  # data of this turn

    def write(self, data: bytes) -> None:
        """Send the data at the end of this turn of the loop."""
        if not self._written:
            self._loop.call_soon(self.flush)
        self._written.append(data)

    def close(self) -> None:
        """Send the data of this turn, and close the connection, unless it lingers first."""
        self.flush()
        if not self._is_linger_begun():
            self._transport.close()

    @property
    def is_filled(self) -> bool:
        return bool(self._written)

    def flush(self) -> None:
        """Send the data of this turn now, unless the client has left in the meantime."""
        data, self._written = b"".join(self._written), []
        if data and not self._transport.is_closing():
            self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        """Return any other attribute of the wrapped transport."""
        return getattr(self._transport, name)
