"""A program that dies at its n-th write, for every n, as on a machine without power: for tests of what it leaves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="每一处中断各用一个子进程，要有 fork")

DIES = """
import os, shutil, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
begin = Path(sys.argv[2])

def die_at(left):
    def point():
        nonlocal left
        left -= 1
        if left < 0:
            os._exit(9)

    def watch(event, arguments):
        writing = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("xa")
        if writing or event in ("os.rename", "os.mkdir", "os.remove", "os.rmdir"):
            point()

    os.fsync = lambda descriptor: point()
    sys.addaudithook(watch)

SETTING
for n in range(500):
    folder = begin.with_name(str(n))
    shutil.copytree(begin, folder)
    child = os.fork()
    if not child:
        die_at(n)
        try:
            WORK
        except BaseException:
            import traceback
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status != 9:
        sys.exit(status)
"""


def killed_everywhere(begin: Path, setting: str, work: str) -> list[Path]:
    """Copies of the folder ``begin`` in which ``work`` (one statement on ``folder``) was killed at its first, second …
    write; in the last one it came to its end."""
    program = DIES.replace("SETTING", setting).replace("WORK", work)
    done = subprocess.run([sys.executable, "-c", program, str(ROOT), str(begin)], capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return sorted((path for path in begin.parent.iterdir() if path.name.isdecimal()), key=lambda path: int(path.name))
