"""The state of a question: all that it and its answers state, but for what the calendar changes.

The status of a question that waits is of another day in each release, although nothing has become
of the question: it follows from the deadline, which the state has. Who follows publications, as the
extension `stream` does, tells two states apart by their digests.
"""

from collections.abc import Iterable
from hashlib import sha256

from lod.rdf.vocab import QP

DIGEST = 16  # bytes
_CALENDAR = {str(term).encode() for term in (QP.statut, QP.statutAu)}


def state_lines(nt: bytes, waits: bool) -> list[bytes]:
    """Return the lines of N-Triples that are of the state; `waits` says that the question has
    neither answer nor withdrawal yet.
    """
    lines = nt.splitlines(keepends=True)
    return [line for line in lines if line.split(b" ", 2)[1] not in _CALENDAR] if waits else lines


def state_digest(lines: Iterable[bytes]) -> bytes:
    """Return a hash of lines of N-Triples, whatever their order."""
    return sha256(b"".join(sorted(lines))).digest()[:DIGEST]
