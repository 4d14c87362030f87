"""Leave the process only some files to read, and no other process to signal (Linux: landlock(7)).

What has no rule is refused: to write, to list, to open a device, and TCP but to the ports named.
"""

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same numbers on every machine
ASK_VERSION, PATH_BENEATH, NET_PORT = 1, 1, 2
READ_FILE, READ_DIR = 1 << 2, 1 << 3
CONNECT_TCP, ALL_TCP = 1 << 1, 3
SCOPES = 3  # abstract Unix sockets and signals stay among processes that are restricted alike
# version of the interface → number of rights over files that it knows
RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
LATEST_RIGHTS = 16
NO_NEW_PRIVS = 38  # prctl(2)


def restrict(folders: Iterable[Path], ports: Iterable[int] = ()) -> bool:
    """Let the process only read the folders, and connect to the ports, from now on.

    Holds for this thread and those it starts. Returns False where the kernel has no Landlock.
    """
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(CREATE_RULESET, None, 0, ASK_VERSION)
    if version < 1:
        return False
    rights = (1 << RIGHTS.get(version, LATEST_RIGHTS)) - 1
    handled = struct.pack("QQQ", rights, ALL_TCP, SCOPES)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = libc.syscall(CREATE_RULESET, handled[:size], size, 0)
    if ruleset < 0:
        return False
    try:
        for folder in folders:
            _allow_reading(libc, ruleset, folder)
        for port in ports if version >= 4 else ():
            rule = struct.pack("QQ", CONNECT_TCP, port)
            libc.syscall(ADD_RULE, ruleset, NET_PORT, rule, 0)
        zeros = (ctypes.c_ulong(0),) * 3
        return not libc.prctl(NO_NEW_PRIVS, ctypes.c_ulong(1), *zeros) and not libc.syscall(
            RESTRICT_SELF, ruleset, 0
        )
    finally:
        os.close(ruleset)


def _allow_reading(libc: ctypes.CDLL, ruleset: int, path: Path) -> None:
    """Allow to read what is at a path or below it; do nothing if nothing is there."""
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rights = READ_FILE | READ_DIR if path.is_dir() else READ_FILE
        libc.syscall(ADD_RULE, ruleset, PATH_BENEATH, struct.pack("=Qi", rights, descriptor), 0)
    finally:
        os.close(descriptor)
