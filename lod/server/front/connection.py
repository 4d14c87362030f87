"""HTTP/1.1 connections: limits on time and size, a polite end."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any, NoReturn

import httptools
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from lod.server import limits
from lod.server.common.request_response import Answer, Request
from lod.server.engine.caller import network
from lod.server.front.connections import Connections, Turns
from lod.server.front.raw_answers import MALFORMED, REFUSED, TOO_LARGE, TOO_LONG, UNKNOWN_CODING
from lod.server.front.transport import CoalescingTransport

# headers that ask for another protocol: none is spoken, and the request is answered all the same
UPGRADE = (b"upgrade", b"connection", b"http2-settings")
# headers of a request that has a body, or of a client behind a proxy: uvicorn reads them
NOT_AT_ONCE = frozenset((b"content-length", b"transfer-encoding", b"expect", b"x-forwarded-for"))
AtOnce = Callable[[Request], Answer | None]


class BoundedProtocol(HttpToolsProtocol):
    """HTTP/1.1 of uvicorn with limits; what exceeds them ends the connection.

    An answer that the front has at hand is sent without the tasks and messages of ASGI.
    """

    def __init__(
        self,
        connections: Connections,
        turns: Turns,
        delay: Callable[[], float],  # seconds that the next refusal waits
        at_once: AtOnce,
        *arguments: Any,
        **named: Any,
    ) -> None:
        super().__init__(*arguments, **named)
        self._room, self._turns, self._delay, self._at_once = connections, turns, delay, at_once
        self._is_answered = False  # the request that is arriving has its answer already
        self._address = self._network = ""  # of the client
        self._timer: asyncio.TimerHandle | None = None  # closes it when a head is late
        self._unparsed = bytearray()
        self._is_parsing_later = False  # a later call of `_parse` is arranged
        self._is_long = False  # no request ended in the piece parsed last
        self._has_ended = False  # one ended in it
        self._is_half_closed = False  # the client sends no more, and not all is parsed
        self._is_full = False  # reading is paused: too much is unparsed
        self._quiet = 0  # bytes parsed since a head, a piece of a body or a request ended
        self._is_head = True  # a head arrives, not a body or trailers
        self._pieces, self._received = 0, 0  # of the body: how many, and their bytes
        self._is_malformed = False  # what the client sends is no HTTP, or without end
        self._is_lingering = False  # what still arrives is thrown away
        self._linger_until = 0.0  # time of the loop
        self._linger_bytes = 0  # bytes that may still be thrown away

    # the connection

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first head, or refuse the connection."""
        super().connection_made(transport)
        if (connection := transport.get_extra_info("socket")) is not None:  # for slow readers
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, limits.SEND_BUFFER)
        self.transport = CoalescingTransport(transport, self.loop, self._linger)  # type: ignore[assignment]
        self._address = self.client[0] if self.client else ""
        self._network = network(self._address)
        if reason := self._room.open(self._address):
            self.transport.write(REFUSED[reason])
            self.transport.close()
        else:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        self._turns.leave(self._network, self._parse)
        self._room.work(self._network, self.abort)
        self._room.close(self._address)
        super().connection_lost(exc)

    def abort(self) -> None:
        self.transport.abort()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._room.wait(self._network, self.abort)

    def resume_writing(self) -> None:
        """Note that the client goes on reading."""
        super().resume_writing()
        if self.cycle and not self.cycle.response_complete:
            self._room.work(self._network, self.abort)

    def eof_received(self) -> bool:  # type: ignore[override]
        """Keep the connection for the answers to requests that have arrived.

        A client that has left looks the same. So work that gives no answer within
        HALF_CLOSED_SECONDS is stopped. This is done once all that has arrived is parsed.
        """
        self._is_half_closed = bool(self._unparsed)
        if self._is_half_closed:
            return True
        last: RequestResponseCycle | None = self.pipeline[0][0] if self.pipeline else self.cycle
        if self._is_lingering or last is None or last.response_complete or last.more_body:
            self.transport.flush()  # type: ignore[attr-defined]  # before the loop closes it
            return False
        last.keep_alive = False
        self.loop.call_later(limits.HALF_CLOSED_SECONDS, self._give_up)
        return True

    def _give_up(self) -> None:
        """Close the connection if no answer has begun."""
        if self.cycle and not self.cycle.response_started and not self.transport.is_closing():
            self.transport.abort()

    # requests

    def data_received(self, data: bytes) -> None:
        """Parse the data; refuse what is no HTTP, and a head or trailers that are too long."""
        if self._is_malformed:  # its refusal may have to wait; the system keeps what follows
            self.flow.pause_reading()
            return
        if self._is_lingering:
            self._keep_lingering(len(data))
        self._unset_keepalive_if_required()
        self._unparsed += data
        if not self._is_parsing_later:
            self._parse()

    def _parse(self) -> None:
        """Parse one piece of what has arrived, and arrange that the next one is parsed: in the next
        turn of the loop within a request, at the turn of this client after the end of one.
        """
        self._is_parsing_later = False
        if self.transport.is_closing() or self._is_malformed:
            self._unparsed.clear()
            return
        self._has_ended = False
        size = limits.LONG_PARSED_BYTES if self._is_long else limits.PARSED_BYTES
        piece = bytes(self._unparsed[:size])
        del self._unparsed[:size]
        self._is_long = True  # unless a request ends in this piece
        self._quiet += len(piece)
        try:
            self.parser.feed_data(piece)
        except httptools.HttpParserUpgrade as stop:
            self._unparsed[:0] = self._without_upgrade(piece[stop.args[0] :])
        except httptools.HttpParserError:
            self._refuse(MALFORMED)
        if self._quiet > limits.HEAD_BYTES:
            self._refuse(TOO_LONG if len(self.url) > limits.ADDRESS_BYTES else TOO_LARGE)
        self._parse_later(has_begun=not self._has_ended)

    def _parse_later(self, has_begun: bool = False) -> None:
        """Go on parsing, unless the connection ends, or enough requests wait for an answer."""
        if self.transport.is_closing() or self._is_malformed:
            self._unparsed.clear()
        elif self._unparsed and not self._is_parsing_later and self._has_room():
            self._is_parsing_later = True
            if has_begun:
                self.loop.call_soon(self._parse)
            else:
                self._turns.wait(self._network, self._parse)
        elif self._is_half_closed and not self._unparsed and not self.eof_received():
            self.transport.close()
        is_full = len(self._unparsed) > limits.UNPARSED_BYTES
        if is_full:
            self.flow.pause_reading()
        elif self._is_full:
            self.flow.resume_reading()
        self._is_full = is_full

    def _has_room(self) -> bool:
        return len(self.pipeline) < limits.REQUESTS_AHEAD

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_head, self._pieces, self._received = True, 0, 0

    def on_url(self, url: bytes) -> None:
        """Take a piece of the address; raise ValueError if its path is too long.

        Of a query string that is too long, enough is kept for the front to see that it is.
        """
        if len(self.url) <= limits.ADDRESS_BYTES:
            super().on_url(url)
        if len(self.url.partition(b"?")[0]) > limits.PATH_BYTES:
            self._break_off(TOO_LONG)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; not a trailer, which nobody reads. Raises ValueError if it is refused."""
        if not self._is_head:
            return
        if len(self.headers) >= limits.HEAD_LINES:
            self._break_off(TOO_LARGE)
        if name.lower() == b"transfer-encoding" and value.strip().lower() != b"chunked":
            self._break_off(UNKNOWN_CODING)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Stop the timer: the head has arrived."""
        self._stop()
        self._quiet, self._is_head = 0, False
        if not self.parser.should_upgrade():
            self._is_answered = self._answer_at_once()
            if not self._is_answered:
                super().on_headers_complete()

    def _answer_at_once(self) -> bool:
        """Send the answer if the front has it at hand and all earlier answers were sent; return
        whether it was sent.
        """
        headers = dict(self.headers)
        is_plain = (
            self.parser.get_method() == b"GET"
            and self.parser.get_http_version() == "1.1"
            and self.parser.should_keep_alive()
            and len(headers) == len(self.headers)  # none is repeated
            and NOT_AT_ONCE.isdisjoint(headers)
        )
        is_over = self.cycle is None or self.cycle.response_complete
        is_sent = not (self.transport.is_filled or self.flow.write_paused)  # type: ignore[attr-defined]
        if not (is_plain and is_over and is_sent) or self._is_lingering:
            return False
        path, _, query = self.url.partition(b"?")
        answer = self._at_once(Request("GET", path, query, headers, self._address))
        if answer is None:
            return False
        headers_sent = (*self.server_state.default_headers, *answer.headers)
        lines = [b"%s: %s\r\n" % pair for pair in headers_sent]
        head = (STATUS_LINE[answer.status], *lines, b"\r\n")
        self.transport.write(b"".join((*head, answer.body)))
        return True

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body; raise ValueError if it comes in too many small ones."""
        self._quiet = 0
        self._pieces += 1
        self._received += len(body)
        if (
            self._pieces > limits.SHORT_PIECES
            and self._received < self._pieces * limits.SHORT_PIECE
        ):
            raise ValueError("the pieces are too small")  # the parser stops
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Note that the request is complete, unless the parser stopped to change the protocol."""
        self._quiet, self._is_long = 0, False
        if not self.parser.should_upgrade():
            self._has_ended = True
            self._room.work(self._network, self.abort)
        if self._is_lingering:  # the client has sent its whole body, so it can read the answer
            self.transport.close()
        elif self._is_answered:
            self._is_answered = False
            self._wait()
        elif not self.parser.should_upgrade():
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait for the next head, unless another request is answered, or no more may come."""
        super().on_response_complete()
        self._parse_later()
        is_over = self._is_lingering or self.transport.is_closing()
        if self.cycle.response_complete and not is_over:
            self._wait()

    def _without_upgrade(self, rest: bytes) -> bytes:
        """Return what is to be parsed instead: the head without the headers that ask for another
        protocol, then the rest.

        The parser has stopped after the head, as if another protocol followed; a server may ignore
        such headers (RFC 9110, 7.8). The default client of Java sends them.
        """
        method = self.parser.get_method()
        if method == b"CONNECT":  # this is no proxy
            self._refuse(MALFORMED)
            return b""
        lines = [b"%s %s HTTP/%s" % (method, self.url, self.parser.get_http_version().encode())]
        lines += [b"%s: %s" % pair for pair in self.headers if pair[0] not in UPGRADE]
        return b"\r\n".join([*lines, b"", rest])

    def _break_off(self, answer: bytes) -> NoReturn:
        self._refuse(answer)
        raise ValueError("refused")  # the parser stops

    def _refuse(self, answer: bytes) -> None:
        """Send an answer to what is no request, unless one was sent before, and close.

        If there are many such answers, they are sent at a limited pace.
        """
        if self.transport.is_closing() or self._is_malformed:
            return
        self._is_malformed = True
        if seconds := self._delay():
            self.loop.call_later(seconds, self._end, answer)
        else:
            self._end(answer)

    def _end(self, answer: bytes) -> None:
        if not self._is_lingering:
            self.transport.write(answer)
        self.transport.close()

    # the end

    def _linger(self) -> bool:
        """Close the connection for writing, and throw away what the client still sends.

        A connection closed with bytes unread is reset, and the answer is lost with it (RFC 9112,
        9.6). Returns False if no body is unread, so that it can be closed at once.
        """
        is_unread = self.cycle is not None and self.cycle.more_body and not self._is_malformed
        if self._is_lingering or not is_unread or self.transport.is_closing():
            return False
        self._is_lingering = True
        self._linger_until = self.loop.time() + limits.LINGER_SECONDS
        self._linger_bytes = limits.LINGER_BYTES
        self.transport.write_eof()
        self.flow.resume_reading()
        self._keep_lingering(0)
        return True

    def _keep_lingering(self, received: int) -> None:
        """Wait LINGER_SILENCE for more bytes, at most until LINGER_SECONDS are over."""
        self._stop()
        self._linger_bytes -= received
        remaining = self._linger_until - self.loop.time()
        if remaining <= 0 or self._linger_bytes < 0:
            self.transport.close()
        else:
            seconds = min(limits.LINGER_SILENCE, remaining)
            self._timer = self.loop.call_later(seconds, self.transport.close)

    def _wait(self) -> None:
        self._stop()
        self._quiet = 0
        self._room.wait(self._network, self.abort)
        self._timer = self.loop.call_later(limits.HEAD_SECONDS, self.transport.close)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
