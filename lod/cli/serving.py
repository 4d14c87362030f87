"""Commands that give a release to others: query, serve, push."""

import os
import sys
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lod.base.errors import UsageError
from lod.cli.options import FOLDER, jobs, progress
from lod.server.limits import BUDGET, RATE, WorkerLimits

if TYPE_CHECKING:
    from lod.server.engine.settings import ServerSettings


def store_options(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say how to reach a store on another machine."""
    options = (
        click.option("--engine", default="", metavar="NAME",
                     help="oxigraph, virtuoso, fuseki, graphdb, qlever, neptune; else asked."),
        click.option("--graph", "graph", default="", metavar="IRI",
                     help="The graph that says which version is served; else BASE/release."),
        click.option("--user", default="", envvar="LOD_USER", help="Or LOD_USER, or ~/.netrc."),
        click.option("--password", default="", envvar="LOD_PASSWORD",
                     help="Or LOD_PASSWORD, or ~/.netrc; for QLever the access token."),
        click.option("--password-file", type=click.Path(path_type=Path), metavar="FILE",
                     envvar="LOD_PASSWORD_FILE", help="A file whose one line is the password."),
    )  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


def proxy_addresses(context: click.Context, option: click.Parameter, value: str) -> str:
    """Return the addresses and networks of proxies, separated by commas, as uvicorn reads them."""
    parts = [part.strip() for part in value.split(",")] if value else []
    for part in parts:
        try:
            everybody = part == "*" or ip_network(part).prefixlen == 0
        except ValueError as error:
            raise click.BadParameter(
                f"{error}; give the IP address of the proxy (127.0.0.1), or its network "
                "(10.0.0.0/8); several are separated by commas"
            ) from error
        if everybody:
            raise click.BadParameter(
                f"'{part}' is everybody, who could then choose the address that is logged and "
                "limited by --rate; give the IP address of the proxy"
            )
    return ",".join(parts)


@click.command()
@FOLDER
@click.argument("text", metavar="QUERY")
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json", "ttl"]), default="table"
)
def query(folder: Path, text: str, form: str) -> None:
    """Run QUERY (a text, @FILE, or - for standard input) on the current release in DIR.

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
@click.option("--workers", type=click.IntRange(1, 64), default=os.cpu_count() or 1,
              show_default=True, help="Queries of one client evaluated at once.")  # fmt: skip
@click.option("--memory", type=click.IntRange(64), default=WorkerLimits().memory // 2**20,
              show_default=True,
              help="MiB that a query may take.")  # fmt: skip
@click.option("--rate", type=click.FloatRange(0), default=RATE, show_default=True,
              help="Queries and searches a second of one client; 0 is no limit.")  # fmt: skip
@click.option("--budget", type=click.FloatRange(0), default=BUDGET, show_default=True,
              help="Seconds of evaluation a minute of one client; 0 is no limit.")  # fmt: skip
@click.option("--proxy", default="", metavar="ADDRESS", callback=proxy_addresses,
              help="IP address or network of the proxy whose X-Forwarded-For counts.")  # fmt: skip
@click.option("--log/--no-log", "is_logged", default=True, help="A line of JSON a request.")
@click.option("--log-addresses", is_flag=True, help="Log whole addresses, not networks.")
@click.option("--store", metavar="URL", help="A store elsewhere that answers SPARQL: `lod push`.")
@store_options
def serve(
    folder: Path,
    host: str,
    port: int,
    timeout: float,
    workers: int,
    memory: int,
    rate: float,
    budget: float,
    proxy: str,
    is_logged: bool,
    log_addresses: bool,
    store: str | None,
    engine: str,
    graph: str,
    user: str,
    password: str,
    password_file: Path | None,
) -> None:
    """Serve the current release in DIR: site, documents, dumps, SPARQL, search, API.

    \b
        lod serve out --port 8080
        lod serve out --proxy 127.0.0.1 --rate 10 --timeout 5
        lod serve out --store http://localhost:8890/
    """
    from lod.publish.release import current, manifest
    from lod.remote.stores.credentials import store_access
    from lod.server.engine.settings import ServerSettings

    remote = None
    if store:
        base = manifest(current(folder))["base"]
        secret = the_password(password, password_file)
        remote = store_access(store, "--store", base, graph, engine, user, secret)
    settings = ServerSettings(
        limits=WorkerLimits(seconds=timeout, memory=memory * 2**20), workers=workers, rate=rate,
        budget=budget, store_access=remote,
    )  # fmt: skip
    start(folder, host, port, settings, proxy=proxy, log=(is_logged, log_addresses))


@click.command()
@FOLDER
@click.option("--to", "url", required=True, metavar="URL", help="The address of the store.")
@store_options
def push(
    folder: Path,
    url: str,
    engine: str,
    graph: str,
    user: str,
    password: str,
    password_file: Path | None,
) -> None:
    """Load the current release in DIR into a SPARQL 1.1 store, and let that serve it.

    Readers are served the release before until all is there and counted; what broke off is resumed.

    \b
        lod push out --to http://localhost:7878/
        LOD_PASSWORD=… lod push out --to http://localhost:8890/ --user dba
    """
    from lod.publish.release import current, manifest
    from lod.remote.stores.credentials import store_access
    from lod.remote.stores.push import push as push_release

    say = progress()
    base = manifest(current(folder))["base"]
    secret = the_password(password, password_file)
    remote = store_access(url, "--to", base, graph, engine, user, secret)
    pushed = push_release(folder, remote, say)
    say("")
    click.echo(str(pushed))


def start(
    folder: Path,
    host: str,
    port: int,
    settings: "ServerSettings | None" = None,
    *,
    proxy: str = "",
    log: tuple[bool, bool] = (False, False),
) -> None:
    """Serve until the process is told to stop; print the address and a first query.

    Raises UsageError if the folder has no release. `log` says whether requests are logged, and
    whether with whole addresses.
    """
    from lod.publish.release import current
    from lod.server.engine.settings import ServerSettings
    from lod.server.front.access_log import make_access_log
    from lod.server.front.front import Front
    from lod.server.front.listener import listening_socket, serve
    from lod.server.front.log_writer import LogWriter
    from lod.server.routes.app import create_app

    current(folder)  # say at once that there is nothing to serve
    settings, listener = settings or ServerSettings(workers=jobs()), listening_socket(host, port)
    address = f"http://{'localhost' if host == '127.0.0.1' else host}:{port}/"
    click.echo(f"{address} is served; Ctrl+C stops it. A first query:")
    click.echo(f"  curl '{address}sparql?format=csv' --data-urlencode \\")
    click.echo("    'query=SELECT ?question ?titre { ?question qp:titre ?titre } LIMIT 5' -G")
    writer = LogWriter(sys.stderr.fileno())
    front = Front(create_app(folder, settings), make_access_log(writer, *log))
    serve(front, listener, grace=settings.limits.seconds + 2, proxy=proxy)
    writer.close()


def the_password(password: str, file: Path | None) -> str:
    """Return the password, or the one line of a file, which no list of processes shows.

    Raises UsageError if both are given, or the file has no line or several.
    """
    if file is None:
        return password
    if password:
        raise UsageError("a password and --password-file are given; give one of them")
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: {error}; give a file whose one line is the password") from error
    if len(lines) != 1 or not lines[0]:
        raise UsageError(f"{file}: not one line; give a file whose one line is the password")
    return lines[0]


def read_text(path: Path) -> str:
    """Return the text of a file; raise UsageError if it cannot be read."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {error}; give a file with a query in UTF-8") from error
