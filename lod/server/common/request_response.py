"""HTTP without a framework: spelling of paths, content negotiation."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

Notes = dict[str, Any]
NOTES = "lod.notes"  # key of the WSGI environment: members of the line of the access log

# escapes of characters that need none (RFC 3986, 2.3), and of `/`, which clients escape in ids
_NEEDLESS = re.compile(r"%(2[D-F]|3[0-9]|[46][1-9A-F]|[57][0-9A]|5F|7E)", re.IGNORECASE)
# an empty segment, `.` or `..`: no path of ours has them
_ODD = re.compile(r"//|/\.\.?(?:/|$)")


def canonical(path: str) -> str | None:
    """Return the path without needless escapes, None if no spelling of it can be a path of ours.

    >>> canonical("/%61pi/x%20y"), canonical("/depute%2FPA1"), canonical("/%2frecherche")
    ('/api/x%20y', '/depute/PA1', None)
    """
    path = _NEEDLESS.sub(lambda escape: chr(int(escape[1], 16)), path)
    return None if _ODD.search(path) else path


def below(path: str, base_path: str) -> str:
    """Return a path without the path of the base, which a proxy may have removed before.

    >>> below("/donnees/sparql", "/donnees/"), below("/sparql", "/donnees/")
    ('/sparql', '/sparql')
    """
    if base_path != "/" and path.startswith(base_path):
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
