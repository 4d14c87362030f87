"""Forbid the process to open sockets and to start programs, by a filter of system calls (Linux).

The filter needs no root, cannot be removed, and holds for threads started after it (seccomp(2)).
"""

import ctypes
import errno
import platform
import struct
import sys

NO_NEW_PRIVS, SECCOMP, FILTER = 38, 22, 2  # prctl(2)
LOAD, EQUAL, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06  # classic BPF
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EACCES
X32 = 0x40000000  # first number of the x32 calls, a second numbering of those of x86_64
# machine → its number in a filter; the calls socket, execve, execveat, ptrace, io_uring_setup
CALLS = {
    "x86_64": (0xC000003E, (41, 59, 322, 101, 425)),
    "aarch64": (0xC00000B7, (198, 221, 281, 117, 425)),
}


def program(machine: str) -> bytes:
    """Return the filter for a machine, which refuses CALLS and calls of another architecture.

    Raises KeyError for a machine that is not in CALLS.
    """
    architecture, calls = CALLS[machine]
    refused = [(EQUAL, call) for call in calls]
    if machine == "x86_64":
        refused.append((AT_LEAST, X32))
    steps = [(LOAD, 0, 0, 4), (EQUAL, 1, 0, architecture), (RETURN, 0, 0, REFUSE), (LOAD, 0, 0, 0)]
    for left, (code, value) in zip(range(len(refused), 0, -1), refused, strict=True):
        steps.append((code, left, 0, value))  # if it is this call, jump to REFUSE
    steps += [(RETURN, 0, 0, ALLOW), (RETURN, 0, 0, REFUSE)]
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def isolate() -> bool:
    """Refuse the calls from now on; return False where the system has no such filter."""
    if sys.platform != "linux" or platform.machine() not in CALLS:
        return False
    code = program(platform.machine())
    buffer = ctypes.create_string_buffer(code, len(code))
    described = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(buffer))
    pointer = ctypes.create_string_buffer(described, len(described))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    zeros = (ctypes.c_ulong(0),) * 3
    if prctl(NO_NEW_PRIVS, ctypes.c_ulong(1), *zeros):
        return False
    address = ctypes.c_void_p(ctypes.addressof(pointer))
    return not prctl(SECCOMP, ctypes.c_ulong(FILTER), address, *zeros[:2])
