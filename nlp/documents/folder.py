"""Which files of a folder are incoming, and in what order. It opens none but to know our own output by its head."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from ..bulletin import ACCOUNT, CORRECTIONS, HISTORY, MANIFEST, PICTURES, REGISTER
from ..errors import UnreadableFile, system_reason
from .document import Fetch
from .pictures import LARGEST

IMAGES = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp"}
_SAVED = re.compile(r"(.+)(?:_files|\.files|_文件|\.assets)$", re.I)  # the folder that a browser saves beside a page
_NOT_INCOMING = {"thumbs.db", "desktop.ini", "__macosx", MANIFEST.lower(), ACCOUNT.lower()}
_BESIDE_AN_ISSUE = {HISTORY, PICTURES, REGISTER, CORRECTIONS}  # ours where a register lies beside them


def list_files(root: Path, on_error: Callable[[UnreadableFile], None]) -> Iterator[tuple[Path, str]]:
    """Yield (file, place in the folder) in natural order: 2 before 10; links to folders are not followed."""
    waiting = [root]
    while waiting:
        path = waiting.pop()
        name = path.relative_to(root).as_posix()
        try:
            name.encode()
        except UnicodeEncodeError:
            shown = name.encode("utf-8", "surrogateescape").decode("gb18030", "replace")
            on_error(UnreadableFile(shown, "文件名不是 UTF-8（多半来自 Windows 压缩包）", "请改名后再来"))
            continue
        try:
            if path.is_symlink() and not path.resolve().is_relative_to(root.resolve()):
                on_error(UnreadableFile(name, "链接指向来稿文件夹之外，没有跟过去", "请把文件本身放进来"))
            elif path.is_dir():
                waiting += sorted(filter(_is_incoming, path.iterdir()), key=_natural, reverse=True)
            elif path.is_file():
                yield path, name
            else:
                on_error(UnreadableFile(name, "不是普通文件，或链接指向的文件不存在"))
        except OSError as error:
            on_error(UnreadableFile(name, f"打不开（{system_reason(error)}）", "请检查权限"))


def saved_beside(file: Path) -> Fetch:
    """Give the pictures that lie beside a page or in the folder saved with it, by the address it names; nothing else."""
    home = file.parent.resolve()

    def fetch(address: str) -> bytes | None:
        place = unquote(address.split("?")[0].split("#")[0]).strip()
        if not place or re.match(r"[a-z][a-z0-9+.-]*:|//|[/\\]", place, re.I) or PurePosixPath(place).suffix.lower() not in IMAGES:
            return None
        try:
            target = (home / place).resolve()
            if not target.is_relative_to(home) or not target.is_file() or target.stat().st_size > LARGEST:
                return None
            return target.read_bytes()
        except (OSError, ValueError):
            return None

    return fetch


def _is_incoming(path: Path) -> bool:
    """Tell an article's file from what is hidden, a lock file, a link to a folder, or our own output."""
    try:
        return _is_wanted(path)
    except OSError:  # it is told where it is opened
        return True


def _is_wanted(path: Path) -> bool:
    name = path.name.lower()
    if name.startswith((".", "~$")) or name in _NOT_INCOMING or name.endswith((".tmp", ".未归入.txt")):
        return False
    if path.name in _BESIDE_AN_ISSUE and (path.parent / ACCOUNT).exists():
        return False
    if path.is_dir():
        if (saved := _SAVED.fullmatch(path.name)) and any((path.parent / f"{saved[1]}{end}").exists() for end in (".html", ".htm", ".mhtml")):
            return False
        sorted_here = (path.parent / MANIFEST).exists() and re.match(r"\d\d_", name)
        return not (path.is_symlink() or sorted_here or (path / MANIFEST).exists() or (path / ACCOUNT).exists())
    if path.suffix.lower() in (".md", ".docx"):
        return not _is_issue_file(path.with_suffix(".md"))  # 第46期.md, and 第46期.docx made from it
    return True


def _is_issue_file(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            head = stream.read(400).decode("utf-8", "ignore").lstrip("\ufeff")
    except OSError:
        return False
    return head.startswith("---") and "期号" in head


def _natural(path: Path) -> list[tuple[int, int, str]]:
    parts = re.split(r"(\d+)", path.name)
    return [(0, int(part), part) if part.isdecimal() else (1, 0, part) for part in parts if part]
