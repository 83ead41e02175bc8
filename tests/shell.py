"""subao as an editor runs it: a process of its own on the sample inbox, and what it left on the disk."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from conftest import CORPUS, ROOT

INBOX = CORPUS / "inbox"
UNREADABLE = 2  # the scanned PDF and the old .doc


def run(*arguments: str | Path, stdin: bytes = b"", cwd: Path = ROOT) -> subprocess.CompletedProcess:
    """subao as a process of its own, its output as text."""
    command = [sys.executable, "-m", "nlp.cli", *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default"}
    done = subprocess.run(command, input=stdin, cwd=cwd, capture_output=True, env=environment, timeout=120)
    done.stdout, done.stderr = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
    return done


def one_of_each(folder: Path) -> Path:
    """A new inbox with the first file of each kind that the sample inbox has: for what needs an inbox, not that one."""
    folder.mkdir(parents=True)
    for path in {path.suffix: path for path in sorted(INBOX.iterdir(), reverse=True) if path.is_file()}.values():
        shutil.copy(path, folder)
    return folder


def hashes(folder: Path) -> dict[str, str]:
    """The content of every file below a folder."""
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*")) if p.is_file()
    }  # fmt: skip
