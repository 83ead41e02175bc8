"""The process that reads PDFs: takes bytes, gives JSON, ends when its input does. It writes no files.

Each request has so much processor time; a file that takes more ends the process, which its owner notices.
"""

from __future__ import annotations

import contextlib
import json
import os
import struct
import sys

SECONDS = 10  # of computing for one file, inside the library too
MEMORY = 3 << 30  # bytes of address space
LENGTH = struct.Struct(">Q")


def main() -> None:
    """Answer requests until the input ends."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    from .layout import read_layout

    while len(head := requests.read(LENGTH.size)) == LENGTH.size:
        data = requests.read(LENGTH.unpack(head)[0])
        _limit(SECONDS)
        try:
            found = read_layout(data)
        except Exception as error:  # foreign bytes: the library may raise anything
            found = {"error": "broken", "said": repr(error)[:200]}
        _limit(0)
        answer = json.dumps(found).encode()
        answers.write(LENGTH.pack(len(answer)) + answer)
        answers.flush()


def _limit(seconds: int) -> None:
    """Let the system end this process after so much computing; 0 takes the limit back."""
    try:
        import signal

        signal.setitimer(signal.ITIMER_PROF, seconds)
    except (ImportError, AttributeError):  # on Windows the owner's clock is the only limit
        pass


if __name__ == "__main__":
    main()
