"""The Model Context Protocol over standard input and output: one message a line."""

from collections.abc import Iterator
from pathlib import Path
from typing import IO

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
