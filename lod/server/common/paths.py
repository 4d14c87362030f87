"""The one spelling of a path, which rate, cache and routes agree on."""

import re

# escapes of characters that need none (RFC 3986, 2.3), and of `/`, which clients escape in ids
_NEEDLESS = re.compile(rb"%(2[D-F]|3[0-9]|[46][1-9A-F]|[57][0-9A]|5F|7E)", re.IGNORECASE)
# an empty segment, `.` or `..`: no path of ours has them
_ODD = re.compile(rb"//|/\.\.?(?:/|$)")


def canonical(path: bytes) -> bytes | None:
    """Return the path without needless escapes, None if it leads nowhere in whatever spelling.

    >>> canonical(b"/%61pi/x%20y"), canonical(b"/depute%2FPA1"), canonical(b"/%2frecherche")
    (b'/api/x%20y', b'/depute/PA1', None)
    """
    if b"%" in path:
        path = _NEEDLESS.sub(lambda found: bytes.fromhex(found[1].decode()), path)
    return None if _ODD.search(path) else path


def below(path: bytes, base_path: bytes) -> bytes:
    """Return a path without that of the base, which a proxy may have removed before.

    >>> below(b"/donnees/sparql", b"/donnees/"), below(b"/sparql", b"/donnees/")
    (b'/sparql', b'/sparql')
    """
    if base_path != b"/" and path.startswith(base_path):
        return path[len(base_path) - 1 :]
    return path
