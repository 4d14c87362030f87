"""`kill -9` of `lod fetch` at random moments, while the archive changes on its server."""

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
from tests.support.repository import Answer, Request, archive_of, etag, running

PIECES, PAUSE = 20, 0.03  # how slowly an archive is sent: most kills fall between two pieces
LARGEST_DELAY = 1.0  # seconds after the start of a process in which its kill falls


def slow(body: bytes, quick: bool) -> Answer:
    """A server that sends an archive piece by piece, from where the client has got to."""

    def answer(request: Request) -> None:
        if request.headers["If-None-Match"] == etag(body):
            request.start(304, ETag=etag(body))
            return
        wanted = request.headers["Range"] or ""
        is_same = request.headers["If-Range"] in (None, etag(body))
        first = int(wanted.removeprefix("bytes=")[:-1]) if wanted and is_same else 0
        headers: dict[str, object] = {"ETag": etag(body), "Content_Length": len(body) - first}
        if first:
            headers["Content_Range"] = f"bytes {first}-{len(body) - 1}/{len(body)}"
        request.start(206 if first else 200, **headers)
        step = len(body) // PIECES
        for start in range(first, len(body), step):
            request.wfile.write(body[start : start + step])
            time.sleep(0 if quick else PAUSE)

    return answer


def survive(folder: Path, kills: int, delay: float, seed: int) -> Counter[str]:
    """Kill so many runs; hold after each that the archive is one of its versions, whole, or not
    there, and that the next run completes. Returns how many were `killed`, and what came then.
    """
    chance, report, have = Random(seed), Counter[str](), b""
    target = folder / "17/Questions_gouvernement.json.zip"
    with running() as depot:
        command = [sys.executable, "-m", "lod", "fetch", "17", "--types", "qg", "--to",
                   str(folder), "--from", depot.base]  # fmt: skip
        for number in count():
            if report["killed"] == kills:
                return report
            new = archive_of(number)
            depot.script = [slow(new, quick=False)] * 9
            process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
            with suppress(subprocess.TimeoutExpired):
                process.wait(chance.uniform(0.1, delay))
            report["finished" if process.poll() is not None else "killed"] += 1
            process.kill()
            process.wait()
            found = target.read_bytes() if target.exists() else b""
            assert found in (have, new), "half an archive has the final name"
            depot.script = [slow(new, quick=True)] * 9
            done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
            report[done.stdout.split()[0]] += 1
            have = target.read_bytes()
            assert have == new
    return report


def main(kills: int) -> None:
    """Kill, and print what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        print(f"fetch: {dict(survive(Path(folder), kills, LARGEST_DELAY, seed=1))}")
