"""Issue files on disk: found, opened and read. What their text means is decided in ``issues``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from ..bulletin import Issue
from ..errors import SubaoError, UnreadableFile, system_reason
from ..house import House
from ..issue import markdown as issues

_LARGEST = 64 << 20  # bytes; ten thousand articles


def issue_files(path: Path) -> list[Path]:
    """The issue files at a path: itself, or those in a folder that begin as such (a README does not)."""
    if path.is_file():
        return [path] if path.suffix.lower() == ".md" else []
    return [file for file in sorted(path.rglob("*.md")) if file.is_file() and _begins_as_issue(file)]


def _begins_as_issue(file: Path) -> bool:
    try:
        with file.open("rb") as stream:
            return stream.read(64).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"---")
    except OSError:
        return False


def read_issue(file: Path, house: House) -> Issue:
    """Read one issue file.

    Raises:
        UnreadableFile: it is not there, or no UTF-8 text.
        BadIssueFile: its text is not that of an issue.
    """
    return issues.parse(read_text(file)[1], house, str(file))


def read_text(file: Path) -> tuple[bytes, str]:
    """The bytes of an issue file, and its text without a mark at the start; UnreadableFile if there is none."""
    try:
        if file.stat().st_size > _LARGEST:
            raise UnreadableFile(file, f"超过 {_LARGEST >> 20} MB，不像一期稿件", "请检查是不是选错了文件")
        data = file.read_bytes()
        return data, data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile(file, "不是 UTF-8 编码的稿件文件", "请用记事本打开，另存为 UTF-8 编码的 .md") from error
    except FileNotFoundError as error:
        raise UnreadableFile(file, "没有这个文件", "请检查路径，文件名中有空格时要加引号") from error
    except OSError as error:
        raise UnreadableFile(file, f"打不开（{system_reason(error)}）", "请检查它是不是 .md 稿件文件、有没有读取权限") from error


def read_issues(path: Path, house: House, report: Callable[[SubaoError], object]) -> Iterator[tuple[Path, Issue]]:
    """Read every issue file at a path; ``report`` is told of those that cannot be read, and the others go on."""
    for file in issue_files(path):
        try:
            yield file, read_issue(file, house)
        except SubaoError as error:
            report(error)
