"""HTTP without a framework: requests and answers, spelling of paths, content negotiation."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

Notes = dict[str, Any]
Headers = tuple[tuple[bytes, bytes], ...]
NOTES = "lod.notes"  # key of the WSGI environment


@dataclass(frozen=True, slots=True)
class Request:
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
    """Return the request of an ASGI scope; its body is not read yet.

    Headers with `_` in their name are left out: WSGI would take them for those with `-`.
    """
    values: dict[bytes, list[bytes]] = {}
    for name, value in scope["headers"]:
        if b"_" not in name:
            values.setdefault(name, []).append(value)
    client = scope["client"]
    return Request(
        scope["method"],
        scope["raw_path"],
        scope["query_string"],
        {name: b",".join(repeated) for name, repeated in values.items()},
        client[0] if client else "",
        scope["http_version"],
    )


def encode_headers(headers: Iterable[tuple[str, str]]) -> Headers:
    """Return (name, value) pairs of text as the headers of an `Answer`."""
    return tuple(
        (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers
    )


# escapes of characters that need none (RFC 3986, 2.3), and of `/`, which clients escape in ids
_NEEDLESS = re.compile(rb"%(2[D-F]|3[0-9]|[46][1-9A-F]|[57][0-9A]|5F|7E)", re.IGNORECASE)
# an empty segment, `.` or `..`: no path of ours has them
_ODD = re.compile(rb"//|/\.\.?(?:/|$)")


def canonical(path: bytes) -> bytes | None:
    """Return the path without needless escapes, None if no spelling of it can be a path of ours.

    >>> canonical(b"/%61pi/x%20y"), canonical(b"/depute%2FPA1"), canonical(b"/%2frecherche")
    (b'/api/x%20y', b'/depute/PA1', None)
    """
    if b"%" in path:
        path = _NEEDLESS.sub(lambda escape: bytes.fromhex(escape[1].decode()), path)
    return None if _ODD.search(path) else path


def below(path: bytes, base_path: bytes) -> bytes:
    """Return a path without the path of the base, which a proxy may have removed before.

    >>> below(b"/donnees/sparql", b"/donnees/"), below(b"/sparql", b"/donnees/")
    (b'/sparql', b'/sparql')
    """
    if base_path != b"/" and path.startswith(base_path):
        return path[len(base_path) - 1 :]
    return path


Range = tuple[str, str, float]  # type, subtype, quality
_QUALITY = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?")


def ranges(header: str) -> Iterator[Range]:
    """Yield the media ranges of an Accept header; skip the parts that are malformed.

    >>> list(ranges("text/html, text/*;q=0.5, nonsense, a/b;q=zz"))
    [('text', 'html', 1.0), ('text', '*', 0.5)]
    """
    for part in header.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        kind, _, subtype = name.partition("/")
        quality = next((p[2:].strip() for p in parameters if p.startswith("q=")), "1")
        if kind and subtype and _QUALITY.fullmatch(quality):
            yield kind, subtype, float(quality)


@lru_cache(maxsize=256)  # of headers up to 32 KiB
def choose(header: str | None, offers: tuple[str, ...]) -> str | None:
    """Return the media type of `offers` that the header prefers, None if it accepts none.

    The quality decides, then the precision of the media range, then the order of the offers.
    A missing header, or one without any valid range, accepts everything.

    >>> choose("text/turtle, */*", ("text/html", "text/turtle"))
    'text/turtle'
    >>> choose("text/html;q=0, */*;q=0.1", ("text/html", "text/turtle"))
    'text/turtle'
    >>> choose("image/png", ("text/html",)) is None
    True
    """
    accepted = list(ranges(header or "")) or [("*", "*", 1.0)]
    best, best_rating = None, (0.0, -1)
    for offer in offers:
        rating = _rating(offer, accepted)
        if rating[0] > 0 and rating > best_rating:
            best, best_rating = offer, rating
    return best


def _rating(offer: str, accepted: list[Range]) -> tuple[float, int]:
    """Return (quality, precision) of the most precise range that covers the offer."""
    kind, _, subtype = offer.partition("/")
    covering = [
        ((k != "*") + (s != "*"), quality)
        for k, s, quality in accepted
        if k in ("*", kind) and s in ("*", subtype)
    ]
    precision, quality = max(covering, default=(-1, 0.0))
    return quality, precision
