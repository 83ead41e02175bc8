"""A third-party parser let loose on a stranger's bytes: in time, in silence, and every failure one clear error.

It knows nothing of what is parsed.
"""

from __future__ import annotations

import ctypes
import threading
import time
import warnings
from collections.abc import Callable
from typing import TypeVar

from ..errors import SubaoError, UnreadableFile

SECONDS = 8.0  # of computing; a real file of 20 MB takes less, a hostile one would take for ever
BUSY = 4  # times as long at most by the clock, on a machine that is busy with something else
Result = TypeVar("Result")


class _Stopped(BaseException):
    """Raised inside a parser that has had its time; no parser catches it by mistake."""


def guarded(name: str, parse: Callable[[], Result], seconds: float = SECONDS) -> Result:
    """Return ``parse()``, or raise ``UnreadableFile`` for ``name`` if it fails or computes longer than ``seconds``."""
    results: list[Result] = []
    failures: list[Exception] = []

    def work() -> None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                results.append(parse())
        except _Stopped:
            pass
        except Exception as error:  # foreign code over foreign bytes: it may raise anything
            failures.append(error)

    thread = threading.Thread(target=work, daemon=True)
    began, computed = time.monotonic(), time.process_time()
    thread.start()
    thread.join(seconds)
    while thread.is_alive() and time.monotonic() - began < BUSY * seconds:
        left = seconds - (time.process_time() - computed)
        if left <= 0:
            break
        thread.join(min(left, seconds / 8))
    if results:
        return results[0]
    if not failures:
        # Ends the thread at its next step of Python; inside C code it ends when that returns.
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(_Stopped))
        raise UnreadableFile(name, f"{seconds:.0f} 秒内没有读完，结构异常", "请另存为 .docx 或 .txt 再试")
    error = failures[0]
    if isinstance(error, SubaoError):
        raise error
    raise UnreadableFile(name, "文件损坏或格式异常", "请用原来的软件打开后另存一份") from error
