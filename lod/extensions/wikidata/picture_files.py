"""The kind and size of a picture, by its bytes: a complete JPEG, PNG or WebP.

No pixels are decoded: a browser does that. The type that a server states does not count.
"""

from collections.abc import Iterator
from typing import NamedTuple

MOST_BYTES = 2**18  # a picture of 250 pixels has some 20 kB
MOST_PIXELS = 640  # of a side
WIDEST = 320  # pixels
PNG, PNG_END = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"\0\0\0\0IEND\xaeB`\x82"
JPEG, JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"
# markers of JPEG: those of a frame, which states the size, and those without a length
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
BARE = frozenset((0x01, *range(0xD0, 0xDA)))
LOSSY, LOSSLESS, EXTENDED = b"VP8 ", b"VP8L", b"VP8X"  # chunks of WebP


class PictureKind(NamedTuple):
    """What the bytes of a picture state."""

    extension: str  # jpg, png or webp
    width: int  # pixels
    height: int


def picture_kind(data: bytes) -> PictureKind:
    """Return the kind of a picture; raise ValueError for one that cannot be published."""
    if len(data) > MOST_BYTES:
        raise ValueError(f"more than {MOST_BYTES} bytes")
    kind = next((kind for read in (_jpeg, _png, _webp) if (kind := read(data))), None)
    if kind is None:
        raise ValueError("no whole JPEG, PNG or WebP")
    if not (0 < kind.width <= WIDEST and 0 < kind.height <= MOST_PIXELS):
        raise ValueError(f"{kind.width} × {kind.height} pixels")
    return kind


def _jpeg(data: bytes) -> PictureKind | None:
    if not (data.startswith(JPEG) and data.endswith(JPEG_END)):
        return None
    for marker, at in _segments(data):
        if marker in FRAMES and at + 7 <= len(data):
            sizes = data[at + 3 : at + 7]
            return PictureKind("jpg", int.from_bytes(sizes[2:]), int.from_bytes(sizes[:2]))
    return None


def _segments(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield (marker, offset of its length) of the segments of a JPEG up to its pixels."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
        elif marker in BARE:
            at += 2
        elif marker == 0xDA:
            return
        else:
            yield marker, at + 2
            at += 2 + max(int.from_bytes(data[at + 2 : at + 4]), 2)


def _png(data: bytes) -> PictureKind | None:
    if not (data.startswith(PNG) and data.endswith(PNG_END) and len(data) > 45):
        return None
    return PictureKind("png", int.from_bytes(data[16:20]), int.from_bytes(data[20:24]))


def _webp(data: bytes) -> PictureKind | None:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        return None
    if int.from_bytes(data[4:8], "little") + 8 != len(data):
        return None
    chunk, sizes = data[12:16], 0
    if chunk == EXTENDED:
        width, height = (int.from_bytes(data[n : n + 3], "little") + 1 for n in (24, 27))
    elif chunk == LOSSY and data[23:26] == b"\x9d\x01\x2a":
        width, height = (int.from_bytes(data[n : n + 2], "little") & 0x3FFF for n in (26, 28))
    elif chunk == LOSSLESS and data[20] == 0x2F:
        sizes = int.from_bytes(data[21:25], "little")
        width, height = (sizes & 0x3FFF) + 1, (sizes >> 14 & 0x3FFF) + 1
    else:
        return None
    return PictureKind("webp", width, height)
