"""Ends this whole process group as soon as standard input closes.

The supervisor keeps the other end of standard input open and never writes to it. When the
supervisor goes, even by SIGKILL, the kernel closes its end, so nothing it started can outlive it.
Works on Linux and macOS.

As a command, `stdin_guard.py COMMAND ARGUMENT…` runs COMMAND under that rule and exits with its
status.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading


def end_with_stdin() -> None:
    """Starts watching, if the caller is the leader of its process group."""
    if os.getpgrp() != os.getpid():
        return
    threading.Thread(target=_wait_for_end_of_stdin, name="stdin-guard", daemon=True).start()


def _wait_for_end_of_stdin() -> None:
    try:
        # os.read, not sys.stdin: a Python-level lock held during fork would never be released in
        # the child.
        while os.read(0, 4096):
            pass
    except OSError:
        pass
    # Nobody is left who could wait for a graceful end.
    os.killpg(os.getpgrp(), signal.SIGKILL)


def main() -> int:
    end_with_stdin()
    # What it writes is for its user alone.
    os.umask(0o077)
    return subprocess.call(sys.argv[1:], stdin=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
