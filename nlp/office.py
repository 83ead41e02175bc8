"""LibreOffice, where it is installed: old Word, WPS and RTF files to .docx. It reads nothing of what they say.

It runs with a profile of its own in which macros are off, for so long and with so much memory.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

SECONDS = 60.0  # by the clock; one file takes three on an idle machine
COMPUTING = 40  # seconds
MEMORY = 6 << 30  # bytes of address space; the program alone maps two
CHOSEN = "SUBAO_LIBREOFFICE"  # environment: the program file; set and empty, none is used

_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


class ConversionFailed(Exception):
    """LibreOffice gave no document; the message says why, in Chinese."""


def find_libreoffice() -> str | None:
    """The program file of LibreOffice, None where it is not installed."""
    if (chosen := os.environ.get(CHOSEN)) is not None:
        return chosen if chosen and Path(chosen).is_file() else None
    return installed_libreoffice()


def installed_libreoffice() -> str | None:
    """The program file where LibreOffice usually lies, whatever the environment says."""
    places = [Path("/Applications/LibreOffice.app/Contents/MacOS/soffice")]
    for name in ("ProgramFiles", "ProgramW6432", "ProgramFiles(x86)"):
        if folder := os.environ.get(name):
            places.append(Path(folder, "LibreOffice", "program", "soffice.exe"))
    found = shutil.which("soffice") or shutil.which("libreoffice")
    return found or next((str(place) for place in places if place.is_file()), None)


def convert(program: str, data: bytes, suffix: str, to: str = "docx", seconds: float = SECONDS) -> bytes:
    """Have LibreOffice turn a file into one of another kind.

    Raises:
        ConversionFailed: it took too long, or gave nothing.
    """
    with tempfile.TemporaryDirectory(prefix="subao-", ignore_cleanup_errors=True) as place:
        folder = Path(place)
        settings = folder / "profile" / "user"
        settings.mkdir(parents=True)
        (settings / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
        (folder / f"document{suffix}").write_bytes(data)
        command = [
            program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore", "--nologo",
            "--nodefault", "--nolockcheck", "--convert-to", to, "--outdir", str(folder / "out"), str(folder / f"document{suffix}"),
        ]  # fmt: skip
        quiet = subprocess.DEVNULL
        try:
            process = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
            try:
                _bound(process.pid)
                process.wait(seconds)
            finally:
                end(process)
            return (folder / "out" / f"document.{to}").read_bytes()
        except subprocess.TimeoutExpired as error:
            raise ConversionFailed(f"LibreOffice 在 {seconds:g} 秒内没有打开") from error
        except OSError as error:
            raise ConversionFailed("LibreOffice 打不开") from error


def _bound(process: int) -> None:
    """Limit computing and memory, of what it starts too; where the system can."""
    with contextlib.suppress(ImportError, AttributeError, OSError, ValueError):
        import resource

        resource.prlimit(process, resource.RLIMIT_CPU, (COMPUTING, COMPUTING))
        resource.prlimit(process, resource.RLIMIT_AS, (MEMORY, MEMORY))


def end(process: subprocess.Popen) -> None:
    """End LibreOffice and what it started: the program file is only a launcher."""
    if sys.platform == "win32":
        if process.poll() is None:
            subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
