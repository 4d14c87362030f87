"""The HTTP server: uvicorn, with limits on the time and the size of the head of a request.

uvicorn answers on the event loop: 27,000 requests a second (a constant answer, two cores, 8
connections), against 5,500 of waitress, which passes each answer between threads. granian is
faster, but closes an answer that broke off as if it were complete, and keeps in memory all that a
client does not read. Measurements of `lod serve`: tests/bench/serving.py.
"""

import contextlib
import ctypes
import errno
import logging
import signal
import socket
import sys
from functools import partial

import uvicorn

from lod.base.errors import LodError
from lod.server import limits
from lod.server.front.connection import BoundedProtocol
from lod.server.front.connections import Connections, Turns, most_connections
from lod.server.front.front import Front

SET_DUMPABLE = 4  # prctl(2)
TRIED = 20  # ports tried after one in use, to propose one that is free
logging.getLogger("uvicorn.error").addFilter(lambda record: record.levelno >= logging.ERROR)


def listening_socket(host: str, port: int) -> socket.socket:
    """Return a socket that listens on a port; raise LodError if another program uses the port,
    OSError if it cannot be used for another reason.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, limits.RECEIVED_BYTES)
    with contextlib.suppress(AttributeError, OSError):  # Linux; connections inherit both
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, limits.UNREAD_MILLISECONDS)
    try:
        listener.bind((host, port))
        listener.listen(limits.BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno != errno.EADDRINUSE:
            raise
        raise LodError(
            f"port {port} is in use by another program; {_remedy(host, port)}"
        ) from error
    return listener


def _remedy(host: str, port: int) -> str:
    """Return what to do about a port in use; it names a free port near it, if there is one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for free in range(port + 1, min(port + TRIED, 65535) + 1):
        with contextlib.suppress(OSError), socket.create_server((host, free), family=family):
            return f"take one that is free: --port {free} (with make: PORT={free})"
    return "end that program, or take another port with --port"


def make_server(front: Front, *, grace: float, proxy: str = "") -> uvicorn.Server:
    """Return the server of an application, which finishes its requests within `grace` seconds.

    `proxy` is the IP address from which X-Forwarded-For is trusted, empty for none.
    """
    connections = Connections(most_connections(), proxy)
    config = uvicorn.Config(
        front,
        http=partial(BoundedProtocol, connections, Turns(), front.refusals.delay, front.at_once),  # type: ignore[arg-type]  # made as the class is
        loop="uvloop",
        ws="none",
        lifespan="on",
        interface="asgi3",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_keep_alive=limits.IDLE_SECONDS,
        timeout_graceful_shutdown=int(grace),
        proxy_headers=bool(proxy),
        forwarded_allow_ips=proxy or None,
    )
    return uvicorn.Server(config)


def hide_memory() -> None:
    """Let no other process of this user, such as a reader, look into this one (Linux: prctl(2))."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SET_DUMPABLE, ctypes.c_ulong(0), *(ctypes.c_ulong(0),) * 3)


def serve(front: Front, listener: socket.socket, *, grace: float, proxy: str = "") -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP, then finish the requests that have begun."""
    sys.setswitchinterval(limits.SWITCH_SECONDS)
    hide_memory()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # uvicorn raises it again at its end
    signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
    with contextlib.suppress(KeyboardInterrupt):
        make_server(front, grace=grace, proxy=proxy).run(sockets=[listener])
