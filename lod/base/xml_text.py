"""What XML 1.0 does not allow: controls, U+FFFE and U+FFFF; engines write them all the same."""

import re

_NOT_ALLOWED = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")  # in UTF-8
_BEGUN = (b"\xef\xbf", b"\xef")  # the beginning of one, at the end of a piece


def well_formed(xml: bytes) -> bytes:
    """Return XML in UTF-8 with U+FFFD in place of what it does not allow."""
    return _NOT_ALLOWED.sub("\ufffd".encode(), xml)


def split_character(piece: bytes) -> tuple[bytes, bytes]:
    r"""Return a piece of UTF-8 without the beginning of such a character at its end, and that.

    >>> split_character(b"a\xef\xbf"), split_character(b"ab")
    ((b'a', b'\xef\xbf'), (b'ab', b''))
    """
    begun = next((begun for begun in _BEGUN if piece.endswith(begun)), b"")
    return piece.removesuffix(begun), begun
