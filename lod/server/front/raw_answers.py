"""Answers as bytes to what is no request, or is refused unparsed; they end the connection."""

from lod.server import limits
from lod.server.common.problems import Problem, problem_response

END = (
    b"Access-Control-Allow-Origin: *\r\nX-Content-Type-Options: nosniff\r\n"
    b"Connection: close\r\nContent-Length: 0\r\n\r\n"
)
MALFORMED = b"HTTP/1.1 400 Bad Request\r\n" + END
UNKNOWN_CODING = b"HTTP/1.1 501 Not Implemented\r\n" + END
REFUSED = {  # reason of `Connections` → answer
    "part-prise": b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 5\r\n" + END,
    "occupe": b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\n" + END,
}


def _as_bytes(slug: str, detail: str) -> bytes:
    """Return a problem as bytes: as JSON, because no header says what the client prefers."""
    answer = problem_response(Problem(slug, detail), None, "")
    answer.headers["Connection"] = "close"
    lines = "".join(f"{name}: {value}\r\n" for name, value in answer.headers)
    return f"HTTP/1.1 {answer.status}\r\n{lines}\r\n".encode("latin-1") + answer.get_data()


TOO_LONG = _as_bytes(
    "adresse-trop-longue",
    f"au plus {limits.PATH_BYTES} octets avant « ? », {limits.QUERY_STRING_BYTES} après",
)
TOO_LARGE = _as_bytes(
    "entetes-trop-longs", f"au plus {limits.HEAD_LINES} en-têtes, et {limits.HEADERS_BYTES} octets"
)
