"""Work that may take only so many seconds of the processor, whatever else the machine does."""

import subprocess
import sys

from tests.support.paths import ROOT
from tests.support.patience import HANG


def returned(module: str, function: str, seconds: int) -> str:
    """Return what a function without arguments returns, as it prints; it is called in a process
    that may take so many seconds of the processor, and must say on standard error what it begins.
    """
    code = (
        f"import resource; resource.setrlimit(resource.RLIMIT_CPU, ({seconds}, {seconds}))\n"
        f"from {module} import {function}; print({function}())"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=HANG)
    assert done.returncode == 0, f"too slow: {done.stderr.strip().splitlines()[-1:]}"
    return done.stdout.strip()
