"""The Model Context Protocol over standard input and output: one message a line."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import click

from lod.cli.options import FOLDER
from lod.extensions.assistants.definitions import limits
from lod.extensions.assistants.messages import answer
from lod.server.engine.settings import ServerSettings
from lod.server.routes.app import create_app
from lod.server.routes.context import current, state_of


def serve(folder: Path, settings: ServerSettings, lines: IO[bytes], answers: IO[bytes]) -> int:
    """Answer every line from the release that is current in a folder; return how many there were.

    A message is answered before the next one is read.
    """
    app, count = create_app(folder, settings), 0
    try:
        for line in messages(lines):
            count += 1
            with app.test_request_context("/mcp", method="POST"):
                app.preprocess_request()
                said = answer(current(), line)
            if said.body is not None:
                answers.write(said.body + b"\n")
                answers.flush()
    finally:
        state_of(app).releases.close()
    return count


def messages(lines: IO[bytes]) -> Iterator[bytes]:
    """Yield the lines that are not empty; of one that is too long, a beginning that is so, too."""
    longest = limits().requete + 1
    while line := lines.readline(longest + 1):
        rest = line
        while len(rest) > longest and not rest.endswith(b"\n"):
            rest = lines.readline(longest + 1)
        if line.strip():
            yield line.rstrip(b"\r\n")


@click.command()
@FOLDER
@click.option("--timeout", type=click.FloatRange(0.1, 600), default=10.0, show_default=True,
              help="Seconds that a query may take.")  # fmt: skip
def mcp(folder: Path, timeout: float) -> None:
    """Answer a language model on this machine from DIR, by MCP over standard input.

    The client starts it; `lod serve` offers the same tools to others, at /mcp.

    \b
        lod mcp out
        claude mcp add questions -- lod mcp out
    """
    from lod.extensions.assistants.stdio import serve as answer
    from lod.publish.release import current
    from lod.server.engine.settings import ServerSettings
    from lod.server.limits import WorkerLimits

    current(folder)  # say at once that there is nothing to answer from
    settings = ServerSettings(limits=WorkerLimits(seconds=timeout), workers=1)
    count = answer(folder, settings, sys.stdin.buffer, sys.stdout.buffer)
    click.echo(f"{count} messages answered", err=True)
