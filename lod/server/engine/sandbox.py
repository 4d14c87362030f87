"""Leave the process only the system calls of `syscalls.csv`, by a filter of the kernel (seccomp).

The filter needs no root, cannot be removed, and holds for threads started after it (seccomp(2)).
"""

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Iterator
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
    """Refuse all other calls from now on; return False where the system has no such filter."""
    if sys.platform != "linux" or platform.machine() not in ARCHITECTURES:
        return False
    code = program(platform.machine(), is_remote)
    buffer = ctypes.create_string_buffer(code, len(code))
    described = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(buffer))
    pointer = ctypes.create_string_buffer(described, len(described))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    zeros = (ctypes.c_ulong(0),) * 3
    if prctl(NO_NEW_PRIVS, ctypes.c_ulong(1), *zeros):
        return False
    address = ctypes.c_void_p(ctypes.addressof(pointer))
    return not prctl(SECCOMP, ctypes.c_ulong(FILTER), address, *zeros[:2])
