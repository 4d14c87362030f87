"""A look at the client while work goes on for it: who has left stops the work."""

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self

from lod.server.common.problems import Problem

PATIENCE = 0.1  # seconds of work after which we look whether the client is still there
Receive = Callable[[], Awaitable[dict[str, Any]]]


class DisconnectWatch:
    """While work goes on, looks whether the client is still there; stops the work if it is not.

    The body of the request has been read, so that nothing but its leaving can be received.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive, self._is_gone = receive, False
        self._watch: asyncio.Task[None] | None = None

    def __enter__(self) -> Self:
        """Begin to look, after a while."""
        loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        self._timer = loop.call_later(PATIENCE, self._begin, loop)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        """Stop looking; raise Problem if the work was stopped."""
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
