"""Python imports this first in each process, in development mode: warnings are listed."""

import os
import sys
import warnings

_LIST = os.open(os.environ["TESTS_WARNINGS"], os.O_WRONLY | os.O_APPEND)
_PROGRAM = " ".join(sys.orig_argv[1:4])


def _add(message, category, filename, lineno, file=None, line=None):  # type: ignore[no-untyped-def]
    said = " ".join(f"{_PROGRAM}: {filename}:{lineno}: {category.__name__}: {message}".split())
    os.write(_LIST, f"{said}\n".encode())


warnings.showwarning = _add
