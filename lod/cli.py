"""The command line: one function a command; arguments, one call, one last line."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lod import __version__, files
from lod.bilan import Bilan, account, fell, kept, short
from lod.cli_releases import FOLDER, diff, releases, rollback
from lod.errors import LodError, UsageError
from lod.progres import Progres
from lod.settings import Settings, read_settings
from lod.validate import ENGINES, FAST, REFERENCE

if TYPE_CHECKING:
    from lod.distant.acces import Acces
    from lod.server.worker import Limits

INPUTS = click.argument(
    "inputs", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="INPUT..."
)
BASE = click.option("--base", metavar="IRI", help="Where the IRIs begin; over lod.toml.")
JOBS = click.option(
    "--jobs", type=click.IntRange(1, 64), default=os.cpu_count() or 1, show_default=True,
    help="Processes that read and validate.",
)  # fmt: skip
ARCHIVES = click.option(
    "--reference", multiple=True, type=click.Path(path_type=Path), metavar="ZIP",
    help="Archives AMO: deputies, mandates, groups, ministries; several may be given.",
)  # fmt: skip


def engine_option(default: str) -> Callable[[Any], Any]:
    """Return the option that chooses what validates; a test holds that all say the same."""
    return click.option(
        "--engine", type=click.Choice(list(ENGINES)), default=default, show_default=True,
        help="What validates: the reference, or what is as exact and faster.",
    )  # fmt: skip


def elsewhere(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say how a store on another machine is reached."""
    options = (
        click.option("--engine", default="", metavar="NAME",
                     help="oxigraph, virtuoso, fuseki, graphdb, qlever, neptune; else asked."),
        click.option("--graph", "graphe", default="", metavar="IRI",
                     help="The graph that says which version is served; else BASE/release."),
        click.option("--user", default="", envvar="LOD_USER", help="Or LOD_USER, or ~/.netrc."),
        click.option("--password", default="", envvar="LOD_PASSWORD",
                     help="Or LOD_PASSWORD, or ~/.netrc; for QLever the access token."),
    )  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


class Told(click.Command):
    """Turns an error that a person can mend into one line and an exit code, and nothing else."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; exit 1 for the data, 2 for the usage."""
        try:
            return super().invoke(ctx)
        except LodError as error:
            click.echo(f"lod: {error}", err=True)
            ctx.exit(2 if isinstance(error, UsageError) else 1)
        except BrokenPipeError:  # whoever read has seen enough: click ends without a word
            raise
        except OSError as error:  # the machine: disk full, no permission, port in use
            click.echo(f"lod: {error}; mend that, and run the command again", err=True)
            ctx.exit(1)


class Commands(Told, click.Group):
    """Commands whose errors are told so."""


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Publish the questions of French deputies as linked open data."""


@main.command()
@INPUTS
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path), metavar="DIR")
@BASE
@JOBS
@ARCHIVES
@engine_option(FAST)
@click.option("--strict", is_flag=True, help="Exit 1 if a record is rejected or questions lack.")
def build(
    inputs: tuple[Path, ...],
    folder: Path,
    base: str | None,
    jobs: int,
    reference: tuple[Path, ...],
    engine: str,
    strict: bool,
) -> None:
    """Publish INPUT, files, folders and zips in any mixture, as a release in DIR.

    \b
        lod build Questions_ecrites.json.zip pages/ --to out --reference AMO30.json.zip
    """
    from lod.build import build as build_release

    settings, progres = read_settings(base), Progres(shown(), journal())
    bilan = build_release(
        inputs, folder, settings, jobs, progres, reference=reference, engine=engine
    )
    for place, wrong in bilan.rejections:
        click.echo(f"rejected {place}: {wrong}", err=True)
    lacking = [*map(short, bilan.short), *map(fell, bilan.fell)]
    for line in lacking:
        click.echo(line, err=True)
    if bilan.motif:
        click.echo(f"no changes told since the release before: {bilan.motif}", err=True)
    click.echo(f"{account(bilan)}{kept(bilan)}; {folder / 'current'}")
    if strict and (bilan.rejected or lacking):
        sys.exit(1)


@main.command()
@INPUTS
@BASE
@JOBS
@ARCHIVES
@engine_option(REFERENCE)
def check(
    inputs: tuple[Path, ...],
    base: str | None,
    jobs: int,
    reference: tuple[Path, ...],
    engine: str,
) -> None:
    """Read and validate INPUT, publish nothing; exit 1 if there is a finding.

    What a shape only warns of is counted, and not printed.

    \b
        lod check Questions_ecrites.json.zip pages/
    """
    from lod.build import check as check_records

    findings = 0
    for found in check_records(inputs, read_settings(base), jobs, reference, engine):
        if isinstance(found, Bilan):
            for line in map(short, found.short):
                findings += 1
                click.echo(line)
            click.echo(f"{account(found)}; {findings} findings", err=True)
        else:
            findings += 1
            click.echo(str(found))
    sys.exit(1 if findings else 0)


@main.command()
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
    from lod.query import run

    if text == "-":
        text = sys.stdin.buffer.read().decode("utf-8", "replace")
    elif text.startswith("@"):
        text = read_text(Path(text[1:]))
    answer, count = run(folder, text, form)
    sys.stdout.buffer.write(answer)
    sys.stdout.flush()
    click.echo(count, err=True)


@main.command()
@FOLDER
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--timeout", type=click.FloatRange(0.1, 600), default=10.0, show_default=True,
              help="Seconds that a query may take.")  # fmt: skip
@click.option("--workers", type=click.IntRange(1, 64), default=os.cpu_count() or 1,
              show_default=True, help="Queries evaluated at the same time.")  # fmt: skip
@click.option("--memory", type=click.IntRange(64), default=512, show_default=True,
              help="MiB that a query may take.")  # fmt: skip
@click.option("--rate", type=click.FloatRange(0), default=30.0, show_default=True,
              help="Queries and searches a second of one client; 0 is no limit.")  # fmt: skip
@click.option("--proxy", default="", metavar="ADDRESS",
              help="The proxy whose X-Forwarded-For is believed.")  # fmt: skip
@click.option("--log/--no-log", "is_logged", default=True, help="A line of JSON a request.")
@click.option("--log-addresses", is_flag=True, help="Log whole addresses, not networks.")
@click.option("--store", metavar="URL", help="A store elsewhere that answers SPARQL: `lod push`.")
@elsewhere
def serve(
    folder: Path,
    host: str,
    port: int,
    timeout: float,
    workers: int,
    memory: int,
    rate: float,
    proxy: str,
    is_logged: bool,
    log_addresses: bool,
    store: str | None,
    engine: str,
    graphe: str,
    user: str,
    password: str,
) -> None:
    """Serve the current release in DIR: site, documents, dumps, SPARQL, search, API.

    \b
        lod serve out --port 8080
        lod serve out --proxy 127.0.0.1 --rate 10 --timeout 5
        lod serve out --store http://localhost:8890/
    """
    from lod.distant.acces import acces
    from lod.release import current, manifest
    from lod.server.worker import Limits

    limits = Limits(seconds=timeout, memory=memory * 2**20)
    log, remote = (is_logged, log_addresses), None
    if store:
        base = manifest(current(folder))["base"]
        remote = acces(store, "--store", base, graphe, engine, user, password)
    start(
        folder, host, port, limits, workers=workers, rate=rate, proxy=proxy, log=log, acces=remote
    )


@main.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--to", "folder", type=click.Path(path_type=Path), default=Path("out/demo"),
              show_default=True, metavar="DIR")  # fmt: skip
def demo(port: int, folder: Path) -> None:
    """Build the sample that comes with the program, and serve it.

    \b
        lod demo --port 8000
    """
    from lod.build import build as build_release

    settings = Settings(base=f"http://localhost:{port}/")
    progres = Progres(shown(), journal())
    bilan = build_release([files.SAMPLE], folder, settings, jobs(), progres, sample=True)
    click.echo(f"{account(bilan)}; {folder / 'current'}")
    start(folder, "127.0.0.1", port)


@main.command()
@click.argument("legislatures", nargs=-1, metavar="LEGISLATURE...")
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path), metavar="DIR")
@click.option("--types", default="qe,qg,qosd", show_default=True, help="Types of questions.")
@click.option("--amo", is_flag=True, help="The archives of deputies and bodies, too.")
@click.option("--form", type=click.Choice(["json", "xml"]), default="json", show_default=True)
@click.option("--from", "base", metavar="URL", help="A mirror of the Assemblée's repository.")
def fetch(
    legislatures: tuple[str, ...], folder: Path, types: str, amo: bool, form: str, base: str | None
) -> None:
    """Download the official archives of each LEGISLATURE into DIR, or what is new of them.

    What breaks off is resumed, and nothing has its final name before it is verified.

    \b
        lod fetch 16 17 --to data --types qe,qg
    """
    from lod.fetch import BASE, FAILED, STATUSES
    from lod.fetch import fetch as fetch_archives
    from lod.fetch.choice import select

    say, count = progress(), dict.fromkeys(STATUSES, 0)
    wanted = select(legislatures, types, form, amo)
    for outcome in fetch_archives(wanted, folder, base or BASE, say):
        say("")
        if isinstance(outcome, LodError):
            click.echo(f"lod: {outcome}", err=True)
            count[FAILED] += 1
        else:
            click.echo(str(outcome))
            count[outcome.status] += 1
    click.echo(f"{', '.join(f'{n} {status}' for status, n in count.items())}; {folder}")
    sys.exit(1 if count[FAILED] else 0)


@main.command()
@FOLDER
@click.option("--endpoint", default="https://query.wikidata.org/sparql", show_default=True,
              metavar="URL", help="Any SPARQL endpoint with Wikidata's triples.")  # fmt: skip
def link(folder: Path, endpoint: str) -> None:
    """Ask Wikidata which items are our deputies; write into DIR/liens what a person is to review.

    Nothing is published from there: accept rows of liens.csv and candidates.csv first. `contact`
    in lod.toml is told to the endpoint. What was answered today is not asked again.

    \b
        lod link out
        lod link out --endpoint https://qlever.dev/api/wikidata
    """
    from lod.propositions.liaison import FOLDER as LIENS
    from lod.propositions.liaison import dossier
    from lod.propositions.liaison import link as link_deputies
    from lod.revue import read_revue
    from lod.wikidata.client import Client

    say = progress()
    settings = read_settings()
    client = Client(endpoint, settings.contact, folder / LIENS / "cache", say=say)
    revus = read_revue(settings.revue).liens
    bilan = link_deputies(folder, client, dossier(folder, revus), say)
    say("")
    click.echo(str(bilan))


@main.command()
@FOLDER
@click.option("--to", "url", required=True, metavar="URL", help="The address of the store.")
@elsewhere
def push(folder: Path, url: str, engine: str, graphe: str, user: str, password: str) -> None:
    """Load the current release in DIR into a SPARQL 1.1 store, and let that serve it.

    Readers are served the release before until all is there and counted; what broke off is resumed.

    \b
        lod push out --to http://localhost:7878/
        LOD_PASSWORD=… lod push out --to http://localhost:8890/ --user dba
    """
    from lod.distant.acces import acces
    from lod.distant.push import push as push_release
    from lod.release import current, manifest

    say = progress()
    base = manifest(current(folder))["base"]
    remote = acces(url, "--to", base, graphe, engine, user, password)
    pushed = push_release(folder, remote, say)
    say("")
    click.echo(str(pushed))


for command in (diff, releases, rollback):
    main.add_command(command)


def start(
    folder: Path,
    host: str,
    port: int,
    limits: "Limits | None" = None,
    *,
    workers: int = 0,
    rate: float = 30.0,
    proxy: str = "",
    log: tuple[bool, bool] = (False, False),
    acces: "Acces | None" = None,
) -> None:
    """Serve until the process is told to stop; print the address and a first query."""
    from lod.release import current
    from lod.server.front import Front
    from lod.server.journal import journal
    from lod.server.listener import bound, serve
    from lod.server.worker import Limits

    current(folder)  # say at once that there is nothing to serve
    limits, listener = limits or Limits(), bound(host, port)
    address = f"http://{'localhost' if host == '127.0.0.1' else host}:{port}/"
    click.echo(f"{address} is served; Ctrl+C stops it. A first query:")
    click.echo(f"  curl '{address}sparql?format=csv' --data-urlencode \\")
    click.echo("    'query=SELECT ?question ?titre { ?question qp:titre ?titre } LIMIT 5' -G")
    front = Front(
        folder, limits=limits, workers=workers or jobs(), rate=rate, journal=journal(*log),
        acces=acces,
    )  # fmt: skip
    serve(front, listener, grace=limits.seconds + 2, proxy=proxy)


def jobs() -> int:
    """Return how many processes to use when nobody says."""
    return os.cpu_count() or 1


def shown() -> Callable[[str], None] | None:
    """Return what shows how far a command is: a line that is written over, on a terminal only."""
    if not sys.stderr.isatty() or os.environ.get("NO_COLOR"):
        return None
    return lambda text: click.echo(f"\r\033[K{text}", nl=False, err=True)


def progress() -> Callable[[str], None]:
    """Return what is told how far a command is, whether anybody looks or not."""
    return shown() or (lambda text: None)


def journal() -> Path | None:
    """Return the file that is told what each stage took, if LOD_TIMES names one."""
    return Path(os.environ["LOD_TIMES"]) if os.environ.get("LOD_TIMES") else None


def read_text(path: Path) -> str:
    """Return the text of a file; raise UsageError if it cannot be read."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {error}; give a file with a query in UTF-8") from error
