"""A host of files as there are many: it sends parts of them, and a page for what is missing."""

import functools
import http.server
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Host(http.server.SimpleHTTPRequestHandler):
    """What GitHub Pages and the like do: parts, addresses without an ending, 404.html."""

    def log_message(self, *_: object) -> None:
        pass

    is_gone = False  # after somebody has asked for /gone

    def do_GET(self) -> None:
        type(self).is_gone |= self.path == "/gone"
        if self.is_gone:
            self.close_connection = True
            return
        path = Path(self.translate_path(self.path))
        if path.is_dir() and not self.path.partition("?")[0].endswith("/"):
            self.send_response(301)
            self.send_header("Location", f"{self.path.partition('?')[0]}/")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if path.is_dir():
            path /= "index.html"
        is_there = path.is_file()
        data = (path if is_there else Path(self.directory) / "404.html").read_bytes()
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range") or "")
        first, last = (int(asked[1]), int(asked[2])) if asked else (0, len(data) - 1)
        part = data[first : last + 1]
        self.send_response(404 if not is_there else 206 if asked else 200)
        if asked:
            said = f"bytes {first}-{first + len(part) - 1}/{len(data)}"
            self.send_header("Content-Range", said)
        kind = self.guess_type(str(path)) if is_there else "text/html"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(part)

    do_HEAD = do_GET


@contextmanager
def hosted(folder: Path) -> Iterator[str]:
    """Serve a folder as such a host; give its address."""
    handler = functools.partial(type("ThisHost", (Host,), {}), directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()
