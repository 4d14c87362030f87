"""`lod mcp`: the tools over standard input and output."""

import sys
from pathlib import Path

import click

from lod.cli.options import FOLDER


@click.command()
@FOLDER
@click.option("--timeout", type=click.FloatRange(0.1, 600), default=10.0, show_default=True,
              help="Seconds that a query may take.")  # fmt: skip
def mcp(folder: Path, timeout: float) -> None:
    """Answer a language model on this machine from DIR (MCP).

    It asks over standard input. The client starts it; `lod serve` offers the same tools to others,
    at /mcp.

    \b
        lod mcp out
        claude mcp add questions -- lod mcp out
    """
    from lod.extensions.assistants.transports import serve as answer
    from lod.publish.release import current
    from lod.server.engine.settings import ServerSettings
    from lod.server.limits import WorkerLimits

    current(folder)  # say at once that there is nothing to answer from
    settings = ServerSettings(limits=WorkerLimits(seconds=timeout), workers=1)
    count = answer(folder, settings, sys.stdin.buffer, sys.stdout.buffer)
    click.echo(f"{count} messages answered", err=True)
