"""A request as it came and an answer as it goes: plain values, of no framework."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

Notes = dict[str, Any]
NOTES, RELEASE = "lod.notes", "lod.release"  # keys of the WSGI environment


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks; names of headers are in lower case, several of one name are joined."""

    method: str
    path: bytes  # as it was sent, percent signs and all
    query: bytes
    headers: dict[bytes, bytes]
    client: str  # its address, empty if unknown
    version: str = "1.1"
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Return a header, None if there is none; bytes are Latin-1, as WSGI has them."""
        value = self.headers.get(name.encode())
        return None if value is None else value.decode("latin-1")

    def has(self, tag: bytes) -> bool:
        """Say whether If-None-Match names the tag; weak ones and strong ones are the same."""
        return tag.removeprefix(b"W/") in self.headers.get(b"if-none-match", b"")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client gets; `rest` yields what does not fit in `body`, and is closed at its end."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    notes: Notes = field(default_factory=dict)
    rest: Iterator[bytes] | None = None

    def header(self, name: bytes) -> bytes | None:
        """Return the first header of this name, given in lower case."""
        return next((value for key, value in self.headers if key == name), None)

    def with_headers(self, *added: tuple[bytes, bytes], without: Iterable[bytes] = ()) -> "Answer":
        """Return the answer with other headers."""
        kept = tuple(pair for pair in self.headers if pair[0] not in without)
        return replace(self, headers=(*kept, *added))


def request_of(scope: dict[str, Any]) -> Request:
    """Return the request of an ASGI scope, its body not yet read."""
    headers: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        headers[name] = b",".join((headers[name], value)) if name in headers else value
    client = scope["client"]
    return Request(
        scope["method"],
        scope["raw_path"],
        scope["query_string"],
        headers,
        client[0] if client else "",
        scope["http_version"],
    )


def encode_headers(headers: Iterable[tuple[str, str]]) -> tuple[tuple[bytes, bytes], ...]:
    """Return headers as an answer has them."""
    return tuple(
        (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers
    )
