"""Content negotiation: choose a media type by an Accept header (RFC 9110, 12.5.1)."""

import re
from collections.abc import Iterator
from functools import lru_cache

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
    wanted = list(ranges(header or "")) or [("*", "*", 1.0)]
    best, score = None, (0.0, -1)
    for offer in offers:
        found = _rating(offer, wanted)
        if found[0] > 0 and found > score:
            best, score = offer, found
    return best


def _rating(offer: str, wanted: list[Range]) -> tuple[float, int]:
    """Return (quality, precision) of the most precise range that covers the offer."""
    kind, _, subtype = offer.partition("/")
    covering = [
        ((k != "*") + (s != "*"), quality)
        for k, s, quality in wanted
        if k in ("*", kind) and s in ("*", subtype)
    ]
    precision, quality = max(covering, default=(-1, 0.0))
    return quality, precision
