"""Notice that the client of a request disconnects while its answer is made."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Self

from lod.server.limits import WATCH_AFTER_SECONDS

Receive = Callable[[], Awaitable[dict[str, Any]]]


class DisconnectWatch:
    """A context that calls `leave` if the client disconnects.

    The body of the request has been read, so that `receive` can only tell that the client left.
    """

    def __init__(self, receive: Receive, leave: Callable[[], None]) -> None:
        self._receive, self._leave = receive, leave
        self._watch: asyncio.Task[None] | None = None  # waits for the message of disconnection

    def __enter__(self) -> Self:
        """Begin to watch after PATIENCE."""
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(WATCH_AFTER_SECONDS, self._begin, loop)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop watching."""
        self._timer.cancel()
        if self._watch:
            self._watch.cancel()

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        self._watch = loop.create_task(self._look())

    async def _look(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._leave()
