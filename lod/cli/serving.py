"""Commands that give a release to others: query, serve."""

import errno
import logging
import socket
import sys
from contextlib import suppress
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

import click

from lod.base.errors import LodError, UsageError
from lod.cli.options import FOLDER, MOST_JOBS, jobs
from lod.server.engine.settings import Elsewhere, ServerSettings
from lod.server.limits import BACKLOG, SEND_BUFFER, UNREAD_MILLISECONDS, WorkerLimits

TRIED = 20  # ports tried after one in use, to propose one that is free
LOCAL = ("localhost", "127.0.0.1", "0.0.0.0", "::1", "::")  # names of this machine


def proxy_networks(
    context: click.Context, option: click.Parameter, value: str
) -> tuple[IPv4Network | IPv6Network, ...]:
    """Return the networks of proxies, which are separated by commas."""
    networks = []
    for part in map(str.strip, value.split(",") if value else ()):
        try:
            networks.append(ip_network("0.0.0.0/0" if part == "*" else part))
        except ValueError as error:
            raise click.BadParameter(
                f"{error}; give the IP address of the proxy (127.0.0.1), or its network "
                "(10.0.0.0/8); several are separated by commas"
            ) from error
        if not networks[-1].prefixlen:
            raise click.BadParameter(
                f"'{part}' is everybody, who could then choose the address that is logged and "
                "has its share; give the IP address of the proxy"
            )
    return tuple(networks)


@click.command()
@FOLDER
@click.argument("text", metavar="QUERY")
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json", "ttl"]), default="table"
)
def query(folder: Path, text: str, form: str) -> None:
    """Answer a SPARQL query on the current release in DIR.

    QUERY is its text, @FILE, or - for standard input.

    \b
        lod query out 'SELECT (COUNT(*) AS ?n) { ?q a qp:Question }'
        lod query out @site/queries/ministeres.rq --format csv
    """
    from lod.publish.query import run

    if text == "-":
        text = sys.stdin.buffer.read().decode("utf-8", "replace")
    elif text.startswith("@"):
        text = read_text(Path(text[1:]))
    answer, count = run(folder, text, form)
    sys.stdout.buffer.write(answer)
    sys.stdout.flush()
    click.echo(count, err=True)


@click.command()
@FOLDER
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--timeout", type=click.FloatRange(0.1, 600), default=WorkerLimits().seconds,
              show_default=True,
              help="Seconds that a query may take.")  # fmt: skip
@click.option("--workers", type=click.IntRange(1, MOST_JOBS), default=jobs(),
              show_default=True, help="Queries of one client evaluated at once.")  # fmt: skip
@click.option("--memory", type=click.IntRange(64), default=WorkerLimits().memory // 2**20,
              show_default=True,
              help="MiB that a query may take.")  # fmt: skip
@click.option("--proxy", default="", metavar="ADDRESS", callback=proxy_networks,
              help="IP address or network of the proxy whose X-Forwarded-For counts.")  # fmt: skip
@click.option("--data-days", type=click.IntRange(0), default=ServerSettings().data_days,
              show_default=True, metavar="DAYS",
              help="Days after which /sante calls the data old; 0: never.")  # fmt: skip
@click.option("--log/--no-log", "is_logged", default=True, help="A line of JSON a request.")
@click.option("--log-addresses", is_flag=True, help="Log whole addresses, not networks.")
def serve(
    folder: Path,
    host: str,
    port: int,
    timeout: float,
    workers: int,
    memory: int,
    proxy: tuple[IPv4Network | IPv6Network, ...],
    data_days: int,
    is_logged: bool,
    log_addresses: bool,
    elsewhere: Elsewhere | None = None,
) -> None:
    """Serve the current release in DIR on the web.

    That is: site, documents, dumps, SPARQL, search, API.

    \b
        lod serve out --port 8080
        lod serve out --proxy 127.0.0.1 --timeout 5
    """
    settings = ServerSettings(
        limits=WorkerLimits(seconds=timeout, memory=memory * 2**20), workers=workers,
        data_days=data_days, elsewhere=elsewhere,
    )  # fmt: skip
    start(folder, host, port, settings, proxy=proxy, log=(is_logged, log_addresses))


def start(
    folder: Path,
    host: str,
    port: int,
    settings: ServerSettings,
    *,
    proxy: tuple[IPv4Network | IPv6Network, ...] = (),
    log: tuple[bool, bool] = (False, False),
    told: str = "",
) -> None:
    """Serve until the process is told to stop; print the address, a first query, and what else is
    to be `told`.

    Raises UsageError if the folder has no release, LodError if the port is in use. `log` says
    whether requests are logged, and whether with whole addresses.
    """
    from lod.publish.release import current, manifest
    from lod.server.common.log import LogLines, LogWriter
    from lod.server.front.access_log import AccessLog
    from lod.server.front.front import Front
    from lod.server.front.listener import serve
    from lod.server.routes.app import create_app

    base = manifest(current(folder))["base"]  # raises at once if there is nothing to serve
    listener = listening_socket(host, port)
    name = "localhost" if host == "127.0.0.1" else f"[{host}]" if ":" in host else host
    port = listener.getsockname()[1]  # with --port 0, the one that the system has chosen
    address = f"http://{name}:{port}/"
    if not proxy and (remark := base_remark(base, address)):
        click.echo(remark)  # not to standard error, which is a log in JSON
    click.echo(f"{address} is served; Ctrl+C stops it. A first query:")
    click.echo(f"  curl '{address}sparql?format=csv' --data-urlencode \\")
    click.echo("    'query=SELECT ?question ?titre { ?question qp:titre ?titre } LIMIT 5' -G")
    if told:
        click.echo(told)
    writer, (is_logged, is_full) = LogWriter(sys.stderr.fileno()), log
    logging.basicConfig(handlers=[LogLines(writer, is_logged)])
    access_log = AccessLog(writer if is_logged else None, is_full)
    front = Front(create_app(folder, settings), access_log, proxy)
    serve(front, listener, grace=settings.limits.seconds + 2)
    writer.close()


def listening_socket(host: str, port: int) -> socket.socket:
    """Return a socket that listens on a port; raise LodError if another program uses the port,
    OSError if it cannot be used for another reason.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    with suppress(AttributeError, OSError):  # Linux; connections inherit both
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MILLISECONDS)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
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
        with suppress(OSError), socket.create_server((host, free), family=family):
            return f"take one that is free: --port {free} (with make: PORT={free})"
    return "end that program, or take another port with --port"


def base_remark(base: str, address: str) -> str:
    """Return a remark if addresses of a release begin with `base`, but it is served at another
    `address`; else "".

    >>> base_remark("http://localhost:8000/", "http://localhost:8000/")
    ''
    """
    stated, actual = urlsplit(base), urlsplit(address)
    is_local = stated.hostname in LOCAL
    if base == address or (is_local and actual.hostname in LOCAL and stated.port == actual.port):
        return ""
    remedy = "put a proxy before it, and name that with --proxy"
    if is_local:
        remedy = f"serve it with --port {stated.port or 80}"
    return (
        f"the addresses in these pages and data begin with {base}, not with {address}; "
        f"{remedy}, or build with --base {address}"
    )


def read_text(path: Path) -> str:
    """Return the text of a file; raise UsageError if it cannot be read."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {error}; give a file with a query in UTF-8") from error
