"""Leave a reader only some system calls, some files to read, and no process to signal (Linux)."""

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from lod.base.tabular import rows

TABLE = Path(__file__).with_name("syscalls.csv")  # call, its number on each machine, condition
NO_NEW_PRIVS, SECCOMP, FILTER = 38, 22, 2  # prctl(2)
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # classic BPF
ALLOW, ERROR = 0x7FFF0000, 0x00050000
REFUSE = ERROR | errno.EACCES
UNKNOWN = ERROR | errno.ENOSYS  # the C library then takes the older call, `clone`
NUMBER, ARCHITECTURE, ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data
X32 = 0x40000000  # first number of the x32 calls, a second numbering of those of x86_64
CLONE3, CLONE_THREAD = 435, 0x00010000
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
# condition in the table → how the first argument is tested, and against what
CONDITIONS = {
    "thread": (ANY_BIT, CLONE_THREAD),  # a new thread, not a new process
    "self": (EQUAL, 0),  # limits of this process, not of another one
    "own": (EQUAL, os.getpid()),  # a signal to this process: `abort`
}
Step = tuple[int, int, int, int]  # code, steps to jump if true, if false, operand


CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same numbers on every machine
ASK_VERSION, PATH_BENEATH, NET_PORT = 1, 1, 2
READ_FILE, READ_DIR = 1 << 2, 1 << 3
CONNECT_TCP, ALL_TCP = 1 << 1, 3
SCOPES = 3  # abstract Unix sockets and signals stay among processes that are restricted alike
# version of the interface → number of rights over files that it knows
RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
LATEST_RIGHTS = 16


def calls(machine: str, is_remote: bool) -> Iterator[tuple[int, str]]:
    """Yield (number, condition) of each call that is allowed on a machine.

    Calls with the condition `remote` are those of a process that asks a store over the network.
    """
    for row in rows(TABLE, "call"):
        if row[machine] and (is_remote or row["condition"] != "remote"):
            yield int(row[machine]), row["condition"]


def program(machine: str, is_remote: bool = False) -> bytes:
    """Return the filter for a machine; raise KeyError for one that is not in ARCHITECTURES."""
    steps: list[Step] = [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, ARCHITECTURES[machine]),
        (RETURN, 0, 0, REFUSE),
        (LOAD, 0, 0, NUMBER),
        (EQUAL, 0, 1, CLONE3),
        (RETURN, 0, 0, UNKNOWN),
    ]
    if machine == "x86_64":
        steps += [(AT_LEAST, 0, 1, X32), (RETURN, 0, 0, REFUSE)]
    for number, condition in calls(machine, is_remote):
        if condition in CONDITIONS:
            code, operand = CONDITIONS[condition]
            steps += [
                (EQUAL, 0, 4, number),
                (LOAD, 0, 0, ARGUMENT),
                (code, 0, 1, operand),
                (RETURN, 0, 0, ALLOW),
                (RETURN, 0, 0, REFUSE),
            ]
        else:
            steps += [(EQUAL, 0, 1, number), (RETURN, 0, 0, ALLOW)]
    steps.append((RETURN, 0, 0, REFUSE))
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def filter_calls(is_remote: bool = False) -> bool:
    """Refuse all calls but those of `calls` from now on; return False where there is no seccomp."""
    if sys.platform != "linux" or platform.machine() not in ARCHITECTURES:
        return False
    code = program(platform.machine(), is_remote)
    buffer = ctypes.create_string_buffer(code, len(code))
    sock_fprog = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(buffer))
    pointer = ctypes.create_string_buffer(sock_fprog, len(sock_fprog))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    zeros = (ctypes.c_ulong(0),) * 3
    if prctl(NO_NEW_PRIVS, ctypes.c_ulong(1), *zeros):
        return False
    address = ctypes.c_void_p(ctypes.addressof(pointer))
    return not prctl(SECCOMP, ctypes.c_ulong(FILTER), address, *zeros[:2])


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
