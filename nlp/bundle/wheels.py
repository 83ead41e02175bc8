"""All wheels that the program needs on another machine: its own, and of every requirement the one for that platform.

Knows pip and the metadata of wheels; nothing of what the program does.
"""

from __future__ import annotations

import email
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import SubaoError

SOURCES = ("jieba", "rouge-score")  # pure Python, but no wheel in the index: built here


@dataclass(frozen=True)
class Platform:
    """Which wheels a machine takes, and what the conditions of requirements are asked about it."""

    tags: tuple[str, ...]
    markers: Mapping[str, str]


PLATFORMS = {
    "windows-x64": Platform(
        ("win_amd64",),
        {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"},
    ),
    "linux-x64": Platform(
        ("manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
        {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"},
    ),
}


def gather(root: Path, wheels: Path, platform: Platform, python: str) -> None:
    """Fill a folder with the wheel of the checkout at ``root`` and of all that it needs."""
    _pip("wheel", "--no-deps", "--wheel-dir", wheels, root, *SOURCES)
    while wanted := missing(wheels, platform, python):
        _pip(
            "download", "--no-deps", "--only-binary=:all:", "--dest", wheels, "--find-links", wheels,
            "--implementation", "cp", "--python-version", python, *[f"--platform={tag}" for tag in platform.tags], *wanted,
        )  # fmt: skip


def missing(wheels: Path, platform: Platform, python: str) -> list[str]:
    """What the wheels in a folder require on that platform, and none of them is.

    pip itself asks the conditions of requirements (``; sys_platform == "win32"``) of the machine it runs on.
    """
    from packaging.markers import default_environment
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name, parse_wheel_filename

    asked = {**default_environment(), **platform.markers, "python_version": python, "python_full_version": f"{python}.0", "extra": ""}
    files = sorted(wheels.glob("*.whl"))
    present = {parse_wheel_filename(file.name)[0] for file in files}
    wanted: dict[str, str] = {}
    for file in files:
        for line in _requirements(file):
            requirement = Requirement(line)
            name = canonicalize_name(requirement.name)
            if name not in present and (requirement.marker is None or requirement.marker.evaluate(asked)):
                wanted[line] = f"{requirement.name}{requirement.specifier}"
    return sorted(set(wanted.values()))


def _requirements(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return email.message_from_bytes(archive.read(name)).get_all("Requires-Dist") or []


def _pip(*words: object) -> None:
    command: Sequence[str] = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        reason = next((line for line in done.stderr.splitlines() if line.startswith("ERROR")), done.stderr.strip()[-300:])
        raise SubaoError(f"pip {words[0]} 没有成功（{reason}）；请检查网络，再运行一次")
