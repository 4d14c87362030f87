"""The values `Request` and `Answer`, which depend on no web framework."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

Notes = dict[str, Any]
Headers = tuple[tuple[bytes, bytes], ...]
NOTES = "lod.notes"  # key of the WSGI environment


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request."""

    method: str
    path: bytes  # as it was sent: percent escapes are not decoded
    query: bytes  # what follows `?` in the address, not decoded
    headers: dict[bytes, bytes]  # name in lower case → value; several of one name are joined
    client: str  # the IP address of the client, empty if unknown
    version: str = "1.1"  # of HTTP
    body: bytes = b""  # the whole body; empty until it has been read

    def header(self, name: str) -> str | None:
        """Return a header decoded as Latin-1, as WSGI does; None if there is none."""
        value = self.headers.get(name.encode())
        return None if value is None else value.decode("latin-1")

    def has(self, tag: bytes) -> bool:
        """Return whether If-None-Match is `*` or names the entity tag, weak or strong."""
        named = self.headers.get(b"if-none-match", b"")
        return tag.removeprefix(b"W/") in named or named.strip() == b"*"


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP response."""

    status: int
    headers: Headers  # names in lower case
    body: bytes  # the whole body, or its beginning if there is a `rest`
    notes: Notes = field(default_factory=dict)  # members of its line in the access log
    rest: Iterator[bytes] | None = None  # the pieces after `body`; to be closed once sent

    def header(self, name: bytes) -> bytes | None:
        """Return the first header of this name, given in lower case."""
        return next((value for key, value in self.headers if key == name), None)

    def with_headers(self, *added: tuple[bytes, bytes], without: Iterable[bytes] = ()) -> "Answer":
        """Return the answer with the headers `added`, and those named in `without` removed."""
        kept = tuple(pair for pair in self.headers if pair[0] not in without)
        return replace(self, headers=(*kept, *added))


def request_of(scope: dict[str, Any]) -> Request:
    """Return the request of an ASGI scope; its body is not read yet."""
    headers: dict[bytes, bytes] = {}
    repeated: dict[bytes, list[bytes]] = {}
    for name, value in scope["headers"]:
        if name in headers:
            repeated.setdefault(name, [headers[name]]).append(value)
        else:
            headers[name] = value
    headers |= {name: b",".join(values) for name, values in repeated.items()}
    client = scope["client"]
    return Request(
        scope["method"],
        scope["raw_path"],
        scope["query_string"],
        headers,
        client[0] if client else "",
        scope["http_version"],
    )


def encode_headers(headers: Iterable[tuple[str, str]]) -> Headers:
    """Return (name, value) pairs of text as the headers of an `Answer`."""
    return tuple(
        (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers
    )
