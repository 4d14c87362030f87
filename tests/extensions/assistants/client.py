"""The reference client of the Model Context Protocol, asked without `async`; and raw messages."""

import json
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from tests.support.server_data import Answer, Server

if TYPE_CHECKING:  # it takes half a second to import
    from mcp import Client, StdioServerParameters

T = TypeVar("T")
REVISION = "2026-07-28"
META = {
    "io.modelcontextprotocol/protocolVersion": REVISION,
    "io.modelcontextprotocol/clientCapabilities": {},
}
JSON = {"Content_Type": "application/json", "Accept": "application/json, text/event-stream"}


@dataclass
class Assistant:
    """A client of one server, over HTTP or of a command."""

    server: "str | StdioServerParameters"
    mode: str = "auto"

    def ask(self, question: Callable[["Client"], Awaitable[T]]) -> T:
        import anyio
        from mcp import Client

        async def asked() -> T:
            async with Client(self.server, mode=self.mode) as client:
                return await question(client)

        return anyio.run(asked)

    def tools(self) -> dict[str, Any]:
        listed = self.ask(lambda client: client.list_tools())
        return {tool.name: tool for tool in listed.tools}

    def call(self, name: str, **arguments: Any) -> Any:
        """Return what a tool answers, which must be no error."""
        got = self.ask(lambda client: client.call_tool(name, arguments))
        assert not got.is_error, got.content
        return got.structured_content

    def call_all(self, calls: dict[str, dict[str, Any]]) -> tuple[dict[str, Any], list[Any]]:
        """Return the tools, and what each answers to its arguments, all on one connection."""

        async def asked(client: "Client") -> tuple[dict[str, Any], list[Any]]:
            listed = await client.list_tools()
            said = [await client.call_tool(name, arguments) for name, arguments in calls.items()]
            assert not any(got.is_error for got in said)
            return {t.name: t for t in listed.tools}, [got.structured_content for got in said]

        return self.ask(asked)

    def error(self, name: str, **arguments: Any) -> str:
        got = self.ask(lambda client: client.call_tool(name, arguments))
        assert got.is_error and got.structured_content is None
        [block] = got.content
        return str(block.text)


def of_server(server: Server, mode: str = "auto") -> Assistant:
    return Assistant(f"http://127.0.0.1:{server.port}/mcp", mode)


def of_command(folder: Path) -> Assistant:
    """Return a client that starts `lod mcp` on a folder of releases."""
    from mcp import StdioServerParameters

    command = StdioServerParameters(command=sys.executable, args=["-m", "lod", "mcp", str(folder)])
    return Assistant(command)


def message(method: str = "tools/list", **params: Any) -> dict[str, Any]:
    """Return a request as a client of the revision sends it."""
    params = {"_meta": META, **params}
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


def headers(sent: dict[str, Any]) -> dict[str, str]:
    named = {"Mcp_Name": sent["params"]["name"]} if sent["method"] == "tools/call" else {}
    return {**JSON, "MCP_Protocol_Version": REVISION, "Mcp_Method": sent["method"], **named}


def post(server: Server, sent: Any, **changed: str) -> Answer:
    """Send a message with the right headers, but those that are changed."""
    right = headers(sent) if isinstance(sent, dict) and "method" in sent else JSON
    body = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    return server.ask("/mcp", "POST", body, **{**right, **changed})
