"""The other side of the worker: one process for all PDFs of a run, started again when a file has ended it."""

from __future__ import annotations

import atexit
import contextlib
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from ...errors import UnreadableFile
from .worker import LENGTH

CLOCK = 40.0  # seconds by the clock on a busy machine; the worker's own limit is of computing
_ROOT = Path(__file__).resolve().parents[3]
# This package, whatever lies in the folder where the user stands.
_START = f"import sys; sys.path.insert(0, {str(_ROOT)!r}); from {__package__}.worker import main; main()"
_lock = threading.Lock()
_worker: subprocess.Popen[bytes] | None = None


def ask_worker(data: bytes, name: str) -> dict[str, Any]:
    """What the worker says of a PDF.

    Raises:
        UnreadableFile: the file ended the worker, or took too long.
    """
    with _lock:
        worker = _running()
        answers: list[bytes] = []
        thread = threading.Thread(target=_exchange, args=(worker, data, answers), daemon=True)
        thread.start()
        thread.join(CLOCK)
        if not answers:
            stop_worker()
            raise UnreadableFile(name, "读不完或使阅读程序出错，结构异常", "请另存为 .docx 或 .txt 再试")
        return json.loads(answers[0])


def _running() -> subprocess.Popen[bytes]:
    global _worker
    if _worker is None or _worker.poll() is not None:
        pipe = subprocess.PIPE
        _worker = subprocess.Popen([sys.executable, "-c", _START], stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)
    return _worker


def _exchange(worker: subprocess.Popen[bytes], data: bytes, answers: list[bytes]) -> None:
    try:
        worker.stdin.write(LENGTH.pack(len(data)) + data)
        worker.stdin.flush()
        head = worker.stdout.read(LENGTH.size)
        if len(head) == LENGTH.size:
            size = LENGTH.unpack(head)[0]
            body = worker.stdout.read(size)
            answers += [body] if len(body) == size else []
    except (OSError, ValueError):  # it ended
        pass


@atexit.register
def stop_worker() -> None:
    """End the process; the next PDF starts another."""
    global _worker
    if _worker is not None:
        _worker.kill()
        _worker.wait()
        for stream in (_worker.stdin, _worker.stdout):
            with contextlib.suppress(OSError):
                stream.close()
        _worker = None
