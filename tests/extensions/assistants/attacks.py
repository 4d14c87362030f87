"""What hostile clients send to `/mcp`, and an innocent one beside them (`tests/hostile/`)."""

import gzip
import json
from collections.abc import Iterator
from itertools import cycle

from tests.extensions.assistants.client import message
from tests.hostile.attack import Send, exchange
from tests.support.server_data import CROSS

HEAVY = CROSS.replace("<urn:rang>", "qp:numero")  # never ends
TOOLS = cycle([  # what is called in turn: a tool, its arguments; None: a query without end
    ("sparql", None),
    ("chercher_questions", {"q": "la situation de la france", "taille": 25}),
    ("sparql", None),
    ("resoudre", {"nom": "ministre de la justice", "taille": 20}),
])  # fmt: skip


def posted(name: str, arguments: object) -> tuple[str, bytes, str]:
    params = {"name": name, "arguments": arguments}
    sent = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    return "/mcp", json.dumps(sent).encode(), "application/json"


def assistants(number: str) -> tuple[str, bytes, str]:
    """Tools of a language model: queries without end, and batches of searches, all at once."""
    name, arguments = next(TOOLS)
    return posted(name, arguments or {"requete": f"{HEAVY} # {number}"})


def tool(number: int) -> tuple[str, bytes]:
    query = f"SELECT ?q ?n {{ ?q qp:numero ?n }} LIMIT 3 # {number}"
    return posted("sparql", {"requete": query})[:2]


def said(body: bytes, **changed: str) -> Send:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    headers |= {name.replace("_", "-"): value for name, value in changed.items()}
    return lambda server: exchange(server, "POST", "/mcp", body, headers)


def called(tool: str, **arguments: object) -> Send:
    sent = message("tools/call", name=tool, arguments=arguments)
    named = {"MCP_Protocol_Version": "2026-07-28", "Mcp_Method": "tools/call", "Mcp_Name": tool}
    return said(json.dumps(sent).encode(), **named)


def messages(listener: int) -> Iterator[tuple[str, Send, tuple[str, ...]]]:
    """Yield what no language model should send; an error that it can mend is an answer, 200."""
    there, ping = (
        f"<http://127.0.0.1:{listener}/>",
        b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}',
    )
    script = {"jsonrpc": "2.0", "id": "<script>alert(1)</script>", "method": "<script>alert(1)"}
    for name, query in {
        "update": "INSERT DATA { <a:a> a 1 }",
        "LOAD": f"LOAD {there}",
        "SERVICE": f"SELECT * {{ SERVICE SILENT {there} {{ ?s ?p ?o }} }}",
        "FROM": f"SELECT * FROM {there} {{ ?s ?p ?o }}",
        "FROM of a file": "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
        "product": CROSS,
        "nested": "SELECT * { " + "{" * 3_000,
        "all": "SELECT * { ?s ?p ?o . ?a ?b ?c }",
        "text of 19 kB": "ASK { FILTER(" + "1 + " * 4_700 + "1 > 0) }",
    }.items():
        yield f"tool: {name}", called("sparql", requete=query), ("200",)
    yield "tool: path of a file", called("lire_question", question="/etc/passwd"), ("200",)
    yield "tool: address", called("statistiques", entite=f"http://127.0.0.1:{listener}/"), ("200",)
    yield "tool: name of 300 words", called("resoudre", nom="a " * 300), ("200",)
    yield "message of 10 MB", said(b" " * 10_000_000), ("413",)
    yield (
        "message half a pair",
        said(b'{"jsonrpc": "2.0", "id": "\\ud800", "method": "a"}'),
        ("400",),
    )
    yield "message with a script", said(json.dumps(script).encode()), ("200",)
    yield "message of a number", said(b"1" * 60_000), ("400",)
    yield "message zipped", said(gzip.compress(ping), Content_Encoding="gzip"), ("400", "415")


ATTACKS = {"assistants": assistants}
THINGS = {"tool": (tool, 1.0)}
REQUESTS = messages
