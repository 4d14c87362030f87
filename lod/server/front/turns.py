"""Requests that clients send ahead have turns: however many they are, they hold up nobody."""

import asyncio
from collections.abc import Callable

from lod.server import limits

Parse = Callable[[], None]  # the next piece of a connection


class Turns:
    """The connections of one event loop on which requests were sent ahead."""

    def __init__(self) -> None:
        # network → those of its connections that wait; whose turn it is comes first
        self._waiting: dict[str, dict[Parse, None]] = {}
        self._is_pausing = False

    def wait(self, client: str, parse: Parse) -> None:
        """Call `parse` when it is the turn of this connection, network by network."""
        self._waiting.setdefault(client, {})[parse] = None
        if not self._is_pausing:
            self._is_pausing = True
            asyncio.get_running_loop().call_soon(self._next)

    def leave(self, client: str, parse: Parse) -> None:
        """Forget a connection that is closed."""
        if client in self._waiting:
            self._waiting[client].pop(parse, None)
            if not self._waiting[client]:
                del self._waiting[client]

    def _next(self) -> None:
        self._is_pausing = bool(self._waiting)
        if not self._is_pausing:
            return
        client = next(iter(self._waiting))
        queue = self._waiting.pop(client)
        del queue[parse := next(iter(queue))]
        if queue:
            self._waiting[client] = queue  # behind all others
        asyncio.get_running_loop().call_later(limits.AHEAD_SECONDS, self._next)
        parse()
