"""Which processes are alive, so that a training whose process died is not taken for one that goes on.

A process says about once a second that it lives. It counts as dead if its number is gone from this computer, or if it
has been silent for long: numbers are used again, and other computers' numbers cannot be asked for.
"""

from __future__ import annotations

import os
import secrets
import socket
import sqlite3
import sys
import threading
from dataclasses import dataclass

BEAT_INTERVAL_S = 1.0
"""A process writes down that it lives no oftener."""

SILENT_S = 60.0
"""So long a process may be silent: more than it takes to compile a large network on a slow machine."""

_tokens_here: set[str] = set()
_tokens_lock = threading.Lock()


@dataclass(frozen=True)
class ServerProcess:
    """A process that uses the store.

    Args:
        token: A name that no other has.
        pid: Its number on its computer.
        host: The name of its computer.
        beat_at: When it last said that it lives, in seconds since 1970.
    """

    token: str
    pid: int
    host: str
    beat_at: float


def register_here() -> ServerProcess:
    """Make a name for a store that this process has just opened."""
    process = ServerProcess(secrets.token_hex(8), os.getpid(), socket.gethostname(), 0.0)
    with _tokens_lock:
        _tokens_here.add(process.token)
    return process


def forget_here(token: str) -> None:
    """Note that a store of this process was closed."""
    with _tokens_lock:
        _tokens_here.discard(token)


def is_alive(process: ServerProcess, now: float) -> bool:
    """Whether a process can be taken to be alive.

    Args:
        process: What is known of it.
        now: Seconds since 1970.
    """
    if process.host == socket.gethostname():
        if process.pid == os.getpid():  # in a container each server has the number of the one before
            with _tokens_lock:
                return process.token in _tokens_here
        if not is_pid_alive(process.pid):
            return False
    return abs(now - process.beat_at) <= SILENT_S


if sys.platform == "win32":

    def is_pid_alive(pid: int) -> bool:
        """Whether a process of this number runs on this computer; `os.kill` would end it on Windows."""
        import ctypes
        from ctypes import wintypes

        may_query, still_active, access_denied = 0x1000, 259, 5
        kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel32.OpenProcess.restype = wintypes.HANDLE
        handle = kernel32.OpenProcess(may_query, False, wintypes.DWORD(pid))
        if not handle:
            return ctypes.get_last_error() == access_denied
        try:
            code = wintypes.DWORD()
            is_known = kernel32.GetExitCodeProcess(wintypes.HANDLE(handle), ctypes.byref(code))
            return not is_known or code.value == still_active
        finally:
            kernel32.CloseHandle(wintypes.HANDLE(handle))

else:

    def is_pid_alive(pid: int) -> bool:
        """Whether a process of this number runs on this computer.

        Example:
            >>> is_pid_alive(os.getpid())
            True
        """
        if pid <= 0:
            return False
        try:
            os.kill(pid, 0)  # sends nothing, and asks only
        except ProcessLookupError:
            return False
        except (PermissionError, OverflowError):
            return True
        return True


def write_beat(connection: sqlite3.Connection, process: ServerProcess, now: float) -> None:
    """Write down that a process lives."""
    connection.execute(
        "INSERT INTO processes (token, pid, host, beat_at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (token) DO UPDATE SET beat_at = excluded.beat_at",
        (process.token, process.pid, process.host, now),
    )


def living_tokens(connection: sqlite3.Connection, now: float) -> frozenset[str]:
    """The tokens of the processes that are alive."""
    rows = connection.execute("SELECT token, pid, host, beat_at FROM processes")
    return frozenset(row[0] for row in rows if is_alive(ServerProcess(*row), now))
