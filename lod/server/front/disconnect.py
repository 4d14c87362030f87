"""Stop the work for a request when its client disconnects."""

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self

from lod.server.common.problems import Problem

PATIENCE = 0.1  # seconds of work after which the connection is watched
Receive = Callable[[], Awaitable[dict[str, Any]]]


class DisconnectWatch:
    """A context that cancels the current task if the client disconnects.

    The body of the request has been read, so that `receive` can only tell that the client left.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._is_gone = False  # the client has left, and the task was cancelled
        self._watch: asyncio.Task[None] | None = None  # waits for the message of disconnection

    def __enter__(self) -> Self:
        """Begin to watch after PATIENCE."""
        loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        self._timer = loop.call_later(PATIENCE, self._begin, loop)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        """Stop watching; raise Problem if the client has left."""
        self._timer.cancel()
        if self._watch:
            self._watch.cancel()
        if self._is_gone and kind is asyncio.CancelledError and self._task:
            self._task.uncancel()
            raise Problem("client-parti", "le client est parti ; le travail est arrêté") from error

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        self._watch = loop.create_task(self._look())

    async def _look(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._is_gone = True
        if self._task:
            self._task.cancel()
