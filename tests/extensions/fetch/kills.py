"""A server of an archive; and `kill -9` of `lod fetch` at random moments, while that changes."""

import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from itertools import count
from pathlib import Path
from random import Random

from tests.support.paths import ROOT
from tests.support.repository import Answer, Request, archive_of, etag, running, saying

PIECES, PAUSE = 20, 0.03  # how slowly an archive is sent: most kills fall between two pieces
LARGEST_DELAY = 1.0  # seconds after the start of a process in which its kill falls


def serving(body: bytes, sent: int | None = None, pause: float = 0, **more: object) -> Answer:
    """An answer with ranges and tags, in pieces with pauses; it may hang up after `sent` bytes."""

    def answer(request: Request) -> None:
        headers = {"ETag": etag(body), "Content_Type": "application/zip", **more}
        wanted = re.fullmatch(r"bytes=(\d+)-", request.headers["Range"] or "")
        if request.headers["If-None-Match"] == etag(body):
            request.start(304, ETag=etag(body))
            return
        first = 0
        if wanted and request.headers["If-Range"] in (None, headers["ETag"]):
            first = int(wanted[1])
            if first >= len(body):
                saying(416, b"no more", Content_Range=f"bytes */{len(body)}")(request)
                return
            headers["Content_Range"] = f"bytes {first}-{len(body) - 1}/{len(body)}"
        headers["Content_Length"] = len(body) - first
        request.start(206 if first else 200, **{n: v for n, v in headers.items() if v != ""})
        rest, step = body[first:][:sent], max(1, len(body) // PIECES)
        for start in range(0, len(rest), step):
            request.wfile.write(rest[start : start + step])
            time.sleep(pause)
        request.close_connection = True

    return answer


def survive(folder: Path, kills: int, delay: float, seed: int) -> Counter[str]:
    """Kill so many runs; the archive is always whole or absent, and the next run completes it."""
    chance, report, have = Random(seed), Counter[str](), b""
    target = folder / "17/Questions_gouvernement.json.zip"
    with running() as depot:
        command = [sys.executable, "-m", "lod", "fetch", "17", "--types", "qg", "--to",
                   str(folder), "--from", depot.base]  # fmt: skip
        for number in count():
            if report["killed"] == kills:
                return report
            new = archive_of(number)
            depot.script = [serving(new, pause=PAUSE)]
            process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
            with suppress(subprocess.TimeoutExpired):
                process.wait(chance.uniform(0.1, delay))
            report["finished" if process.poll() is not None else "killed"] += 1
            process.kill()
            process.wait()
            found = target.read_bytes() if target.exists() else b""
            assert found in (have, new), "half an archive has the final name"
            depot.script = [serving(new)]
            done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
            report[done.stdout.split()[0]] += 1
            have = target.read_bytes()
            assert have == new
    return report


def main(kills: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        print(f"fetch: {dict(survive(Path(folder), kills, LARGEST_DELAY, seed=1))}")
