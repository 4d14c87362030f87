"""The Model Context Protocol, at `/mcp` and over standard input: tools for a language model."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from click import Group

from lod.extensions import Extension

if TYPE_CHECKING:
    from lod.server.routes.context import Tool


def _tools() -> "Iterable[Tool]":
    from lod.extensions.assistants.tools import TOOLS

    return TOOLS


def _commands(group: Group) -> None:
    from lod.extensions.assistants.command import mcp

    group.add_command(mcp)


EXTENSION = Extension(
    purpose="questions of language models, answered by tools that say how to cite the answers",
    routes="lod.extensions.assistants.transports",
    store_paths=("/mcp",),
    tools=_tools,
    commands=_commands,
)
