"""Requests that clients send ahead have turns: however many they are, they hold up nobody."""

import asyncio
from collections import deque
from collections.abc import Callable

from lod.server import limits


class Turns:
    """The connections of one event loop on which requests were sent ahead."""

    def __init__(self) -> None:
        # network → what parses the next piece of each of its connections; whose turn it is first
        self._waiting: dict[str, deque[Callable[[], None]]] = {}
        self._is_pausing = False

    def wait(self, client: str, parse: Callable[[], None]) -> None:
        """Call `parse` when it is the turn of this connection, network by network."""
        self._waiting.setdefault(client, deque()).append(parse)
        if not self._is_pausing:
            self._is_pausing = True
            asyncio.get_running_loop().call_soon(self._next)

    def _next(self) -> None:
        self._is_pausing = bool(self._waiting)
        if not self._is_pausing:
            return
        client = next(iter(self._waiting))
        queue = self._waiting.pop(client)
        parse = queue.popleft()
        if queue:
            self._waiting[client] = queue  # behind all others
        asyncio.get_running_loop().call_later(limits.AHEAD_SECONDS, self._next)
        parse()
